/*
 * A trustee's secrets: the coefficients and the key of a ceremony, her share,
 * and what lies locked in her files.  What she sends is public.
 */
#include "dkg.h"
#include "locked.h"
#include "opening.h"
#include "wipe.h"

#include "secret.h"

#define N 3
#define T 2
#define BALLOTS 4

static struct hash space = { { 1 } }, t1 = { { 2 } }, t2 = { { 3 } };
static struct scalar x[N];
static struct point y, v[N];

static struct dkg d[N];
static struct dkg_secret secret[N];
static struct dkg_public public[N];

static void
reveal(uint8_t i)
{
	struct dkg_proof proof;

	d[i] = (struct dkg){ &space, 1, (uint8_t)(i + 1), N, T };
	MUST(dkg_draw(&d[i], &secret[i], &public[i]) == OK);
	SECRET(secret[i]);
	MUST(dkg_prove(&d[i], &t1, &secret[i], &public[i], &proof) == OK);
	PUBLIC(proof);
	MUST(dkg_verify(&d[i], &t1, &public[i], &proof) == OK);
}

static void
share(uint8_t i, uint8_t j)
{
	uint8_t ct[DKG_SHARE_BYTES];
	struct scalar s;

	MUST(dkg_share_seal(&d[i], &secret[i], &public[i], (uint8_t)(j + 1),
		 &public[j].e, &t2, ct) == OK);
	PUBLIC(ct);
	MUST(dkg_share_open(&d[j], &secret[j], &public[j], (uint8_t)(i + 1),
		 &public[i], &t2, ct, &s) == OK);
	scalar_add(&x[j], &s, &x[j]);
}

static void
ceremony(void)
{
	uint8_t i;

	for (i = 0; i < N; i++)
		reveal(i);
	for (i = 0; i < N * N; i++)
		share(i / N, i % N);
	MUST(dkg_joint(public, N, T, &y, v) == OK);
	wipe(secret, sizeof(secret));
}

static void
opening(void)
{
	struct point r[BALLOTS], shares[BALLOTS];
	struct opening_proof proof;
	struct opening_seed seed;
	struct opening_sums sums;
	struct scalar s;
	struct opening o = { space, t1, 9, t2, 1, &v[0], BALLOTS, r, shares };
	uint8_t random[32];
	size_t i;

	for (i = 0; i < BALLOTS; i++) {
		scalar_random(&s);
		MUST(point_base(&s, &r[i]) == OK);
	}
	random_bytes(random, sizeof(random));
	SECRET(x[0]);
	SECRET(random);
	MUST(opening_share(&x[0], r, shares, 0, BALLOTS) == OK);
	PUBLIC(shares);
	MUST(opening_seed(&o, &seed) == OK);
	MUST(opening_sum(&o, &seed, 0, BALLOTS, &sums) == OK);
	MUST(opening_prove(&seed, &sums, &x[0], random, &proof) == OK);
	PUBLIC(proof);
	MUST(opening_verify(&o, &proof) == OK);
}

/*
 * The passphrase stays defined: Argon2id is made to read memory at places that
 * depend on it (RFC 9106, 3.4.1.3).
 */
static void
locked(void)
{
	struct slice pass = slice_str("correct horse battery");
	struct buf text = { 0 }, plain = { 0 };
	uint8_t own[40] = { 1, 2, 3 };

	SECRET(own);
	MUST(locked_seal("w", pass, slice_of(own, sizeof(own)), &text) == OK);
	PUBLIC_BYTES(text.p, text.n);
	MUST(locked_open(buf_slice(&text), "w", pass, &plain) == OK);
	PUBLIC(own);
	PUBLIC_BYTES(plain.p, plain.n);
	MUST(slice_equal(buf_slice(&plain), slice_of(own, sizeof(own))));
	buf_free(&text);
	buf_free(&plain);
}

int
main(void)
{
	ceremony();
	opening();
	locked();
	return 0;
}
