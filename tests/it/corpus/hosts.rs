//! Where programs run: orchestrators, state files, units, containers, process listings.

use super::Cases;

pub fn add(cases: &mut Cases) {
    kubernetes(cases);
    terraform(cases);
    services(cases);
    pipelines(cases);
}

fn kubernetes(cases: &mut Cases) {
    cases.group("Kubernetes and Helm");
    cases.found("secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: cloudflare\nstringData:\n  CLOUDFLARE_API_TOKEN: «legacy»\n");
    cases.found("secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: cloudflare-api-token\ndata:\n  api-token: «legacy|base64»\n");
    cases.found(
        "secret.yaml",
        "kind: Secret\nmetadata:\n  name: cloudflare-api-key-secret\ndata:\n  api-key: «[«key»\n]|base64»\n",
    );
    cases.found("secret.yaml", "kind: Secret\ndata:\n  CF_API_TOKEN: «[«user»\n]|base64»\n");
    cases.found("secret.yaml", "kind: Secret\nmetadata:\n  name: tunnel-credentials\ndata:\n  credentials.json: «[{\"AccountTag\":\"«hex:32»\",\"TunnelSecret\":\"«tunnel-secret»\",\"TunnelID\":\"«uuid»\"}]|base64»\n");
    cases.found("secret.yaml", "kind: Secret\nstringData:\n  credentials.json: |\n    {\"AccountTag\":\"«hex:32»\",\"TunnelSecret\":\"«tunnel-secret»\",\"TunnelID\":\"«uuid»\"}\n");
    cases.found("secret.yaml", "kind: Secret\ndata:\n  TUNNEL_TOKEN: «tunnel|base64»\n");
    cases.found("dump.yaml", "metadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"cloudflare-api-token\"},\"stringData\":{\"api-token\":\"«legacy»\"}}\n");
    cases.found("dump.json", r#"{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"«[{"kind":"Secret","metadata":{"name":"external-dns"},"stringData":{"CF_API_KEY":"«key»","CF_API_EMAIL":"«email»"}}
]|json»"}}}"#);
    cases.found("dump.yaml", "    kubectl.kubernetes.io/last-applied-configuration: |\n      {\"data\":{\"CLOUDFLARE_API_TOKEN\":\"«legacy|base64»\"},\"kind\":\"Secret\"}\n");
    cases.found("values.yaml", "cloudflare:\n  apiToken: «legacy»\n  email: «email»\n");
    cases.found(
        "values-prod.yaml",
        "external-dns:\n  provider: cloudflare\n  cloudflare:\n    apiKey: «key»\n    email: «email»\n",
    );
    cases.found("deploy.yaml", "      containers:\n      - name: cloudflared\n        image: cloudflare/cloudflared\n        args:\n        - tunnel\n        - run\n        - --token\n        - «tunnel»\n");
    cases.found(
        "install.sh",
        "helm install cfd cloudflare/cloudflare-tunnel-remote --set cloudflare.tunnel_token=«tunnel»\n",
    );
    cases.found("install.sh", "helm upgrade dns ext/external-dns --set cloudflare.apiToken=«legacy»\n");
    cases.found(
        "kustomization.yaml",
        "secretGenerator:\n- name: cf\n  literals:\n  - CF_API_TOKEN=«legacy»\n",
    );
    cases.found(
        "issuer.yaml",
        "kind: Secret\nmetadata:\n  name: origin-ca-issuer\ndata:\n  key: «origin|base64»\n",
    );
    cases.found(
        "list.json",
        r#"{"items":[{"data":{"cloudflare_api_token":"«legacy|base64»"},"kind":"Secret"}],"kind":"List"}"#,
    );
}

fn terraform(cases: &mut Cases) {
    cases.group("Terraform state and plans");
    cases.found("terraform.tfstate", "{\n  \"resources\": [{\n    \"type\": \"cloudflare_api_token\",\n    \"name\": \"ci\",\n    \"instances\": [{\n      \"attributes\": {\n        \"id\": \"«hex:32»\",\n        \"status\": \"active\",\n        \"value\": \"«legacy»\"\n      }\n    }]\n  }]\n}\n");
    cases.found("terraform.tfstate", "{\n  \"type\": \"cloudflare_account_token\",\n  \"instances\": [{\"attributes\": {\"account_id\": \"«hex:32»\", \"value\": \"«account»\"}}]\n}\n");
    cases.found("terraform.tfstate", r#"{"type":"cloudflare_zero_trust_access_service_token","instances":[{"attributes":{"client_id":"«hex:32».access","client_secret":"«access64»","duration":"8760h"}}]}"#);
    cases.found("terraform.tfstate", r#"{"type":"cloudflare_turnstile_widget","instances":[{"attributes":{"id":"0x4AAAAAAA«token:14»","secret":"«turnstile»","mode":"managed"}}]}"#);
    cases.found("terraform.tfstate.backup", r#"{"type":"cloudflare_zero_trust_tunnel_cloudflared","instances":[{"attributes":{"account_id":"«hex:32»","id":"«uuid»","tunnel_token":"«tunnel»"}}]}"#);
    cases.found("terraform.tfstate", r#"{"type":"cloudflare_zero_trust_tunnel_cloudflared","instances":[{"attributes":{"account_id":"«hex:32»","id":"«uuid»","tunnel_secret":"«tunnel-secret»"}}]}"#);
    cases.found("plan.txt", "  # cloudflare_api_token.ci will be created\n  + resource \"cloudflare_api_token\" \"ci\" {\n      + name  = \"ci\"\n      + value = \"«legacy»\"\n    }\n");
    cases.found("plan.txt", "  ~ resource \"cloudflare_turnstile_widget\" \"w\" {\n        id     = \"0x4AAAAAAA«token:14»\"\n      ~ secret = \"«turnstile»\" -> (known after apply)\n    }\n");
    cases.found("outputs.txt", "Outputs:\n\ncloudflare_api_token = \"«legacy»\"\nzone = \"example.net\"\n");
    cases.found("show.json", r#"{"planned_values":{"root_module":{"resources":[{"address":"cloudflare_api_token.ci","values":{"name":"ci","value":"«legacy»"},"sensitive_values":{"value":true}}]}}}"#);
    cases.found("tf.log", "2026-11-20T10:00:00.000Z [DEBUG] provider.terraform-provider-cloudflare: GET /client/v4/user HTTP/1.1\nHost: api.cloudflare.com\nAuthorization: Bearer «legacy»\n");
    cases.found("state.json", r#"{"resources":[{"type":"pulumi:providers:cloudflare","inputs":{"apiToken":"«legacy»","version":"5.0.0"}}]}"#);
    cases.found("main.tf", "resource \"cloudflare_zero_trust_tunnel_cloudflared\" \"t\" {\n  account_id    = \"«hex:32»\"\n  name          = \"t\"\n  tunnel_secret = \"«tunnel-secret»\"\n}\n");
    cases.found("main.tf", "module \"site\" {\n  source = \"./site\"\n  cf_api_token = \"«legacy»\"\n}\n");
}

fn services(cases: &mut Cases) {
    cases.group("services and processes");
    cases.found("app.service", "[Service]\nExecStart=/usr/bin/env CF_API_TOKEN=«legacy» /usr/bin/app\n");
    cases
        .found("override.conf", "[Service]\nEnvironment=CLOUDFLARE_EMAIL=«email» CLOUDFLARE_API_KEY=«key»\n");
    cases.found("crontab", "*/5 * * * * CLOUDFLARE_API_TOKEN=«legacy» /usr/local/bin/ddns >/dev/null 2>&1\n");
    cases.found(
        "supervisord.conf",
        "[program:ddns]\nenvironment=CF_API_TOKEN=\"«legacy»\",ZONE=\"example.net\"\n",
    );
    cases.found("environ", "PATH=/usr/bin\0HOME=/root\0CLOUDFLARE_API_TOKEN=«legacy»\0SHLVL=1\0");
    cases.found("core", "\u{1}\u{2}\0\0TERM=xterm\0CF_API_KEY=«key»\0CF_API_EMAIL=«email»\0LANG=C\0\0\0");
    cases.found(
        "ps.txt",
        "1234 ?  Ssl 0:01 node server.js PATH=/usr/bin CLOUDFLARE_API_TOKEN=«legacy» HOME=/root\n",
    );
    cases.found("ps.txt", "  991 pts/0 S+ 0:00 curl -H Authorization: Bearer «legacy» https://api.cloudflare.com/client/v4/zones\n");
    cases.found("dump.pm2", r#"[{"name":"api","env":{"PORT":"3000","CLOUDFLARE_API_TOKEN":"«legacy»"},"pm_exec_path":"/srv/a.js"}]"#);
    cases.found("report.20261120.json", "{\n  \"environmentVariables\": {\n    \"PATH\": \"/usr/bin\",\n    \"CLOUDFLARE_API_TOKEN\": \"«legacy»\"\n  }\n}\n");
    cases.found("inspect.json", "[\n  {\n    \"Config\": {\n      \"Env\": [\n        \"TUNNEL_TOKEN=«tunnel»\",\n        \"PATH=/usr/bin\"\n      ]\n    }\n  }\n]\n");
    cases.found("history.txt", "IMAGE   CREATED BY                                      SIZE\nabc     /bin/sh -c #(nop)  ENV CLOUDFLARE_API_TOKEN=«legacy»   0B\n");
    cases.found(
        "history.txt",
        "<missing>  RUN |1 CF_API_TOKEN=«legacy» /bin/sh -c npm run deploy # buildkit  1.2MB\n",
    );
    cases.found("task.xml", "<Exec><Command>wrangler</Command><Arguments>--env CLOUDFLARE_API_TOKEN=«legacy»</Arguments></Exec>\n");
    cases.found(
        "portainer.json",
        r#"{"Env":[{"name":"CF_DNS_API_TOKEN","value":"«legacy»"}],"Name":"traefik"}"#,
    );
    cases.found(
        "workspace.xml",
        "<envs>\n  <env name=\"CLOUDFLARE_API_TOKEN\" value=\"«legacy»\" />\n</envs>\n",
    );
    cases
        .found("devcontainer.json", r#"{"remoteEnv":{"CLOUDFLARE_API_TOKEN":"«legacy»"},"image":"node:20"}"#);
    cases.found("snapshot.sh", "declare -x CLOUDFLARE_API_TOKEN=\"«legacy»\"\ndeclare -x EDITOR=\"vim\"\n");
    cases.found("etc/environment", "PATH=\"/usr/bin\"\nCLOUDFLARE_API_KEY=«key»\nCLOUDFLARE_EMAIL=«email»\n");
    cases.found("nomad.hcl", "env {\n  CF_API_TOKEN = \"«legacy»\"\n}\n");
    cases.found("ecs.json", r#"{"containerDefinitions":[{"environment":[{"name":"CLOUDFLARE_API_TOKEN","value":"«legacy»"},{"name":"A","value":"b"}]}]}"#);
    cases.found("sam.yaml", "Environment:\n  Variables:\n    CLOUDFLARE_API_TOKEN: «legacy»\n");
    cases.found("registry.reg", "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Environment]\r\n\"CLOUDFLARE_API_TOKEN\"=\"«legacy»\"\r\n");
}

fn pipelines(cases: &mut Cases) {
    cases.group("pipelines");
    cases.found(".github/workflows/deploy.yml", "      - uses: cloudflare/wrangler-action@v3\n        with:\n          apiToken: «legacy»\n          accountId: «hex:32»\n");
    cases.found(
        ".github/workflows/deploy.yml",
        "    env:\n      CLOUDFLARE_API_TOKEN: «legacy»\n    steps:\n      - run: npx wrangler deploy\n",
    );
    cases.found(".github/workflows/purge.yml", "      - uses: jakejarvis/cloudflare-purge-action@master\n        env:\n          CLOUDFLARE_ZONE: «hex:32»\n          CLOUDFLARE_TOKEN: «legacy»\n");
    cases.found(
        ".github/workflows/purge.yml",
        "        with:\n          cf-token: «legacy»\n          cf-zone: «hex:32»\n",
    );
    cases.found(
        ".gitlab-ci.yml",
        "variables:\n  CLOUDFLARE_API_TOKEN: \"«legacy»\"\n\ndeploy:\n  script: npx wrangler deploy\n",
    );
    cases.found(".circleci/config.yml", "    environment:\n      CLOUDFLARE_API_TOKEN: «legacy»\n");
    cases.found("Jenkinsfile", "environment {\n    CLOUDFLARE_API_TOKEN = '«legacy»'\n}\n");
    cases.found("azure-pipelines.yml", "variables:\n- name: CF_API_TOKEN\n  value: «legacy»\n");
    cases.found("log.txt", "2025-04-07T12:57:33.2904078Z   env:\n2025-04-07T12:57:33.2904579Z     CLOUDFLARE_API_TOKEN: «legacy»\n2025-04-07T12:57:33.2904580Z ##[endgroup]\n");
    cases.found(
        "log.txt",
        "2025-04-07T12:57:33.2904078Z ##[command]/usr/bin/npx wrangler deploy --api-token «user»\n",
    );
    cases.found("log.txt", "\u{1b}[0Ksection_start:1743000000:step\r\u{1b}[0K$ echo $CLOUDFLARE_API_TOKEN\n\u{1b}[32;1mCLOUDFLARE_API_TOKEN=«legacy»\u{1b}[0;m\n");
    cases.found("log.txt", "#12 3.456 + export CLOUDFLARE_API_TOKEN=«legacy»\n#12 3.460 + npm run deploy\n");
    cases.found("build.log", "\u{1b}_bk;t=1743000000000\u{7}$ printenv\n\u{1b}_bk;t=1743000000001\u{7}CLOUDFLARE_API_TOKEN=«legacy»\n");
    cases.found("step.json", "[{\"message\":\"CLOUDFLARE_API_TOKEN=«legacy»\\r\\nCI=true\\r\\n\",\"type\":\"out\",\"time\":\"2026-01-01T00:00:00Z\"}]");
    cases.found("builds.json", r#"{"result":{"cursor":"x","lines":[[1743000000,"CLOUDFLARE_API_TOKEN=«legacy»"],[1743000001,"done"]]}}"#);
    cases.found("pages.json", r#"{"result":{"deployment_configs":{"production":{"env_vars":{"CLOUDFLARE_API_TOKEN":{"type":"plain_text","value":"«legacy»"}}}}}}"#);
    cases.found(
        "container-json.log",
        "{\"log\":\"CF_API_TOKEN=«legacy»\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-01T00:00:00Z\"}\n",
    );
    cases.found("pod.log", "2026-01-01T00:00:00.000000000Z stdout F level=info msg=\"using token «user»\"\n");
    cases.found(".secrets", "GITHUB_TOKEN=x\nCLOUDFLARE_API_TOKEN=«legacy»\n");
    cases.found("act.sh", "act -s CLOUDFLARE_API_TOKEN=«legacy» -j deploy\n");
    cases.found("variables.json", r#"{"total_count":1,"variables":[{"name":"CF_API_TOKEN","value":"«legacy»","created_at":"2026-01-01"}]}"#);
    cases.found("buildspec.yml", "env:\n  variables:\n    CLOUDFLARE_API_TOKEN: \"«legacy»\"\n");
}
