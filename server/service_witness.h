#ifndef SERVICE_WITNESS_H
#define SERVICE_WITNESS_H

#include "header.h"

#include "store.h"

/*
 * From a signed tree to the published checkpoint: the witnesses of DIR/policy
 * are asked for their cosignatures (C2SP tlog-witness), all at once, each by a
 * thread of its own.
 *
 * One checkpoint is collected for at a time.  It is published when the policy's
 * quorum has cosigned it, or when all have answered, or when the time is over,
 * with the lines that there are; later ones are added.  What is signed in the
 * meantime waits: then the newest is next.  So nothing published ever becomes
 * shorter, and nobody but who waits for the publication waits for a witness.
 */
struct service;
struct service_witness;

/* Milliseconds that a checkpoint waits for its quorum. */
#define SERVICE_WITNESS_MS 5000

/**
 * service_witness_open(s, dir, why), service_witness_close(s):
 * Read ${dir}/policy, if there is one, and start the threads.  ERR_FORMAT: no
 * policy of this log.  After it, every signed tree goes through
 * service_witness_publish.
 */
enum err service_witness_open(
    struct service *s, const char *dir, struct why *why) MUST_USE;
void service_witness_close(struct service *s);

/**
 * service_witness_publish(s, size, note):
 * A tree was signed: publish its checkpoint ${note} (taken over), now or later.
 * Calls come in the order of size.
 */
void service_witness_publish(
    struct service *s, uint64_t size, struct buf *note);

/**
 * service_witness_wait(s):
 * Return when all that is signed is published; after ten seconds at the latest.
 * No lock is held.
 */
void service_witness_wait(struct service *s);

/**
 * service_witness_resume(s, why):
 * At a start: take up the lines that were published before, and ask all
 * witnesses.  ERR_STATE: one showed a checkpoint with our signature that does
 * not belong to this log.
 */
enum err service_witness_resume(struct service *s, struct why *why) MUST_USE;

/**
 * service_witness_policy(s, out):
 * The policy as it is published.
 */
void service_witness_policy(struct service *s, struct buf *out);

/**
 * service_witness_judge(s, h, why):
 * ERR_FORBIDDEN: the header names a witness that is never asked.
 */
enum err service_witness_judge(
    struct service *s, const struct header *h, struct why *why) MUST_USE;

/**
 * service_witness_doctor(store, dir, report, cookie):
 * Ask each witness of ${dir}/policy what it cosigned last, and report it;
 * returns the number of faults: a policy that is none, and witnesses that hold
 * a checkpoint which the folder does not contain.  One that does not answer is
 * no fault of the folder.
 */
unsigned service_witness_doctor(
    struct store *store, const char *dir, store_report *report, void *cookie);

#endif /* SERVICE_WITNESS_H */
