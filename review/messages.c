/* messages.c - "key = text" files as languages; see messages.h. Keys are sorted once and found by
 * halving. */
#include "review/messages.h"
#include "common/file.h"
#include "common/utf8.h"
#include "review/assets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES_MAX (16u << 20)
#define ENTRIES_MAX     2000u
#define TAG_BYTES_MAX   35u /* BCP 47 */

struct entry {
    struct slice key, text;
};

struct messages {
    const char *tag, *name;
    struct entry *entries;
    size_t count;
    const struct messages *fallback; /* English; NULL for English itself */
};

struct languages {
    struct arena *arena;
    struct messages *list[MESSAGES_LANGUAGES_MAX];
    size_t count;
};

/* ---- reading ---- */

static int by_key(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    size_t len = left->key.len < right->key.len ? left->key.len : right->key.len;
    int order = memcmp(left->key.at, right->key.at, len);
    if (order != 0)
        return order;
    return left->key.len < right->key.len ? -1 : left->key.len > right->key.len;
}

static int read_line(struct messages *messages, struct slice line, const char *file,
                     unsigned number, struct failure *reterr)
{
    line = slice_trim(line);
    if (line.len == 0 || line.at[0] == '#')
        return OK;
    size_t equals = slice_find_char(line, '=');
    struct slice key = slice_trim(slice_sub(line, 0, equals == SIZE_MAX ? 0 : equals));
    if (key.len == 0)
        return failure_set(reterr, ERR_SYNTAX, "%s:%u: a line is 'key = text'", file, number);
    if (messages->count == ENTRIES_MAX)
        return failure_set(reterr, ERR_LIMIT, "%s: over %u texts", file, ENTRIES_MAX);
    messages->entries[messages->count++] =
        (struct entry){key, slice_trim(slice_from(line, equals + 1))};
    return OK;
}

static int no_memory(struct failure *reterr)
{
    return failure_set(reterr, ERR_NOMEM, "out of memory");
}

static int read_entries(struct languages *languages, struct slice text, const char *file,
                        struct messages *messages, struct failure *reterr)
{
    struct slice line, rest = text;
    int rc = OK;
    messages->entries = arena_calloc(languages->arena, ENTRIES_MAX, sizeof *messages->entries);
    if (messages->entries == NULL)
        return no_memory(reterr);
    if (!utf8_is_valid(text))
        return failure_set(reterr, ERR_SYNTAX, "%s: not UTF-8", file);
    for (unsigned number = 1; rc == OK && slice_next_line(&rest, &line); number++)
        rc = read_line(messages, line, file, number, reterr);
    if (rc != OK)
        return rc;
    qsort(messages->entries, messages->count, sizeof *messages->entries, by_key);
    for (size_t i = 1; i < messages->count; i++)
        if (by_key(&messages->entries[i - 1], &messages->entries[i]) == 0)
            return failure_set(reterr, ERR_SYNTAX, "%s: '%.*s' stands twice", file,
                               (int)messages->entries[i].key.len, messages->entries[i].key.at);
    return OK;
}

/* Adds a language, or takes the place of the one that is there. text must last. */
static int add(struct languages *languages, struct slice tag, struct slice text, const char *file,
               struct failure *reterr)
{
    struct messages *messages = arena_alloc(languages->arena, sizeof *messages);
    char *copy = arena_copy(languages->arena, tag.at, tag.len);
    if (messages == NULL || copy == NULL)
        return no_memory(reterr);
    messages->tag = copy;
    int rc = read_entries(languages, text, file, messages, reterr);
    if (rc != OK)
        return rc;
    struct slice name = messages_get(messages, "language");
    messages->name = arena_copy(languages->arena, name.at, name.len);
    if (messages->name == NULL)
        return no_memory(reterr);
    messages->fallback = languages->count > 0 ? languages->list[0] : NULL;
    for (size_t i = 0; i < languages->count; i++)
        if (slice_is(tag, languages->list[i]->tag)) {
            languages->list[i] = messages;
            return OK;
        }
    if (languages->count == MESSAGES_LANGUAGES_MAX)
        return failure_set(reterr, ERR_LIMIT, "over %u languages", MESSAGES_LANGUAGES_MAX);
    languages->list[languages->count++] = messages;
    return OK;
}

static int add_file(struct languages *languages, const char *folder, const char *name,
                    struct failure *reterr)
{
    struct text_buf text;
    struct slice file = slice_of(name);
    if (!slice_ends(file, ".txt") || file.len <= 4 || file.len > TAG_BYTES_MAX)
        return OK;
    const char *path = arena_printf(languages->arena, "%s/%s", folder, name);
    if (path == NULL)
        return no_memory(reterr);
    text_buf_init(&text, MESSAGES_FILE_BYTES_MAX);
    int rc = file_read(path, &text, reterr);
    char *copy =
        rc == OK ? arena_copy(languages->arena, text.at != NULL ? text.at : "", text.len) : NULL;
    if (rc == OK)
        rc = copy == NULL ? no_memory(reterr)
                          : add(languages, slice_sub(file, 0, file.len - 4),
                                slice_make(copy, text.len), path, reterr);
    text_buf_release(&text);
    return rc;
}

static int add_folder(struct languages *languages, const char *folder, struct failure *reterr)
{
    const char *const *names = NULL;
    size_t count = 0;
    struct failure ignored;
    int rc = dir_list(languages->arena, folder, &names, &count, &ignored);
    if (rc == ERR_NOT_FOUND)
        return OK;
    if (rc != OK)
        return failure_set(reterr, rc, "%s", ignored.text);
    for (size_t i = 0; i < count && rc == OK; i++)
        rc = add_file(languages, folder, names[i], reterr);
    return rc;
}

int languages_load(const char *folder, struct languages **ret_languages, struct failure *reterr)
{
    struct languages *languages = calloc(1, sizeof *languages);
    if (languages == NULL)
        return no_memory(reterr);
    int rc = arena_create(ARENA_BYTES_MAX, &languages->arena);
    if (rc != OK)
        rc = no_memory(reterr);
    if (rc == OK)
        rc = add(languages, SLICE("en"), asset_english(), "en.txt", reterr);
    if (rc == OK)
        rc = add(languages, SLICE("id"), asset_indonesian(), "id.txt", reterr);
    if (rc == OK && folder != NULL)
        rc = add_folder(languages, folder, reterr);
    if (rc != OK) {
        languages_free(languages);
        return rc;
    }
    *ret_languages = languages;
    return OK;
}

void languages_free(struct languages *languages)
{
    if (languages == NULL)
        return;
    arena_free(languages->arena);
    free(languages);
}

/* ---- finding ---- */

size_t languages_count(const struct languages *languages)
{
    return languages->count;
}

const struct messages *languages_at(const struct languages *languages, size_t index)
{
    return languages->list[index];
}

const struct messages *languages_find(const struct languages *languages, struct slice tag)
{
    for (size_t i = 0; i < languages->count; i++)
        if (slice_equal_nocase(tag, slice_of(languages->list[i]->tag)))
            return languages->list[i];
    return NULL;
}

const struct messages *languages_pick(const struct languages *languages, struct slice accept)
{
    while (accept.len > 0) {
        size_t comma = slice_find_char(accept, ',');
        struct slice one = slice_sub(accept, 0, comma == SIZE_MAX ? accept.len : comma);
        accept = comma == SIZE_MAX ? SLICE_EMPTY : slice_from(accept, comma + 1);
        size_t semicolon = slice_find_char(one, ';');
        one = slice_trim(slice_sub(one, 0, semicolon == SIZE_MAX ? one.len : semicolon));
        size_t dash = slice_find_char(one, '-');
        const struct messages *found = languages_find(languages, one);
        if (found == NULL && dash != SIZE_MAX)
            found = languages_find(languages, slice_sub(one, 0, dash));
        if (found != NULL)
            return found;
    }
    return languages->list[0];
}

const char *messages_tag(const struct messages *messages)
{
    return messages->tag;
}

const char *messages_name(const struct messages *messages)
{
    return messages->name;
}

struct slice messages_get(const struct messages *messages, const char *key)
{
    const struct entry wanted = {slice_of(key), SLICE_EMPTY};
    for (; messages != NULL; messages = messages->fallback) {
        const struct entry *found =
            bsearch(&wanted, messages->entries, messages->count, sizeof *messages->entries, by_key);
        if (found != NULL)
            return found->text;
    }
    return wanted.key;
}

struct slice messages_get_of(const struct messages *messages, const char *prefix, const char *name)
{
    char key[96];
    snprintf(key, sizeof key, "%s.%s", prefix, name);
    struct slice text = messages_get(messages, key);
    return text.at == key ? slice_of(name) : text;
}

void messages_put(const struct messages *messages, const char *key, const struct slice *values,
                  size_t count, struct text_buf *out)
{
    struct slice text = messages_get(messages, key);
    for (size_t i = 0; i < text.len; i++) {
        bool placed = text.at[i] == '{' && i + 2 < text.len && text.at[i + 2] == '}' &&
                      text.at[i + 1] >= '1' && text.at[i + 1] <= '9';
        size_t index = placed ? (size_t)(text.at[i + 1] - '1') : 0;
        if (!placed) {
            text_buf_add_char(out, text.at[i]);
            continue;
        }
        if (index < count)
            text_buf_add_slice(out, values[index]);
        i += 2;
    }
}
