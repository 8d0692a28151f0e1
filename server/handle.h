#ifndef HANDLE_H
#define HANDLE_H

#include "http.h"

/* The handlers of the route table, by file. */

/* handle_log.c: C2SP tlog-tiles */
http_handler handle_log_checkpoint;
http_handler handle_log_key;
http_handler handle_log_policy;
http_handler handle_log_tile;

/* handle_spaces.c: documents, byte for byte */
http_handler handle_spaces_list;
http_handler handle_spaces_header;
http_handler handle_spaces_form;
http_handler handle_spaces_roll;
http_handler handle_spaces_result;
http_handler handle_spaces_ledger;
http_handler handle_spaces_object;

/* handle_pictures.c: what options look like */
http_handler handle_pictures_get;
http_handler handle_pictures_put; /* staff's */

/* handle_result.c: what a result is looked at and downloaded as */
http_handler handle_result_page;
http_handler handle_result_round;
http_handler handle_result_ballots;
http_handler handle_result_table;

/* handle_verify.c: the log and its numbers, for whoever checks */
http_handler handle_verify_page;

/* handle_token.c: RFC 9578 */
http_handler handle_token_directory;
http_handler handle_token_request;

/* handle_records.c */
http_handler handle_records_cast;
http_handler handle_records_dispute;

/* handle_ceremony.c: trustees of sealed spaces */
http_handler handle_ceremony_read;
http_handler handle_ceremony_post;
http_handler handle_ceremony_transcript;
http_handler handle_ceremony_draft; /* staff's */
http_handler handle_ceremony_opening;
http_handler handle_ceremony_open;

/* handle_staff.c: called only after the signature was checked */
http_handler handle_staff_roll;
http_handler handle_staff_factors;
http_handler handle_staff_keys;
http_handler handle_staff_change;
http_handler handle_staff_changes;
http_handler handle_staff_entry;
http_handler handle_staff_drain;

/* handle_issuer.c: an issuer of another server's log */
http_handler handle_issuer_check;
http_handler handle_issuer_change;
http_handler handle_issuer_space;
http_handler handle_issuer_ledger;

/* handle_pages.c */
http_handler handle_pages_home;
http_handler handle_pages_space;
http_handler handle_pages_privacy;

/* handle_app.c */
http_handler handle_app_how;
http_handler handle_app_legal;
http_handler handle_app_collect;
http_handler handle_app_papers;
http_handler handle_app_booth;
http_handler handle_app_check;
http_handler handle_app_check_space;
http_handler handle_app_kiosk;

/* handle_static.c: the files of the web client */
http_handler handle_static_file;
http_handler handle_static_worker;

/**
 * handle_problem(e):
 * What an error while reading means to a client.
 */
enum problem handle_problem(enum err e);

#endif /* HANDLE_H */
