# The general rehearsal, of small elections of every type: it ends well, its
# last line is what scripts read, an altered log is refused by name.
set -u
B=${B:-build}
P=$B/partecipa
SHARED=${SHARED:-../shared}
T=$(mktemp -d)
failed=0
trap 'rm -rf "$T"' EXIT
TMPDIR=$T
export TMPDIR

ok() {
	echo "ok $1"
}
not_ok() {
	echo "not ok $1"
	cat "$T/out" "$T/err"
	failed=1
}

# field NAME: from the last line.
field() {
	tail -n 1 "$T/out" | python3 -c \
		'import json, sys; print(json.dumps(json.load(sys.stdin)[sys.argv[1]]))' \
		"$1" 2>/dev/null
}

KEYS="again audit cast cpu issued issuers log_size peak_kib residents rule selected trustees witnesses"

# well NAME FILE BALLOTS ARGS...: plays the file; the line is as documented.
# Those who vote again cast a record more.
well() {
	name=$1
	file=$2
	ballots=$3
	shift 3
	timeout 1200 "$P" rehearse "$file" --json "$@" >"$T/out" 2>"$T/err"
	got=$?
	keys=$(tail -n 1 "$T/out" | python3 -c \
		'import json, sys; print(*sorted(json.load(sys.stdin)))')
	if [ "$got" -eq 0 ] && [ "$keys" = "$KEYS" ] &&
		[ "$(field residents)" = "$ballots" ] &&
		[ "$(field issued)" = "$ballots" ] &&
		[ "$(field cast)" = "$((ballots + $(field again)))" ] &&
		[ "$(field audit)" = '"ok"' ] &&
		[ "$(field log_size)" -gt "$ballots" ]; then
		ok "$name"
	else
		not_ok "$name: exit $got"
	fi
}

# selects WHAT: the last rehearsal's winners, as JSON.
selects() {
	if [ "$(field selected)" = "$1" ]; then
		ok "and selects $1"
	else
		not_ok "selected $(field selected), not $1"
	fi
}

# same_as_tally FILE RULE ARGS...: the winners are those of the plain count.
same_as_tally() {
	"$B/partecipa-audit" tally "$1" --rule "$2" --json >"$T/tally" 2>&1
	want=$(python3 -c \
		'import json, sys; print(json.dumps(json.load(open(sys.argv[1]))["selected"]))' \
		"$T/tally")
	selects "$want"
}

# refused NAME STATUS TEXT ARGS...
refused() {
	name=$1
	want=$2
	text=$3
	shift 3
	timeout 600 "$P" rehearse "$@" >"$T/out" 2>"$T/err"
	got=$?
	if [ "$got" -eq "$want" ] && [ ! -s "$T/out" ] &&
		grep -q -e "$text" "$T/err"; then
		ok "$name"
	else
		not_ok "$name: exit $got, not $want, or not \"$text\""
	fi
}

# ---- Every type of vote ----------------------------------------------------
well "approval" tests/pb/rehearsal.pb 40
selects '["bici", "orti", "parco"]'
well "approval by equal shares" tests/pb/rehearsal.pb 40 \
	--rule mes-cost-int-add1
same_as_tally tests/pb/rehearsal.pb mes-cost-int-add1
well "choose-1, one of them blank" tests/pb/choose.pb 7
selects '["y", "z"]'
well "cumulative" tests/pb/points.pb 4
same_as_tally tests/pb/points.pb greedy-votes
well "scoring" tests/pb/scoring.pb 5
same_as_tally tests/pb/scoring.pb greedy-votes
well "ordinal" tests/pb/ranking.pb 5
same_as_tally tests/pb/ranking.pb greedy-votes
well "knapsack" tests/pb/knapsack.pb 5
selects '["y", "z"]'
well "fractions, empty ballots, a project that costs nothing" \
	tests/pb/odd.pb 5
same_as_tally tests/pb/odd.pb greedy-votes
well "fewer residents than ballots" tests/pb/rehearsal.pb 10 --voters 10
well "some who vote again, and their last vote counts" \
	tests/pb/rehearsal.pb 40 --revote 30%
selects '["bici", "orti", "parco"]'
# ---- Another municipality ----------------------------------------------------
cat >"$T/stage.json" <<'JSON'
{"name": "Comune di Prova", "origin": "comune.example/log", "host": "comune.example",
 "start": "2025-02-03T08:00", "idle": 3,
 "space": {"slug": "altrove", "seq_limit": 2,
  "titles": {"it": "Altrove"}, "eligibility": {"it": "Chi ci abita"}},
 "form": {"options": [
  {"id": "x", "cost": "60", "titles": {"it": "Ics"}},
  {"id": "y", "cost": "40", "titles": {"it": "Ipsilon"}},
  {"id": "z", "cost": "30", "titles": {"it": "Zeta"}}],
  "texts": {"it": "Scegli"}, "budget": "70", "ballot": {"type": "choice"}}}
JSON
well "as another municipality's" tests/pb/choose.pb 7 \
	--as "$T/stage.json" --data "$T/stage"
selects '["y", "z"]'
if grep -q '"slug": *"altrove"' "$T/stage/space.json" &&
	[ "$(wc -l <"$T/stage/letters/letters.csv")" -eq 11 ]; then
	ok "with its space and all its residents"
else
	not_ok "another space, or other residents"
fi
refused "a municipality that is no JSON" 1 "choose.pb" \
	tests/pb/choose.pb --as tests/pb/choose.pb
sed 's/"idle": 3/"idle": -1/' "$T/stage.json" >"$T/bad.json"
refused "fewer than no idle residents" 1 "idle" tests/pb/choose.pb \
	--as "$T/bad.json"
sed 's/"slug": "altrove"/"slug": "altrove", "mode": "overlapping"/' \
	"$T/stage.json" >"$T/bad.json"
refused "what the rehearsal sets itself" 1 "space.mode" tests/pb/choose.pb \
	--as "$T/bad.json"
sed 's/"2025-02-03T08:00"/"tomorrow"/' "$T/stage.json" >"$T/bad.json"
refused "a day that is none" 1 "bad.json" tests/pb/choose.pb \
	--as "$T/bad.json"
# ---- Sealed ----------------------------------------------------------------
well "sealed, two of three open it" tests/pb/rehearsal.pb 40 \
	--trustees 2/3 --revote 30%
selects '["bici", "orti", "parco"]'
for kind in choose points ranking knapsack; do
	n=$(sed -n 's/^num_votes;//p' "tests/pb/$kind.pb" | tr -d '\r')
	well "sealed: $kind" "tests/pb/$kind.pb" "$n" --trustees 1/1
	[ $kind = choose ] || [ $kind = knapsack ] ||
		same_as_tally "tests/pb/$kind.pb" greedy-votes
done

well "two issuers, two witnesses, two of three trustees, and who votes again" \
	tests/pb/rehearsal.pb 40 --trustees 2/3 --issuers 2 --witnesses 2 \
	--revote 10%
selects '["bici", "orti", "parco"]'
well "three issuers, unsealed" tests/pb/choose.pb 7 --issuers 3
selects '["y", "z"]'

well "more residents than ballots" tests/pb/choose.pb 20 --voters 20 \
	--clients 1
if [ -n "$(ls -d "$T"/partecipa-prova-* 2>/dev/null)" ]; then
	not_ok "nothing is left behind"
else
	ok "nothing is left behind"
fi

# ---- A log that somebody alters before the audit ---------------------------
# flip FILE OFFSET: a command that inverts one byte of the data folder.
cat >"$T/flip.py" <<'PY'
import sys

with open(sys.argv[1], "r+b") as f:
    f.seek(int(sys.argv[2]), 2 if int(sys.argv[2]) < 0 else 0)
    at = f.tell()
    byte = f.read(1)[0]
    f.seek(at)
    f.write(bytes([byte ^ 255]))
PY
# The first entry, somewhere in the middle, a record, the last one's end.
for at in 3 1000 9000 -1; do
	timeout 600 "$P" rehearse tests/pb/rehearsal.pb --json \
		--before-audit "python3 $T/flip.py \$1/log/entries $at" \
		>"$T/out" 2>"$T/err"
	got=$?
	if [ $got -eq 1 ] && [ "$(field audit)" = '"tree"' ] &&
		grep -q "the audit refuses: tree" "$T/err"; then
		ok "with byte $at of the entries changed the audit names the tree"
	else
		not_ok "byte $at: exit $got"
	fi
done
timeout 600 "$P" rehearse tests/pb/choose.pb --json --before-audit \
	'exit 3' >"$T/out" 2>"$T/err"
got=$?
if [ $got -eq 1 ] && grep -q "before the audit ended with status 3" "$T/err"
then
	ok "a drill that fails is told"
else
	not_ok "a drill that fails: exit $got"
fi

# ---- The folder ------------------------------------------------------------
well "a folder of one's own" tests/pb/choose.pb 7 --data "$T/kept"
if "$P" doctor --dir "$T/kept/data" >"$T/out" 2>"$T/err"; then
	ok "is kept and sound"
else
	not_ok "is kept and sound"
fi
refused "a folder with something in it" 1 "kept" tests/pb/choose.pb \
	--data "$T/kept"

# ---- Bad files and arguments -----------------------------------------------
refused "a missing file" 1 "none.pb" "$T/none.pb"
refused "a folder" 1 "$T" "$T"
: >"$T/empty.pb"
refused "an empty file" 1 "empty.pb" "$T/empty.pb"
printf 'META\nkey;value\n' >"$T/half.pb"
refused "half a file" 1 "half.pb" "$T/half.pb"
head -c 300 /dev/urandom >"$T/random.pb"
refused "random bytes" 1 "random.pb:" "$T/random.pb"
sed '$d' tests/pb/choose.pb >"$T/fewer.pb"
refused "fewer ballots than the file says" 1 "num_votes" "$T/fewer.pb"
sed 's/^3;y$/3;nonsense/' tests/pb/choose.pb >"$T/bad.pb"
line=$(grep -n nonsense "$T/bad.pb" | cut -d: -f1)
refused "a vote for what is no project" 1 "bad.pb:$line: " "$T/bad.pb"
sed 's/^y;40;/y;-40;/' tests/pb/choose.pb >"$T/cost.pb"
line=$(grep -n '^y;' "$T/cost.pb" | cut -d: -f1)
refused "a negative cost" 1 "cost.pb:$line: " "$T/cost.pb"
sed 's/^vote_type;.*/vote_type;shouting/' tests/pb/choose.pb >"$T/type.pb"
refused "an unknown type of vote" 1 "type.pb:.*shouting" "$T/type.pb"
sed 's/^z;30;/y;30;/' tests/pb/choose.pb >"$T/twice.pb"
line=$(grep -n '^y;30' "$T/twice.pb" | cut -d: -f1)
refused "a project twice" 1 "twice.pb:$line: " "$T/twice.pb"
sed 's/^num_votes;.*/num_votes;0/; /^voter_id/q' tests/pb/choose.pb \
	>"$T/none.pb"
refused "no ballots" 1 "no ballots" "$T/none.pb"
refused "an unknown rule" 2 "no rule nonsense" tests/pb/choose.pb \
	--rule nonsense
refused "a rule for other ballots" 1 "rule.id is no rule for" tests/pb/choose.pb \
	--rule mes-rank
refused "an increment that is none" 1 "increment" tests/pb/rehearsal.pb \
	--rule mes-cost-add1 --increment -1
refused "no file" 2 "argument is missing"
refused "two files" 2 "do not know" a b
for bad in 1/2 2/4 0/0 3 10/10 2/3/; do
	refused "trustees $bad" 2 "needed/all" tests/pb/choose.pb --trustees $bad
done
refused "a part of no hundred" 2 "of a hundred" tests/pb/choose.pb --revote 101%
refused "no issuer" 2 "issuers" tests/pb/choose.pb --issuers 0
refused "too many witnesses" 2 "witnesses" tests/pb/choose.pb --witnesses 99
refused "voters that are no number" 2 "voters" tests/pb/choose.pb --voters x

# ---- Real elections of middle size -----------------------------------------
if [ -d "$SHARED/pb" ]; then
	# Approval, points, rankings.
	for f in Poland_Warszawa_2019_Grochow_Kinowa \
		Poland_Czestochowa_2024_Grabowka \
		US_Stanford_Dataset_PB_Chicago_47th_Ward_2021_vote_rankings; do
		n=$(sed -n 's/^num_votes;//p' "$SHARED/pb/$f.pb" | tr -d '\r')
		well "$f" "$SHARED/pb/$f.pb" "$n" --rule greedy-votes
		same_as_tally "$SHARED/pb/$f.pb" greedy-votes
	done
else
	echo "skipped real elections: there is no $SHARED/pb"
fi
exit $failed
