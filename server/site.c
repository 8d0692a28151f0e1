#include <stdlib.h>
#include <string.h>

#include "json.h"

#include "site.h"

#define URL_MAX 1000
#define ACCESSIBILITY "https://form.agid.gov.it/view/"

static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char digits[] = "0123456789";

/* Only these; "" and NULL where the member is not there. */
static enum err
text(const json_t *o, const char *group, const char *name, size_t max,
    const char **out, struct why *why)
{
	enum err r;

	if (json_object_get(o, name) == NULL)
		return OK;
	if ((r = json_get_string(o, name, 1, max, out, why)) != OK)
		why_prefix(why, "%s", group);
	return r;
}

static int
has_only(const char *s, const char *more)
{
	for (; *s != '\0'; s++)
		if (strchr(letters, *s) == NULL && strchr(digits, *s) == NULL &&
		    strchr(more, *s) == NULL)
			return 0;
	return 1;
}

/* Enough to be sure that it is one address, and nothing beside it. */
static int
is_address(const char *s)
{
	const char *at = strchr(s, '@');

	return at != NULL && at != s && at[1] != '\0' && at[1] != '.' &&
	       strchr(at + 1, '@') == NULL && strchr(at, '.') != NULL &&
	       s[strlen(s) - 1] != '.' && has_only(s, "@.+-_");
}

static int
is_https(const char *s)
{
	return strncmp(s, "https://", 8) == 0 && s[8] != '\0' &&
	       strchr("/:?#", s[8]) == NULL &&
	       has_only(s, "-._~:/?#[]@!$&'()*+,;=%");
}

static enum err
url(const json_t *o, const char *name, const char *must, const char **out,
    struct why *why)
{
	enum err r;

	if ((r = text(o, "", name, URL_MAX, out, why)) != OK ||
	    (*out)[0] == '\0')
		return r;
	if (!is_https(*out) || strncmp(*out, must, strlen(must)) != 0 ||
	    (*out)[strlen(must)] == '\0')
		return why_say(why, ERR_FORMAT,
		    "%s must be an address that begins with %s", name, must);
	return OK;
}

static enum err
feedback(const json_t *o, const char **out, struct why *why)
{
	enum err r;

	if ((r = text(o, "", "feedback", URL_MAX, out, why)) != OK ||
	    (*out)[0] == '\0')
		return r;
	if (strncmp(*out, "mailto:", 7) == 0 ? is_address(*out + 7)
					     : is_https(*out))
		return OK;
	return why_say(why, ERR_FORMAT,
	    "feedback must be mailto:name@comune.example or an address that "
	    "begins with https://");
}

static enum err
phone(const char *s, struct why *why)
{
	size_t n = 0, i;

	for (i = 0; s[i] != '\0'; i++) {
		n += strchr(digits, s[i]) != NULL;
		if (strchr("0123456789 ().-/", s[i]) == NULL &&
		    (s[i] != '+' || i > 0))
			n = SITE_PHONE_CHARS;
	}
	if (s[0] != '\0' && (n < 3 || n > 20))
		return why_say(why, ERR_FORMAT,
		    "urp.phone must be one telephone number, for example "
		    "\"+39 0961 123456\"");
	return OK;
}

/* A number that is broken over two lines is read as two. */
static void
phone_keep(struct site *site)
{
	const char *s = site->urp_phone;
	size_t n = 0;

	for (; *s != '\0' && n + 3 < sizeof(site->phone); s++) {
		if (*s == ' ') {
			memcpy(site->phone + n, "\xc2\xa0", 2);
			n += 2;
		} else {
			site->phone[n++] = *s;
		}
	}
	site->phone[n] = '\0';
	site->urp_phone = site->phone;
}

static enum err
texts(const json_t *o, const char *group, const char *name, size_t max,
    const json_t **out, struct why *why)
{
	json_t *map = NULL;
	enum err r;

	if (json_object_get(o, name) == NULL)
		return OK;
	if ((r = json_get_texts(o, name, max, &map, why)) != OK)
		why_prefix(why, "%s", group);
	*out = map;
	return r;
}

static enum err
urp(struct site *site, struct why *why)
{
	static const char *const names[] = { "address", "email", "hours",
		"name", "phone", NULL };
	json_t *o = NULL;
	enum err r;

	if (json_object_get(site->doc, "urp") == NULL)
		return OK;
	if ((r = json_get_object(site->doc, "urp", &o, why)) != OK)
		return r;
	if ((r = json_only(o, names, why)) != OK) {
		why_prefix(why, "urp.");
		return r;
	}
	if ((r = text(o, "urp.", "name", 200, &site->urp_name, why)) != OK ||
	    (r = text(o, "urp.", "phone", 40, &site->urp_phone, why)) != OK ||
	    (r = text(o, "urp.", "email", 254, &site->urp_email, why)) != OK ||
	    (r = text(o, "urp.", "address", 200, &site->urp_address, why)) !=
		OK ||
	    (r = texts(o, "urp.", "hours", 200, &site->urp_hours, why)) != OK ||
	    (r = phone(site->urp_phone, why)) != OK)
		return r;
	if (site->urp_email[0] != '\0' && !is_address(site->urp_email))
		return why_say(why, ERR_FORMAT,
		    "urp.email must be one address, for example "
		    "\"urp@comune.example\"");
	phone_keep(site);
	return OK;
}

static enum err
members(struct site *site, struct why *why)
{
	static const char *const names[] = { "accessibility_url", "feedback",
		"privacy_url", "source_url", "tagline", "town_url",
		"transparency_url", "urp", NULL };
	const json_t *o = site->doc;
	enum err r;

	if ((r = json_only(o, names, why)) != OK ||
	    (r = urp(site, why)) != OK ||
	    (r = url(o, "accessibility_url", ACCESSIBILITY,
		 &site->accessibility_url, why)) != OK ||
	    (r = url(o, "privacy_url", "https://", &site->privacy_url, why)) !=
		OK ||
	    (r = url(o, "source_url", "https://", &site->source_url, why)) !=
		OK ||
	    (r = url(o, "town_url", "https://", &site->town_url, why)) != OK ||
	    (r = url(o, "transparency_url", "https://", &site->transparency_url,
		 why)) != OK ||
	    (r = feedback(o, &site->feedback, why)) != OK ||
	    (r = texts(o, "", "tagline", 120, &site->tagline, why)) != OK)
		return r;
	return OK;
}

enum err
site_parse(struct slice s, struct site **out, struct why *why)
{
	struct site *site = calloc(1, sizeof(*site));
	enum err r;

	if (site == NULL)
		return ERR_NOMEM;
	site->urp_name = site->urp_phone = site->urp_email = "";
	site->urp_address = site->accessibility_url = site->privacy_url = "";
	site->transparency_url = site->town_url = site->feedback = "";
	site->source_url = "";
	if ((r = json_read(s, &site->doc, why)) != OK)
		goto out;
	if (!json_is_object(site->doc)) {
		r = why_say(why, ERR_FORMAT,
		    "it must be an object: { \"urp\": { \"phone\": ... } }");
		goto out;
	}
	r = members(site, why);

out:
	if (r == OK)
		*out = site;
	else
		site_free(site);
	return r;
}

void
site_free(struct site *site)
{
	if (site == NULL)
		return;
	json_decref(site->doc);
	free(site->town);
	free(site);
}

enum err
site_town(struct site *site, const char *name, int rehearsal)
{
	char *copy = strdup(name);

	if (copy == NULL)
		return ERR_NOMEM;
	free(site->town);
	site->town = copy;
	site->rehearsal = rehearsal;
	return OK;
}

void
site_phone_link(const char *phone, char out[static SITE_PHONE_CHARS])
{
	size_t n = 0;

	for (; *phone != '\0' && n < SITE_PHONE_CHARS - 1; phone++)
		if (strchr(digits, *phone) != NULL || (*phone == '+' && n == 0))
			out[n++] = *phone;
	out[n] = '\0';
}
