#ifndef HTTP_H
#define HTTP_H

#include "bytes.h"
#include "problem.h"
#include "service.h"

/*
 * http.c is the only file that knows CivetWeb.  A handler sees a request
 * without address, user agent, cookie or time, and fills in an answer.
 */
#define HTTP_PARAMS 3
#define HTTP_PARAM_MAX 128

enum lang {
	LANG_IT = 0,
	LANG_EN = 1,
};

struct req {
	const char *method;
	const char *path;
	/* What the route's placeholders matched, in order. */
	char param[HTTP_PARAMS][HTTP_PARAM_MAX];
	const char *authorization; /* NULL: none */
	const char *if_none_match; /* NULL: none */
	enum lang lang;		   /* of the query, else Accept-Language */
	struct slice body;
};

struct resp {
	int status;
	const char *content_type; /* static */
	const char *cache;	  /* Cache-Control, static; NULL: no-store */
	int cors;		  /* Access-Control-Allow-Origin: * */
	struct buf body;	  /* freed after sending */
	struct why why;		  /* cause of a problem, in English */
	uint64_t last;		  /* PROBLEM_STAFF_NUMBER */
};

/**
 * A handler answers PROBLEM_NONE with ${p} filled in, or a problem, from which
 * http.c makes the answer.
 */
typedef enum problem http_handler(
    struct service *s, const struct req *q, struct resp *p);

/* Which host serves a route, when records have a host of their own. */
enum route_host {
	HOST_ANY,
	HOST_MAIN, /* everything but casting */
	HOST_CAST, /* casting */
};

struct route {
	const char *method;
	const char *path;	  /* "/api/v1/spaces/{slug}/header" */
	size_t max_body;	  /* bytes; 0: no body */
	const char *content_type; /* that a body must have; NULL: any */
	unsigned staff;		  /* roles that may call it; 0: anybody */
	enum route_host host;
	http_handler *handler;
};

/* The whole surface of the server; ends with a row of NULLs (routes.c). */
extern const struct route routes[];

struct http_options {
	const char *listen; /* "127.0.0.1" */
	unsigned port;	    /* 0: any free one */
	unsigned threads;
	const char *cast_host; /* Host of casting routes; NULL: the same */
};

struct http;

/**
 * http_start(s, o, out, why):
 * Serve.  ERR_CONFLICT: the port is in use.  http_port tells the port taken.
 */
enum err http_start(struct service *s, const struct http_options *o,
    struct http **out, struct why *why) MUST_USE;
unsigned http_port(const struct http *h);
void http_stop(struct http *h);

#endif /* HTTP_H */
