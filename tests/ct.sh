# Code that handles secrets, on memory that valgrind takes for undefined: a
# branch, an index or a system call that depends on a secret is an error.
set -u
B=${B:-build}
failed=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT

run() {
	valgrind --quiet --error-exitcode=99 --suppressions=tests/ct/ct.supp \
		"$@" >"$out" 2>&1
}

if [ ! -x "$B/ct/tests/ct/ct_control" ]; then
	echo "not ok the programs are not built: make check-ct"
	exit 1
fi
for how in compare table; do
	run "$B/ct/tests/ct/ct_control" $how
	if [ $? -eq 99 ]; then
		echo "ok a $how that depends on a secret is found"
	else
		echo "not ok a $how that depends on a secret is not found"
		failed=1
	fi
done
for source in tests/ct/ct_*.c; do
	name=$(basename "$source" .c)
	if run "$B/ct/tests/ct/$name"; then
		echo "ok $name"
	else
		echo "not ok $name"
		cat "$out"
		failed=1
	fi
done
exit $failed
