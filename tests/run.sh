#!/bin/sh
# tests/run.sh PROGRAM...: run each test, say how it went, show what failed.
# RUN: what a program is run under.  Skipped parts say so themselves, in lines
# with the word "skipped".
passed=0
failed=0
skipped=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for t in "$@"; do
	name=$(basename "$t" .sh)
	start=$(date +%s)
	case $t in
	*.sh) sh "$t" >"$out" 2>&1 ;;
	*) ${RUN:-} "$t" >"$out" 2>&1 ;;
	esac
	status=$?
	took=$(($(date +%s) - start))
	n=$(grep -c -E '^\[       OK \]|^ok ' "$out")
	s=$(grep -c -E '^\[  SKIPPED \] [a-z]|^skipped' "$out")
	f=$(grep -c -E '^\[  FAILED  \] [a-z_]+:? *[a-z]|^not ok ' "$out")
	if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
	passed=$((passed + n))
	skipped=$((skipped + s))
	if [ "$status" -ne 0 ]; then
		failed=$((failed + f))
		echo "FAIL $name (exit $status, ${took} s)"
		tail -n 60 "$out"
	else
		echo "ok   $name: $n (${took} s)"
	fi
	grep -i -E 'skipped:|^skipped ' "$out" | sort -u
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
