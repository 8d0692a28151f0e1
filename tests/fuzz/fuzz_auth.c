#include <stdio.h>
#include <string.h>

#include "auth.h"
#include "base64.h"

#include "fuzz.h"

/*
 * Property: a header that is accepted, printed again in the plain order, is
 * accepted again and means the same; none is accepted for both schemes.
 */
static void
again(const struct auth_roll *a)
{
	char key[64], salt[96], sig[96], factor[64], text[600];
	struct auth_roll b;
	int n;

	base64_encode(BASE64_URL, public_key_slice(&a->key), key);
	base64_encode(BASE64_URL, slice_of(a->salt, AUTH_SALT), salt);
	base64_encode(BASE64_URL, slice_of(a->sig.b, 64), sig);
	base64_encode(BASE64_URL, hash_slice(&a->factor), factor);
	n = snprintf(text, sizeof(text),
	    "Roll key=\"%s\", salt=\"%s\", sig=\"%s\"", key, salt, sig);
	if (a->has_factor)
		snprintf(text + n, sizeof(text) - (size_t)n, ", factor=\"%s\"",
		    factor);
	MUST(auth_roll_parse(text, &b) == OK);
	MUST(memcmp(&a->key, &b.key, sizeof(b.key)) == 0 &&
	     memcmp(a->salt, b.salt, AUTH_SALT) == 0 &&
	     memcmp(&a->sig, &b.sig, sizeof(b.sig)) == 0 &&
	     a->has_factor == b.has_factor &&
	     hash_equal(&a->factor, &b.factor));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct auth_roll roll;
	struct auth_staff staff;
	char text[2048];
	int is_roll, is_staff;

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = 0;
	is_roll = auth_roll_parse(text, &roll) == OK;
	is_staff = auth_staff_parse(text, &staff) == OK;
	MUST(!is_roll || !is_staff);
	MUST(!is_staff || staff.n > 0);
	if (is_roll)
		again(&roll);
	return 0;
}
