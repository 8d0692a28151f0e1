/*
 * What a policy prints is the same policy; and one that asks for anybody is not
 * met by a note that nobody cosigned.
 */
#include <string.h>

#include "policy.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char text[] = "log.example\n0\n"
				   "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"
				   "=\n\n\xe2\x80\x94 n AAAAAAA=\n";
	struct policy *p = NULL, *again = NULL;
	struct buf b = { 0 }, b2 = { 0 };
	struct why why = { { 0 } };
	struct note note;

	if (policy_parse(slice_of(data, size), &p, &why) != OK) {
		MUST(strlen(why.text) > 0);
		return 0;
	}
	policy_print(p, &b);
	MUST(policy_parse(buf_slice(&b), &again, NULL) == OK);
	policy_print(again, &b2);
	MUST(slice_equal(buf_slice(&b), buf_slice(&b2)));
	MUST(note_parse(slice_str(text), &note) == OK);
	MUST((policy_check(p, &note) == OK) ==
	     (p->quorum_witness == POLICY_WITNESSES_MAX &&
		 p->quorum_group == POLICY_GROUPS_MAX));
	free(p);
	free(again);
	buf_free(&b);
	buf_free(&b2);
	return 0;
}
