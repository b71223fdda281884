/* An HTTP response taken apart: heads as archives keep them, chunks joined, what is broken named. */
#include "app/http_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct text_buf chunks;

static int split(const char *message, struct http_message *ret_message)
{
    struct failure why = {0};
    int rc = http_message_split(slice_of(message), &chunks, ret_message, &why);
    if (rc != OK)
        assert_true(strlen(why.text) > 5);
    return rc;
}

static void expect_body(const char *message, const char *body, bool cut)
{
    struct http_message found;
    assert_int_equal(split(message, &found), OK);
    assert_true(slice_is(found.body, body));
    assert_int_equal(found.cut, cut);
}

static void heads_are_read_without_case(void **state)
{
    struct http_message found;
    (void)state;
    assert_int_equal(split("HTTP/1.1 200 OK\r\ncontent-TYPE : text/html; charset=gbk\r\n"
                           "Content-Encoding:gzip\r\nLocation: /next\r\n\r\nbody",
                           &found),
                     OK);
    assert_int_equal(found.status, 200);
    assert_true(slice_is(found.content_type, "text/html; charset=gbk"));
    assert_true(slice_is(found.content_encoding, "gzip"));
    assert_true(slice_is(found.location, "/next"));
    assert_true(slice_is(found.body, "body"));
    assert_int_equal(split("HTTP/2 404\nA: b\n\n", &found), OK);
    assert_int_equal(found.status, 404);
    assert_int_equal(found.body.len, 0);
}

static void chunks_are_joined(void **state)
{
    (void)state;
    const char *head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    char message[512];
    snprintf(message, sizeof message, "%s5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nX: y\r\n\r\n", head);
    expect_body(message, "hello world", false);
    snprintf(message, sizeof message, "%s5\nhello\n0\n\n", head);
    expect_body(message, "hello", false);
}

static void chunks_that_end_early_give_what_came(void **state)
{
    (void)state;
    const char *head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n";
    char message[512];
    snprintf(message, sizeof message, "%sff\r\nhello", head);
    expect_body(message, "hello", true);
    snprintf(message, sizeof message, "%s5\r\nhello\r\nzz\r\nmore", head);
    expect_body(message, "hello", true);
    snprintf(message, sizeof message, "%sffffffffffffffffff\r\nhello", head);
    expect_body(message, "ffffffffffffffffff\r\nhello", false); /* no chunk: as it stands */
}

static void a_body_joined_by_the_archive_stays(void **state)
{
    (void)state;
    expect_body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<html>page</html>",
                "<html>page</html>", false);
}

static void what_is_no_message_is_named(void **state)
{
    struct http_message found;
    (void)state;
    assert_int_equal(split("", &found), ERR_SYNTAX);
    assert_int_equal(split("<html>", &found), ERR_SYNTAX);
    assert_int_equal(split("HTTP/1.1 huh\r\n\r\n", &found), ERR_SYNTAX);
    assert_int_equal(split("HTTP/1.1 200 OK\r\nA: b\r\n", &found), ERR_SYNTAX);
}

static void a_body_over_the_limit_is_named(void **state)
{
    struct text_buf small;
    struct http_message found;
    struct failure why = {0};
    (void)state;
    text_buf_init(&small, 4);
    struct slice message =
        SLICE("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    assert_int_equal(http_message_split(message, &small, &found, &why), ERR_LIMIT);
    assert_non_null(strstr(why.text, "4 bytes"));
    text_buf_release(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_are_read_without_case),
        cmocka_unit_test(chunks_are_joined),
        cmocka_unit_test(chunks_that_end_early_give_what_came),
        cmocka_unit_test(a_body_joined_by_the_archive_stays),
        cmocka_unit_test(what_is_no_message_is_named),
        cmocka_unit_test(a_body_over_the_limit_is_named),
    };
    text_buf_init(&chunks, 1u << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    text_buf_release(&chunks);
    return failed;
}
