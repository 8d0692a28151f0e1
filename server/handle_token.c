#include <string.h>

#include "token.h"
#include "wipe.h"

#include "handle.h"
#include "auth.h"
#include "issuer.h"

enum problem
handle_token_directory(struct service *s, const struct req *q, struct resp *p)
{
	(void)q;
	p->content_type = "application/private-token-issuer-directory";
	return handle_problem(service_directory(s, &p->body));
}

/* PROTOCOL 5, in its order: first the body, then who asks. */
enum problem
handle_token_request(struct service *s, const struct req *q, struct resp *p)
{
	uint8_t answer[BLIND_BYTES];
	struct token_request request;
	struct service_ask ask;
	struct auth_roll auth;
	enum problem no;

	if (token_request_parse(q->body, &request) != OK)
		return PROBLEM_TOKEN_REQUEST;
	if (q->authorization == NULL ||
	    auth_roll_parse(q->authorization, &auth) != OK)
		return PROBLEM_AUTHORIZATION;
	memset(&ask, 0, sizeof(ask));
	ask.truncated_key_id = request.truncated_key_id;
	ask.blinded = request.blinded;
	ask.roll_pk = auth.key;
	memcpy(ask.salt, auth.salt, sizeof(ask.salt));
	ask.sig = auth.sig;
	ask.has_factor = auth.has_factor;
	ask.factor = auth.factor;
	if ((no = issuer_ready(s, &p->why)) == PROBLEM_NONE)
		no = service_issue(s, &ask, answer);
	if (no == PROBLEM_NONE)
		buf_put(&p->body, answer, sizeof(answer));
	p->content_type = "application/private-token-response";
	wipe(&auth, sizeof(auth));
	wipe(&ask, sizeof(ask));
	wipe(answer, sizeof(answer));
	return no;
}
