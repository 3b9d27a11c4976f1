//! Configuration of the programs that speak to Cloudflare for people: DNS, certificates, dynamic addresses, routers.

use super::Cases;

pub fn add(cases: &mut Cases) {
    certificates(cases);
    dns(cases);
    dynamic_addresses(cases);
    routers_and_homes(cases);
    wrangler(cases);
    cloudflared(cases);
    buckets(cases);
}

fn certificates(cases: &mut Cases) {
    cases.group("certificate clients");
    cases.strong(
        ".acme.sh/account.conf",
        "LOG_LEVEL=1\nSAVED_CF_Token='«legacy»'\nSAVED_CF_Account_ID='«hex:32»'\nUSER_PATH='/usr/bin'\n",
    );
    cases.strong(".acme.sh/account.conf", "SAVED_CF_Key='«key»'\nSAVED_CF_Email='«email»'\n");
    cases.strong(
        "issue.sh",
        "export CF_Key=\"«key»\"\nexport CF_Email=\"«email»\"\nacme.sh --issue --dns dns_cf -d example.net\n",
    );
    cases.strong(
        "issue.sh",
        "CF_Token=«legacy» CF_Zone_ID=«hex:32» acme.sh --issue --dns dns_cf -d example.net\n",
    );
    cases.found("acme.log", "[Sat Nov 21 10:00:00 UTC 2026] _H1='Content-Type: application/json'\n[Sat Nov 21 10:00:00 UTC 2026] _H2='X-Auth-Email: «email»'\n[Sat Nov 21 10:00:00 UTC 2026] _H3='X-Auth-Key: «key»'\n");
    cases.found("acme.log", "[Sat Nov 21 10:00:00 UTC 2026] _postContentType\n[Sat Nov 21 10:00:00 UTC 2026] _CURL='curl --silent -H 'Authorization: Bearer «legacy»' https://api.cloudflare.com/client/v4/zones'\n");
    cases.strong(
        "cloudflare.ini",
        "# Cloudflare API token used by Certbot\ndns_cloudflare_api_token = «legacy»\n",
    );
    cases.strong(
        "/etc/letsencrypt/cf.ini",
        "dns_cloudflare_email = «email»\ndns_cloudflare_api_key = «key»\n",
    );
    cases.strong("credentials-3", "dns_cloudflare_api_token=«legacy»\n");
    cases.found("npm.json", r##"{"letsencrypt_agree":true,"dns_challenge":true,"dns_provider":"cloudflare","dns_provider_credentials":"# Cloudflare API token\r\ndns_cloudflare_api_token=«legacy»"}"##);
    cases.found("dump.sql", "INSERT INTO `certificate` VALUES (3,'2026-01-01',0,1,'letsencrypt','x','[\\\"a.net\\\"]','{\\\"dns_provider\\\":\\\"cloudflare\\\",\\\"dns_provider_credentials\\\":\\\"dns_cloudflare_api_token = «legacy»\\\"}');\n");
    cases.found(
        "Caddyfile",
        "example.net {\n\ttls {\n\t\tdns cloudflare «legacy»\n\t}\n\treverse_proxy app:80\n}\n",
    );
    cases.found("Caddyfile", "{\n\tacme_dns cloudflare «user»\n}\nexample.net {\n\trespond \"hi\"\n}\n");
    cases.found("autosave.json", r#"{"apps":{"tls":{"automation":{"policies":[{"issuers":[{"challenges":{"dns":{"provider":{"api_token":"«legacy»","name":"cloudflare"}}},"module":"acme"}]}]}}}}"#);
    cases.found(
        "caddy.json",
        r#"{"challenges":{"dns":{"provider":{"name":"cloudflare","api_token":"«legacy»","zone_token":""}}}}"#,
    );
    cases.found(
        "Caddyfile",
        "tls {\n\tdns cloudflare {\n\t\tzone_token «legacy»\n\t\tapi_token «legacy»\n\t}\n}\n",
    );
    cases.strong("traefik/docker-compose.yml", "services:\n  traefik:\n    environment:\n      CF_API_EMAIL: «email»\n      CF_DNS_API_TOKEN: «legacy»\n    command:\n      - --certificatesresolvers.le.acme.dnschallenge.provider=cloudflare\n");
    cases.strong("traefik.env", "CF_API_EMAIL=«email»\nCF_API_KEY=«key»\n");
    cases.found(
        "run.sh",
        "lexicon cloudflare create example.net TXT --name x --content y --auth-token «legacy»\n",
    );
    cases.found(
        "run.sh",
        "lexicon cloudflare --auth-username «email» --auth-token=«key» list example.net A\n",
    );
    cases.strong(
        "run.sh",
        "CLOUDFLARE_DNS_API_TOKEN=«legacy» lego --dns cloudflare --domains example.net run\n",
    );
    cases.found("issuer.yaml", "kind: Secret\nmetadata:\n  name: cloudflare-api-token-secret\ntype: Opaque\nstringData:\n  api-token: «legacy»\n");
    cases.found("posh-acme.ps1", "$pArgs = @{ CFToken = (ConvertTo-SecureString '«legacy»' -AsPlainText -Force) }\nNew-PACertificate example.net -Plugin Cloudflare -PluginArgs $pArgs\n");
    cases.found("dehydrated.conf", "export CF_EMAIL=«email»\nexport CF_KEY=«key»\n");
}

fn dns(cases: &mut Cases) {
    cases.group("DNS as code");
    cases.found("creds.json", "{\n  \"cloudflare\": {\n    \"TYPE\": \"CLOUDFLAREAPI\",\n    \"accountid\": \"«hex:32»\",\n    \"apitoken\": \"«legacy»\"\n  }\n}\n");
    cases.found(
        "creds.json",
        r#"{"cloudflare":{"TYPE":"CLOUDFLAREAPI","apikey":"«key»","apiuser":"«email»"}}"#,
    );
    cases.found(
        "octodns.yaml",
        "providers:\n  cloudflare:\n    class: octodns_cloudflare.CloudflareProvider\n    token: «legacy»\n",
    );
    cases.found("octodns.yaml", "providers:\n  cf:\n    class: octodns_cloudflare.CloudflareProvider\n    email: «email»\n    token: «key»\n");
    cases.found("cloudflare.cfg", "[CloudFlare]\nemail = «email»\ntoken = «key»\n");
    cases.found(".cloudflare/cloudflare.cfg", "[CloudFlare]\ntoken = «legacy»\n");
    cases.found(".cfcli.yml", "defaults:\n  token: «legacy»\n  email: «email»\n  domain: example.net\n");
    cases.found("external-dns.yaml", "containers:\n- name: external-dns\n  args: [--provider=cloudflare]\n  env:\n  - name: CF_API_KEY\n    value: \"«key»\"\n  - name: CF_API_EMAIL\n    value: «email»\n");
    cases.found(
        "Pulumi.prod.yaml",
        "config:\n  cloudflare:apiToken: «legacy»\n  cloudflare:accountId: «hex:32»\n",
    );
    cases.found("Pulumi.yaml", "config:\n  cloudflare:apiKey: «key»\n  cloudflare:email: «email»\n");
    cases.found("main.tf", "provider \"cloudflare\" {\n  api_token = \"«legacy»\"\n}\n");
    cases.found("main.tf", "provider \"cloudflare\" {\n  email   = \"«email»\"\n  api_key = \"«key»\"\n}\n");
    cases.found("main.tf", "provider \"cloudflare\" {\n  alias                = \"ca\"\n  api_user_service_key = \"«origin»\"\n}\n");
    cases.found(
        "variables.tf",
        "variable \"cloudflare_api_token\" {\n  type    = string\n  default = \"«legacy»\"\n}\n",
    );
    cases.found("terraform.tfvars", "region               = \"eu\"\ncloudflare_api_token = \"«legacy»\"\n");
    cases.found(
        "prod.auto.tfvars.json",
        r#"{"region":"eu","cloudflare_api_key":"«key»","cloudflare_email":"«email»"}"#,
    );
    cases.found("terragrunt.hcl", "inputs = {\n  cloudflare_token = \"«legacy»\"\n}\n");
    cases.found(
        "crossplane.yaml",
        "stringData:\n  credentials: |\n    {\"api_token\": \"«legacy»\", \"provider\": \"cloudflare\"}\n",
    );
    cases.found("zone.yml", "- community.general.cloudflare_dns:\n    zone: example.net\n    record: www\n    api_token: «legacy»\n");
    cases.found(
        "zone.yml",
        "- cloudflare_dns:\n    zone: example.net\n    account_email: «email»\n    account_api_key: «key»\n",
    );
    cases.found("hosts.ini", "[web]\nweb1 ansible_host=192.0.2.1 cloudflare_api_token=«legacy»\n");
    cases.found("group_vars/all.yml", "---\ncloudflare_api_token: \"«legacy»\"\nuser: deploy\n");
    cases.found("ansible.log", "2026-11-20 10:00:00,123 p=1 u=root n=ansible | changed: [web1] => {\"invocation\": {\"module_args\": {\"account_api_key\": null, \"api_token\": \"«legacy»\", \"zone\": \"example.net\", \"solo\": false}}, \"result\": {\"record\": {\"name\": \"cloudflare\"}}}\n");
}

fn dynamic_addresses(cases: &mut Cases) {
    cases.group("dynamic DNS");
    cases.found("ddclient.conf", "use=web\nprotocol=cloudflare, \\\nzone=example.net, \\\nttl=1, \\\nlogin=token, \\\npassword=«legacy» \\\nwww.example.net\n");
    cases.found(
        "/etc/ddclient/ddclient.conf",
        "protocol=cloudflare\nlogin=«email»\npassword='«key»'\nzone=example.net\n",
    );
    cases.found("inadyn.conf", "provider cloudflare.com {\n    username = example.net\n    password = «legacy»\n    hostname = home.example.net\n}\n");
    cases.found("config.json", "{\n  \"cloudflare\": [{\n    \"authentication\": {\n      \"api_token\": \"«legacy»\",\n      \"api_key\": {\"api_key\": \"\", \"account_email\": \"\"}\n    },\n    \"zone_id\": \"«hex:32»\"\n  }]\n}\n");
    cases.found("config.json", r#"{"cloudflare":[{"authentication":{"api_token":"api_token_here","api_key":{"api_key":"«key»","account_email":"«email»"}},"zone_id":"«hex:32»"}]}"#);
    cases.found("compose.yml", "services:\n  ddns:\n    image: oznu/cloudflare-ddns:latest\n    environment:\n      - API_KEY=«legacy»\n      - ZONE=example.net\n");
    cases.found("compose.yml", "services:\n  ddns:\n    image: favonia/cloudflare-ddns:1\n    environment:\n      - CLOUDFLARE_API_TOKEN=«legacy»\n      - DOMAINS=example.net\n");
    cases.found("config.yaml", "auth:\n  scopedToken: «legacy»\ndomains:\n  - name: example.net\n    type: A\n    zoneId: «hex:32» # cloudflare\n");
    cases.found(
        "ddns-go.yaml",
        "dnsconf:\n  - name: cf\n    dns:\n      name: cloudflare\n      id: \"\"\n      secret: «legacy»\n",
    );
    cases.found("/etc/config/ddns", "config service 'home'\n\toption service_name 'cloudflare.com-v4'\n\toption domain 'www@example.net'\n\toption username 'Bearer'\n\toption password '«legacy»'\n");
    cases.found("update.sh", "#!/bin/bash\nauth_email=\"«email»\"\nauth_key=\"«key»\"\nzone_name=example.net\ncurl -s https://api.cloudflare.com/client/v4/zones\n");
    cases.found("update.sh", "CFKEY=«key»\nCFUSER=«email»\nCFZONE_NAME=example.net\n");
    cases
        .found("cloudflare.conf", "actionban = curl -s -X POST\n[Init]\ncftoken = «key»\ncfuser = «email»\n");
    cases.found("action.d/cloudflare.local", "[Init]\ncftoken = «legacy»\ncfzone = «hex:32»\n");
}

fn routers_and_homes(cases: &mut Cases) {
    cases.group("routers and homes");
    cases.found("config.xml", "<opnsense><OPNsense><AcmeClient><validations><validation>\n<dns_service>dns_cf</dns_service>\n<dns_cf_email>«email»</dns_cf_email>\n<dns_cf_key>«key»</dns_cf_key>\n<dns_cf_token/>\n</validation></validations></AcmeClient></OPNsense></opnsense>\n");
    cases.found("config-fw.xml", "<validation>\n  <dns_cf_token>«legacy»</dns_cf_token>\n  <dns_cf_account_id>«hex:32»</dns_cf_account_id>\n</validation>\n");
    cases.found("config.xml", "<DynDNS><accounts><account><service>cloudflare</service><username>token</username><password>«legacy»</password></account></accounts></DynDNS>\n");
    cases.found("config.xml", "<dyndnses><dyndns>\n<type>cloudflare-v6</type>\n<username>«email»</username>\n<password>«key»</password>\n<zone/>\n</dyndns></dyndnses>\n");
    cases.found("config.xml", "<a_domainlist><item><method>dns_cloudflare</method><dns_cloudflarecf_token>«legacy»</dns_cloudflarecf_token></item></a_domainlist>\n");
    cases.found("core.config_entries", "{\n  \"data\": {\"entries\": [{\n    \"domain\": \"cloudflare\",\n    \"data\": {\n      \"api_token\": \"«legacy»\",\n      \"zone\": \"example.net\"\n    },\n    \"title\": \"example.net\"\n  }]}\n}\n");
    cases.found(".storage/core.config_entries", r#"{"data":{"entries":[{"data":{"api_token":"«legacy»","records":["a"],"zone":"example.net"},"domain":"cloudflare","entry_id":"«hex:32»"}]}}"#);
    cases.found("secrets.yaml", "wifi: hunter\ncloudflare_api_token: «legacy»\n");
    cases.found(
        "my-cloudflared.xml",
        "<Config Name=\"Token\" Target=\"TUNNEL_TOKEN\" Default=\"\" Mode=\"\">«tunnel»</Config>\n",
    );
    cases.found("my-ddns.xml", "<Config Name=\"Key\" Target=\"CF_APIKEY\" Type=\"Variable\" Mask=\"true\">«key»</Config>\n<Config Target=\"CF_EMAIL\">«email»</Config>\n");
    cases.found(
        "wp-options.csv",
        "option_id,option_name,option_value\n12,cloudflare_api_email,«email»\n13,cloudflare_api_key,«key»\n",
    );
    cases.found("wp.sql", "INSERT INTO wp_options VALUES (512,'cloudflare_api_email','«email»','yes'),(513,'cloudflare_api_key','«key»','yes');\n");
    cases.found(
        "mikrotik.rsc",
        ":local cfToken \"«legacy»\"\n/tool fetch url=\"https://api.cloudflare.com/client/v4/zones\"\n",
    );
    cases.found("mdm.xml", "<dict>\n<key>organization</key><string>team</string>\n<key>auth_client_id</key><string>«hex:32».access</string>\n<key>auth_client_secret</key><string>«access64»</string>\n</dict>\n");
    cases.found("mdm.xml", "<dict>\n  <key>auth_client_id</key>\n  <string>«hex:32».access</string>\n  <key>auth_client_secret</key>\n  <string>«access»</string>\n</dict>\n");
}

fn wrangler(cases: &mut Cases) {
    cases.group("wrangler and cf");
    cases.found(".config/.wrangler/config/default.toml", "oauth_token = \"«oauth»\"\nexpiration_time = \"2026-11-22T12:00:00.000Z\"\nrefresh_token = \"«refresh»\"\nscopes = [ \"account:read\", \"offline_access\" ]\n");
    cases.found("default.toml", "oauth_token = \"«old-oauth»\"\nexpiration_time = \"2025-11-22T12:00:00.000Z\"\nrefresh_token = \"«refresh»\"\n");
    cases.found(".wrangler/config/default.toml", "api_token = \"«legacy»\"\n");
    cases.found(".config/cloudflare/config/default.json", "{\n  \"oauth_token\": \"«oauth»\",\n  \"refresh_token\": \"«refresh»\",\n  \"scopes\": [\"account:read\"]\n}\n");
    cases.found(
        "wrangler-temporary-account.toml",
        "[account]\nid = \"«hex:32»\"\nname = \"temp\"\napiToken = \"«account»\"\n",
    );
    cases.found("cloudflare-temporary-account.json", r#"{"account":{"id":"«hex:32»","name":"t","apiToken":"«legacy»","expiresAt":"2026-11-22T12:00:00Z"}}"#);
    cases.found(
        "wrangler.toml",
        "name = \"w\"\naccount_id = \"«hex:32»\"\n\n[env.production.vars]\nCF_TOKEN = \"«legacy»\"\n",
    );
    cases.found("wrangler.jsonc", "{\n  \"account_id\": \"«hex:32»\",\n  \"env\": {\"staging\": {\"vars\": {\"TURNSTILE_SECRET\": \"«turnstile»\"}}}\n}\n");
    cases.found(
        "wrangler.json",
        r#"{"vars":{"ACCESS_CLIENT_ID":"«hex:32».access","ACCESS_CLIENT_SECRET":"«access64»"}}"#,
    );
    cases.found("logs/wrangler-2026-02-01_10-00-00_123.log", "--- 2026-02-01T10:00:00.123Z debug\n-- START CF API REQUEST: POST https://dash.cloudflare.com/oauth2/token\n{\"body\":\"grant_type=refresh_token&refresh_token=«refresh»&client_id=54d11594-84e4-41aa-b438-e81b8fa78ee7\"}\n");
    cases.found("wrangler.log", "INIT: {\"method\":\"POST\",\"body\":\"grant_type=refresh_token&refresh_token=«refresh»&client_id=x\"}\n");
    cases.found("wrangler.log", "RESPONSE: {\"access_token\":\"«oauth»\",\"expires_in\":3600,\"refresh_token\":\"«refresh»\",\"scope\":\"account:read\",\"token_type\":\"bearer\"}\n");
    cases.found("", "{\"type\":\"oauth\",\"token\":\"«oauth»\"}\n");
    cases.found(
        "",
        "$ npx wrangler auth token --json\n{\n  \"type\": \"api_token\",\n  \"token\": \"«legacy»\"\n}\n",
    );
    cases.found("", "$ npx wrangler auth token\n«old-oauth»\n");
    cases.found("", "$ wrangler auth token\n\u{1b}[32m«oauth»\u{1b}[39m\n");
    cases.found(
        "out.log",
        "Retrieving cached values for userId\nHEADERS: {\"Authorization\":\"Bearer «oauth»\"}\n",
    );
    cases.found("bulk.json", r#"{"CLOUDFLARE_API_TOKEN":"«legacy»","TURNSTILE_SECRET_KEY":"«turnstile»"}"#);
}

fn cloudflared(cases: &mut Cases) {
    cases.group("cloudflared");
    cases.found(".cloudflared/cert.pem", "«cert»");
    cases
        .found("backup/cert.pem", "-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----\n«cert»");
    cases.found(
        "0f.json",
        r#"{"AccountTag":"«hex:32»","TunnelSecret":"«tunnel-secret»","TunnelID":"«uuid»"}"#,
    );
    cases.found("creds.json", "{\n  \"AccountTag\": \"«hex:32»\",\n  \"TunnelID\": \"«uuid»\",\n  \"TunnelName\": \"home\",\n  \"TunnelSecret\": \"«tunnel-secret»\"\n}\n");
    cases.found("/etc/systemd/system/cloudflared.service", "[Service]\nTimeoutStartSec=0\nType=notify\nExecStart=/usr/bin/cloudflared --no-autoupdate tunnel run --token «tunnel»\nRestart=on-failure\n");
    cases.found(".bash_history", "sudo cloudflared service install «tunnel»\n");
    cases.found("compose.yml", "  tunnel:\n    image: cloudflare/cloudflared:latest\n    command: tunnel --no-autoupdate run --token «tunnel»\n");
    cases.found("compose.yml", "    command: [\"tunnel\", \"run\", \"--token\", \"«tunnel-tas»\"]\n");
    cases.found("com.cloudflare.cloudflared.plist", "<array>\n<string>/usr/local/bin/cloudflared</string>\n<string>tunnel</string>\n<string>run</string>\n<string>--token</string>\n<string>«tunnel»</string>\n</array>\n");
    cases.found("config.yml", "tunnel: «uuid»\ntoken: «tunnel»\n");
    cases.found("values.yaml", "cloudflare:\n  tunnelName: k8s\n  account: «hex:32»\n  tunnelId: «uuid»\n  secret: «tunnel-secret»\n");
    cases.found("run.sh", "export TUNNEL_CRED_CONTENTS='{\"AccountTag\":\"«hex:32»\",\"TunnelSecret\":\"«tunnel-secret»\",\"TunnelID\":\"«uuid»\"}'\n");
    cases
        .found("ps.txt", "root  812  0.0 /usr/bin/cloudflared --no-autoupdate tunnel run --token «tunnel»\n");
    cases.found("user-data", "#cloud-config\nruncmd:\n  - cloudflared service install «tunnel»\n");
    cases.found("reg.txt", "ImagePath    REG_EXPAND_SZ    C:\\cloudflared.exe tunnel run --token «tunnel»\n");
    cases.found("Dockerfile", "CMD [\"cloudflared\", \"tunnel\", \"run\", \"--token\", \"«tunnel»\"]\n");
    cases.found("access.sh", "cloudflared access curl https://app.example.net --service-token-id «hex:32».access --service-token-secret «access64»\n");
    cases.found(
        "access.sh",
        "export TUNNEL_SERVICE_TOKEN_ID=«hex:32».access\nexport TUNNEL_SERVICE_TOKEN_SECRET=«access»\n",
    );
}

fn buckets(cases: &mut Cases) {
    cases.group("R2 credentials");
    cases.found(".env", "RCLONE_CONFIG_R2_ACCESS_KEY_ID=«hex:32»\nRCLONE_CONFIG_R2_SECRET_ACCESS_KEY=«r2»\n");
    cases.found("run.sh", "AWS_ACCESS_KEY_ID=«hex:32» AWS_SECRET_ACCESS_KEY=«r2» aws s3 ls --endpoint-url https://«hex:32».r2.cloudflarestorage.com\n");
    cases.found("settings.py", "AWS_S3_ENDPOINT_URL = 'https://«hex:32».r2.cloudflarestorage.com'\nAWS_S3_SECRET_ACCESS_KEY = '«r2»'\n");
    cases.found("storage.yml", "r2:\n  service: S3\n  endpoint: https://«hex:32».r2.cloudflarestorage.com\n  access_key_id: «hex:32»\n  secret_access_key: «r2»\n");
    cases.found("filesystems.php", "'r2' => [\n    'driver' => 's3',\n    'key' => '«hex:32»',\n    'secret' => '«r2»',\n    'endpoint' => 'https://«hex:32».r2.cloudflarestorage.com',\n],\n");
    cases.found("rclone.conf", "[r2]\ntype = s3\nprovider = Cloudflare\naccess_key_id = «hex:32»\nsecret_access_key = «r2»\nendpoint = https://«hex:32».r2.cloudflarestorage.com\n");
    cases.found(".aws/credentials", "[r2]\naws_access_key_id = «hex:32»\naws_secret_access_key = «r2»\nendpoint_url = https://«hex:32».r2.cloudflarestorage.com\n");
    cases.found(".env", "AWS_ACCESS_KEY_ID=«hex:32»\nAWS_SECRET_ACCESS_KEY=«r2»\nAWS_ENDPOINT=https://«hex:32».eu.r2.cloudflarestorage.com\n");
    cases.found(".env", "R2_ACCESS_KEY_ID=«hex:32»\nR2_SECRET_ACCESS_KEY=«r2»\n");
    cases.found(
        ".env",
        "S3_ENDPOINT=https://«hex:32».r2.cloudflarestorage.com\nS3_ACCESS_KEY=«hex:32»\nS3_SECRET_KEY=«r2»\n",
    );
    cases.found("upload.py", "s3 = boto3.client('s3',\n    endpoint_url='https://«hex:32».r2.cloudflarestorage.com',\n    aws_access_key_id='«hex:32»',\n    aws_secret_access_key='«r2»',\n    region_name='auto')\n");
    cases.found("upload.ts", "const S3 = new S3Client({\n  region: 'auto',\n  endpoint: `https://${ACCOUNT_ID}.r2.cloudflarestorage.com`,\n  credentials: {\n    accessKeyId: '«hex:32»',\n    secretAccessKey: '«r2»',\n  },\n});\n");
    cases.found("main.tf", "  destination_conf = \"r2://logs/{DATE}?account-id=«hex:32»&access-key-id=«hex:32»&secret-access-key=«r2»\"\n");
    cases.found("job.json", r#"{"result":{"id":7,"dataset":"http_requests","destination_conf":"r2://logs/{DATE}?account-id=«hex:32»&access-key-id=«hex:32»&secret-access-key=«r2»"}}"#);
    cases.found("s3cfg", "[default]\naccess_key = «hex:32»\nsecret_key = «r2»\nhost_base = «hex:32».r2.cloudflarestorage.com\n");
    cases.found("backend.tf", "  backend \"s3\" {\n    bucket     = \"state\"\n    access_key = \"«hex:32»\"\n    secret_key = \"«r2»\"\n    endpoints  = { s3 = \"https://«hex:32».r2.cloudflarestorage.com\" }\n  }\n");
    cases.found("new-token.txt", "Token value: «user»\nAccess Key ID: «hex:32»\nSecret Access Key: «r2-of-last»\nEndpoint: https://«hex:32».r2.cloudflarestorage.com\n");
    cases.found("litestream.yml", "dbs:\n  - path: /db\n    replicas:\n      - type: s3\n        endpoint: https://«hex:32».r2.cloudflarestorage.com\n        access-key-id: «hex:32»\n        secret-access-key: «r2»\n");
    cases.found("restic.sh", "export AWS_ACCESS_KEY_ID=«hex:32»\nexport AWS_SECRET_ACCESS_KEY=«r2»\nrestic -r s3:https://«hex:32».r2.cloudflarestorage.com/b snapshots\n");
    cases.found(
        "run.sh",
        "rclone config create r2 s3 provider=Cloudflare access_key_id=«hex:32» secret_access_key=«r2»\n",
    );
}
