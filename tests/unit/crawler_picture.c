/* What a browser hands over as a picture is looked at before it is believed. */
#include "crawler/renderer_inside.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

static const struct picture_limits limits = {1280, 8000, 1u << 20};

/* {"data":"…"} read as a picture; *ret_len its bytes. */
static int take(const char *base64, size_t *ret_len, const char **ret_why)
{
    struct text_buf text;
    struct json_doc *doc = NULL;
    char *bytes = NULL;
    text_buf_init(&text, 4u << 20);
    text_buf_printf(&text, "{\"data\":\"%s\"}", base64);
    assert_int_equal(json_parse(text_buf_slice(&text), true, 8, &doc, NULL), OK);
    int rc = picture_read(json_root(doc), &limits, &bytes, ret_len, ret_why);
    if (rc == OK)
        assert_memory_equal(bytes, "\x89PNG", 4);
    free(bytes);
    json_free(doc);
    text_buf_release(&text);
    return rc;
}

/* One red pixel. */
static const char pixel[] = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4"
                            "z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

static void a_png_is_taken_whole(void **state)
{
    (void)state;
    size_t len = 0;
    const char *why = "";
    assert_int_equal(take(pixel, &len, &why), OK);
    assert_int_equal(len, 69);
}

static void what_is_none_is_refused(void **state)
{
    (void)state;
    char bad[sizeof pixel + 8];
    size_t len = 0;
    const char *why = "";
    assert_int_equal(take("", &len, &why), ERR_IO);
    assert_int_equal(take("====", &len, &why), ERR_IO);
    assert_int_equal(take("PGh0bWw+", &len, &why), ERR_IO);
    assert_string_equal(why, "the browser gave no picture");
    for (size_t cut = 1; cut < sizeof pixel - 1; cut++) { /* the end is missing */
        memcpy(bad, pixel, cut);
        bad[cut] = '\0';
        assert_int_equal(take(bad, &len, &why), ERR_IO);
    }
    snprintf(bad, sizeof bad, "%sAAAA", pixel); /* something behind it */
    assert_int_equal(take(bad, &len, &why), ERR_IO);
    memcpy(bad, pixel, sizeof pixel);
    bad[40] = '*'; /* no base64 */
    assert_int_equal(take(bad, &len, &why), ERR_IO);
    memcpy(bad, pixel, sizeof pixel);
    memcpy(bad + 20, "UgAB", 4); /* wider than was asked for */
    assert_int_equal(take(bad, &len, &why), ERR_IO);
}

static void what_is_too_large_is_not_even_read(void **state)
{
    (void)state;
    size_t len = 0, size = (2u << 20) + 1;
    const char *why = "";
    char *large = malloc(size);
    assert_non_null(large);
    memset(large, 'A', size - 1);
    large[size - 1] = '\0';
    assert_int_equal(take(large, &len, &why), ERR_LIMIT);
    assert_string_equal(why, "the picture is too large");
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_png_is_taken_whole),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(what_is_too_large_is_not_even_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
