/* yaml_typed.c - typed reads of YAML scalars, and known keys; see yaml.h. */
#include "common/yaml.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int yaml_int(const struct yaml_doc *doc, const struct yaml *node, int64_t min, int64_t max,
             int64_t *ret_value, struct failure *reterr)
{
    int64_t value = 0;
    if (yaml_kind_of(node) != YAML_SCALAR || slice_to_int64(yaml_text(node), &value) != OK)
        return yaml_fail(doc, node, ERR_SYNTAX, reterr, "a whole number is wanted");
    if (value < min || value > max)
        return yaml_fail(doc, node, ERR_SYNTAX, reterr,
                         "%" PRId64 " is outside %" PRId64 " to %" PRId64, value, min, max);
    *ret_value = value;
    return OK;
}

/* "-12.5" in parts; false when it is no number with at most `places` decimals. */
static bool decimal_read(struct slice text, unsigned places, int64_t *ret_scaled)
{
    size_t dot = slice_find_char(text, '.');
    struct slice rest = dot == SIZE_MAX ? SLICE_EMPTY : slice_from(text, dot + 1);
    int64_t value = 0;
    if (slice_to_int64(dot == SIZE_MAX ? text : slice_sub(text, 0, dot), &value) != OK)
        return false;
    if (value <= -1000000000 || value >= 1000000000 || rest.len > places ||
        (dot != SIZE_MAX && rest.len == 0))
        return false;
    int64_t sign = slice_starts(text, "-") ? -1 : 1;
    for (unsigned i = 0; i < places; i++) {
        char digit = i < rest.len ? rest.at[i] : '0';
        if (digit < '0' || digit > '9')
            return false;
        value = value * 10 + sign * (digit - '0');
    }
    *ret_scaled = value;
    return true;
}

int yaml_decimal(const struct yaml_doc *doc, const struct yaml *node, unsigned places,
                 int64_t *ret_scaled, struct failure *reterr)
{
    if (yaml_kind_of(node) != YAML_SCALAR || !decimal_read(yaml_text(node), places, ret_scaled))
        return yaml_fail(doc, node, ERR_SYNTAX, reterr,
                         "a number with at most %u decimals is wanted", places);
    return OK;
}

int yaml_bool(const struct yaml_doc *doc, const struct yaml *node, bool *ret_value,
              struct failure *reterr)
{
    struct slice text = yaml_text(node);
    bool yes = slice_is(text, "yes") || slice_is(text, "true");
    if (!yes && !slice_is(text, "no") && !slice_is(text, "false"))
        return yaml_fail(doc, node, ERR_SYNTAX, reterr, "yes or no is wanted");
    *ret_value = yes;
    return OK;
}

/* Edit distance (Levenshtein 1966) of short words; 99 for long ones. */
static unsigned distance(struct slice a, struct slice b)
{
    unsigned row[33];
    if (a.len > 32 || b.len > 32)
        return 99;
    for (unsigned j = 0; j <= b.len; j++)
        row[j] = j;
    for (unsigned i = 1; i <= a.len; i++) {
        unsigned corner = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= b.len; j++) {
            unsigned change = corner + (a.at[i - 1] == b.at[j - 1] ? 0 : 1);
            corner = row[j];
            unsigned least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            row[j] = change < least ? change : least;
        }
    }
    return row[b.len];
}

static bool known(struct slice key, const char *const *keys, const char **ret_nearest)
{
    unsigned best = 4;
    *ret_nearest = NULL;
    for (size_t i = 0; keys[i] != NULL; i++) {
        if (slice_is(key, keys[i]))
            return true;
        unsigned far = distance(key, slice_of(keys[i]));
        if (far < best) {
            best = far;
            *ret_nearest = keys[i];
        }
    }
    return false;
}

#define KEYS_BYTES 360u

/* "store, evidence, …": all of them, or as many as a sentence holds, and how many more there are. */
static const char *keys_list(const char *const *keys, char at[KEYS_BYTES])
{
    size_t used = 0, i = 0;
    at[0] = '\0';
    for (; keys[i] != NULL && used + strlen(keys[i]) + 24 < KEYS_BYTES; i++)
        used += (size_t)snprintf(at + used, KEYS_BYTES - used, "%s%s", i > 0 ? ", " : "", keys[i]);
    size_t more = 0;
    while (keys[i + more] != NULL)
        more++;
    if (more > 0)
        snprintf(at + used, KEYS_BYTES - used, " and %zu more", more);
    return at;
}

int yaml_known_keys(const struct yaml_doc *doc, const struct yaml *mapping, const char *const *keys,
                    struct failure *reterr)
{
    const struct yaml *key = NULL, *value = NULL;
    const char *nearest = NULL;
    char list[KEYS_BYTES];
    if (yaml_kind_of(mapping) != YAML_MAPPING)
        return yaml_fail(doc, mapping, ERR_SYNTAX, reterr, "'key: value' lines are wanted here");
    for (size_t i = 0; yaml_member(mapping, i, &key, &value); i++) {
        struct slice name = yaml_text(key);
        if (known(name, keys, &nearest))
            continue;
        if (nearest != NULL)
            return yaml_fail(doc, key, ERR_SYNTAX, reterr, "unknown key '%.*s', did you mean '%s'?",
                             (int)name.len, name.at, nearest);
        return yaml_fail(doc, key, ERR_SYNTAX, reterr, "unknown key '%.*s'; known: %s",
                         (int)name.len, name.at, keys_list(keys, list));
    }
    return OK;
}
