/* Who may use the page and what its HTML can hold: accounts, sessions, forms, escaping. */
#include "review/accounts.h"
#include "review/device.h"
#include "review/form.h"
#include "review/html_writer.h"
#include "review/messages.h"
#include "review/multipart.h"
#include "review/sessions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW 1795512345000LL

static void text_is_never_markup(void **state)
{
    struct text_buf out;
    struct html html;
    (void)state;
    text_buf_init(&out, 4096);
    html_init(&html, &out);
    html_open(&html, "p");
    html_put_attr(&html, "title", "\"><script>'&");
    html_text(&html, SLICE("<b>&\"'\x00\xff</b>"));
    html_close(&html);
    const char *text = text_buf_cstr(&out);
    assert_null(strstr(text, "<script"));
    assert_null(strstr(text, "<b>"));
    assert_non_null(strstr(text, "&lt;b&gt;&amp;"));
    assert_null(memchr(text, '\xff', out.len));
    text_buf_release(&out);
}

static void forms_are_decoded_once(void **state)
{
    struct arena *arena = NULL;
    struct form form;
    (void)state;
    assert_int_equal(arena_create(1u << 20, &arena), OK);
    assert_int_equal(form_parse(arena, SLICE("a=1+2%2B3&b=%25zz&c&=x&a=4"), &form), OK);
    assert_true(slice_is(form_get(&form, "a"), "1 2+3"));
    assert_true(slice_is(form_get(&form, "b"), "%zz"));
    assert_int_equal(form_get(&form, "c").len, 0);
    assert_int_equal(form_get(&form, "nothing").len, 0);
    arena_free(arena);
}

static void a_form_with_files_is_read_up_to_what_is_wrong(void **state)
{
    struct arena *arena = NULL;
    struct form form;
    struct slice file;
    const struct slice type = SLICE("Multipart/Form-Data; boundary=\"b c\"");
#define FIELD(name) "--b c\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n"
#define FILE_OF(name)                                                                              \
    "--b c\r\ncontent-disposition: form-data; name=" name "; filename=\"a\\\"b\"\r\nX: y\r\n\r\n"
    const struct {
        struct slice body;
        enum form_flaw flaw;
        size_t count, files;
    } cases[] = {
        {SLICE(FIELD("a") "1\r\n" FILE_OF("f") "\r\n--b\0\r\n\r\n--b c--"), FORM_SOUND, 1, 1},
        {SLICE(FIELD("a") "1\r\n--b c--\r\n"), FORM_SOUND, 1, 0},
        {SLICE(FIELD("a") "1\r\n" FILE_OF("f") "cut"), FORM_UNFINISHED, 1, 0},
        {SLICE(FIELD("a") "1\r\n--b c"), FORM_UNFINISHED, 1, 0},
        {SLICE(FIELD("a") "1\r\n--b c--more"), FORM_MALFORMED, 1, 0},
        {SLICE(FIELD("a") "1\r\n" FIELD("a") "2\r\n--b c--"), FORM_REPEATED, 1, 0},
        {SLICE(FIELD("a") "1\r\n--b c\r\nContent-Type: x\r\n\r\n\r\n--b c--"), FORM_MALFORMED, 1,
         0},
        {SLICE(FIELD("") "1\r\n--b c--"), FORM_MALFORMED, 0, 0},
        {SLICE("\r\n" FIELD("a") "1\r\n--b c--"), FORM_MALFORMED, 0, 0},
        {SLICE(""), FORM_UNFINISHED, 0, 0},
    };
    (void)state;
    assert_int_equal(arena_create(1u << 20, &arena), OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(multipart_parse(arena, type, cases[i].body, &form), OK);
        assert_int_equal(form.flaw, cases[i].flaw);
        assert_int_equal(form.count, cases[i].count);
        assert_int_equal(form.files_count, cases[i].files);
        if (cases[i].count > 0)
            assert_true(slice_is(form_get(&form, "a"), "1"));
        assert_int_equal(form_file(&form, "f", &file), cases[i].files > 0);
        if (cases[i].files > 0)
            assert_true(slice_equal(file, SLICE("\r\n--b\0\r\n")));
        assert_int_equal(form_get(&form, "f").len, 0);
    }
    arena_free(arena);
}

static void an_account_is_its_password_and_role(void **state)
{
    char dir[] = "/tmp/lurewatch-unit-XXXXXX", path[64];
    struct accounts *accounts = NULL;
    struct failure why = {0};
    enum role role = ROLE_VIEWER;
    struct stat about;
    bool is_new = false;
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/accounts", dir);
    assert_int_equal(accounts_load(path, &accounts, &why), ERR_NOT_FOUND);
    assert_int_equal(accounts_put(path, "ani", ROLE_REVIEWER, "short", &is_new, &why), ERR_SYNTAX);
    assert_int_equal(
        accounts_put(path, "a:b", ROLE_REVIEWER, "long enough to be one", &is_new, &why),
        ERR_SYNTAX);
    assert_int_equal(
        accounts_put(path, "ani", ROLE_REVIEWER, "long enough to be one", &is_new, &why), OK);
    assert_true(is_new);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(accounts_load(path, &accounts, &why), OK);
    assert_true(accounts_check(accounts, "ani", "long enough to be one"));
    assert_false(accounts_check(accounts, "ani", "long enough to be two"));
    assert_false(accounts_check(accounts, "budi", "long enough to be one"));
    assert_true(accounts_role(accounts, "ani", &role) && role == ROLE_REVIEWER);
    accounts_free(accounts);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(accounts_load(path, &accounts, &why), ERR_DENIED);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(accounts_remove(path, "budi", &why), ERR_NOT_FOUND);
    assert_int_equal(accounts_remove(path, "ani", &why), OK);
    unlink(path);
    rmdir(dir);
}

static void a_session_ends_by_rest_by_age_and_by_logout(void **state)
{
    struct sessions *sessions = NULL;
    struct session found;
    char token[SESSION_TOKEN_BYTES];
    (void)state;
    assert_int_equal(sessions_create(&sessions), OK);
    sessions_begin(sessions, "ani", NOW, token);
    struct slice key = slice_of(token);
    assert_true(sessions_find(sessions, key, NOW + 1000, true, &found));
    assert_string_equal(found.name, "ani");
    assert_true(session_csrf_is(&found, slice_of(found.csrf)));
    assert_false(session_csrf_is(&found, SLICE("")));
    assert_false(sessions_find(sessions, SLICE("0000"), NOW, true, &found));
    /* A request that began a moment before another's login must not take that login's place. */
    char late[SESSION_TOKEN_BYTES], early[SESSION_TOKEN_BYTES];
    sessions_begin(sessions, "budi", NOW + 3000, late);
    sessions_begin(sessions, "citra", NOW + 2990, early);
    assert_true(sessions_find(sessions, slice_of(late), NOW + 2980, true, &found));
    assert_string_equal(found.name, "budi");
    assert_true(sessions_find(sessions, slice_of(early), NOW + 3000, true, &found));
    assert_string_equal(found.name, "citra");
    /* A clock set back by hours ends what it cannot tell the age of. */
    assert_false(sessions_find(sessions, slice_of(late), NOW - 3600000, true, &found));
    sessions_decided(sessions, key, 7);
    sessions_decided(sessions, key, 8);
    assert_int_equal(sessions_undo(sessions, key), 8);
    assert_int_equal(sessions_undo(sessions, key), 7);
    assert_int_equal(sessions_undo(sessions, key), 0);
    assert_false(sessions_find(sessions, key, NOW + 2000 + SESSION_IDLE_MS, true, &found));
    sessions_begin(sessions, "ani", NOW, token);
    for (int64_t at = 0; at < SESSION_LIFE_MS; at += SESSION_IDLE_MS / 2)
        assert_true(sessions_find(sessions, slice_of(token), NOW + at, true, &found));
    assert_false(sessions_find(sessions, slice_of(token), NOW + SESSION_LIFE_MS + 1, true, &found));
    sessions_begin(sessions, "ani", NOW, token);
    sessions_end(sessions, slice_of(token));
    assert_false(sessions_find(sessions, slice_of(token), NOW, true, &found));
    sessions_free(sessions);
}

static void wrong_passwords_wait_longer_and_longer(void **state)
{
    const struct login_from ani = {"ani", SLICE_EMPTY}, budi = {"budi", SLICE_EMPTY};
    struct sessions *sessions = NULL;
    (void)state;
    assert_int_equal(sessions_create(&sessions), OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(login_wait_ms(sessions, &ani, NOW), 0);
        login_note(sessions, &ani, false, NOW);
    }
    login_note(sessions, &ani, false, NOW);
    int64_t wait = login_wait_ms(sessions, &ani, NOW);
    assert_true(wait > 0);
    login_note(sessions, &ani, false, NOW + wait);
    assert_true(login_wait_ms(sessions, &ani, NOW + wait) > wait);
    assert_int_equal(login_wait_ms(sessions, &budi, NOW), 0);
    sessions_free(sessions);
}

static void a_known_browser_is_counted_by_itself(void **state)
{
    struct sessions *sessions = NULL;
    char one[DEVICE_BYTES], other[DEVICE_BYTES];
    const struct digest mark = digest_of(SLICE("a hash"));
    (void)state;
    device_make(&mark, one);
    device_make(&mark, other);
    const struct login_from stranger = {"ani", SLICE_EMPTY}, ani = {"ani", slice_of(one)},
                            too = {"ani", slice_of(other)}, anybody = {"dewi", SLICE_EMPTY};
    assert_int_equal(sessions_create(&sessions), OK);
    for (int i = 0; i < 40; i++)
        login_note(sessions, &stranger, false, NOW);
    assert_true(login_wait_ms(sessions, &stranger, NOW) > 0);
    assert_true(login_wait_ms(sessions, &anybody, NOW) > 0);
    assert_int_equal(login_wait_ms(sessions, &ani, NOW), 0);
    /* who comes in by a known browser gives strangers no new tries */
    login_note(sessions, &ani, false, NOW);
    login_note(sessions, &ani, true, NOW);
    assert_true(login_wait_ms(sessions, &stranger, NOW) > 0);
    assert_true(login_wait_ms(sessions, &anybody, NOW) > 0);
    /* a browser that was stolen has its own tries, and they are no others' */
    for (int i = 0; i < 4; i++)
        login_note(sessions, &ani, false, NOW);
    assert_true(login_wait_ms(sessions, &ani, NOW) > 0);
    assert_int_equal(login_wait_ms(sessions, &too, NOW), 0);
    /* whoever has an account takes back its own try, and gives strangers' none with it */
    const struct login_from own = {"own", SLICE_EMPTY};
    login_note(sessions, &own, false, NOW);
    login_note(sessions, &own, true, NOW);
    assert_true(login_wait_ms(sessions, &anybody, NOW) > 0);
    /* and its many browsers push none of another's out */
    for (int i = 0; i < 300; i++) {
        char cookie[16];
        snprintf(cookie, sizeof cookie, "own%d", i);
        login_note(sessions, &(const struct login_from){"own", slice_of(cookie)}, false, NOW + i);
    }
    assert_true(login_wait_ms(sessions, &ani, NOW) > 0);
    /* any number of names and browsers takes no more room, and the last to fail is known */
    for (int i = 0; i < 3000; i++) {
        char name[32], cookie[DEVICE_BYTES];
        snprintf(name, sizeof name, "name%d", i);
        snprintf(cookie, sizeof cookie, "%096d", i);
        const struct login_from tries[] = {{name, SLICE_EMPTY}, {name, slice_of(cookie)}};
        for (int n = 0; n < 8; n++)
            login_note(sessions, &tries[n & 1], false, NOW + i);
        assert_true(login_wait_ms(sessions, &tries[1], NOW + i) > 0);
    }
    sessions_free(sessions);
}

static void a_browsers_cookie_is_of_one_account_and_password(void **state)
{
    char cookie[DEVICE_BYTES], again[DEVICE_BYTES];
    const struct digest mark = digest_of(SLICE("a hash")), other = digest_of(SLICE("another"));
    (void)state;
    device_make(&mark, cookie);
    device_make(&mark, again);
    assert_string_not_equal(cookie, again);
    assert_int_equal(strspn(cookie, "0123456789abcdef"), DEVICE_BYTES - 1);
    assert_true(device_is(&mark, slice_of(cookie)));
    assert_false(device_is(&other, slice_of(cookie)));
    assert_false(device_is(&mark, SLICE_EMPTY));
    assert_false(device_is(&mark, slice_sub(slice_of(cookie), 0, DEVICE_BYTES - 2)));
    for (size_t i = 0; i < DEVICE_BYTES - 1; i++) {
        memcpy(again, cookie, sizeof cookie);
        again[i] = again[i] == '0' ? '1' : '0';
        assert_false(device_is(&mark, slice_of(again)));
    }
}

/* A text that one language has and the other lacks would be shown in English. */
static void indonesian_has_every_text(void **state)
{
    struct languages *languages = NULL;
    struct failure why = {0};
    (void)state;
    if (languages_load(NULL, &languages, &why) != OK)
        fail_msg("%s", why.text);
    const struct messages *en = languages_find(languages, SLICE("en"));
    const struct messages *id = languages_find(languages, SLICE("id"));
    assert_non_null(en);
    assert_non_null(id);
    static const char *const keys[] = {"today.title", "case.findings",  "act.confirm",
                                       "footer.care", "login.password", "audit.holds"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_false(slice_equal(messages_get(en, keys[i]), messages_get(id, keys[i])));
    assert_ptr_equal(languages_pick(languages, SLICE("xx, id-ID;q=0.8, en")), id);
    assert_ptr_equal(languages_pick(languages, SLICE("xx")), en);
    languages_free(languages);
}

static void many_sessions_of_one_end_none_of_others(void **state)
{
    struct sessions *sessions = NULL;
    struct session found;
    char budi[SESSION_TOKEN_BYTES], first[SESSION_TOKEN_BYTES], last[SESSION_TOKEN_BYTES];
    (void)state;
    assert_int_equal(sessions_create(&sessions), OK);
    sessions_begin(sessions, "budi", NOW, budi);
    sessions_begin(sessions, "ani", NOW + 1, first);
    for (unsigned i = 0; i < SESSIONS_MAX + 8; i++)
        sessions_begin(sessions, "ani", NOW + 2 + i, last);
    assert_true(sessions_find(sessions, slice_of(budi), NOW + 1000, true, &found));
    assert_true(sessions_find(sessions, slice_of(last), NOW + 1000, true, &found));
    assert_false(sessions_find(sessions, slice_of(first), NOW + 1000, true, &found));
    sessions_free(sessions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_sessions_of_one_end_none_of_others),
        cmocka_unit_test(text_is_never_markup),
        cmocka_unit_test(forms_are_decoded_once),
        cmocka_unit_test(a_form_with_files_is_read_up_to_what_is_wrong),
        cmocka_unit_test(an_account_is_its_password_and_role),
        cmocka_unit_test(a_session_ends_by_rest_by_age_and_by_logout),
        cmocka_unit_test(wrong_passwords_wait_longer_and_longer),
        cmocka_unit_test(a_known_browser_is_counted_by_itself),
        cmocka_unit_test(a_browsers_cookie_is_of_one_account_and_password),
        cmocka_unit_test(indonesian_has_every_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
