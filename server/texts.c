#include "texts.h"

static const char *const texts[TEXT_MAX][LANGS] = {
#define TEXT(name, it, en) [TEXT_##name] = { it, en },
#include "texts.def"
#undef TEXT
};

const char *
text_of(enum text key, enum lang l)
{
	return texts[key][l];
}
