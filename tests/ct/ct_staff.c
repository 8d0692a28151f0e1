/* A key file of staff: the 64 digits of its seed are the secret. */
#include "staff.h"

#include "secret.h"

int
main(void)
{
	struct staff_key k = { .name = "anna", .role = ROLE_ADMIN }, back;
	uint8_t seed[SEED_BYTES] = { 1, 2, 3 };
	struct buf text = { 0 };

	SECRET(seed);
	sign_key_from_seed(seed, &k.key);
	PUBLIC(k.key.pk);
	staff_key_put(&k, &text);
	MUST(staff_key_parse(buf_slice(&text), &back, NULL) == OK);
	PUBLIC(back.key);
	PUBLIC(k.key);
	MUST(memcmp(&back.key, &k.key, sizeof(k.key)) == 0);
	buf_free(&text);
	staff_key_wipe(&k);
	staff_key_wipe(&back);
	return 0;
}
