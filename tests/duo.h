#ifndef DUO_H
#define DUO_H

#include "http.h"
#include "issuer.h"
#include "resident.h"
#include "town.h"

/*
 * A town whose spaces have two issuers: the log's own server and another one,
 * both served over HTTP from this program, with one clock.
 */
#define DUO_URL 64
#define DUO_HOST "b.example"

struct duo {
	struct town town;
	struct http *http; /* of the log's server */
	char url[DUO_URL];
	char dir[DATADIR_PATH]; /* the other issuer's */
	struct service *issuer;
	struct http *issuer_http;
	unsigned port; /* the other issuer's */
	char issuer_url[DUO_URL];
	struct secret secrets[TOWN_VOTERS]; /* of the voters' lines */
};

/**
 * duo_new(d), duo_free(d):
 * Found the town and its issuer, and serve both; stop them, remove all files.
 */
void duo_new(struct duo *d);
void duo_free(struct duo *d);

/**
 * duo_issuer_open(d, why), duo_issuer_shut(d):
 * Start and stop the other issuer, at the port that it had.
 */
enum err duo_issuer_open(struct duo *d, struct why *why);
void duo_issuer_shut(struct duo *d);

/**
 * duo_log_serve(d), duo_log_stop(d):
 * Serve the log at the port that it had; stop (the service goes on).
 */
void duo_log_serve(struct duo *d);
void duo_log_stop(struct duo *d);

/**
 * duo_keys(d, slug, out):
 * Have the other issuer make its keys; the JSON text of its place in a header.
 */
void duo_keys(struct duo *d, const char *slug, struct buf *out);

/**
 * duo_space(d, slug, edits):
 * town_space with both issuers.
 */
struct space *duo_space(
    struct duo *d, const char *slug, const char *const *edits);

/**
 * duo_collect(d, sp, who, roll, tokens, why):
 * Voter number ${who}, with her secret and the key ${roll} (NULL: her own),
 * asks both issuers.  ${status}: of the last answer.
 */
enum err duo_collect(struct duo *d, const struct space *sp, size_t who,
    const struct sign_key *roll, struct buf *tokens, long *status,
    struct why *why);

/**
 * duo_ask(d, sp, issuer, who, roll, token, why):
 * The same, of one issuer only; the status of its answer.
 */
long duo_ask(struct duo *d, const struct space *sp, size_t issuer, size_t who,
    const struct sign_key *roll, uint8_t token[static BLIND_BYTES],
    struct why *why);

/**
 * duo_vote(d, sp, who, seq, tokens, why):
 * Cast for the first option.
 */
enum problem duo_vote(struct duo *d, const struct space *sp, size_t who,
    uint32_t seq, const struct buf *tokens, struct why *why);

/**
 * duo_change(d, action, old, new, sp, why):
 * Change the roll as staff do, over HTTP; the status of the answer.
 */
long duo_change(struct duo *d, enum roll_action action,
    const struct sign_key *old_key, const struct sign_key *new_key,
    const struct space *sp, struct why *why);

#endif /* DUO_H */
