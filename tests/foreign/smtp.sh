#!/usr/bin/env bash
# Mails an alert through aiosmtpd and compares what it got. Needs the debug binaries, python3 with venv, openssl, and a way to PyPI.
set -euo pipefail
cd "$(dirname "$0")/../.."

tools="${CARGO_TARGET_DIR:-$PWD/target}/tools/smtp"
if ! "$tools/bin/python" -c "import aiosmtpd" 2>/dev/null; then
  if ! python3 -m venv "$tools" 2>/dev/null; then
    apt-get update -q && apt-get install -qy python3-venv openssl
    python3 -m venv "$tools"
  fi
  "$tools/bin/pip" install -q aiosmtpd==1.4.6
fi
if ! command -v openssl >/dev/null; then apt-get update -q && apt-get install -qy openssl; fi
exec timeout 120 "$tools/bin/python" tests/foreign/smtp.py
