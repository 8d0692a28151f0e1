/*
 * A record that parses is nothing but its fields: put together again they are
 * the same bytes.  The first byte says how many issuers there are.
 */
#include <string.h>

#include "record.h"

#include "fuzz.h"

static void
check_contribution(struct slice body)
{
	struct contribution c;
	struct buf b = { 0 };

	if (contribution_parse(body, &c) != OK)
		return;
	contribution_put(&b, &c);
	MUST(slice_equal(buf_slice(&b), body));
	buf_free(&b);
}

static void
check_sealed(struct slice body)
{
	struct sealed_body s;

	if (sealed_body_parse(body, &s) != OK)
		return;
	MUST(s.ct.n >= 16 && s.ct.p + s.ct.n == body.p + body.n);
	MUST(memcmp(s.r, body.p, 32) == 0);
	MUST(memcmp(s.pok_z, body.p + 64, 32) == 0);
}

static void
check_record(const struct record *r)
{
	struct record again;
	struct buf b = { 0 };
	struct hash space;
	struct sign_key k;

	MUST(record_space(r->raw, &space) == OK);
	MUST(hash_equal(&space, &r->space_id));
	memset(&k, 1, sizeof(k));
	k.pk = r->pk;
	MUST(record_sign(r, &k, &b) == OK);
	MUST(b.n == r->raw.n);
	MUST(memcmp(b.p, r->raw.p, b.n - 64) == 0);
	MUST(memcmp(r->sig.b, r->raw.p + b.n - 64, 64) == 0);
	MUST(record_parse(buf_slice(&b), r->n_auth, &again) == OK);
	buf_free(&b);
	(void)!record_verify(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record r;

	if (size == 0)
		return 0;
	if (record_parse(slice_of(data + 1, size - 1), data[0] % 9, &r) == OK)
		check_record(&r);
	check_contribution(slice_of(data + 1, size - 1));
	check_sealed(slice_of(data + 1, size - 1));
	return 0;
}
