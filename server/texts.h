#ifndef TEXTS_H
#define TEXTS_H

#include "lang.h"

/*
 * The table of texts.def.
 */
enum text {
#define TEXT(name, it, en) TEXT_##name,
#include "texts.def"
#undef TEXT
	TEXT_MAX
};

/**
 * text_of(key, l):
 * Never NULL for a key below TEXT_MAX.
 */
const char *text_of(enum text key, enum lang l);

#endif /* TEXTS_H */
