# Every fuzz target for FUZZ_SECONDS (10) each, two at a time.  A failure keeps
# the input and names it; put it into tests/fuzz/corpus/TARGET with the fix, and
# it is tried first ever after.  FUZZ_KEEP=1 keeps what was learned in
# build/fuzz/corpus.  FUZZ="fuzz_note fuzz_pb": only these.
set -u
B=${B:-build}
F=$B/fuzz
SECONDS_EACH=${FUZZ_SECONDS:-10}
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT

if [ ! -x "$F/tests/fuzz/fuzz_note" ]; then
	echo "not ok the targets are not built: make fuzzers"
	exit 1
fi
python3 tests/fuzz/seeds.py "$T/seeds" || exit 1
mkdir -p "$F/found"

# one TARGET: run it; its lines go to $T/TARGET.out at once.
one() {
	name=$1
	own=$T/own/$name
	[ -n "${FUZZ_KEEP:-}" ] && own=$F/corpus/$name
	mkdir -p "$own" "$T/tmp/$name"
	set -- "$own"
	for dir in "$T/seeds/$name" "tests/fuzz/corpus/$name"; do
		[ -d "$dir" ] && set -- "$@" "$dir"
	done
	if TMPDIR=$T/tmp/$name UBSAN_OPTIONS=print_stacktrace=1 \
		"$F/tests/fuzz/$name" -max_total_time="$SECONDS_EACH" \
		-timeout=10 -rss_limit_mb=1500 -print_final_stats=1 \
		-artifact_prefix="$F/found/$name-" "$@" >"$T/$name.log" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$T/$name.log")
		echo "ok $name: $runs inputs" >"$T/$name.out"
	else
		{
			echo "not ok $name"
			grep -v '^#' "$T/$name.log" | tail -n 40
			grep -o 'Test unit written to .*' "$T/$name.log"
		} >"$T/$name.out"
	fi
	cat "$T/$name.out"
}

names=${FUZZ:-$(ls tests/fuzz/fuzz_*.c | sed 's|.*/||; s|\.c$||')}
half() {
	n=0
	for name in $names; do
		[ $((n % 2)) -eq "$1" ] && one "$name"
		n=$((n + 1))
	done
}
half 0 &
half 1
wait
! grep -q '^not ok' "$T"/*.out
