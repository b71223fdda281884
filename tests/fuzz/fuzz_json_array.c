/* fuzz_json_array.c - any bytes as a JSON array of ads: items stand within it, one behind the other. */
#include "app/json_array.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = fuzz_slice(data, size), item;
    struct json_array array;
    struct failure why = {.code = OK};
    const char *from = text.at;
    uint64_t count = 0;
    int rc = OK;
    if (!json_array_looks(text))
        return 0;
    json_array_begin(text, &array);
    while ((rc = json_array_next(&array, &item, &why)) == OK) {
        PROMISE(item.len > 0 && item.at >= from && item.at + item.len <= text.at + text.len);
        PROMISE(array.number == ++count && array.at <= text.len);
        from = item.at + item.len;
    }
    PROMISE(rc == ERR_NOT_FOUND || rc == ERR_SYNTAX);
    PROMISE(json_array_next(&array, &item, &why) == ERR_NOT_FOUND);
    PROMISE(rc == ERR_SYNTAX || count > 0);
    return 0;
}
