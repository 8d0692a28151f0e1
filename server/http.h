#ifndef HTTP_H
#define HTTP_H

#include "bytes.h"
#include "lang.h"
#include "path.h"
#include "problem.h"
#include "service.h"

/*
 * http.c is the only file that knows CivetWeb.  A handler sees a request
 * without address, user agent, cookie or time, and fills in an answer.
 *
 * Handlers run on CivetWeb's threads, whose stacks have 100 KiB: large arrays
 * and deep recursion belong elsewhere.
 */
#define HTTP_HOST_MAX 128

struct kept;
struct site;

struct req {
	const char *method; /* as sent; HEAD too where the route says GET */
	const char *path;
	struct path_params params; /* what the placeholders matched, in order */
	const char *authorization; /* NULL: none */
	const char *accept_encoding; /* NULL: none */
	enum lang lang;		     /* of the query, else Accept-Language */
	int lang_asked;		     /* of the query: links keep it */
	char host[HTTP_HOST_MAX];    /* ours, as asked for; "": none or odd */
	struct slice body;
	struct kept *kept;	 /* documents in memory; never NULL */
	void *context;		 /* of http_options */
	const struct site *site; /* of http_options; NULL: nothing is known */
};

struct resp {
	int status;		  /* 0: 200 */
	const char *content_type; /* static; NULL: text/plain */
	const char *etag;	  /* static; NULL: http.c makes one */
	struct hash hash;	  /* of the body, where known; else zeros */
	struct buf body;	  /* freed after sending */
	struct slice lent;	  /* instead of body: static */
	const char *encoding;	  /* of it; static; NULL: identity */
	int negotiated;	    /* by Accept-Encoding, which Vary then names */
	struct buf connect; /* a page's further sources of connect-src */
	int camera;	    /* its page may use the camera */
	struct why why;	    /* cause of a problem, in English */
	uint64_t last;	    /* PROBLEM_STAFF_NUMBER */
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

/* For how long an answer is good; problems are never kept. */
enum route_cache {
	CACHE_NEVER,   /* no-store */
	CACHE_CHECK,   /* kept, but asked for anew with its ETag */
	CACHE_FOREVER, /* named by its hash, or a tile */
};

struct route {
	const char *method;
	const char *path; /* "/api/v1/spaces/{slug}/header" */
	http_handler *handler;
	enum route_cache cache;
	enum route_host host;
	int cors;		  /* pages of other sites may ask */
	unsigned staff;		  /* roles that may call it; 0: anybody */
	size_t max_body;	  /* bytes; 0: no body */
	const char *content_type; /* that a body must have; NULL: any */
};

/* The whole surface of the server; ends with a row of NULLs (routes.c). */
extern const struct route routes[];

/* That of an issuer of another server's log. */
extern const struct route routes_issuer[];

struct http_options {
	const char *listen;    /* an IPv4 address; NULL: "127.0.0.1" */
	unsigned port;	       /* 0: any free one */
	unsigned threads;      /* 0: HTTP_THREADS; one per open connection */
	const char *cast_host; /* Host of casting routes; NULL: the same */
	/* Another table than routes, for a server without a service. */
	const struct route *table; /* NULL: routes */
	void *context;		   /* what its handlers find in the request */
	const struct site *site;   /* for pages; outlives the server */
};
#define HTTP_THREADS 80
#define HTTP_THREADS_MAX 1000

struct http;

/**
 * http_start(s, o, out, why):
 * Serve; ${s} may be NULL where no route of the table needs one.  ERR_CONFLICT:
 * the port is in use; ERR_FORBIDDEN: not allowed to use it; ERR_FORMAT: no such
 * address.  http_port tells the port taken.
 */
enum err http_start(struct service *s, const struct http_options *o,
    struct http **out, struct why *why) MUST_USE;
unsigned http_port(const struct http *h);

/**
 * http_stop(h):
 * Finish what is under way, then free ${h} (may be NULL).
 */
void http_stop(struct http *h);

#endif /* HTTP_H */
