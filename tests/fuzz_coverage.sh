# A parser that a header offers has a fuzz target that calls it.
set -u
failed=0

# Those that need none, each with its reason.
except() {
	case $1 in
	# Reads a file and hands it to the parser of that name, which has one.
	papers_load | staff_key_load | trustee_state_load) ;;
	trustee_backup_read | box_read) ;;
	# Reads names and lines of its own folder; checkpoints are note_parse's.
	watch_keep_load) ;;
	# Read bytes, rows or a lock, not a format.
	file_read | kv_read | service_read) ;;
	# Its hashes come from a callback; fuzz_source reads them.
	merkle_load) ;;
	*) return 1 ;;
	esac
}

parsers=$(cat crypto/*.h audit/*.h client/*.h server/*.h |
	grep -v '^[ /]\*' |
	grep -oE '\b[a-z0-9_]+_(parse|decode|decode_exact|read|read_document|read_text|load)\(' |
	tr -d '(' | sort -u)
for name in $parsers; do
	except "$name" && continue
	if grep -qw "$name" tests/fuzz/fuzz_*.c; then
		n=$((${n:-0} + 1))
	else
		echo "not ok $name has no fuzz target in tests/fuzz"
		failed=1
	fi
done
[ "${n:-0}" -gt 30 ] || { echo "not ok few parsers found: ${n:-0}"; failed=1; }

# And each target says what must hold.
for f in tests/fuzz/fuzz_*.c; do
	grep -qE 'MUST\(|abort\(\)' "$f" || {
		echo "not ok $f states no property"
		failed=1
	}
done
[ $failed -eq 0 ] && echo "ok ${n} parsers have a fuzz target"
exit $failed
