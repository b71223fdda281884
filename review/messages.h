/* review/messages.h - what the page says, in several languages.
 *
 * A language is a file TAG.txt (id.txt, zh-Hans.txt) of lines "key = text"; lines that begin with #
 * are comments. {1} to {9} stand for what the page puts in. English and Indonesian are part of the
 * program; a file in the folder of the configuration adds a language or takes the place of one. A
 * text that a language lacks is shown in English. Read once, then shared by threads. */
#ifndef LUREWATCH_MESSAGES_H
#define LUREWATCH_MESSAGES_H

#include "common/arena.h"
#include "common/text.h"

#define MESSAGES_LANGUAGES_MAX  32u
#define MESSAGES_FILE_BYTES_MAX (256u << 10)

struct messages;  /* one language */
struct languages; /* all of them */

/* English, Indonesian, and the files of folder (NULL or no such folder: none). Gives
 * *ret_languages, free with languages_free().
 * Errors: ERR_SYNTAX (file:line: why), ERR_LIMIT, ERR_IO, ERR_NOMEM. */
MUST_USE int languages_load(const char *folder, struct languages **ret_languages,
                            struct failure *reterr);
void languages_free(struct languages *languages); /* NULL is allowed */
size_t languages_count(const struct languages *languages);
const struct messages *languages_at(const struct languages *languages, size_t index);
/* The language of a tag, NULL when there is none. */
const struct messages *languages_find(const struct languages *languages, struct slice tag);
/* The first of an Accept-Language field that is there (the order as written), else English. */
const struct messages *languages_pick(const struct languages *languages, struct slice accept);

const char *messages_tag(const struct messages *messages);
const char *messages_name(const struct messages *messages); /* in its own language */
/* The text of a key; without one the key itself. Borrowed. */
struct slice messages_get(const struct messages *messages, const char *key);
/* The text of "prefix.name"; name itself where there is none. Borrowed. */
struct slice messages_get_of(const struct messages *messages, const char *prefix, const char *name);
/* Appends the text of a key with {1}… replaced. */
void messages_put(const struct messages *messages, const char *key, const struct slice *values,
                  size_t count, struct text_buf *out);

#endif
