#!/bin/sh
# make run: an invented municipality on this machine.  It has a vote of last
# year, played by `partecipa rehearse` (invented ballots, real programs), and
# one that is open.  All its keys lie in the data folder, so its log is marked
# as a rehearsal.  B = build folder, DATA = data folder, PORT = port,
# DEMO_SECONDS = how long its vote is open, DEMO_BALLOTS = votes of last year.
set -u
B=${B:-build}
WEB=${WEB:-build/web/dist}
DATA=${DATA:-data}
PORT=${PORT:-8080}
DEMO_SECONDS=${DEMO_SECONDS:-31536000}
DEMO_BALLOTS=${DEMO_BALLOTS:-2000}
DEMO=$(cd "$(dirname "$0")/demo" && pwd) || exit 1
P=$(cd "$B" && pwd)/partecipa || exit 1
U=http://127.0.0.1:$PORT
A=$DATA/staff/prova-1.key
K=$DATA/staff/prova-2.key
server=

stop() {
	trap - INT TERM EXIT
	[ -n "$server" ] && kill "$server" 2>/dev/null
	wait 2>/dev/null
	exit "${1:-0}"
}
trap 'stop 0' INT TERM
trap 'stop $?' EXIT

# Run quietly; say what went wrong and stop.
quiet() {
	if ! "$@" >"$DATA/last-step" 2>&1; then
		cat "$DATA/last-step" >&2
		echo "make run: this step failed: $*" >&2
		echo "To start afresh, remove the folder $DATA." >&2
		exit 1
	fi
	rm -f "$DATA/last-step"
}

# Last year's vote: letters, trustees, papers, sealed votes, opening, result.
# It is made beside and moved into place, so that it is there whole or not.
found() {
	echo "Playing last year's vote of the demo municipality" \
		"($DEMO_BALLOTS sealed votes; about half a minute) ..."
	mkdir -p "$DATA" && rm -rf "$DATA/.new" || exit 1
	start=$(date -d '330 days ago' +%Y-%m-%d)T08:00
	sed "s/@START@/$start/; s/@IDLE@/40/; s/@YEAR@/${start%%-*}/g" \
		"$DEMO/last.json" >"$DATA/last.json" || exit 1
	awk -v SEED=2025 -v BALLOTS="$DEMO_BALLOTS" -f "$DEMO/ballots.awk" \
		"$DEMO/last.json" >"$DATA/last.pb" || exit 1
	quiet "$P" rehearse "$DATA/last.pb" --as "$DATA/last.json" \
		--trustees 2/3 --rule mes-cost-add1u --data "$DATA/.new"
	rm -f "$DATA/last.json" "$DATA/last.pb"
	cp "$DEMO/site.json" "$DATA/.new/data/site.json" &&
		mv "$DATA/.new"/* "$DATA" && rmdir "$DATA/.new" &&
		: >"$DATA/is-founded" || exit 1
}

# trustee N STEP SLUG ...: three trustees, as a real vote has them on three
# computers.  Here whoever has the folder has them all, and the passphrase too.
trustee() {
	n=$1
	shift
	quiet "$P" trustee "$@" --dir "$DATA/garante-$n" --server "$U" \
		--passphrase-file "$DATA/passphrase"
}

# The keys of the three, as the space's file has them.
trustee_keys() {
	sed 's/.* //; s/.*/"&"/' "$DATA"/garante-*/garante-*.trustee |
		tr '\n' ',' | sed 's/,$//'
}

# The ceremony and the form that all three sign; each step may be done again.
form() {
	echo "The demo trustees make the key for \"$1\" ..."
	for step in commit reveal share check; do
		for i in 1 2 3; do
			trustee $i $step "$1"
		done
	done
	(
		cd "$DATA" || exit 1
		DATA=. A=staff/prova-1.key
		quiet "$P" space form "$1" "$DEMO/next.json" \
			--rule mes-cost-add1u --draft --server "$U" --key "$A"
	) || exit 1
	for i in 1 2 3; do
		trustee $i sign "$1" --yes
	done
	quiet "$P" space form "$1" --publish --server "$U" --key "$A" --key "$K"
	rm -f "$DATA/unfinished" "$DATA/$1-form.json" "$DATA/$1-transcript.json"
}

# Closed, opened by two of the three, counted; it goes on where it stopped.
count() {
	echo "\"$1\" is over and counted ..."
	quiet "$P" space close "$1" --server "$U" --key "$A" --key "$K"
	"$P" space list --server "$U" >"$DATA/spaces"
	grep -q "^$1 .* closed" "$DATA/spaces" || return
	for i in 1 2; do
		trustee $i open "$1"
	done
	quiet "$P" space result "$1" --server "$U" --key "$A" --key "$K"
}

# One space at a time, open for a year; when its year is over it is counted and
# the next one announced.
announce() {
	now=$(date +%s)
	slug=bilancio-$(date +%Y)
	grep -q "^$slug " "$DATA/spaces" && slug=$slug-$(date +%m-%d)
	grep -q "^$slug " "$DATA/spaces" && slug=$slug-$(date +%H%M%S)
	cat >"$DATA/space.json" <<JSON
{
  "slug": "$slug",
  "titles": {"it": "Bilancio partecipativo di Valdoria $(date +%Y)", "en": "Participatory budget of Valdoria $(date +%Y)"},
  "eligibility": {"it": "Le persone residenti a Valdoria dai 16 anni in su, di ogni cittadinanza.", "en": "Residents of Valdoria aged 16 and over, of any nationality."},
  "min_age": 16,
  "host": "valdoria.example",
  "roll": "letters/roll.bin",
  "mode": "overlapping",
  "issuance": {"from": $((now - 60)), "to": $((now + DEMO_SECONDS))},
  "participation": {"from": $((now - 60)), "to": $((now + DEMO_SECONDS))},
  "batch_interval": "10s",
  "grace": "5m",
  "min_collected": 0,
  "min_open": 1,
  "trustees": {"threshold": 2, "keys": [$(trustee_keys)]}
}
JSON
	echo "$slug" >"$DATA/unfinished"
	quiet "$P" space create "$DATA/space.json" --server "$U" --key "$A" --key "$K"
	form "$slug"
}

# What the pages' scripts are, in the log: whoever is given others can prove it.
bundle() {
	[ -f "$WEB/MANIFEST" ] || return
	if ! cmp -s "$WEB/MANIFEST" "$DATA/manifest"; then
		quiet "$P" staff bundle --manifest "$WEB/MANIFEST" \
			--server "$U" --key "$A"
		cp "$WEB/MANIFEST" "$DATA/manifest"
	fi
}

[ -f "$DATA/is-founded" ] || found

"$P" serve --dir "$DATA/data" --port "$PORT" &
server=$!
n=0
until "$P" space list --server "$U" >"$DATA/spaces" 2>/dev/null; do
	kill -0 "$server" 2>/dev/null || exit 1
	n=$((n + 1))
	if [ $n -gt 600 ]; then
		echo "make run: the server does not answer at $U." >&2
		exit 1
	fi
	sleep 0.1
done

bundle
# What was interrupted, in the middle of a ceremony or of a count.
if [ -f "$DATA/unfinished" ]; then
	slug=$(cat "$DATA/unfinished")
	grep -q "^$slug .* open" "$DATA/spaces" && form "$slug"
	rm -f "$DATA/unfinished"
fi
for over in $(awk '/ (closing|closed)( |$)/ { print $1 }' "$DATA/spaces"); do
	count "$over"
done
"$P" space list --server "$U" >"$DATA/spaces"
grep -q ' open' "$DATA/spaces" || announce
"$P" space list --server "$U" >"$DATA/spaces"
slug=$(awk '/ open/ { print $1; exit }' "$DATA/spaces")

cat <<TXT

  $U/          the demo municipality (Ctrl-C stops it)

Three letters of the demo roll have these codes; the pages ask for one:
$(sed -n '2,4s/.*"\([^"]*\)".*/  \1/p' "$DATA/letters/letters.csv")

The same without a browser (from another terminal):
  $B/partecipa resident collect --server $U --code CODE --out my.papers
  $B/partecipa resident vote $slug --server $U --papers my.papers --choice 1,4
  $B/partecipa resident check $slug --server $U --papers my.papers
  $B/partecipa-audit verify $U

Ballots are sealed: two of the three DEMO trustees in $DATA
(garante-1 to garante-3, passphrase in the file beside them) open them after the
close. That is done by make run once the vote is over; by hand:
  $B/partecipa space close $slug --server $U --key $A --key $K
  $B/partecipa trustee open $slug --dir $DATA/garante-1 --server $U --passphrase-file $DATA/passphrase
  $B/partecipa trustee open $slug --dir $DATA/garante-2 --server $U --passphrase-file $DATA/passphrase
  $B/partecipa space result $slug --server $U --key $A --key $K

TXT
wait "$server"
