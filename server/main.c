#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "args.h"
#include "commands.h"
#include "entry.h"
#include "file.h"
#include "handle_witness.h"
#include "http.h"
#include "issuer.h"
#include "log.h"
#include "service.h"
#include "service_witness.h"
#include "site.h"
#include "staff.h"
#include "static.h"
#include "witness.h"

/*
 * partecipa: the server, and the commands of staff and residents.  This file
 * ties the folders together and is the only one that sees all of them.
 */

/* Exit status, as in client/commands.h. */
enum {
	DONE = 0,
	FAILED = 1,
	USAGE = 2,
};

static int
fail(enum err r, const struct why *why)
{
	fprintf(stderr, "partecipa: %s\n",
	    why->text[0] != '\0' ? why->text : err_str(r));
	return FAILED;
}

/* --- init -----------------------------------------------------------------*/

/* The first members of staff, from the public halves of their key files. */
struct founders {
	struct service_founder list[ARGS_LIST_MAX];
	struct staff_pub pub[ARGS_LIST_MAX];
	size_t n;
};

static enum err
founder_read(const char *path, struct founders *f, struct why *why)
{
	struct staff_pub *pub = &f->pub[f->n];
	struct buf b = { 0 };
	enum err r;

	if ((r = file_read(path, STAFF_FILE_MAX, &b, why)) != OK)
		goto out;
	if ((r = staff_pub_parse(buf_slice(&b), pub, why)) != OK) {
		why_prefix(why, "%s: ", path);
		goto out;
	}
	f->list[f->n].name = pub->name;
	f->list[f->n].role = pub->role;
	f->list[f->n++].pk = pub->pk;

out:
	buf_free(&b);
	return r;
}

/* All that init may be given; what belongs to which is judged below. */
struct init {
	struct service_genesis log;
	struct args_list staff;
	int issuer_only;
	struct issuer_genesis issuer;
	int witness_only;
};

static int
init_log(const struct init *o)
{
	struct service_genesis g = o->log;
	struct founders f = { 0 };
	struct why why = { { 0 } };
	enum err r = OK;
	size_t i;

	if (o->issuer.log != NULL || o->issuer.key != NULL)
		return args_usage(
		    "--log and --key are for init --issuer-only.");
	if (o->log.dir == NULL || o->log.origin == NULL ||
	    o->log.name == NULL || o->log.host == NULL)
		return args_usage(
		    "init needs --dir, --origin, --name and --host.");
	if (o->staff.n < 2)
		return args_usage("init needs --staff twice at least: the .pub "
				  "files of two admins (partecipa staff add "
				  "makes them).");
	for (i = 0; i < o->staff.n && r == OK; i++)
		r = founder_read(o->staff.v[i], &f, &why);
	g.staff = f.list;
	g.n_staff = f.n;
	if (r == OK)
		r = service_init(&g, &why);
	if (r != OK)
		return fail(r, &why);
	printf("%s is ready; start it with\n  partecipa serve --dir %s\n",
	    o->log.dir, o->log.dir);
	return DONE;
}

static int
init_issuer(struct init *o)
{
	struct why why = { { 0 } };
	enum err r;

	o->issuer.dir = o->log.dir;
	o->issuer.host = o->log.host;
	if (o->log.origin != NULL || o->log.name != NULL || o->staff.n > 0 ||
	    o->log.rehearsal || o->log.policy != NULL)
		return args_usage(
		    "init --issuer-only takes origin, name and staff from the "
		    "log: leave --origin, --name, --staff and --rehearsal "
		    "out.");
	if (o->issuer.dir == NULL || o->issuer.log == NULL ||
	    o->issuer.key == NULL || o->issuer.host == NULL)
		return args_usage(
		    "init --issuer-only needs --dir, --log, --key and --host.");
	if ((r = issuer_init(&o->issuer, &why)) != OK)
		return fail(r, &why);
	printf("%s is ready; start it with\n"
	       "  partecipa serve --issuer-only --dir %s\n",
	    o->issuer.dir, o->issuer.dir);
	return DONE;
}

static int
init_witness(struct init *o)
{
	struct why why = { { 0 } };
	struct buf vkey = { 0 };
	enum err r;

	if (o->log.dir == NULL || o->log.name == NULL)
		return args_usage(
		    "init --witness-only needs --dir and --name.");
	if (o->issuer_only || o->log.origin != NULL || o->log.host != NULL ||
	    o->log.policy != NULL || o->staff.n > 0 || o->log.rehearsal ||
	    o->issuer.log != NULL || o->issuer.key != NULL)
		return args_usage(
		    "init --witness-only takes --dir and --name only.");
	if ((r = witness_init(o->log.dir, o->log.name, &vkey, &why)) == OK)
		printf("%s is ready. This is the witness's verifier key, also "
		       "in witness.vkey:\n%s\nStart it with\n"
		       "  partecipa serve --witness-only --dir %s --log VKEY\n"
		       "where VKEY is the key of the log (its /log/key)\n",
		    o->log.dir, buf_text(&vkey), o->log.dir);
	buf_free(&vkey);
	return r == OK ? DONE : fail(r, &why);
}

static int
init_main(int argc, char **argv)
{
	struct init o = { .issuer_only = 0 };
	const struct args_option options[] = {
		{ "dir", ARGS_TEXT, &o.log.dir, "DIR",
		    "the data folder to make" },
		{ "origin", ARGS_TEXT, &o.log.origin, "NAME",
		    "name of the log, for ever" },
		{ "name", ARGS_TEXT, &o.log.name, "TEXT",
		    "of the municipality; of the key of a witness" },
		{ "host", ARGS_TEXT, &o.log.host, "HOST",
		    "host name of the service" },
		{ "staff", ARGS_LIST, &o.staff, "FILE.pub",
		    "public key of one of the staff; two admins at least" },
		{ "rehearsal", ARGS_FLAG, &o.log.rehearsal, NULL,
		    "a log of votes that do not count" },
		{ "policy", ARGS_TEXT, &o.log.policy, "FILE",
		    "the log's witnesses (C2SP tlog-policy)" },
		{ "witness-only", ARGS_FLAG, &o.witness_only, NULL,
		    "a witness of other logs" },
		{ "issuer-only", ARGS_FLAG, &o.issuer_only, NULL,
		    "an issuer of spaces in another server's log" },
		{ "log", ARGS_TEXT, &o.issuer.log, "URL",
		    "of the log's server (issuer only)" },
		{ "key", ARGS_TEXT, &o.issuer.key, "VKEY",
		    "the log's key, from somebody you trust (issuer only)" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"init --dir DIR --origin NAME --name TEXT --host HOST "
		"--staff FILE.pub ...\n"
		"       partecipa init --issuer-only --dir DIR --log URL "
		"--key VKEY --host HOST\n"
		"       partecipa init --witness-only --dir DIR --name NAME",
		"Makes keys, the first entry of the log and its first "
		"checkpoint; with --issuer-only\nthe keys of an issuer that "
		"follows the log of another server, with --witness-only\n"
		"the key NAME (witness.example/1) of a witness.",
		options, 0, 0
	};
	int status;

	if ((status = args_parse(&spec, argc, argv, NULL)) != ARGS_GO)
		return status;
	if (o.witness_only)
		return init_witness(&o);
	return o.issuer_only ? init_issuer(&o) : init_log(&o);
}

/* --- serve ----------------------------------------------------------------*/

struct serve {
	struct service_options service;
	struct http_options http;
	int witness_only;
	struct args_list logs; /* that it witnesses */
	struct site *site;
};

/* ARGS_GO, or the exit status. */
static int
serve_options(int argc, char **argv, struct serve *o)
{
	const char *port = "8080", *threads = "0";
	const struct args_option options[] = {
		{ "dir", ARGS_TEXT, &o->service.dir, "DIR", "the data folder" },
		{ "listen", ARGS_TEXT, &o->http.listen, "ADDR",
		    "IPv4 address (default: 127.0.0.1)" },
		{ "port", ARGS_TEXT, &port, "N",
		    "port (default: 8080; 0: any free one)" },
		{ "state", ARGS_TEXT, &o->service.state, "FILE",
		    "where the last signed tree is remembered" },
		{ "cast-host", ARGS_TEXT, &o->http.cast_host, "NAME",
		    "host name that takes records, and nothing else" },
		{ "clock", ARGS_TEXT, &o->service.clock, "FILE",
		    "the time, for rehearsals" },
		{ "threads", ARGS_TEXT, &threads, "N",
		    "connections served at once (default: 80)" },
		{ "issuer-only", ARGS_FLAG, &o->service.issuer, NULL,
		    "serve the folder of an issuer" },
		{ "witness-only", ARGS_FLAG, &o->witness_only, NULL,
		    "serve the folder of a witness" },
		{ "log", ARGS_LIST, &o->logs, "VKEY",
		    "key of a log that it witnesses" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = { "serve --dir DIR [--port N]",
		"Serves HTTP; a reverse proxy in front of it does TLS. Stops "
		"on SIGINT and SIGTERM.",
		options, 0, 0 };
	unsigned long n_port, n_threads;
	int status;

	memset(o, 0, sizeof(*o));
	if ((status = args_parse(&spec, argc, argv, NULL)) != ARGS_GO)
		return status;
	if (o->service.dir == NULL)
		return args_usage("serve needs --dir.");
	if (!args_number(port, 0, 65535, &n_port))
		return args_usage("--port must be a number up to 65535.");
	if (!args_number(threads, 0, HTTP_THREADS_MAX, &n_threads))
		return args_usage(
		    "--threads must be a number up to %d.", HTTP_THREADS_MAX);
	if (o->http.listen == NULL)
		o->http.listen = "127.0.0.1";
	if (o->service.issuer &&
	    (o->service.state != NULL || o->http.cast_host != NULL))
		return args_usage("an issuer signs no tree and takes no "
				  "records: leave --state and --cast-host "
				  "out.");
	if (o->witness_only
		? o->service.issuer || o->service.state != NULL ||
		      o->http.cast_host != NULL || o->service.clock != NULL
		: o->logs.n > 0)
		return args_usage("a witness takes --dir, --log, --listen, "
				  "--port and --threads, and nobody else "
				  "takes --log.");
	if (o->service.issuer)
		o->http.table = routes_issuer;
	o->http.port = (unsigned)n_port;
	o->http.threads = (unsigned)n_threads;
	return ARGS_GO;
}

/* What the pages say of the municipality, where the folder has it. */
static enum err
serve_site(struct serve *o, struct service *s, struct why *why)
{
	struct buf path = { 0 }, b = { 0 };
	const char *file = file_join(&path, o->service.dir, "site.json");
	struct world *w;
	enum err r = ERR_NOMEM;

	if (file == NULL)
		goto out;
	if (!file_exists(file))
		buf_str(&b, "{}");
	else if ((r = file_read(file, SITE_MAX, &b, why)) != OK)
		goto out;
	if ((r = site_parse(buf_slice(&b), &o->site, why)) != OK) {
		why_prefix(why, "%s: ", file);
		goto out;
	}
	w = service_read(s);
	r = site_town(o->site,
	    json_string_value(json_object_get(world_genesis(w), "name")),
	    world_is_rehearsal(w));
	service_done(s);
	o->http.site = o->site;

out:
	buf_free(&path);
	buf_free(&b);
	return r;
}

/* Is this program's web client the one that the log names (PROTOCOL 8)? */
static void
say_client(struct service *s)
{
	const struct service_bundle *list;
	struct hash h;
	size_t n;

	hash_bytes(static_manifest, &h);
	(void)service_read(s);
	list = service_bundles(s, &n);
	if (n == 0)
		log_event(LOG_WARNING,
		    "the web client is not in the log: partecipa staff bundle");
	else if (!hash_equal(&list[n - 1].manifest, &h))
		log_event(LOG_WARNING,
		    "the web client is another one than the log's newest: "
		    "partecipa staff bundle");
	service_done(s);
}

/* One of them: the folder says of what kind it is. */
static enum err
serve_open(
    struct serve *o, struct service **s, struct witness **w, struct why *why)
{
	struct witness_options wo = { o->service.dir, o->logs.v, o->logs.n };
	enum err r;

	if (!o->witness_only) {
		if ((r = service_open(&o->service, s, why)) != OK ||
		    o->service.issuer)
			return r;
		return serve_site(o, *s, why);
	}
	if ((r = witness_open(&wo, w, why)) != OK)
		return r;
	o->http.table = handle_witness_routes;
	o->http.context = *w;
	return OK;
}

static int
serve_main(int argc, char **argv)
{
	struct service *s = NULL;
	struct witness *w = NULL;
	struct http *h = NULL;
	struct why why = { { 0 } };
	struct serve o;
	sigset_t stop;
	enum err r;
	int which, status;

	if ((status = serve_options(argc, argv, &o)) != ARGS_GO)
		return status;
	/* Before any thread, so that none of them gets these signals. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
	/* A hundred threads that mostly wait share two heaps. */
	(void)mallopt(M_ARENA_MAX, 2);
	if ((r = serve_open(&o, &s, &w, &why)) != OK ||
	    (r = http_start(s, &o.http, &h, &why)) != OK)
		goto out;
	/* Not before: a server that does not start says why, and no more. */
	if (s != NULL && !o.service.issuer)
		say_client(s);
	printf("partecipa: listening at http://%s:%u/\n", o.http.listen,
	    http_port(h));
	(void)fflush(stdout);
	(void)sigwait(&stop, &which);
	log_event(LOG_INFO, "stopping");

out:
	http_stop(h);
	service_close(s);
	witness_close(w);
	site_free(o.site);
	return r == OK ? DONE : fail(r, &why);
}

/* --- doctor ---------------------------------------------------------------*/

static void
doctor_report(void *cookie, int fault, const char *text)
{
	(void)cookie;
	printf("%s%s\n", fault ? "FAULT " : "ok    ", text);
}

static int
doctor_main(int argc, char **argv)
{
	struct store *s = NULL;
	struct why why = { { 0 } };
	const char *dir = NULL;
	const struct args_option options[] = {
		{ "dir", ARGS_TEXT, &dir, "DIR", "the data folder" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = { "doctor --dir DIR",
		"Holds a data folder against itself, and against what its "
		"witnesses have seen, while no\nserver uses it.",
		options, 0, 0 };
	unsigned faults = 0;
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, NULL)) != ARGS_GO)
		return status;
	if (dir == NULL)
		return args_usage("doctor needs --dir.");
	if ((r = store_open(dir, 0, &s, &why)) != OK)
		return fail(r, &why);
	if ((r = store_doctor(s, doctor_report, NULL, &faults)) != OK)
		(void)why_say(
		    &why, r, "%s could not be read: %s", dir, err_str(r));
	else
		faults += service_witness_doctor(s, dir, doctor_report, NULL);
	store_close(s);
	if (r != OK)
		return fail(r, &why);
	printf("%u faults\n", faults);
	return faults == 0 ? DONE : FAILED;
}

/* --- routes ---------------------------------------------------------------*/

/* "-": nobody's signature is needed. */
static void
roles_print(unsigned roles)
{
	const char *before = "";
	unsigned bit;

	if (roles == 0)
		printf("-");
	for (bit = 1; bit != 0; bit <<= 1) {
		if ((roles & bit) == 0)
			continue;
		printf("%s%s", before, role_name(bit));
		before = ",";
	}
	printf("\n");
}

static int
routes_main(int argc, char **argv)
{
	int issuer = 0, witness = 0;
	const struct args_option options[] = {
		{ "issuer-only", ARGS_FLAG, &issuer, NULL,
		    "what an issuer elsewhere serves" },
		{ "witness-only", ARGS_FLAG, &witness, NULL,
		    "what a witness serves" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = { "routes",
		"Prints what the server serves, one route a line: method, "
		"path, media type of the body\n(\"*\": any; \"-\": no body), "
		"roles of staff that may call it (\"-\": anybody).\n"
		"docs/openapi.yaml describes each.",
		options, 0, 0 };
	const struct route *r;
	int status;

	if ((status = args_parse(&spec, argc, argv, NULL)) != ARGS_GO)
		return status;
	r = witness ? handle_witness_routes : issuer ? routes_issuer : routes;
	for (; r->path != NULL; r++) {
		printf("%s %s %s ", r->method, r->path,
		    r->max_body == 0	      ? "-"
		    : r->content_type == NULL ? "*"
					      : r->content_type);
		roles_print(r->staff);
	}
	return DONE;
}

/* --- The table ------------------------------------------------------------*/

static const struct command server_commands[] = {
	{ "init", init_main, "make a data folder with keys and first entry" },
	{ "serve", serve_main, "serve a data folder" },
	{ "doctor", doctor_main, "check a data folder against itself" },
	{ "routes", routes_main, "print what the server serves" },
	{ NULL, NULL, NULL },
};

static const struct command *const tables[] = { server_commands,
	client_commands };

static void
help(FILE *f)
{
	const struct command *c;
	size_t i;

	fprintf(f, "usage: partecipa COMMAND [--help]\n\n");
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (c = tables[i]; c->name != NULL; c++)
			fprintf(f, "  %-10s %s\n", c->name, c->help);
}

int
main(int argc, char **argv)
{
	const struct command *c;
	size_t i;

	/*
	 * Dates on pages and in messages are those of the residents, whatever
	 * zone the machine that serves them was set up in.
	 */
	(void)setenv("TZ", "Europe/Rome", 1);
	tzset();
	if (argc < 2) {
		help(stderr);
		return USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		help(stdout);
		return DONE;
	}
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (c = tables[i]; c->name != NULL; c++)
			if (strcmp(argv[1], c->name) == 0)
				return c->run(argc - 1, argv + 1);
	fprintf(stderr, "partecipa: there is no command \"%s\"\n", argv[1]);
	help(stderr);
	return USAGE;
}
