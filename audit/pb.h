#ifndef PB_H
#define PB_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "bytes.h"
#include "election.h"
#include "err.h"

/*
 * A participatory budget in the .pb format of Pabulib (docs/RULES.md, 8): read
 * from text (pb_read.h), built here, written (pb_write.h), or turned into an
 * election.
 */

#define PB_MAX_BYTES ((size_t)256 << 20)
#define PB_MAX_VOTES 1000000U
#define PB_MAX_NOTES 100U
#define PB_MAX_KEY 64U
#define PB_MAX_TEXT 65535U

enum pb_type {
	PB_APPROVAL,
	PB_CHOOSE_1,   /* approval of at most one */
	PB_CUMULATIVE, /* points */
	PB_SCORING,    /* points; who is not named gets the default score */
	PB_ORDINAL,    /* best first */
};

/* Text is UTF-8; what a file does not say is NULL or -1. */
struct pb_project {
	char *id;
	char *cost; /* decimal, with a point */
	char *name;
	char *category;
	char *description;
	int selected;  /* 0, 1, 2 or 3 as in the file */
	int64_t votes; /* the file's own counts, not ours */
	int64_t score;
	size_t line; /* 0 if built */
};

/* A ballot: pb->choices[first .. first + n), as the voter gave it. */
struct pb_vote {
	size_t first;
	uint32_t n;
};

struct pb_meta {
	char *key; /* lower case */
	char *value;
};

struct pb {
	enum pb_type type;
	uint32_t default_score;
	struct pb_meta *meta;
	size_t n_meta, cap_meta;
	struct pb_project *projects;
	size_t n_projects, cap_projects;
	struct pb_vote *votes; /* in the order of the file */
	size_t n_votes, cap_votes;
	struct support *choices; /* points are 0 where there are none */
	size_t n_choices, cap_choices;
	uint32_t *seen; /* per project: the last vote that named it */
	uint32_t vote;
};

/* What is wrong (or odd) about a file, and where. */
struct pb_note {
	size_t line; /* 0: the file as a whole */
	int warning;
	char text[200];
};

struct pb_report {
	struct pb_note notes[PB_MAX_NOTES]; /* the first ones */
	size_t n;
	size_t errors; /* all of them */
	size_t warnings;
};

/**
 * pb_report_print(report, path, f):
 * Print each note to ${f} as "path:line: what", and how many are not shown.
 */
void pb_report_print(const struct pb_report *report, const char *path, FILE *f);

/**
 * pb_note(report, line, warning, fmt, ...):
 * Add a note; past PB_MAX_NOTES only count it.
 */
void pb_note(struct pb_report *report, size_t line, int warning,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/**
 * pb_new(out, type):
 * Start an empty file; the caller frees ${*out} with pb_free.
 */
enum err pb_new(struct pb **out, enum pb_type type) MUST_USE;

/**
 * pb_set_meta(pb, key, value):
 * Set the META entry ${key}; both are copied.
 */
enum err pb_set_meta(
    struct pb *pb, const char *key, const char *value) MUST_USE;

/**
 * pb_meta(pb, key), pb_meta_number(pb, key, out):
 * Return the META entry ${key}, borrowed, or NULL; or set ${out} to it as a
 * whole number (ERR_NOT_FOUND if absent, ERR_FORMAT if it is none).
 */
const char *pb_meta(const struct pb *pb, const char *key);
enum err pb_meta_number(
    const struct pb *pb, const char *key, uint64_t *out) MUST_USE;

/**
 * pb_number(text, out):
 * Set ${out} to the whole number ${text}: digits only, at most 18.
 */
enum err pb_number(const char *text, uint64_t *out) MUST_USE;

/**
 * pb_add_project(pb, p):
 * Add a copy of ${p}.  ERR_CONFLICT if its id is taken, ERR_FORMAT if the id is
 * empty or has a comma or a blank at an end or the cost is no number, ERR_LIMIT
 * if something is too long or too many.
 */
enum err pb_add_project(struct pb *pb, const struct pb_project *p) MUST_USE;

/**
 * pb_add_vote(pb, choices, n):
 * Add a ballot.  ERR_CONFLICT if it names a project twice, ERR_NOT_FOUND if
 * there is none of that index, ERR_LIMIT beyond the limits.
 */
enum err pb_add_vote(
    struct pb *pb, const struct support *choices, size_t n) MUST_USE;

/**
 * pb_repeat_vote(pb, vote):
 * Add once more the ballot number ${vote}, of those that are there.
 */
enum err pb_repeat_vote(struct pb *pb, size_t vote) MUST_USE;

/**
 * pb_find(pb, id):
 * Return the index of project ${id}, or the number of projects.
 */
size_t pb_find(const struct pb *pb, const char *id);

/**
 * pb_kind(type), pb_type_name(type):
 * The ballots that ${type} stands for; its name in a file.
 */
enum votes_kind pb_kind(enum pb_type type);
const char *pb_type_name(enum pb_type type);

/**
 * pb_election(pb, out):
 * Make a sealed election of the file; the caller frees ${*out} with
 * election_free.
 */
enum err pb_election(const struct pb *pb, struct election **out) MUST_USE;

/**
 * pb_free(pb):
 * Free; NULL is allowed.
 */
void pb_free(struct pb *pb);

#endif /* PB_H */
