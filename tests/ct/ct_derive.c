/* From a code or a secret to keys, and signing with them. */
#include "derive.h"
#include "ledger.h"
#include "wipe.h"

#include "wallet.h"

#include "secret.h"

static void
roll_key(void)
{
	struct hash space = { { 1 } }, key = { { 2 } }, c = { { 3 } }, f;
	struct roll_code code;
	struct signature sig;
	struct sign_key k;

	roll_code_random(&code);
	SECRET(code);
	MUST(derive_roll_key(&code, &k) == OK);
	/* Public keys and signatures are, and what is asked is sent. */
	PUBLIC(k.pk);
	MUST(ledger_ask_sign(&k, &space, &key, &c, &sig) == OK);
	PUBLIC(sig);
	MUST(sign_verify(&k.pk, slice_of("x", 1), &sig) != OK);
	wallet_factor(&k.pk, "1961-03-12", &f);
	wipe(&k, sizeof(k));
}

static void
credential(void)
{
	struct hash space = { { 1 } }, key = { { 2 } };
	uint8_t salt[BLIND_SALT], blind[BLIND_BYTES], content[16];
	uint8_t seed[SEED_BYTES];
	struct slice msg = slice_of("message", 7);
	struct secret master, ss;
	struct signature sig;
	struct sign_key k;

	random_bytes(&master, sizeof(master));
	SECRET(master);
	MUST(derive_space_secret(&master, &space, &ss) == OK);
	MUST(derive_pss_salt(&ss, &key, salt) == OK);
	MUST(derive_blind(&ss, &key, 0, blind) == OK);
	MUST(derive_content_salt(
		 &ss, PURPOSE_AUTHOR, &key, 0, &space, content) == OK);
	MUST(derive_credential(&ss, PURPOSE_VOTE, &k) == OK);
	PUBLIC(k.pk);
	MUST(sign_dst(&k, "record", &msg, 1, &sig) == OK);
	PUBLIC(sig);
	MUST(sign_verify_dst(&k.pk, "record", &msg, 1, &sig) == OK);
	sign_key_seed(&k, seed);
	sign_key_from_seed(seed, &k);
	wipe(&k, sizeof(k));
}

int
main(void)
{
	roll_key();
	credential();
	return 0;
}
