#include <string.h>

#include "hex.h"
#include "picture.h"

#include "file.h"
#include "pictures.h"

static enum err
upload(struct api *a, struct staff_key *key, struct slice bytes,
    struct hash *out, struct why *why)
{
	struct buf answer = { 0 };
	json_t *j = NULL;
	struct hash said;
	enum err r;

	hash_bytes(bytes, out);
	if ((r = api_staff(a, key, "POST", "pictures", bytes, &answer, why)) !=
		OK ||
	    (r = json_read(buf_slice(&answer), &j, why)) != OK ||
	    (r = json_get_hex(j, "hash", said.b, HASH_BYTES, why)) != OK)
		goto out;
	if (!hash_equal(&said, out))
		r = why_say(why, ERR_SIGNATURE,
		    "the server keeps another picture than the one sent");

out:
	json_decref(j);
	buf_free(&answer);
	return r;
}

enum err
pictures_send(struct api *a, struct staff_key *key, const char *path,
    struct hash *out, struct why *why)
{
	struct picture picture;
	struct buf b = { 0 };
	enum err r;

	r = file_read(path, PICTURE_BYTES_MAX, &b, why);
	if (r == ERR_LIMIT)
		(void)why_say(why, r,
		    "%s: it has more than %zu bytes: make the picture smaller, "
		    "or of lower quality",
		    path, PICTURE_BYTES_MAX);
	if (r == OK && (r = picture_parse(buf_slice(&b), &picture, why)) != OK)
		why_prefix(why, "%s: ", path);
	if (r == OK)
		r = upload(a, key, buf_slice(&b), out, why);
	buf_free(&b);
	return r;
}

/* --- In a form's file ------------------------------------------------------*/

/* {"file", "alt"} becomes {"hash", "alt"}; what else is there form_parse sees.
 */
static enum err
fill(struct api *a, struct staff_key *key, json_t *picture, const char *path,
    struct why *why)
{
	const char *name = json_string_value(json_object_get(picture, "file"));
	const char *slash = strrchr(path, '/');
	char hex[2 * HASH_BYTES + 1];
	struct buf at = { 0 };
	struct hash h;
	enum err r = ERR_NOMEM;

	if (name == NULL)
		return why_say(
		    why, ERR_FORMAT, "\"file\" must be the path of a picture");
	if (*name != '/' && slash != NULL)
		buf_put(&at, path, (size_t)(slash - path) + 1);
	buf_str(&at, name);
	if (buf_text(&at) != NULL &&
	    (r = pictures_send(a, key, buf_text(&at), &h, why)) == OK) {
		hex_encode(hash_slice(&h), hex);
		if (json_object_set_new(picture, "hash", json_string(hex)) !=
			0 ||
		    json_object_del(picture, "file") != 0)
			r = ERR_NOMEM;
	}
	buf_free(&at);
	return r;
}

enum err
pictures_fill(struct api *a, struct staff_key *key, json_t *file,
    const char *path, struct why *why)
{
	json_t *option, *picture;
	size_t i;
	enum err r;

	json_array_foreach(json_object_get(file, "options"), i, option)
	{
		picture = json_object_get(option, "picture");
		if (json_object_get(picture, "file") == NULL)
			continue;
		if ((r = fill(a, key, picture, path, why)) != OK) {
			why_prefix(why, "options[%zu].picture: ", i);
			return r;
		}
	}
	return OK;
}
