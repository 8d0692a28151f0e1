#ifndef TRUSTEE_H
#define TRUSTEE_H

#include "form.h"

#include "box.h"
#include "trustee_state.h"

/*
 * A trustee's part in the key ceremony of a sealed space (PROTOCOL 7.1).  Each
 * step reads the whole box, verifies all of the ceremony so far, keeps what is
 * secret durably, and only then lets her message out.  A step that is done
 * again gives the same message.
 */
struct trustee {
	const char *dir;
	int lock; /* one command at a time: two would draw two secrets */
	struct trustee_key key;
	struct header *header;
	struct trust *log; /* NULL: the folder has no copy of it */
	struct box *box;
	struct trustee_state state;
	uint32_t newest;     /* attempt in the box; 0: none */
	struct ceremony all; /* this attempt, borrowed */
	struct buf said;     /* what happened, and what comes next */
};

/**
 * trustee_open(dir, name, passphrase, out, why), trustee_close(t):
 * Her folder, unlocked.  ${name} may be NULL, ${dir} is borrowed.  ERR_STATE:
 * another command is at work there.
 */
enum err trustee_open(const char *dir, const char *name,
    struct slice passphrase, struct trustee *out, struct why *why) MUST_USE;
void trustee_close(struct trustee *t);

/**
 * trustee_enter(t, server, folder, slug, why):
 * The ceremony of ${slug} with that post box; header and state.
 */
enum err trustee_enter(struct trustee *t, const char *server,
    const char *folder, const char *slug, struct why *why) MUST_USE;

/**
 * trustee_commit(t, attempt, why), trustee_reveal, trustee_share,
 * trustee_check(t, why):
 * One step; t->said has two sentences.  ${attempt} 0: the one under way.
 * ERR_NOT_FOUND: others have to do something first; ERR_SIGNATURE: something
 * is wrong, and with whom; ERR_FORBIDDEN: a complaint ended the attempt;
 * ERR_CONFLICT: the box shows something else than before, or something of hers
 * that she did not make.
 */
enum err trustee_commit(
    struct trustee *t, uint32_t attempt, struct why *why) MUST_USE;
enum err trustee_reveal(struct trustee *t, struct why *why) MUST_USE;
enum err trustee_share(struct trustee *t, struct why *why) MUST_USE;
enum err trustee_check(struct trustee *t, struct why *why) MUST_USE;

/**
 * trustee_form(t, out, why), trustee_sign(t, f, why):
 * The form that is to be signed, with the transcript verified and compared with
 * what she accepted; sign it.  ERR_CONFLICT: she signed another one.
 */
enum err trustee_form(
    struct trustee *t, struct form **out, struct why *why) MUST_USE;
enum err trustee_sign(
    struct trustee *t, const struct form *f, struct why *why) MUST_USE;

/**
 * trustee_next(t):
 * Say in t->said what comes next by what she has done so far.
 */
void trustee_next(struct trustee *t);

/**
 * trustee_keys(s, out):
 * What she accepted, without the transcript's hash.
 */
void trustee_keys(const struct trustee_state *s, struct ceremony_keys *out);

#endif /* TRUSTEE_H */
