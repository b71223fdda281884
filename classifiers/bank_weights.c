/* bank_weights.c - weights.generated.yml: weights that reviewers' decisions moved.
 *
 * `lurewatch patterns tune --write` writes it, a person accepts it by committing it. The rule's file
 * keeps the analyst's weight, which is the prior of the next fit. Without the file nothing changes:
 *
 *     decisions: 212
 *     date: 2026-11-25
 *     weights:
 *       gambling.admin-slot.id: 2.1 */
#include "classifiers/bank_parts.h"

static const char path[] = BANK_WEIGHTS_FILE;

static struct rule *rule_by_id(struct pattern_bank *bank, struct slice id)
{
    for (size_t i = 0; i < bank->rules_count; i++)
        if (slice_equal(bank->rules[i].id, id))
            return &bank->rules[i];
    return NULL;
}

static int weight_take(struct pattern_bank *bank, const struct yaml_doc *doc,
                       const struct yaml *name, const struct yaml *value, struct failure *reterr)
{
    struct slice id = yaml_text(name);
    struct rule *rule = rule_by_id(bank, id);
    if (rule == NULL)
        return yaml_fail(doc, name, ERR_SYNTAX, reterr,
                         "there is no rule '%.*s': take the line out, or run `lurewatch patterns "
                         "tune --write` again",
                         (int)id.len, id.at);
    int rc = bank_weight(doc, value, &rule->weight_tenths, reterr);
    rule->is_tuned = rc == OK;
    return rc;
}

int bank_read_weights(struct pattern_bank *bank, struct complaints *complaints)
{
    static const char *const keys[] = {"decisions", "date", "weights", NULL};
    struct failure why = {.code = OK};
    struct yaml_doc *doc = NULL;
    struct slice bytes;
    const struct yaml *name = NULL, *value = NULL;
    for (size_t i = 0; i < bank->rules_count; i++)
        bank->rules[i].analyst_tenths = bank->rules[i].weight_tenths;
    if (!bank_pack_find(bank->pack, path, &bytes))
        return OK;
    int rc = bank_yaml(bank, slice_of(path), bytes, &doc, &why);
    if (rc == OK)
        rc = yaml_known_keys(doc, yaml_root(doc), keys, &why);
    const struct yaml *weights = rc == OK ? yaml_get(yaml_root(doc), "weights") : NULL;
    for (size_t i = 0; rc == OK && yaml_member(weights, i, &name, &value); i++)
        rc = weight_take(bank, doc, name, value, &why);
    yaml_free(doc);
    if (rc != OK && rc != ERR_NOMEM)
        complain_with(complaints, &why);
    return rc == ERR_NOMEM ? rc : OK;
}
