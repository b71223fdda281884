/* Dates of the web, read and written; durations; digests in their spellings. */
#include "common/clock.h"
#include "common/digest.h"
#include "tests/unit/unit.h"

static void expect_iso(const char *text, int64_t unix_ms)
{
    int64_t found = 0;
    if (clock_parse_iso(slice_of(text), &found) != OK)
        fail_msg("\"%s\" was not read", text);
    if (found != unix_ms)
        fail_msg("\"%s\" gave %lld", text, (long long)found);
}

static void iso_dates_are_read(void **state)
{
    (void)state;
    expect_iso("1970-01-01", 0);
    expect_iso(" 2026-11-24 ", INT64_C(1795478400000));
    expect_iso("2026-11-24T09:27:03Z", INT64_C(1795512423000));
    expect_iso("2026-11-24 09:27", INT64_C(1795512420000));
    expect_iso("2026-11-24T09:27:03.999+07:00", INT64_C(1795487223000));
    expect_iso("2026-11-24t09:27:03-0730", INT64_C(1795539423000));
    expect_iso("2026-11-24T09:27+07", INT64_C(1795487220000));
    expect_iso("2024-02-29", INT64_C(1709164800000));
    expect_iso("1969-12-31T23:59:59Z", -1000);
    expect_iso("2026-1-5", INT64_C(1767571200000));
    expect_iso("2016-12-31T23:59:60Z", INT64_C(1483228800000)); /* a leap second */
}

static void what_is_no_iso_date_is_refused(void **state)
{
    static const char *const rows[] = {"",
                                       "2026",
                                       "2026-11",
                                       "26-11-24",
                                       "2026-13-01",
                                       "2026-00-01",
                                       "2026-02-29",
                                       "2026-04-31",
                                       "2026-11-24T",
                                       "2026-11-24T24:00",
                                       "2026-11-24T09:60",
                                       "2026-11-24T09:27:61",
                                       "2026-11-24--29",
                                       "2026-11-24+07:00",
                                       "2026-11-24T09:27+7",
                                       "2026-11-24T09:27+-1:00",
                                       "2026-11-24T09:27Zulu",
                                       "2026-11-24x",
                                       "-2026-11-24",
                                       "2026- 1- 1"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t value = 7;
        if (clock_parse_iso(slice_of(rows[i]), &value) != ERR_SYNTAX)
            fail_msg("\"%s\" was read as %lld", rows[i], (long long)value);
        assert_int_equal(value, 7);
    }
    int64_t value = 7;
    assert_int_equal(clock_parse_iso(SLICE("2026-11-24\0T"), &value), ERR_SYNTAX);
}

static void dates_are_written_in_utc(void **state)
{
    char at[CLOCK_RFC3339_BYTES];
    (void)state;
    assert_string_equal(clock_rfc3339(INT64_C(1795512423999), at), "2026-11-24T09:27:03Z");
    assert_string_equal(clock_rfc3339(-1, at), "1969-12-31T23:59:59Z");
    assert_string_equal(clock_rfc3339(INT64_C(253402300799000), at), "9999-12-31T23:59:59Z");
    assert_string_equal(clock_rfc3339(INT64_C(-62135596800000), at), "0001-01-01T00:00:00Z");
    assert_string_equal(clock_rfc3339(INT64_MAX, at), "0000-00-00T00:00:00Z");
    assert_string_equal(clock_rfc3339(INT64_MIN, at), "0000-00-00T00:00:00Z");
}

static void the_three_http_forms_are_one_date(void **state)
{
    static const char *const forms[] = {"Sun, 06 Nov 1994 08:49:37 GMT",
                                        "Sunday, 06-Nov-94 08:49:37 GMT",
                                        "Sun Nov  6 08:49:37 1994"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        int64_t value = 0;
        assert_int_equal(clock_parse_http(slice_of(forms[i]), &value), OK);
        assert_true(value == INT64_C(784111777000));
    }
}

static void what_is_no_http_date_is_refused(void **state)
{
    static const char *const rows[] = {"",
                                       "0",
                                       "-1",
                                       "Sun, 31 Feb 1994 08:49:37 GMT",
                                       "Sun, 06 Nov 1994 08:49:37 CET",
                                       "06 Nov 1994 08:49:37 GMT",
                                       "Sun, 06 Nov 1994"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t value = 7;
        if (clock_parse_http(slice_of(rows[i]), &value) == OK)
            fail_msg("\"%s\" was read as %lld", rows[i], (long long)value);
    }
}

static void durations_have_a_unit(void **state)
{
    static const struct {
        const char *text;
        int rc;
        int64_t ms;
    } rows[] = {
        {"90s", OK, 90000},
        {"15m", OK, 900000},
        {"6h", OK, 21600000},
        {"2d", OK, 172800000},
        {"1500ms", OK, 1500},
        {"0s", OK, 0},
        {"90", ERR_SYNTAX, 7},
        {"-1s", ERR_SYNTAX, 7},
        {"1.5h", ERR_SYNTAX, 7},
        {"s", ERR_SYNTAX, 7},
        {"", ERR_SYNTAX, 7},
        {"9223372036854775807d", ERR_LIMIT, 7},
        {"99999999999999999999s", ERR_LIMIT, 7},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t ms = 7;
        assert_int_equal(clock_parse_duration(slice_of(rows[i].text), &ms), rows[i].rc);
        assert_true(ms == rows[i].ms);
    }
}

static void the_monotonic_clock_does_not_step_back(void **state)
{
    (void)state;
    int64_t before = clock_mono_ms();
    for (int i = 0; i < 1000; i++)
        assert_true(clock_mono_ms() >= before);
    assert_true(clock_unix_ms() > INT64_C(1700000000000));
}

static void digests_are_those_of_the_standards(void **state)
{
    char hex[DIGEST_HEX_BYTES], base32[DIGEST_BASE32_BYTES];
    (void)state;
    struct digest empty = digest_of(SLICE("")), abc = digest_of(SLICE("abc"));
    assert_string_equal(digest_hex(&empty, hex),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_string_equal(digest_hex(&abc, hex),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(digest_base32(&abc, base32),
                        "XJ4BNP4PAHH6UQKBIDPF3LRCEOYAGYNDSYLXVHFUCD7WD4QACWWQ====");
    struct digest hmac = digest_hmac(SLICE("Jefe"), SLICE("what do ya want for nothing?"));
    assert_string_equal(digest_hex(&hmac, hex), /* RFC 4231, case 2 */
                        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void a_stream_digests_pieces_and_starts_anew(void **state)
{
    struct digest_stream *stream = NULL;
    (void)state;
    assert_int_equal(digest_stream_create(&stream), OK);
    struct digest abc = digest_of(SLICE("abc"));
    for (int round = 0; round < 2; round++) {
        digest_stream_add(stream, SLICE("a"));
        digest_stream_add(stream, SLICE(""));
        digest_stream_add(stream, SLICE("bc"));
        struct digest found = digest_stream_end(stream);
        assert_memory_equal(found.bytes, abc.bytes, DIGEST_BYTES);
    }
    digest_stream_free(stream);
    digest_stream_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(iso_dates_are_read),
        cmocka_unit_test(what_is_no_iso_date_is_refused),
        cmocka_unit_test(dates_are_written_in_utc),
        cmocka_unit_test(the_three_http_forms_are_one_date),
        cmocka_unit_test(what_is_no_http_date_is_refused),
        cmocka_unit_test(durations_have_a_unit),
        cmocka_unit_test(the_monotonic_clock_does_not_step_back),
        cmocka_unit_test(digests_are_those_of_the_standards),
        cmocka_unit_test(a_stream_digests_pieces_and_starts_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
