# The worked examples in docs/PROTOCOL.md are the vectors, every format has one.
python3 tests/examples_check.py
