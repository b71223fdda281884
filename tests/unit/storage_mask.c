/* Contacts out of text: same length, valid UTF-8, nothing left; keys and hashes of contacts. */
#include "common/utf8.h"
#include "storage/contact_key.h"
#include "storage/mask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct contact_found contact_at(const struct posting *posting, int field, const char *words,
                                       const char *value)
{
    size_t start = slice_find(posting->field[field], slice_of(words));
    assert_true(start != SIZE_MAX);
    return (struct contact_found){.kind = CONTACT_WHATSAPP,
                                  .value = slice_of(value),
                                  .field = field,
                                  .start_bytes = (uint32_t)start,
                                  .end_bytes = (uint32_t)(start + strlen(words))};
}

struct scene {
    struct arena *arena;
    struct posting posting;
    struct verdict verdict;
    struct contact_found contacts[4];
    struct finding findings[2];
    struct masked masked;
};

static void begin(struct scene *scene, const char *title, const char *text)
{
    memset(scene, 0, sizeof *scene);
    assert_int_equal(arena_create(1u << 20, &scene->arena), OK);
    posting_init(&scene->posting);
    scene->posting.field[POSTING_TITLE] = slice_of(title);
    scene->posting.field[POSTING_TEXT] = slice_of(text);
    scene->verdict.contacts = scene->contacts;
    scene->verdict.findings = scene->findings;
    scene->verdict.language = scene->verdict.bank = SLICE_EMPTY;
}

static void mask(struct scene *scene)
{
    assert_int_equal(mask_contacts(scene->arena, &scene->posting, &scene->verdict, &scene->masked),
                     OK);
    for (int field = 0; field < POSTING_FIELD_COUNT; field++) {
        assert_int_equal(scene->masked.field[field].len, scene->posting.field[field].len);
        assert_true(utf8_is_valid(scene->masked.field[field]));
    }
}

static void expect(struct slice found, const char *wanted)
{
    if (!slice_is(found, wanted))
        fail_msg("'%.*s', wanted '%s'", (int)found.len, found.at, wanted);
}

static void the_span_becomes_stars_of_the_same_length(void **state)
{
    struct scene s;
    (void)state;
    begin(&s, "Job +62 812 0000 0000 now", "Call 0812-0000-0000 or +62 812 0000 0000!");
    s.contacts[0] = contact_at(&s.posting, POSTING_TEXT, "0812-0000-0000", "+6281200000000");
    s.contacts[1] = contact_at(&s.posting, POSTING_TEXT, "+62 812 0000 0000", "+6281200000000");
    s.verdict.contacts_count = 2;
    mask(&s);
    expect(s.masked.field[POSTING_TEXT], "Call ************** or *****************!");
    expect(s.masked.field[POSTING_TITLE], "Job ***************** now");
    expect(s.masked.verdict.contacts[0].value, "000");
    arena_free(s.arena);
}

static void names_in_the_verdict_are_masked_like_their_field(void **state)
{
    struct scene s;
    (void)state;
    begin(&s, "", "");
    s.posting.field[POSTING_EMPLOYER] = SLICE("PT Contoh t.me/contoh_kerja");
    s.contacts[0] = contact_at(&s.posting, POSTING_EMPLOYER, "t.me/contoh_kerja", "contoh_kerja");
    s.verdict.contacts_count = 1;
    s.verdict.employer = s.posting.field[POSTING_EMPLOYER];
    s.verdict.licences = SLICE("SIP3MI 12 of T.ME/contoh_kerja");
    mask(&s);
    expect(s.masked.verdict.employer, "PT Contoh *****************");
    expect(s.masked.verdict.licences, "SIP3MI 12 of *****************");
    arena_free(s.arena);
}

/* 1 MiB: where the work grows with the square, this takes longer than anybody waits. */
static void a_long_handle_is_sought_in_a_long_text(void **state)
{
    struct scene s;
    struct text_buf text;
    (void)state;
    text_buf_init(&text, 2u << 20);
    for (unsigned i = 0; i < 1u << 17; i++)
        text_buf_add_str(&text, i == 1u << 16 ? "Abc_! " : "aBc_");
    begin(&s, "", "");
    arena_free(s.arena);
    assert_int_equal(arena_create(16u << 20, &s.arena), OK);
    s.posting.field[POSTING_TEXT] = text_buf_slice(&text);
    s.contacts[0] = (struct contact_found){.field = POSTING_TEXT, .end_bytes = (4u << 16) + 5};
    s.contacts[0].value = slice_sub(text_buf_slice(&text), 0, s.contacts[0].end_bytes);
    s.verdict.contacts_count = 1;
    mask(&s);
    assert_int_equal(slice_find_char(s.masked.field[POSTING_TEXT], 'a'), (4u << 16) + 6);
    text_buf_release(&text);
    arena_free(s.arena);
}

static void characters_are_never_cut(void **state)
{
    struct scene s;
    (void)state;
    begin(&s, "",
          "\xe5\xbe\xae\xe4\xbf\xa1\xef\xbc\x9a"
          "abc\xe5\xbe\xae!");
    s.contacts[0] = (struct contact_found){.kind = CONTACT_WECHAT,
                                           .value = SLICE("abc"),
                                           .field = POSTING_TEXT,
                                           .start_bytes = 7, /* inside the colon */
                                           .end_bytes = 13}; /* inside the last character */
    s.verdict.contacts_count = 1;
    mask(&s);
    expect(s.masked.field[POSTING_TEXT], "\xe5\xbe\xae\xe4\xbf\xa1*********!");
    arena_free(s.arena);
}

static void quotes_say_no_more_than_the_field(void **state)
{
    struct scene s;
    (void)state;
    begin(&s, "", "Hubungi t.me/contoh_kerja sekarang");
    s.contacts[0] = contact_at(&s.posting, POSTING_TEXT, "t.me/contoh_kerja", "contoh_kerja");
    s.verdict.contacts_count = 1;
    s.findings[0] = (struct finding){.id = SLICE("a"),
                                     .family = SLICE_EMPTY,
                                     .title = SLICE_EMPTY,
                                     .field = POSTING_TEXT,
                                     .start_bytes = 0,
                                     .end_bytes = 34,
                                     .quote = s.posting.field[POSTING_TEXT]};
    s.findings[1] = (struct finding){.id = SLICE("b"),
                                     .family = SLICE_EMPTY,
                                     .title = SLICE_EMPTY,
                                     .field = FINDING_NO_FIELD,
                                     .quote = SLICE("link to T.ME/contoh_kerja and contoh_kerja")};
    s.verdict.findings_count = 2;
    mask(&s);
    expect(s.masked.verdict.findings[0].quote, "Hubungi ***************** sekarang");
    expect(s.masked.verdict.findings[1].quote, "link to ***************** and ************");
    arena_free(s.arena);
}

static void a_handle_that_is_a_word_masks_only_handles(void **state)
{
    struct scene s;
    (void)state;
    begin(&s, "Admin online", "admin dicari, hub @admin atau t.me/ADMIN");
    s.contacts[0] = contact_at(&s.posting, POSTING_TEXT, "@admin", "admin");
    s.verdict.contacts_count = 1;
    mask(&s);
    expect(s.masked.field[POSTING_TITLE], "Admin online");
    expect(s.masked.field[POSTING_TEXT], "admin dicari, hub ****** atau t.me/*****");
    arena_free(s.arena);
}

static void spans_out_of_range_do_no_harm(void **state)
{
    struct scene s;
    (void)state;
    begin(&s, "t", "text");
    s.contacts[0] = (struct contact_found){
        .value = SLICE("0812345678"), .field = POSTING_TEXT, .start_bytes = 2, .end_bytes = 900};
    s.contacts[1] = (struct contact_found){
        .value = SLICE("0812345678"), .field = 77, .start_bytes = 0, .end_bytes = 2};
    s.contacts[2] = (struct contact_found){
        .value = SLICE("0812345678"), .field = FINDING_NO_FIELD, .start_bytes = 3, .end_bytes = 1};
    s.contacts[3] = (struct contact_found){
        .value = SLICE_EMPTY, .field = POSTING_TEXT, .start_bytes = 4, .end_bytes = 2};
    s.verdict.contacts_count = 4;
    s.findings[0] = (struct finding){.id = SLICE_EMPTY,
                                     .family = SLICE_EMPTY,
                                     .title = SLICE_EMPTY,
                                     .field = POSTING_TEXT,
                                     .start_bytes = 3,
                                     .end_bytes = 1,
                                     .quote = SLICE("a 0812345678")};
    s.verdict.findings_count = 1;
    mask(&s);
    expect(s.masked.field[POSTING_TEXT], "text");
    expect(s.masked.verdict.findings[0].quote, "a **********");
    arena_free(s.arena);
}

/* ---- the key ---- */

static void a_key_is_made_once_and_private(void **state)
{
    (void)state;
    char dir[] = "/tmp/lurewatch-key-XXXXXX", path[64], alias[64];
    struct contact_key one, two;
    struct failure why = {0};
    struct stat about;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/contact.key", dir);
    snprintf(alias, sizeof alias, "%s/alias", dir);
    assert_int_equal(contact_key_load(path, false, &one, &why), ERR_NOT_FOUND);
    assert_int_equal(contact_key_load(path, true, &one, &why), OK);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(contact_key_load(path, true, &two, &why), OK);
    assert_memory_equal(one.bytes, two.bytes, sizeof one.bytes);
    assert_int_equal(symlink(path, alias), 0);
    assert_int_equal(contact_key_load(alias, true, &two, &why), ERR_DENIED);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(contact_key_load(path, true, &two, &why), ERR_DENIED);
    assert_non_null(strstr(why.text, "chmod 600"));
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(truncate(path, 64), 0);
    assert_int_equal(contact_key_load(path, true, &two, &why), ERR_SYNTAX);
    unlink(alias);
    unlink(path);
    rmdir(dir);
}

static void hashes_need_the_key_and_meet_across_messengers(void **state)
{
    (void)state;
    struct contact_key one = {{1}}, two = {{2}};
    struct digest a = contact_key_hash(&one, CONTACT_WHATSAPP, SLICE("+6281200000000"));
    struct digest b = contact_key_hash(&one, CONTACT_PHONE, SLICE("+6281200000000"));
    struct digest c = contact_key_hash(&two, CONTACT_PHONE, SLICE("+6281200000000"));
    struct digest d = contact_key_hash(&one, CONTACT_TELEGRAM, SLICE("contoh"));
    struct digest e = contact_key_hash(&one, CONTACT_LINE, SLICE("contoh"));
    struct digest f = contact_key_hash(&one, CONTACT_LINE, SLICE("Contoh"));
    assert_memory_equal(a.bytes, b.bytes, DIGEST_BYTES);
    assert_memory_equal(e.bytes, f.bytes, DIGEST_BYTES);
    assert_memory_not_equal(a.bytes, c.bytes, DIGEST_BYTES);
    assert_memory_not_equal(d.bytes, e.bytes, DIGEST_BYTES);
}

static void long_values_have_letters_of_one_case_too(void **state)
{
    struct contact_key key = {{1}};
    char small[5000], large[5000];
    (void)state;
    memset(small, 'a', sizeof small);
    memset(large, 'A', sizeof large);
    struct digest a = contact_key_hash(&key, CONTACT_URL, slice_make(small, sizeof small));
    struct digest b = contact_key_hash(&key, CONTACT_URL, slice_make(large, sizeof large));
    assert_memory_equal(a.bytes, b.bytes, DIGEST_BYTES);
}

static void tails_tell_little(void **state)
{
    (void)state;
    char at[CONTACT_TAIL_BYTES];
    assert_string_equal(contact_tail(SLICE("+6281200000123"), at), "123");
    assert_string_equal(contact_tail(SLICE("kerja1"), at), "a1");
    assert_string_equal(contact_tail(SLICE("abcd"), at), "");
    assert_string_equal(contact_tail(SLICE_EMPTY, at), "");
    assert_string_equal(contact_tail(SLICE("abcde\xe5\xbe\xae\xe4\xbf\xa1"), at),
                        "\xe5\xbe\xae\xe4\xbf\xa1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_span_becomes_stars_of_the_same_length),
        cmocka_unit_test(names_in_the_verdict_are_masked_like_their_field),
        cmocka_unit_test(a_long_handle_is_sought_in_a_long_text),
        cmocka_unit_test(characters_are_never_cut),
        cmocka_unit_test(quotes_say_no_more_than_the_field),
        cmocka_unit_test(a_handle_that_is_a_word_masks_only_handles),
        cmocka_unit_test(spans_out_of_range_do_no_harm),
        cmocka_unit_test(a_key_is_made_once_and_private),
        cmocka_unit_test(hashes_need_the_key_and_meet_across_messengers),
        cmocka_unit_test(long_values_have_letters_of_one_case_too),
        cmocka_unit_test(tails_tell_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
