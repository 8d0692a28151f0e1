# Sealed votes by hand, as docs/CEREMONY.md tells it: the ceremony through the
# server and through a folder, the votes, the openings, the results; and what a
# trustee's tool refuses.
set -u
B=${B:-build}
P=$B/partecipa
A=$B/partecipa-audit
T=$(mktemp -d)
failed=0
server=

finish() {
	[ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server"
	rm -rf "$T"
}
trap finish EXIT

# step NAME STATUS COMMAND...: run it, demand that exit status.
step() {
	name=$1
	want=$2
	shift 2
	"$@" >"$T/out" 2>&1
	got=$?
	if [ "$got" -eq "$want" ]; then
		echo "ok $name"
	else
		echo "not ok $name: exit $got, not $want"
		cat "$T/out"
		failed=1
	fi
}

# says NAME TEXT: the last command printed that.
says() {
	if grep -q -e "$2" "$T/out"; then
		echo "ok $1"
	else
		echo "not ok $1: \"$2\" is not in:"
		cat "$T/out"
		failed=1
	fi
}

clock() {
	echo "$1" >"$T/clock.new" && mv "$T/clock.new" "$T/clock"
}

code() {
	grep -o '[0-9A-Z]\{4\}\(-[0-9A-Z]\{4\}\)\{4\}' "$T/letters/letters.csv" |
		sed -n "$1p"
}

# trustee NAME COMMAND...: with her folder and her passphrase.
trustee() {
	who=$1
	shift
	"$P" trustee "$@" --dir "$T/$who" --passphrase-file "$T/$who.pass"
}

# round COMMAND SLUG HOW...: all three do it.
round() {
	c=$1
	shift
	for who in gina piero luisa; do
		step "$who: $c of $1" 0 trustee $who "$c" "$@"
	done
}

# ---- The office ------------------------------------------------------------
for who in anna bruno; do
	"$P" staff add --name $who --role admin --out "$T/staff" >/dev/null
done
K="--key $T/staff/anna.key --key $T/staff/bruno.key"
step "init" 0 "$P" init --dir "$T/data" --origin comune.example/prova \
	--name "Comune di Prova" --host comune.example --rehearsal \
	--staff "$T/staff/anna.pub" --staff "$T/staff/bruno.pub"
clock 1800000000
"$P" serve --dir "$T/data" --port 0 --clock "$T/clock" >"$T/serve" 2>&1 &
server=$!
n=0
while ! grep -qs http:// "$T/serve" && [ $n -lt 600 ]; do
	sleep 0.1
	n=$((n + 1))
done
U=$(sed -n 's|.*\(http://[0-9.:]*\)/.*|\1|p' "$T/serve")
if [ -z "$U" ]; then
	echo "not ok the server starts"
	cat "$T/serve"
	exit 1
fi
printf 'nome;indirizzo\nAnna;Via 1\nBruno;Via 2\nCarla;Via 3\n' >"$T/roll.csv"
step "letters" 0 "$P" roll letters "$T/roll.csv" --out "$T/letters" \
	--host https://vota.comune.example
step "the roll goes to the server" 0 "$P" roll import "$T/letters" \
	--server "$U" --key "$T/staff/anna.key"

# ---- Identities ------------------------------------------------------------
for who in gina piero luisa; do
	echo "parola $who lunga" >"$T/$who.pass"
	step "$who makes her key" 0 "$P" trustee init --name $who \
		--dir "$T/$who" --passphrase-file "$T/$who.pass"
	step "it is hers only" 0 sh -c \
		"ls -l $T/$who/$who.key | grep -q '^-rw-------'"
done
step "a key is not overwritten" 1 "$P" trustee init --name gina \
	--dir "$T/gina" --passphrase-file "$T/gina.pass"
echo short >"$T/short"
step "a short passphrase is refused" 1 "$P" trustee init --name x \
	--dir "$T/x" --passphrase-file "$T/short"
says "and how long it has to be is said" "at least 12"
step "without a terminal nothing is asked" 1 setsid "$P" trustee init \
	--name x --dir "$T/x" </dev/null
says "but said what to do" "passphrase-file"
tty() {
	python3 tests/terminal.py "$@"
}
step "at a terminal it is asked for twice" 0 tty "una parola di pia" \
	"una parola di pia" -- "$P" trustee init --name pia --dir "$T/pia"
says "with words" "The same once more"
step "and never shown" 1 grep -q "una parola" "$T/out"
step "two different ones" 1 tty "una parola di pia" "una parola di lia" -- \
	"$P" trustee init --name lia --dir "$T/lia"
says "are refused" "not the same"
step "it opens" 0 tty "una parola di pia" -- "$P" trustee status \
	--dir "$T/pia"
says "and holds nothing yet" "the key of pia, 0 ceremonies"
step "a public line" 0 grep -q '^partecipa-trustee gina [0-9a-f]\{64\}$' \
	"$T/gina/gina.trustee"

# ---- Three spaces ----------------------------------------------------------
# space SLUG MIN_OPEN: announce it.
space() {
	cat >"$T/$1.json" <<JSON
{
  "slug": "$1",
  "titles": {"it": "Bilancio sigillato"},
  "roll": "letters/roll.bin",
  "host": "comune.example",
  "trustees": {"files": ["gina/gina.trustee", "piero/piero.trustee",
    "luisa/luisa.trustee"], "threshold": 2},
  "issuance": {"from": 1800000100, "to": 1800010000},
  "participation": {"from": 1800020000, "to": 1800030000},
  "batch_interval": "1h", "grace": "10m", "min_collected": 2,
  "min_open": $2
}
JSON
	step "the space $1" 0 "$P" space create "$T/$1.json" --server "$U" $K
}
space server 2
says "its trustees are named" "Trustee 2: piero"
space stick 2
space few 10
space gone 2
sed 's|piero/piero|none/none|' "$T/server.json" >"$T/bad.json"
step "a trustee's file that is missing" 1 "$P" space create "$T/bad.json" \
	--server "$U" $K
says "is named" "none.trustee"
sed 's|"files"|"keys": [], "files"|' "$T/server.json" >"$T/bad.json"
step "files and keys" 1 "$P" space create "$T/bad.json" --server "$U" $K
says "are two ways" "either"
sed 's|piero/piero.trustee|roll.csv|' "$T/server.json" >"$T/bad.json"
step "a trustee's file that is none" 1 "$P" space create "$T/bad.json" \
	--server "$U" $K
says "is said" "partecipa-trustee NAME KEY"
sed 's|piero/piero|gina/gina|' "$T/server.json" >"$T/bad.json"
step "the same trustee twice" 1 "$P" space create "$T/bad.json" \
	--server "$U" $K
sed -e '/"trustees"/d' -e '/"luisa/d' -e 's/"slug": "server"/"slug": "open"/' \
	"$T/server.json" >"$T/open.json"
step "a space without trustees" 0 "$P" space create "$T/open.json" \
	--server "$U" $K
cat >"$T/form.json" <<'JSON'
{
  "options": [
    {"id": "parco", "titles": {"it": "Un parco"}, "cost": 500},
    {"id": "scuola", "titles": {"it": "Una scuola"}, "cost": 700},
    {"id": "bici", "titles": {"it": "Una ciclabile"}, "cost": 300}
  ],
  "ballot": {"type": "bitmap", "max": 2},
  "rule": "greedy-votes",
  "budget": 1000
}
JSON

# ---- The ceremony through the server ---------------------------------------
step "a wrong passphrase" 1 "$P" trustee commit server --server "$U" \
	--dir "$T/gina" --passphrase-file "$T/piero.pass"
says "is said" "passphrase is wrong"
step "words of others" 1 "$P" trustee status --dir "$(printf '\033[2Jx')" \
	--passphrase-file "$T/gina.pass"
says "move no cursor" "^partecipa: ?\[2Jx: there is no such folder"
step "no such space" 1 trustee gina commit nothing --server "$U"
"$P" trustee init --name other --dir "$T/other" \
	--passphrase-file "$T/gina.pass" >/dev/null
step "who is no trustee" 1 "$P" trustee commit server --server "$U" \
	--dir "$T/other" --passphrase-file "$T/gina.pass"
says "is told" "not among the trustees"
step "no form before the ceremony" 1 "$P" space form server \
	"$T/form.json" --draft --server "$U" --key "$T/staff/anna.key"
says "says what is missing" "post box is empty"
step "gina commits" 0 trustee gina commit server --server "$U"
says "and hears who is waited for" "Waiting for: trustee 2, trustee 3"
step "revealing waits for all" 1 trustee gina reveal server --server "$U"
says "by number" "trustee 2"
for slug in server few gone; do
	round commit $slug --server "$U"
	round reveal $slug --server "$U"
	round share $slug --server "$U"
	round check $slug --server "$U"
done
says "the ceremony is complete" "ceremony is complete"
step "a form needs a draft here" 1 "$P" space form server "$T/form.json" \
	--server "$U" $K
says "and says so" "draft"
step "nothing to sign yet" 1 trustee gina sign server --server "$U" --yes
says "and whose turn it is" "office"
here=$(cd "$B" && pwd)
for slug in server few gone; do
	mkdir -p "$T/desk"
	step "the draft of $slug" 0 sh -c "cd $T/desk && \
		$here/partecipa space form $slug $T/form.json --draft \
		--server $U --key $T/staff/anna.key"
	step "who does not say yes signs nothing" 1 tty no -- "$P" trustee \
		sign $slug --server "$U" --dir "$T/gina" \
		--passphrase-file "$T/gina.pass"
	step "who says yes does" 0 tty yes -- "$P" trustee sign $slug \
		--server "$U" --dir "$T/gina" --passphrase-file "$T/gina.pass"
	round sign $slug --server "$U" --yes
	says "and the backup is recommended" "backup"
done
step "the form in plain words" 0 trustee gina sign server --server "$U"
says "with what is voted on" "Una ciclabile (bici), cost 300"
says "in which log" "Log   comune.example/prova+"
says "that nobody watches" "No witness watches the log"
step "no draft for a space without trustees" 1 "$P" space form open \
	"$T/form.json" --draft --server "$U" --key "$T/staff/anna.key"
says "which needs none" "leave --draft out"
step "nobody is a trustee of it" 1 trustee gina commit open --server "$U"
says "because it is not sealed" "not sealed"
sed 's/"budget":"1000"/"budget":"1001"/' "$T/desk/server-form.json" \
	>"$T/other.json"
step "signatures of another form" 1 "$P" space form server --publish \
	--form "$T/other.json" --server "$U" $K
says "are seen" "signed another form"
sed 's/"key":"0/"key":"1/; t; s/"key":"./"key":"0/' "$T/desk/server-form.json" \
	>"$T/other.json"
step "another key than the ceremony's" 1 "$P" space form server --publish \
	--form "$T/other.json" --server "$U" $K
step "publishing with one admin" 1 "$P" space form server --publish \
	--server "$U" --key "$T/staff/anna.key"
says "says what to do" "signatures"
step "publishing" 0 "$P" space form server --publish --server "$U" $K
step "and the second" 0 "$P" space form few --publish --server "$U" $K
step "and the third" 0 "$P" space form gone --publish --server "$U" $K

# ---- The ceremony through a folder -----------------------------------------
mkdir "$T/usb"
step "a stick without anything" 1 trustee gina commit stick --box "$T/usb"
says "says what belongs there" "partecipa-audit fetch"
step "no stick" 1 trustee gina commit stick --box "$T/nowhere"
step "the log goes on the stick" 0 "$A" fetch "$U" "$T/usb"
cp "$T"/gina/gina.trustee "$T"/piero/piero.trustee "$T/usb"
round commit stick --box "$T/usb"
step "names are known from the stick" 1 trustee luisa share stick \
	--box "$T/usb"
round reveal stick --box "$T/usb"
round share stick --box "$T/usb"
round check stick --box "$T/usb"
step "messages lie under names" 0 test -f "$T/usb/stick-1-accept-3.txt"
step "the draft on the stick" 0 "$P" space form stick "$T/form.json" \
	--draft --box "$T/usb" --server "$U" --key "$T/staff/anna.key"
step "gina signs" 0 trustee gina sign stick --box "$T/usb" --yes
step "two are missing" 1 "$P" space form stick --publish --box "$T/usb" \
	--server "$U" $K
says "and named" "missing: trustee 2 3"
round sign stick --box "$T/usb" --yes
step "the form of the stick" 0 "$P" space form stick --publish \
	--form "$T/usb/stick-form.json" \
	--transcript "$T/usb/stick-transcript.json" \
	--signature "$T/usb/stick-signature-1.txt" \
	--signature "$T/usb/stick-signature-2.txt" \
	--signature "$T/usb/stick-signature-3.txt" --server "$U" $K
step "anybody verifies so far" 3 "$A" verify "$U"

# ---- Keeping ---------------------------------------------------------------
step "status" 0 trustee luisa status
says "says what comes next" "stick: trustee 3 of 3, 2 needed. You signed"
step "practice" 0 trustee luisa practice server
says "opens nothing real" "Nothing real was opened"
echo "una parola di riserva" >"$T/backup.pass"
step "a backup" 0 "$P" trustee backup --dir "$T/luisa" --out "$T/luisa.bak" \
	--passphrase-file "$T/luisa.pass" \
	--backup-passphrase-file "$T/backup.pass"
step "is not overwritten" 1 "$P" trustee backup --dir "$T/luisa" \
	--out "$T/luisa.bak" --passphrase-file "$T/luisa.pass" \
	--backup-passphrase-file "$T/backup.pass"
echo "una parola del tutto nuova" >"$T/new.pass"
step "a new passphrase" 0 "$P" trustee passphrase --dir "$T/luisa" \
	--passphrase-file "$T/luisa.pass" --new-passphrase-file "$T/new.pass"
step "the old one is dead" 1 trustee luisa practice server
cp "$T/new.pass" "$T/luisa.pass"
step "the new one opens" 0 trustee luisa practice server
step "a backup with the wrong passphrase" 1 "$P" trustee restore \
	"$T/luisa.bak" --dir "$T/luisa2" --passphrase-file "$T/gina.pass"
step "is not restored over what is there" 1 "$P" trustee restore \
	"$T/luisa.bak" --dir "$T/luisa" --passphrase-file "$T/backup.pass"
says "but elsewhere" "another folder"
rm -r "$T/luisa"
step "the folder is lost; it is restored" 0 "$P" trustee restore \
	"$T/luisa.bak" --dir "$T/luisa" --passphrase-file "$T/backup.pass"
says "without what was done since" "since is forgotten"
cp "$T/backup.pass" "$T/luisa.pass"
step "and opens" 0 trustee luisa practice stick
step "too early to destroy" 1 trustee gina destroy server --server "$U" --yes
says "and why" "neither a result"

# ---- The vote --------------------------------------------------------------
clock 1800000200
for i in 1 2 3; do
	step "resident $i collects" 0 "$P" resident collect --server "$U" \
		--code "$(code $i)" --out "$T/p$i"
done
clock 1800020100
n=0
while ! curl -sf "$U/api/v1/spaces/gone/ledger/0/vote" >/dev/null &&
	[ $n -lt 300 ]; do
	sleep 0.2
	n=$((n + 1))
done
for slug in server stick few gone; do
	step "1 votes in $slug" 0 "$P" resident vote $slug --papers "$T/p1" \
		--choice 1,3 --server "$U"
	step "2 votes in $slug" 0 "$P" resident vote $slug --papers "$T/p2" \
		--choice 2 --server "$U"
	step "2 votes again in $slug" 0 "$P" resident vote $slug \
		--papers "$T/p2" --choice 3 --server "$U"
	step "3 votes blank in $slug" 0 "$P" resident vote $slug \
		--papers "$T/p3" --blank --server "$U"
done

# ---- Openings --------------------------------------------------------------
early() {
	trustee "$@" --clock "$T/clock"
}
step "nobody opens while it is open" 1 early gina open server --server "$U"
says "because it is too early" "too early"
clock 1800030100
step "nor before it is closed" 1 early gina open server --server "$U"
says "and the close is the office's" "not closed"
step "space result before the close" 1 "$P" space result server \
	--server "$U" $K
step "the third is cancelled" 0 "$P" space cancel gone --reason "Ricorso" \
	--server "$U" $K
step "and the one without trustees" 0 "$P" space cancel open \
	--reason "Prova" --server "$U" $K
for slug in server stick; do
	step "$slug is closed" 0 "$P" space close $slug --server "$U" $K
done
step "the close of few, as a proposal" 0 "$P" space close few --server "$U" \
	--key "$T/staff/anna.key" --out "$T/step"
step "is signed" 0 "$P" staff sign "$T/step" --key "$T/staff/bruno.key"
step "and handed in" 0 "$P" staff submit "$T/step" --server "$U" \
	--key "$T/staff/anna.key"
step "close says who must open" 0 "$P" space close server --server "$U" $K
says "all three" "missing: trustee 1 2 3"
step "no result without openings" 1 "$P" space result server --server "$U" $K
says "and what to do if too many are lost" "space cancel"
step "a cancelled space is not opened" 1 early gina open gone --server "$U"
says "and why" "was cancelled"
step "below the minimum nothing is opened" 1 early gina open few --server "$U"
says "with the numbers" "has 3 ballots and is opened with at least 10"
step "the clock of this computer counts" 1 trustee gina open server \
	--server "$U"
says "and it is early" "too early"
step "gina opens" 0 early gina open server --server "$U"
says "what counts" "closed with 4 records, 3 ballots count"
says "and the server has it" "logged"
step "again the same" 0 early gina open server --server "$U"
step "one is not enough" 1 "$P" space result server --server "$U" $K
says "by number" "missing: trustee 2 3"
step "piero opens" 0 early piero open server --server "$U"
step "the result of two of three" 0 "$P" space result server --server "$U" $K
says "1 and 3 won" "Selected (cost 800): bici parco"
step "luisa comes late" 1 early luisa open server --server "$U" --yes
says "there is a result" "result already"

# Off the net: a copy of the log, and the opening on a stick.
step "a copy of the log" 0 "$A" fetch "$U" "$T/copy"
step "piero opens off the net" 0 early piero open stick --log "$T/copy" \
	--out "$T/opening"
says "and somebody hands it in" "trustee send"
step "in" 0 "$P" trustee send stick "$T/opening" --server "$U"
step "a file that is none" 1 "$P" trustee send stick "$T/form.json" \
	--server "$U"
step "the restored share asks first" 1 setsid "$P" trustee open stick \
	--dir "$T/luisa" --passphrase-file "$T/luisa.pass" --server "$U" \
	--clock "$T/clock" </dev/null
says "whether it is the first time" "came back from a backup"
step "and opens, too" 0 early luisa open stick --server "$U" --yes
step "the result of the stick" 0 "$P" space result stick --server "$U" $K
step "the result of too few" 0 "$P" space result few --server "$U" $K
says "is that they were too few" "Too few"
step "anybody verifies" 0 "$A" verify "$U"
# All of it was done here, by this program; the server's pages have no part: none
# has a form to fill in, and no script of theirs asks the routes of trustees.
pages_of_trustees() {
	for page in / /spazi/server /spazi/server/vota /verifica; do
		curl -s "$U$page" >"$T/page"
		grep -i '<form' "$T/page" && return 0
		for script in $(grep -o '/static/[^"]*\.js' "$T/page"); do
			curl -s "$U$script" | grep -o '[}"]/ceremony.*' && return 0
		done
	done
	return 1
}
step "A24_keys_and_shares_are_made_by_the_command_line_only" 1 pages_of_trustees
step "export" 0 "$P" space export server --server "$U" --pb "$T/e.pb"
step "the export counts alike" 0 "$A" tally "$T/e.pb" --rule greedy-votes
says "to the same winners" "bici"

# ---- The end ---------------------------------------------------------------
cp "$T/gina/server.ceremony" "$T/gina/server.ceremony.a1B2c3"
step "gina destroys her share" 0 trustee gina destroy server --server "$U" \
	--yes
says "for good" "cannot be undone"
step "and what a power cut had left of it" 1 \
	test -e "$T/gina/server.ceremony.a1B2c3"
step "and of the cancelled one" 0 trustee gina destroy gone --server "$U" --yes
step "it opens nothing any more" 1 trustee gina practice server
step "status remembers" 0 trustee gina status
says "that it is destroyed" "is destroyed"
kill "$server"
wait "$server" 2>/dev/null
server=
step "the data folder is sound" 0 "$P" doctor --dir "$T/data"
exit $failed
