#!/bin/sh
# Builds cfleak, starts its fake Cloudflare on loopback, writes sample leaks, and scans them with live checks.
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

cd "$samples"
status=0
CFLEAK_API_BASE="http://127.0.0.1:$port/client/v4" "$cfleak" scan . "$@" || status=$?
echo
echo "cfleak scan exited with $status: 3 means that at least one credential is live."
