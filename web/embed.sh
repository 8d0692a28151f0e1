#!/bin/sh
# web/embed.sh FILE...: print a C table of the files (server/static.h), so that
# the program carries them inside.
set -eu
printf '#include "static.h"\n\n'
i=0
for f in "$@"; do
	printf 'static const uint8_t file%d[] = {\n' "$i"
	od -An -v -tx1 "$f" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
	printf '};\n\n'
	i=$((i + 1))
done
printf 'const struct static_file static_files[] = {\n'
i=0
for f in "$@"; do
	case $f in
	*.css) type='text/css; charset=utf-8' ;;
	*.js) type='text/javascript; charset=utf-8' ;;
	*.svg) type='image/svg+xml' ;;
	*.woff2) type='font/woff2' ;;
	*.txt) type='text/plain; charset=utf-8' ;;
	*) echo "embed.sh: no media type for $f" >&2 && exit 1 ;;
	esac
	tag=$(sha256sum "$f" | cut -c1-32)
	printf '\t{ "%s", "%s", "\\"%s\\"", file%d, sizeof(file%d) },\n' \
		"$(basename "$f")" "$type" "$tag" "$i" "$i"
	i=$((i + 1))
done
printf '\t{ NULL, NULL, NULL, NULL, 0 },\n};\n'
