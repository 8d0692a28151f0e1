# make run's demo municipality: sealed, with demo trustees; when its vote is
# over the next start counts it and announces another.
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
	B=$B DATA=$T/data PORT=$PORT DEMO_SECONDS=$1 sh client/demo.sh \
		</dev/null >"$T/said" 2>&1 &
	demo=$!
	n=0
	while ! grep -q "partecipa-audit verify" "$T/said" && [ $n -lt 600 ] &&
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
		"$T/data/demo-letters/letters.csv"
}

start 30
step "it starts without a terminal" grep -q "demo municipality" "$T/said"
step "and says how its vote is opened by hand" grep -q "trustee open" "$T/said"
slug=$("$P" space list --server "$U" | awk '{ print $1; exit }')
step "its trustees are called demo" test -f \
	"$T/data/demo-trustees/demo-trustee-3/demo-trustee-3.key"
step "their passphrase too" grep -q DEMO "$T/data/demo-trustees/passphrase"
for i in 1 2; do
	step "resident $i collects" "$P" resident collect --server "$U" \
		--code "$(code $i)" --out "$T/p$i"
	step "and votes" "$P" resident vote "$slug" --server "$U" \
		--papers "$T/p$i" --choice 1,$((i + 2))
done
n=0
while [ "$(phase "$slug")" = open ] && [ $n -lt 300 ]; do
	sleep 0.2
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
step "another vote is open" grep -q "resident vote $slug-" "$T/said"
stop
start 31536000
cp "$T/said" "$T/said.again"
step "and stays when it is started again" sh -c \
	"grep -q 'resident vote $slug-' $T/said.again || { cat $T/said.again; false; }"
step "as the only one" test "$("$P" space list --server "$U" | wc -l)" -eq 2
stop
exit $failed
