/* app/contact_words.h - a contact as a person types it, to the keyed hashes an ad's would have: for
 * `queue find` and `db forget`. */
#ifndef LUREWATCH_CONTACT_WORDS_H
#define LUREWATCH_CONTACT_WORDS_H

#include "app/command.h"
#include "common/digest.h"

#define CONTACT_WORDS_MAX 32u

struct contact_words {
    struct digest at[CONTACT_WORDS_MAX];
    size_t count; /* at least 1 */
};

/* The words are read as an ad's would be, so that every spelling of a contact is the same. With
 * kind (NULL: as they look) they are of that kind, whatever they look like, with or without '@'.
 * Loads the key of settings. What is wrong is said on standard error; an exit code. */
int contact_words_read(const char *command, const struct common_options *common,
                       const struct settings *settings, const char *kind, const char *words,
                       struct contact_words *ret_words);

#endif
