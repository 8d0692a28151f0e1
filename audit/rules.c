#include <stddef.h>

#include "rules.h"

/* clang-format off */
const struct rule_row rules[RULE_MAX] = {
	{ RULE_CHECKPOINT, "checkpoint", PHASE_LOG,
	    "The checkpoint is well formed and signed by the log's key." },
	{ RULE_QUORUM, "quorum", PHASE_HEADER,
	    "As many witnesses as each header asks for have cosigned the "
	    "checkpoint." },
	{ RULE_CONSISTENCY, "consistency", PHASE_LOG,
	    "The log continues the checkpoint that was kept before." },
	{ RULE_TREE, "tree", PHASE_LOG,
	    "The entries give the size and the root of the checkpoint." },
	{ RULE_TILES, "tiles", PHASE_LOG,
	    "The hash tiles are those of the entries." },
	{ RULE_ENTRY, "entry", PHASE_LOG,
	    "Every entry is of a known kind, well formed, and speaks of a space "
	    "whose header stands before it." },
	{ RULE_GENESIS, "genesis", PHASE_LOG,
	    "The first entry, and no other, is the genesis of this log." },
	{ RULE_STAFF_SIGNATURE, "staff-signature", PHASE_LOG,
	    "Every staff signature verifies and is of a key known then, with a "
	    "role that may sign." },
	{ RULE_STAFF_NUMBER, "staff-number", PHASE_LOG,
	    "The numbers that a staff key signs rise along the log." },
	{ RULE_STAFF_CHANGE, "staff-change", PHASE_LOG,
	    "A staff key is added once, revoked once, and two admins remain." },
	{ RULE_OBJECT, "object", PHASE_LOG,
	    "Every object that the log names, or a form in it, is published "
	    "and has the hash of its name." },
	{ RULE_HEADER, "header", PHASE_HEADER,
	    "Every header is well formed and made for this log." },
	{ RULE_HEADER_ONCE, "header-once", PHASE_HEADER,
	    "No two spaces have the same short name." },
	{ RULE_ISSUER_KEY, "issuer-key", PHASE_HEADER,
	    "A token key serves one space, one issuer and one purpose only." },
	{ RULE_ROLL, "roll", PHASE_HEADER,
	    "The roll has the root and the size that the header says, and its "
	    "keys are on no other line." },
	{ RULE_FORM, "form", PHASE_FORM,
	    "Every form is well formed and made for its header, and its "
	    "pictures are pictures." },
	{ RULE_FORM_ONCE, "form-once", PHASE_FORM,
	    "A space has one form, and has it before its first batch." },
	{ RULE_FORM_TRUSTEES, "form-trustees", PHASE_FORM,
	    "All trustees of the space, and nobody else, have signed its form." },
	{ RULE_CHANGES, "changes", PHASE_HEADER,
	    "A list of changes of the roll is sorted and has as many rows as "
	    "its entry says." },
	{ RULE_CHANGE_LINES, "change-lines", PHASE_HEADER,
	    "A key enters the roll once; changes speak of lines that exist, and "
	    "strike none that has collected." },
	{ RULE_LEDGER, "ledger", PHASE_LEDGER,
	    "There is one ledger per issuer and purpose, sorted, with as many "
	    "rows as its entry says." },
	{ RULE_LEDGER_SIGNATURE, "ledger-signature", PHASE_LEDGER,
	    "Every row of a ledger is signed by its roll key." },
	{ RULE_LEDGER_LINES, "ledger-lines", PHASE_LEDGER,
	    "Every row of a ledger is of a line that may take part, each line "
	    "once." },
	{ RULE_LEDGER_TIME, "ledger-time", PHASE_LEDGER,
	    "All ledgers stand before the first batch, or, where the windows "
	    "overlap, before the close." },
	{ RULE_KEY_DESTROYED, "key-destroyed", PHASE_LEDGER,
	    "A key is destroyed once, after its ledger, and is the header's." },
	{ RULE_BATCH, "batch", PHASE_RECORD,
	    "As many records as a batch says follow it, sorted." },
	{ RULE_WINDOW, "window", PHASE_RECORD,
	    "A batch belongs to a window of its space, later than the batch "
	    "before." },
	{ RULE_RECORD_PLACE, "record-place", PHASE_RECORD,
	    "Every record stands in a batch of its own space, before the "
	    "close." },
	{ RULE_RECORD_FORMAT, "record-format", PHASE_RECORD,
	    "Every record is well formed, of this form and of a purpose of its "
	    "space." },
	{ RULE_RECORD_KEY, "record-key", PHASE_RECORD,
	    "The key of every credential is a point of prime order." },
	{ RULE_RECORD_BODY, "record-body", PHASE_RECORD,
	    "What every record says keeps the form and its limits." },
	{ RULE_RECORD_TOKEN, "record-token", PHASE_RECORD,
	    "The first record of every credential carries a valid token of each "
	    "issuer." },
	{ RULE_RECORD_PROOF, "record-proof", PHASE_RECORD,
	    "Every sealed ballot proves that its author knows what is in it." },
	{ RULE_RECORD_SIGNATURE, "record-signature", PHASE_RECORD,
	    "Every record is signed by its credential." },
	{ RULE_RECORD_SEQUENCE, "record-sequence", PHASE_RECORD,
	    "The records of a credential are numbered 0, 1, 2 and so on, up to "
	    "the limit." },
	{ RULE_CLOSE, "close", PHASE_CLOSE,
	    "A space closes once, and says how many records and credentials it "
	    "has." },
	{ RULE_ISSUED, "issued", PHASE_CLOSE,
	    "No more credentials took part than every issuer has issued." },
	{ RULE_PAPER, "paper", PHASE_CLOSE,
	    "Paper is logged between close and result, before any opening, and "
	    "no more than lines were struck." },
	{ RULE_RESULT, "result", PHASE_RESULT,
	    "The result is, byte for byte, what anybody recounts." },
	{ RULE_RESULT_PLACE, "result-place", PHASE_RESULT,
	    "A space has one result, after its close." },
	{ RULE_CANCEL, "cancel", PHASE_HEADER,
	    "A space is cancelled once, and nothing of it follows." },
	{ RULE_DISPUTE, "dispute", PHASE_LEDGER,
	    "A dispute is signed by a key of a line in the ledger, once." },
	{ RULE_MODERATION, "moderation", PHASE_RECORD,
	    "What is moderated is a contribution of that space." },
	{ RULE_OPENING, "opening", PHASE_CLOSE,
	    "Openings are of trustees of a sealed space, after its close, and "
	    "only where enough ballots were counted." },
	{ RULE_CONTENT, "content", PHASE_RECORD,
	    "Every content is published and is what its record committed to, or "
	    "was erased with a reason." },
	{ RULE_CEREMONY, "ceremony", PHASE_FORM,
	    "The keys that a form seals with are those of its trustees' "
	    "ceremony, every message of which verifies." },
	{ RULE_OPENED, "opened", PHASE_RESULT,
	    "A sealed space was opened by as many valid openings as it needs." },
	{ RULE_BUNDLE, "bundle", PHASE_LOG,
	    "The manifest of a web client names its files and their hashes." },
};
/* clang-format on */

const struct rule_row *
rule_of(enum rule_no no)
{
	return &rules[no - 1];
}

const char *
rule_phase_name(enum rule_phase p)
{
	switch (p) {
	case PHASE_LOG:
		return "log";
	case PHASE_HEADER:
		return "header";
	case PHASE_FORM:
		return "form";
	case PHASE_LEDGER:
		return "ledger";
	case PHASE_RECORD:
		return "records";
	case PHASE_CLOSE:
		return "close";
	case PHASE_RESULT:
		return "result";
	}
	return "unknown";
}
