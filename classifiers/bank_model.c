/* bank_model.c - families.yml and signals.yml; see patterns/README.md for their form. */
#include "classifiers/bank_parts.h"

#include <math.h>
#include <stdlib.h>

static int probability_logit(const struct yaml_doc *doc, const struct yaml *parent, const char *key,
                             int32_t *ret_tenths, struct failure *reterr)
{
    const struct yaml *node = yaml_get(parent, key);
    int64_t millionths = 0;
    if (node == NULL)
        return yaml_fail(doc, parent, ERR_SYNTAX, reterr, "'%s' is missing", key);
    int rc = yaml_decimal(doc, node, 6, &millionths, reterr);
    if (rc != OK)
        return rc;
    if (millionths <= 0 || millionths >= 1000000)
        return yaml_fail(doc, node, ERR_SYNTAX, reterr, "a probability between 0 and 1 is wanted");
    double p = (double)millionths / 1e6;
    *ret_tenths = (int32_t)lround(10.0 * log(p / (1.0 - p)));
    return OK;
}

static int family_read(struct pattern_bank *bank, const struct yaml_doc *doc,
                       const struct yaml *node, struct family *ret_family, struct failure *reterr)
{
    static const char *const keys[] = {"name", "title", "cap", "task", NULL};
    int64_t cap = 0;
    int rc = yaml_known_keys(doc, node, keys, reterr);
    if (rc != OK)
        return rc;
    for (size_t i = 0; keys[i] != NULL; i++)
        if (yaml_get(node, keys[i]) == NULL)
            return yaml_fail(doc, node, ERR_SYNTAX, reterr, "'%s' is missing", keys[i]);
    rc = yaml_decimal(doc, yaml_get(node, "cap"), 1, &cap, reterr);
    if (rc != OK)
        return rc;
    if (!task_from_name(yaml_get_text(node, "task"), &ret_family->task))
        return yaml_fail(doc, yaml_get(node, "task"), ERR_SYNTAX, reterr,
                         "a task of DESIGN section 5 is wanted, or none");
    ret_family->name = bank_keep(bank, yaml_get_text(node, "name"));
    ret_family->title = bank_keep(bank, yaml_get_text(node, "title"));
    ret_family->cap_tenths = (int32_t)cap;
    return ret_family->name.at == NULL || ret_family->title.at == NULL ? ERR_NOMEM : OK;
}

static int bands_read(const struct yaml_doc *doc, const struct yaml *bands, struct model *model,
                      struct failure *reterr)
{
    int rc = probability_logit(doc, bands, "watch", &model->watch_tenths, reterr);
    if (rc == OK)
        rc = probability_logit(doc, bands, "review", &model->review_tenths, reterr);
    if (rc == OK)
        rc = probability_logit(doc, bands, "urgent", &model->urgent_tenths, reterr);
    if (rc == OK &&
        (model->watch_tenths > model->review_tenths || model->review_tenths > model->urgent_tenths))
        rc = yaml_fail(doc, bands, ERR_SYNTAX, reterr,
                       "watch, review and urgent begin in this order, none above the next");
    return rc;
}

static int model_read(struct pattern_bank *bank, const struct yaml_doc *doc, struct failure *reterr)
{
    static const char *const keys[] = {"version", "prior", "bands", "combos_cap", "families", NULL};
    const struct yaml *root = yaml_root(doc), *list = yaml_get(root, "families");
    const struct yaml *bands = yaml_get(root, "bands");
    struct model *model = &bank->model;
    int64_t cap = 0;
    int rc = yaml_known_keys(doc, root, keys, reterr);
    for (size_t i = 0; rc == OK && keys[i] != NULL; i++)
        if (yaml_get(root, keys[i]) == NULL)
            rc = yaml_fail(doc, root, ERR_SYNTAX, reterr, "'%s' is missing", keys[i]);
    if (rc == OK)
        rc = probability_logit(doc, root, "prior", &model->prior_tenths, reterr);
    if (rc == OK)
        rc = bands_read(doc, bands, model, reterr);
    if (rc == OK)
        rc = yaml_decimal(doc, yaml_get(root, "combos_cap"), 1, &cap, reterr);
    if (rc != OK)
        return rc;
    model->combos_cap_tenths = (int32_t)cap;
    model->version = bank_keep(bank, yaml_get_text(root, "version"));
    bank->families = calloc(yaml_count(list) + 1, sizeof *bank->families);
    if (bank->families == NULL || model->version.at == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; rc == OK && i < yaml_count(list); i++) {
        rc =
            family_read(bank, doc, yaml_at(list, i), &bank->families[bank->families_count], reterr);
        if (rc == OK)
            bank->families_count++;
    }
    return rc;
}

static int steps_read(struct pattern_bank *bank, const struct yaml_doc *doc,
                      const struct yaml *list, struct signal *ret_signal, struct failure *reterr)
{
    static const char *const keys[] = {"at", "points", NULL};
    size_t count = yaml_count(list);
    struct signal_step *steps = arena_calloc(bank->arena, count, sizeof *steps);
    int rc = steps == NULL ? ERR_NOMEM : OK;
    for (size_t i = 0; rc == OK && i < count; i++) {
        const struct yaml *node = yaml_at(list, i);
        rc = yaml_known_keys(doc, node, keys, reterr);
        if (rc == OK && (yaml_get(node, "at") == NULL || yaml_get(node, "points") == NULL))
            rc = yaml_fail(doc, node, ERR_SYNTAX, reterr, "a step needs at and points");
        if (rc == OK)
            rc = yaml_decimal(doc, yaml_get(node, "at"), 2, &steps[i].at_hundredths, reterr);
        if (rc == OK)
            rc = bank_weight(doc, yaml_get(node, "points"), &steps[i].points_tenths, reterr);
        if (rc == OK && i > 0 && steps[i].at_hundredths <= steps[i - 1].at_hundredths)
            rc = yaml_fail(doc, node, ERR_SYNTAX, reterr, "steps must rise");
    }
    ret_signal->steps = steps;
    ret_signal->steps_count = count;
    return rc;
}

static int signal_read(struct pattern_bank *bank, const struct yaml_doc *doc,
                       const struct yaml *node, struct signal *ret_signal, struct failure *reterr)
{
    static const char *const keys[] = {"id",     "title",  "kind",  "code", "level",
                                       "family", "weight", "steps", NULL};
    int rc = yaml_known_keys(doc, node, keys, reterr);
    if (rc != OK)
        return rc;
    struct slice kind = yaml_get_text(node, "kind"), id = yaml_get_text(node, "id");
    if (!slice_starts(id, "fact."))
        return yaml_fail(doc, node, ERR_SYNTAX, reterr, "a signal's id begins with 'fact.'");
    if (!slice_is(kind, "number") && !slice_is(kind, "truth"))
        return yaml_fail(doc, node, ERR_SYNTAX, reterr, "kind is number or truth");
    if (yaml_get(node, "family") == NULL)
        return yaml_fail(doc, node, ERR_SYNTAX, reterr, "'family' is missing");
    ret_signal->is_number = slice_is(kind, "number");
    rc = bank_level(doc, yaml_get(node, "level"), &ret_signal->level, reterr);
    if (rc == OK)
        rc = bank_family_index(bank, doc, yaml_get(node, "family"), &ret_signal->family, reterr);
    if (rc == OK && yaml_get(node, "weight") != NULL)
        rc = bank_weight(doc, yaml_get(node, "weight"), &ret_signal->weight_tenths, reterr);
    if (rc == OK)
        rc = steps_read(bank, doc, yaml_get(node, "steps"), ret_signal, reterr);
    ret_signal->id = bank_keep(bank, id);
    ret_signal->title = bank_keep(bank, yaml_get_text(node, "title"));
    ret_signal->code = bank_keep(bank, yaml_get_text(node, "code"));
    if (ret_signal->id.at == NULL || ret_signal->title.at == NULL || ret_signal->code.at == NULL)
        return ERR_NOMEM;
    return rc;
}

static int signals_read(struct pattern_bank *bank, const struct yaml_doc *doc,
                        struct failure *reterr)
{
    static const char *const keys[] = {"signals", NULL};
    const struct yaml *list = yaml_get(yaml_root(doc), "signals");
    int rc = yaml_known_keys(doc, yaml_root(doc), keys, reterr);
    if (rc != OK)
        return rc;
    bank->signals = calloc(yaml_count(list) + 1, sizeof *bank->signals);
    if (bank->signals == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; rc == OK && i < yaml_count(list); i++) {
        rc = signal_read(bank, doc, yaml_at(list, i), &bank->signals[bank->signals_count], reterr);
        if (rc == OK)
            bank->signals_count++;
    }
    return rc;
}

typedef int read_fn(struct pattern_bank *bank, const struct yaml_doc *doc, struct failure *reterr);

static int file_read_with(struct pattern_bank *bank, const char *path, read_fn *read,
                          struct complaints *complaints)
{
    struct failure why = {.code = OK};
    struct yaml_doc *doc = NULL;
    struct slice bytes;
    int rc = OK;
    if (!bank_pack_find(bank->pack, path, &bytes))
        rc = failure_set(&why, ERR_NOT_FOUND, "%s/%s is missing: the bank cannot do without it",
                         bank_pack_origin(bank->pack), path);
    if (rc == OK)
        rc = bank_yaml(bank, slice_of(path), bytes, &doc, &why);
    if (rc == OK)
        rc = read(bank, doc, &why);
    yaml_free(doc);
    if (rc == ERR_NOMEM)
        return rc;
    if (rc != OK)
        complain_with(complaints, &why);
    return OK;
}

int bank_read_model(struct pattern_bank *bank, struct complaints *complaints)
{
    int rc = file_read_with(bank, "families.yml", model_read, complaints);
    if (rc == OK && bank->families_count > 0)
        rc = file_read_with(bank, "signals.yml", signals_read, complaints);
    return rc;
}
