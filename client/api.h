#ifndef API_H
#define API_H

#include "fetch.h"
#include "header.h"
#include "staff.h"

/*
 * The server's routes (PROTOCOL 10) as calls.  What the server refuses becomes
 * a sentence in ${why} (title and detail of the problem) and one of ERR_FORMAT
 * (400, 411, 415, 422), ERR_FORBIDDEN (401, 403), ERR_NOT_FOUND (404, 405),
 * ERR_CONFLICT (409), ERR_LIMIT (413), ERR_IO (5xx, no connection, or an answer
 * that is none of ours).  One per thread.
 */
#define API_PROBLEM_MAX 63

struct api {
	char *base;	  /* without trailing slash */
	const char *lang; /* of sentences: "en", or "it" */
	struct fetch *fetch;
	struct note_key log_key; /* of the server; name "" until asked for */
	long status;		 /* of the last answer; 0: none came */
	char problem[API_PROBLEM_MAX + 1]; /* its name, or "" */
	uint64_t last;			   /* staff-number: last one used */
};

/**
 * api_open(base, out, why):
 * ${base} is http(s)://host[:port][/path].  Nothing is sent yet.
 */
enum err api_open(const char *base, struct api **out, struct why *why) MUST_USE;
void api_free(struct api *a);

/**
 * api_base_check(url, why):
 * OK iff ${url} is a base URL: http or https, a host, no query, no fragment, no
 * blanks; one slash at the end is dropped by api_open.
 */
enum err api_base_check(const char *url, struct why *why) MUST_USE;

/* One row of GET /api/v1/spaces. */
struct api_space {
	char slug[SLUG_MAX + 1];
	char kind[16];
	char phase[16];
	struct hash space_id;
	int has_form;
	struct hash form_id;
	uint64_t first; /* log range [first, last) */
	uint64_t last;
	const json_t *titles; /* borrowed from the list */
};

struct api_spaces {
	json_t *doc;
	size_t n;
	struct api_space *space;
};

/**
 * api_spaces(a, out, why), api_spaces_parse(s, out, why):
 * The list; api_spaces_free it.  api_spaces_find gives NULL for an unknown one.
 */
enum err api_spaces(
    struct api *a, struct api_spaces *out, struct why *why) MUST_USE;
enum err api_spaces_parse(
    struct slice s, struct api_spaces *out, struct why *why) MUST_USE;
void api_spaces_free(struct api_spaces *s);
const struct api_space *api_spaces_find(
    const struct api_spaces *s, const char *slug);

/**
 * api_header, api_form, api_roll, api_result(a, slug, out, why),
 * api_ledger(a, slug, issuer, purpose, out, why):
 * Append the exact bytes; nothing is verified.
 */
enum err api_header(
    struct api *a, const char *slug, struct buf *out, struct why *why) MUST_USE;
enum err api_form(
    struct api *a, const char *slug, struct buf *out, struct why *why) MUST_USE;
enum err api_roll(
    struct api *a, const char *slug, struct buf *out, struct why *why) MUST_USE;
enum err api_result(
    struct api *a, const char *slug, struct buf *out, struct why *why) MUST_USE;
enum err api_ledger(struct api *a, const char *slug, size_t issuer,
    enum purpose purpose, struct buf *out, struct why *why) MUST_USE;

/**
 * api_object(a, hash, out, why):
 * The object of that hash, verified.  ERR_SIGNATURE when it is another.
 */
enum err api_object(struct api *a, const struct hash *hash, struct buf *out,
    struct why *why) MUST_USE;

/**
 * api_checkpoint(a, out, why), api_log_key(a, out, why):
 * The signed checkpoint; the log's verifier key, asked for once.
 */
enum err api_checkpoint(
    struct api *a, struct buf *out, struct why *why) MUST_USE;
enum err api_log_key(
    struct api *a, const struct note_key **out, struct why *why) MUST_USE;

/**
 * api_token_request(a, url, body, authorization, out, why):
 * Ask the issuer at ${url} ("": this server) for a blind signature.
 */
enum err api_token_request(struct api *a, const char *url,
    const uint8_t body[static TOKEN_REQUEST_BYTES], const char *authorization,
    uint8_t out[static BLIND_BYTES], struct why *why) MUST_USE;

/**
 * api_record(a, url, raw, receipt, repeat, why):
 * Send one record to the host ${url} ("": this server); ${receipt} gets the
 * answer, not verified; ${repeat} (may be NULL) whether it was there before.
 */
enum err api_record(struct api *a, const char *url, struct slice raw,
    struct buf *receipt, int *repeat, struct why *why) MUST_USE;

/**
 * api_dispute(a, body, why):
 * The 130 bytes of a dispute's body.
 */
enum err api_dispute(
    struct api *a, struct slice body, struct why *why) MUST_USE;

/**
 * api_ceremony, api_transcript(a, slug, out, why), api_opening(a, slug,
 * trustee, out, why):
 * The post box of a ceremony, the transcript and an opening: exact bytes,
 * nothing is verified.
 */
enum err api_ceremony(
    struct api *a, const char *slug, struct buf *out, struct why *why) MUST_USE;
enum err api_transcript(
    struct api *a, const char *slug, struct buf *out, struct why *why) MUST_USE;
enum err api_opening(struct api *a, const char *slug, unsigned trustee,
    struct buf *out, struct why *why) MUST_USE;

/**
 * api_ceremony_post(a, slug, round, text, why), api_opening_post(a, slug,
 * trustee, file, why):
 * Hand in a message of a round (or of "sign"), an opening file.
 */
enum err api_ceremony_post(struct api *a, const char *slug, const char *round,
    struct slice text, struct why *why) MUST_USE;
enum err api_opening_post(struct api *a, const char *slug, unsigned trustee,
    struct slice file, struct why *why) MUST_USE;

/**
 * api_staff(a, k, method, path, body, out, why):
 * One staff request, signed by ${k} with its next number; sent once more when
 * the server knows a higher one.  ${path} is what follows /api/v1/staff/;
 * ${out} gets the answer's body.
 */
enum err api_staff(struct api *a, struct staff_key *k, const char *method,
    const char *path, struct slice body, struct buf *out,
    struct why *why) MUST_USE;

/**
 * api_entry(a, k, entry, object, index, why):
 * Hand in one log entry and the object it logs (n = 0: none).
 */
enum err api_entry(struct api *a, struct staff_key *k, struct slice entry,
    struct slice object, uint64_t *index, struct why *why) MUST_USE;

#endif /* API_H */
