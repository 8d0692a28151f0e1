#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"

#include "vec.h"

/* What vec_free frees. */
struct piece {
	struct piece *next;
	json_t *json;
	uint8_t *bytes;
};
static struct piece *pieces;

static void
keep(json_t *json, uint8_t *bytes)
{
	struct piece *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	p->json = json;
	p->bytes = bytes;
	p->next = pieces;
	pieces = p;
}

int
vec_free(void **state)
{
	struct piece *p;

	(void)state;
	while ((p = pieces) != NULL) {
		pieces = p->next;
		json_decref(p->json);
		free(p->bytes);
		free(p);
	}
	return 0;
}

/* The whole file, or NULL. */
static uint8_t *
read_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p;
	long size;

	if (f == NULL)
		return NULL;
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	assert_true(size >= 0);
	rewind(f);
	p = malloc((size_t)size + 1);
	assert_non_null(p);
	*n = fread(p, 1, (size_t)size, f);
	assert_int_equal(*n, (size_t)size);
	fclose(f);
	return p;
}

struct slice
vec_shared_bytes(const char *name)
{
	const char *shared = getenv("SHARED");
	char path[1024];
	uint8_t *p;
	size_t n = 0;

	(void)snprintf(path, sizeof(path), "%s/vectors/%s",
	    shared != NULL ? shared : "../shared", name);
	if ((p = read_file(path, &n)) == NULL) {
		print_message("no %s: set SHARED to the folder that holds "
			      "vectors/\n",
		    path);
		skip();
	}
	keep(NULL, p);
	return slice_of(p, n);
}

static const json_t *
load(struct slice s, const char *name)
{
	json_error_t error;
	json_t *j;

	j = json_loadb((const char *)s.p, s.n, JSON_REJECT_DUPLICATES, &error);
	if (j == NULL)
		fail_msg("%s:%d: %s", name, error.line, error.text);
	keep(j, NULL);
	return j;
}

const json_t *
vec_shared(const char *name)
{
	return load(vec_shared_bytes(name), name);
}

const json_t *
vec_own(const char *name)
{
	char path[1024];
	uint8_t *p;
	size_t n = 0;

	(void)snprintf(path, sizeof(path), "tests/vectors/%s", name);
	if ((p = read_file(path, &n)) == NULL)
		fail_msg("no %s: run from the top folder", path);
	keep(NULL, p);
	return load(slice_of(p, n), name);
}

const json_t *
vec_tests(const json_t *root)
{
	const json_t *tests = json_object_get(root, "tests");

	assert_true(json_array_size(tests) > 0);
	return tests;
}

const char *
vec_str(const json_t *t, const char *key)
{
	const char *s = json_string_value(json_object_get(t, key));

	if (s == NULL)
		fail_msg("vector without the string \"%s\"", key);
	return s;
}

struct slice
vec_unhex(const char *s)
{
	size_t n = strlen(s) / 2;
	uint8_t *p = malloc(n + 1);

	assert_non_null(p);
	keep(NULL, p);
	assert_int_equal(hex_decode(slice_str(s), p, n), OK);
	return slice_of(p, n);
}

struct slice
vec_hex(const json_t *t, const char *key)
{
	return vec_unhex(vec_str(t, key));
}

int
vec_has(const json_t *t, const char *key)
{
	return json_object_get(t, key) != NULL;
}

uint64_t
vec_u64(const json_t *t, const char *key)
{
	const json_t *v = json_object_get(t, key);
	unsigned long long n;
	char *end;

	if (json_is_integer(v))
		return (uint64_t)json_integer_value(v);
	assert_true(json_is_string(v));
	n = strtoull(json_string_value(v), &end, 10);
	assert_int_equal(*end, 0);
	return n;
}

uint8_t *
vec_copy(struct slice s)
{
	uint8_t *p = malloc(s.n > 0 ? s.n : 1);

	assert_non_null(p);
	keep(NULL, p);
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return p;
}

void
vec_assert_bytes(struct slice a, struct slice b, const char *file, int line)
{
	if (a.n != b.n)
		print_error("%zu bytes, not %zu\n", a.n, b.n);
	_assert_int_equal(a.n, b.n, file, line);
	if (a.n > 0)
		_assert_memory_equal(a.p, b.p, a.n, file, line);
}
