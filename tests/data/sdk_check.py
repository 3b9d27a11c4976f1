"""Drives the fake Cloudflare with Cloudflare's own Python SDK (PyPI package `cloudflare`).

The SDK is generated from Cloudflare's API description and runs here with strict validation of every answer, so what
it accepts has the documented shape. Prints one line a check; the first that fails ends the run.
"""

import os

import cloudflare
from cloudflare import Cloudflare

ENV = {name: os.environ["DRILL_" + name] for name in (
    "BASE", "RESPONDER", "ACCOUNT_RESPONDER", "LEAKED", "LEAKED_ID", "EMAIL", "KEY", "ACCOUNT", "STAGING", "ZONE",
)}
ACCOUNT, ZONE = ENV["ACCOUNT"], ENV["ZONE"]


def client(strict=True, **auth):
    return Cloudflare(base_url=ENV["BASE"], max_retries=0, _strict_response_validation=strict, **auth)


responder = client(api_token=ENV["RESPONDER"])
account_responder = client(api_token=ENV["ACCOUNT_RESPONDER"])
leaked = client(api_token=ENV["LEAKED"])
owner = client(api_email=ENV["EMAIL"], api_key=ENV["KEY"])


def check(name, ok):
    print(("ok   " if ok else "FAIL ") + name, flush=True)
    if not ok:
        raise SystemExit(1)


def refused(error, call):
    """The typed error of the SDK, with the codes it read."""
    try:
        call()
    except error as raised:
        return [entry.code for entry in raised.errors]
    return None


def verify():
    check("verify a user token", leaked.user.tokens.verify().status == "active")
    verified = account_responder.accounts.tokens.verify(account_id=ACCOUNT)
    check("verify an account token", verified.status == "active" and len(verified.id) == 32)
    wrong_door = refused(cloudflare.AuthenticationError, account_responder.user.tokens.verify)
    check("an account token at the user's door is 401 with 1000", wrong_door == [1000])
    stranger = client(api_token="x" * 40)
    check("a stranger is 403 with 9109", refused(cloudflare.PermissionDeniedError, stranger.zones.list) == [9109])


def identity():
    check("user", owner.user.get().email == ENV["EMAIL"])
    check("accounts", {a.id for a in responder.accounts.list()} == {ACCOUNT, ENV["STAGING"]})
    check("account", responder.accounts.get(account_id=ACCOUNT).name == "Bakery Production")
    check("zones", len(list(responder.zones.list(per_page=5))) == 2)
    check("zones of an account", [z.id for z in responder.zones.list(account={"id": ACCOUNT})] == [ZONE])
    check("zone", responder.zones.get(zone_id=ZONE).account.id == ACCOUNT)
    check("memberships", len(list(responder.memberships.list())) == 2)
    members = list(responder.accounts.members.list(account_id=ACCOUNT, per_page=5))
    check("members, with the attacker's friend", any("helpdesk" in (m.email or "") for m in members))
    check("roles", len(list(responder.accounts.roles.list(account_id=ACCOUNT))) == 3)


def tokens():
    # The one token with a status that no description lists; strict validation rightly rejects the word.
    lenient = client(strict=False, api_token=ENV["RESPONDER"])
    odd = [token for token in lenient.user.tokens.list() if token.status == "exposed"]
    check("a token of an unlisted status", len(odd) == 1)
    lenient.user.tokens.delete(odd[0].id)
    listed = list(responder.user.tokens.list(per_page=5))
    ids = [token.id for token in listed]
    check("tokens over several pages, each once", len(ids) > 5 and len(set(ids)) == len(ids))
    token = responder.user.tokens.get(ENV["LEAKED_ID"])
    check("the leaked token's record", token.name == "ci-deploy" and len(token.policies) == 3)
    record = token.model_dump(by_alias=True, exclude_none=True, mode="json")
    changes = {key: record[key] for key in ("name", "policies", "condition", "expires_on", "not_before") if key in record}
    frozen = responder.user.tokens.update(ENV["LEAKED_ID"], status="disabled", **changes)
    check("freeze", frozen.status == "disabled" and frozen.policies == token.policies)
    check("verify says disabled with 200", leaked.user.tokens.verify().status == "disabled")
    thawed = responder.user.tokens.update(ENV["LEAKED_ID"], status="active", **changes)
    check("thaw", thawed.status == "active")
    value = responder.user.tokens.value.update(ENV["LEAKED_ID"])
    check("roll", value.startswith("cfut_") and value != ENV["LEAKED"])
    check("the old value is dead", refused(cloudflare.AuthenticationError, leaked.user.tokens.verify) == [1000])
    check("the new one lives", client(api_token=value).user.tokens.verify().id == ENV["LEAKED_ID"])
    check("delete", responder.user.tokens.delete(ENV["LEAKED_ID"]).id == ENV["LEAKED_ID"])
    gone = refused(cloudflare.NotFoundError, lambda: responder.user.tokens.get(ENV["LEAKED_ID"]))
    check("gone", gone is not None)


def account_tokens():
    api = account_responder.accounts.tokens
    groups = list(api.permission_groups.list(account_id=ACCOUNT))
    dns = next(group for group in groups if group.name == "DNS Write")
    check("permission groups", len(groups) > 80 and dns.scopes == ["com.cloudflare.api.account.zone"])
    policy = {"effect": "allow", "resources": {"com.cloudflare.api.account.zone." + ZONE: "*"},
              "permission_groups": [{"id": dns.id}]}
    condition = {"request_ip": {"in": ["127.0.0.0/8"]}}
    made = api.create(account_id=ACCOUNT, name="narrow", policies=[policy], condition=condition)
    check("create", made.value.startswith("cfat_") and made.status == "active")
    check("use", len(list(client(api_token=made.value).dns.records.list(zone_id=ZONE))) > 4)
    got = api.get(made.id, account_id=ACCOUNT)
    check("condition comes back", got.condition.request_ip.in_ == ["127.0.0.0/8"])
    check("list", made.id in [token.id for token in api.list(account_id=ACCOUNT)])
    check("roll", api.value.update(made.id, account_id=ACCOUNT).startswith("cfat_"))
    check("delete", api.delete(made.id, account_id=ACCOUNT).id == made.id)


def audit_logs(since, before):
    v2 = responder.accounts.logs.audit
    entries = v2.list(account_id=ACCOUNT, since=since, before=before, limit=1000).result
    attack = [e for e in entries if e.actor.token_id == ENV["LEAKED_ID"] and e.actor.ip_address == "203.0.113.66"]
    check("v2 shows what the leaked token did", len(attack) >= 8)
    check("v2 has failures", any(e.action.result == "failure" and e.raw.status_code == 403 for e in attack))
    check("v2 never shows a GET", all(e.raw.method != "GET" for e in entries))
    only = v2.list(account_id=ACCOUNT, since=since, before=before, actor_token_id={"not": [ENV["LEAKED_ID"]]}).result
    check("v2 filters with .not", only and all(e.actor.token_id != ENV["LEAKED_ID"] for e in only))
    one = attack[0]
    history = v2.history(one.id, account_id=ACCOUNT, action_time=one.action.time.isoformat(), since=since, before=before)
    check("v2 history", any(e.id == one.id for e in history))
    check("v2 categories", len(list(v2.product_categories(account_id=ACCOUNT))) > 1)
    v1 = list(responder.audit_logs.list(account_id=ACCOUNT, per_page=5))
    check("v1 over several pages", len({e.id for e in v1}) == len(v1) > 5)
    created = [e for e in v1 if e.action.type == "token_create"]
    check("v1 names a minted token", created and created[0].metadata["token_name"] == "backup")
    check("v1 of the user", len(list(responder.user.audit_logs.list())) > 5)


def surface():
    """Reads of a blast radius, with the owner's Global key."""
    a, z = {"account_id": ACCOUNT}, {"zone_id": ZONE}
    reads = {
        "workers scripts": lambda: owner.workers.scripts.list(**a),
        "worker secrets": lambda: owner.workers.scripts.secrets.list("shop", **a),
        "worker settings": lambda: owner.workers.scripts.script_and_version_settings.get("shop", **a).bindings,
        "worker routes": lambda: owner.workers.routes.list(**z),
        "kv namespaces": lambda: owner.kv.namespaces.list(**a),
        "d1": lambda: owner.d1.database.list(**a),
        "r2 buckets": lambda: owner.r2.buckets.list(**a).buckets,
        "queues": lambda: owner.queues.list(**a),
        "tunnels": lambda: owner.zero_trust.tunnels.cloudflared.list(**a),
        "service tokens": lambda: owner.zero_trust.access.service_tokens.list(**a),
        "widgets": lambda: owner.turnstile.widgets.list(**a),
        "logpush": lambda: owner.logpush.jobs.list(**a),
        "alerting": lambda: owner.alerting.policies.list(**a),
        "dns records": lambda: owner.dns.records.list(**z),
    }
    for name, read in reads.items():
        check("read " + name, len(list(read())) > 0)
    tunnel = list(owner.zero_trust.tunnels.cloudflared.list(**a))[0].id
    cloudflared = owner.zero_trust.tunnels.cloudflared
    check("tunnel token", cloudflared.token.get(tunnel, **a).startswith("eyJ"))
    check("tunnel connections", len(list(cloudflared.connections.get(tunnel, **a))) == 1)
    cloudflared.connections.delete(tunnel, **a)
    check("tunnel connections dropped", len(list(cloudflared.connections.get(tunnel, **a))) == 0)
    widget = list(owner.turnstile.widgets.list(**a))[0].sitekey
    secret = owner.turnstile.widgets.get(widget, **a).secret
    rotated = owner.turnstile.widgets.rotate_secret(widget, invalidate_immediately=True, **a)
    check("widget rotated", rotated.secret != secret)
    service = list(owner.zero_trust.access.service_tokens.list(**a))[0]
    rotated = owner.zero_trust.access.service_tokens.rotate(service.id, **a)
    check("service token rotated", rotated.client_id == service.client_id and rotated.client_secret)
    off = owner.zero_trust.access.service_tokens.update(service.id, enabled=False, **a)
    check("service token disabled", off.enabled is False)


verify()
identity()
audit_logs(os.environ["DRILL_SINCE"], os.environ["DRILL_BEFORE"])
surface()
account_tokens()
tokens()
print("all checks passed")
