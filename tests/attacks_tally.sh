#!/bin/sh
# A27 of docs/THREATS.md: a wrong rule stays unnoticed where only one program
# counts.  Here a handful of elections; tests/tally_second.sh has the many.
B=${B:-build}
T=$(mktemp -d)
failed=0
trap 'rm -rf "$T"' EXIT
PYTHONDONTWRITEBYTECODE=1
TALLY2_ELECTIONS=20
TALLY2_SEED=27
export PYTHONDONTWRITEBYTECODE TALLY2_ELECTIONS TALLY2_SEED

if ! command -v python3 >/dev/null; then
	echo "skipped: the second tally needs python3"
	exit 0
fi
if python3 tests/tally2_compare.py "$B/partecipa-audit" "$T/none" \
	>"$T/out" 2>&1; then
	echo "ok A27_two_independent_tallies_agree"
else
	echo "not ok A27_two_independent_tallies_agree"
	tail -n 20 "$T/out"
	failed=1
fi

# A tally that gets one number wrong.
cat >"$T/wrong" <<SH
#!/bin/sh
said=\$("$B/partecipa-audit" "\$@")
status=\$?
printf '%s' "\$said" | sed 's/"cost":"[0-9]/&1/'
exit \$status
SH
chmod +x "$T/wrong"
if python3 tests/tally2_compare.py "$T/wrong" "$T/none" >"$T/out" 2>&1; then
	echo "not ok A27_a_wrong_tally_is_noticed"
	failed=1
elif grep -q '^not ok ' "$T/out"; then
	echo "ok A27_a_wrong_tally_is_noticed"
else
	echo "not ok A27_a_wrong_tally_is_noticed: it did not run"
	tail -n 20 "$T/out"
	failed=1
fi
exit $failed
