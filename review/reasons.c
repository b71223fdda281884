/* reasons.c - patterns/reasons/TAG.yml as sorted tables; see reasons.h. */
#include "review/reasons.h"
#include "common/arena.h"
#include "common/file.h"
#include "common/yaml.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES_MAX (16u << 20)
#define TAG_BYTES_MAX   35u /* BCP 47 */

struct entry {
    struct slice id;
    struct reason reason;
};

struct table {
    const char *tag;
    struct entry *entries; /* by id */
    size_t count;
};

struct reasons {
    struct arena *arena;
    struct table tables[REASONS_LANGUAGES_MAX];
    size_t count;
};

/* One file while it is read. */
struct reading {
    struct reasons *reasons;
    struct table *table;
    struct yaml_doc *doc;
    reasons_known_fn *known;
    const void *ctx;
    struct failure *reterr;
};

static int no_memory(struct failure *reterr)
{
    return failure_set(reterr, ERR_NOMEM, "out of memory");
}

static int by_id(const void *a, const void *b)
{
    const struct slice *left = &((const struct entry *)a)->id,
                       *right = &((const struct entry *)b)->id;
    size_t len = left->len < right->len ? left->len : right->len;
    int order = memcmp(left->at, right->at, len);
    return order != 0 ? order : (left->len > right->len) - (left->len < right->len);
}

/* ---- reading ---- */

static int text_take(struct reading *reading, const struct yaml *entry, const char *key,
                     struct slice *ret_text)
{
    const struct yaml *node = yaml_get(entry, key);
    struct slice text = slice_trim(yaml_text(node));
    if (node != NULL && text.len == 0)
        return yaml_fail(reading->doc, node, ERR_SYNTAX, reading->reterr, "'%s' is empty", key);
    char *copy = arena_copy(reading->reasons->arena, text.at, text.len);
    if (copy == NULL)
        return no_memory(reading->reterr);
    for (size_t i = 0; i < text.len; i++) /* a block's lines are one paragraph */
        if (copy[i] == '\n')
            copy[i] = ' ';
    *ret_text = slice_make(copy, text.len);
    return OK;
}

static int entry_read(struct reading *reading, const struct yaml *name, const struct yaml *value)
{
    static const char *const keys[] = {"title", "reason", "meaning", NULL};
    struct table *table = reading->table;
    struct entry *entry = &table->entries[table->count];
    struct slice id = yaml_text(name);
    if (reading->known != NULL && !reading->known(reading->ctx, id))
        return yaml_fail(reading->doc, name, ERR_SYNTAX, reading->reterr,
                         "'%.*s' is no idea, combo, signal or family:NAME of the bank: correct the "
                         "name, or take the entry out",
                         (int)id.len, id.at);
    if (yaml_kind_of(value) != YAML_MAPPING || yaml_get(value, "title") == NULL)
        return yaml_fail(reading->doc, name, ERR_SYNTAX, reading->reterr,
                         "an entry wants a title, and what has a rationale a reason");
    int rc = yaml_known_keys(reading->doc, value, keys, reading->reterr);
    if (rc == OK)
        rc = text_take(reading, value, "title", &entry->reason.title);
    if (rc == OK)
        rc = text_take(reading, value, "reason", &entry->reason.reason);
    if (rc == OK)
        rc = text_take(reading, value, "meaning", &entry->reason.meaning);
    entry->id = slice_make(arena_copy(reading->reasons->arena, id.at, id.len), id.len);
    if (entry->id.at == NULL)
        return no_memory(reading->reterr);
    if (rc == OK)
        table->count++;
    return rc;
}

static int table_read(struct reading *reading)
{
    static const char *const keys[] = {"language", "reasons", NULL};
    const struct yaml *root = yaml_root(reading->doc), *name = NULL, *value = NULL;
    const struct yaml *entries = yaml_get(root, "reasons");
    struct table *table = reading->table;
    int rc = yaml_known_keys(reading->doc, root, keys, reading->reterr);
    if (rc == OK && !slice_is(yaml_get_text(root, "language"), table->tag))
        rc = yaml_fail(reading->doc, yaml_get(root, "language"), ERR_SYNTAX, reading->reterr,
                       "'language' must be as the file is called: %s", table->tag);
    if (rc == OK && yaml_kind_of(entries) != YAML_MAPPING)
        rc = yaml_fail(reading->doc, root, ERR_SYNTAX, reading->reterr,
                       "'reasons' is missing: it holds the entries");
    if (rc != OK)
        return rc;
    table->entries =
        arena_calloc(reading->reasons->arena, yaml_count(entries) + 1, sizeof *table->entries);
    if (table->entries == NULL)
        return no_memory(reading->reterr);
    for (size_t i = 0; rc == OK && yaml_member(entries, i, &name, &value); i++)
        rc = entry_read(reading, name, value);
    if (rc == OK)
        qsort(table->entries, table->count, sizeof *table->entries, by_id);
    return rc;
}

static int file_read_in(struct reading *reading, const char *folder, const char *name)
{
    struct reasons *reasons = reading->reasons;
    struct slice file = slice_of(name);
    if (!slice_ends(file, ".yml") || file.len <= 4 || file.len > TAG_BYTES_MAX)
        return OK;
    if (reasons->count == REASONS_LANGUAGES_MAX)
        return failure_set(reading->reterr, ERR_LIMIT, "%s: over %u languages", folder,
                           REASONS_LANGUAGES_MAX);
    reading->table = &reasons->tables[reasons->count];
    reading->table->tag = arena_copy(reasons->arena, file.at, file.len - 4);
    const char *path = arena_printf(reasons->arena, "%s/%s", folder, name);
    if (reading->table->tag == NULL || path == NULL)
        return no_memory(reading->reterr);
    int rc = yaml_load(path, &reading->doc, reading->reterr);
    if (rc == OK)
        rc = table_read(reading);
    yaml_free(reading->doc);
    reading->doc = NULL;
    if (rc == OK)
        reasons->count++;
    return rc;
}

static int folder_read(struct reading *reading, const char *patterns)
{
    const char *const *names = NULL;
    size_t count = 0;
    struct failure why;
    struct arena *arena = reading->reasons->arena;
    const char *folder = arena_printf(arena, "%s/" REASONS_FOLDER, patterns);
    if (folder == NULL)
        return no_memory(reading->reterr);
    int rc = dir_list(arena, folder, &names, &count, &why);
    if (rc == ERR_NOT_FOUND)
        return OK;
    if (rc != OK)
        return failure_set(reading->reterr, rc, "%s", why.text);
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = file_read_in(reading, folder, names[i]);
    return rc;
}

int reasons_load(const char *patterns, reasons_known_fn *known, const void *ctx,
                 struct reasons **ret_reasons, struct failure *reterr)
{
    struct reasons *reasons = calloc(1, sizeof *reasons);
    if (reasons == NULL || arena_create(ARENA_BYTES_MAX, &reasons->arena) != OK) {
        free(reasons);
        return no_memory(reterr);
    }
    struct reading reading = {.reasons = reasons, .known = known, .ctx = ctx, .reterr = reterr};
    int rc = folder_read(&reading, patterns);
    if (rc != OK) {
        reasons_free(reasons);
        return rc;
    }
    *ret_reasons = reasons;
    return OK;
}

void reasons_free(struct reasons *reasons)
{
    if (reasons == NULL)
        return;
    arena_free(reasons->arena);
    free(reasons);
}

/* ---- finding ---- */

size_t reasons_count(const struct reasons *reasons)
{
    return reasons->count;
}

const char *reasons_tag(const struct reasons *reasons, size_t language)
{
    return reasons->tables[language].tag;
}

static const struct entry *entry_of(const struct table *table, struct slice id)
{
    const struct entry wanted = {.id = id};
    if (table->count == 0)
        return NULL;
    return bsearch(&wanted, table->entries, table->count, sizeof *table->entries, by_id);
}

static struct slice without_language(struct slice id)
{
    size_t dot = id.len;
    while (dot > 0 && id.at[dot - 1] != '.')
        dot--;
    return slice_sub(id, 0, dot > 0 ? dot - 1 : 0);
}

bool reasons_find(const struct reasons *reasons, const char *tag, struct slice id,
                  struct reason *ret_reason)
{
    const struct table *table = NULL;
    for (size_t i = 0; reasons != NULL && i < reasons->count; i++)
        if (strcmp(reasons->tables[i].tag, tag) == 0)
            table = &reasons->tables[i];
    if (table == NULL)
        return false;
    const struct entry *entry = entry_of(table, id);
    if (entry == NULL)
        entry = entry_of(table, without_language(id));
    if (entry == NULL)
        return false;
    *ret_reason = entry->reason;
    return true;
}
