#include <stddef.h>

#include "ceremony.h"
#include "entry.h"
#include "json.h"
#include "picture.h"
#include "record.h"
#include "roll.h"

#include "handle.h"

/*
 * The whole surface of the server: what is not here does not exist.
 *
 * Records may have a host of their own, so that whoever sees the traffic of one
 * sees either asking or casting (HOST_CAST); all else is on the main host.
 * Pages of other sites may use what residents and auditors use (cors): there
 * are no cookies that could be borrowed.
 */
#define ADMIN ROLE_ADMIN
#define ROLLS (ROLE_REGISTRAR | ROLE_ADMIN)
#define EDITORS (ROLE_EDITOR | ROLE_ADMIN)
#define DESKS (ROLE_REGISTRAR | ROLE_DESK | ROLE_ADMIN)
#define ANY_STAFF                                                   \
	(ROLE_ADMIN | ROLE_REGISTRAR | ROLE_DESK | ROLE_MODERATOR | \
	    ROLE_EDITOR | ROLE_OBSERVER)

/* 1.2 million rows of a roll (33 bytes) or of second factors (64). */
#define ROLL_FILE_MAX (80U << 20)
/* Two lengths, an entry, and the largest object: a roll or a ledger. */
#define ENTRY_BODY_MAX (160U << 20)
#define RECORD_POST_MAX 32768
#define SMALL_BODY_MAX 1024
/* Two lengths, a form, a transcript: documents. */
#define DRAFT_MAX (2 * (4 + (size_t)DOCUMENT_MAX))

#define RECORD_TYPE "application/vnd.partecipa.record"
#define TOKEN_REQUEST_TYPE "application/private-token-request"

#define SPACE "/api/v1/spaces/{slug}"
#define STAFF "/api/v1/staff"

/* clang-format off */
const struct route routes[] = {
	/* Everybody reads.  method, path, handler, cache, host, cors */
	{ "GET", "/", handle_pages_home, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/spazi/{slug}", handle_pages_space, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/spazi/{slug}/risultati", handle_result_page, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/spazi/{slug}/risultati/turni/{n}", handle_result_round, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/verifica", handle_verify_page, CACHE_NEVER, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/privacy", handle_pages_privacy, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/come-funziona", handle_app_how, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/note-legali", handle_app_legal, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/ritira", handle_app_collect, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/tessere", handle_app_papers, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/spazi/{slug}/vota", handle_app_booth, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/spazi/{slug}/controlla", handle_app_check_space, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/controlla", handle_app_check, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/kiosk", handle_app_kiosk, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/static/{name}", handle_static_file, CACHE_FOREVER, HOST_ANY, 0, 0, 0, NULL },
	{ "GET", "/sw.js", handle_static_worker, CACHE_CHECK, HOST_MAIN, 0, 0, 0, NULL },
	{ "GET", "/log/checkpoint", handle_log_checkpoint, CACHE_NEVER, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", "/log/key", handle_log_key, CACHE_CHECK, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", "/log/policy", handle_log_policy, CACHE_CHECK, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", "/log/tile/{path...}", handle_log_tile, CACHE_FOREVER, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", "/api/v1/spaces", handle_spaces_list, CACHE_CHECK, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", SPACE "/header", handle_spaces_header, CACHE_CHECK, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", SPACE "/form", handle_spaces_form, CACHE_CHECK, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", SPACE "/roll", handle_spaces_roll, CACHE_CHECK, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", SPACE "/result", handle_spaces_result, CACHE_CHECK, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", SPACE "/ledger/{issuer}/{purpose}", handle_spaces_ledger, CACHE_CHECK, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", SPACE "/transcript", handle_ceremony_transcript, CACHE_CHECK, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", SPACE "/opening/{trustee}", handle_ceremony_opening, CACHE_CHECK, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", SPACE "/ceremony", handle_ceremony_read, CACHE_CHECK, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", SPACE "/ballots.pb", handle_result_ballots, CACHE_CHECK, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", SPACE "/results.csv", handle_result_table, CACHE_CHECK, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", "/api/v1/pictures/{hash}", handle_pictures_get, CACHE_FOREVER, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", "/api/v1/objects/{hash}", handle_spaces_object, CACHE_FOREVER, HOST_MAIN, 1, 0, 0, NULL },
	{ "GET", "/.well-known/private-token-issuer-directory", handle_token_directory, CACHE_CHECK, HOST_MAIN, 1, 0, 0, NULL },

	/* Residents.  ..., staff, max_body, content_type */
	{ "POST", "/token-request", handle_token_request, CACHE_NEVER, HOST_MAIN, 1, 0, SMALL_BODY_MAX, TOKEN_REQUEST_TYPE },
	{ "POST", "/api/v1/records", handle_records_cast, CACHE_NEVER, HOST_CAST, 1, 0, RECORD_POST_MAX, RECORD_TYPE },
	{ "POST", "/api/v1/disputes", handle_records_dispute, CACHE_NEVER, HOST_MAIN, 1, 0, SMALL_BODY_MAX, NULL },

	/* Trustees, whose messages and files are signed. */
	{ "POST", SPACE "/ceremony/{round}", handle_ceremony_post, CACHE_NEVER, HOST_MAIN, 1, 0, CEREMONY_MESSAGE_MAX, "text/plain" },
	{ "POST", SPACE "/opening/{trustee}", handle_ceremony_open, CACHE_NEVER, HOST_MAIN, 1, 0, ENTRY_BODY_MAX, "application/octet-stream" },

	/* Staff: signed requests, PROTOCOL 10.1. */
	{ "POST", STAFF "/rolls", handle_staff_roll, CACHE_NEVER, HOST_MAIN, 0, ROLLS, ROLL_FILE_MAX, NULL },
	{ "POST", STAFF "/factors", handle_staff_factors, CACHE_NEVER, HOST_MAIN, 0, ROLLS, ROLL_FILE_MAX, NULL },
	{ "POST", STAFF "/keys", handle_staff_keys, CACHE_NEVER, HOST_MAIN, 0, ADMIN, SMALL_BODY_MAX, NULL },
	{ "POST", STAFF "/pictures", handle_pictures_put, CACHE_NEVER, HOST_MAIN, 0, EDITORS, PICTURE_BYTES_MAX, NULL },
	{ "POST", STAFF "/changes", handle_staff_change, CACHE_NEVER, HOST_MAIN, 0, DESKS, SMALL_BODY_MAX, NULL },
	{ "GET", STAFF "/changes", handle_staff_changes, CACHE_NEVER, HOST_MAIN, 0, DESKS, 0, NULL },
	{ "POST", STAFF "/entries", handle_staff_entry, CACHE_NEVER, HOST_MAIN, 0, ANY_STAFF, ENTRY_BODY_MAX, NULL },
	{ "POST", STAFF "/spaces/{slug}/drain", handle_staff_drain, CACHE_NEVER, HOST_MAIN, 0, ADMIN, SMALL_BODY_MAX, NULL },
	{ "POST", STAFF "/spaces/{slug}/draft", handle_ceremony_draft, CACHE_NEVER, HOST_MAIN, 0, ADMIN, DRAFT_MAX, NULL },
	{ NULL, NULL, NULL, CACHE_NEVER, HOST_ANY, 0, 0, 0, NULL },
};

/* `serve --issuer-only` (PROTOCOL 10.2). */
const struct route routes_issuer[] = {
	{ "GET", "/.well-known/private-token-issuer-directory", handle_token_directory, CACHE_CHECK, HOST_ANY, 1, 0, 0, NULL },
	{ "POST", "/token-request", handle_token_request, CACHE_NEVER, HOST_ANY, 1, 0, SMALL_BODY_MAX, TOKEN_REQUEST_TYPE },
	{ "GET", "/log/key", handle_log_key, CACHE_CHECK, HOST_ANY, 1, 0, 0, NULL },
	{ "GET", SPACE "/ledger/{issuer}/{purpose}", handle_issuer_ledger, CACHE_CHECK, HOST_ANY, 1, 0, 0, NULL },
	{ "GET", "/api/v1/issuer/spaces/{slug}", handle_issuer_space, CACHE_CHECK, HOST_ANY, 1, 0, 0, NULL },
	/* Passed on by the log's server, with the signature that staff gave it. */
	{ "POST", "/api/v1/issuer/changes/check", handle_issuer_check, CACHE_NEVER, HOST_ANY, 0, 0, SMALL_BODY_MAX, NULL },
	{ "POST", "/api/v1/issuer/changes", handle_issuer_change, CACHE_NEVER, HOST_ANY, 0, 0, SMALL_BODY_MAX, NULL },
	{ "POST", STAFF "/factors", handle_staff_factors, CACHE_NEVER, HOST_ANY, 0, ROLLS, ROLL_FILE_MAX, NULL },
	{ "POST", STAFF "/keys", handle_staff_keys, CACHE_NEVER, HOST_ANY, 0, ADMIN, SMALL_BODY_MAX, NULL },
	{ NULL, NULL, NULL, CACHE_NEVER, HOST_ANY, 0, 0, 0, NULL },
};
/* clang-format on */
