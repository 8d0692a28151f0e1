#include <stdio.h>
#include <stdlib.h>

#include "hex.h"

#include "vecfile.h"

int vecfile_writing;

json_t *
vecfile_new(const char *format)
{
	json_t *root = json_object();

	vecfile_str(root, "format", format);
	return root;
}

static json_t *
append(json_t *root, const char *key)
{
	json_t *list = json_object_get(root, key), *o = json_object();

	if (list == NULL) {
		list = json_array();
		assert_int_equal(json_object_set_new(root, key, list), 0);
	}
	assert_int_equal(json_array_append_new(list, o), 0);
	return o;
}

json_t *
vecfile_test(json_t *root)
{
	return append(root, "tests");
}

json_t *
vecfile_refused(json_t *root, const char *why, enum err r)
{
	json_t *o = append(root, "refused");

	assert_true(r == ERR_FORMAT || r == ERR_LIMIT || r == ERR_SIGNATURE ||
		    r == ERR_CONFLICT);
	vecfile_str(o, "why", why);
	vecfile_str(o, "error",
	    r == ERR_FORMAT	 ? "format"
	    : r == ERR_LIMIT	 ? "limit"
	    : r == ERR_SIGNATURE ? "signature"
				 : "conflict");
	return o;
}

void
vecfile_hex(json_t *o, const char *key, struct slice s)
{
	char *text = malloc(2 * s.n + 1);

	assert_non_null(text);
	hex_encode(s, text);
	vecfile_str(o, key, text);
	free(text);
}

void
vecfile_str(json_t *o, const char *key, const char *s)
{
	assert_int_equal(json_object_set_new(o, key, json_string(s)), 0);
}

void
vecfile_text(json_t *o, const char *key, struct slice s)
{
	assert_int_equal(
	    json_object_set_new(o, key, json_stringn((const char *)s.p, s.n)),
	    0);
}

void
vecfile_int(json_t *o, const char *key, uint64_t v)
{
	assert_true(v < (uint64_t)1 << 53);
	assert_int_equal(
	    json_object_set_new(o, key, json_integer((json_int_t)v)), 0);
}

void
vecfile_hash(json_t *o, const char *key, const struct hash *h)
{
	vecfile_hex(o, key, hash_slice(h));
}

static void
write_file(const char *path, const struct buf *b)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(b->p, 1, b->n, f), b->n);
	assert_int_equal(fclose(f), 0);
}

static void
compare_file(const char *path, const struct buf *want)
{
	struct buf have = { 0 };
	FILE *f = fopen(path, "rb");
	int c;

	if (f == NULL)
		fail_msg("no %s: run from the top folder", path);
	while ((c = getc(f)) != EOF)
		buf_u8(&have, (uint8_t)c);
	fclose(f);
	assert_bytes(buf_slice(&have), buf_slice(want));
	buf_free(&have);
}

void
vecfile_end(json_t *root, const char *name)
{
	char *text = json_dumps(root, JSON_INDENT(1));
	struct buf b = { 0 };
	char path[256];

	assert_non_null(text);
	buf_str(&b, text);
	buf_str(&b, "\n");
	free(text);
	json_decref(root);
	(void)snprintf(path, sizeof(path), "tests/vectors/%s", name);
	if (vecfile_writing)
		write_file(path, &b);
	else
		compare_file(path, &b);
	buf_free(&b);
}

void
vecfile_fixed(const char *label, uint8_t *out, size_t n)
{
	assert_int_equal(hash_hkdf(slice_str(label), slice_str("vectors"),
			     slice_of(NULL, 0), out, n),
	    OK);
}

struct hash
vecfile_fixed_hash(const char *label)
{
	struct hash h;

	vecfile_fixed(label, h.b, sizeof(h.b));
	return h;
}

struct sign_key
vecfile_fixed_key(const char *label)
{
	uint8_t seed[SEED_BYTES];
	struct sign_key k;

	vecfile_fixed(label, seed, sizeof(seed));
	sign_key_from_seed(seed, &k);
	return k;
}
