#include <stdlib.h>
#include <string.h>

#include "hex.h"

#include "json.h"

/* No document of the protocol needs more than a third of this. */
#define DEPTH_MAX 32
#define INTEGER_MAX 9007199254740991 /* 2^53 - 1 */
/* A string that may be longer than this may hold newlines and tabs. */
#define ONE_LINE 255
#define DECIMAL_DIGITS 15
#define DECIMAL_PLACES 6

/* Texts of strangers go into sentences only as plain ASCII: whoever prints the
   sentence must be able to rely on it, and a cut through UTF-8 is none. */
static void
plain(const char *s, char *out, size_t size)
{
	size_t i;

	for (i = 0; s[i] != 0 && i + 1 < size; i++)
		out[i] = (char)(s[i] >= ' ' && s[i] < 0x7f ? s[i] : '?');
	out[i] = 0;
}

/*
 * How deep brackets nest, strings left out.  Asked before jansson reads, whose
 * recursion goes 2048 deep: more than the stack of a server's thread holds.
 */
static unsigned
depth_of(struct slice s)
{
	unsigned depth = 0, most = 0;
	int quoted = 0;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (quoted) {
			if (s.p[i] == '\\')
				i++;
			else if (s.p[i] == '"')
				quoted = 0;
		} else if (s.p[i] == '"') {
			quoted = 1;
		} else if (s.p[i] == '[' || s.p[i] == '{') {
			if (++depth > most)
				most = depth;
		} else if ((s.p[i] == ']' || s.p[i] == '}') && depth > 0) {
			depth--;
		}
	}
	return most;
}

enum err
json_read(struct slice s, json_t **out, struct why *why)
{
	char text[JSON_ERROR_TEXT_LENGTH];
	json_error_t e;
	json_t *j = NULL;

	if (s.n > DOCUMENT_MAX)
		return why_say(why, ERR_LIMIT,
		    "the document has %zu bytes, at most %d are allowed", s.n,
		    DOCUMENT_MAX);
	if (s.n == 0)
		return why_say(why, ERR_FORMAT, "the document is empty");
	if (depth_of(s) > DEPTH_MAX)
		return why_say(why, ERR_LIMIT,
		    "the document is nested more than %d levels deep",
		    DEPTH_MAX);
	j = json_loadb((const char *)s.p, s.n, JSON_REJECT_DUPLICATES, &e);
	if (j == NULL) {
		plain(e.text, text, sizeof(text));
		if (json_error_code(&e) == json_error_out_of_memory)
			return why_say(why, ERR_NOMEM, "out of memory");
		return why_say(why, ERR_FORMAT,
		    "not JSON: line %d, column %d: %s", e.line, e.column, text);
	}
	*out = j;
	return OK;
}

/*
 * RFC 8785 3.2.3 sorts by UTF-16 code units.  In UTF-8 that is the order of
 * bytes, but for characters above U+FFFF (lead bytes F0 and more): in UTF-16
 * they begin with a surrogate, which comes before U+E000 (lead bytes EE, EF).
 */
static int
utf16_cmp(const char *a, const char *b)
{
	unsigned x, y;

	while (*a != 0 && *a == *b) {
		a++;
		b++;
	}
	x = (unsigned char)*a;
	y = (unsigned char)*b;
	if (x >= 0xf0 && (y == 0xee || y == 0xef))
		return -1;
	if (y >= 0xf0 && (x == 0xee || x == 0xef))
		return 1;
	return (x > y) - (x < y);
}

struct member {
	const char *name;
	const json_t *value;
};

static int
member_cmp(const void *a, const void *b)
{
	return utf16_cmp(
	    ((const struct member *)a)->name, ((const struct member *)b)->name);
}

static void
put_string(struct buf *b, const char *s, size_t n)
{
	static const char names[] = "btnvfr"; /* 08 to 0d; 0b has no name */
	size_t i;
	unsigned char c;

	buf_u8(b, '"');
	for (i = 0; i < n; i++) {
		c = (unsigned char)s[i];
		if (c == '"' || c == '\\') {
			buf_u8(b, '\\');
			buf_u8(b, c);
		} else if (c >= 0x08 && c <= 0x0d && c != 0x0b) {
			buf_u8(b, '\\');
			buf_u8(b, (uint8_t)names[c - 0x08]);
		} else if (c < ' ') {
			buf_printf(b, "\\u%04x", c);
		} else {
			buf_u8(b, c);
		}
	}
	buf_u8(b, '"');
}

static enum err put(struct buf *b, const json_t *j, unsigned depth);

static enum err
put_array(struct buf *b, const json_t *j, unsigned depth)
{
	size_t i;
	enum err r;

	buf_u8(b, '[');
	for (i = 0; i < json_array_size(j); i++) {
		if (i > 0)
			buf_u8(b, ',');
		if ((r = put(b, json_array_get(j, i), depth + 1)) != OK)
			return r;
	}
	buf_u8(b, ']');
	return OK;
}

static enum err
put_object(struct buf *b, const json_t *j, unsigned depth)
{
	size_t n = json_object_size(j);
	struct member *m;
	void *it;
	size_t i;
	enum err r = OK;

	if ((m = calloc(n + 1, sizeof(*m))) == NULL)
		return ERR_NOMEM;
	i = 0;
	for (it = json_object_iter((json_t *)(uintptr_t)j); it != NULL && i < n;
	     it = json_object_iter_next((json_t *)(uintptr_t)j, it)) {
		m[i].name = json_object_iter_key(it);
		m[i++].value = json_object_iter_value(it);
	}
	qsort(m, n, sizeof(*m), member_cmp);
	buf_u8(b, '{');
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_u8(b, ',');
		put_string(b, m[i].name, strlen(m[i].name));
		buf_u8(b, ':');
		if ((r = put(b, m[i].value, depth + 1)) != OK)
			break;
	}
	buf_u8(b, '}');
	free(m);
	return r;
}

static enum err
put(struct buf *b, const json_t *j, unsigned depth)
{
	json_int_t v;

	if (depth > DEPTH_MAX || j == NULL)
		return ERR_FORMAT;
	switch (json_typeof(j)) {
	case JSON_OBJECT:
		return put_object(b, j, depth);
	case JSON_ARRAY:
		return put_array(b, j, depth);
	case JSON_STRING:
		put_string(b, json_string_value(j), json_string_length(j));
		return OK;
	case JSON_INTEGER:
		v = json_integer_value(j);
		if (v > INTEGER_MAX || v < -INTEGER_MAX)
			return ERR_FORMAT;
		buf_printf(b, "%lld", (long long)v);
		return OK;
	case JSON_REAL:
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL:
	default:
		return ERR_FORMAT;
	}
}

enum err
json_canonical_put(struct buf *b, const json_t *j)
{
	size_t start = b->n;
	enum err r;

	if ((r = put(b, j, 0)) == OK)
		r = buf_end(b);
	if (r != OK)
		b->n = start;
	return r;
}

enum err
json_read_document(struct slice s, json_t **out, struct why *why)
{
	struct buf b = { 0 };
	json_t *j = NULL;
	size_t i;
	enum err r;

	if ((r = json_read(s, &j, why)) != OK)
		return r;
	if ((r = json_canonical_put(&b, j)) != OK) {
		(void)why_say(why, r,
		    "the document may hold objects, arrays, strings and "
		    "integers below 2^53 only");
		goto out;
	}
	if (!slice_equal(buf_slice(&b), s)) {
		for (i = 0; i < b.n && i < s.n && b.p[i] == s.p[i]; i++)
			continue;
		r = why_say(why, ERR_FORMAT,
		    "the document is not in the canonical form of RFC 8785 "
		    "from byte %zu on",
		    i);
		goto out;
	}
	*out = j;
	j = NULL; /* transferred */

out:
	json_decref(j);
	buf_free(&b);
	return r;
}

static enum err
member(const json_t *o, const char *name, json_t **out, struct why *why)
{
	if ((*out = json_object_get(o, name)) == NULL)
		return why_say(why, ERR_FORMAT, "%s is missing", name);
	return OK;
}

enum err
json_get_int(const json_t *o, const char *name, int64_t min, int64_t max,
    int64_t *out, struct why *why)
{
	json_t *j = NULL;
	enum err r;

	if ((r = member(o, name, &j, why)) != OK)
		return r;
	if (!json_is_integer(j))
		return why_say(why, ERR_FORMAT, "%s is not an integer", name);
	if (json_integer_value(j) < min || json_integer_value(j) > max)
		return why_say(why, ERR_LIMIT,
		    "%s is %lld, and must be from %lld to %lld", name,
		    (long long)json_integer_value(j), (long long)min,
		    (long long)max);
	*out = json_integer_value(j);
	return OK;
}

/* The next code point of the UTF-8 at ${*s}, which jansson has checked. */
static uint32_t
next_char(const char **s)
{
	const unsigned char *p = (const unsigned char *)*s;
	uint32_t v = *p++;
	unsigned more = v < 0xc0 ? 0 : v < 0xe0 ? 1 : v < 0xf0 ? 2 : 3;

	if (more > 0)
		v &= 0x3fU >> more;
	for (; more > 0 && (*p & 0xc0) == 0x80; more--)
		v = v << 6 | (*p++ & 0x3f);
	*s = (const char *)p;
	return v;
}

/* Characters, not bytes; no control characters, C1 and DEL included. */
static enum err
string_check(
    const json_t *j, const char *name, size_t min, size_t max, struct why *why)
{
	const char *s = json_string_value(j);
	size_t n = 0;
	uint32_t c;

	if (s == NULL)
		return why_say(why, ERR_FORMAT, "%s is not a string", name);
	if (strlen(s) != json_string_length(j))
		return why_say(why, ERR_FORMAT, "%s holds a NUL", name);
	while (*s != 0) {
		c = next_char(&s);
		n++;
		if (max > ONE_LINE && (c == '\n' || c == '\t'))
			continue;
		if (c < ' ' || (c >= 0x7f && c < 0xa0))
			return why_say(why, ERR_FORMAT,
			    "%s holds the control character U+%04X at place "
			    "%zu",
			    name, (unsigned)c, n);
	}
	if (n < min)
		return why_say(why, ERR_LIMIT,
		    n == 0 ? "%s is empty"
			   : "%s is shorter than %zu characters",
		    name, min);
	if (n > max)
		return why_say(why, ERR_LIMIT,
		    "%s is longer than %zu characters", name, max);
	return OK;
}

enum err
json_get_string(const json_t *o, const char *name, size_t min, size_t max,
    const char **out, struct why *why)
{
	json_t *j = NULL;
	enum err r;

	if ((r = member(o, name, &j, why)) != OK ||
	    (r = string_check(j, name, min, max, why)) != OK)
		return r;
	*out = json_string_value(j);
	return OK;
}

enum err
json_get_hex(
    const json_t *o, const char *name, uint8_t *out, size_t n, struct why *why)
{
	json_t *j = NULL;
	enum err r;

	if ((r = member(o, name, &j, why)) != OK)
		return r;
	if (!json_is_string(j) ||
	    hex_decode(slice_of(json_string_value(j), json_string_length(j)),
		out, n) != OK)
		return why_say(why, ERR_FORMAT,
		    "%s is not %zu bytes as lower-case hex", name, n);
	return OK;
}

enum err
json_get_object(
    const json_t *o, const char *name, json_t **out, struct why *why)
{
	json_t *j = NULL;
	enum err r;

	if ((r = member(o, name, &j, why)) != OK)
		return r;
	if (!json_is_object(j))
		return why_say(why, ERR_FORMAT, "%s is not an object", name);
	*out = j;
	return OK;
}

enum err
json_get_array(const json_t *o, const char *name, size_t min, size_t max,
    json_t **out, struct why *why)
{
	json_t *j = NULL;
	size_t n;
	enum err r;

	if ((r = member(o, name, &j, why)) != OK)
		return r;
	if (!json_is_array(j))
		return why_say(why, ERR_FORMAT, "%s is not an array", name);
	n = json_array_size(j);
	if (n < min || n > max)
		return why_say(why, ERR_LIMIT,
		    "%s has %zu elements, and must have %zu to %zu", name, n,
		    min, max);
	*out = j;
	return OK;
}

static int
is_language(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz");

	return s[n] == 0 && (n == 2 || n == 3);
}

enum err
json_get_texts(const json_t *o, const char *name, size_t max, json_t **out,
    struct why *why)
{
	char path[100];
	json_t *map = NULL;
	const char *lang;
	void *it;
	enum err r;

	if ((r = json_get_object(o, name, &map, why)) != OK)
		return r;
	for (it = json_object_iter(map); it != NULL;
	     it = json_object_iter_next(map, it)) {
		lang = json_object_iter_key(it);
		if (!is_language(lang)) {
			plain(lang, path, 20);
			return why_say(why, ERR_FORMAT,
			    "%s.%s: a language has two or three lower-case "
			    "letters",
			    name, path);
		}
		(void)snprintf(path, sizeof(path), "%s.%s", name, lang);
		r = string_check(json_object_iter_value(it), path, 0, max, why);
		if (r != OK)
			return r;
	}
	if (json_object_get(map, "it") == NULL)
		return why_say(why, ERR_FORMAT, "%s.it is missing", name);
	*out = map;
	return OK;
}

const char *
json_text(const json_t *texts, const char *lang)
{
	const char *s = NULL;

	if (lang != NULL)
		s = json_string_value(json_object_get(texts, lang));
	if (s == NULL)
		s = json_string_value(json_object_get(texts, "it"));
	return s != NULL ? s : "";
}

enum err
json_only(const json_t *o, const char *const *names, struct why *why)
{
	json_t *j = (json_t *)(uintptr_t)o;
	char shown[60];
	void *it;
	size_t i;

	for (it = json_object_iter(j); it != NULL;
	     it = json_object_iter_next(j, it)) {
		for (i = 0; names[i] != NULL; i++) {
			if (strcmp(names[i], json_object_iter_key(it)) == 0)
				break;
		}
		if (names[i] != NULL)
			continue;
		plain(json_object_iter_key(it), shown, sizeof(shown));
		return why_say(
		    why, ERR_FORMAT, "%s is not a member here", shown);
	}
	return OK;
}

enum err
json_decimal_check(const char *s, struct why *why)
{
	size_t whole = strspn(s, "0123456789");
	size_t places = 0;

	if (s[whole] == '.') {
		places = strspn(s + whole + 1, "0123456789");
		if (places == 0 || places > DECIMAL_PLACES ||
		    s[whole + places] == '0' || s[whole + 1 + places] != 0)
			whole = 0;
	} else if (s[whole] != 0) {
		whole = 0;
	}
	if (whole == 0 || whole > DECIMAL_DIGITS || (s[0] == '0' && whole > 1))
		return why_say(why, ERR_FORMAT,
		    "not a decimal: 1 to %d digits without leading zero, then "
		    "perhaps a point and 1 to %d digits, the last not 0",
		    DECIMAL_DIGITS, DECIMAL_PLACES);
	return OK;
}
