/* fuzz_clock.c - any bytes as a date or a duration. A date that was read is written and read again to
 * the same second. */
#include "common/clock.h"
#include "tests/fuzz/fuzz.h"

static void check_date(int64_t unix_ms)
{
    char text[CLOCK_RFC3339_BYTES];
    int64_t again = 0;
    clock_rfc3339(unix_ms, text);
    if (unix_ms < INT64_C(-62167219200000) || unix_ms > INT64_C(253402300799999))
        return; /* an offset carried it out of the years that can be written */
    PROMISE(clock_parse_iso(slice_of(text), &again) == OK);
    int64_t second = unix_ms / 1000 - (unix_ms % 1000 < 0 ? 1 : 0);
    PROMISE(again == second * 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = fuzz_slice(data, size);
    int64_t value = 0;
    if (clock_parse_iso(text, &value) == OK)
        check_date(value);
    if (clock_parse_http(text, &value) == OK)
        check_date(value);
    if (clock_parse_duration(text, &value) == OK)
        PROMISE(value >= 0);
    return 0;
}
