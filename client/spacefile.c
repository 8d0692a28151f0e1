#include <inttypes.h>
#include <string.h>

#include "base64.h"

#include "spacefile.h"
#include "when.h"

/* Defaults; docs/MANUAL-CLI.md says the same. */
#define DEFAULT_SEQ_LIMIT 100
#define DEFAULT_INTERVAL 3600
#define DEFAULT_GRACE 86400
#define DEFAULT_CROWD 10

static const char *const header_names[] = { "batch_interval", "cast_url",
	"eligibility", "grace", "host", "issuance", "issuers", "kind",
	"min_age", "min_collected", "min_open", "mode", "origin_info", "paper",
	"participation", "process", "roll", "seq_limit", "slug", "titles",
	"trustees", "witnesses", NULL };

enum err
spacefile_read(struct slice s, json_t **out, struct why *why)
{
	json_t *o = NULL;
	enum err r;

	if ((r = json_read(s, &o, why)) != OK)
		goto out;
	if (!json_is_object(o)) {
		r = why_say(why, ERR_FORMAT, "the file must be one { ... }");
		goto out;
	}
	if ((r = json_only(o, header_names, why)) != OK)
		goto out;
	*out = o;
	o = NULL; /* handed over */

out:
	json_decref(o);
	return r;
}

enum err
spacefile_kind(const json_t *file, enum space_kind *out, struct why *why)
{
	const json_t *j = json_object_get(file, "kind");
	const char *name = j == NULL ? "ballot" : json_string_value(j);
	int k;

	for (k = SPACE_BALLOT; name != NULL && k <= SPACE_QUESTIONNAIRE; k++)
		if (strcmp(name, space_kind_name((enum space_kind)k)) == 0) {
			*out = (enum space_kind)k;
			return OK;
		}
	return why_say(why, ERR_FORMAT,
	    "kind must be \"ballot\", \"ideas\" or \"questionnaire\"");
}

const char *
spacefile_roll(const json_t *file)
{
	return json_string_value(json_object_get(file, "roll"));
}

enum err
spacefile_trial_keys(enum space_kind kind, json_t **out)
{
	char text[BASE64_CHARS(BLIND_SPKI)];
	uint8_t spki[BLIND_SPKI];
	struct blind_key *k = NULL;
	json_t *keys = json_object();
	enum err r = OK;
	unsigned p;

	for (p = 1; r == OK && p <= PURPOSE_MAX; p++) {
		if (!header_has_purpose(kind, p))
			continue;
		if ((r = blind_key_new(&k)) == OK)
			r = blind_key_spki(k, spki);
		blind_key_free(k);
		k = NULL;
		if (r != OK)
			break;
		base64_encode(BASE64_URL, slice_of(spki, sizeof(spki)), text);
		if (json_object_set_new(
			keys, purpose_name(p), json_string(text)) != 0)
			r = ERR_NOMEM;
	}
	if (r != OK) {
		json_decref(keys);
		return r;
	}
	*out = keys;
	return OK;
}

/* A member copied from the file, or ${value} (given away) where it is none. */
static int
set_default(json_t *doc, const json_t *file, const char *name, json_t *value)
{
	json_t *given = json_object_get(file, name);

	if (given == NULL)
		return json_object_set_new(doc, name, value);
	json_decref(value);
	return json_object_set(doc, name, given);
}

/* UNIX seconds as they are; a string by when_parse. */
static enum err
time_set(json_t *doc, const json_t *file, const char *name, struct why *why)
{
	const json_t *j = json_object_get(file, name);
	uint64_t t;
	enum err r;

	if (j == NULL)
		return why_say(why, ERR_FORMAT, "%s is missing", name);
	if (json_is_string(j)) {
		if ((r = when_parse(json_string_value(j), &t, why)) != OK) {
			why_prefix(why, "%s: ", name);
			return r;
		}
	} else if (json_is_integer(j) && json_integer_value(j) >= 0) {
		t = (uint64_t)json_integer_value(j);
	} else {
		return why_say(why, ERR_FORMAT,
		    "%s must be a time as \"2026-12-01T08:00\", or UNIX "
		    "seconds",
		    name);
	}
	return json_object_set_new(doc, name, json_integer((json_int_t)t)) == 0
		   ? OK
		   : ERR_NOMEM;
}

static enum err
window_set(json_t *doc, const json_t *file, const char *name, struct why *why)
{
	static const char *const names[] = { "from", "to", NULL };
	json_t *from = json_object_get(file, name), *w;
	enum err r;

	if (!json_is_object(from))
		return why_say(why, ERR_FORMAT,
		    "%s must be {\"from\": ..., \"to\": ...}", name);
	if ((w = json_object()) == NULL)
		return ERR_NOMEM;
	if ((r = json_only(from, names, why)) == OK &&
	    (r = time_set(w, from, "from", why)) == OK)
		r = time_set(w, from, "to", why);
	if (r != OK) {
		why_prefix(why, "%s: ", name);
		json_decref(w);
		return r;
	}
	return json_object_set_new(doc, name, w) == 0 ? OK : ERR_NOMEM;
}

static enum err
duration_set(json_t *doc, const json_t *file, const char *name,
    json_int_t normal, struct why *why)
{
	json_t *j = json_object_get(file, name);
	uint64_t t = (uint64_t)normal;
	enum err r;

	if (json_is_string(j)) {
		if ((r = when_duration(json_string_value(j), &t, why)) != OK) {
			why_prefix(why, "%s: ", name);
			return r;
		}
	} else if (j != NULL) {
		/* Whatever it is, header_parse judges it. */
		return json_object_set(doc, name, j) == 0 ? OK : ERR_NOMEM;
	}
	return json_object_set_new(doc, name, json_integer((json_int_t)t)) == 0
		   ? OK
		   : ERR_NOMEM;
}

static enum err
issuer_make(const json_t *from, const struct spacefile *d, const json_t *keys,
    json_t **out, struct why *why)
{
	static const char *const names[] = { "factor", "keys", "name", "url",
		NULL };
	const char *url = json_string_value(json_object_get(from, "url"));
	int own = url == NULL || *url == '\0';
	json_t *o;
	int bad;
	enum err r;

	if (!json_is_object(from))
		return why_say(why, ERR_FORMAT, "it must be { ... }");
	if ((r = json_only(from, names, why)) != OK)
		return r;
	if (own == (json_object_get(from, "keys") != NULL))
		return why_say(why, ERR_FORMAT,
		    own ? "this server makes the keys of its own issuer; leave "
			  "\"keys\" out"
			: "an issuer elsewhere must give its \"keys\"");
	if ((o = json_object()) == NULL)
		return ERR_NOMEM;
	bad = set_default(o, from, "factor", json_string("none"));
	bad |= set_default(o, from, "name", json_string(d->host));
	bad |= set_default(o, from, "url", json_string(""));
	bad |= set_default(o, from, "keys", json_deep_copy(keys));
	if (bad) {
		json_decref(o);
		return ERR_NOMEM;
	}
	*out = o;
	return OK;
}

static enum err
issuers_set(json_t *doc, const json_t *file, const struct spacefile *d,
    const json_t *keys, struct why *why)
{
	json_t *given = json_object_get(file, "issuers");
	json_t *list = json_array(), *own = json_object(), *o = NULL;
	size_t n = given == NULL ? 1 : json_array_size(given), i;
	enum err r = OK;

	for (i = 0; r == OK && i < n; i++) {
		r = issuer_make(given == NULL ? own : json_array_get(given, i),
		    d, keys, &o, why);
		if (r != OK)
			why_prefix(why, "issuers[%zu]: ", i);
		else if (json_array_append_new(list, o) != 0)
			r = ERR_NOMEM;
	}
	json_decref(own);
	if (r != OK) {
		json_decref(list);
		return r;
	}
	return json_object_set_new(doc, "issuers", list) == 0 ? OK : ERR_NOMEM;
}

static enum err
roll_set(json_t *doc, const json_t *file, const struct spacefile *d)
{
	json_t *given = json_object_get(file, "roll");
	struct buf hex = { 0 };
	json_t *o = NULL;
	size_t i;

	if (json_is_object(given))
		return json_object_set(doc, "roll", given) == 0 ? OK
								: ERR_NOMEM;
	for (i = 0; i < HASH_BYTES; i++)
		buf_printf(&hex, "%02x", d->roll_root.b[i]);
	if (buf_text(&hex) != NULL)
		o = json_pack("{s:s,s:I}", "root", buf_text(&hex), "size",
		    (json_int_t)d->roll_size);
	buf_free(&hex);
	return o != NULL && json_object_set_new(doc, "roll", o) == 0
		   ? OK
		   : ERR_NOMEM;
}

static int
defaults_set(json_t *doc, const json_t *file, const struct spacefile *d)
{
	const json_t *host = json_object_get(file, "host");
	int bad;

	bad = json_object_set_new(doc, "version", json_integer(1));
	bad |= json_object_set_new(doc, "origin", json_string(d->origin));
	bad |= set_default(doc, file, "kind", json_string("ballot"));
	bad |= set_default(doc, file, "process", json_string(""));
	bad |= set_default(doc, file, "eligibility",
	    json_pack("{s:s,s:s}", "it",
		"Chi è nell'elenco degli aventi diritto del Comune.", "en",
		"Whoever is on the municipality's roll."));
	bad |= set_default(doc, file, "min_age", json_integer(0));
	bad |= set_default(doc, file, "origin_info",
	    json_string(host == NULL ? d->host : json_string_value(host)));
	bad |= set_default(doc, file, "mode", json_string("separated"));
	bad |= set_default(doc, file, "trustees",
	    json_pack("{s:[],s:i}", "keys", "threshold", 0));
	bad |= set_default(doc, file, "witnesses",
	    json_pack("{s:[],s:i}", "keys", "quorum", 0));
	bad |= set_default(
	    doc, file, "seq_limit", json_integer(DEFAULT_SEQ_LIMIT));
	bad |= set_default(
	    doc, file, "min_collected", json_integer(DEFAULT_CROWD));
	bad |= set_default(doc, file, "min_open", json_integer(DEFAULT_CROWD));
	bad |= set_default(doc, file, "paper", json_integer(0));
	bad |= set_default(doc, file, "cast_url", json_string(""));
	if (json_object_get(file, "slug") != NULL)
		bad |=
		    json_object_set(doc, "slug", json_object_get(file, "slug"));
	if (json_object_get(file, "titles") != NULL)
		bad |= json_object_set(
		    doc, "titles", json_object_get(file, "titles"));
	return bad;
}

enum err
spacefile_header(const json_t *file, const struct spacefile *d,
    const json_t *keys, struct buf *out, struct why *why)
{
	const char *host = json_string_value(json_object_get(file, "host"));
	struct spacefile mine = *d;
	struct header *h = NULL;
	size_t start = out->n;
	json_t *doc;
	enum err r;

	if (host == NULL && json_object_get(file, "host") != NULL)
		return why_say(why, ERR_FORMAT, "\"host\" must be text");
	if (host != NULL)
		mine.host = host;
	if ((doc = json_object()) == NULL)
		return ERR_NOMEM;
	if (defaults_set(doc, file, &mine) != 0) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = window_set(doc, file, "issuance", why)) != OK ||
	    (r = window_set(doc, file, "participation", why)) != OK ||
	    (r = duration_set(
		 doc, file, "batch_interval", DEFAULT_INTERVAL, why)) != OK ||
	    (r = duration_set(doc, file, "grace", DEFAULT_GRACE, why)) != OK ||
	    (r = issuers_set(doc, file, &mine, keys, why)) != OK ||
	    (r = roll_set(doc, file, d)) != OK)
		goto out;
	if ((r = json_canonical_put(out, doc)) != OK) {
		(void)why_say(why, r,
		    "only text, whole numbers, lists and { ... } may occur "
		    "(no true, false, null, 1.5)");
		goto out;
	}
	r = header_parse(slice_of(out->p + start, out->n - start), &h, why);

out:
	if (r != OK)
		out->n = start;
	header_free(h);
	json_decref(doc);
	return r;
}

/* ---- Forms --------------------------------------------------------------- */

/* Money: whole numbers may be written as such. */
static int
decimal_set(json_t *doc, const json_t *file, const char *name, const char *none)
{
	const json_t *j = json_object_get(file, name);
	char text[24];

	if (!json_is_integer(j))
		return set_default(doc, file, name, json_string(none));
	(void)snprintf(
	    text, sizeof(text), "%" JSON_INTEGER_FORMAT, json_integer_value(j));
	return json_object_set_new(doc, name, json_string(text));
}

/* What the file has and no default knows stays, for form_parse to refuse. */
static json_t *
copy_of(const json_t *file)
{
	return json_is_object(file) ? json_deep_copy(file) : json_object();
}

static json_t *
option_make(const json_t *file)
{
	json_t *o = copy_of(file);
	int bad;

	bad = set_default(o, file, "category", json_string(""));
	bad |= set_default(o, file, "place", json_string(""));
	bad |= set_default(o, file, "ideas", json_array());
	bad |=
	    set_default(o, file, "description", json_pack("{s:s}", "it", ""));
	bad |= decimal_set(o, file, "cost", "0");
	if (bad) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static int
options_set(json_t *doc, const json_t *file)
{
	const json_t *given = json_object_get(file, "options");
	json_t *list = json_array();
	int bad = 0;
	size_t i;

	for (i = 0; i < json_array_size(given); i++)
		bad |= json_array_append_new(
		    list, option_make(json_array_get(given, i)));
	return json_object_set_new(doc, "options", list) | bad;
}

/* "choice" or { "type": ..., limits }. */
static int
ballot_set(json_t *doc, const json_t *file)
{
	json_t *given = json_object_get(file, "ballot"), *b;
	json_int_t n =
	    (json_int_t)json_array_size(json_object_get(file, "options"));
	json_int_t total, each;
	const char *type;
	int bad = 0;

	b = json_is_string(given) ? json_pack("{s:O}", "type", given)
				  : copy_of(given);
	if ((type = json_string_value(json_object_get(b, "type"))) == NULL)
		type = "";
	if (strcmp(type, "bitmap") == 0 || strcmp(type, "points") == 0 ||
	    strcmp(type, "ranking") == 0) {
		bad |= set_default(b, given, "min", json_integer(1));
		bad |= set_default(b, given, "max", json_integer(n));
	}
	if (strcmp(type, "bitmap") == 0) {
		bad |= decimal_set(b, given, "min_cost", "");
		bad |= decimal_set(b, given, "max_cost", "");
	}
	if (strcmp(type, "points") == 0) {
		total = json_integer_value(json_object_get(b, "total_max"));
		each = total > 65535 ? 65535 : total;
		bad |= set_default(b, given, "option_max", json_integer(each));
		bad |= set_default(b, given, "total_min", json_integer(0));
	}
	return json_object_set_new(doc, "ballot", b) | bad;
}

static int
rule_set(json_t *doc, const json_t *file, const struct spacefile_rule *rule)
{
	json_t *given = json_object_get(file, "rule"), *o;
	int bad;

	o = json_is_string(given) ? json_pack("{s:O}", "id", given)
				  : copy_of(given);
	bad = decimal_set(o, given, "increment", "1");
	bad |= decimal_set(o, given, "min_score", "0");
	if (rule->id != NULL)
		bad |= json_object_set_new(o, "id", json_string(rule->id));
	if (rule->increment != NULL)
		bad |= json_object_set_new(
		    o, "increment", json_string(rule->increment));
	if (rule->min_score != NULL)
		bad |= json_object_set_new(
		    o, "min_score", json_string(rule->min_score));
	return json_object_set_new(doc, "rule", o) | bad;
}

enum err
spacefile_form(const json_t *file, const struct header *h,
    const struct spacefile_rule *rule, struct buf *out, struct why *why)
{
	json_t *doc = copy_of(file);
	struct buf hex = { 0 };
	struct form *f = NULL;
	size_t start = out->n, i;
	int bad;
	enum err r;

	for (i = 0; i < HASH_BYTES; i++)
		buf_printf(&hex, "%02x", h->id.b[i]);
	bad = buf_text(&hex) == NULL;
	if (!bad)
		bad = json_object_set_new(
		    doc, "space_id", json_string(buf_text(&hex)));
	bad |= json_object_set_new(doc, "version", json_integer(1));
	bad |= set_default(doc, file, "titles", json_deep_copy(h->titles));
	bad |= set_default(doc, file, "texts", json_pack("{s:s}", "it", ""));
	bad |= options_set(doc, file);
	bad |= ballot_set(doc, file);
	bad |= decimal_set(doc, file, "budget", "0");
	bad |= rule_set(doc, file, rule);
	bad |= set_default(doc, file, "ties", json_array());
	bad |= set_default(doc, file, "shuffle", json_integer(0));
	if (bad) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = json_canonical_put(out, doc)) != OK) {
		(void)why_say(why, r,
		    "only text, whole numbers, lists and { ... } may occur "
		    "(no true, false, null, 1.5; write \"1.5\")");
		goto out;
	}
	r = form_parse(slice_of(out->p + start, out->n - start), h, &f, why);

out:
	if (r != OK)
		out->n = start;
	form_free(f);
	buf_free(&hex);
	json_decref(doc);
	return r;
}
