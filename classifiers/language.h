/* classifiers/language.h - which language a text is written in. */
#ifndef LUREWATCH_LANGUAGE_H
#define LUREWATCH_LANGUAGE_H

#include "common/arena.h"
#include "common/text.h"

/* BCP 47 of text (valid UTF-8), "und" when nothing tells. Static text. */
struct slice language_of_text(struct arena *arena, struct slice text);

#endif
