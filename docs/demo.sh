#!/bin/sh
# Builds cfleak, starts its fake Cloudflare on loopback, writes sample leaks, and scans them with live checks; then reads
# an agent's store, and lets a hook stop a commit.
# Nothing leaves this machine, and no value in the samples opens anything anywhere.
set -eu
cd "$(dirname "$0")/.."
cargo build --release --locked
cfleak=$PWD/target/release/cfleak
samples=$(mktemp -d)
port=${PORT:-8787}

"$cfleak" drill --serve "127.0.0.1:$port" --samples "$samples" >/dev/null &
fake=$!
trap 'kill $fake 2>/dev/null; rm -rf "$samples"' EXIT
while ! [ -f "$samples/ci/3_Deploy.txt" ]; do sleep 0.1; done
sleep 1

# All four hosts that a credential may be sent to.
here=http://127.0.0.1:$port
export CFLEAK_API_BASE="$here/client/v4" CFLEAK_R2_ENDPOINT="$here" CFLEAK_TURNSTILE_URL="$here" CFLEAK_OAUTH_URL="$here"
cd "$samples"
status=0
"$cfleak" scan . "$@" || status=$?
echo "cfleak scan exited with $status: 3 means that at least one credential is live."

# The person of the samples, whose configuration of git is not yours.
export HOME="$samples/home"
echo
echo '$ cfleak scan --transcripts --offline'
"$cfleak" scan --transcripts --offline || true

echo
echo '$ cfleak hook install; git commit'
cd "$samples/shop"
"$cfleak" hook install
echo "CLOUDFLARE_API_TOKEN=$(grep -oE 'cfut_[A-Za-z0-9]{48}' ../ci/3_Deploy.txt | head -n 1)" > settings.env
git add -f settings.env
git -c user.name=Maria -c user.email=maria@bakery.example commit -m 'Add settings' || true
