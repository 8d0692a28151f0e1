#ifndef API_H
#define API_H

#include "http.h"

/* The handlers of the route table, by file. */

/* api_log.c: C2SP tlog-tiles */
http_handler api_log_checkpoint;
http_handler api_log_key;
http_handler api_log_policy;
http_handler api_log_tile;

/* api_spaces.c: documents, byte for byte */
http_handler api_spaces_list;
http_handler api_spaces_header;
http_handler api_spaces_form;
http_handler api_spaces_roll;
http_handler api_spaces_result;
http_handler api_spaces_ledger;
http_handler api_spaces_object;

/* api_token.c: RFC 9578 */
http_handler api_token_directory;
http_handler api_token_request;

/* api_records.c */
http_handler api_records_cast;
http_handler api_records_dispute;

/* api_staff.c: called only after the signature was checked */
http_handler api_staff_roll;
http_handler api_staff_factors;
http_handler api_staff_keys;
http_handler api_staff_change;
http_handler api_staff_changes;
http_handler api_staff_entry;
http_handler api_staff_drain;

/* api_pages.c */
http_handler api_pages_home;
http_handler api_pages_space;
http_handler api_pages_result;
http_handler api_pages_verify;
http_handler api_pages_privacy;
http_handler api_pages_static;

/**
 * api_problem(e):
 * What an error while reading means to a client.
 */
enum problem api_problem(enum err e);

#endif /* API_H */
