#ifndef ATTACK_H
#define ATTACK_H

#include "forge.h"
#include "town.h"

/*
 * What the tests of docs/THREATS.md's table of attacks have in common
 * (tests/test_attacks_*.c).
 */

/**
 * attack_town_new, attack_town_free: cmocka's setup and teardown of a town.
 */
int attack_town_new(void **state);
int attack_town_free(void **state);

/**
 * attack_vote_space(t, slug, n):
 * A space whose issuance is over and whose voters 0 to n - 1 collected.
 */
struct space *attack_vote_space(struct town *t, const char *slug, size_t n);

/* What town_wait can wait for. */
int attack_has_ledger(const struct space *sp);
int attack_has_destroyed(const struct space *sp);
int attack_has_batch(const struct space *sp);

/**
 * attack_audit(f, rule):
 * Audit the forged log; how many faults there are and the rule of the first.
 */
size_t attack_audit(struct forge *f, enum rule_no *rule);

/**
 * attack_twist(twist, rule):
 * Nonzero iff the auditor finds that rule, and no other, broken in the forged
 * town with this twist (see test_broken.c).
 */
int attack_twist(const char *twist, enum rule_no rule);

/**
 * attack_begin(f, s):
 * Header and form of a ballot space, and a ledger of lines 0 to 3 for each of
 * its issuers.
 */
void attack_begin(struct forge *f, struct forge_space *s);

/**
 * attack_vote(f, s, voter, seq, choices, out):
 * A record of the bitmap ${choices}.
 */
void attack_vote(struct forge *f, const struct forge_space *s, size_t voter,
    uint32_t seq, uint8_t choices, struct buf *out);

/**
 * attack_copy(t, out):
 * The stopped town ${t} a second time, in a folder of its own: open it, later
 * town_free it.
 */
void attack_copy(const struct town *t, struct town *out);

#endif /* ATTACK_H */
