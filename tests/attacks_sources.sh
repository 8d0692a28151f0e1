#!/bin/sh
# Attacks of docs/THREATS.md that the sources themselves can show.
failed=0

# only NAME PATTERN FILES FOLDERS...: those files, and no others, have it.
only() {
	name=$1
	pattern=$2
	want=$3
	shift 3
	got=$(grep -rlE "$pattern" "$@" --include='*.c' | sort | tr '\n' ' ')
	if [ "${got% }" = "$want" ]; then
		echo "ok $name"
	else
		echo "not ok $name: in \"${got% }\", not \"$want\""
		failed=1
	fi
}

only A30_one_function_verifies_every_signature \
	'crypto_sign_[a-z0-9_]*(verify|open)|EVP_DigestVerify' \
	crypto/sign.c crypto audit client server

only A6_one_file_decodes_points \
	'crypto_(core|scalarmult)_ristretto255' crypto/point.c \
	crypto audit client server
only A7_there_is_no_other_generator \
	'ristretto255_(from_(hash|string)|random)|from_uniform' '' \
	crypto audit client server

# A resident's device draws her secret and the salts of asks (resident.c,
# played by rehearse_voters.c); the others make letters, staff keys, and what
# is a trustee's own.
only A32_a_resident_draws_her_secret_and_salts_only \
	'\<(random_bytes|sign_key_random|roll_code_random|getrandom|rand)\(' \
	'client/registrar.c client/rehearse_voters.c client/resident.c client/staff.c client/trustee_destroy.c client/trustee_key.c client/trustee_opening.c client/trustee_state.c' \
	client
n=$(grep -c 'random_bytes(' client/resident.c)
if [ "$n" -eq 2 ]; then
	echo "ok A32_she_draws_twice"
else
	echo "not ok A32_she_draws_twice: $n places in client/resident.c"
	failed=1
fi

only A39_every_derivation_goes_through_one_table \
	'hash_hkdf(512)?\(|EVP_KDF|crypto_kdf' 'crypto/derive.c crypto/hash.c' \
	crypto audit client server
n=$(grep -c 'hash_hkdf(' crypto/derive.c)
if [ "$n" -eq 1 ]; then
	echo "ok A39_it_has_one_call"
else
	echo "not ok A39_it_has_one_call: $n"
	failed=1
fi
exit $failed
