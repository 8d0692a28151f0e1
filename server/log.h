#ifndef LOG_H
#define LOG_H

/*
 * Events, to stderr: a constant sentence, then key=value.  No dates (whoever
 * runs the service adds them) and nothing about persons: no address, token,
 * key, number of a record, and no time next to somebody's action.
 */
enum log_level {
	LOG_ERROR,
	LOG_WARNING,
	LOG_INFO,
};

/**
 * log_event(level, fmt, ...):
 * One line; safe for many threads.
 */
void log_event(enum log_level level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif /* LOG_H */
