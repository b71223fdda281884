/* contact_words.c - from a contact as typed to keyed hashes; see contact_words.h.
 *
 * With a kind the words count as what an ad's reader makes of them ("+62 812 …" is a phone to it, and
 * so the number of that WhatsApp), and as they stand without a leading '@' where that is something
 * else. A hash too many finds nothing, one too few leaves somebody's data where it is. */
#include "app/contact_words.h"

#include "app/judging.h"
#include "storage/contact_key.h"

#include <stdio.h>
#include <string.h>

static void add(struct contact_words *words, const struct contact_key *key, enum contact_kind kind,
                struct slice value)
{
    if (value.len == 0 || words->count == CONTACT_WORDS_MAX)
        return;
    struct digest hash = contact_key_hash(key, kind, value);
    for (size_t i = 0; i < words->count; i++)
        if (memcmp(&words->at[i], &hash, sizeof hash) == 0)
            return;
    words->at[words->count++] = hash;
}

/* kind NULL: each contact is of the kind it looks like. */
static int read_as_ad(const char *command, const struct common_options *common,
                      const struct contact_key *key, const enum contact_kind *kind,
                      struct slice text, struct contact_words *words)
{
    struct judging judging;
    struct posting posting;
    struct verdict verdict = {.contacts_count = 0};
    struct failure why = {.code = OK};
    int code = judging_open(command, common, &judging);
    if (code == EXIT_DONE && (judging_posting_of_text(&judging, text, &posting, &why) != OK ||
                              judging_text(&judging, &posting, &verdict, &why) != OK))
        code = exit_with(command, &why);
    bool seen = kind == NULL;
    struct slice bare = slice_from(text, slice_starts(text, "@") ? 1 : 0);
    for (size_t i = 0; code == EXIT_DONE && i < verdict.contacts_count; i++) {
        struct slice value = verdict.contacts[i].value;
        add(words, key, kind != NULL ? *kind : verdict.contacts[i].kind, value);
        seen = seen || slice_equal_nocase(value, bare);
    }
    if (code == EXIT_DONE && !seen)
        add(words, key, *kind, bare);
    judging_close(&judging);
    return code;
}

int contact_words_read(const char *command, const struct common_options *common,
                       const struct settings *settings, const char *kind, const char *words,
                       struct contact_words *ret_words)
{
    struct contact_key key;
    struct failure why = {.code = OK};
    enum contact_kind wanted = CONTACT_PHONE;
    struct slice text = slice_trim(slice_of(words));
    ret_words->count = 0;
    if (kind != NULL && !contact_kind_from_name(slice_of(kind), &wanted)) {
        fprintf(stderr,
                "lurewatch %s: that --kind is none: whatsapp, telegram, line, wechat, zalo, kakao, "
                "viber, signal, phone, email or url\n",
                command);
        return EXIT_USAGE;
    }
    if (contact_key_load(settings->contact_key, false, &key, &why) != OK)
        return exit_with(command, &why);
    int code = read_as_ad(command, common, &key, kind != NULL ? &wanted : NULL, text, ret_words);
    if (code == EXIT_DONE && ret_words->count == 0) {
        fprintf(stderr,
                "lurewatch %s: no contact is seen in these words; --kind telegram (or whatsapp, …) "
                "says what they are\n",
                command);
        code = EXIT_USAGE;
    }
    return code;
}
