#!/bin/sh
# Search all interleavings of admission, sequencer, close and crash
# (tests/model/sequencer.pml) with Spin: nothing may go wrong; and without any
# one of the precautions something must.  MODEL_FULL=1 searches both casting
# threads, both closers, a crash and a clock that is set back all at once
# (minutes).
set -u
MODEL=$(pwd)/tests/model/sequencer.pml
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
failed=0

# search DEFINES...: exit 0 nothing wrong, 1 an assertion fails, 2 else; what
# was found is in $T/out.
search() {
	rm -f "$T"/pan*
	(cd "$T" && spin -a "$@" "$MODEL") >"$T/out" 2>&1 &&
		gcc "$level" -w -DSAFETY -DCOLLAPSE -DMEMLIM=4000 -o "$T/pan" \
			"$T/pan.c" >>"$T/out" 2>&1 || return 2
	(cd "$T" && ./pan -m100000) >"$T/out" 2>&1
	grep -q 'assertion violated' "$T/out" && return 1
	grep -q 'errors: 0' "$T/out" &&
		! grep -q -e 'max search depth too small' \
			-e 'Search not completed' "$T/out" || return 2
}

# holds NAME DEFINES...
holds() {
	name=$1
	shift
	level=-O2
	if search "$@"; then
		states=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' "$T/out")
		if [ "${states:-0}" -gt 10000 ]; then
			echo "ok $name: $states states"
			return
		fi
	fi
	echo "not ok $name"
	tail -n 20 "$T/out"
	failed=1
}

# breaks WHAT DEFINES...: without it an assertion fails.
breaks() {
	what=$1
	shift
	level=-O0
	search "-D$what" "$@"
	if [ $? -eq 1 ]; then
		echo "ok $what is found out:" \
			"$(sed -n 's/^pan:1: \(.*\) (at .*/\1/p' "$T/out")"
	else
		echo "not ok $what breaks nothing"
		tail -n 20 "$T/out"
		failed=1
	fi
}

holds "a crash, a clock set back" -DCASTS=1 -DCLOSERS=1 -DCRASHES=1
holds "two closers, a clock set back" -DCASTS=1 -DCLOSERS=2 -DCRASHES=0
holds "two casting threads" -DCASTS=2 -DCLOSERS=1 -DCRASHES=0 -DBACK=0
[ -n "${MODEL_FULL:-}" ] && holds "all at once" -DCASTS=2 -DCLOSERS=2

one="-DCASTS=1 -DCLOSERS=1 -DCRASHES=0"
crash="-DCASTS=1 -DCLOSERS=1 -DCRASHES=1"
# shellcheck disable=SC2086
{
	breaks WITH_REACHED_CLOSE $one
	breaks WITHOUT_DRAINING $one
	breaks WITHOUT_ONE_TIME $one
	breaks WITHOUT_LOCKED_CLOSE -DCASTS=1 -DCLOSERS=2 -DCRASHES=0
	breaks WITHOUT_LOCKED_WINDOW $one
	breaks WITHOUT_UNTIL $one
	breaks WITHOUT_RISING_WINDOWS $one
	breaks WITHOUT_TRANSACTION -DCASTS=2 -DCLOSERS=1 -DCRASHES=0
	breaks WITHOUT_CAST_FIRST $one
	breaks WITHOUT_DURABLE_RECEIPT $crash
	breaks WITHOUT_DURABLE_TREE $crash
	breaks WITHOUT_LATE_SETTLING $crash
	breaks WITHOUT_SETTLING_AT_START $crash
	breaks WITHOUT_LAST_WINDOW $crash
	breaks WITHOUT_REMEMBERED_CLOSE $crash
}
exit $failed
