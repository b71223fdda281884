/* classifiers_fact_lines.c - what ads state, a phrase a line: tests/facts/pay.txt, contacts.txt and
 * places.txt. An analyst adds lines; the form is told at the head of each file. Also: every word of
 * the lists that facts are told by is written as folded text has it. */
#include "classifiers/facts_parts.h"
#include "common/file.h"
#include "common/utf8.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FILE_BYTES_MAX (4u << 20)

struct bench {
    struct bank_pack *pack;
    struct wage_table *wages;
    struct gazetteer *places;
    struct normaliser *normaliser;
    struct arena *arena;
};

static int bench_open(void **state)
{
    static struct bench bench;
    struct failure why = {.code = OK};
    int rc = bank_pack_load("patterns", &bench.pack, &why);
    rc = rc == OK ? wage_table_create(bench.pack, &bench.wages, &why) : rc;
    rc = rc == OK ? gazetteer_create(bench.pack, &bench.places, &why) : rc;
    rc = rc == OK ? normaliser_create(&bench.normaliser) : rc;
    rc = rc == OK ? arena_create(8u << 20, &bench.arena) : rc;
    if (rc != OK)
        print_error("%s\n", why.text);
    *state = &bench;
    return rc == OK ? 0 : -1;
}

static int bench_close(void **state)
{
    struct bench *bench = *state;
    arena_free(bench->arena);
    normaliser_free(bench->normaliser);
    gazetteer_free(bench->places);
    wage_table_free(bench->wages);
    bank_pack_free(bench->pack);
    return 0;
}

/* One line on its way. */
struct line {
    const struct bench *bench;
    struct fact_input input;
    const char *country;
    struct posting posting;
    struct folded folded[POSTING_FIELD_COUNT];
    struct text_buf got; /* what was found, in the words of the file */
};

typedef void find_fn(struct line *line);

/* As facts.c chooses it: the destination of highest risk. */
static void find_destination(struct line *line)
{
    const struct place_found *found = NULL, *best = NULL;
    size_t count = 0;
    assert_int_equal(places_find(line->bench->places, &line->input, &found, &count), OK);
    for (size_t i = 0; i < count; i++)
        if (found[i].role == PLACE_DESTINATION &&
            (best == NULL || (found[i].risk == 'A' && best->risk != 'A')))
            best = &found[i];
    if (best != NULL)
        memcpy(line->input.destination, best->id.at, 2);
}

static void find_pay(struct line *line)
{
    struct salary salary;
    bool foreign = false;
    find_destination(line);
    assert_int_equal(salary_find(line->bench->wages, &line->input, &salary, &foreign), OK);
    if (salary.currency[0] == '\0')
        return;
    text_buf_printf(&line->got, "%s %" PRId64, salary.currency, salary.cents_min / 100);
    if (salary.cents_min % 100 != 0)
        text_buf_printf(&line->got, ".%02d", (int)(salary.cents_min % 100));
    text_buf_printf(&line->got, " %" PRId64, salary.cents_max / 100);
    if (salary.cents_max % 100 != 0)
        text_buf_printf(&line->got, ".%02d", (int)(salary.cents_max % 100));
    text_buf_printf(&line->got, " %s", pay_period_name(salary.period));
}

static void find_contacts(struct line *line)
{
    const struct contact_found *found = NULL;
    size_t count = 0;
    assert_int_equal(contacts_find(&line->input, &found, &count), OK);
    for (size_t i = 0; i < count; i++)
        text_buf_printf(&line->got, "%s%s %.*s%s%s", i > 0 ? "; " : "",
                        contact_kind_name(found[i].kind), (int)found[i].value.len,
                        found[i].value.at, found[i].country[0] != '\0' ? " " : "",
                        found[i].country);
}

static void find_places(struct line *line)
{
    const struct place_found *found = NULL;
    size_t count = 0;
    assert_int_equal(places_find(line->bench->places, &line->input, &found, &count), OK);
    for (size_t i = 0; i < count; i++)
        text_buf_printf(&line->got, "%s%.*s %s", i > 0 ? "; " : "", (int)found[i].id.len,
                        found[i].id.at, place_role_name(found[i].role));
}

static void find_conditions(struct line *line)
{
    struct conditions conditions = {NULL, 0};
    struct salary salary;
    bool foreign = false;
    assert_int_equal(salary_find(line->bench->wages, &line->input, &salary, &foreign), OK);
    assert_int_equal(conditions_find(&line->input, NULL, 0, &conditions), OK);
    if (salary.bound != PAY_BOUND_NONE || salary.tax != PAY_TAX_UNTOLD)
        text_buf_printf(&line->got, "pay%s%s%s%s", salary.bound != PAY_BOUND_NONE ? " " : "",
                        pay_bound_name(salary.bound), salary.tax != PAY_TAX_UNTOLD ? " " : "",
                        pay_tax_name(salary.tax));
    for (size_t i = 0; i < conditions.count; i++) {
        const struct condition_found *found = &conditions.list[i];
        text_buf_printf(&line->got, "%s%s%s%s", line->got.len > 0 ? "; " : "",
                        condition_kind_name(found->kind), found->value[0] != '\0' ? " " : "",
                        found->value);
        if (found->has_number)
            text_buf_printf(&line->got, " %d-%d", (int)found->least, (int)found->most);
        assert_true(found->start_bytes < found->end_bytes);
    }
}

static void find_languages(struct line *line)
{
    struct language_parts parts = {NULL, 0};
    line->input.language = language_of(&line->input);
    assert_int_equal(language_parts_find(&line->input, &parts), OK);
    for (size_t i = 0; i < parts.count; i++)
        text_buf_printf(&line->got, "%s%.*s", i > 0 ? " " : "", (int)parts.list[i].language.len,
                        parts.list[i].language.at);
}

/* " // " in a phrase is the end of a line. */
static struct slice lines_broken(struct arena *arena, struct slice phrase)
{
    char *copy = arena_copy(arena, phrase.at, phrase.len);
    assert_non_null(copy);
    for (char *at = copy; (at = strstr(at, " // ")) != NULL; at += 4)
        memcpy(at, "\n  \n", 4);
    return slice_make(copy, phrase.len);
}

/* What find says of a phrase; "-" when nothing. */
static void phrase_read(struct line *line, struct slice language, struct slice phrase,
                        find_fn *find)
{
    posting_init(&line->posting);
    assert_int_equal(posting_set(&line->posting, line->bench->arena, POSTING_TEXT,
                                 lines_broken(line->bench->arena, phrase)),
                     OK);
    for (int i = 0; i < POSTING_FIELD_COUNT; i++)
        assert_int_equal(normalise(line->bench->normaliser, line->posting.field[i],
                                   line->bench->arena, &line->folded[i]),
                         OK);
    line->country = language_country(language);
    line->input = (struct fact_input){.posting = &line->posting,
                                      .folded = line->folded,
                                      .arena = line->bench->arena,
                                      .language = language,
                                      .regions = &line->country,
                                      .regions_count = line->country[0] != '\0' ? 1 : 0};
    text_buf_reset(&line->got);
    find(line);
    if (line->got.len == 0)
        text_buf_add_char(&line->got, '-');
}

static bool column_take(struct slice *rest, struct slice *ret_column)
{
    size_t tab = slice_find_char(*rest, '\t');
    *ret_column = slice_sub(*rest, 0, tab == SIZE_MAX ? rest->len : tab);
    *rest = tab == SIZE_MAX ? SLICE_EMPTY : slice_from(*rest, tab + 1);
    return ret_column->len > 0;
}

/* True: the line says what is so. A known limit begins with "! ": it must still be wrong, so that
 * the mark goes when the limit does. */
static bool line_check(struct line *line, const char *path, unsigned number, struct slice text,
                       find_fn *find)
{
    struct slice language, phrase, wanted;
    if (!column_take(&text, &language) || !column_take(&text, &phrase) ||
        !column_take(&text, &wanted)) {
        print_error("%s:%u: a line is language, phrase and what is in it, with tabs between\n",
                    path, number);
        return false;
    }
    arena_reset(line->bench->arena);
    phrase_read(line, language, phrase, find);
    bool limit = slice_starts(wanted, "! ");
    bool right = slice_equal(text_buf_slice(&line->got), slice_from(wanted, limit ? 2 : 0));
    if (right && limit)
        print_error("%s:%u: is right by now: take its mark off\n", path, number);
    if (!right && !limit)
        print_error("%s:%u: \"%.*s\"\n    wanted %.*s\n    got    %s\n", path, number,
                    (int)phrase.len, phrase.at, (int)wanted.len, wanted.at,
                    text_buf_cstr(&line->got));
    return right != limit;
}

static void file_check(struct bench *bench, const char *path, unsigned least, find_fn *find)
{
    struct text_buf bytes;
    unsigned number = 0, lines = 0, wrong = 0;
    struct line line = {.bench = bench};
    struct failure why = {.code = OK};
    text_buf_init(&bytes, FILE_BYTES_MAX);
    assert_int_equal(file_read(path, &bytes, &why), OK);
    struct slice rest = text_buf_slice(&bytes), text;
    text_buf_init(&line.got, 1u << 16);
    while (slice_next_line(&rest, &text)) {
        number++;
        if (text.len == 0 || text.at[0] == '#')
            continue;
        lines++;
        wrong += line_check(&line, path, number, text, find) ? 0 : 1;
    }
    print_message("# %s: %u lines, %u wrong\n", path, lines, wrong);
    text_buf_release(&line.got);
    text_buf_release(&bytes);
    assert_int_equal(wrong, 0);
    assert_true(lines >= least);
}

static void pay_is_read(void **state)
{
    file_check(*state, "tests/facts/pay.txt", 400, find_pay);
}

static void contacts_are_read(void **state)
{
    file_check(*state, "tests/facts/contacts.txt", 250, find_contacts);
}

static void places_are_read(void **state)
{
    file_check(*state, "tests/facts/places.txt", 250, find_places);
}

static void conditions_are_read(void **state)
{
    file_check(*state, "tests/facts/conditions.txt", 100, find_conditions);
}

static void languages_are_told_by_paragraph(void **state)
{
    file_check(*state, "tests/facts/languages.txt", 30, find_languages);
}

static void words_are_folded(void **state)
{
    struct bench *bench = *state;
    unsigned wrong = 0;
    for (int id = 0; id < WORDS_COUNT; id++) {
        const struct word_list *list = words_of((enum words_id)id);
        for (size_t i = 0; i < list->count; i++) {
            struct slice word = list->entries[i].word;
            struct folded folded;
            arena_reset(bench->arena);
            assert_int_equal(normalise(bench->normaliser, word, bench->arena, &folded), OK);
            if (slice_equal(word, folded.text))
                continue;
            print_error("list %d: \"%.*s\" is folded to \"%.*s\"\n", id, (int)word.len, word.at,
                        (int)folded.text.len, folded.text.at);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pay_is_read),
        cmocka_unit_test(contacts_are_read),
        cmocka_unit_test(places_are_read),
        cmocka_unit_test(conditions_are_read),
        cmocka_unit_test(languages_are_told_by_paragraph),
        cmocka_unit_test(words_are_folded),
    };
    return cmocka_run_group_tests(tests, bench_open, bench_close);
}
