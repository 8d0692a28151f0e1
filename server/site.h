#ifndef SITE_H
#define SITE_H

#include <jansson.h>

#include "bytes.h"
#include "why.h"

/*
 * What only the municipality knows of its site, from site.json in the data
 * folder: help desk, duties, tagline.  Nothing of it is voted on or signed, so
 * it is no entry of the log.  Everything is optional; what is missing is "" or
 * NULL, and a page then says so.
 */
#define SITE_MAX 65536
#define SITE_PHONE_CHARS 48

struct site {
	json_t *doc;   /* owns what follows */
	char *town;    /* name of the municipality; set by site_town */
	int rehearsal; /* of its log; set by site_town */
	char phone[2 * SITE_PHONE_CHARS];

	/* The help desk (URP: ufficio relazioni con il pubblico). */
	const char *urp_name;
	const char *urp_phone; /* for people: "0961 123456", in one piece */
	const char *urp_email;
	const char *urp_address;
	const json_t *urp_hours; /* text map */

	const char *accessibility_url; /* AgID's form */
	const char *privacy_url;       /* the municipality's own notice */
	const char *transparency_url;
	const char *town_url; /* the municipality's own site */
	const char *feedback; /* mailto: or https: */
	const char *source_url;
	const json_t *tagline; /* text map */
};

/**
 * site_parse(s, out, why):
 * Read site.json; the caller site_free's.  ERR_FORMAT: an unknown member, or a
 * value that none of its pages could use; ${why} names it and says what to do.
 */
enum err site_parse(
    struct slice s, struct site **out, struct why *why) MUST_USE;
void site_free(struct site *site);

/**
 * site_town(site, name, rehearsal):
 * Whose site it is, for pages that are made without the log: errors.
 */
enum err site_town(struct site *site, const char *name, int rehearsal) MUST_USE;

/**
 * site_phone_link(phone, out):
 * The telephone as a "tel:" link has it: digits, and a plus in front.
 */
void site_phone_link(const char *phone, char out[static SITE_PHONE_CHARS]);

#endif /* SITE_H */
