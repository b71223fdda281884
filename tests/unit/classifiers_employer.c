/* classifiers_employer.c - who offers the work, which of the six required items are stated, which
 * licences are named; and that none of it quotes a contact. */
#include "classifiers/classify.h"
#include "common/items.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct bench {
    struct bank_pack *pack;
    struct pattern_bank *bank;
    struct classifier *classifier;
    struct arena *arena;
};

static int bench_open(void **state)
{
    static struct bench bench;
    struct failure why = {.code = OK};
    int rc = bank_pack_load("patterns", &bench.pack, &why);
    rc = rc == OK ? pattern_bank_compile(bench.pack, &bench.bank, &why) : rc;
    rc = rc == OK ? classifier_create(bench.bank, NULL, &bench.classifier, &why) : rc;
    rc = rc == OK ? arena_create(32u << 20, &bench.arena) : rc;
    if (rc != OK)
        print_error("%s\n", why.text);
    *state = &bench;
    return rc == OK ? 0 : -1;
}

static int bench_close(void **state)
{
    struct bench *bench = *state;
    arena_free(bench->arena);
    classifier_free(bench->classifier);
    pattern_bank_free(bench->bank);
    bank_pack_free(bench->pack);
    return 0;
}

static struct verdict judged(struct bench *bench, const char *employer, const char *text)
{
    struct posting posting;
    struct verdict verdict;
    arena_reset(bench->arena);
    posting_init(&posting);
    assert_int_equal(posting_set(&posting, bench->arena, POSTING_EMPLOYER, slice_of(employer)), OK);
    assert_int_equal(posting_set(&posting, bench->arena, POSTING_TEXT, slice_of(text)), OK);
    assert_int_equal(classify(bench->classifier, &posting, bench->arena, &verdict), OK);
    return verdict;
}

static void employers_are_told(void **state)
{
    static const struct {
        const char *field, *text, *name;
    } rows[] = {
        {"PT Contoh Jaya", "Lowongan admin", "PT Contoh Jaya"},
        {"perusahaan asing", "Lowongan admin", ""},
        {"", "Kami PT Contoh Jaya, perusahaan logistik", "PT Contoh Jaya"},
        {"", "Example Trading Sdn Bhd, kerja kosong", "Example Trading Sdn Bhd"},
        {"", "Kerja enak, gaji besar", ""},
        {"", "PT Contoh Jaya 0812-3456-7890 hubungi segera", "PT Contoh Jaya"},
        {"", "柬埔寨金边公司 招聘客服", ""},
        {"", "明远示例科技有限公司 招聘客服", "明远示例科技有限公司"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct verdict verdict = judged(*state, rows[i].field, rows[i].text);
        if (!slice_is(verdict.employer, rows[i].name))
            print_error("%zu: \"%.*s\"\n", i, (int)verdict.employer.len, verdict.employer.at);
        assert_true(slice_is(verdict.employer, rows[i].name));
        assert_int_equal((verdict.items_missing & ITEM_BIT(ITEM_EMPLOYER)) == 0,
                         rows[i].name[0] != '\0');
    }
}

static void six_items_are_counted(void **state)
{
    struct verdict verdict =
        judged(*state, "PT Contoh Jaya",
               "Tugas: input data. Penempatan Bandung, Jl. Contoh No. 1. Gaji Rp 4.000.000 per "
               "bulan. Hubungi 0812-3456-7890");
    assert_int_equal(verdict.items_missing, 0);
    verdict = judged(*state, "", "kerja enak cepat kaya");
    assert_int_equal(items_count(verdict.items_missing), ITEM_COUNT);
}

static void licences_are_shown(void **state)
{
    struct verdict verdict = judged(*state, "", "PT Contoh, SIP3MI 123/2025, resmi");
    assert_true(slice_starts(verdict.licences, "ID, KP2MI"));
    assert_true(slice_find(verdict.licences, SLICE("\"SIP3MI 123/2025\"")) != SIZE_MAX);
    verdict = judged(*state, "", "P3MI resmi 0812-3456-7890");
    assert_true(slice_find(verdict.licences, SLICE("\"P3MI")) != SIZE_MAX);
    assert_true(slice_find(verdict.licences, SLICE("3456")) == SIZE_MAX);
    verdict = judged(*state, "", "lowongan kerja biasa");
    assert_int_equal(verdict.licences.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(employers_are_told),
        cmocka_unit_test(six_items_are_counted),
        cmocka_unit_test(licences_are_shown),
    };
    return cmocka_run_group_tests(tests, bench_open, bench_close);
}
