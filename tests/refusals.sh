# What a person meets who makes a mistake, or whose machine does: one sentence
# that says what to do, exit status 1; wrong arguments exit 2.
set -u
B=${B:-build}
P=$B/partecipa
A=$B/partecipa-audit
T=$(mktemp -d)
failed=0
server=
mounted=

finish() {
	[ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server"
	for m in $mounted; do
		umount "$m" 2>/dev/null
	done
	rm -rf "$T"
}
trap finish EXIT

ok() {
	echo "ok $1"
}
not_ok() {
	echo "not ok $1"
	cat "$T/out" "$T/err"
	failed=1
}

# refused NAME TEXT COMMAND...: exit 1, nothing on stdout, and on stderr one
# line that begins with the program's name and has ${TEXT} in it.
refused() {
	name=$1
	text=$2
	shift 2
	timeout 120 "$@" >"$T/out" 2>"$T/err"
	got=$?
	if [ "$got" -eq 1 ] && [ ! -s "$T/out" ] &&
		[ "$(wc -l <"$T/err")" -eq 1 ] &&
		grep -q '^partecipa' "$T/err" && grep -q -e "$text" "$T/err"; then
		ok "$name"
	else
		not_ok "$name: exit $got, wanted one line with \"$text\""
	fi
}

# works NAME COMMAND...
works() {
	name=$1
	shift
	if "$@" >"$T/out" 2>"$T/err"; then
		ok "$name"
	else
		not_ok "$name: exit $?"
	fi
}

# A program of its own, so that timeout can run it.
cat >"$T/make_folder" <<SH
exec "$P" init --dir "\$1" --origin comune.example/log --name Prova \
	--host comune.example --staff "$T/staff/a.pub" \
	--staff "$T/staff/b.pub" --rehearsal
SH

# start DIR: sets server and U, or leaves U empty.
start() {
	: >"$T/listening"
	"$P" serve --dir "$1" --port 0 >"$T/listening" 2>"$T/log" &
	server=$!
	n=0
	while ! grep -q http:// "$T/listening" && [ $n -lt 600 ] &&
		kill -0 "$server" 2>/dev/null; do
		sleep 0.1
		n=$((n + 1))
	done
	U=$(sed -n 's|.*\(http://[0-9.:]*\)/.*|\1|p' "$T/listening")
}

stop() {
	kill "$server" 2>/dev/null
	wait "$server"
	server=
}

# ---- Folders and ports -----------------------------------------------------
for who in a b; do
	"$P" staff add --name $who --role admin --out "$T/staff" >/dev/null
done
works "a data folder" sh "$T/make_folder" "$T/data"
works "another one" sh "$T/make_folder" "$T/other"
refused "a folder is not made twice" "take another folder" \
	sh "$T/make_folder" "$T/data"
refused "a missing folder" "partecipa init" "$P" serve --dir "$T/none" --port 0
refused "a file is no folder" "partecipa init" \
	"$P" serve --dir "$T/staff/a.pub" --port 0
refused "a log's folder is no issuer's" "init --issuer-only" \
	"$P" serve --issuer-only --dir "$T/data" --port 0
mkdir "$T/empty"
refused "an empty folder" "partecipa init" "$P" serve --dir "$T/empty" --port 0
refused "the doctor of a missing folder" "partecipa init" \
	"$P" doctor --dir "$T/none"
"$P" staff add --name c --role desk --out "$T/staff" >/dev/null
refused "one admin is too few" "two" "$P" init --dir "$T/one" \
	--origin comune.example/log --name Prova --host comune.example \
	--staff "$T/staff/a.pub" --staff "$T/staff/c.pub"
refused "one admin twice too" "twice" "$P" init --dir "$T/one" \
	--origin comune.example/log --name Prova --host comune.example \
	--staff "$T/staff/a.pub" --staff "$T/staff/a.pub"
refused "a key file that is not there" "none.pub" "$P" init --dir "$T/one" \
	--origin comune.example/log --name Prova --host comune.example \
	--staff "$T/none.pub" --staff "$T/staff/b.pub"
refused "a secret key is no public one" "a.key" "$P" init --dir "$T/one" \
	--origin comune.example/log --name Prova --host comune.example \
	--staff "$T/staff/a.key" --staff "$T/staff/b.pub"
refused "an origin with blanks" "origin" "$P" init --dir "$T/one" \
	--origin "comune example" --name Prova --host comune.example \
	--staff "$T/staff/a.pub" --staff "$T/staff/b.pub"
refused "a log that is no address" "URL" "$P" init --issuer-only \
	--dir "$T/one" --log comune.example --key k --host b.example
refused "a log's key that is none" "/log/key" "$P" init --issuer-only \
	--dir "$T/one" --log http://127.0.0.1:9 --key k --host b.example
if [ -e "$T/one" ]; then
	not_ok "a refused init leaves nothing behind"
else
	ok "a refused init leaves nothing behind"
fi
refused "an address that is none" "IPv4" \
	"$P" serve --dir "$T/data" --port 0 --listen nowhere
refused "a clock that is not there" "clock" \
	"$P" serve --dir "$T/data" --port 0 --clock "$T/none"
echo noon >"$T/clock"
refused "a clock that says no time" "decimal number" \
	"$P" serve --dir "$T/data" --port 0 --clock "$T/clock"

echo '{"urp": {"fax": "1"}}' >"$T/data/site.json"
refused "a site with a member that is none" \
	"data/site.json: urp.fax is not a member" \
	"$P" serve --dir "$T/data" --port 0
echo '{"urp": {"phone": "chiedi"}}' >"$T/data/site.json"
refused "a telephone that is none" \
	"data/site.json: urp.phone must be one telephone number" \
	"$P" serve --dir "$T/data" --port 0
echo '{"accessibility_url": "https://comune.example/"}' >"$T/data/site.json"
refused "an accessibility statement that is not AgID's" \
	"data/site.json: accessibility_url must .*form.agid.gov.it/view/" \
	"$P" serve --dir "$T/data" --port 0
echo '{"urp": ' >"$T/data/site.json"
refused "a site that is no JSON" "data/site.json: not JSON: line 2" \
	"$P" serve --dir "$T/data" --port 0
rm "$T/data/site.json"

start "$T/data"
port=${U##*:}
refused "a port in use" "port $port is in use: stop .* or choose" \
	"$P" serve --dir "$T/other" --port "$port"
refused "two servers on one folder" "another process .* stop it first" \
	"$P" serve --dir "$T/data" --port 0
refused "a doctor while a server runs" "another process .* stop it first" \
	"$P" doctor --dir "$T/data"
works "the first goes on" curl -sf "$U/log/checkpoint"
printf 'GIF89a' >"$T/moving.gif"
refused "a picture in another format" "moving.gif: not a picture in JPEG, PNG or WebP" \
	"$P" space picture "$T/moving.gif" --server "$U" --key "$T/staff/a.key"
{
	head -c 2 tests/pictures/good.jpg
	printf '\377\341\000\010Exif\000\000'
	tail -c +3 tests/pictures/good.jpg
} >"$T/exif.jpg"
refused "a picture that says where it was taken" "exif.jpg: .*Exif.*exiftool -all=" \
	"$P" space picture "$T/exif.jpg" --server "$U" --key "$T/staff/a.key"
head -c 600000 /dev/zero >"$T/large.png"
refused "a picture that is too large" "large.png: .*524288 bytes: make the picture smaller" \
	"$P" space picture "$T/large.png" --server "$U" --key "$T/staff/a.key"
works "a picture" "$P" space picture tests/pictures/good.jpg --server "$U" \
	--key "$T/staff/a.key"
works "an issuer of its spaces" "$P" init --issuer-only --dir "$T/issuer" \
	--log "$U" --key "$(curl -sf "$U/log/key")" --host b.example
refused "an issuer's folder is not made twice" "take another folder" \
	"$P" init --issuer-only --dir "$T/issuer" --log "$U" \
	--key "$(curl -sf "$U/log/key")" --host b.example
refused "an issuer's folder has no log" "issuer-only" \
	"$P" serve --dir "$T/issuer" --port 0
stop
works "and leaves a sound folder" "$P" doctor --dir "$T/data"

# ---- Files that are not what they should be --------------------------------
cp -r "$T/data" "$T/spoilt"
echo x >>"$T/spoilt/format"
refused "a folder of another format" "format" \
	"$P" serve --dir "$T/spoilt" --port 0
for f in "$T"/data/*; do
	[ -f "$f" ] || continue
	name=$(basename "$f")
	case $name in lock | *-lock | lock.mdb) continue ;; esac
	rm -rf "$T/spoilt"
	cp -r "$T/data" "$T/spoilt"
	: >"$T/spoilt/$name"
	timeout 1 "$P" serve --dir "$T/spoilt" --port 0 >"$T/out" 2>"$T/err"
	got=$?
	# What can be made anew is, and then the server serves until it is
	# stopped; what cannot is refused with a sentence.
	if [ $got -eq 124 ] || { [ $got -eq 1 ] &&
		[ "$(grep -c '^partecipa: ' "$T/err")" -eq 1 ]; }; then
		ok "an empty $name is made anew or refused"
	else
		not_ok "an empty $name: exit $got"
	fi
done

# ---- Read-only and full ----------------------------------------------------
mkdir "$T/ro" "$T/full"
{
	echo "name;address"
	i=0
	while [ $i -lt 4000 ]; do
		echo "Residente $i;Via Roma $i"
		i=$((i + 1))
	done
} >"$T/roll.csv"
cp -r "$T/data" "$T/ro/data"
if [ "$(id -u)" = 0 ] && mount --bind "$T/ro" "$T/ro" 2>/dev/null; then
	mounted="$T/ro"
	if mount -o remount,ro,bind "$T/ro" 2>/dev/null; then
		refused "a read-only folder" "must be writable" \
			"$P" serve --dir "$T/ro/data" --port 0
		refused "the doctor of a read-only folder" "must be writable" \
			"$P" doctor --dir "$T/ro/data"
		refused "init in a read-only folder" "must be writable" \
			sh "$T/make_folder" "$T/ro/new"
		refused "letters in a read-only folder" "ro/" "$P" roll letters \
			"$T/roll.csv" --out "$T/ro/letters" \
			--host https://comune.example
	else
		echo "skipped read-only folders: cannot remount"
	fi
else
	echo "skipped read-only folders: no right to mount"
fi

if [ "$(id -u)" = 0 ] &&
	mount -t tmpfs -o size=64k none "$T/full" 2>/dev/null; then
	mounted="$mounted $T/full"
	refused "no space for a new folder" "No space left.*make room" \
		sh "$T/make_folder" "$T/full/new"
	umount "$T/full"

	# Room for the folder, but not for the roll that is sent to it.
	mount -t tmpfs -o size=1m none "$T/full"
	works "a folder on a small disk" sh "$T/make_folder" "$T/full/data"
	works "letters for many" "$P" roll letters "$T/roll.csv" \
		--out "$T/letters" --host https://comune.example
	start "$T/full/data"
	if [ -z "$U" ]; then
		not_ok "a server on a small disk"
	else
		dd if=/dev/zero of="$T/full/fill" bs=4k 2>/dev/null
		refused "a roll for which there is no space" "" "$P" roll import \
			"$T/letters" --server "$U" --key "$T/staff/a.key"
		works "the server goes on" curl -sf "$U/log/checkpoint"
		rm "$T/full/fill"
		stop
		works "the folder is sound" "$P" doctor --dir "$T/full/data"
		start "$T/full/data"
		works "with room the roll is taken" "$P" roll import \
			"$T/letters" --server "$U" --key "$T/staff/a.key"
	fi
	stop
	umount "$T/full"
else
	echo "skipped full disks: no right to mount"
fi

# ---- Nobody there ----------------------------------------------------------
refused "a server that is not there" "" "$P" space list \
	--server http://127.0.0.1:1
refused "an address that is no URL" "" "$P" space list --server nowhere
refused "a manifest that is not there" "none.json" "$P" staff bundle \
	--manifest "$T/none.json" --server http://127.0.0.1:1 \
	--key "$T/staff/a.key"
echo '{"files":{},"version":1}' >"$T/bundle.json"
refused "a manifest that is none" "bundle.json" "$P" staff bundle \
	--manifest "$T/bundle.json" --server http://127.0.0.1:1 \
	--key "$T/staff/a.key"
refused "letters of a missing file" "none.csv" "$P" roll letters \
	"$T/none.csv" --out "$T/l2" --host https://comune.example
for c in verify dump "fetch $T/none" "watch --once --keep=$T/watch"; do
	# shellcheck disable=SC2086
	set -- $c
	timeout 120 "$A" "$1" http://127.0.0.1:1 ${2:+"$2"} ${3:+"$3"} \
		>"$T/out" 2>"$T/err"
	got=$?
	if [ $got -eq 2 ] && [ "$(grep -c '^partecipa-audit' "$T/err")" -eq 1 ]
	then
		ok "$1 of nobody"
	else
		not_ok "$1 of nobody: exit $got"
	fi
done

# ---- Witnesses -------------------------------------------------------------
start "$T/other"
vkey=$(curl -sf "$U/log/key")
stop
start "$T/data"
vkey2=$(curl -sf "$U/log/key")
stop
works "a witness" "$P" init --witness-only --dir "$T/witness" \
	--name witness.example/1
refused "a witness is not made twice" "another folder" "$P" init \
	--witness-only --dir "$T/witness" --name witness.example/1
refused "a witness's name with blanks" "blank" "$P" init \
	--witness-only --dir "$T/witness2" --name "witness example"
refused "a folder that holds no witness" "init --witness-only" "$P" serve \
	--witness-only --dir "$T/none" --log "$vkey" --port 0
refused "a witness of no log" "no log to witness" "$P" serve \
	--witness-only --dir "$T/witness" --port 0
refused "a witness of what is no log" "/log/key" "$P" serve \
	--witness-only --dir "$T/witness" --log nothing --port 0
refused "a log with two keys" "two keys" "$P" serve --witness-only \
	--dir "$T/witness" --port 0 --log "$vkey" \
	--log "$vkey2"
echo "quorum nobody" >"$T/policy"
refused "a policy that is none" "policy: line 1: no line above" "$P" init \
	--dir "$T/one" --origin comune.example/log --name Prova \
	--host comune.example --staff "$T/staff/a.pub" \
	--staff "$T/staff/b.pub" --policy "$T/policy"
cp -r "$T/data" "$T/watched"
cp "$T/policy" "$T/watched/policy"
refused "a server with a policy that is none" "policy: line 1: no line above" \
	"$P" serve --dir "$T/watched" --port 0
{
	echo "witness w $(cat "$T/witness/witness.vkey") http://127.0.0.1:1"
	echo "quorum w"
} >"$T/watched/policy"
works "the doctor asks a witness that is not there" \
	"$P" doctor --dir "$T/watched"
grep -q "witness w: .*onnect" "$T/out" || not_ok "and says so"
start "$T/watched"
works "a server whose witness is not there serves" \
	curl -sf "$U/log/checkpoint"
refused "a reader who asks for it does not read" "rule 2, quorum" "$P" \
	resident collect --server "$U" --code AX7Y-WNF9-GFRA-VWPK-GQXJ \
	--out "$T/papers" --policy "$T/watched/policy"
timeout 120 "$A" verify "$U" --policy "$T/watched/policy" >"$T/out" 2>&1
if [ $? -eq 1 ] && grep -q "broken: rule 2, quorum" "$T/out"; then
	ok "nor does an auditor"
else
	not_ok "nor does an auditor"
fi
timeout 120 "$A" verify "$U" --policy "$T/none" >"$T/out" 2>"$T/err"
if [ $? -eq 2 ] && grep -q "none" "$T/err"; then
	ok "an auditor without the policy that she names"
else
	not_ok "an auditor without the policy that she names"
fi
stop

# ---- Trustees --------------------------------------------------------------
echo "una parola lunga assai" >"$T/pass"
works "a trustee's key" "$P" trustee init --name gina --dir "$T/gina" \
	--passphrase-file "$T/pass"
refused "a trustee's folder that is not there" "trustee init" "$P" trustee \
	commit x --dir "$T/none" --box "$T" --passphrase-file "$T/pass"
refused "a folder without a key" "gina.key" "$P" trustee commit x \
	--dir "$T/staff" --name gina --box "$T" --passphrase-file "$T/pass"
echo "una parola diversa" >"$T/pass2"
refused "a wrong passphrase" "passphrase is wrong" "$P" trustee status \
	--dir "$T/gina" --passphrase-file "$T/pass2"
refused "a passphrase that is not there" "none" "$P" trustee status \
	--dir "$T/gina" --passphrase-file "$T/none"
refused "a stick that is not plugged in" "plugged in" "$P" trustee commit x \
	--dir "$T/gina" --box "$T/none" --passphrase-file "$T/pass"
refused "a stick without a space" "header.json" "$P" trustee commit x \
	--dir "$T/gina" --box "$T" --passphrase-file "$T/pass"
refused "a name that no space has" "cannot be the name" "$P" trustee commit \
	../x --dir "$T/gina" --box "$T" --passphrase-file "$T/pass"
refused "nothing to open" "no ceremony" "$P" trustee open x --dir "$T/gina" \
	--log "$T" --passphrase-file "$T/pass"
refused "a file that is no backup" "no trustee's backup" "$P" trustee \
	restore "$T/pass" --dir "$T/new" --passphrase-file "$T/pass"
refused "a file that is no opening" "no opening" "$P" trustee send x \
	"$T/pass" --server http://127.0.0.1:1
mkfifo "$T/pipe"
"$P" trustee passphrase --dir "$T/gina" --passphrase-file "$T/pass" \
	--new-passphrase-file "$T/pipe" >/dev/null 2>&1 &
n=0
while [ ! -e "$T/gina/lock" ] && [ $n -lt 600 ]; do
	sleep 0.1
	n=$((n + 1))
done
sleep 0.5
refused "two commands at once" "at work" "$P" trustee status --dir "$T/gina" \
	--passphrase-file "$T/pass"
cat "$T/pass" >"$T/pipe"
wait $!
mkdir "$T/rubbish"
echo rubbish >"$T/rubbish/x.key"
refused "a key file that is none" "no trustee's key file" "$P" trustee \
	status --dir "$T/rubbish" --passphrase-file "$T/pass"
echo rubbish >"$T/gina/x.ceremony"
refused "a ceremony that is none" "no trustee's ceremony" "$P" trustee \
	status --dir "$T/gina" --passphrase-file "$T/pass"
rm "$T/gina/x.ceremony"
refused "a backup over another file" "there already" "$P" trustee backup \
	--dir "$T/gina" --out "$T/pass" --passphrase-file "$T/pass" \
	--backup-passphrase-file "$T/pass"
echo soon >"$T/soon"
refused "a clock that is none" "UNIX seconds" "$P" trustee open x \
	--dir "$T/gina" --log "$T" --clock "$T/soon" \
	--passphrase-file "$T/pass"
works "a folder with two keys" "$P" trustee init --name piero \
	--dir "$T/gina" --passphrase-file "$T/pass"
refused "which of two keys" "several key files" "$P" trustee status \
	--dir "$T/gina" --passphrase-file "$T/pass"

# ---- Arguments -------------------------------------------------------------
# wrong NAME PROGRAM ARGS...: exit 2, nothing on stdout, a sentence on stderr.
wrong() {
	name=$1
	shift
	timeout 120 "$@" >"$T/out" 2>"$T/err" </dev/null
	got=$?
	if [ $got -eq 2 ] && [ ! -s "$T/out" ] &&
		head -n 1 "$T/err" | grep -q '^[A-Za-z-].* .*[a-z]' &&
		! head -n 1 "$T/err" | grep -q '^usage:'; then
		ok "$name"
	else
		not_ok "$name: exit $got, wanted a sentence and 2"
	fi
}

# Each command of both programs: name, an option with a value, whether it can
# do without arguments.
while IFS='|' read -r program command option; do
	name="$program $command"
	# shellcheck disable=SC2086
	set -- "$B/$program" $command
	works "$name explains itself" "$@" --help
	if ! grep -q '^usage: ' "$T/out"; then
		not_ok "$name: its help has no usage"
	fi
	[ "$command" = rules ] || [ "$command" = routes ] || wrong "$name without arguments" "$@"
	wrong "$name with an unknown option" "$@" --nonsense
	wrong "$name with an unknown letter" "$@" -x
	wrong "$name with too many arguments" "$@" a b c d
	[ -z "$option" ] || wrong "$name without a value of $option" "$@" "$option"
done <<'TABLE'
partecipa|init|--dir
partecipa|serve|--dir
partecipa|doctor|--dir
partecipa|routes|
partecipa|rehearse|--rule
partecipa|roll letters|--out
partecipa|roll import|--server
partecipa|roll replace|--old
partecipa|roll strike|--old
partecipa|roll add|--new
partecipa|roll remove|--old
partecipa|roll publish|--key
partecipa|staff add|--name
partecipa|staff new|--name
partecipa|staff revoke|--key
partecipa|staff sign|--key
partecipa|staff submit|--server
partecipa|staff bundle|--manifest
partecipa|space create|--key
partecipa|space form|--pb
partecipa|space close|--result
partecipa|space result|--result
partecipa|space cancel|--reason
partecipa|space list|--server
partecipa|space export|--pb
partecipa|space picture|--key
partecipa|trustee init|--name
partecipa|trustee commit|--attempt
partecipa|trustee reveal|--box
partecipa|trustee share|--box
partecipa|trustee check|--box
partecipa|trustee sign|--box
partecipa|trustee open|--log
partecipa|trustee send|--server
partecipa|trustee status|--dir
partecipa|trustee practice|--dir
partecipa|trustee passphrase|--new-passphrase-file
partecipa|trustee backup|--out
partecipa|trustee restore|--dir
partecipa|trustee destroy|--log
partecipa|resident collect|--code
partecipa|resident vote|--choice
partecipa|resident check|--papers
partecipa|resident recreate|--choice
partecipa|resident secret|--papers
partecipa|resident dispute|--code
partecipa-audit|verify|--space
partecipa-audit|fetch|
partecipa-audit|watch|--keep
partecipa-audit|dump|
partecipa-audit|rules|
partecipa-audit|tally|--rule
TABLE

# No command is missing above.
"$P" --help | sed -n 's/^  \([a-z]*\) .*/\1/p' |
	grep -vx -e staff -e space -e roll -e resident -e trustee >"$T/commands"
for c in staff space roll resident trustee; do
	"$P" $c --help | sed -n "s/^  \([a-z]*\) .*/$c \1/p" >>"$T/commands"
done
"$A" --help | sed -n 's/^  \([a-z]*\) .*/\1/p' >>"$T/commands"
while read -r c; do
	if ! sed -n '/^while IFS/,/^TABLE$/p' "$0" | grep -q "|$c|"; then
		not_ok "the table above lacks the command \"$c\""
	fi
done <"$T/commands"

while IFS='|' read -r name args; do
	# shellcheck disable=SC2086
	wrong "$name" "$P" $args
done <<'TABLE'
an unknown command|nonsense
an unknown command of staff|staff nonsense
an unknown command of space|space nonsense
an unknown command of roll|roll nonsense
an unknown command of resident|resident nonsense
an option twice|serve --dir a --dir b
a port that is none|serve --dir a --port x
a port that is too high|serve --dir a --port 65536
a negative port|serve --dir a --port -1
a port with something behind it|serve --dir a --port 80x
too many threads|serve --dir a --threads 100000
an issuer without its log|init --issuer-only --dir a --host h
an issuer with staff of its own|init --issuer-only --dir a --host h --log http://h --key k --staff x.pub
an issuer that is a rehearsal by itself|init --issuer-only --dir a --host h --log http://h --key k --rehearsal
a log with the key of another|init --dir a --origin o --name n --host h --key k
an issuer that signs trees|serve --issuer-only --dir a --state b
an issuer that takes records|serve --issuer-only --dir a --cast-host b
a role that is none|staff add --name x --role king --out y
a name that is none|staff add --name ../x --role admin --out y
a factor that is none|roll letters x.csv --out y --host https://h --factor shoe
half a number of voters|rehearse x.pb --voters 1.5
no clients|rehearse x.pb --clients 0
too many clients|rehearse x.pb --clients 1000
init without a name|init --dir x --origin y --host z
init without staff|init --dir x --origin y --name w --host z
init with one of the staff|init --dir x --origin y --name w --host z --staff s
a listing with arguments|space list a --server http://z
an unknown command of trustee|trustee nonsense
an attempt that is none|trustee commit x --dir y --box z --attempt 0
two post boxes|trustee commit x --dir y --box z --server http://z
a draft that is published|space form x y --draft --publish --server http://z --key k
a vote without a choice|resident vote x --papers y --server http://z
TABLE
wrong "serve --log of no witness" "$P" serve --dir "$T/data" --log x
wrong "a witness with a clock" "$P" serve --witness-only --dir "$T/witness" \
	--clock "$T/clock"
wrong "init of a witness without a name" "$P" init --witness-only --dir "$T/w3"
wrong "init of a witness with an origin" "$P" init --witness-only \
	--dir "$T/w3" --name w.example --origin x
wrong "verify with no threads" "$A" verify x --threads 0
wrong "tally by no rule" "$A" tally tests/pb/eleven.pb --rule nonsense
wrong "the auditor with an unknown command" "$A" nonsense
wrong "watch without a folder" "$A" watch http://127.0.0.1:1 --once
wrong "watch without a log" "$A" watch --keep "$T/w"
wrong "watch every now and then" "$A" watch http://127.0.0.1:1 --keep "$T/w" \
	--interval 0
wrong "watch with a key that is none" "$A" watch http://127.0.0.1:1 \
	--keep "$T/w" --key "$T/none" --once
wrong "watch with a policy that is not there" "$A" watch http://127.0.0.1:1 \
	--keep "$T/w" --policy "$T/none" --once
wrong "watch with a receipt that is not there" "$A" watch http://127.0.0.1:1 \
	--keep "$T/w" --receipt "$T/none" --once
wrong "watch from a file instead of a folder" "$A" watch http://127.0.0.1:1 \
	--keep "$0" --once
# Without any command there is nothing to say but which there are.
for c in "$A" "$P" "$P staff" "$P space" "$P roll" "$P resident" \
	"$P trustee"; do
	name="$(basename "$c") alone shows its commands"
	# shellcheck disable=SC2086
	$c >"$T/out" 2>"$T/err"
	if [ $? -eq 2 ] && [ ! -s "$T/out" ] && grep -q '^usage: ' "$T/err"
	then
		ok "$name"
	else
		not_ok "$name"
	fi
done
exit $failed
