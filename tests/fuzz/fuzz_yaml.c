/* fuzz_yaml.c - any bytes as one of our YAML files: read whole, walked, and every complaint says its
 * place. */
#include "common/yaml.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void walk(const struct yaml_doc *doc, const struct yaml *node, unsigned lines, int depth)
{
    struct failure why = {0};
    int64_t number = 0;
    bool truth = false;
    PROMISE(depth <= YAML_DEPTH_MAX + 1);
    PROMISE(yaml_line(node) >= 1 && yaml_line(node) <= lines && yaml_column(node) >= 1);
    PROMISE(yaml_fail(doc, node, ERR_SYNTAX, &why, "here") == ERR_SYNTAX);
    PROMISE(strncmp(why.text, "fuzz.yml:", 9) == 0 && strchr(why.text, '^') != NULL);
    switch (yaml_kind_of(node)) {
    case YAML_SCALAR:
        if (yaml_int(doc, node, -10, 10, &number, &why) == OK)
            PROMISE(number >= -10 && number <= 10);
        if (yaml_decimal(doc, node, 2, &number, &why) == OK)
            PROMISE(number > -INT64_C(100000000000) && number < INT64_C(100000000000));
        (void)!yaml_bool(doc, node, &truth, &why);
        break;
    case YAML_SEQUENCE:
        for (size_t i = 0; i < yaml_count(node); i++)
            walk(doc, yaml_at(node, i), lines, depth + 1);
        PROMISE(yaml_at(node, yaml_count(node)) == NULL);
        break;
    case YAML_MAPPING:
        for (size_t i = 0; i < yaml_count(node); i++) {
            const struct yaml *key = NULL, *value = NULL;
            PROMISE(yaml_member(node, i, &key, &value) && yaml_kind_of(key) == YAML_SCALAR);
            walk(doc, key, lines, depth + 1);
            if (value != NULL)
                walk(doc, value, lines, depth + 1);
        }
        break;
    case YAML_ABSENT:
        PROMISE(depth == 0);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct yaml_doc *doc = NULL;
    struct failure why = {0};
    unsigned lines = 2;
    int rc = yaml_parse(fuzz_slice(data, size), "fuzz.yml", &doc, &why);
    PROMISE(rc == OK || strncmp(why.text, "fuzz.yml", 8) == 0);
    PROMISE(rc == OK || rc == ERR_SYNTAX || rc == ERR_LIMIT || rc == ERR_NOMEM);
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n' || data[i] == '\r' ? 1 : 0;
    if (rc == OK && yaml_root(doc) != NULL)
        walk(doc, yaml_root(doc), lines + (unsigned)size, 0);
    yaml_free(doc);
    return 0;
}
