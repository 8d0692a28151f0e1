#ifndef TRUST_H
#define TRUST_H

#include "entry.h"
#include "form.h"
#include "header.h"
#include "source.h"

/*
 * What a client believes: nothing but what is in the log under a signed
 * checkpoint.  Entries are read by whole bundles, each proven as a whole, so
 * that the server cannot tell which entry somebody looks for (PROTOCOL 6).
 */
struct trust;

/**
 * trust_open(where, vkey, earlier, out, why):
 * Read and verify the checkpoint of the log at ${where} (URL or folder) with
 * ${vkey}; NULL: with log/key, for a first contact.  ${earlier}, a checkpoint
 * kept from before (n = 0: none), must be a beginning of this log:
 * ERR_SIGNATURE otherwise, which is evidence against the server.
 */
enum err trust_open(const char *where, const char *vkey, struct slice earlier,
    struct trust **out, struct why *why) MUST_USE;
void trust_free(struct trust *t);

/**
 * trust_demand(t, path, why):
 * The reader's own policy (a C2SP tlog-policy file), beside what headers ask
 * for.  ERR_SIGNATURE: the checkpoint lacks its quorum; ERR_FORBIDDEN: it is
 * for other logs; ERR_FORMAT, ERR_NOT_FOUND, ERR_IO: of the file.
 */
enum err trust_demand(
    const struct trust *t, const char *path, struct why *why) MUST_USE;

/* Borrowed. */
const struct note_key *trust_key(const struct trust *t);
const struct checkpoint *trust_checkpoint(const struct trust *t);
struct slice trust_note(const struct trust *t);

/**
 * trust_entry(t, index, entry, why):
 * Entry number ${index}, its whole bundle proven; borrowed until the next call.
 * ERR_SIGNATURE; ERR_NOT_FOUND: the log is shorter.
 */
enum err trust_entry(struct trust *t, uint64_t index, struct slice *entry,
    struct why *why) MUST_USE;

/**
 * trust_prove(t, index, out, why):
 * The inclusion proof of an entry of the bundle read last.
 */
enum err trust_prove(struct trust *t, uint64_t index, struct merkle_proof *out,
    struct why *why) MUST_USE;

/**
 * trust_receipt_key(t, out, why):
 * The key of receipts, from the log's genesis entry.
 */
enum err trust_receipt_key(
    struct trust *t, struct note_key *out, struct why *why) MUST_USE;

/**
 * trust_header(t, index, bytes, out, why):
 * Accept ${bytes} as the header that entry ${index} logs: of this log, and the
 * checkpoint cosigned by the quorum it names.  The caller's header_free.
 */
enum err trust_header(struct trust *t, uint64_t index, struct slice bytes,
    struct header **out, struct why *why) MUST_USE;

/**
 * trust_object(t, name, out, why):
 * The object of the hash ${name}, into the empty ${out}.  ERR_SIGNATURE: what
 * is given under that name is another.
 */
enum err trust_object(struct trust *t, const struct hash *name, struct buf *out,
    struct why *why) MUST_USE;

/**
 * trust_form(t, first, h, bytes, out, why):
 * Accept ${bytes} as the form of ${h}, logged somewhere after entry ${first}.
 * A sealed one only with the signatures of all trustees and with the key that
 * the ceremony made whose transcript it names: that is read and verified.
 */
enum err trust_form(struct trust *t, uint64_t first, const struct header *h,
    struct slice bytes, struct form **out, struct why *why) MUST_USE;

/**
 * trust_ledger_count(t, first, h, issuer, purpose, out, why):
 * How many rows the ledger logged for the space has; ERR_NOT_FOUND: none yet.
 */
enum err trust_ledger_count(struct trust *t, uint64_t first,
    const struct header *h, size_t issuer, enum purpose purpose, uint32_t *out,
    struct why *why) MUST_USE;

/* What was found of one credential. */
struct trust_record {
	uint64_t index;
	uint64_t window_end;
	uint32_t seq;
	struct hash leaf;
	struct buf raw; /* the record */
};

/**
 * trust_records(t, range, h, purpose, pk, each, cookie, why):
 * Read all bundles of [range->first, range->last) and call ${each} with every
 * record of
 * ${pk}, which is borrowed, in the order of the log.  Never stops early: what
 * is read does not tell what was found.
 */
typedef enum err trust_each(void *cookie, const struct trust_record *found);
struct trust_range {
	uint64_t first;
	uint64_t last;
};
enum err trust_records(struct trust *t, const struct trust_range *range,
    const struct header *h, enum purpose purpose, const struct public_key *pk,
    trust_each *each, void *cookie, struct why *why) MUST_USE;

/**
 * trust_find(t, first, last, h, purpose, pk, out, why):
 * Read the same and give the record of ${pk} with the highest seq; the caller's
 * buf_free of out->raw.  ERR_NOT_FOUND: there is none.
 */
enum err trust_find(struct trust *t, uint64_t first, uint64_t last,
    const struct header *h, enum purpose purpose, const struct public_key *pk,
    struct trust_record *out, struct why *why) MUST_USE;

#endif /* TRUST_H */
