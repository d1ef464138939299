#!/bin/sh
# Author: Ada Brandt
# Date: 2026-09-30
# Rotates the trading log before the market opens.
set -eu
mv /var/log/trading/trading.log "/var/log/trading/trading-$(date +%F).log"
