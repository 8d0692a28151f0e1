#!/bin/sh
# The auditor's tally against a second one in Python, written from
# docs/RULES.md alone: tests/tally2.py. TALLY2_SEED=N takes other elections.
B=${B:-build}
SHARED=${SHARED:-../shared}
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
exec python3 tests/tally2_compare.py "$B/partecipa-audit" "$SHARED/pb"
