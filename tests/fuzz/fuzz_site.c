/*
 * site.json as staff write it: what is taken can stand in a link of a page as
 * it is; what is refused is refused with a sentence.
 */
#include <string.h>

#include "site.h"

#include "fuzz.h"

static void
link_check(const char *url)
{
	if (url[0] == '\0')
		return;
	MUST(strncmp(url, "https://", 8) == 0 ||
	     strncmp(url, "mailto:", 7) == 0);
	MUST(strpbrk(url, " \"<>\\^`\n\t") == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char phone[SITE_PHONE_CHARS];
	struct site *site = NULL;
	struct why why = { "" };

	if (site_parse(slice_of(data, size), &site, &why) != OK) {
		MUST(site == NULL && why.text[0] != '\0');
		return 0;
	}
	link_check(site->accessibility_url);
	link_check(site->feedback);
	link_check(site->privacy_url);
	link_check(site->source_url);
	link_check(site->town_url);
	link_check(site->transparency_url);
	site_phone_link(site->urp_phone, phone);
	MUST(strspn(phone, "+0123456789") == strlen(phone));
	MUST((phone[0] == '\0') == (site->urp_phone[0] == '\0'));
	MUST(site_town(site, "x", 0) == OK);
	site_free(site);
	return 0;
}
