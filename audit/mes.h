#ifndef MES_H
#define MES_H

#include <gmp.h>
#include <stddef.h>
#include <stdint.h>

#include "election.h"
#include "err.h"

/*
 * One run of the method of equal shares for one endowment (docs/RULES.md, 5),
 * repeatable for many endowments with the same memory.
 *
 * Every decision is exact.  Floating point only sorts out what is clear within
 * its own proven error; whatever is not is decided by integers (mes.c).
 */
struct mes;

/**
 * mes_new(out, e, rank, effective):
 * Prepare runs over the sealed election ${e}, which must outlive ${*out}.
 * ${rank}, copied, gives each project its place in the order of ties.  With
 * ${effective} the largest cost/rho wins a round, else the smallest rho.  The
 * caller frees ${*out} with mes_free.
 */
enum err mes_new(struct mes **out, const struct election *e,
    const uint32_t *rank, int effective) MUST_USE;

/**
 * mes_run(m, endowment, order, n):
 * Give every voter ${endowment} money and write the winners to ${order}, which
 * has room for all projects, in order of selection, and their number to ${n}.
 */
enum err mes_run(
    struct mes *m, const mpq_t endowment, uint32_t *order, size_t *n) MUST_USE;

/**
 * mes_run_without(m, endowment, project, order, n):
 * As mes_run, as if ${project}, which costs something, were not there.
 */
enum err mes_run_without(struct mes *m, const mpq_t endowment, uint32_t project,
    uint32_t *order, size_t *n) MUST_USE;

/**
 * mes_free(m):
 * Free; NULL is allowed.
 */
void mes_free(struct mes *m);

#endif /* MES_H */
