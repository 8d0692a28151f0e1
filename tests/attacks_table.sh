#!/bin/sh
# The tables of docs/THREATS.md against the tests: every test that they name
# exists, every row has a test or says with what it comes, and every test that
# is called after a row stands in it.
T=docs/THREATS.md
failed=0
bad=0
no() {
	echo "not ok $*"
	failed=1
	bad=1
}
# ok TEXT: what was looked at since the last one, if nothing was bad.
ok() {
	[ "$bad" -eq 0 ] && echo "ok $*"
	bad=0
}

# exists NAME: a function in the list of a test program, a line of a script, or
# a test of the web client.
exists() {
	grep -qE "^$1\(void \*\*" tests/test_*.c ||
		grep -qE "^[^#]*(step|says|only|echo)[ (\"].*$1" tests/*.sh ||
		grep -qE "^test\(\"$1[:\"]" web/test/*.ts web/test/e2e/*.ts
}

names=$(grep '^|' "$T" | grep -oE '`[A-Za-z][A-Za-z0-9_ ]+`' | tr -d '`' |
	grep -E '[_ ].*[_ ]' | sort -u | tr ' ' '#')
for name in $names; do
	name=$(echo "$name" | tr '#' ' ')
	exists "$name" || no "the table names $name, which is no test"
done
ok "$(echo "$names" | wc -l) tests that the tables name exist"

row=1
while [ "$row" -le 45 ]; do
	line=$(grep -E "^\| A$row \|" "$T")
	case $line in
	*'`'*'_'*'`'* | *'later: '*) ;;
	'') no "row A$row is missing" ;;
	*) no "row A$row has no test and does not say when it comes" ;;
	esac
	row=$((row + 1))
done
ok "45 rows have tests or say when they come"

for name in $(grep -ohE '\<A[0-9]+_[A-Za-z0-9_]+' tests/test_attacks_*.c \
	tests/attacks_tally.sh tests/attacks_sources.sh web/test/*.test.ts \
	web/test/e2e/*.test.ts | sort -u); do
	row=${name%%_*}
	grep -E "^\| $row \|" "$T" | grep -q "\`$name\`" ||
		no "$name is not in row $row"
done
ok "every test that is called after a row stands in it"
exit $failed
