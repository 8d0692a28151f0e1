# A whole vote by hand: every command of staff and residents, as the manual
# shows them, against a server on loopback whose clock is a file.
set -u
B=${B:-build}
P=$B/partecipa
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

resident() {
	"$P" resident "$@" --server "$U"
}

# ---- The office ------------------------------------------------------------
step "an admin's key files" 0 \
	"$P" staff add --name anna --role admin --out "$T/staff"
step "a second admin's" 0 \
	"$P" staff add --name bruno --role admin --out "$T/staff"
step "a registrar's" 0 \
	"$P" staff new --name carla --role registrar --out "$T/staff"
step "a key file is not overwritten" 1 \
	"$P" staff add --name anna --role admin --out "$T/staff"
A=$T/staff/anna.key
K=$T/staff/bruno.key
R=$T/staff/carla.key
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

step "a registrar's key enters the log" 0 "$P" staff add "$T/staff/carla.pub" \
	--server "$U" --key "$A" --key "$K"
page=$(printf '%064d' 7)
printf '{"files":{"index.html":"%s"},"version":1}' "$page" >"$T/manifest"
step "a bundle of the web client" 0 "$P" staff bundle \
	--manifest "$T/manifest" --server "$U" --key "$A"
says "it says how much that is" "1 files of the web client"
step "a registrar may not enter one" 1 "$P" staff bundle \
	--manifest "$T/manifest" --server "$U" --key "$R"
step "everybody finds it" 0 curl -sf "$U/verifica"
says "by its hash" "$(sha256sum "$T/manifest" | cut -c 1-64)"
step "with one key only it is refused" 1 "$P" staff revoke \
	"$T/staff/carla.pub" --server "$U" --key "$A"
says "and the sentence says what to do" "proposal"

cat >"$T/roll.csv" <<'CSV'
nome;indirizzo;data_nascita
Anna Bianchi;"Via Roma 1
80100 Prova";12/03/1961
Bruno "il Rosso" Verdi;Via Roma 2;1970-01-31
CSV
step "a bad line stops the letters" 1 "$P" roll letters "$T/roll.csv" \
	--out "$T/letters" --host https://vota.comune.example
says "its number is named" "roll.csv:4: "
cat >"$T/roll.csv" <<'CSV'
nome;indirizzo;data_nascita
Anna Bianchi;"Via Roma 1
80100 Prova";12/03/1961
"Bruno ""il Rosso"" <Verdi>";Via Roma 2;1970-01-31
Carla Neri;Via Roma 3;29/02/2000
Dario Blu;Via Roma 4;01/12/1985
Elena Gialli;Via Roma 5;11/11/1950
CSV
step "letters" 0 "$P" roll letters "$T/roll.csv" --out "$T/letters" \
	--host https://vota.comune.example/ --spares 2 --factor birth_date
step "they are secret" 0 sh -c "ls -l $T/letters/letters.html | grep -q '^-rw-------'"
step "names are escaped" 0 grep -q "&quot;il Rosso&quot; &lt;Verdi&gt;" "$T/letters/letters.html"
step "a folder in use is refused" 1 "$P" roll letters "$T/roll.csv" \
	--out "$T/letters" --host https://vota.comune.example
step "the roll goes to the server" 0 "$P" roll import "$T/letters" \
	--server "$U" --key "$R"

cat >"$T/space.json" <<'JSON'
{
  "slug": "bilancio-2027",
  "titles": {"it": "Bilancio partecipativo", "en": "Participatory budget"},
  "roll": "letters/roll.bin",
  "host": "comune.example",
  "issuers": [{"factor": "birth_date"}],
  "issuance": {"from": 1800000100, "to": 1800010000},
  "participation": {"from": 1800020000, "to": 1800030000},
  "batch_interval": "1h",
  "grace": "10m",
  "min_collected": 4,
  "min_open": 2
}
JSON
sed 's/1800020000/1800009000/' "$T/space.json" >"$T/bad.json"
step "a contradiction is named" 1 "$P" space create "$T/bad.json" \
	--server "$U" --key "$A" --key "$K"
says "by its members" "participation"
sed 's/"slug"/"trustees": {"keys": ["00"], "threshold": 1}, "slug"/' \
	"$T/space.json" >"$T/bad.json"
step "a trustee without a key is refused" 1 "$P" space create \
	"$T/bad.json" --server "$U" --key "$A" --key "$K"
says "with a sentence" "trustees"
step "a space, as a proposal" 0 "$P" space create "$T/space.json" \
	--server "$U" --key "$A" --out "$T/proposal"
step "the second admin reads it" 0 "$P" staff sign "$T/proposal" --show
says "in plain words" "Announce the space"
step "a registrar may not sign it" 1 "$P" staff sign "$T/proposal" --key "$R"
step "nor the first admin twice" 1 "$P" staff sign "$T/proposal" --key "$A"
step "it is not handed in with one signature" 1 "$P" staff submit \
	"$T/proposal" --server "$U" --key "$A"
step "the second admin signs" 0 "$P" staff sign "$T/proposal" --key "$K"
step "it is handed in" 0 "$P" staff submit "$T/proposal" --server "$U" --key "$K"

# ---- Residents collect -----------------------------------------------------
clock 1800000200
step "spaces are listed" 0 "$P" space list --server "$U"
says "with their phase" "bilancio-2027.*issuance"
step "a typing mistake is found here" 1 resident collect \
	--code AAAA-AAAA-AAAA-AAAA-AAAA --out "$T/none"
step "without second factor it is refused" 1 resident collect \
	--code "$(code 1)" --out "$T/p1"
step "with a wrong one too" 1 resident collect --code "$(code 1)" \
	--factor 13/03/1961 --out "$T/p1"
step "Anna collects" 0 resident collect --code "$(code 1)" \
	--factor 12/03/1961 --out "$T/p1"
says "and gets a recovery code" "recovery code"
recovery=$(sed -n 's/^    \([0-9A-Z-]*\)$/\1/p' "$T/out")
cp "$T/p1" "$T/p1.kept"
step "again changes nothing" 0 resident collect --code "$(code 1)" \
	--factor 12/03/1961 --out "$T/p1"
echo "$recovery" >"$T/recovery"
step "a lost answer is fetched again" 0 resident collect --code "$(code 1)" \
	--factor 12/03/1961 --secret "$T/recovery" --out "$T/p1.again"
step "and is the same" 0 sh -c "sed '/checkpoint/d' $T/p1.kept >$T/x; sed '/checkpoint/d' $T/p1.again >$T/y; cmp $T/x $T/y"
step "her code gives nothing to another secret" 1 resident collect \
	--code "$(code 1)" --factor 12/03/1961 --out "$T/thief"
step "Bruno collects" 0 resident collect --code "$(code 2)" \
	--factor 31/01/1970 --out "$T/p2"
step "Carla collects" 0 resident collect --code "$(code 3)" \
	--factor 2000-02-29 --out "$T/p3"
# Dario lost his letter.
spare=$(sed 's/<p class="code">/\n&/g' "$T/letters/spares.html" |
	sed -n 's/^<p class="code">\([0-9A-Z-]*\).*/\1/p' | head -1)
step "Dario's letter is replaced" 0 "$P" roll replace --old "$(code 4)" \
	--new "$spare" --factor 01/12/1985 --server "$U" --key "$R"
step "the old code is dead" 1 resident collect --code "$(code 4)" \
	--factor 01/12/1985 --out "$T/p4"
step "the new one works" 0 resident collect --code "$spare" \
	--factor 01/12/1985 --out "$T/p4"
step "Elena votes on paper" 0 "$P" roll strike --old "$(code 5)" \
	--space bilancio-2027 --method paper --server "$U" --key "$R"
step "so she cannot collect" 1 resident collect --code "$(code 5)" \
	--factor 11/11/1950 --out "$T/p5"
step "nor may Anna be struck now" 1 "$P" roll strike --old "$(code 1)" \
	--space bilancio-2027 --method paper --server "$U" --key "$R"

# ---- The vote --------------------------------------------------------------
clock 1800015000
cat >"$T/form.json" <<'JSON'
{
  "options": [
    {"id": "parco", "titles": {"it": "Un parco"}, "cost": 500},
    {"id": "scuola", "titles": {"it": "Una scuola"}, "cost": 700},
    {"id": "bici", "titles": {"it": "Una pista ciclabile"}, "cost": "300.5"}
  ],
  "ballot": {"type": "bitmap", "max": 2},
  "budget": 1000
}
JSON
step "a form without a rule is refused" 1 "$P" space form bilancio-2027 \
	"$T/form.json" --server "$U" --key "$A" --key "$K"
step "changes are published" 0 "$P" roll publish --server "$U" --key "$A" \
	--key "$R"
step "the form" 0 "$P" space form bilancio-2027 "$T/form.json" --rule \
	greedy-votes --server "$U" --key "$A" --key "$K"
step "nobody votes before the time" 1 resident vote bilancio-2027 \
	--papers "$T/p1" --choice 1
clock 1800020100
n=0
while ! "$P" space list --server "$U" | grep -q " open " && [ $n -lt 300 ]; do
	sleep 0.2
	n=$((n + 1))
done
# The sequencer publishes the ledgers; a vote waits for them.
n=0
while ! curl -sf "$U/api/v1/spaces/bilancio-2027/ledger/0/vote" >/dev/null &&
	[ $n -lt 300 ]; do
	sleep 0.2
	n=$((n + 1))
done
step "Anna votes" 0 resident vote bilancio-2027 --papers "$T/p1" --choice 1 \
	--receipt "$T/receipt.first"
step "and changes her mind" 0 resident vote bilancio-2027 --papers "$T/p1" \
	--choice 1,3 --receipt "$T/receipt"
says "for the second time" "number 2"
step "too many choices are refused" 1 resident vote bilancio-2027 \
	--papers "$T/p2" --choice 1,2,3
step "and so are numbers of no option" 1 resident vote bilancio-2027 \
	--papers "$T/p2" --choice 4
step "and points" 1 resident vote bilancio-2027 --papers "$T/p2" --points 1=2
step "Bruno votes" 0 resident vote bilancio-2027 --papers "$T/p2" --choice 2
step "Carla votes blank" 0 resident vote bilancio-2027 --papers "$T/p3" --blank
step "Dario votes" 0 resident vote bilancio-2027 --papers "$T/p4" --choice 3
step "it is too early to find it" 1 resident check bilancio-2027 \
	--papers "$T/p4" --now 1800020200
says "and that is said" "not in the log yet"
step "a broken promise leaves evidence" 1 resident check bilancio-2027 \
	--papers "$T/p4" --now 1800099999 --evidence "$T/evidence"
says "in plain words" "NOT IN THE LOG"
step "with receipt and checkpoint" 0 grep -q checkpoint "$T/evidence"
step "Elena's letter was not used" 1 resident dispute bilancio-2027 \
	--code "$(code 5)" --yes
says "and there is nothing to dispute" "nobody used it"
step "Dario sees that his line collected" 1 resident dispute bilancio-2027 \
	--code "$(code 4)"
says "with the letter that was replaced" "line of your letter is among"
says "and nothing is sent without a word" "Nothing was sent"
step "his papers say that it was he" 1 resident dispute bilancio-2027 \
	--code "$spare" --papers "$T/p4" --yes
says "so there is nothing to dispute" "it was you"
step "Bruno says that he never collected" 0 resident dispute bilancio-2027 \
	--code "$(code 2)" --yes
says "and it stands in the log" "stands in the public log"
step "once" 1 resident dispute bilancio-2027 --code "$(code 2)" --yes
step "closing is too early" 1 "$P" space close bilancio-2027 --server "$U" \
	--key "$A" --key "$K"

# ---- Closing ---------------------------------------------------------------
clock 1800030100
step "close with one key makes a proposal" 0 "$P" space close bilancio-2027 \
	--server "$U" --key "$A" --out "$T/step"
step "the second signs" 0 "$P" staff sign "$T/step" --key "$K"
step "and hands it in" 0 "$P" staff submit "$T/step" --server "$U" --key "$K"
step "close goes on" 0 "$P" space close bilancio-2027 --server "$U" \
	--key "$A" --key "$K" --result "$T/result"
says "and tells who won" "Selected (cost 800.5): bici parco"
step "close again only prints" 0 "$P" space close bilancio-2027 \
	--server "$U" --key "$A" --key "$K"
step "the result is published" 0 sh -c \
	"curl -sf $U/api/v1/spaces/bilancio-2027/result | cmp - $T/result"
step "Anna finds her vote" 0 resident check bilancio-2027 --papers "$T/p1" \
	--now 1800030200
says "the second one" "number 2 of yours"
step "with the recovery code too" 0 resident check bilancio-2027 \
	--recovery "$recovery" --receipt "$T/receipt"
step "the receipt of a vote that was changed is no broken promise" 1 \
	resident check bilancio-2027 --recovery "$recovery" \
	--receipt "$T/receipt.first" --evidence "$T/none"
says "but of another vote" "You voted again later"
step "and is evidence of nothing" 1 test -e "$T/none"
step "the result counts the dispute" 0 grep -q '"disputes":1,' "$T/result"
step "another device makes the same vote" 0 resident recreate bilancio-2027 \
	--recovery "$recovery" --choice 3,1
says "and finds it" "exactly as recreated.*number 2 of yours"
step "her first one was replaced" 1 resident recreate bilancio-2027 \
	--recovery "$recovery" --choice 1
says "and that is said" "was replaced"
step "what she never chose is not there" 1 resident recreate bilancio-2027 \
	--papers "$T/p1" --choice 2
says "which is said aloud" "NOT THE VOTE"
step "the code of this one space" 0 "$P" resident secret bilancio-2027 \
	--papers "$T/p1"
secret=$(cat "$T/out")
step "is enough for that" 0 resident recreate bilancio-2027 \
	--recovery "$secret" --choice 1,3
step "it is the same from the recovery code" 0 resident secret bilancio-2027 \
	--recovery "$recovery"
says "character for character" "$secret"
step "Elena has no vote" 1 resident recreate bilancio-2027 \
	--recovery T7MB-TKFK-Y3B7-PTPF-9SXM-817J-4CCW --blank
says "and that is said" "No vote of this code"
sed 's/"record": "[^"]*"/"record": "AAAA"/' "$T/p1" >"$T/other"
step "a receipt of another vote is refused" 1 resident check bilancio-2027 \
	--papers "$T/other"
step "anybody verifies" 0 "$B/partecipa-audit" verify "$U"
step "export" 0 "$P" space export bilancio-2027 --server "$U" --pb "$T/e.pb"
step "the export counts alike" 0 "$B/partecipa-audit" tally "$T/e.pb" \
	--rule greedy-votes
says "to the same winners" "bici"
kill "$server"
wait "$server" 2>/dev/null
server=
step "the data folder is sound" 0 "$P" doctor --dir "$T/data"

# ---- Arguments -------------------------------------------------------------
for c in "roll letters" "roll import" "roll replace" "roll strike" "roll add" \
	"roll remove" "roll publish" "staff add" "staff revoke" "staff sign" \
	"staff submit" "space create" "space form" "space close" "space cancel" \
	"space list" "space export" "resident collect" "resident vote" \
	"resident check" "resident recreate" "resident secret" \
	"resident dispute"; do
	# shellcheck disable=SC2086
	step "$c explains itself" 0 "$P" $c --help
	# shellcheck disable=SC2086
	step "$c without arguments" 2 "$P" $c
	# shellcheck disable=SC2086
	step "$c with an unknown option" 2 "$P" $c --nonsense
done
exit $failed
