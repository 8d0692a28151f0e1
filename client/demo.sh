#!/bin/sh
# make run: an invented municipality on this machine, with demo keys that lie in
# the data folder.  B = build folder, DATA = data folder, PORT = port,
# DEMO_SECONDS = how long its vote is open.
set -u
B=${B:-build}
DATA=${DATA:-data}
PORT=${PORT:-8080}
DEMO_SECONDS=${DEMO_SECONDS:-31536000}
P=$(cd "$B" && pwd)/partecipa || exit 1
U=http://127.0.0.1:$PORT
A=$DATA/demo-staff/demo-admin-1.key
K=$DATA/demo-staff/demo-admin-2.key
T=$DATA/demo-trustees
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

found() {
	echo "Making the demo municipality in $DATA ..."
	mkdir -p "$DATA" || exit 1
	quiet "$P" staff add --name demo-admin-1 --role admin --out "$DATA/demo-staff"
	quiet "$P" staff add --name demo-admin-2 --role admin --out "$DATA/demo-staff"
	{
		echo "nome;indirizzo"
		n=1
		while [ $n -le 40 ]; do
			echo "Residente Inventato $n;Via dell'Esempio $n, 88000 Valdoria"
			n=$((n + 1))
		done
	} >"$DATA/residents.csv"
	quiet "$P" roll letters "$DATA/residents.csv" --out "$DATA/demo-letters" \
		--host https://vota.valdoria.example --spares 5
	quiet "$P" init --dir "$DATA/server" --origin valdoria.example/log \
		--name "Comune di Valdoria (demo)" --host valdoria.example \
		--staff "$DATA/demo-staff/demo-admin-1.pub" \
		--staff "$DATA/demo-staff/demo-admin-2.pub"
}

# Three trustees, as a real vote has them on three computers.  Here whoever has
# the folder has them all, and the passphrase too.
trustees() {
	[ -f "$T/passphrase" ] && return
	echo "Making three demo trustees in $T ..."
	mkdir -p "$T" && echo "DEMO DEMO DEMO" >"$T/passphrase.new" || exit 1
	for n in 1 2 3; do
		rm -rf "${T:?}/demo-trustee-$n"
		quiet "$P" trustee init --name "demo-trustee-$n" \
			--dir "$T/demo-trustee-$n" \
			--passphrase-file "$T/passphrase.new"
	done
	mv "$T/passphrase.new" "$T/passphrase"
}

# trustee N STEP SLUG ...
trustee() {
	n=$1
	shift
	quiet "$P" trustee "$@" --dir "$T/demo-trustee-$n" --server "$U" \
		--passphrase-file "$T/passphrase"
}

# The keys of the three, as the space's file has them.
trustee_keys() {
	sed 's/.* //; s/.*/"&"/' "$T"/demo-trustee-*/demo-trustee-*.trustee |
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
		DATA=. A=demo-staff/demo-admin-1.key
		quiet "$P" space form "$1" form.json --rule mes-cost-add1u \
			--draft --server "$U" --key "$A"
	) || exit 1
	for i in 1 2 3; do
		trustee $i sign "$1" --yes
	done
	quiet "$P" space form "$1" --publish --server "$U" --key "$A" --key "$K"
	rm -f "$DATA/demo-unfinished" "$DATA/$1-form.json" \
		"$DATA/$1-transcript.json"
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
	trustees
	now=$(date +%s)
	slug=bilancio-$(date +%Y-%m-%d)
	grep -q "^$slug " "$DATA/spaces" && slug=$slug-$(date +%H%M%S)
	cat >"$DATA/space.json" <<JSON
{
  "slug": "$slug",
  "titles": {"it": "Bilancio partecipativo di Valdoria", "en": "Participatory budget of Valdoria"},
  "eligibility": {"it": "Le persone residenti a Valdoria dai 16 anni in su.", "en": "Residents of Valdoria aged 16 and over."},
  "min_age": 16,
  "host": "valdoria.example",
  "roll": "demo-letters/roll.bin",
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
	cat >"$DATA/form.json" <<'JSON'
{
  "texts": {
    "it": "Il Comune mette a disposizione 60.000 euro. Scegli i progetti che vuoi: vince chi raccoglie il sostegno di gruppi diversi di residenti (metodo delle quote uguali).",
    "en": "The municipality sets aside 60,000 euros. Choose the projects you want; the method of equal shares picks those that different groups of residents support."
  },
  "options": [
    {"id": "panchine", "cost": "8000", "category": "Rigenerazione urbana", "place": "Piazza della Fonte", "titles": {"it": "Panchine all'ombra", "en": "Benches in the shade"}, "description": {"it": "Dieci panchine con schienale e quattro alberi nella piazza.", "en": "Ten benches with backrests and four trees in the square."}},
    {"id": "sentiero", "cost": "15000", "category": "Ambiente", "place": "Dal mulino al belvedere", "titles": {"it": "Il sentiero del mulino", "en": "The mill path"}, "description": {"it": "Pulizia, segnaletica e un corrimano nel tratto ripido.", "en": "Clearing, signs and a handrail on the steep stretch."}},
    {"id": "navetta", "cost": "22000", "category": "Servizi pubblici", "place": "Frazioni", "titles": {"it": "Navetta per il mercato", "en": "Market shuttle"}, "description": {"it": "Una corsa il mercoledi e il sabato, per un anno.", "en": "A ride on Wednesdays and Saturdays, for a year."}},
    {"id": "biblioteca", "cost": "12000", "category": "Cultura", "place": "Ex scuola", "titles": {"it": "Biblioteca aperta la sera", "en": "Library open at night"}, "description": {"it": "Due sere a settimana con volontari e libri nuovi.", "en": "Two evenings a week with volunteers and new books."}},
    {"id": "wifi", "cost": "6000", "category": "Servizi pubblici", "place": "Piazza e sala civica", "titles": {"it": "Wi-Fi in piazza", "en": "Wi-Fi in the square"}},
    {"id": "orti", "cost": "9500", "category": "Innovazione sociale", "place": "Terreno dietro il campo", "titles": {"it": "Orti condivisi", "en": "Shared gardens"}, "description": {"it": "Venti orti con acqua e attrezzi in comune.", "en": "Twenty plots with water and shared tools."}},
    {"id": "parco", "cost": "18000", "category": "Rigenerazione urbana", "place": "Giardino di via Roma", "titles": {"it": "Giochi per tutte le eta", "en": "Play for all ages"}}
  ],
  "ballot": {"type": "bitmap", "min": 1, "max": 4},
  "budget": "60000",
  "shuffle": 1
}
JSON
	echo "$slug" >"$DATA/demo-unfinished"
	quiet "$P" space create "$DATA/space.json" --server "$U" --key "$A" --key "$K"
	form "$slug"
}

first=
[ -d "$DATA/server" ] || { first=1 && found; }

"$P" serve --dir "$DATA/server" --port "$PORT" &
server=$!
n=0
until "$P" space list --server "$U" >"$DATA/spaces" 2>/dev/null; do
	kill -0 "$server" 2>/dev/null || exit 1
	n=$((n + 1))
	[ $n -gt 100 ] && exit 1
	sleep 0.1
done

if [ -n "$first" ]; then
	quiet "$P" roll import "$DATA/demo-letters" --server "$U" --key "$A"
fi
# What was interrupted, in the middle of a ceremony or of a count.
if [ -f "$DATA/demo-unfinished" ]; then
	slug=$(cat "$DATA/demo-unfinished")
	grep -q "^$slug .* open" "$DATA/spaces" && form "$slug"
	rm -f "$DATA/demo-unfinished"
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

Three letters of the demo roll have these codes:
$(sed -n '2,4s/.*"\([^"]*\)".*/  \1/p' "$DATA/demo-letters/letters.csv")

Collect the ballot papers, vote, check, audit (from another terminal):
  $B/partecipa resident collect --server $U --code CODE --out my.papers
  $B/partecipa resident vote $slug --server $U --papers my.papers --choice 1,4
  $B/partecipa resident check $slug --server $U --papers my.papers
  $B/partecipa-audit verify $U

TXT
if [ -f "$T/passphrase" ]; then
	cat <<TXT
Ballots are sealed: two of the three DEMO trustees in $T
(passphrase in the file beside them) open them after the close. That is done by
make run once the vote is over; by hand:
  $B/partecipa space close $slug --server $U --key $A --key $K
  $B/partecipa trustee open $slug --dir $T/demo-trustee-1 --server $U --passphrase-file $T/passphrase
  $B/partecipa trustee open $slug --dir $T/demo-trustee-2 --server $U --passphrase-file $T/passphrase
  $B/partecipa space result $slug --server $U --key $A --key $K

TXT
fi
wait "$server"
