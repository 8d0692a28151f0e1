/* Key files and .pub lines have one encoding: what parses prints the same. */
#include <string.h>

#include "staff.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);
	struct staff_key k;
	struct staff_pub pub;
	struct buf b = { 0 };

	if (staff_key_parse(s, &k, NULL) == OK) {
		staff_key_put(&k, &b);
		MUST(slice_equal(buf_slice(&b), s));
		b.n = 0;
		staff_pub_put(&k, &b);
		MUST(staff_pub_parse(buf_slice(&b), &pub, NULL) == OK);
		MUST(strcmp(pub.name, k.name) == 0 && pub.role == k.role);
	}
	if (staff_pub_parse(s, &pub, NULL) == OK) {
		memset(&k, 0, sizeof(k));
		memcpy(k.name, pub.name, sizeof(k.name));
		k.role = pub.role;
		k.key.pk = pub.pk;
		b.n = 0;
		staff_pub_put(&k, &b);
		MUST(slice_equal(buf_slice(&b), s));
	}
	buf_free(&b);
	return 0;
}
