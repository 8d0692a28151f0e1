#ifndef TRUSTEE_STATE_H
#define TRUSTEE_STATE_H

#include "ceremony.h"
#include "header.h"

#include "trustee_key.h"

/*
 * What a trustee keeps of one space: SLUG.ceremony in her folder, encrypted
 * under a key that lies in her locked NAME.key, so that a new passphrase
 * concerns one file only.  It is on disk before anything that follows from it
 * leaves the machine.
 */
#define TRUSTEE_STATE_MAX 400000

/* Wipe it with trustee_state_free. */
struct trustee_state {
	char slug[SLUG_MAX + 1];
	struct hash space_id;
	uint8_t index, n, t;
	struct buf log_key;    /* vkey seen first; n = 0: no log seen yet */
	struct buf checkpoint; /* verified last; n = 0: none */
	uint32_t attempt;      /* 0: none yet */
	/* Of this attempt. */
	int has_secret;
	struct dkg_secret secret;
	struct buf own[CEREMONY_ROUNDS]; /* by round; n = 0: none */
	/* Of every message seen; zero: none. */
	struct hash seen[CEREMONY_ROUNDS][DKG_TRUSTEES_MAX];
	/* What came of it. */
	int accepted;
	struct scalar x;
	struct point y;
	struct point v[DKG_TRUSTEES_MAX];
	/* One form, one tree, ever. */
	int has_form;
	struct hash form_id;
	struct signature form_sig;
	int has_opened;
	uint64_t size;
	struct hash root;
	int destroyed; /* the secrets are gone, the rest is remembered */
	/*
	 * It came back from a backup: what was done after that is not
	 * remembered.
	 */
	int restored;
};

/**
 * trustee_state_new(h, index, out), trustee_state_free(s):
 * Nothing has happened yet for trustee ${index} of ${h}.
 */
enum err trustee_state_new(
    const struct header *h, uint8_t index, struct trustee_state *out) MUST_USE;
void trustee_state_free(struct trustee_state *s);

/**
 * trustee_state_next(s, attempt):
 * Forget the attempt before; begin this one.
 */
void trustee_state_next(struct trustee_state *s, uint32_t attempt);

/**
 * trustee_state_forget(s):
 * Wipe what is secret.
 */
void trustee_state_forget(struct trustee_state *s);

/**
 * trustee_state_parse(s, out, why), trustee_state_put(s, b):
 * The plain bytes.  Strict.
 */
enum err trustee_state_parse(
    struct slice s, struct trustee_state *out, struct why *why) MUST_USE;
enum err trustee_state_put(
    const struct trustee_state *s, struct buf *b) MUST_USE;

/**
 * trustee_state_lock(s, k, out), trustee_state_unlock(text, k, out, why):
 * The text of SLUG.ceremony.  ERR_SIGNATURE: of another trustee, or altered.
 */
enum err trustee_state_lock(const struct trustee_state *s,
    const struct trustee_key *k, struct buf *out) MUST_USE;
enum err trustee_state_unlock(struct slice text, const struct trustee_key *k,
    struct trustee_state *out, struct why *why) MUST_USE;

/**
 * trustee_state_load(dir, slug, k, out, why), trustee_state_save(dir, s, k,
 * why):
 * The file in the folder ${dir} (0600, replaced in one step, synced).
 * ERR_NOT_FOUND: there is none.
 */
enum err trustee_state_load(const char *dir, const char *slug,
    const struct trustee_key *k, struct trustee_state *out,
    struct why *why) MUST_USE;
enum err trustee_state_save(const char *dir, const struct trustee_state *s,
    const struct trustee_key *k, struct why *why) MUST_USE;

#endif /* TRUSTEE_STATE_H */
