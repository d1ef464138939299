#!/usr/bin/env bash
# Looks at the status page and the icon with headless Chromium. Needs the debug binaries, python3, and a way to Debian's packages
# where there is no Chromium yet.
set -euo pipefail
cd "$(dirname "$0")/../.."

find_chromium() {
  for name in chromium-headless-shell chromium chromium-browser google-chrome; do
    if command -v "$name"; then return; fi
  done
  return 1
}

if ! chromium=$(find_chromium); then
  apt-get update -q
  apt-get install -qy --no-install-recommends chromium-headless-shell fonts-dejavu-core ||
    apt-get install -qy --no-install-recommends chromium fonts-dejavu-core
  chromium=$(find_chromium)
fi
exec timeout 150 python3 tests/foreign/browser.py "$chromium"
