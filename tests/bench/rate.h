#ifndef RATE_H
#define RATE_H

/*
 * How many answers a server gives in a second of the processor, which client
 * and server share; the clock on the wall would measure who else is working.
 */
struct rate {
	double own;  /* of our server */
	double bare; /* of a CivetWeb handler that sends the same body */
};

/* What is asked for. */
enum rate_what {
	RATE_STATIC, /* the style sheet, as a browser gets it */
	RATE_HEADER,
	RATE_FORM,
	RATE_MAX
};

/**
 * rate_measure(out):
 * Of each, in short turns by both one after the other.  What fails ends the
 * program.
 */
void rate_measure(struct rate out[static RATE_MAX]);

#endif /* RATE_H */
