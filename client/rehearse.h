#ifndef REHEARSE_H
#define REHEARSE_H

#include "form.h"
#include "header.h"
#include "pb.h"
#include "rehearse_stage.h"
#include "resident.h"
#include "spawn.h"

/*
 * A general rehearsal (prova generale): a whole election over loopback HTTP
 * with the real code of every part.  The office and the auditor are programs
 * that are started, the residents are threads of this one.
 */
struct rehearse_options {
	const char *file;      /* the .pb file */
	const char *rule;      /* id; NULL: the file's */
	const char *increment; /* NULL: 1 */
	const char *min_score; /* NULL: 0 */
	size_t voters;	       /* 0: as many as the file has ballots */
	const char *as;	       /* rehearse_stage_read; NULL: the usual */
	const char *data;      /* folder to make; NULL: a temporary one */
	int keep;	       /* do not remove the folder at the end */
	unsigned clients;      /* residents at the same time */
	unsigned trustees;     /* 0: ballots are not sealed */
	unsigned threshold;    /* of them are needed */
	unsigned issuers;      /* 1: the log's server alone */
	unsigned witnesses;    /* all must cosign */
	unsigned revote;       /* how many of a hundred residents vote again */
	const char *before;    /* command run before the audit, NULL: none */
	int progress;	       /* show a bar on stderr */
};

/* One synthetic resident. */
struct rehearse_voter {
	struct roll_code code;
	struct secret secret;
	struct buf tokens; /* authenticators, one per issuer */
	struct buf record; /* her ballot, ready to be sent */
};

/* CPU time, microseconds per thing done. */
struct rehearse_cpu {
	double issue;	 /* server, per token */
	double cast;	 /* server, per accepted record */
	double audit;	 /* auditor, per record, everything included */
	double resident; /* client, per resident: collect and cast */
	double prepare;	 /* client, per record: seal and sign */
	double ceremony; /* all trustees' programs, all of it */
	double open;   /* trustee's program, per counted ballot, one trustee */
	double result; /* close, judge openings and count, per ballot */
};

#define REHEARSE_WITNESSES_MAX 8

/* A server beside the log's own. */
struct rehearse_other {
	struct spawn server;
	struct buf url;
	struct buf key; /* verifier key of a witness */
};

struct rehearse {
	const struct rehearse_options *o;
	struct rehearse_stage stage;
	struct pb *pb;
	struct why why;
	char *file; /* absolute, as is the folder */
	char *dir;
	struct buf url;
	struct spawn server;
	struct rehearse_other witness[REHEARSE_WITNESSES_MAX];
	struct rehearse_other issuer[RECORD_ISSUERS_MAX]; /* the second... */
	char trustee[HEADER_TRUSTEES_MAX][2 * 32];	  /* keys in hex */
	struct header *header;
	struct form *form;
	struct note_key receipt_key;
	size_t n;
	struct rehearse_voter *voters;
	/* what came out */
	uint64_t issued;
	uint64_t cast; /* records: those of who voted again count twice */
	uint64_t again;
	uint64_t log_size;
	struct buf result; /* the result document */
	char audit[64];	   /* "ok", or the rule that is broken */
	struct rehearse_cpu cpu;
};

/* --- rehearse_office.c: what programs do -------------------------------- */

/**
 * rehearse_run(r, argv):
 * Run `partecipa` with the arguments ${argv} (NULL-terminated) to its end;
 * anything but exit status 0 is ERR_INTERNAL with its last words in r->why.
 */
enum err rehearse_run(struct rehearse *r, const char *const *argv) MUST_USE;

/**
 * rehearse_path(r, b, name):
 * The path of ${name} in the rehearsal's folder, in ${b} (emptied first).
 */
const char *rehearse_path(
    const struct rehearse *r, struct buf *b, const char *name);

/**
 * rehearse_serve(r, argv, s, url), rehearse_again_serve(r):
 * Start `partecipa` with ${argv}, a server, and read from it where it listens;
 * stop the log's server and start it at the port that it had.
 */
enum err rehearse_serve(struct rehearse *r, const char *const *argv,
    struct spawn *s, struct buf *url) MUST_USE;
enum err rehearse_again_serve(struct rehearse *r) MUST_USE;

/**
 * rehearse_clock(r, t):
 * Set the server's clock.
 */
enum err rehearse_clock(struct rehearse *r, uint64_t t) MUST_USE;

/**
 * rehearse_found(r), rehearse_letters(r), rehearse_announce(r),
 * rehearse_form(r), rehearse_close(r), rehearse_audit(r):
 * Keys, data folder and server; letters and their import; the header; the
 * form; closing and result; the audit by a program of its own.
 */
enum err rehearse_found(struct rehearse *r) MUST_USE;
enum err rehearse_letters(struct rehearse *r) MUST_USE;
enum err rehearse_announce(struct rehearse *r) MUST_USE;
enum err rehearse_form(struct rehearse *r) MUST_USE;
enum err rehearse_close(struct rehearse *r) MUST_USE;
enum err rehearse_audit(struct rehearse *r) MUST_USE;

/* --- rehearse_others.c: other servers ----------------------------------- */

/**
 * rehearse_others(r), rehearse_others_stop(r):
 * Start witnesses and issuers, told of the log's key; stop them.
 */
enum err rehearse_others(struct rehearse *r) MUST_USE;
void rehearse_others_stop(struct rehearse *r);

/* As members of the space's file. */
void rehearse_witnesses_put(const struct rehearse *r, struct buf *b);
void rehearse_issuers_put(const struct rehearse *r, struct buf *b);

/* --- rehearse_trustees.c: what trustees do ------------------------------- */

/**
 * rehearse_trustees(r), rehearse_trustees_put(r, b):
 * An identity for each, in a folder of her own; as a member of the space's
 * file.
 */
enum err rehearse_trustees(struct rehearse *r) MUST_USE;
void rehearse_trustees_put(const struct rehearse *r, struct buf *b);

/**
 * rehearse_ceremony(r), rehearse_sign(r), rehearse_open(r):
 * All rounds, by the server's post box; all sign the form; as many as are
 * needed open the closed space.
 */
enum err rehearse_ceremony(struct rehearse *r) MUST_USE;
enum err rehearse_sign(struct rehearse *r) MUST_USE;
enum err rehearse_open(struct rehearse *r) MUST_USE;

/* --- rehearse_voters.c: what residents do ------------------------------- */

/**
 * rehearse_collect(r, cpu), rehearse_cast(r, from, to, cpu),
 * rehearse_again(r, cpu):
 * All residents collect; those numbered [${from}, ${to}) cast, and of these who
 * will vote again cast another's ballot; they vote again, now their own.  What
 * they compute before and after talking to the server is done apart, so that
 * ${cpu} is the server's time, in microseconds, under many requests at once.
 */
enum err rehearse_collect(struct rehearse *r, double *cpu) MUST_USE;
enum err rehearse_cast(
    struct rehearse *r, size_t from, size_t to, double *cpu) MUST_USE;
enum err rehearse_again(struct rehearse *r, double *cpu) MUST_USE;

/* --- rehearse.c ----------------------------------------------------------- */

#define REHEARSE_DAY 86400ULL
#define REHEARSE_WINDOWS 4

/**
 * rehearse_play(o, out):
 * Play it all; the caller's rehearse_end, whatever came out.  OK also when the
 * auditor refuses: then r->audit names the rule.
 */
enum err rehearse_play(
    const struct rehearse_options *o, struct rehearse *out) MUST_USE;
void rehearse_end(struct rehearse *r);

/**
 * rehearse_rule(r):
 * The id of the rule by which is counted.
 */
const char *rehearse_rule(const struct rehearse *r);

/**
 * rehearse_progress(r, what, done, all):
 * Draw the bar.
 */
void rehearse_progress(
    const struct rehearse *r, const char *what, size_t done, size_t all);

#endif /* REHEARSE_H */
