#ifndef FORGE_H
#define FORGE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "blind.h"
#include "entry.h"
#include "replay.h"
#include "roll.h"
#include "trustees.h"

/*
 * Logs made by hand, every signature valid, written as the folder that the
 * auditor reads.  A "twist" names the one step that is done wrongly, see the
 * table in test_broken.c; "" makes a log in which every rule holds.
 *
 * Whatever fails in here fails the test that called.
 */
#define FORGE_ORIGIN "comune.example/log"
#define FORGE_HOST "comune.example"
#define FORGE_SECOND "secondo.example" /* of the second issuer */
#define FORGE_STAFF 5
#define FORGE_LINES 8

/* A manifest of one file of a web client. */
#define FORGE_MANIFEST(path)                                    \
	"{\"files\":{\"" path "\":\"00000000000000000000000000" \
	"00000000000000000000000000000000000000\"},\"version\":1}"

/* Staff, in the order of their keys' places. */
enum forge_staff {
	FORGE_ADMIN_1,
	FORGE_ADMIN_2,
	FORGE_REGISTRAR,
	FORGE_MODERATOR,
	FORGE_EDITOR,
};

struct forge_bytes {
	struct hash name; /* objects */
	struct buf bytes;
};

/* A space as its makers know it. */
struct forge_space {
	const char *slug;
	enum space_kind kind;
	int separated;
	int sealed; /* three trustees, two of them needed */
	int paper;
	int witnessed; /* by how many of two witnesses, all needed */
	struct hash id;
	struct hash form_id;
	size_t first_key; /* its token keys: forge_key(first_key), ... */
	size_t issuers;
	struct hash challenge;
	struct hash second_challenge; /* of the issuers after the first */
	uint32_t lines[FORGE_LINES];
};

/* One who takes part: a line of the roll and a credential. */
struct forge_voter {
	struct sign_key roll;
	struct sign_key credential;
};

struct forge {
	const char *twist;
	struct sign_key log;
	struct sign_key receipt;
	struct sign_key witness;
	struct sign_key second_witness;
	int two_witnesses; /* a header asks for both */
	struct sign_key staff[FORGE_STAFF];
	uint64_t n[FORGE_STAFF];
	struct forge_voter voters[FORGE_LINES];
	/* Of the sealed space: header, ceremony, form. */
	struct header *header;
	struct trustees trustees;
	struct form *form;
	struct forge_bytes *entries;
	size_t n_entries, cap_entries;
	struct forge_bytes *objects;
	size_t n_objects, cap_objects;
};

struct forge *forge_new(const char *twist);
void forge_free(struct forge *f);

/**
 * forge_is(f, twist):
 * Nonzero iff that step is to go wrong.
 */
int forge_is(const struct forge *f, const char *twist);

/**
 * forge_key(i):
 * A token key; made once per process.
 */
const struct blind_key *forge_key(size_t i);

/**
 * forge_object(f, bytes, name):
 * Publish under the hash, which goes to ${name}; forge_object_as under another
 * name.
 */
void forge_object(struct forge *f, struct slice bytes, struct hash *name);
void forge_object_as(
    struct forge *f, const struct hash *name, struct slice bytes);

/**
 * forge_entry(f, e), forge_raw(f, bytes):
 * Sign ${e} by as many of the staff as its kind asks for, and append it; append
 * bytes as they are.  Return the entry's number.
 */
uint64_t forge_entry(struct forge *f, struct entry *e);
uint64_t forge_raw(struct forge *f, struct slice bytes);

/**
 * forge_write(f, dir):
 * Write everything so far to the folder ${dir}, which is made.
 */
void forge_write(struct forge *f, const char *dir);

/* Steps of an election; each appends what its name says. */
void forge_genesis(struct forge *f);
void forge_header(struct forge *f, struct forge_space *s);
void forge_form(struct forge *f, struct forge_space *s);
void forge_changes(
    struct forge *f, const struct roll_change *list, size_t n, int wrong);

/**
 * forge_ledger(f, s, issuer, purpose, voters, n):
 * The ledger of those ${voters} (numbers).
 */
void forge_ledger(struct forge *f, const struct forge_space *s, uint8_t issuer,
    uint8_t purpose, const size_t *voters, size_t n);

/**
 * forge_record(f, s, voter, purpose, seq, body, out):
 * A signed record with its tokens, appended to ${out}.
 */
void forge_record(struct forge *f, const struct forge_space *s, size_t voter,
    enum purpose purpose, uint32_t seq, struct slice body, struct buf *out);

/**
 * forge_batch(f, s, window_end, records, n):
 * A batch entry and its records, sorted.
 */
void forge_batch(struct forge *f, const struct forge_space *s,
    uint64_t window_end, struct buf *records, size_t n);

void forge_close(struct forge *f, const struct forge_space *s, uint32_t records,
    uint32_t credentials);

/**
 * forge_read(f, dir):
 * Write the log so far to ${dir} and read it; replay_free it, then source_free
 * its source.
 */
struct replay *forge_read(struct forge *f, const char *dir);

/**
 * forge_result(f, s, dir):
 * Write the log so far to ${dir}, recount, and append the result.
 */
void forge_result(
    struct forge *f, const struct forge_space *s, const char *dir);

/**
 * forge_town(f, dir):
 * A whole log, in ${dir}: a vote with everything in it, an ideas space, a
 * cancelled space, a sealed vote with two issuers (forge_sealed; not with the
 * twist "unsealed").  forge_sealed_log makes a log of a sealed vote alone.
 */
void forge_town(struct forge *f, const char *dir);
void forge_sealed_log(struct forge *f, const char *dir);

/**
 * forge_sealed(f, s, dir):
 * The sealed space ${s}: records, of which one supersedes another, one is
 * blank and one null; openings by the trustees 1 and 3; the result.
 */
void forge_sealed(struct forge *f, struct forge_space *s, const char *dir);

/**
 * forge_dir(name), forge_clean(dir):
 * A fresh folder for a test, static; remove it and all in it.
 */
const char *forge_dir(const char *name);
void forge_clean(const char *dir);

#endif /* FORGE_H */
