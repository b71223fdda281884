/* Pay, contacts, places and language as people write them, each with the place where it stands. */
#include "classifiers/facts_parts.h"
#include "tests/pack.h"
#include "tests/unit/unit.h"

static const char WAGES[] = "date: 2026-11-24\nwages:\n"
                            "  - {country: ID, region: '', role: office, amount: 4000000, "
                            "currency: IDR, year: 2025, source: 'GK'}\n"
                            "  - {country: KH, region: '', role: office, amount: 300, currency: "
                            "USD, year: 2025, source: 'GK'}\n";
static const char RATES[] = "date: 2026-11-24\nrates:\n  - {currency: USD, per_usd: 1}\n"
                            "  - {currency: IDR, per_usd: 16000}\n  - {currency: CNY, per_usd: 7}\n"
                            "  - {currency: MYR, per_usd: 4}\n  - {currency: UST, per_usd: 1}\n";
static const char PLACES[] = "date: 2026-11-24\nplaces:\n"
                             "  - {id: KH, name: Cambodia, risk: 'A', bait: no, source: 'GK', "
                             "aliases: ['kamboja', 'cambodia', '柬埔寨']}\n"
                             "  - {id: TH, name: Thailand, risk: 'B', bait: yes, source: 'GK', "
                             "aliases: ['thailand', 'ไทย', 'थाईलैंड', 'تايلاند', 'ታይላንድ']}\n";

struct scene {
    struct arena *arena;
    struct bank_pack *pack;
    struct wage_table *wages;
    struct gazetteer *places;
    struct normaliser *normaliser;
    struct posting posting;
    struct folded folded[POSTING_FIELD_COUNT];
    struct fact_input input;
};

static struct bank_pack *pack_of(const char *places, const char *rates, const char *wages)
{
    struct text_buf bytes;
    struct bank_pack *pack = NULL;
    struct failure why = {0};
    text_buf_init(&bytes, 1u << 16);
    pack_add(&bytes, "places.yml", slice_of(places));
    pack_add(&bytes, "rates.yml", slice_of(rates));
    pack_add(&bytes, "wages.yml", slice_of(wages));
    assert_int_equal(bank_pack_from(text_buf_slice(&bytes), &pack, &why), OK);
    text_buf_release(&bytes);
    return pack;
}

static int scene_open(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    struct failure why = {0};
    *state = scene;
    scene->pack = pack_of(PLACES, RATES, WAGES);
    return wage_table_create(scene->pack, &scene->wages, &why) != OK ||
           gazetteer_create(scene->pack, &scene->places, &why) != OK ||
           normaliser_create(&scene->normaliser) != OK ||
           arena_create(8u << 20, &scene->arena) != OK;
}

static int scene_close(void **state)
{
    struct scene *scene = *state;
    wage_table_free(scene->wages);
    gazetteer_free(scene->places);
    normaliser_free(scene->normaliser);
    bank_pack_free(scene->pack);
    arena_free(scene->arena);
    free(scene);
    return 0;
}

static void read_ad(struct scene *scene, const char *pay, const char *text, const char *language)
{
    posting_init(&scene->posting);
    assert_int_equal(posting_set(&scene->posting, scene->arena, POSTING_PAY, slice_of(pay)), OK);
    assert_int_equal(posting_set(&scene->posting, scene->arena, POSTING_TEXT, slice_of(text)), OK);
    for (size_t i = 0; i < POSTING_FIELD_COUNT; i++)
        assert_int_equal(
            normalise(scene->normaliser, scene->posting.field[i], scene->arena, &scene->folded[i]),
            OK);
    scene->input = (struct fact_input){.posting = &scene->posting,
                                       .folded = scene->folded,
                                       .arena = scene->arena,
                                       .language = slice_of(language)};
}

static struct salary pay_of(struct scene *scene, const char *pay, const char *text,
                            const char *language)
{
    struct salary salary;
    bool foreign = false;
    read_ad(scene, pay, text, language);
    assert_int_equal(salary_find(scene->wages, &scene->input, &salary, &foreign), OK);
    return salary;
}

static void pay_is_read_as_people_write_it(void **state)
{
    static const struct {
        const char *pay, *text, *language, *currency;
        int64_t min, max;
        enum pay_period period;
    } rows[] = {
        {"USD 800 - 1,200 per month", "", "en", "USD", 800, 1200, PAY_MONTH},
        {"Rp 4.500.000 / bulan", "", "id", "IDR", 4500000, 4500000, PAY_MONTH},
        {"", "Gaji 9-12jt + bonus", "id", "IDR", 9000000, 12000000, PAY_MONTH},
        {"", "gaji 7,5 juta per bulan", "id", "IDR", 7500000, 7500000, PAY_MONTH},
        {"", "salary $1,000", "en", "USD", 1000, 1000, PAY_MONTH},
        {"", "底薪2-5万", "zh-Hans", "CNY", 20000, 50000, PAY_MONTH},
        {"", "RM 3,500 sebulan", "ms", "MYR", 3500, 3500, PAY_MONTH},
        {"", "base salary 800u per month", "en", "UST", 800, 800, PAY_MONTH},
        {"$15 per hour", "", "en", "USD", 15, 15, PAY_HOUR},
        {"", "Gaji USD 1.390", "id", "USD", 1390, 1390, PAY_MONTH},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct salary found = pay_of(*state, rows[i].pay, rows[i].text, rows[i].language);
        if (strcmp(found.currency, rows[i].currency) != 0 || found.cents_min != rows[i].min * 100 ||
            found.cents_max != rows[i].max * 100 || found.period != rows[i].period)
            fail_msg("row %zu: %s %lld-%lld %s", i, found.currency, (long long)found.cents_min,
                     (long long)found.cents_max, pay_period_name(found.period));
    }
}

static void other_numbers_are_no_pay(void **state)
{
    static const char *const rows[] = {"Call +62 810-0000-5501",
                                       "Usia 18-30 tahun",
                                       "Jam 08.00-17.00",
                                       "Tahun 2026",
                                       "12/11/2026",
                                       "denda 5 juta bila berhenti",
                                       "Lantai 12, Jalan Contoh 45",
                                       ""};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct salary found = pay_of(*state, "", rows[i], "id");
        if (found.currency[0] != '\0')
            fail_msg("'%s' gave %s %lld", rows[i], found.currency, (long long)found.cents_min);
        assert_int_equal(found.field, FINDING_NO_FIELD);
    }
}

static void pay_stands_where_it_says(void **state)
{
    struct scene *scene = *state;
    struct salary found = pay_of(scene, "", "CS untuk luar negeri, gaji 9-12jt sebulan", "id");
    assert_int_equal(found.field, POSTING_TEXT);
    struct slice words = slice_sub(scene->posting.field[POSTING_TEXT], found.start_bytes,
                                   found.end_bytes - found.start_bytes);
    assert_true(slice_find(words, SLICE("9-12jt")) != SIZE_MAX);
}

static void ratios_are_taken_against_the_norms(void **state)
{
    struct scene *scene = *state;
    struct salary found = pay_of(scene, "USD 750 per month", "", "id");
    assert_int_equal(salary_compare(scene->wages, &scene->input, "ID", "KH", &found), OK);
    assert_int_equal(found.ratio_source_hundredths, 300); /* 4,000,000 / 16,000 = 250 */
    assert_int_equal(found.ratio_destination_hundredths, 250);
    assert_true(slice_find(found.baseline, SLICE("2025")) != SIZE_MAX);
}

static void absurd_sums_do_not_run_over(void **state)
{
    static const char *const rows[] = {"gaji 9999999999999 juta", "USD 999999999999999 per hour",
                                       "底薪9999999999999亿",
                                       "$9,999,999,999,999 - $9,999,999,999,999 a day"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct salary found = pay_of(*state, rows[i], rows[i], "id");
        assert_true(found.cents_min >= 0 && found.cents_min <= found.cents_max);
        assert_true(found.usd_month_cents_min >= 0 && found.usd_month_cents_max >= 0);
    }
}

static void expect_contact(struct scene *scene, const char *text, enum contact_kind kind,
                           const char *value)
{
    const struct contact_found *found = NULL;
    size_t count = 0;
    read_ad(scene, "", text, "id");
    assert_int_equal(contacts_find(&scene->input, &found, &count), OK);
    for (size_t i = 0; i < count; i++)
        if (found[i].kind == kind && slice_is(found[i].value, value)) {
            assert_true(found[i].start_bytes < found[i].end_bytes);
            assert_true(found[i].end_bytes <= strlen(text));
            return;
        }
    fail_msg("%s '%s' is not found in '%s' (%zu others)", contact_kind_name(kind), value, text,
             count);
}

static void contacts_are_found_and_made_canonical(void **state)
{
    expect_contact(*state, "WA 0810-000-5501 (Rere)", CONTACT_WHATSAPP, "+628100005501");
    expect_contact(*state, "hubungi +62 810 000 5501", CONTACT_PHONE, "+628100005501");
    expect_contact(*state, "telegram @contoh_desk", CONTACT_TELEGRAM, "contoh_desk");
    expect_contact(*state, "tele: t.me/contoh_desk", CONTACT_TELEGRAM, "contoh_desk");
    expect_contact(*state, "kirim ke hr@contoh.test", CONTACT_EMAIL, "hr@contoh.test");
    expect_contact(*state, "line id: contoh.77", CONTACT_LINE, "contoh.77");
    expect_contact(*state, "微信 vx: contoh_88", CONTACT_WECHAT, "contoh_88");
    expect_contact(*state, "lihat https://board.test/x.", CONTACT_URL, "https://board.test/x");
}

static void what_is_no_contact_is_left_alone(void **state)
{
    static const char *const rows[] = {"Usia 18-30, tinggi 160",
                                       "Gaji Rp 4.500.000",
                                       "lantai 3 no 12",
                                       "a @ b",
                                       "line of work",
                                       "signal strength",
                                       ""};
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct contact_found *found = NULL;
        size_t count = 0;
        read_ad(scene, "", rows[i], "id");
        assert_int_equal(contacts_find(&scene->input, &found, &count), OK);
        if (count > 0)
            fail_msg("'%s' gave %.*s", rows[i], (int)found[0].value.len, found[0].value.at);
    }
}

static void contacts_are_bounded(void **state)
{
    struct scene *scene = *state;
    struct text_buf text;
    const struct contact_found *found = NULL;
    size_t count = 0;
    text_buf_init(&text, 1u << 20);
    for (int i = 0; i < 3000; i++)
        text_buf_printf(&text, "hr%d@contoh.test ", i);
    read_ad(scene, "", text_buf_cstr(&text), "id");
    assert_int_equal(contacts_find(&scene->input, &found, &count), OK);
    assert_true(count > 10 && count < 200);
    text_buf_release(&text);
}

/* 1 MiB each: where the work grows with the square, these take longer than anybody waits. */
static void long_texts_are_read_once(void **state)
{
    static const char *const parts[] = {"/bit.ly/",     "-wa", "wa.wa.",  "http://",
                                        "www.\xc3\xa9", "@a",  "a[at]a.", "http://\xc3\xa9",
                                        "t.me/"};
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct text_buf text;
        const struct contact_found *found = NULL;
        size_t count = 0;
        text_buf_init(&text, 1u << 20);
        while (text.len + strlen(parts[i]) < 1u << 20)
            text_buf_add_str(&text, parts[i]);
        arena_free(scene->arena);
        assert_int_equal(arena_create(128u << 20, &scene->arena), OK);
        read_ad(scene, "", text_buf_cstr(&text), "id");
        assert_int_equal(contacts_find(&scene->input, &found, &count), OK);
        assert_true(count < 200);
        text_buf_release(&text);
    }
}

/* In the pay, too, a contact is one, and an amount is none. */
static void contacts_stand_beside_the_pay(void **state)
{
    static const struct {
        const char *pay, *value;
    } rows[] = {{"USD 1000, WA 0812-3456-7890", "+6281234567890"},
                {"Rp 8jt, t.me/contoh_gaji", "contoh_gaji"},
                {"hubungi +62 812 3456 7890", "+6281234567890"},
                {"Rp 8.123.456.789 - 9.000.000.000", NULL},
                {"081234567890", "+6281234567890"},
                {"0 - 5.000.000", NULL},
                {"USD 800 - 1,200 per month", NULL}};
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct contact_found *found = NULL;
        size_t count = 0;
        read_ad(scene, rows[i].pay, "", "id");
        assert_int_equal(contacts_find(&scene->input, &found, &count), OK);
        assert_int_equal(count, rows[i].value != NULL);
        if (count > 0)
            expect_text(found[0].value, rows[i].value);
    }
}

static const struct place_found *place_of(struct scene *scene, const char *text)
{
    const struct place_found *found = NULL;
    size_t count = 0;
    read_ad(scene, "", text, "id");
    assert_int_equal(places_find(scene->places, &scene->input, &found, &count), OK);
    return count == 0 ? NULL : found;
}

static void places_have_a_role_and_a_risk(void **state)
{
    const struct place_found *found = place_of(*state, "CS penempatan Kamboja");
    assert_non_null(found);
    expect_text(found->id, "KH");
    expect_text(found->quote, "Kamboja");
    assert_int_equal(found->risk, 'A');
    assert_int_equal(found->role, PLACE_DESTINATION);
    assert_non_null(place_of(*state, "招聘柬埔寨客服"));
    assert_null(place_of(*state, "Toko kambojana dibuka")); /* a part of a word */
    assert_true(place_of(*state, "kerja di Thailand")->bait);
    assert_int_equal(place_of(*state, "cari orang Kamboja")->role, PLACE_SOURCE);
    assert_int_equal(place_of(*state, "cari orang untuk Kamboja")->role, PLACE_DESTINATION);
    assert_int_equal(place_of(*state, "need people for Cambodia")->role, PLACE_DESTINATION);
    assert_int_equal(place_of(*state, "รับคนทำงานไทย")->role, PLACE_DESTINATION);
    assert_null(place_of(*state, "chat with Cambodia speakers")); /* served */
    assert_non_null(place_of(*state, "agents, Cambodia. Hindi speakers"));
}

static void a_place_ends_at_the_commas_and_stops_of_its_script(void **state)
{
    static const char *const texts[] = {"नौकरी थाईलैंड। वेतन अच्छा", "وظائف تايلاند، راتب",
                                        "هل تايلاند؟", "ሥራ ታይላንድ፣ ደመወዝ", "ሥራ ታይላንድ።"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_non_null(place_of(*state, texts[i]));
    assert_null(place_of(*state, "وظائف تايلاندية")); /* a part of a word */
}

static void languages_are_told_apart(void **state)
{
    static const char *const rows[][2] = {
        {"Dibutuhkan segera karyawan toko untuk penempatan Jakarta, gaji dan tunjangan, kirim "
         "lamaran",
         "id"},
        {"We are looking for a warehouse clerk with two years of experience and a driving licence",
         "en"},
        {"招聘客服人员，要求普通话流利，提供食宿，待遇从优", "zh-Hans"},
        {"誠徵門市人員，需會說國語，提供住宿，待遇優，請來電應徵", "zh-Hant"},
        {"รับสมัครพนักงานขายประจำสาขา มีที่พักให้", "th"},
        {"Tuyển nhân viên bán hàng làm việc tại thành phố, lương cứng và thưởng", "vi"},
        {"직원을 모집합니다 숙소 제공 급여 협의", "ko"},
    };
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        read_ad(scene, "", rows[i][0], "und");
        expect_text(language_of(&scene->input), rows[i][1]);
    }
}

static void wrong_data_files_are_shown_with_their_place(void **state)
{
    static const struct {
        const char *places, *rates, *wages, *says;
    } rows[] = {
        {PLACES, "date: 2026-11-24\nrates:\n  - {currency: USD, per_usd: 0}\n", WAGES,
         "patterns/rates.yml:3:"},
        {PLACES, RATES, "date: 2026-11-24\nwages:\n  - {country: Indonesia}\n",
         "patterns/wages.yml:3:"},
        {PLACES, RATES, "date: 2026-11-24\nwage: []\n", "did you mean 'wages'"},
        {"date: 2026-11-24\nplaces:\n  - {id: KH, name: x, risk: 'Z', bait: no, source: 'GK', "
         "aliases: ['ab']}\n",
         RATES, WAGES, "risk is A, B, C or -"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bank_pack *pack = pack_of(rows[i].places, rows[i].rates, rows[i].wages);
        struct wage_table *wages = NULL;
        struct gazetteer *places = NULL;
        struct failure why = {0};
        int rc = wage_table_create(pack, &wages, &why);
        rc = rc == OK ? gazetteer_create(pack, &places, &why) : rc;
        assert_int_equal(rc, ERR_SYNTAX);
        expect_says(&why, rows[i].says);
        wage_table_free(wages);
        gazetteer_free(places);
        bank_pack_free(pack);
    }
}

/* What a page links to stands in no text: names in small letters, codes as they are. */
static void links_of_the_page_are_contacts(void **state)
{
    static const struct {
        const char *url, *kind, *value;
    } rows[] = {{"https://t.me/Contoh_Kantor?start=1", "telegram", "contoh_kantor"},
                {"https://t.me/@Contoh_Kantor", "telegram", "contoh_kantor"},
                {"https://t.me/+AbCdEfGh12", "telegram", "AbCdEfGh12"},
                {"https://t.me/%2BAbCdEfGh12", "telegram", "AbCdEfGh12"},
                {"https://t.me/joinchat/AbCdEfGh12", "telegram", "AbCdEfGh12"},
                {"https://chat.whatsapp.com/KxYz12AbCdE?mode=x", "whatsapp", "KxYz12AbCdE"},
                {"https://wa.me/+6281234567890", "whatsapp", "+6281234567890"},
                {"mailto:HR@Example.org?subject=A", "email", "hr@example.org"},
                {"https://t.me/", NULL, NULL}};
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct contact_found *found = NULL;
        size_t count = 0;
        struct posting_link link = {.url = slice_of(rows[i].url)};
        read_ad(scene, "", "", "id");
        scene->posting.links = &link;
        scene->posting.links_count = 1;
        assert_int_equal(contacts_find(&scene->input, &found, &count), OK);
        assert_int_equal(count, rows[i].kind != NULL);
        if (count == 0)
            continue;
        assert_string_equal(contact_kind_name(found[0].kind), rows[i].kind);
        expect_text(found[0].value, rows[i].value);
    }
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(links_of_the_page_are_contacts),
        SCENE(long_texts_are_read_once),
        SCENE(contacts_stand_beside_the_pay),
        SCENE(pay_is_read_as_people_write_it),
        SCENE(other_numbers_are_no_pay),
        SCENE(pay_stands_where_it_says),
        SCENE(ratios_are_taken_against_the_norms),
        SCENE(absurd_sums_do_not_run_over),
        SCENE(contacts_are_found_and_made_canonical),
        SCENE(what_is_no_contact_is_left_alone),
        SCENE(contacts_are_bounded),
        SCENE(places_have_a_role_and_a_risk),
        SCENE(a_place_ends_at_the_commas_and_stops_of_its_script),
        SCENE(languages_are_told_apart),
        SCENE(wrong_data_files_are_shown_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
