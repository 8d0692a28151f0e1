#!/bin/sh
# docs/openapi.yaml against the program (tests/openapi_check.py): the same
# routes on both sides, and each documented status of each operation called.
set -u
for python in python3 /usr/bin/python3; do
	if "$python" -c 'import yaml' 2>/dev/null; then
		PYTHONDONTWRITEBYTECODE=1 exec "$python" \
			tests/openapi_check.py "${B:-build}"
	fi
done
echo "not ok openapi: Python cannot read YAML; on Debian:" \
	"apt-get install python3-yaml"
exit 1
