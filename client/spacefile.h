#ifndef SPACEFILE_H
#define SPACEFILE_H

#include "form.h"
#include "header.h"

/*
 * Headers and forms from the files that staff write: readable JSON in which
 * times may be local, durations in words, and what is usual is left out
 * (docs/MANUAL-CLI.md lists the defaults).
 */

/* What the file does not say. */
struct spacefile {
	const char *origin; /* of the log */
	const char *host;   /* issuer name and origin_info where not given */
	struct hash roll_root;
	uint32_t roll_size;
};

/**
 * spacefile_read(s, out, why):
 * Read a header's file and refuse what no header has; the caller json_decref's.
 */
enum err spacefile_read(struct slice s, json_t **out, struct why *why) MUST_USE;

/**
 * spacefile_kind(file, out, why), spacefile_roll(file):
 * The kind; the path of the roll file, or NULL where root and size are given.
 */
enum err spacefile_kind(
    const json_t *file, enum space_kind *out, struct why *why) MUST_USE;
const char *spacefile_roll(const json_t *file);

/**
 * spacefile_header(file, d, keys, out, why):
 * Append the header document: ${file} completed with the defaults and ${d}, and
 * with ${keys} (purpose to base64url) for the issuers of this server.  It is
 * one that header_parse accepts.
 */
enum err spacefile_header(const json_t *file, const struct spacefile *d,
    const json_t *keys, struct buf *out, struct why *why) MUST_USE;

/**
 * spacefile_trial_keys(kind, out):
 * Keys to try a header with before the server makes the real ones.
 */
enum err spacefile_trial_keys(enum space_kind kind, json_t **out) MUST_USE;

/* A rule from the command line; NULL where not given. */
struct spacefile_rule {
	const char *id;
	const char *increment;
	const char *min_score;
};

/**
 * spacefile_form(file, h, rule, out, why):
 * Append the form document of ${h}: ${file} completed with the defaults, and
 * with ${rule}.  It is one that form_parse accepts.
 */
enum err spacefile_form(const json_t *file, const struct header *h,
    const struct spacefile_rule *rule, struct buf *out,
    struct why *why) MUST_USE;

#endif /* SPACEFILE_H */
