/* Pictures of options (PROTOCOL 3): objects that browsers show. */
#include "hex.h"
#include "picture.h"

#include "handle.h"

/* An object that is no picture is not there: nothing else gets an image type.
 */
enum problem
handle_pictures_get(struct service *s, const struct req *q, struct resp *p)
{
	struct picture picture;
	enum problem no;
	struct hash h;

	if (hex_decode(slice_str(q->params.v[0]), h.b, sizeof(h.b)) != OK)
		return PROBLEM_NOT_FOUND;
	no = handle_problem(store_object_get(service_store(s), &h, &p->body));
	if (no != PROBLEM_NONE)
		return no;
	if (picture_parse(buf_slice(&p->body), &picture, NULL) != OK)
		return PROBLEM_NOT_FOUND;
	p->content_type = picture_media_type(picture.type);
	return PROBLEM_NONE;
}

enum problem
handle_pictures_put(struct service *s, const struct req *q, struct resp *p)
{
	char hex[2 * HASH_BYTES + 1];
	struct picture picture;
	struct hash h;

	if (picture_parse(q->body, &picture, &p->why) != OK)
		return PROBLEM_PICTURE;
	hash_bytes(q->body, &h);
	if (store_object_put(service_store(s), &h, q->body) != OK)
		return PROBLEM_UNAVAILABLE;
	hex_encode(hash_slice(&h), hex);
	p->status = 201;
	p->content_type = "application/json";
	buf_printf(&p->body, "{\"hash\":\"%s\",\"type\":\"%s\"}", hex,
	    picture_media_type(picture.type));
	return PROBLEM_NONE;
}
