/* Literals: found in one pass, and what a pattern cannot match without. */
#include "classifiers/literals.h"
#include "classifiers/needles.h"
#include "tests/unit/unit.h"

struct hits {
    struct text_buf seen;
    size_t stop_after;
};

static bool note(uint32_t tag, size_t start, size_t end, void *ctx)
{
    struct hits *hits = ctx;
    text_buf_printf(&hits->seen, "%u:%zu-%zu ", tag, start, end);
    return hits->stop_after == 0 || --hits->stop_after > 0;
}

static void expect_hits(const char *const *words, size_t count, struct slice text,
                        size_t stop_after, const char *wanted)
{
    struct literals_builder *builder = NULL;
    struct literals *literals = NULL;
    struct hits hits = {.stop_after = stop_after};
    assert_int_equal(literals_begin(&builder), OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(literals_add(builder, slice_of(words[i]), (uint32_t)i), OK);
    assert_int_equal(literals_end(builder, &literals), OK);
    text_buf_init(&hits.seen, 10000);
    literals_scan(literals, text, note, &hits);
    assert_string_equal(text_buf_cstr(&hits.seen), wanted);
    text_buf_release(&hits.seen);
    literals_free(literals);
}

static void overlapping_literals_are_all_found(void **state)
{
    static const char *const words[] = {"he", "she", "his", "hers"};
    (void)state;
    expect_hits(words, 4, SLICE("ushers"), 0, "1:1-4 0:2-4 3:2-6 ");
    expect_hits(words, 4, SLICE(""), 0, "");
    expect_hits(words, 4, SLICE("SHE"), 0, "");
}

static void a_literal_may_carry_many_tags(void **state)
{
    static const char *const words[] = {"ab", "ab", "b"};
    (void)state;
    expect_hits(words, 3, SLICE("xabx"), 0, "0:1-3 1:1-3 2:2-3 ");
}

static void every_byte_value_can_be_looked_for(void **state)
{
    static const char *const words[] = {"\xFF\xFE", "\x01", "\xE5\xAE\xA2"};
    (void)state;
    expect_hits(words, 3, SLICE("\xE5\xAE\xA2\x01\xFF\xFF\xFE\0"), 0, "2:0-3 1:3-4 0:5-7 ");
}

static void a_scan_stops_when_told_to(void **state)
{
    static const char *const words[] = {"a"};
    (void)state;
    expect_hits(words, 1, SLICE("aaaa"), 2, "0:0-1 0:1-2 ");
}

static void no_literals_find_nothing(void **state)
{
    (void)state;
    expect_hits(NULL, 0, SLICE("text"), 0, "");
}

static void a_literal_may_ask_that_no_letter_stands_beside(void **state)
{
    static const struct {
        const char *text, *wanted;
    } rows[] = {{"for sale", "0:0-3 1:0-3 2:0-3 3:0-3 "},
                {"format", "0:0-3 1:0-3 "},
                {"therefor", "0:5-8 2:5-8 "},
                {"x4for2", "0:2-5 1:2-5 2:2-5 3:2-5 "}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct literals_builder *builder = NULL;
        struct literals *literals = NULL;
        struct hits hits = {.stop_after = 0};
        assert_int_equal(literals_begin(&builder), OK);
        for (uint32_t bounds = 0; bounds < 4; bounds++)
            assert_int_equal(literals_add_bounded(builder, SLICE("for"), bounds, bounds), OK);
        assert_int_equal(literals_end(builder, &literals), OK);
        text_buf_init(&hits.seen, 10000);
        literals_scan(literals, slice_of(rows[i].text), note, &hits);
        assert_string_equal(text_buf_cstr(&hits.seen), rows[i].wanted);
        text_buf_release(&hits.seen);
        literals_free(literals);
    }
}

static void literals_that_begin_alike_are_told_apart(void **state)
{
    static const char *const words[] = {"kerja", "kerjasama", "kerj", "kerja", "kerjaan", "kerjq"};
    (void)state;
    expect_hits(words, 6, SLICE("kerjaanku"), 0, "2:0-4 0:0-5 3:0-5 4:0-7 ");
    expect_hits(words, 6, SLICE("kerjas"), 0, "2:0-4 0:0-5 3:0-5 ");
}

static void expect_needles(const char *pattern, const char *wanted)
{
    struct arena *arena = NULL;
    struct needles needles;
    struct text_buf text;
    assert_int_equal(arena_create(4u << 20, &arena), OK);
    assert_int_equal(needles_of(slice_of(pattern), arena, &needles), OK);
    text_buf_init(&text, 10000);
    for (size_t i = 0; i < needles.count; i++) {
        text_buf_add_str(&text, i == 0 ? "" : ",");
        text_buf_add_slice(&text, needles.list[i]);
    }
    for (size_t i = 0; i < needles.also_count; i++) {
        text_buf_printf(&text, " %u+", needles.also_clause[i]);
        text_buf_add_slice(&text, needles.also[i]);
    }
    for (size_t i = 0; i < needles.lead_count; i++) {
        text_buf_add_str(&text, i == 0 ? " <" : ",");
        text_buf_add_slice(&text, needles.lead[i]);
        text_buf_add_str(&text, (needles.lead_bounds[i] & LITERAL_WORD_HEAD) != 0 ? "'" : "");
    }
    assert_string_equal(text_buf_cstr(&text), wanted);
    text_buf_release(&text);
    arena_free(arena);
}

static void a_pattern_needs_one_of_its_needles(void **state)
{
    (void)state;
    expect_needles("passport", "passport <passport");
    expect_needles("(?:tiket|ticket)\\W+(?:\\w+ )*free", "tiket,ticket <tiket,ticket");
    expect_needles("客服.{0,10}海外|境外", "客服,境外 <客服,境外");
    expect_needles("(?x) no [ ] fee # a comment\n | gratis", "no fee,gratis <no fee,gratis");
    expect_needles("\\w+ telegram", " telegram");
    expect_needles("^(?=.*aaa).*(?:driver|cook)", "driver,cook");
    expect_needles("(?<!\\p{L})(?:no|nil)\\W+fee", "fee <no',nil'");
    expect_needles("[0-2]{1,3} ?usdt", "0 usdt,0usdt,1 usdt,1usdt,2 usdt,2usdt <0,1,2");
    expect_needles("tanpa \\w+(*SKIP)(*FAIL)|ijazah", "ijazah <tanpa ,ijazah");
    expect_needles("jual.*murah sekali|bonus \\d|beli.*sekarang juga",
                   "murah sekali,bonus 0,bonus 1,bonus 2,bonus 3,bonus 4,bonus 5,bonus 6,bonus 7,"
                   "bonus 8,bonus 9,sekarang juga 0+jual 2+beli <jual,bonus 0,bonus 1,bonus 2,"
                   "bonus 3,bonus 4,bonus 5,bonus 6,bonus 7,bonus 8,bonus 9,beli");
    expect_needles("(?:x|y)?ab.*cdefgh", "cdefgh <xab,yab,ab");
}

static void what_is_not_understood_needs_nothing(void **state)
{
    static const char *const rows[] = {"(?i)abc",   "abc|\\w+",  "a*",          "(?:abc)?",
                                       "\\Qabc\\E", "(?R)abc",   "[[:x:]]a",    "abc(*ACCEPT)",
                                       "\\x{41}bc", "(?(1)a|b)", "abc\\Kdef",   "[^abc]",
                                       ".",         "",          "a(?<*b)|ccc", "(?-x)abc"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_needles(rows[i], "");
}

static void no_memory_is_told(void **state)
{
    struct arena *arena = NULL;
    struct needles needles;
    (void)state;
    int rc = ERR_NOMEM;
    for (size_t bytes = 16; rc == ERR_NOMEM && bytes < 1u << 16; bytes += 48) {
        assert_int_equal(arena_create(bytes, &arena), OK);
        rc = needles_of(SLICE("(?:ab|cd[ef])g+hij|klm"), arena, &needles);
        assert_true(rc == ERR_NOMEM || rc == OK);
        arena_free(arena);
    }
    assert_int_equal(rc, OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlapping_literals_are_all_found),
        cmocka_unit_test(a_literal_may_carry_many_tags),
        cmocka_unit_test(every_byte_value_can_be_looked_for),
        cmocka_unit_test(a_scan_stops_when_told_to),
        cmocka_unit_test(no_literals_find_nothing),
        cmocka_unit_test(a_literal_may_ask_that_no_letter_stands_beside),
        cmocka_unit_test(literals_that_begin_alike_are_told_apart),
        cmocka_unit_test(a_pattern_needs_one_of_its_needles),
        cmocka_unit_test(what_is_not_understood_needs_nothing),
        cmocka_unit_test(no_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
