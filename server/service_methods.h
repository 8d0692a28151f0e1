#ifndef SERVICE_METHODS_H
#define SERVICE_METHODS_H

#include "service_impl.h"

/**
 * service_methods(s, sp, issuer, out):
 * How many papers of that issuer's ledger went to keys of each roll_method; all
 * 0 where there is no ledger.  Counted once.  The caller has the world, or
 * knows that the ledger is there.
 */
void service_methods(struct service *s, const struct space *sp, size_t issuer,
    uint32_t out[static SERVICE_METHODS]);

#endif /* SERVICE_METHODS_H */
