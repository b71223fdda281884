/* contact_words.c - from a contact as typed to keyed hashes; see contact_words.h.
 *
 * With a kind the words count as what an ad's reader makes of them ("+62 812 …" is a phone to it, and
 * so the number of that WhatsApp), and as they stand without a leading '@' where that is something
 * else. A hash too many finds nothing, one too few leaves somebody's data where it is. */
#include "app/contact_words.h"

#include "app/judging.h"
#include "classifiers/normalise.h"
#include "storage/contact_key.h"

#include <stdio.h>
#include <string.h>

#define FOLD_BYTES_MAX (64u << 20)

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

/* As programs before this one read an address: no further than its first letter beyond ASCII, and with
 * digits of words as the letters that they look like. */
static int add_as_before(struct contact_words *words, const struct contact_key *key,
                         enum contact_kind kind, struct slice value)
{
    struct arena *arena = NULL;
    struct normaliser *normaliser = NULL;
    struct folded folded;
    size_t host = slice_find(value, SLICE("://")), wide = 0;
    host = host == SIZE_MAX ? 0 : host + 3;
    while (wide < value.len && (unsigned char)value.at[wide] < 0x80)
        wide++;
    if (kind == CONTACT_URL &&
        slice_find_char(slice_sub(value, host, wide - host), '/') != SIZE_MAX)
        add(words, key, kind, slice_sub(value, 0, wide));
    int rc = arena_create(FOLD_BYTES_MAX, &arena);
    if (rc == OK)
        rc = normaliser_create(&normaliser);
    if (rc == OK)
        rc = normalise(normaliser, value, arena, &folded);
    if (rc == OK)
        add(words, key, kind, folded.text);
    normaliser_free(normaliser);
    arena_free(arena);
    return rc;
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
        enum contact_kind is = kind != NULL ? *kind : verdict.contacts[i].kind;
        add(words, key, is, value);
        if (add_as_before(words, key, is, value) != OK) {
            failure_set(&why, ERR_NOMEM, "out of memory");
            code = exit_with(command, &why);
        }
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
    if (text.len == 0) {
        fprintf(stderr,
                "lurewatch %s: a contact is wanted, and this is empty: a number, a handle or an "
                "address, such as '+62 812 3456 7890' or t.me/NAME\n",
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
