/* bank_combos.c - combos/: what weighs only together; see patterns/README.md. */
#include "classifiers/bank_parts.h"

#include <stdio.h>
#include <string.h>

struct combo_reading {
    struct pattern_bank *bank;
    const struct yaml_doc *doc;
    struct slice path;
    struct failure *reterr;
};

static bool compare_read(struct slice sign, enum term_compare *ret_compare)
{
    static const char *const signs[] = {">=", "<=", ">", "<", "=="};
    static const enum term_compare compares[] = {TERM_AT_LEAST, TERM_AT_MOST, TERM_MORE, TERM_LESS,
                                                 TERM_EQUAL};
    for (size_t i = 0; i < 5; i++)
        if (slice_is(sign, signs[i])) {
            *ret_compare = compares[i];
            return true;
        }
    return false;
}

static bool hundredths_read(struct slice text, int64_t *ret_value)
{
    size_t dot = slice_find_char(text, '.');
    int64_t whole = 0, rest = 0;
    if (dot == SIZE_MAX) {
        if (slice_to_int64(text, &whole) != OK)
            return false;
        *ret_value = whole * 100;
        return true;
    }
    struct slice decimals = slice_from(text, dot + 1);
    if (slice_to_int64(slice_sub(text, 0, dot), &whole) != OK || decimals.len == 0 ||
        decimals.len > 2 || slice_to_int64(decimals, &rest) != OK)
        return false;
    *ret_value = whole * 100 + (decimals.len == 1 ? rest * 10 : rest);
    return true;
}

static struct slice word_cut(struct slice *rest)
{
    *rest = slice_trim(*rest);
    size_t end = slice_find_char(*rest, ' ');
    struct slice word = end == SIZE_MAX ? *rest : slice_sub(*rest, 0, end);
    *rest = end == SIZE_MAX ? SLICE_EMPTY : slice_trim(slice_from(*rest, end));
    return word;
}

static int term_signal(struct combo_reading *reading, const struct yaml *node, struct slice id,
                       struct slice rest, struct term *term)
{
    const struct pattern_bank *bank = reading->bank;
    size_t index = 0;
    while (index < bank->signals_count && !slice_equal(bank->signals[index].id, id))
        index++;
    if (index == bank->signals_count)
        return yaml_fail(reading->doc, node, ERR_SYNTAX, reading->reterr,
                         "'%.*s' is no signal of signals.yml", (int)id.len, id.at);
    term->kind = TERM_SIGNAL;
    term->index = (uint32_t)index;
    if (rest.len == 0) {
        if (bank->signals[index].is_number)
            return yaml_fail(reading->doc, node, ERR_SYNTAX, reading->reterr,
                             "a number wants a comparison: '%.*s >= 2'", (int)id.len, id.at);
        term->compare = TERM_TRUE;
        return OK;
    }
    struct slice sign = word_cut(&rest);
    if (!compare_read(sign, &term->compare) || !hundredths_read(rest, &term->value_hundredths))
        return yaml_fail(reading->doc, node, ERR_SYNTAX, reading->reterr,
                         "a comparison is one of >= <= > < == and a number");
    return OK;
}

static int term_rule(struct combo_reading *reading, const struct yaml *node, struct slice id,
                     struct term *term)
{
    const struct pattern_bank *bank = reading->bank;
    for (uint32_t i = 0; i < bank->rules_count; i++) {
        if (slice_equal(bank->rules[i].id, id)) {
            *term = (struct term){.kind = TERM_RULE, .index = i, .count = 1};
            return OK;
        }
        if (slice_equal(bank->rules[i].idea, id)) {
            term->kind = TERM_IDEA;
            if (term->count++ == 0)
                term->index = i;
        }
    }
    if (term->count > 0)
        return OK;
    return yaml_fail(reading->doc, node, ERR_SYNTAX, reading->reterr,
                     "'%.*s' is no rule, idea or signal", (int)id.len, id.at);
}

static int term_read(struct combo_reading *reading, const struct yaml *node, struct term *term)
{
    struct slice rest = yaml_text(node);
    term->words = bank_keep(reading->bank, slice_trim(rest));
    struct slice id = word_cut(&rest);
    if (term->words.at == NULL)
        return ERR_NOMEM;
    if (slice_starts(id, "fact."))
        return term_signal(reading, node, id, rest, term);
    if (rest.len > 0)
        return yaml_fail(reading->doc, node, ERR_SYNTAX, reading->reterr,
                         "only a signal can be compared");
    if (slice_starts(id, "family:")) {
        const struct pattern_bank *bank = reading->bank;
        struct slice name = slice_from(id, 7);
        term->kind = TERM_FAMILY;
        for (uint32_t i = 0; i < bank->families_count; i++)
            if (slice_equal(bank->families[i].name, name)) {
                term->index = i;
                return OK;
            }
        return yaml_fail(reading->doc, node, ERR_SYNTAX, reading->reterr,
                         "'%.*s' is no family of families.yml", (int)name.len, name.at);
    }
    return term_rule(reading, node, id, term);
}

static int terms_read(struct combo_reading *reading, const struct yaml *list,
                      const struct term **ret_terms, size_t *ret_count)
{
    size_t count = yaml_count(list);
    struct term *terms = arena_calloc(reading->bank->arena, count, sizeof *terms);
    if (terms == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        int rc = term_read(reading, yaml_at(list, i), &terms[i]);
        if (rc != OK)
            return rc;
    }
    *ret_terms = terms;
    *ret_count = count;
    return OK;
}

static int combo_head(struct combo_reading *reading, const struct yaml *node, struct combo *combo)
{
    static const char *const keys[] = {"id",      "title", "description", "rationale", "weight",
                                       "level",   "task",  "status",      "all",       "any",
                                       "any_min", "none",  "examples",    "sources",   NULL};
    static const char *const needed[] = {"id", "title", "rationale", "weight", "status", NULL};
    const struct yaml_doc *doc = reading->doc;
    struct failure *reterr = reading->reterr;
    int rc = yaml_known_keys(doc, node, keys, reterr);
    for (size_t i = 0; rc == OK && needed[i] != NULL; i++)
        if (yaml_get(node, needed[i]) == NULL)
            rc = yaml_fail(doc, node, ERR_SYNTAX, reterr, "'%s' is missing", needed[i]);
    if (rc == OK && !slice_starts(yaml_get_text(node, "id"), "combo."))
        rc = yaml_fail(doc, yaml_get(node, "id"), ERR_SYNTAX, reterr,
                       "a combo's id begins with 'combo.'");
    if (rc == OK)
        rc = bank_weight(doc, yaml_get(node, "weight"), &combo->weight_tenths, reterr);
    if (rc == OK)
        rc = bank_level(doc, yaml_get(node, "level"), &combo->level, reterr);
    if (rc == OK)
        rc = bank_status(doc, yaml_get(node, "status"), &combo->status, reterr);
    if (rc == OK && yaml_get(node, "task") != NULL &&
        !task_from_name(yaml_get_text(node, "task"), &combo->task))
        rc = yaml_fail(doc, yaml_get(node, "task"), ERR_SYNTAX, reterr,
                       "a task of DESIGN section 5 is wanted");
    return rc;
}

static int combo_read(struct combo_reading *reading, const struct yaml *node, struct combo *combo)
{
    struct pattern_bank *bank = reading->bank;
    int64_t any_min = 1;
    int rc = combo_head(reading, node, combo);
    if (rc == OK && yaml_get(node, "any_min") != NULL)
        rc = yaml_int(reading->doc, yaml_get(node, "any_min"), 1, 100, &any_min, reading->reterr);
    if (rc == OK)
        rc = terms_read(reading, yaml_get(node, "all"), &combo->all, &combo->all_count);
    if (rc == OK)
        rc = terms_read(reading, yaml_get(node, "any"), &combo->any, &combo->any_count);
    if (rc == OK)
        rc = terms_read(reading, yaml_get(node, "none"), &combo->none, &combo->none_count);
    if (rc == OK && combo->all_count + combo->any_count < 2)
        rc = yaml_fail(reading->doc, node, ERR_SYNTAX, reading->reterr,
                       "a combo needs at least two terms in all or any");
    combo->any_min = (uint32_t)any_min;
    combo->id = bank_keep(bank, yaml_get_text(node, "id"));
    combo->title = bank_keep(bank, yaml_get_text(node, "title"));
    combo->description = bank_keep(bank, yaml_get_text(node, "description"));
    combo->rationale = bank_keep(bank, yaml_get_text(node, "rationale"));
    if (combo->id.at == NULL || combo->title.at == NULL || combo->description.at == NULL ||
        combo->rationale.at == NULL)
        return ERR_NOMEM;
    return rc;
}

/* Every combo proves itself on two ads that it joins and two that it must leave alone. */
#define COMBO_EXAMPLES_MIN 2u

static int combo_examples_list(struct combo_reading *reading, const struct yaml *list,
                               bool must_match)
{
    struct pattern_bank *bank = reading->bank;
    for (size_t i = 0; i < yaml_count(list); i++) {
        const struct yaml *node = yaml_at(list, i);
        void *items = bank->combo_examples;
        if (!bank_room(&items, bank->combo_examples_count, &bank->combo_examples_room,
                       sizeof *bank->combo_examples))
            return ERR_NOMEM;
        bank->combo_examples = items;
        struct combo_example *example = &bank->combo_examples[bank->combo_examples_count];
        *example = (struct combo_example){.combo = (uint32_t)bank->combos_count,
                                          .line = yaml_line(node),
                                          .must_match = must_match,
                                          .file = reading->path,
                                          .text = bank_keep(bank, yaml_text(node))};
        if (example->text.at == NULL)
            return ERR_NOMEM;
        bank->combo_examples_count++;
    }
    return OK;
}

static int combo_examples_read(struct combo_reading *reading, const struct yaml *node)
{
    static const char *const keys[] = {"match", "not_match", NULL};
    const struct yaml *examples = yaml_get(node, "examples");
    if (examples == NULL)
        return yaml_fail(reading->doc, node, ERR_SYNTAX, reading->reterr, "'examples' is missing");
    int rc = yaml_known_keys(reading->doc, examples, keys, reading->reterr);
    for (size_t i = 0; rc == OK && i < 2; i++) {
        const struct yaml *list = yaml_get(examples, keys[i]);
        if (yaml_count(list) < COMBO_EXAMPLES_MIN)
            return yaml_fail(reading->doc, examples, ERR_SYNTAX, reading->reterr,
                             "'%s' needs at least %u ads", keys[i], COMBO_EXAMPLES_MIN);
        rc = combo_examples_list(reading, list, i == 0);
    }
    return rc;
}

static int combos_read(struct combo_reading *reading)
{
    static const char *const keys[] = {"combos", NULL};
    struct pattern_bank *bank = reading->bank;
    const struct yaml *list = yaml_get(yaml_root(reading->doc), "combos");
    int rc = yaml_known_keys(reading->doc, yaml_root(reading->doc), keys, reading->reterr);
    for (size_t i = 0; rc == OK && i < yaml_count(list); i++) {
        struct combo combo = {0};
        size_t examples_before = bank->combo_examples_count;
        rc = combo_read(reading, yaml_at(list, i), &combo);
        if (rc == OK)
            rc = combo_examples_read(reading, yaml_at(list, i));
        void *items = bank->combos;
        if (rc == OK &&
            !bank_room(&items, bank->combos_count, &bank->combos_room, sizeof *bank->combos))
            rc = ERR_NOMEM;
        if (rc == OK) {
            bank->combos = items;
            combo.file = reading->path;
            bank->combos[bank->combos_count++] = combo;
        } else {
            bank->combo_examples_count = examples_before; /* their index is the next combo's */
        }
    }
    return rc;
}

int bank_read_combos(struct pattern_bank *bank, struct complaints *complaints)
{
    for (size_t i = 0; i < bank_pack_count(bank->pack); i++) {
        struct bank_file file = bank_pack_at(bank->pack, i);
        struct failure why = {.code = OK};
        struct yaml_doc *doc = NULL;
        if (!slice_starts(file.path, "combos/") || !slice_ends(file.path, ".yml"))
            continue;
        int rc = bank_yaml(bank, file.path, file.bytes, &doc, &why);
        if (rc == OK) {
            struct combo_reading reading = {
                .bank = bank, .doc = doc, .path = file.path, .reterr = &why};
            rc = combos_read(&reading);
        }
        yaml_free(doc);
        if (rc == ERR_NOMEM)
            return rc;
        if (rc != OK)
            complain_with(complaints, &why);
    }
    return OK;
}
