# make run's demo municipality: a vote of last year with its result, an open
# one, both sealed; when that is over the next start counts it and announces
# another.
set -u
B=${B:-build}
T=$(mktemp -d)
failed=0
demo=
PORT=$(python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
U=http://127.0.0.1:$PORT
P=$B/partecipa

finish() {
	[ -n "$demo" ] && kill "$demo" 2>/dev/null && wait "$demo" 2>/dev/null
	rm -rf "$T"
}
trap finish EXIT

# step NAME COMMAND...
step() {
	name=$1
	shift
	if "$@" >"$T/out" 2>&1; then
		echo "ok $name"
	else
		echo "not ok $name"
		cat "$T/out"
		failed=1
	fi
}

# start SECONDS: without a terminal, until it has said everything.
start() {
	# Here, not in the background: what the last one said would be found.
	: >"$T/said"
	B=$B DATA=$T/data PORT=$PORT DEMO_SECONDS=$1 DEMO_BALLOTS=60 sh client/demo.sh \
		</dev/null >"$T/said" 2>&1 &
	demo=$!
	n=0
	while ! grep -q "partecipa-audit verify" "$T/said" && [ $n -lt 3000 ] &&
		kill -0 "$demo" 2>/dev/null; do
		sleep 0.1
		n=$((n + 1))
	done
	sleep 0.2
}
stop() {
	kill "$demo"
	wait "$demo" 2>/dev/null
	demo=
}
# phase SLUG
phase() {
	"$P" space list --server "$U" | awk -v slug="$1" '$1 == slug { print $3 }'
}
code() {
	sed -n "$(($1 + 1))s/.*\"\([^\"]*\)\".*/\1/p" \
		"$T/data/letters/letters.csv"
}

# first SECONDS: a first start, and two residents vote.
first() {
	start "$1"
	step "it starts without a terminal" grep -q "demo municipality" \
		"$T/said"
	step "and says how its vote is opened by hand" \
		grep -q "trustee open" "$T/said"
	past=$("$P" space list --server "$U" |
		awk '/ result/ { print $1; exit }')
	slug=$("$P" space list --server "$U" | awk '/ open/ { print $1; exit }')
	step "the vote of last year has a result" \
		test "$(phase "$past")" = result
	step "which anybody verifies" "$B/partecipa-audit" verify "$U" \
		--space "$past"
	curl -s "$U/" >"$T/page"
	step "every page says that it is a rehearsal" \
		grep -q 'class="rehearsal' "$T/page"
	for i in 1 2; do
		step "resident $i collects" "$P" resident collect \
			--server "$U" --code "$(code $i)" --out "$T/p$i"
		step "and votes" "$P" resident vote "$slug" --server "$U" \
			--papers "$T/p$i" --choice 1,$((i + 2))
	done
}

# Where the vote is over before both have voted the machine is slow: once more,
# with more time.
seconds=30
while :; do
	failed=0
	first $seconds >"$T/first"
	[ "$(phase "$slug")" = open ] || [ $seconds -gt 1000 ] && break
	stop
	rm -rf "$T/data" "$T/p1" "$T/p2"
	seconds=$((4 * seconds))
done
cat "$T/first"
n=0
while [ "$(phase "$slug")" = open ] && [ $n -lt $seconds ]; do
	sleep 1
	n=$((n + 1))
done
step "the vote ends" test "$(phase "$slug")" = closing
stop
start 31536000
step "the next start counts it" grep -q "over and counted" "$T/said"
step "and it has a result" test "$(phase "$slug")" = result
step "which anybody verifies" "$B/partecipa-audit" verify "$U" --space "$slug"
cp "$T/out" "$T/verified"
step "two trustees opened it" grep -q "2 opened" "$T/verified"
step "the first resident's vote is hers" "$P" resident recreate "$slug" \
	--server "$U" --papers "$T/p1" --choice 3,1
other=$(sed -n 's/.* resident vote \([^ ]*\) .*/\1/p' "$T/said")
step "another vote is open" test -n "$other" -a "$other" != "$slug"
stop
start 31536000
cp "$T/said" "$T/said.again"
step "and stays when it is started again" sh -c \
	"grep -q 'resident vote $other ' $T/said.again || { cat $T/said.again; false; }"
step "as the only one" test "$("$P" space list --server "$U" | wc -l)" -eq 3
stop
exit $failed
