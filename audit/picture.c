/*
 * Just enough of three formats to say how large a picture is and what is in it.
 * Whatever is not known to be needed for the pixels is refused, so that what
 * cameras and editors add without asking is never published.
 */
#include <string.h>

#include "picture.h"

#define AS_IT_IS                                                               \
	"save it anew without metadata (exiftool -all= FILE, or \"export for " \
	"the web\" in a picture editor)"

static const char *const media_types[] = {
	[PICTURE_JPEG] = "image/jpeg",
	[PICTURE_PNG] = "image/png",
	[PICTURE_WEBP] = "image/webp",
};

const char *
picture_media_type(enum picture_type t)
{
	return media_types[t];
}

static enum err
cut_off(struct why *why)
{
	return why_say(why, ERR_FORMAT,
	    "the picture ends too soon: it was not copied to its end");
}

static enum err
side_check(const struct picture *p, struct why *why)
{
	if (p->width > 0 && p->height > 0 && p->width <= PICTURE_SIDE_MAX &&
	    p->height <= PICTURE_SIDE_MAX)
		return OK;
	return why_say(why, ERR_LIMIT,
	    "the picture has %u x %u pixels, at most %u x %u are allowed: make "
	    "it smaller (1,200 pixels wide is plenty)",
	    (unsigned)p->width, (unsigned)p->height, PICTURE_SIDE_MAX,
	    PICTURE_SIDE_MAX);
}

static enum err
whole(const struct cursor *c, struct why *why)
{
	struct cursor end = *c;

	if (cursor_end(&end) == OK)
		return OK;
	return why_say(why, ERR_FORMAT,
	    "something follows after the end of the picture; " AS_IT_IS);
}

/* ---- JPEG (ITU-T T.81, annex B) ------------------------------------------ */

enum {
	JPEG_SOF0 = 0xc0,
	JPEG_SOF1 = 0xc1,
	JPEG_SOF2 = 0xc2,
	JPEG_DHT = 0xc4,
	JPEG_RST0 = 0xd0,
	JPEG_RST7 = 0xd7,
	JPEG_EOI = 0xd9,
	JPEG_SOS = 0xda,
	JPEG_DQT = 0xdb,
	JPEG_DRI = 0xdd,
	JPEG_APP0 = 0xe0,  /* JFIF */
	JPEG_APP1 = 0xe1,  /* Exif, XMP */
	JPEG_APP2 = 0xe2,  /* colour profile, or a further picture */
	JPEG_APP14 = 0xee, /* how colours are stored */
};

/* The frame: precision, height, width. */
static enum err
jpeg_frame(struct slice s, struct picture *out, struct why *why)
{
	struct cursor c = cursor_of(s);

	if (out->width != 0)
		return why_say(why, ERR_FORMAT, "the JPEG has two frames");
	if (cursor_u8(&c) != 8)
		return why_say(
		    why, ERR_FORMAT, "the JPEG has other than 8 bits a sample");
	out->height = cursor_u16(&c);
	out->width = cursor_u16(&c);
	if (c.bad)
		return cut_off(why);
	return side_check(out, why);
}

static enum err
jpeg_segment(
    unsigned marker, struct slice s, struct picture *out, struct why *why)
{
	switch (marker) {
	case JPEG_SOF0:
	case JPEG_SOF1:
	case JPEG_SOF2:
		return jpeg_frame(s, out, why);
	case JPEG_DHT:
	case JPEG_DQT:
	case JPEG_DRI:
	case JPEG_APP0:
	case JPEG_APP14:
		return OK;
	case JPEG_SOS:
		if (out->width == 0)
			return why_say(why, ERR_FORMAT,
			    "the JPEG says no size before its pixels");
		return OK;
	case JPEG_APP1:
		return why_say(why, ERR_FORMAT,
		    "the JPEG holds Exif or XMP (APP1), which can say where "
		    "and by whom it was taken; " AS_IT_IS);
	case JPEG_APP2:
		if (s.n >= 12 && memcmp(s.p, "ICC_PROFILE", 12) == 0)
			return OK;
		break;
	default:
		break;
	}
	return why_say(why, ERR_FORMAT,
	    "the JPEG holds a part that is not needed to show it (marker "
	    "%02x); " AS_IT_IS,
	    marker);
}

/* Pixels, up to a marker that is none of theirs; its number, or 0. */
static unsigned
jpeg_pixels(struct cursor *c)
{
	unsigned b, marker;

	while (!c->bad) {
		if (cursor_u8(c) != 0xff)
			continue;
		do {
			marker = cursor_u8(c);
		} while (marker == 0xff && !c->bad);
		b = marker;
		if (b != 0 && (b < JPEG_RST0 || b > JPEG_RST7) && !c->bad)
			return marker;
	}
	return 0;
}

static enum err
jpeg_parse(struct cursor *c, struct picture *out, struct why *why)
{
	unsigned marker = 0;
	int scans = 0;
	uint16_t n;
	enum err r;

	(void)cursor_take(c, 2);
	while (!c->bad) {
		if (marker == 0) {
			if (cursor_u8(c) != 0xff)
				return c->bad ? cut_off(why)
					      : why_say(why, ERR_FORMAT,
						    "the JPEG is damaged");
			do {
				marker = cursor_u8(c);
			} while (marker == 0xff && !c->bad);
		}
		if (marker == JPEG_EOI && scans > 0)
			return whole(c, why);
		if ((n = cursor_u16(c)) < 2)
			return c->bad ? cut_off(why)
				      : why_say(why, ERR_FORMAT,
					    "the JPEG is damaged");
		r = jpeg_segment(
		    marker, cursor_take(c, (size_t)n - 2), out, why);
		if (c->bad)
			break;
		if (r != OK)
			return r;
		scans += marker == JPEG_SOS;
		marker = marker == JPEG_SOS ? jpeg_pixels(c) : 0;
	}
	return cut_off(why);
}

/* ---- PNG (ISO/IEC 15948, 5.3 and 11) ------------------------------------- */

static const char *const png_parts[] = { "IHDR", "PLTE", "IDAT", "IEND", "tRNS",
	"gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYs", NULL };

/* Of a PNG's or WebP's part: four letters, printable for a sentence. */
static void
part_name(struct slice s, char out[static 5])
{
	size_t i;

	memcpy(out, "????", 4);
	for (i = 0; i < 4 && s.n == 4; i++)
		if (s.p[i] > ' ' && s.p[i] < 0x7f)
			out[i] = (char)s.p[i];
	out[4] = '\0';
}

static enum err
part_check(const char *name, const char *const *known, const char *format,
    struct why *why)
{
	for (; *known != NULL; known++)
		if (strcmp(*known, name) == 0)
			return OK;
	return why_say(why, ERR_FORMAT,
	    "the %s holds a part that is not needed to show it (%s); " AS_IT_IS,
	    format, name);
}

static enum err
png_parse(struct cursor *c, struct picture *out, struct why *why)
{
	struct cursor head;
	struct slice body;
	char name[5];
	int pixels = 0;
	uint32_t n;
	enum err r;

	(void)cursor_take(c, 8);
	while (!c->bad) {
		n = cursor_u32(c);
		part_name(cursor_take(c, 4), name);
		body = cursor_take(c, n);
		(void)cursor_u32(c); /* a sum that browsers check */
		if (c->bad)
			break;
		if ((out->width == 0) != (strcmp(name, "IHDR") == 0) ||
		    (out->width == 0 && n != 13))
			return why_say(why, ERR_FORMAT, "the PNG is damaged");
		if ((r = part_check(name, png_parts, "PNG", why)) != OK)
			return r;
		if (out->width == 0) {
			head = cursor_of(body);
			out->width = cursor_u32(&head);
			out->height = cursor_u32(&head);
			if ((r = side_check(out, why)) != OK)
				return r;
		}
		pixels |= strcmp(name, "IDAT") == 0;
		if (strcmp(name, "IEND") == 0)
			return pixels ? whole(c, why) : cut_off(why);
	}
	return cut_off(why);
}

/* ---- WebP (RFC 9649) ----------------------------------------------------- */

static const char *const webp_parts[] = { "VP8 ", "VP8L", "VP8X", "ALPH",
	"ICCP", NULL };

static uint32_t
le(struct slice s)
{
	uint32_t v = 0;
	size_t i;

	for (i = s.n; i-- > 0;)
		v = v << 8 | s.p[i];
	return v;
}

/* Where each kind of part says the size. */
static void
webp_size(const char *name, struct slice s, uint32_t *width, uint32_t *height)
{
	uint32_t bits;

	if (strcmp(name, "VP8X") == 0 && s.n == 10) {
		*width = le(slice_of(s.p + 4, 3)) + 1;
		*height = le(slice_of(s.p + 7, 3)) + 1;
	} else if (strcmp(name, "VP8L") == 0 && s.n > 5 && s.p[0] == 0x2f) {
		bits = le(slice_of(s.p + 1, 4));
		*width = (bits & 0x3fff) + 1;
		*height = (bits >> 14 & 0x3fff) + 1;
	} else if (strcmp(name, "VP8 ") == 0 && s.n > 10 &&
		   memcmp(s.p + 3, "\x9d\x01\x2a", 3) == 0) {
		*width = le(slice_of(s.p + 6, 2)) & 0x3fff;
		*height = le(slice_of(s.p + 8, 2)) & 0x3fff;
	}
}

static enum err
webp_part(const char *name, struct slice body, int first, struct picture *out,
    struct why *why)
{
	uint32_t width = 0, height = 0;
	enum err r;

	/* Blanks are printed as question marks; one part's name ends in one. */
	if ((r = part_check(name, webp_parts, "WebP", why)) != OK)
		return r;
	webp_size(name, body, &width, &height);
	if (strncmp(name, "VP8", 3) == 0 && width == 0)
		return why_say(why, ERR_FORMAT, "the WebP is damaged");
	if (first) {
		out->width = width;
		out->height = height;
		return side_check(out, why);
	}
	if (width != 0 && (width != out->width || height != out->height))
		return why_say(
		    why, ERR_FORMAT, "the WebP has pictures of two sizes");
	return OK;
}

static enum err
webp_parse(struct cursor *c, struct picture *out, struct why *why)
{
	struct slice head = cursor_take(c, 12), body, tag;
	char name[5];
	int first = 1, pixels = 0;
	uint32_t n;
	enum err r;

	if (head.n != 12 || le(slice_of(head.p + 4, 4)) != c->n + 4)
		return cut_off(why);
	while (c->n > 0) {
		tag = cursor_take(c, 4);
		n = le(cursor_take(c, 4));
		body = cursor_take(c, n);
		if (n % 2 == 1)
			(void)cursor_u8(c);
		if (c->bad)
			return cut_off(why);
		part_name(tag, name);
		if (name[3] == '?' && tag.p[3] == ' ')
			name[3] = ' ';
		if ((r = webp_part(name, body, first, out, why)) != OK)
			return r;
		first = 0;
		pixels +=
		    strcmp(name, "VP8 ") == 0 || strcmp(name, "VP8L") == 0;
	}
	if (pixels != 1)
		return why_say(why, ERR_FORMAT, "the WebP is damaged");
	return OK;
}

/* ---- Any ----------------------------------------------------------------- */

enum err
picture_parse(struct slice s, struct picture *out, struct why *why)
{
	struct picture p = { PICTURE_JPEG, 0, 0 };
	struct cursor c = cursor_of(s);
	enum err r;

	if (s.n > PICTURE_BYTES_MAX)
		return why_say(why, ERR_LIMIT,
		    "the picture has %zu bytes, at most %zu are allowed: make "
		    "it smaller, or of lower quality",
		    s.n, PICTURE_BYTES_MAX);
	if (s.n >= 3 && memcmp(s.p, "\xff\xd8\xff", 3) == 0) {
		r = jpeg_parse(&c, &p, why);
	} else if (s.n >= 8 && memcmp(s.p, "\x89PNG\r\n\x1a\n", 8) == 0) {
		p.type = PICTURE_PNG;
		r = png_parse(&c, &p, why);
	} else if (s.n >= 12 && memcmp(s.p, "RIFF", 4) == 0 &&
		   memcmp(s.p + 8, "WEBP", 4) == 0) {
		p.type = PICTURE_WEBP;
		r = webp_parse(&c, &p, why);
	} else {
		r = why_say(why, ERR_FORMAT,
		    "not a picture in JPEG, PNG or WebP: save it as one of "
		    "these");
	}
	if (r == OK)
		*out = p;
	return r;
}
