#ifndef LANG_H
#define LANG_H

/* The languages that the server speaks. */
enum lang {
	LANG_IT = 0,
	LANG_EN = 1,
};
#define LANGS 2

/**
 * lang_name(l):
 * "it", "en".
 */
const char *lang_name(enum lang l);

/**
 * lang_of_query(query, out):
 * Nonzero iff the query string (may be NULL) has lang=it or lang=en, which is
 * then in ${out}.
 */
int lang_of_query(const char *query, enum lang *out);

/**
 * lang_of_header(value):
 * The language that an Accept-Language header (may be NULL) likes best;
 * Italian when it names neither or both alike.
 */
enum lang lang_of_header(const char *value);

#endif /* LANG_H */
