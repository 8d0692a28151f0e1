#include <stdlib.h>
#include <string.h>

#include "hex.h"

#include "sample.h"

/* Public halves of RSA keys whose private halves nobody kept. */
const char *const sample_keys[SAMPLE_KEYS] = {
	"MIIBUjA9BgkqhkiG9w0BAQowMKANMAsGCWCGSAFlAwQCAqEaMBgGCSqGSIb3DQEBCDAL"
	"BglghkgBZQMEAgKiAwIBMAOCAQ8AMIIBCgKCAQEApOWb6NOXXt4oySPBo7PzCyTzlAoV"
	"8nx1QqvRuT64bBs2QtDSnF_09_dv187maweKAefQfQiwtLLo7GqJ4nA-4o4rgB2ALXSx"
	"UOIOW6VMCodpDvatgRdrYddU37Q5quSuzRegGF8NGCPL_CxJZ8JKQTPVATprv_2EBPhd"
	"JYE85shSUDveb6yTuaJoAlMu7dOs04DqHiODiwgDQYlVLLnx017jtvkH1zQxEXKjtTCr"
	"1Y3IheYZUBQfQJZoVigCDgh2dBKVYBqL5RT0Gp8wuKL2ASlIUfBVxPhnILH7wGQya4Cf"
	"88jFkrn-K6RGeAmbgIIDZ_ohCtOu_R1HGwGefbuPgwIDAQAB",
	"MIIBUjA9BgkqhkiG9w0BAQowMKANMAsGCWCGSAFlAwQCAqEaMBgGCSqGSIb3DQEBCDAL"
	"BglghkgBZQMEAgKiAwIBMAOCAQ8AMIIBCgKCAQEAls5gXUkNTvPLNsx3TOvBSXtdKXRU"
	"4RSzBQ_jl9wntVP08HFOhuwVfvQqPQ3jWiRm6-naQlFTqMTz-ht-s_LIT63NR47iD5t-"
	"7Y7R_CUSjgSdkJI2JNM8GUSEtIIUg1zNv0fot1unxdnoyuxqgqEa36MJZAWFeWI0sIXe"
	"TALvGkAwMBaPFpMctDreTcDN712_UiMIJe4WxXJsbf6sMgh3H8bLZiPiW_kl-kfGijei"
	"pTO2DhnOujYgVA8o02ox2RUKd7KODWtqixkwZQrvEzVLCz0r99COR5D35CjVuaW1e4dV"
	"2-XMHL1tJCCeHUwAlJrg7humIKTXua2we3UiGo0e5wIDAQAB",
	"MIIBUjA9BgkqhkiG9w0BAQowMKANMAsGCWCGSAFlAwQCAqEaMBgGCSqGSIb3DQEBCDAL"
	"BglghkgBZQMEAgKiAwIBMAOCAQ8AMIIBCgKCAQEAwpBVOIyDg8_lRDo3Rj-LTJikljvG"
	"JtPLfbt5iIjBVRQ34IS5bbSQUD8qW-gCE_IM2mwyA7L4p07CcwhkZWzDENbNm5W0VId8"
	"A8UZGzGCsqRw9twaZfLViOy8fF2C4TscDHVFCW5b5oF1hgdRL7OaaoRR2NKxQHpDkrVn"
	"Fa0KW21PebHjR6XrdzjQqvr9l6T8fH6Q3vle8FQ_CKkAMMKvVKVcc_MTsrTpFr4dQ6Wu"
	"MftknntnTcscIZeAUVCVj1TyQGQfsewFXN_fiDQvtCXP_jI5YJRxejon2itDBFnKHIcH"
	"j2e_LWC5TpxSxV2soBHJUGXNEvxMKdjBFT-uXkN-vQIDAQAB",
	"MIIBUjA9BgkqhkiG9w0BAQowMKANMAsGCWCGSAFlAwQCAqEaMBgGCSqGSIb3DQEBCDAL"
	"BglghkgBZQMEAgKiAwIBMAOCAQ8AMIIBCgKCAQEAzPOWivq6HkjoA8oI7FYaRRy6-bpR"
	"kd9Q44x1H_jpsoCXuylxm1tp2IEIOQxqreOs2zIZrviHGopnSiWsZ-eacNvxWb1ABTYx"
	"CJ6V5wHcnO6ZVJDbRuO2ZF6rM7EICnK_4WvwN9TcYritqxmH19nIDPoT86CBI-bql5by"
	"Z4-zdyZ-zCeopMC49TW5VVOj1RE_8XY_RrACoTCo034U7QTJ7g6fl_rR5C3z0jIrd9sE"
	"0iZ5jVQeTnKzQWtPQnzu59BrBrQSMDsmctNaeq3P9MQfslUq6uIufYJgsYRWBrf4yzeV"
	"8zf0TUqXZFCJHDPIONp6oRRoQWho1_jxXV-wORUADwIDAQAB",
};

static json_t *
must(json_t *j)
{
	if (j == NULL)
		abort();
	return j;
}

json_t *
sample_header(enum space_kind kind)
{
	json_t *j, *keys;
	unsigned p, n = 0;

	keys = must(json_object());
	for (p = 1; p <= PURPOSE_MAX; p++) {
		if (header_has_purpose(kind, p) &&
		    json_object_set_new(keys, purpose_name(p),
			json_string(sample_keys[n++])) != 0)
			abort();
	}
	j = json_pack("{si ss ss ss ss s{ss} s{ss} si s[{ss so ss ss}] ss"
		      " s{si si} s{si si} ss s{ss si} s{s[] si} s{s[] si}"
		      " si si si si si si ss}",
	    "version", 1, "origin", "example.org/log", "slug", "bilancio-2026",
	    "kind", space_kind_name(kind), "process", "", "titles", "it",
	    "Bilancio partecipativo", "eligibility", "it",
	    "I residenti dai 16 anni", "min_age", 16, "issuers", "factor",
	    "none", "keys", keys, "name", "example.org", "url", "",
	    "origin_info", "example.org", "issuance", "from", 1000, "to", 2000,
	    "participation", "from", 2000, "to", 3000, "mode", "separated",
	    "roll", "root",
	    "000102030405060708090a0b0c0d0e0f"
	    "101112131415161718191a1b1c1d1e1f",
	    "size", 100, "trustees", "keys", "threshold", 0, "witnesses",
	    "keys", "quorum", 0, "seq_limit", 100, "batch_interval", 300,
	    "grace", 3600, "min_collected", 10, "min_open", 5, "paper", 1,
	    "cast_url", "");
	return must(j);
}

/* One option, called by a letter. */
static json_t *
option(const char *id, const char *cost)
{
	return must(json_pack("{ss ss s{ss} ss s[] ss s{ss}}", "category", "",
	    "cost", cost, "description", "it", "Descrizione", "id", id, "ideas",
	    "place", "", "titles", "it", id));
}

json_t *
sample_form(const struct header *h, const char *ballot)
{
	char id[2 * HASH_BYTES + 1];
	struct hash zero = { { 0 } };
	json_t *j;

	hex_encode(hash_slice(h != NULL ? &h->id : &zero), id);
	j = json_pack("{si ss s{ss} s{ss} s[ooooo] so ss s{ss ss ss} s[] si}",
	    "version", 1, "space_id", id, "titles", "it", "Bilancio", "texts",
	    "it", "Istruzioni", "options", option("a", "100"),
	    option("b", "200.5"), option("c", "300"), option("d", "400"),
	    option("e", "500000"), "ballot", must(json_loads(ballot, 0, NULL)),
	    "budget", "1000", "rule", "id", "greedy-votes", "increment", "1",
	    "min_score", "0", "ties", "shuffle", 0);
	return must(j);
}

void
sample_edit(json_t *doc, const char *path, const char *value)
{
	char part[64];
	const char *dot;
	json_t *v = NULL;
	size_t n, i;
	int r;

	while ((dot = strchr(path, '.')) != NULL) {
		n = (size_t)(dot - path);
		if (n >= sizeof(part))
			abort();
		memcpy(part, path, n);
		part[n] = 0;
		doc = must(json_is_array(doc)
			       ? json_array_get(doc, strtoul(part, NULL, 10))
			       : json_object_get(doc, part));
		path = dot + 1;
	}
	if (value != NULL)
		v = must(json_loads(value, JSON_DECODE_ANY, NULL));
	if (json_is_array(doc)) {
		i = strtoul(path, NULL, 10);
		if (v == NULL)
			r = json_array_remove(doc, i);
		else if (i == json_array_size(doc))
			r = json_array_append_new(doc, v);
		else
			r = json_array_set_new(doc, i, v);
	} else {
		r = v == NULL ? json_object_del(doc, path)
			      : json_object_set_new(doc, path, v);
	}
	if (r != 0)
		abort();
}

void
sample_text(const json_t *doc, struct buf *out)
{
	if (json_canonical_put(out, doc) != OK)
		abort();
}
