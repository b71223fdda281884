/* Letters: every template in both languages, empty fields, own templates, the directory. */
#include "common/file.h"
#include "review/letter.h"
#include "review/letter_data.h"
#include "tests/unit/storage_fixture.h"

static const char *const kinds[] = {"dsa16", "request", "aduankonten", "correction"};
static const char *const languages[] = {"en", "id"};

static void case_of(struct place *place, struct case_full *full)
{
    struct ad ad;
    struct posting_stored stored;
    make_ad(&ad, "http://jobs.board.example/job/7");
    expect_ok(place->store, put_ad(place, &ad, &stored));
    expect_ok(place->store, queue_show(place->store, place->arena, stored.case_id, NOW, full));
}

static void every_letter_says_what_it_must(void **state)
{
    struct place *place = *state;
    struct case_full full;
    struct failure why = {0};
    const struct letter_desk desk = {.operator_name = "Example desk",
                                     .contact = "desk@example.org"};
    case_of(place, &full);
    for (size_t i = 0; i < 8; i++) {
        struct letter letter;
        const struct recipient to = {.id = "x",
                                     .name = "Example board",
                                     .address = "a@b.example",
                                     .form = "",
                                     .language = languages[i % 2]};
        struct letter_about about = {.full = &full,
                                     .recipient = &to,
                                     .request = "R-4",
                                     .reviewer = "ani",
                                     .reason = "a mistake of ours",
                                     .captured_unix_ms = NOW,
                                     .date_unix_ms = NOW};
        assert_true(letter_kind_from_name(slice_of(kinds[i / 2]), &about.kind));
        if (letter_write(place->arena, &desk, &about, &letter, &why) != OK)
            fail_msg("%s", why.text);
        assert_non_null(strstr(letter.subject, "http://jobs.board.example/job/7"));
        assert_non_null(strstr(letter.subject, "R-4"));
        assert_non_null(strstr(letter.body, "http://jobs.board.example/job/7"));
        assert_non_null(strstr(letter.body, "Example desk"));
        assert_null(strstr(letter.body, "{{"));
        assert_null(strstr(letter.body, "kerja_contoh99"));
        assert_null(strstr(letter.body, "\n\n\n"));
        assert_null(strcasestr(letter.body, "trafficker"));
        if (about.kind == LETTER_CORRECTION) {
            assert_non_null(strstr(letter.body, "a mistake of ours"));
            continue;
        }
        assert_non_null(strstr(letter.body, "\"tiket ditanggung\" [package.ticket-paid.id]"));
        assert_non_null(strstr(letter.body, "2026-11-2"));
        assert_non_null(strstr(letter.body, full.row.evidence_sha256));
    }
}

static void lines_without_a_value_go(void **state)
{
    struct place *place = *state;
    struct case_full full;
    struct letter letter;
    struct failure why = {0};
    const struct letter_desk desk = {.folder = NULL};
    const struct recipient to = {
        .id = "x", .name = "Board", .address = "", .form = "", .language = "th"};
    case_of(place, &full);
    const struct letter_about about = {.full = &full, .recipient = &to, .kind = LETTER_REQUEST};
    assert_int_equal(letter_write(place->arena, &desk, &about, &letter, &why), OK);
    assert_non_null(strstr(letter.body, "Dear colleagues"));
    assert_null(strstr(letter.body, "Reference:"));
    assert_null(strstr(letter.body, "Checked by:"));
}

static void own_templates_take_the_place_of_built_in_ones(void **state)
{
    struct place *place = *state;
    struct case_full full;
    struct letter letter;
    struct failure why = {0};
    char path[300];
    const struct letter_desk desk = {.folder = place->dir};
    const struct recipient to = {
        .id = "x", .name = "Board", .address = "", .form = "", .language = "en"};
    case_of(place, &full);
    const struct letter_about about = {.full = &full, .recipient = &to, .kind = LETTER_REQUEST};
    snprintf(path, sizeof path, "%s/request.en.txt", place->dir);
    assert_int_equal(file_write_atomic(
                         path, SLICE("Subject: {{ title }}\r\n\r\nOurs: {{case}}\r\n"), 0600, &why),
                     OK);
    assert_int_equal(letter_write(place->arena, &desk, &about, &letter, &why), OK);
    assert_string_equal(letter.subject, "Customer Service");
    assert_string_equal(letter.body, "Ours: 1\n");
    assert_int_equal(file_write_atomic(path, SLICE("Subject: x\n\n{{titel}}\n"), 0600, &why), OK);
    assert_int_equal(letter_write(place->arena, &desk, &about, &letter, &why), ERR_SYNTAX);
    assert_non_null(strstr(why.text, "request.en.txt:3: there is no field 'titel'"));
    assert_int_equal(file_write_atomic(path, SLICE("Hello\n"), 0600, &why), OK);
    assert_int_equal(letter_write(place->arena, &desk, &about, &letter, &why), ERR_SYNTAX);
    unlink(path);
}

static void the_directory_finds_who_answers_for_a_host(void **state)
{
    struct place *place = *state;
    struct recipients all;
    struct failure why = {0};
    if (recipients_load(place->arena, NULL, &all, &why) != OK)
        fail_msg("%s", why.text);
    assert_string_equal(recipient_for_url(&all, SLICE("https://t.me/s/x"))->id, "telegram");
    assert_string_equal(recipient_for_url(&all, SLICE("http://id.jobstreet.com:80/job/1"))->id,
                        "jobstreet");
    assert_string_equal(recipient_for_url(&all, SLICE("http://a.BOARD.example/?q"))->id,
                        "sample-board");
    assert_null(recipient_for_url(&all, SLICE("http://notboard.example/")));
    assert_null(recipient_for_url(&all, SLICE("nonsense")));
    assert_int_equal(recipient_by_id(&all, "aduankonten")->kind, LETTER_ADUANKONTEN);
    assert_null(recipient_by_id(&all, "nobody"));
}

static void a_wrong_directory_is_named_by_line(void **state)
{
    struct place *place = *state;
    static const struct {
        const char *text, *why;
    } wrong[] = {
        {"recipients:\n  - {id: a, name: A, hosts: [], language: en, kind: request, source: s, "
         "date: d}\n",
         "needs 'address' (mail) or 'form'"},
        {"recipients:\n  - {id: a, name: A, hosts: ['a*b'], language: en, kind: request, form: f, "
         "source: s, "
         "date: d}\n",
         ":2:"},
        {"recipients:\n  - {id: a, name: A, hosts: [], language: en, kind: sue, form: f, source: "
         "s, date: d}\n",
         "'kind' is dsa16"},
        {"recipients:\n  - {id: a, name: A, hosts: [], language: en, kind: request, form: f, date: "
         "d}\n",
         "needs 'source'"},
    };
    char path[300];
    snprintf(path, sizeof path, "%s/recipients.yml", place->dir);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct recipients all;
        struct failure why = {0};
        assert_int_equal(file_write_atomic(path, slice_of(wrong[i].text), 0600, &why), OK);
        assert_int_equal(recipients_load(place->arena, place->dir, &all, &why), ERR_SYNTAX);
        if (strstr(why.text, wrong[i].why) == NULL)
            fail_msg("%zu: %s", i, why.text);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_letter_says_what_it_must, make_place, drop_place),
        cmocka_unit_test_setup_teardown(lines_without_a_value_go, make_place, drop_place),
        cmocka_unit_test_setup_teardown(own_templates_take_the_place_of_built_in_ones, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(the_directory_finds_who_answers_for_a_host, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(a_wrong_directory_is_named_by_line, make_place, drop_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
