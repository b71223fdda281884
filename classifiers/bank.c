/* bank.c - the bank's life and its tables; see bank.h.
 *
 * Order: the model (families, signals), the rules, the combos (which name rules and signals), then
 * the patterns are compiled. Every file is read and checked before the bank fails. */
#include "classifiers/bank_parts.h"
#include "classifiers/literals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define ARENA_BYTES_MAX (256u << 20)

void complain_with(struct complaints *complaints, const struct failure *complaint)
{
    if (complaints->count == 0 && complaints->first != NULL)
        *complaints->first = *complaint;
    complaints->count++;
    if (complaints->each != NULL)
        complaints->each(complaint, complaints->ctx);
}

bool bank_room(void **items, size_t count, size_t *room, size_t item_bytes)
{
    if (count < *room)
        return true;
    size_t wanted = *room == 0 ? 128 : *room * 2;
    void *more = realloc(*items, wanted * item_bytes);
    if (more == NULL)
        return false;
    *items = more;
    *room = wanted;
    return true;
}

struct slice bank_keep(struct pattern_bank *bank, struct slice text)
{
    return (struct slice){arena_copy(bank->arena, text.at, text.len), text.len};
}

int bank_yaml(const struct pattern_bank *bank, struct slice path, struct slice bytes,
              struct yaml_doc **ret_doc, struct failure *reterr)
{
    char name[1024];
    snprintf(name, sizeof name, "%s/%.*s", bank_pack_origin(bank->pack), (int)path.len, path.at);
    return yaml_parse(bytes, name, ret_doc, reterr);
}

int bank_level(const struct yaml_doc *doc, const struct yaml *node, int *ret_level,
               struct failure *reterr)
{
    struct slice text = yaml_text(node);
    *ret_level = 0;
    if (node == NULL || slice_is(text, "none"))
        return OK;
    if (text.len == 2 && text.at[0] == 'B' && text.at[1] >= '0' && text.at[1] <= '3') {
        *ret_level = text.at[1] - '0';
        return OK;
    }
    return yaml_fail(doc, node, ERR_SYNTAX, reterr, "a level is none, B1, B2 or B3");
}

int bank_weight(const struct yaml_doc *doc, const struct yaml *node, int32_t *ret_tenths,
                struct failure *reterr)
{
    int64_t tenths = 0;
    int rc = yaml_decimal(doc, node, 1, &tenths, reterr);
    if (rc == OK && (tenths < -50 || tenths > 50))
        rc = yaml_fail(doc, node, ERR_SYNTAX, reterr, "a weight is between -5.0 and 5.0");
    if (rc == OK)
        *ret_tenths = (int32_t)tenths;
    return rc;
}

int bank_status(const struct yaml_doc *doc, const struct yaml *node, enum rule_status *ret_status,
                struct failure *reterr)
{
    static const char *const names[] = {"draft", "shadow", "active", "retired"};
    for (size_t i = 0; i < 4; i++)
        if (slice_is(yaml_text(node), names[i])) {
            *ret_status = (enum rule_status)i;
            return OK;
        }
    return yaml_fail(doc, node, ERR_SYNTAX, reterr, "status is draft, shadow, active or retired");
}

int bank_family_index(const struct pattern_bank *bank, const struct yaml_doc *doc,
                      const struct yaml *node, uint32_t *ret_family, struct failure *reterr)
{
    struct slice name = yaml_text(node);
    size_t dot = slice_find_char(name, '.');
    if (dot != SIZE_MAX)
        name = slice_sub(name, 0, dot);
    for (size_t i = 0; i < bank->families_count; i++)
        if (slice_equal(bank->families[i].name, name)) {
            *ret_family = (uint32_t)i;
            return OK;
        }
    return yaml_fail(doc, node, ERR_SYNTAX, reterr, "'%.*s' is no family of families.yml",
                     (int)name.len, name.at);
}

static int version_make(struct pattern_bank *bank)
{
    char hex[DIGEST_HEX_BYTES];
    struct digest digest = bank_pack_digest(bank->pack);
    digest_hex(&digest, hex);
    struct slice version = bank->model.version;
    char *text = arena_printf(bank->arena, "%.*s-%.12s", (int)version.len, version.at, hex);
    bank->version = slice_of(text);
    return text == NULL ? ERR_NOMEM : OK;
}

int bank_compile_listening(const struct bank_pack *pack, struct complaints *complaints,
                           bool keep_bad, struct pattern_bank **ret_bank)
{
    struct pattern_bank *bank = calloc(1, sizeof *bank);
    if (bank == NULL)
        return ERR_NOMEM;
    bank->pack = pack;
    bank->model.version = bank->version = SLICE_EMPTY;
    int rc = arena_create(ARENA_BYTES_MAX, &bank->arena);
    if (rc == OK)
        rc = bank_read_model(bank, complaints);
    if (rc == OK && bank->families_count > 0) {
        rc = bank_read_rules(bank, complaints);
        if (rc == OK)
            rc = bank_read_weights(bank, complaints);
        if (rc == OK)
            rc = bank_read_combos(bank, complaints);
        if (rc == OK)
            rc = bank_compile_rules(bank, complaints);
    }
    if (rc == OK)
        rc = version_make(bank);
    if (rc == OK && complaints->count > 0 && !keep_bad)
        rc = ERR_SYNTAX;
    if (rc != OK) {
        pattern_bank_free(bank);
        return rc;
    }
    *ret_bank = bank;
    return OK;
}

int pattern_bank_compile(const struct bank_pack *pack, struct pattern_bank **ret_bank,
                         struct failure *reterr)
{
    struct complaints complaints = {.first = reterr};
    struct pattern_bank *bank = NULL;
    int rc = bank_compile_listening(pack, &complaints, false, &bank);
    if (rc == ERR_NOMEM)
        return failure_set(reterr, rc, "out of memory");
    if (complaints.count > 1 && reterr != NULL) {
        size_t used = strlen(reterr->text);
        snprintf(reterr->text + used, sizeof reterr->text - used,
                 "\n  and %zu more; `lurewatch patterns check` lists them", complaints.count - 1);
    }
    if (rc == OK) /* a system that refuses machine code is found at the start, not at an ad */
        rc = bank_programs_try(bank, reterr);
    if (rc == OK)
        *ret_bank = bank;
    else
        pattern_bank_free(bank);
    return rc;
}

void pattern_bank_free(struct pattern_bank *bank)
{
    if (bank == NULL)
        return;
    bank_programs_free(bank->programs);
    free(bank->always);
    free(bank->leads);
    free(bank->needles);
    literals_free(bank->literals);
    free(bank->families);
    free(bank->signals);
    free(bank->rules);
    free(bank->combos);
    free(bank->examples);
    free(bank->combo_examples);
    arena_free(bank->arena);
    free(bank);
}

const struct bank_pack *bank_pack_of(const struct pattern_bank *bank)
{
    return bank->pack;
}

struct slice bank_version(const struct pattern_bank *bank)
{
    return bank->version;
}

const struct model *bank_model(const struct pattern_bank *bank)
{
    return &bank->model;
}

size_t bank_rules_count(const struct pattern_bank *bank)
{
    return bank->rules_count;
}

const struct rule *bank_rule(const struct pattern_bank *bank, size_t index)
{
    return &bank->rules[index];
}

size_t bank_families_count(const struct pattern_bank *bank)
{
    return bank->families_count;
}

const struct family *bank_family(const struct pattern_bank *bank, size_t index)
{
    return &bank->families[index];
}

size_t bank_signals_count(const struct pattern_bank *bank)
{
    return bank->signals_count;
}

const struct signal *bank_signal(const struct pattern_bank *bank, size_t index)
{
    return &bank->signals[index];
}

size_t bank_signal_find(const struct pattern_bank *bank, const char *id)
{
    for (size_t i = 0; i < bank->signals_count; i++)
        if (slice_is(bank->signals[i].id, id))
            return i;
    return SIZE_MAX;
}

size_t bank_combos_count(const struct pattern_bank *bank)
{
    return bank->combos_count;
}

const struct combo *bank_combo(const struct pattern_bank *bank, size_t index)
{
    return &bank->combos[index];
}
