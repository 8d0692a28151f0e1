/*
 * Tiles as a folder has them.  A bundle that reads is its entries, each after
 * its length; hashes that read are the file.  The first byte chooses how many
 * entries the log is said to have.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source.h"

#include "fuzz.h"

static char base[] = "/tmp/fuzz_source.XXXXXX";

static void
make(void)
{
	static const char *const dirs[] = { "log", "log/tile", "log/tile/0",
		"log/tile/0/000.p", "log/tile/entries",
		"log/tile/entries/000.p" };
	char path[200];
	size_t i;

	MUST(mkdtemp(base) != NULL);
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", base, dirs[i]);
		MUST(mkdir(path, 0700) == 0);
	}
}

static void
put(const char *kind, unsigned width, struct slice s)
{
	char path[200];
	FILE *f;

	(void)snprintf(
	    path, sizeof(path), "%s/log/tile/%s/000.p/%u", base, kind, width);
	MUST((f = fopen(path, "wb")) != NULL);
	MUST(fwrite(s.p, 1, s.n, f) == s.n);
	MUST(fclose(f) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct source *src;
	static struct slice e[TILE_WIDTH];
	static struct hash h[TILE_WIDTH];
	struct buf b = { 0 }, again = { 0 };
	struct why why = { "" };
	struct slice s;
	unsigned width;
	size_t n, i;

	if (size == 0)
		return 0;
	if (src == NULL) {
		make();
		MUST(source_open(base, &src, NULL) == OK);
	}
	width = 1 + data[0] % 5;
	s = slice_of(data + 1, size - 1);
	put("entries", width, s);
	put("0", width, s);
	if (source_entries(src, 0, width, &b, e, &n, &why) == OK) {
		MUST(n == width);
		for (i = 0; i < n; i++)
			buf_lp(&again, e[i]);
		MUST(slice_equal(buf_slice(&again), s));
	} else {
		MUST(why.text[0] != 0);
	}
	if (source_hashes(src, 0, 0, width, h, &n, &why) == OK) {
		MUST(n == width && s.n == n * HASH_BYTES);
		MUST(memcmp(h, s.p, s.n) == 0);
	}
	buf_free(&b);
	buf_free(&again);
	return 0;
}
