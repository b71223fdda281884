/* licences.c - licences and registers that an ad names, by patterns/licences.yml; see facts_parts.h.
 *
 * Shown to people, never a reason to let an ad pass: numbers are copied. */
#include "classifiers/facts_parts.h"
#include "common/utf8.h"
#include "common/yaml.h"

#include <stdlib.h>
#include <string.h>

#define NUMBER_BYTES 32u
#define SHOWN_MAX    4u
#define QUOTE_BYTES  48u
#define SENTENCE_MAX 1024u

struct licence {
    char country[3];
    struct slice authority;
    bool number;
};

struct licence_list {
    struct arena *arena;
    struct licence *rows;
    size_t count;
    const struct word_list *words; /* tag: index of rows */
};

static int row_read(struct licence_list *list, const struct yaml_doc *doc, const struct yaml *node,
                    struct word_row *row, struct failure *reterr)
{
    static const char *const keys[] = {"country", "authority", "words", "number", "source", NULL};
    struct licence *licence = &list->rows[list->count];
    struct slice country = yaml_get_text(node, "country"), words = yaml_get_text(node, "words");
    struct slice authority = yaml_get_text(node, "authority");
    int rc = yaml_known_keys(doc, node, keys, reterr);
    for (size_t i = 0; rc == OK && keys[i] != NULL; i++)
        if (yaml_get(node, keys[i]) == NULL)
            rc = yaml_fail(doc, node, ERR_SYNTAX, reterr, "'%s' is missing", keys[i]);
    if (rc == OK && country.len != 2)
        rc = yaml_fail(doc, node, ERR_SYNTAX, reterr, "country is two letters (ISO 3166)");
    if (rc == OK)
        rc = yaml_bool(doc, yaml_get(node, "number"), &licence->number, reterr);
    if (rc != OK)
        return rc;
    memcpy(licence->country, country.at, 2);
    char *name = arena_copy(list->arena, authority.at, authority.len);
    *row = (struct word_row){arena_copy(list->arena, words.at, words.len), (int)list->count};
    if (name == NULL || row->words == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    licence->authority = slice_make(name, authority.len);
    list->count++;
    return OK;
}

static int list_read(struct licence_list *list, const struct yaml_doc *doc, struct failure *reterr)
{
    static const char *const keys[] = {"date", "licences", NULL};
    const struct yaml *rows = yaml_get(yaml_root(doc), "licences");
    size_t count = yaml_count(rows);
    struct word_row *words = arena_calloc(list->arena, count + 1, sizeof *words);
    list->rows = arena_calloc(list->arena, count + 1, sizeof *list->rows);
    if (words == NULL || list->rows == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    int rc = yaml_known_keys(doc, yaml_root(doc), keys, reterr);
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = row_read(list, doc, yaml_at(rows, i), &words[i], reterr);
    if (rc == OK && word_list_create(list->arena, words, list->count, &list->words) != OK)
        rc = failure_set(reterr, ERR_NOMEM, "out of memory");
    return rc;
}

int licence_list_create(const struct bank_pack *pack, struct licence_list **ret_list,
                        struct failure *reterr)
{
    struct slice bytes;
    struct yaml_doc *doc = NULL;
    struct licence_list *list = calloc(1, sizeof *list);
    if (list == NULL || arena_create(4u << 20, &list->arena) != OK) {
        free(list);
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    }
    const char *name = arena_printf(list->arena, "%s/licences.yml", bank_pack_origin(pack));
    int rc = name != NULL ? OK : failure_set(reterr, ERR_NOMEM, "out of memory");
    if (!bank_pack_find(pack, "licences.yml", &bytes))
        bytes = SLICE("date: 2026-11-24\nlicences: []\n"); /* a bank may do without */
    if (rc == OK)
        rc = yaml_parse(bytes, name, &doc, reterr);
    if (rc == OK)
        rc = list_read(list, doc, reterr);
    yaml_free(doc);
    if (rc != OK) {
        licence_list_free(list);
        return rc;
    }
    *ret_list = list;
    return OK;
}

void licence_list_free(struct licence_list *list)
{
    if (list == NULL)
        return;
    arena_free(list->arena);
    free(list);
}

/* The end of the token with its number: the last digit or letter of the run behind that holds one;
 * 0: there is no number. */
static size_t number_end(struct slice text, size_t at)
{
    size_t end = 0, most = at + NUMBER_BYTES < text.len ? at + NUMBER_BYTES : text.len;
    for (size_t i = at; i < most && text.at[i] != '\n'; i++) {
        if (text.at[i] >= '0' && text.at[i] <= '9')
            end = i + 1;
        else if (end > 0 && strchr("/-. ", text.at[i]) == NULL)
            break;
    }
    return end;
}

/* While one ad is read. */
struct naming {
    const struct fact_input *input;
    const struct facts *facts;
    struct text_buf out;
};

static void licence_print(struct naming *naming, const struct licence *licence,
                          enum posting_field field, const struct word_hit *hit, size_t end)
{
    struct text_buf *out = &naming->out;
    uint32_t first = 0, last = 0;
    folded_span(&naming->input->folded[field], hit->at, end, &first, &last);
    last = contacts_clear(naming->facts, field, first, last);
    struct slice quote = slice_sub(naming->input->posting->field[field], first, last - first);
    quote = slice_trim(utf8_cut(quote, QUOTE_BYTES));
    text_buf_printf(out, "%s%s, %.*s: \"%.*s\"", out->len > 0 ? "; " : "", licence->country,
                    (int)licence->authority.len, licence->authority.at, (int)quote.len, quote.at);
}

int licences_find(const struct licence_list *list, const struct fact_input *input,
                  const struct facts *facts, struct slice *ret_words)
{
    static const enum posting_field order[] = {POSTING_EMPLOYER, POSTING_TITLE, POSTING_TEXT};
    struct naming naming = {.input = input, .facts = facts};
    uint32_t seen = 0;
    size_t shown = 0;
    text_buf_init(&naming.out, SENTENCE_MAX);
    for (size_t f = 0; f < sizeof order / sizeof order[0]; f++) {
        struct slice text = input->folded[order[f]].text;
        struct word_hit hit;
        for (size_t at = 0; shown < SHOWN_MAX && word_find(list->words, text, at, &hit);) {
            const struct licence *licence = &list->rows[hit.tag];
            size_t end = hit.at + hit.len, number = number_end(text, end);
            at = end;
            uint32_t bit = UINT32_C(1) << (hit.tag % 32);
            if ((licence->number && number == 0) || (seen & bit) != 0)
                continue;
            seen |= bit;
            shown++;
            licence_print(&naming, licence, order[f], &hit, number > 0 ? number : end);
        }
    }
    size_t len = naming.out.len;
    char *copy = arena_copy(input->arena, text_buf_cstr(&naming.out), len);
    *ret_words = copy == NULL ? SLICE_EMPTY : slice_make(copy, len);
    text_buf_release(&naming.out);
    return copy == NULL ? ERR_NOMEM : OK;
}
