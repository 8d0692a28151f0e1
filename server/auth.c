#include <string.h>
#include <strings.h>

#include "base64.h"
#include "text.h"
#include "wipe.h"

#include "auth.h"

/* More than any header of ours. */
#define AUTH_VALUE_MAX 1024

struct param {
	const char *name;
	struct slice value; /* p NULL: not there */
};

/* One name="value"; the cursor stands behind it afterwards. */
static enum err
param_read(const char **at, struct param *params, size_t n)
{
	size_t len = strcspn(*at, "="), i;
	const char *end;

	for (i = 0; i < n; i++)
		if (strlen(params[i].name) == len &&
		    memcmp(params[i].name, *at, len) == 0)
			break;
	if (i == n || params[i].value.p != NULL)
		return ERR_FORMAT;
	*at += len;
	if ((*at)[0] != '=' || (*at)[1] != '"')
		return ERR_FORMAT;
	*at += 2;
	if ((end = strchr(*at, '"')) == NULL)
		return ERR_FORMAT;
	params[i].value = slice_of(*at, (size_t)(end - *at));
	*at = end + 1;
	return OK;
}

static enum err
params_read(
    const char *value, const char *scheme, struct param *params, size_t n)
{
	size_t len = strlen(scheme);
	enum err r;

	if (strnlen(value, AUTH_VALUE_MAX) == AUTH_VALUE_MAX ||
	    strncasecmp(value, scheme, len) != 0 || value[len] != ' ')
		return ERR_FORMAT;
	value += len + 1;
	for (;;) {
		if ((r = param_read(&value, params, n)) != OK)
			return r;
		if (*value == '\0')
			return OK;
		if (*value++ != ',')
			return ERR_FORMAT;
		value += strspn(value, " \t");
	}
}

static enum err
bytes_read(const struct param *p, void *out, size_t n)
{
	if (p->value.p == NULL)
		return ERR_FORMAT;
	return base64_decode_exact(BASE64_URL, p->value, out, n);
}

enum err
auth_roll_parse(const char *value, struct auth_roll *out)
{
	struct param params[] = {
		{ "key", { NULL, 0 } },
		{ "salt", { NULL, 0 } },
		{ "sig", { NULL, 0 } },
		{ "factor", { NULL, 0 } },
	};
	struct auth_roll a;
	enum err r;

	memset(&a, 0, sizeof(a));
	if ((r = params_read(value, "Roll", params, 4)) != OK ||
	    (r = bytes_read(&params[0], a.key.b, sizeof(a.key.b))) != OK ||
	    (r = bytes_read(&params[1], a.salt, sizeof(a.salt))) != OK ||
	    (r = bytes_read(&params[2], a.sig.b, sizeof(a.sig.b))) != OK)
		goto out;
	a.has_factor = params[3].value.p != NULL;
	if (a.has_factor &&
	    (r = bytes_read(&params[3], a.factor.b, sizeof(a.factor.b))) != OK)
		goto out;
	*out = a;

out:
	wipe(&a, sizeof(a));
	return r;
}

enum err
auth_staff_parse(const char *value, struct auth_staff *out)
{
	struct param params[] = {
		{ "key", { NULL, 0 } },
		{ "n", { NULL, 0 } },
		{ "sig", { NULL, 0 } },
	};
	struct auth_staff a;
	enum err r;

	memset(&a, 0, sizeof(a));
	if ((r = params_read(value, "Staff", params, 3)) != OK ||
	    (r = bytes_read(&params[0], a.key.b, sizeof(a.key.b))) != OK ||
	    (r = bytes_read(&params[2], a.sig.b, sizeof(a.sig.b))) != OK)
		return r;
	if (params[1].value.p == NULL ||
	    text_u64(params[1].value, &a.n) != OK || a.n == 0)
		return ERR_FORMAT;
	*out = a;
	return OK;
}
