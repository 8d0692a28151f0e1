#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rational.h"

#include "format.h"

/* Copy ${n} digits with separators of thousands. */
static void
group(enum lang l, const char *digits, size_t n, char out[static FORMAT_CHARS])
{
	size_t i, k = 0;

	for (i = 0; i < n && k + 2 < FORMAT_CHARS; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			out[k++] = l == LANG_IT ? '.' : ',';
		out[k++] = digits[i];
	}
	out[k] = '\0';
}

void
format_count(enum lang l, uint64_t n, char out[static FORMAT_CHARS])
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);

	group(l, digits, (size_t)len, out);
}

void
format_number(enum lang l, const char *decimal, char out[static FORMAT_CHARS])
{
	char text[FORMAT_CHARS];
	char *rounded = NULL;
	size_t n, k, len;

	if (strchr(decimal, '/') != NULL) {
		rounded = rational_rounded(decimal, 2);
		snprintf(text, sizeof(text), "%s",
		    rounded != NULL ? rounded : "0.00");
		free(rounded);
		decimal = text;
	}
	n = strcspn(decimal, ".");
	group(l, decimal, n, out);
	if (decimal[n] != '.')
		return;
	len = strlen(decimal + n + 1);
	k = strlen(out);
	if (len > 6 || k + len + 3 > FORMAT_CHARS)
		return;
	out[k++] = l == LANG_IT ? ',' : '.';
	memcpy(out + k, decimal + n + 1, len);
	if (len == 1)
		out[k + len++] = '0';
	out[k + len] = '\0';
}

void
format_money(enum lang l, const char *decimal, char out[static FORMAT_CHARS])
{
	char number[FORMAT_CHARS];

	/* A no-break space, so that the sign stays with its number. */
	format_number(l, decimal, number);
	if (l == LANG_IT)
		snprintf(
		    out, FORMAT_CHARS, "%.60s\xc2\xa0\xe2\x82\xac", number);
	else
		snprintf(out, FORMAT_CHARS, "\xe2\x82\xac%.60s", number);
}

void
format_percent(
    enum lang l, uint64_t part, uint64_t whole, char out[static FORMAT_CHARS])
{
	uint64_t tenths;

	if (whole == 0) {
		snprintf(out, FORMAT_CHARS, "-");
		return;
	}
	tenths = (part * 1000 + whole / 2) / whole;
	snprintf(out, FORMAT_CHARS, "%" PRIu64 "%c%" PRIu64 "%s", tenths / 10,
	    l == LANG_IT ? ',' : '.', tenths % 10,
	    l == LANG_IT ? "\xc2\xa0%" : "%");
}

static const char *const days[LANGS][7] = {
	{ "domenica", "luned\xc3\xac", "marted\xc3\xac", "mercoled\xc3\xac",
	    "gioved\xc3\xac", "venerd\xc3\xac", "sabato" },
	{ "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
	    "Saturday" },
};
static const char *const months[LANGS][12] = {
	{ "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
	    "luglio", "agosto", "settembre", "ottobre", "novembre",
	    "dicembre" },
	{ "January", "February", "March", "April", "May", "June", "July",
	    "August", "September", "October", "November", "December" },
};

/*
 * One hour of the last Sunday of October comes twice: a deadline in it says
 * which of the two it means.
 */
static const char *
which_hour(enum lang l, time_t at, const struct tm *tm)
{
	static const char *const said[LANGS][2] = {
		[LANG_IT] = { " (ora solare)", " (ora legale)" },
		[LANG_EN] = { " (winter time)", " (summer time)" },
	};
	time_t other = at + (tm->tm_isdst > 0 ? 3600 : -3600);
	struct tm o;

	if (localtime_r(&other, &o) == NULL || o.tm_hour != tm->tm_hour ||
	    o.tm_isdst == tm->tm_isdst)
		return "";
	return said[l][tm->tm_isdst > 0];
}

void
format_date(enum lang l, uint64_t t, char out[static FORMAT_CHARS])
{
	time_t at = (time_t)t;
	struct tm tm;

	if (localtime_r(&at, &tm) == NULL || tm.tm_wday < 0 || tm.tm_wday > 6 ||
	    tm.tm_mon < 0 || tm.tm_mon > 11) {
		snprintf(out, FORMAT_CHARS, "-");
		return;
	}
	snprintf(out, FORMAT_CHARS, "%s %d %s %d, %s%02d:%02d%s",
	    days[l][tm.tm_wday], tm.tm_mday, months[l][tm.tm_mon],
	    tm.tm_year + 1900, l == LANG_IT ? "ore " : "", tm.tm_hour,
	    tm.tm_min, which_hour(l, at, &tm));
}
