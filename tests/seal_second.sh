#!/bin/sh
# The vectors of sealing, ceremony and opening against a second program that
# was written from docs/PROTOCOL.md alone: tests/seal2.py.
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
if ! command -v python3 >/dev/null; then
	echo "skipped: the second sealing needs python3"
	exit 0
fi
python3 tests/seal2.py || {
	echo "not ok a second program makes something else of the text"
	exit 1
}

# It looks: one digit of each file is another.
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
failed=0
mkdir -p "$T/tests/vectors"
cp tests/seal2.py "$T/tests"
for name in seal ceremony opening; do
	cp tests/vectors/seal.json tests/vectors/ceremony.json \
		tests/vectors/opening.json "$T/tests/vectors"
	case $name in
	seal) member=pok_z ;;
	ceremony) member=T_2 ;;
	opening) member=z ;;
	esac
	sed "s/\"$member\": \"../\"$member\": \"f7/" \
		"tests/vectors/$name.json" >"$T/tests/vectors/$name.json"
	if (cd "$T" && python3 tests/seal2.py) >/dev/null 2>&1; then
		echo "not ok a wrong $member in $name.json is not noticed"
		failed=1
	else
		echo "ok a wrong $member in $name.json is noticed"
	fi
done
exit $failed
