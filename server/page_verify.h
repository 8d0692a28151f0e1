#ifndef PAGE_VERIFY_H
#define PAGE_VERIFY_H

#include "page.h"

/* A witness, and whether it signed the present checkpoint. */
struct page_witness {
	const char *name;
	uint64_t time; /* UNIX seconds; 0: it did not */
};

/* Papers of one ledger by how the line came to the key that asked. */
#define PAGE_METHODS (ROLL_PAPER + 1)

/* What a space's numbers are held against. */
struct page_numbers {
	struct page_space now;
	struct roll_counts roll;
	/* Of each issuer's ledger for votes; all 0: not known. */
	uint32_t methods[RECORD_ISSUERS_MAX][PAGE_METHODS];
};

/* The log as whoever checks it sees it. */
struct page_log {
	const char *vkey;
	const char *checkpoint;
	uint64_t size;
	struct hash root;
	const struct page_witness *witnesses;
	size_t n_witnesses;
	int has_quorum; /* as the policy asks, and each open header */
	const struct service_bundle *bundles;
	size_t n_bundles;
	const struct page_numbers *spaces; /* in the order of the log */
	size_t n_spaces;
};

/**
 * page_verify(b, p, log):
 * State of the log, its witnesses, and the numbers of every space.
 */
void page_verify(
    struct buf *b, const struct page *p, const struct page_log *log);

#endif /* PAGE_VERIFY_H */
