/* What a result tells of an answer's head. */
#include "crawler/fetcher_inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void read_head(struct arena *arena, const char *head, struct fetch_result *ret_result)
{
    *ret_result = (struct fetch_result){.content_type = "",
                                        .content_encoding = "",
                                        .location = "",
                                        .etag = "",
                                        .last_modified = "",
                                        .retry_after = "",
                                        .robots_tag = ""};
    assert_int_equal(fetch_head_read(slice_of(head), arena, ret_result), OK);
}

static void fields(void **state)
{
    struct arena *arena = NULL;
    struct fetch_result result;
    (void)state;
    assert_int_equal(arena_create(1u << 20, &arena), OK);
    read_head(arena,
              "HTTP/1.1 200 OK\r\nCONTENT-TYPE:\ttext/html ; charset=gbk \r\nlocation: /a b\r\n"
              "Location: /second\r\nETag: W/\"x:y\"\r\nRetry-After:\r\nRetry-After: "
              "5\r\nretry-after: 9\r\n"
              "X-Robots-Tag: noindex\r\n X-Robots-Tag: folded\r\nx-robots-tag: nofollow\r\n"
              "Content-Encoding: gzip\r\nContent-Encoding: br\r\nno colon here\r\n\r\n",
              &result);
    assert_string_equal(result.content_type, "text/html ; charset=gbk");
    assert_string_equal(result.location, "/a b");
    assert_string_equal(result.etag, "W/\"x:y\"");
    assert_string_equal(result.retry_after, "5\n9");
    assert_string_equal(result.robots_tag, "noindex, nofollow");
    assert_string_equal(result.content_encoding, "gzip, br");
    assert_string_equal(result.last_modified, "");
    arena_free(arena);
}

static void a_long_list_is_cut(void **state)
{
    static const char line[] = "X-Robots-Tag: a-word-that-grows-the-list\r\n";
    struct arena *arena = NULL;
    struct fetch_result result;
    struct text_buf head;
    (void)state;
    assert_int_equal(arena_create(1u << 20, &arena), OK);
    text_buf_init(&head, 1u << 20);
    while (head.len < 256u << 10)
        text_buf_add(&head, line, sizeof line - 1);
    result = (struct fetch_result){.robots_tag = "", .content_type = ""};
    assert_int_equal(fetch_head_read(text_buf_slice(&head), arena, &result), OK);
    assert_in_range(strlen(result.robots_tag), 1900, 2100);
    text_buf_release(&head);
    arena_free(arena);
}

static void status_lines(void **state)
{
    (void)state;
    assert_int_equal(fetch_head_status(SLICE("HTTP/1.1 200 OK")), 200);
    assert_int_equal(fetch_head_status(SLICE("HTTP/2 404")), 404);
    assert_int_equal(fetch_head_status(SLICE("HTTP/1.0 099 x")), 0);
    assert_int_equal(fetch_head_status(SLICE("HTTP/1.1 2x0 x")), 0);
    assert_int_equal(fetch_head_status(SLICE("ICY 200 OK")), 0);
    assert_int_equal(fetch_head_status(SLICE("HTTP/1.1")), 0);
    assert_int_equal(fetch_head_status(SLICE_EMPTY), 0);
}

static void two_lengths(void **state)
{
    (void)state;
    assert_true(fetch_head_is_sound(SLICE("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")));
    assert_true(fetch_head_is_sound(SLICE("content-length: 5\r\nContent-Length:5\r\n\r\n")));
    assert_false(fetch_head_is_sound(SLICE("content-length: 5\r\nContent-Length: 6\r\n\r\n")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),
        cmocka_unit_test(a_long_list_is_cut),
        cmocka_unit_test(status_lines),
        cmocka_unit_test(two_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
