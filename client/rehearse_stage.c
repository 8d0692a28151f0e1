#include "json.h"

#include "file.h"
#include "when.h"

#include "rehearse_stage.h"

#define STAGE_MAX ((size_t)1 << 20)
#define IDLE_MAX 1000000

/*
 * Trustees open by their own clock, so the days are past.  What a rehearsal
 * sets itself (windows, roll, trustees...) is no matter of this file.
 */
static const char usual[] =
    "{\"name\": \"Prova generale\","
    "\"origin\": \"prova.partecipa.invalid/log\","
    "\"host\": \"prova.partecipa.invalid\","
    "\"start\": \"2023-11-14T08:00\", \"idle\": 0,"
    "\"space\": {\"slug\": \"prova-generale\","
    "\"titles\": {\"it\": \"Prova generale\", \"en\": \"General rehearsal\"},"
    "\"eligibility\": {\"it\": \"Residenti di prova\","
    "\"en\": \"Synthetic residents\"}}}";

static enum err
take(struct rehearse_stage *s, struct why *why)
{
	static const char *const members[] = { "form", "host", "idle", "name",
		"origin", "space", "start", NULL };
	static const char *const ours[] = { "issuance", "participation", "mode",
		"roll", "trustees", "issuers", "witnesses", "batch_interval" };
	const char *start;
	json_t *space = NULL, *form = NULL;
	int64_t idle;
	size_t i;
	enum err r;

	if ((r = json_only(s->doc, members, why)) != OK ||
	    (r = json_get_string(s->doc, "name", 1, 200, &s->name, why)) !=
		OK ||
	    (r = json_get_string(s->doc, "origin", 1, 247, &s->origin, why)) !=
		OK ||
	    (r = json_get_string(s->doc, "host", 1, 255, &s->host, why)) !=
		OK ||
	    (r = json_get_int(s->doc, "idle", 0, IDLE_MAX, &idle, why)) != OK ||
	    (r = json_get_string(s->doc, "start", 1, 32, &start, why)) != OK ||
	    (r = when_parse(start, &s->start, why)) != OK ||
	    (r = json_get_object(s->doc, "space", &space, why)) != OK ||
	    (r = json_get_string(space, "slug", 1, SLUG_MAX, &s->slug, why)) !=
		OK)
		return r;
	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (json_object_get(space, ours[i]) != NULL)
			return why_say(why, ERR_FORMAT,
			    "space.%s: the rehearsal sets it, leave it out",
			    ours[i]);
	if (json_object_get(s->doc, "form") != NULL &&
	    (r = json_get_object(s->doc, "form", &form, why)) != OK)
		return r;
	s->idle = (size_t)idle;
	s->space = space;
	s->form = form;
	return OK;
}

enum err
rehearse_stage_parse(
    struct slice text, struct rehearse_stage *out, struct why *why)
{
	struct rehearse_stage s = { 0 };
	enum err r;

	if ((r = json_read(text, &s.doc, why)) != OK)
		return r;
	if ((r = take(&s, why)) != OK) {
		rehearse_stage_free(&s);
		return r;
	}
	*out = s;
	return OK;
}

enum err
rehearse_stage_read(
    const char *path, struct rehearse_stage *out, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if (path == NULL)
		return rehearse_stage_parse(slice_str(usual), out, why);
	if ((r = file_read(path, STAGE_MAX, &b, why)) == OK &&
	    (r = rehearse_stage_parse(buf_slice(&b), out, why)) != OK)
		why_prefix(why, "%s: ", path);
	buf_free(&b);
	return r;
}

void
rehearse_stage_free(struct rehearse_stage *stage)
{
	json_decref(stage->doc);
	stage->doc = NULL;
}
