/* Folding: what disguises become, and that every folded byte knows where it came from. */
#include "classifiers/normalise.h"
#include "common/utf8.h"
#include "tests/unit/unit.h"

struct scene {
    struct normaliser *normaliser;
    struct arena *arena;
    struct folded folded;
};

static int scene_open(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    *state = scene;
    return scene == NULL || normaliser_create(&scene->normaliser) != OK ||
           arena_create(8u << 20, &scene->arena) != OK;
}

static int scene_close(void **state)
{
    struct scene *scene = *state;
    normaliser_free(scene->normaliser);
    arena_free(scene->arena);
    free(scene);
    return 0;
}

static struct slice fold(struct scene *scene, const char *text)
{
    assert_int_equal(normalise(scene->normaliser, slice_of(text), scene->arena, &scene->folded),
                     OK);
    return scene->folded.text;
}

static void case_width_and_form_are_folded(void **state)
{
    static const char *const rows[][2] = {
        {"Admin SLOT", "admin slot"},
        {"\xEF\xBC\xA1\xEF\xBC\xA4\xEF\xBC\xADin", "admin"}, /* full width */
        {"e\xCC\x81", "\xC3\xA9"},                           /* composed */
        {"Stra\xC3\x9F"
         "e",
         "strasse"},
        {"\xEF\xAC\x81nance", "finance"},            /* a ligature */
        {"\xE0\xB9\x91\xE0\xB9\x92\xD9\xA3", "123"}, /* Thai and Arabic digits */
        {"\xE5\xA2\x83\xE5\xA4\x96\xE5\x9C\x8B",
         "\xE5\xA2\x83\xE5\xA4\x96\xE5\x9B\xBD"}, /* Traditional */
        {"\xC4\xB0\xC5\x9EKUR", "i\xC5\x9Fkur"},  /* a Turkish capital i has its dot */
        {"a \t\xC2\xA0\xE3\x80\x80 b", "a b"},
        {"a \r\n\n b", "a\nb"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_text(fold(*state, rows[i][0]), rows[i][1]);
}

static void disguises_are_taken_off(void **state)
{
    static const char *const rows[][2] = {
        {"t\xE2\x80\x8B"
         "e\xE2\x80\x8D"
         "l\xEF\xBB\xBF"
         "e",
         "tele"}, /* zero width */
        {"\xD0\xB0"
         "dmin sl\xD0\xBEt",
         "admin slot"}, /* Cyrillic among Latin */
        {"\xF0\x9D\x93\xBC\xF0\x9D\x93\xB5\xF0\x9D\x93\xB8\xF0\x9D\x93\xBD",
         "slot"},                                         /* fancy letters */
        {"s\xCC\xB6l\xCC\xB6o\xCC\xB6t\xCC\xB6", "slot"}, /* struck through */
        {"t e l e g r a m now", "telegram now"},
        {"t.e.l.e.g.r.a.m", "telegram"},
        {"c4s1no", "casino"},
        {"sl0t", "slot"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_text(fold(*state, rows[i][0]), rows[i][1]);
}

static void honest_text_stays(void **state)
{
    static const char *const rows[][2] = {
        {"\xD0\xA0\xD0\xB0\xD0\xB1\xD0\xBE\xD1\x82\xD0\xB0",
         "\xD1\x80\xD0\xB0\xD0\xB1\xD0\xBE\xD1\x82\xD0\xB0"},
        {"b2b and web3", "b2b and web3"},
        {"Rp 4.500.000", "rp 4.500.000"},
        {"A 1 B", "a 1 b"},
        {"nh\xC3\xA2n vi\xC3\xAAn", "nh\xC3\xA2n vi\xC3\xAAn"},
        {"18-30", "18-30"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_text(fold(*state, rows[i][0]), rows[i][1]);
}

static void disguise_is_counted(void **state)
{
    struct scene *scene = *state;
    fold(scene, "t\xE2\x80\x8B"
                "ele \xD0\xB0"
                "dmin s l o t x");
    assert_true(scene->folded.obfuscation.zero_width == 1);
    assert_true(scene->folded.obfuscation.lookalike == 1);
    assert_true(scene->folded.obfuscation.spaced_out == 1);
    fold(scene, "plain text, nothing hidden");
    static const struct obfuscation none;
    assert_memory_equal(&scene->folded.obfuscation, &none, sizeof none);
}

/* The words of the original that a folded word came from. */
static void expect_origin(struct scene *scene, const char *text, const char *word,
                          const char *original)
{
    uint32_t start = 0, end = 0;
    struct slice folded = fold(scene, text);
    size_t at = slice_find(folded, slice_of(word));
    if (at == SIZE_MAX)
        fail_msg("'%s' is not in '%.*s'", word, (int)folded.len, folded.at);
    folded_span(&scene->folded, at, at + strlen(word), &start, &end);
    expect_text(slice_make(text + start, end - start), original);
}

static void a_folded_word_is_found_in_the_original(void **state)
{
    expect_origin(*state, "Butuh ADMIN cepat", "admin", "ADMIN");
    expect_origin(*state, "kirim t e l e g r a m ya", "telegram", "t e l e g r a m");
    expect_origin(*state, "xx  sl\xD0\xBEt yy", "slot", "sl\xD0\xBEt");
    expect_origin(*state, "a \xEF\xAC\x81nance b", "finance", "\xEF\xAC\x81nance");
    expect_origin(*state, "\xE5\xA2\x83\xE5\xA4\x96\xE5\x9C\x8B x", "\xE5\x9B\xBD", "\xE5\x9C\x8B");
    expect_origin(*state,
                  "a\xE2\x80\x8B"
                  "b c",
                  "ab",
                  "a\xE2\x80\x8B"
                  "b");
}

static void check_map(const struct folded *folded, struct slice text)
{
    assert_true(utf8_is_valid(folded->text));
    assert_int_equal(folded->origin[folded->text.len], text.len);
    for (size_t i = 0; i < folded->text.len; i++) {
        uint32_t start = 0, end = 0;
        assert_true(folded->origin[i] <= folded->origin[i + 1]);
        folded_span(folded, i, i + 1, &start, &end);
        assert_true(start < end && end <= text.len);
        assert_true(utf8_is_valid(slice_make(text.at + start, end - start)));
    }
}

/* Every code point between two words: nothing may break the map. */
static void the_map_holds_for_every_character(void **state)
{
    struct scene *scene = *state;
    for (uint32_t code = 1; code <= 0x1FFFF; code += code < 0x3100 ? 1 : 13) {
        char text[32] = "ab ", bytes[4];
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        size_t len = utf8_encode(code, bytes);
        memcpy(text + 3, bytes, len);
        memcpy(text + 3 + len, "c d", 4);
        struct slice whole = slice_of(text);
        arena_reset(scene->arena);
        fold(scene, text);
        check_map(&scene->folded, whole);
    }
}

static void a_long_text_is_folded_like_its_parts(void **state)
{
    struct scene *scene = *state;
    struct text_buf text, wanted;
    text_buf_init(&text, 4u << 20);
    text_buf_init(&wanted, 4u << 20);
    for (int i = 0; i < 20000; i++) {
        text_buf_add_str(&text, "Gaji SL0T \xE5\x9C\x8B, ");
        text_buf_add_str(&wanted, "gaji slot \xE5\x9B\xBD, ");
    }
    text_buf_truncate(&wanted, wanted.len);
    struct slice folded = fold(scene, text_buf_cstr(&text));
    assert_true(slice_equal(slice_trim(folded), slice_trim(text_buf_slice(&wanted))));
    check_map(&scene->folded, text_buf_slice(&text));
    text_buf_release(&text);
    text_buf_release(&wanted);
}

/* 1 MiB: where each digit looks at all behind it, this takes longer than anybody waits. */
static void many_lone_digits_are_looked_at_once(void **state)
{
    struct scene *scene = *state;
    struct text_buf text;
    text_buf_init(&text, 1u << 20);
    while (text.len + 64 < 1u << 20)
        text_buf_add_str(&text, "0 ");
    text_buf_add_str(&text, "b o s s ");
    arena_free(scene->arena);
    assert_int_equal(arena_create(64u << 20, &scene->arena), OK);
    struct slice folded = fold(scene, text_buf_cstr(&text));
    /* the first run of letters enough for a word begins among the digits before it */
    assert_true(slice_ends(slice_trim(folded), "0 000boss"));
    text_buf_release(&text);
}

static void zalgo_ends(void **state)
{
    struct text_buf text;
    text_buf_init(&text, 1u << 20);
    text_buf_add_char(&text, 'a');
    for (int i = 0; i < 20000; i++)
        text_buf_add_str(&text, "\xCC\x81\xCD\xA0");
    text_buf_add_char(&text, 'b');
    struct slice folded = fold(*state, text_buf_cstr(&text));
    assert_true(folded.len >= 2 && folded.at[folded.len - 1] == 'b');
    text_buf_release(&text);
}

static void zawgyi_becomes_unicode(void **state)
{
    static const char *const rows[][2] = {
        /* food and lodging; work; the town; I; the place; staff; interview; the bank's letter */
        {"ေနစားျငိမ္း", "နေစားငြိမ်း"},
        {"အလုပ္ ျမဝတီ", "အလုပ် မြဝတီ"},
        {"ကြၽန္ေတာ္", "ကျွန်တော်"},
        {"ေရႊကုကၠိဳ", "ရွှေကုက္ကို"},
        {"ဝန္ထမ္း အင္တာဗ်ဴး", "ဝန်ထမ်း အင်တာဗျူး"},
        {"အဂၤလိပ္စာ", "အင်္ဂလိပ်စာ"},
        {"admin အလုပ္\nalso here", "admin အလုပ်\nalso here"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_text(fold(*state, rows[i][0]), rows[i][1]);
}

static void unicode_burmese_and_its_neighbours_stay(void **state)
{
    static const char *const rows[] = {
        "နေစားငြိမ်း အလုပ် မြဝတီ",       "ရွှေကုက္ကိုမှာ ဝန်ထမ်း လိုတယ်", "အင်္ဂလိပ်စာ သင်တန်း",
        "ဗုဒ္ဓဘာသာ ယောက်ျား ဥက္ကဋ္ဌ",    "ၵႃႈႁႅင်း လိၵ်ႈတႆး",      "ဘာသာ မန် ဂကူ",
        "ភ្នំពេញ việc nhẹ lương cao",
    };
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct slice text = fold(scene, rows[i]);
        for (size_t at = 0; at < text.len; at++) /* nothing was put in another order */
            assert_true(at == 0 || scene->folded.origin[at] >= scene->folded.origin[at - 1]);
        expect_text(text, rows[i]);
    }
}

static void a_zawgyi_word_is_found_in_the_original(void **state)
{
    struct scene *scene = *state;
    const char *text = "1) ေနစားျငိမ္း ေပးတယ္";
    struct slice folded = fold(scene, text);
    size_t at = slice_find(folded, SLICE("နေစားငြိမ်း"));
    uint32_t start = 0, end = 0;
    assert_true(at != SIZE_MAX);
    folded_span(&scene->folded, at, at + strlen("နေစားငြိမ်း"), &start, &end);
    expect_text(slice_sub(slice_of(text), start, end - start), "ေနစားျငိမ္း");
}

static void no_memory_is_told(void **state)
{
    struct scene *scene = *state;
    struct arena *small = NULL;
    assert_int_equal(arena_create(64, &small), OK);
    assert_int_equal(normalise(scene->normaliser,
                               SLICE("a text that needs more than sixty-four bytes"), small,
                               &scene->folded),
                     ERR_NOMEM);
    arena_free(small);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(case_width_and_form_are_folded),
        SCENE(disguises_are_taken_off),
        SCENE(honest_text_stays),
        SCENE(disguise_is_counted),
        SCENE(a_folded_word_is_found_in_the_original),
        SCENE(the_map_holds_for_every_character),
        SCENE(a_long_text_is_folded_like_its_parts),
        SCENE(many_lone_digits_are_looked_at_once),
        SCENE(zalgo_ends),
        SCENE(zawgyi_becomes_unicode),
        SCENE(unicode_burmese_and_its_neighbours_stay),
        SCENE(a_zawgyi_word_is_found_in_the_original),
        SCENE(no_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
