#!/bin/sh
# A second client, which shares no code with the first, makes the same bytes.
if python3 tests/client2.py; then
	echo "ok A32_a_second_program_makes_the_same_bytes"
else
	echo "not ok A32_a_second_program_makes_the_same_bytes"
	exit 1
fi
