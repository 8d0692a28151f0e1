#ifndef BOX_H
#define BOX_H

#include "api.h"
#include "ceremony.h"
#include "trust.h"

/*
 * The post box of a ceremony: a folder (a USB stick) that goes from hand to
 * hand, or the server.  It is never believed: who reads verifies everything.
 *
 * In a folder lie SLUG-header.json, SLUG-form.json, SLUG-transcript.json,
 * SLUG-1-commit-2.txt (attempt, round, trustee) and SLUG-signature-2.txt; what
 * `partecipa-audit fetch` copies there (log/, objects/) is read as the log.
 */
struct box_paper {
	char name[SLUG_MAX + 64]; /* how people find it */
	struct buf text;
};

struct box {
	char slug[SLUG_MAX + 1];
	const char *folder; /* NULL: the server */
	struct api *api;    /* NULL: the folder */
	/* What box_read brought. */
	size_t n_messages;
	struct box_paper *messages;
	size_t n_signatures;
	struct box_paper *signatures;
	struct buf form;       /* to be signed; n = 0: none yet */
	struct buf transcript; /* n = 0: none yet */
};

/**
 * box_open(server, folder, slug, out, why), box_close(b):
 * One of ${server} and ${folder} is NULL.  Nothing is read yet.
 */
enum err box_open(const char *server, const char *folder, const char *slug,
    struct box **out, struct why *why) MUST_USE;
void box_close(struct box *b);

/**
 * box_read(b, why):
 * Everything that is in it now.
 */
enum err box_read(struct box *b, struct why *why) MUST_USE;

/**
 * box_has_log(b), box_log(b, vkey, earlier, out, why):
 * Is there a copy of the log in the folder?  The log that the box shows.
 */
int box_has_log(const struct box *b);
enum err box_log(const struct box *b, const char *vkey, struct slice earlier,
    struct trust **out, struct why *why) MUST_USE;

/**
 * box_header(b, log, out, why):
 * The space's header, accepted by ${log} as trust.h says; where that is NULL,
 * as it lies in the folder.
 */
enum err box_header(const struct box *b, struct trust *log, struct header **out,
    struct why *why) MUST_USE;

/**
 * box_message(b, m, text, why), box_signature(b, index, text, why),
 * box_transcript(b, text, older, why):
 * Put it in.  What is there already stays: ERR_CONFLICT if it is another.  The
 * server makes a transcript of the messages itself.  ${older}: the one that is
 * there is of an earlier attempt and gives way.
 */
enum err box_message(const struct box *b, const struct ceremony_message *m,
    struct slice text, struct why *why) MUST_USE;
enum err box_signature(const struct box *b, uint8_t index, struct slice text,
    struct why *why) MUST_USE;
enum err box_transcript(const struct box *b, struct slice text, int older,
    struct why *why) MUST_USE;

/**
 * box_answer_parse(s, b, why):
 * Read the server's answer (PROTOCOL 10) into ${b}, but for the transcript.
 */
enum err box_answer_parse(
    struct slice s, struct box *b, struct why *why) MUST_USE;

#endif /* BOX_H */
