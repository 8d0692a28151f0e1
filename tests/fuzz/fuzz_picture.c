/*
 * A picture that is taken has a size within the limits; it cannot be cut off,
 * and nothing can be added.
 */
#include <string.h>

#include "picture.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct picture p, other;
	struct why why = { "" };
	struct buf longer = { 0 };
	enum err r;

	r = picture_parse(slice_of(data, size), &p, &why);
	if (r != OK) {
		MUST(r == ERR_FORMAT || r == ERR_LIMIT);
		MUST(why.text[0] != '\0');
		return 0;
	}
	MUST(size <= PICTURE_BYTES_MAX);
	MUST(p.width >= 1 && p.width <= PICTURE_SIDE_MAX);
	MUST(p.height >= 1 && p.height <= PICTURE_SIDE_MAX);
	MUST(strncmp(picture_media_type(p.type), "image/", 6) == 0);
	MUST(picture_parse(slice_of(data, size - 1), &other, NULL) != OK);
	buf_put(&longer, data, size);
	buf_put(&longer, "", 1);
	MUST(picture_parse(buf_slice(&longer), &other, NULL) != OK);
	buf_free(&longer);
	return 0;
}
