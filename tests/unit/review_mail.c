/* Mail: heads, subjects of any script, lines and attachments; addresses that would inject. */
#include "review/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct mail sample(void)
{
    return (struct mail){.from = "desk@agency.example",
                         .to = "abuse@board.example",
                         .subject = "Request R-4",
                         .body = "First\nSecond\n",
                         .id = "request-4",
                         .date_unix_ms = 1764028800000};
}

static void a_plain_message(void **state)
{
    (void)state;
    struct text_buf out;
    struct failure why = {0};
    struct mail mail = sample();
    text_buf_init(&out, 1u << 20);
    assert_int_equal(mail_compose(&mail, &out, &why), OK);
    assert_string_equal(text_buf_cstr(&out),
                        "From: desk@agency.example\r\nTo: abuse@board.example\r\n"
                        "Subject: Request R-4\r\nDate: Tue, 25 Nov 2025 00:00:00 +0000\r\n"
                        "Message-ID: <request-4@agency.example>\r\n"
                        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: base64\r\n\r\nRmlyc3QNClNlY29uZA0K\r\n");
    text_buf_release(&out);
}

static void subjects_are_encoded_in_whole_characters(void **state)
{
    (void)state;
    struct text_buf out;
    struct failure why = {0};
    struct mail mail = sample();
    mail.subject = "รับสมัครงานต่างประเทศ รายได้ดี ไม่ต้องมีประสบการณ์\r\nBcc: x@y.example";
    text_buf_init(&out, 1u << 20);
    assert_int_equal(mail_compose(&mail, &out, &why), OK);
    assert_null(strstr(text_buf_cstr(&out), "\r\nBcc:"));
    struct slice rest = text_buf_slice(&out), line;
    while (slice_next_line(&rest, &line))
        assert_true(line.len <= 78);
    assert_non_null(strstr(text_buf_cstr(&out), "?=\r\n =?UTF-8?B?"));
    text_buf_release(&out);
}

static void an_attachment_is_a_second_part(void **state)
{
    (void)state;
    struct text_buf out;
    struct failure why = {0};
    struct mail mail = sample();
    mail.attachment = SLICE("PK\x03\x04");
    mail.attachment_name = "case-4.zip";
    mail.attachment_type = "application/zip";
    text_buf_init(&out, 1u << 20);
    assert_int_equal(mail_compose(&mail, &out, &why), OK);
    assert_non_null(strstr(text_buf_cstr(&out), "multipart/mixed; boundary="));
    assert_non_null(strstr(text_buf_cstr(&out), "filename=\"case-4.zip\""));
    assert_non_null(strstr(text_buf_cstr(&out), "\r\n\r\nUEsDBA==\r\n--lurewatch-part-"));
    text_buf_release(&out);
}

static void addresses_that_would_inject_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"a@b\r\nBcc: c@d", "<a@b>", "a b@c", "a@b,c@d", "@b", "a@",
                                      "a@b@c",           "",      "nobody"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct text_buf out;
        struct failure why = {0};
        struct mail mail = sample();
        mail.to = bad[i];
        text_buf_init(&out, 1u << 20);
        assert_int_equal(mail_compose(&mail, &out, &why), ERR_SYNTAX);
        assert_int_equal(out.len, 0);
        text_buf_release(&out);
    }
    assert_true(mail_address_is_sound("a.b+c@d-e.example"));
}

static void base64_of_every_length(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    struct text_buf out;
    text_buf_init(&out, 100);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        text_buf_reset(&out);
        mail_add_base64(&out, slice_of(pairs[i][0]), 0);
        assert_string_equal(text_buf_cstr(&out), pairs[i][1]);
    }
    text_buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_message),
        cmocka_unit_test(subjects_are_encoded_in_whole_characters),
        cmocka_unit_test(an_attachment_is_a_second_part),
        cmocka_unit_test(addresses_that_would_inject_are_refused),
        cmocka_unit_test(base64_of_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
