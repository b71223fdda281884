/* fuzz_bank.c - any bytes as a packed bank, and any bytes as a rule file of a sound one. A bank that
 * compiles runs over the rule's own text within its limits. */
#include "classifiers/bank_parts.h"
#include "classifiers/matcher.h"
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "tests/pack.h"

static const char FAMILIES[] =
    "version: '2026.11.1'\nprior: 0.001\nbands: {watch: 0.05, review: 0.5, urgent: 0.9}\n"
    "combos_cap: 6.0\nfamilies:\n"
    "  - {name: role, title: Roles, cap: 3.0, task: none}\n"
    "  - {name: fact, title: Facts, cap: 3.0, task: scam}\n";
static const char SIGNALS[] =
    "signals:\n  - {id: fact.contact-any, title: Contact, kind: truth, level: none, family: fact, "
    "weight: 0.1}\n";

static void run_bank(const struct pattern_bank *bank, struct slice rule)
{
    struct matcher *matcher = NULL;
    struct normaliser *normaliser = NULL;
    struct arena *arena = NULL;
    struct folded folded[POSTING_FIELD_COUNT];
    struct slice text;
    struct hits hits;
    int rc = matcher_create(bank, &MATCHER_LIMITS_DEFAULT, &matcher);
    rc = rc == OK ? normaliser_create(&normaliser) : rc;
    rc = rc == OK ? arena_create(16u << 20, &arena) : rc;
    rc = rc == OK ? utf8_clean(arena, rule, &text) : rc;
    for (size_t i = 0; rc == OK && i < POSTING_FIELD_COUNT; i++)
        rc = normalise(normaliser, i == POSTING_TEXT ? text : SLICE_EMPTY, arena, &folded[i]);
    if (rc == OK && matcher_run(matcher, folded, arena, &hits) == OK)
        for (size_t i = 0; i < hits.count; i++)
            PROMISE(hits.list[i].start_bytes <= hits.list[i].end_bytes &&
                    hits.list[i].end_bytes <= text.len);
    arena_free(arena);
    normaliser_free(normaliser);
    matcher_free(matcher);
}

static void check_file(const char *path, struct slice rule)
{
    struct text_buf bytes;
    struct bank_pack *pack = NULL;
    struct pattern_bank *bank = NULL;
    struct failure why = {0};
    text_buf_init(&bytes, 1u << 20);
    if (strcmp(path, "combos/fuzz.yml") == 0)
        pack_add(&bytes, path, rule);
    pack_add(&bytes, "families.yml", slice_of(FAMILIES));
    if (strcmp(path, "combos/fuzz.yml") != 0)
        pack_add(&bytes, path, rule);
    pack_add(&bytes, "signals.yml", slice_of(SIGNALS));
    if (bank_pack_from(text_buf_slice(&bytes), &pack, &why) == OK) {
        int rc = pattern_bank_compile(pack, &bank, &why);
        PROMISE(rc == OK || why.text[0] != '\0');
        if (rc == OK)
            run_bank(bank, rule);
        pattern_bank_free(bank);
        bank_pack_free(pack);
    }
    text_buf_release(&bytes);
}

static void check_pack(struct slice bytes)
{
    struct bank_pack *pack = NULL;
    struct failure why = {0};
    if (bank_pack_from(bytes, &pack, &why) != OK) {
        PROMISE(why.text[0] != '\0');
        return;
    }
    PROMISE(slice_equal(bank_pack_bytes(pack), bytes));
    for (size_t i = 0; i < bank_pack_count(pack); i++) {
        struct bank_file file = bank_pack_at(pack, i);
        PROMISE(file.path.len > 0 && fuzz_inside(file.bytes, bank_pack_bytes(pack)));
    }
    bank_pack_free(pack);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_pack(fuzz_slice(data, size));
    if (size < (16u << 10))
        check_file(slice_starts(fuzz_slice(data, size), "combo") ? "combos/fuzz.yml"
                                                                 : "role/fuzz.yml",
                   fuzz_slice(data, size));
    return 0;
}
