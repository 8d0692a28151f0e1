#ifndef MONEY_H
#define MONEY_H

#include <gmp.h>
#include <stddef.h>
#include <stdint.h>

#include "election.h"
#include "err.h"

/*
 * The voters' money in a run of equal shares, exactly (docs/RULES.md, 5.1).
 * mes.c finds the winners fast; this follows them with every amount at hand,
 * for explanations.  All amounts are whole numbers of 1/q, and q grows as
 * payments divide.  Who has less than a share is seen in floating point where
 * that is clear, and decided by whole numbers where it is not.
 */

struct backer {
	uint32_t group;
	uint32_t points;
};

struct money {
	const struct election *e;
	struct backer *backers; /* of project c: first[c] .. first[c + 1] */
	size_t *first;
	mpz_t q;
	mpz_t *cost;   /* per project */
	mpz_t *held;   /* per group, of one voter: use money_held */
	double *about; /* per group: the same, nearly, as a number */
	uint32_t *age;
	mpz_t *grown; /* per age: q / q then */
	uint32_t n_ages;
	uint8_t *poor; /* per backer of the project that is priced */
	/* Kept only with ${track}, per project. */
	int track;
	mpz_t *sum;	  /* all that its supporters hold */
	mpz_t *given;	  /* what they paid to the last winner */
	uint64_t *givers; /* how many of them paid it anything */
	mpz_t t, t2, den;
};

/* The price of a project for a point of utility: num / (d * q). */
struct price {
	mpz_t num;
	uint64_t d;
};

/* What the supporters of a winner paid. */
struct payment {
	uint64_t payers; /* paid anything */
	uint64_t part;	 /* ... but less than their share: all they had */
	mpz_t min, max;	 /* of those who paid */
};

/**
 * money_new(out, e, track):
 * Prepare for the sealed ${e}, which must outlive ${*out}.  The caller frees it
 * with money_free.
 */
enum err money_new(
    struct money **out, const struct election *e, int track) MUST_USE;

/**
 * money_start(m, endowment):
 * Give every voter ${endowment}, and take back all that was paid.
 */
void money_start(struct money *m, mpq_srcptr endowment);

/**
 * money_held(m, group):
 * What a voter of ${group} holds.
 */
mpz_srcptr money_held(struct money *m, uint32_t group);

/**
 * money_price(m, project, price):
 * Find the price of ${project}, which costs something.  Return zero if its
 * supporters cannot pay it.
 */
int money_price(struct money *m, uint32_t project, struct price *price);

/**
 * money_effective(m, project, price, out):
 * Its effective vote count: cost / price.
 */
void money_effective(const struct money *m, uint32_t project,
    const struct price *price, mpq_ptr out);

/**
 * money_offer(m, project, num, den, out):
 * Set ${out} to what the supporters of ${project} could give at a price of
 * ${num} / (${den} * q), times ${den}.
 */
void money_offer(struct money *m, uint32_t project, mpz_srcptr num,
    mpz_srcptr den, mpz_ptr out);

/**
 * money_pay(m, project, price, payment):
 * Let the supporters of ${project} pay the ${price} that money_price found.
 */
void money_pay(struct money *m, uint32_t project, const struct price *price,
    struct payment *payment);

/**
 * money_amount(m, z, out):
 * The amount ${z} as a number.
 */
void money_amount(const struct money *m, mpz_srcptr z, mpq_ptr out);

/**
 * money_free(m):
 * Free; NULL is allowed.
 */
void money_free(struct money *m);

#endif /* MONEY_H */
