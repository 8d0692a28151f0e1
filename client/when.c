#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

#include "when.h"

#define DAY INT64_C(86400)

/* Days from 1970-01-01, proleptic Gregorian; ${y} >= 1970. */
static int64_t
days_of(int64_t y, unsigned m, unsigned d)
{
	static const unsigned before[12] = { 0, 31, 59, 90, 120, 151, 181, 212,
		243, 273, 304, 334 };
	int64_t n, past = y - 1;
	int leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	n = 365 * (y - 1970) + (past / 4 - past / 100 + past / 400) -
	    (1969 / 4 - 1969 / 100 + 1969 / 400);
	return n + before[m - 1] + (unsigned)(leap && m > 2) + d - 1;
}

static unsigned
month_days(int64_t y, unsigned m)
{
	int64_t next = m == 12 ? days_of(y + 1, 1, 1) : days_of(y, m + 1, 1);

	return (unsigned)(next - days_of(y, m, 1));
}

/* When the clocks change: the last Sunday of March and October, 01:00 UTC. */
static int64_t
change_at(int64_t y, unsigned m)
{
	int64_t last = days_of(y, m, 31);

	/* 1970-01-01 was a Thursday: day n is a Sunday iff n % 7 == 3. */
	return (last - (last + 4) % 7) * DAY + 3600;
}

static int64_t
offset_of(int64_t t)
{
	int64_t y = 1970 + t / (366 * DAY);

	while (t >= days_of(y + 1, 1, 1) * DAY)
		y++;
	return t >= change_at(y, 3) && t < change_at(y, 10) ? 7200 : 3600;
}

static int
shape_fits(const char *text)
{
	static const char shape[] = "dddd-dd-ddTdd:dd";
	size_t n = strlen(text), i;

	if (n != sizeof(shape) - 1 &&
	    !(n == sizeof(shape) + 2 && strcmp(text + 16, ":00") == 0))
		return 0;
	for (i = 0; i < sizeof(shape) - 1; i++) {
		if (shape[i] == 'd' && (text[i] < '0' || text[i] > '9'))
			return 0;
		if (shape[i] == 'T' && text[i] != 'T' && text[i] != ' ')
			return 0;
		if ((shape[i] == '-' || shape[i] == ':') && text[i] != shape[i])
			return 0;
	}
	return 1;
}

static unsigned
number(const char *p, size_t n)
{
	unsigned v = 0;

	while (n-- > 0)
		v = v * 10 + (unsigned)(*p++ - '0');
	return v;
}

enum err
when_parse(const char *text, uint64_t *out, struct why *why)
{
	unsigned y, m, d, hour, minute;
	int64_t local, summer, winter;
	int is_summer, is_winter;

	if (!shape_fits(text))
		return why_say(why, ERR_FORMAT,
		    "\"%.40s\" is no time; write it as 2026-12-01T08:00 (the "
		    "clock of Italy) or as a number of UNIX seconds",
		    text);
	y = number(text, 4);
	m = number(text + 5, 2);
	d = number(text + 8, 2);
	hour = number(text + 11, 2);
	minute = number(text + 14, 2);
	if (y < 1971 || m < 1 || m > 12 || d < 1 || d > month_days(y, m) ||
	    hour > 23 || minute > 59)
		return why_say(why, ERR_FORMAT,
		    "there is no such day or hour as \"%.40s\"", text);
	local = days_of(y, m, d) * DAY + (int64_t)hour * 3600 +
		(int64_t)minute * 60;
	summer = local - 7200;
	winter = local - 3600;
	is_summer = offset_of(summer) == 7200;
	is_winter = offset_of(winter) == 3600;
	if (is_summer == is_winter)
		return why_say(why, ERR_FORMAT,
		    is_summer ? "the clock shows \"%.40s\" twice that night; "
				"choose another hour or write UNIX seconds"
			      : "the clock skips \"%.40s\" that night; choose "
				"another hour",
		    text);
	*out = (uint64_t)(is_summer ? summer : winter);
	return OK;
}

void
when_print(uint64_t t, char out[static WHEN_CHARS])
{
	int64_t local, days, y;
	unsigned m = 1, d, rest;

	/* Beyond the year 9999 nobody plans: show the number. */
	if (t > UINT64_C(253402300799)) {
		(void)snprintf(out, WHEN_CHARS, "%" PRIu64, t);
		return;
	}
	local = (int64_t)t + offset_of((int64_t)t);
	days = local / DAY;
	rest = (unsigned)(local % DAY);
	y = 1970 + days / 366;
	while (days >= days_of(y + 1, 1, 1))
		y++;
	while (m < 12 && days >= days_of(y, m + 1, 1))
		m++;
	d = (unsigned)(days - days_of(y, m, 1)) + 1;
	(void)snprintf(out, WHEN_CHARS, "%04" PRId64 "-%02u-%02u %02u:%02u", y,
	    m, d, rest / 3600, rest / 60 % 60);
}

enum err
when_duration(const char *text, uint64_t *out, struct why *why)
{
	static const struct {
		char unit;
		uint64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', DAY },
		{ 'w', (uint64_t)7 * DAY } };
	size_t n = strlen(text), i;
	uint64_t v;

	for (i = 0; n > 1 && i < sizeof(units) / sizeof(units[0]); i++)
		if (text[n - 1] == units[i].unit &&
		    text_u64(slice_of(text, n - 1), &v) == OK &&
		    v <= UINT32_MAX) {
			*out = v * units[i].seconds;
			return OK;
		}
	return why_say(why, ERR_FORMAT,
	    "\"%.40s\" is no duration; write it as 90s, 15m, 1h, 7d or 2w",
	    text);
}
