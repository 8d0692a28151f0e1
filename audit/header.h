#ifndef HEADER_H
#define HEADER_H

#include "json.h"
#include "note.h"
#include "record.h"
#include "token.h"

/* A space's header (PROTOCOL 3). */
#define SLUG_MAX 64
#define HEADER_WITNESSES_MAX 32
#define HEADER_TRUSTEES_MAX 9

enum space_kind {
	SPACE_BALLOT = 1,
	SPACE_IDEAS = 2,
	SPACE_QUESTIONNAIRE = 3,
};

enum factor_kind {
	FACTOR_NONE,
	FACTOR_BIRTH_DATE,
	FACTOR_DOCUMENT,
};

struct window {
	uint64_t from; /* UNIX seconds */
	uint64_t to;
};

/* One issuer's key for one purpose, ready to verify tokens. */
struct issuer_key {
	uint8_t spki[BLIND_SPKI];
	struct hash key_id;
	struct blind_public *pub;
};

struct issuer {
	const char *name;
	const char *url;
	enum factor_kind factor;
	struct hash challenge; /* H(TokenChallenge) */
	struct issuer_key
	    keys[PURPOSE_MAX + 1]; /* by purpose; pub NULL: none */
};

struct header {
	json_t *doc; /* owns all strings */
	struct hash id;
	const char *origin;
	const char *slug;
	enum space_kind kind;
	const char *process;
	json_t *titles;
	json_t *eligibility;
	unsigned min_age;
	size_t n_issuers;
	struct issuer issuers[RECORD_ISSUERS_MAX];
	const char *origin_info;
	struct window issuance;
	struct window participation;
	int separated;
	struct hash roll_root;
	uint32_t roll_size;
	size_t n_trustees;
	unsigned threshold;
	struct public_key trustees[HEADER_TRUSTEES_MAX];
	size_t n_witnesses;
	size_t quorum;
	struct note_key witnesses[HEADER_WITNESSES_MAX];
	uint32_t seq_limit;
	uint64_t batch_interval;
	uint64_t grace;
	uint32_t min_collected;
	uint32_t min_open;
	int paper;
	const char *cast_url;
};

/**
 * header_parse(s, out, why):
 * ${s} are the exact bytes that are hashed.  ${why} names the member that is
 * wrong.  Free with header_free.
 */
enum err header_parse(
    struct slice s, struct header **out, struct why *why) MUST_USE;
void header_free(struct header *h);

/**
 * header_has_purpose(kind, p):
 * Nonzero iff spaces of that kind issue credentials of purpose ${p}.
 */
int header_has_purpose(enum space_kind kind, unsigned p);

/**
 * header_shares_key(a, b):
 * Nonzero iff ${a} and ${b} have a token key in common; with ${a} == ${b}, iff
 * two of its purposes or issuers have.
 */
int header_shares_key(const struct header *a, const struct header *b);

/**
 * header_window_end(h, t):
 * The end of the window to which a record admitted at ${t} belongs; 0 when
 * participation is not open then.
 */
uint64_t header_window_end(const struct header *h, uint64_t t);

/**
 * header_is_window_end(h, end):
 * Nonzero iff ${end} is one of the window ends.
 */
int header_is_window_end(const struct header *h, uint64_t end);

const char *space_kind_name(enum space_kind k);
const char *factor_kind_name(enum factor_kind k);

/**
 * slug_check(s):
 * OK iff ${s} is a slug.
 */
enum err slug_check(const char *s) MUST_USE;

#endif /* HEADER_H */
