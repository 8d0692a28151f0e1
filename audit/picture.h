#ifndef PICTURE_H
#define PICTURE_H

#include <stdint.h>

#include "bytes.h"
#include "why.h"

/*
 * Pictures of options (PROTOCOL 3): objects that are shown as they are, so they
 * hold the picture and nothing about who took it, where and when.
 */
#define PICTURE_BYTES_MAX ((size_t)512 << 10)
#define PICTURE_SIDE_MAX 4096U

enum picture_type {
	PICTURE_JPEG,
	PICTURE_PNG,
	PICTURE_WEBP,
};

struct picture {
	enum picture_type type;
	uint32_t width; /* pixels, 1 to PICTURE_SIDE_MAX */
	uint32_t height;
};

/**
 * picture_parse(s, out, why):
 * Read the parts of a JPEG, PNG or WebP from its first byte to its last, but
 * not the pixels.  ERR_FORMAT: it is none, is cut off, is followed by
 * something, moves, or holds a part that pixels do not need (Exif, comments);
 * ERR_LIMIT: too many bytes or pixels; what to do is in ${why}.
 */
enum err picture_parse(
    struct slice s, struct picture *out, struct why *why) MUST_USE;

/**
 * picture_media_type(t):
 * "image/jpeg", "image/png" or "image/webp".
 */
const char *picture_media_type(enum picture_type t);

#endif /* PICTURE_H */
