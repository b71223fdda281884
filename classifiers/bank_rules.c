/* bank_rules.c - idea files, one idea a file with all its languages; see patterns/README.md. */
#include "classifiers/bank_parts.h"

#include <stdio.h>
#include <string.h>

#define EXAMPLES_MIN 3u

/* One file while it is read. */
struct idea {
    struct pattern_bank *bank;
    const struct yaml_doc *doc;
    struct slice path, id, title, code, meaning, rationale;
    uint32_t family;
    int32_t weight_tenths;
    int field, level;
    struct failure *reterr;
};

static int quoting_check(const struct idea *idea, const struct yaml *node, const char *what)
{
    enum yaml_quoting quoting = yaml_quoting_of(node);
    if (yaml_kind_of(node) != YAML_SCALAR || yaml_text(node).len == 0)
        return yaml_fail(idea->doc, node, ERR_SYNTAX, idea->reterr, "%s is empty", what);
    if (quoting == YAML_SINGLE || quoting == YAML_BLOCK)
        return OK;
    return yaml_fail(idea->doc, node, ERR_SYNTAX, idea->reterr,
                     "%s must be in 'single quotes' or a |- block: \\ and # are changed otherwise",
                     what);
}

static int examples_read(struct idea *idea, uint32_t rule, const struct yaml *list,
                         const char *which, bool must_match)
{
    struct pattern_bank *bank = idea->bank;
    for (size_t i = 0; i < yaml_count(list); i++) {
        const struct yaml *node = yaml_at(list, i);
        int rc = quoting_check(idea, node, "an example");
        if (rc != OK)
            return rc;
        void *items = bank->examples;
        if (!bank_room(&items, bank->examples_count, &bank->examples_room, sizeof *bank->examples))
            return ERR_NOMEM;
        bank->examples = items;
        struct slice text = bank_keep(bank, yaml_text(node));
        if (text.at == NULL)
            return ERR_NOMEM;
        bank->examples[bank->examples_count++] =
            (struct example){rule, yaml_line(node), must_match, text};
    }
    (void)which;
    return OK;
}

static int examples_check(struct idea *idea, const struct yaml *language, uint32_t rule,
                          enum rule_status status)
{
    static const char *const keys[] = {"match", "not_match", NULL};
    const struct yaml *examples = yaml_get(language, "examples");
    if (examples == NULL)
        return yaml_fail(idea->doc, language, ERR_SYNTAX, idea->reterr, "'examples' is missing");
    int rc = yaml_known_keys(idea->doc, examples, keys, idea->reterr);
    for (size_t i = 0; rc == OK && i < 2; i++) {
        const struct yaml *list = yaml_get(examples, keys[i]);
        if (yaml_count(list) < EXAMPLES_MIN && status != RULE_DRAFT)
            return yaml_fail(idea->doc, examples, ERR_SYNTAX, idea->reterr,
                             "'%s' needs at least %u examples", keys[i], EXAMPLES_MIN);
        rc = examples_read(idea, rule, list, keys[i], i == 0);
    }
    return rc;
}

static int rule_fill(struct idea *idea, const struct yaml *name, const struct yaml *language,
                     struct rule *rule)
{
    static const char *const keys[] = {"status", "date", "pattern", "examples", "weight", NULL};
    struct pattern_bank *bank = idea->bank;
    const struct yaml *pattern = yaml_get(language, "pattern");
    int rc = yaml_known_keys(idea->doc, language, keys, idea->reterr);
    for (size_t i = 0; rc == OK && i < 3; i++)
        if (yaml_get(language, keys[i]) == NULL)
            rc = yaml_fail(idea->doc, name, ERR_SYNTAX, idea->reterr, "'%s' is missing", keys[i]);
    if (rc == OK)
        rc = bank_status(idea->doc, yaml_get(language, "status"), &rule->status, idea->reterr);
    if (rc == OK)
        rc = quoting_check(idea, pattern, "'pattern'");
    if (rc == OK && yaml_get(language, "weight") != NULL)
        rc = bank_weight(idea->doc, yaml_get(language, "weight"), &rule->weight_tenths,
                         idea->reterr);
    if (rc != OK)
        return rc;
    struct slice suffix = yaml_text(name);
    char *id = arena_printf(bank->arena, "%.*s.%.*s", (int)idea->id.len, idea->id.at,
                            (int)suffix.len, suffix.at);
    rule->id = slice_of(id);
    rule->language = bank_keep(bank, suffix);
    rule->pattern = bank_keep(bank, yaml_text(pattern));
    rule->line = yaml_line(pattern);
    return id == NULL || rule->language.at == NULL || rule->pattern.at == NULL ? ERR_NOMEM : OK;
}

static int rule_read(struct idea *idea, const struct yaml *name, const struct yaml *language)
{
    struct pattern_bank *bank = idea->bank;
    struct rule rule = {.index = (uint32_t)bank->rules_count,
                        .idea = idea->id,
                        .title = idea->title,
                        .code = idea->code,
                        .family = idea->family,
                        .weight_tenths = idea->weight_tenths,
                        .field = idea->field,
                        .level = idea->level,
                        .file = idea->path,
                        .meaning = idea->meaning,
                        .rationale = idea->rationale};
    size_t examples_before = bank->examples_count;
    int rc = rule_fill(idea, name, language, &rule);
    if (rc == OK)
        rc = examples_check(idea, language, rule.index, rule.status);
    if (rc != OK) {
        bank->examples_count = examples_before; /* its index is the next rule's */
        return rc;
    }
    void *items = bank->rules;
    if (!bank_room(&items, bank->rules_count, &bank->rules_room, sizeof *bank->rules))
        return ERR_NOMEM;
    bank->rules = items;
    bank->rules[bank->rules_count++] = rule;
    return OK;
}

/* "gambling/admin-slot.yml" holds gambling.admin-slot. */
static int id_check(struct idea *idea, const struct yaml *root)
{
    char wanted[512];
    const struct yaml *node = yaml_get(root, "idea");
    int len = snprintf(wanted, sizeof wanted, "%.*s", (int)idea->path.len - 4, idea->path.at);
    for (int i = 0; i < len && i < (int)sizeof wanted; i++)
        if (wanted[i] == '/')
            wanted[i] = '.';
    if (!slice_is(yaml_text(node), wanted))
        return yaml_fail(idea->doc, node, ERR_SYNTAX, idea->reterr,
                         "'idea' must equal folder and file: %s", wanted);
    return OK;
}

/* What people read beside a finding. */
static int words_keep(struct idea *idea, const struct yaml *root)
{
    idea->meaning = bank_keep(idea->bank, yaml_get_text(root, "description"));
    idea->rationale = bank_keep(idea->bank, yaml_get_text(root, "rationale"));
    return idea->meaning.at != NULL && idea->rationale.at != NULL ? OK : ERR_NOMEM;
}

static int head_read(struct idea *idea, const struct yaml *root)
{
    static const char *const keys[] = {
        "idea",  "title",  "description", "rationale",       "sources",   "code",
        "level", "weight", "field",       "false_positives", "languages", NULL};
    static const char *const needed[] = {"idea",   "title", "description", "rationale", "sources",
                                         "weight", "field", "languages",   NULL};
    struct slice field = yaml_get_text(root, "field");
    enum posting_field which = POSTING_TEXT;
    int rc = yaml_known_keys(idea->doc, root, keys, idea->reterr);
    for (size_t i = 0; rc == OK && needed[i] != NULL; i++)
        if (yaml_get(root, needed[i]) == NULL)
            rc = yaml_fail(idea->doc, root, ERR_SYNTAX, idea->reterr, "'%s' is missing", needed[i]);
    if (rc == OK)
        rc = id_check(idea, root);
    if (rc == OK)
        rc = bank_family_index(idea->bank, idea->doc, yaml_get(root, "idea"), &idea->family,
                               idea->reterr);
    if (rc == OK)
        rc = bank_level(idea->doc, yaml_get(root, "level"), &idea->level, idea->reterr);
    if (rc == OK)
        rc = bank_weight(idea->doc, yaml_get(root, "weight"), &idea->weight_tenths, idea->reterr);
    if (rc != OK)
        return rc;
    if (!slice_is(field, "any") && !posting_field_from_name(field, &which))
        return yaml_fail(idea->doc, yaml_get(root, "field"), ERR_SYNTAX, idea->reterr,
                         "field is title, text, pay, place, employer or any");
    idea->field = slice_is(field, "any") ? RULE_FIELD_ANY : (int)which;
    idea->id = bank_keep(idea->bank, yaml_get_text(root, "idea"));
    idea->title = bank_keep(idea->bank, yaml_get_text(root, "title"));
    idea->code = bank_keep(idea->bank, yaml_get_text(root, "code"));
    if (idea->id.at == NULL || idea->title.at == NULL || idea->code.at == NULL)
        return ERR_NOMEM;
    return words_keep(idea, root);
}

static int idea_read(struct idea *idea)
{
    const struct yaml *root = yaml_root(idea->doc), *name = NULL, *language = NULL;
    int rc = head_read(idea, root);
    const struct yaml *languages = yaml_get(root, "languages");
    if (rc == OK && yaml_count(languages) == 0)
        rc = yaml_fail(idea->doc, root, ERR_SYNTAX, idea->reterr, "'languages' is empty");
    for (size_t i = 0; rc == OK && yaml_member(languages, i, &name, &language); i++)
        rc = rule_read(idea, name, language);
    return rc;
}

static bool is_idea_path(struct slice path)
{
    return slice_find_char(path, '/') != SIZE_MAX && slice_ends(path, ".yml") &&
           !slice_starts(path, "combos/") && !slice_starts(path, "lists/");
}

int bank_read_rules(struct pattern_bank *bank, struct complaints *complaints)
{
    for (size_t i = 0; i < bank_pack_count(bank->pack); i++) {
        struct bank_file file = bank_pack_at(bank->pack, i);
        struct failure why = {.code = OK};
        struct yaml_doc *doc = NULL;
        if (!is_idea_path(file.path))
            continue;
        int rc = bank_yaml(bank, file.path, file.bytes, &doc, &why);
        if (rc == OK) {
            struct idea idea = {.bank = bank, .doc = doc, .path = file.path, .reterr = &why};
            rc = idea_read(&idea);
        }
        yaml_free(doc);
        if (rc == ERR_NOMEM)
            return rc;
        if (rc != OK)
            complain_with(complaints, &why);
    }
    return OK;
}
