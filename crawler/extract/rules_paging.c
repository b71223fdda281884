/* rules_paging.c - the members of `paging`; see rules.h. */
#include "crawler/extract/rules_inside.h"

#include <string.h>

#define PAGES_MAX_DEFAULT 100
#define TEXT_BYTES_MAX    2048u

struct reading {
    struct arena *arena;
    struct rule_paging *paging;
    struct failure *reterr;
    bool step_given;
    int status;
};

static bool fail(struct reading *reading, const char *key, const char *what)
{
    reading->status =
        failure_set(reading->reterr, ERR_SYNTAX, "extract: paging: '%s' %s", key, what);
    return false;
}

static bool read_text(struct reading *reading, const char *key, const char **member,
                      const struct json *value)
{
    struct slice text = slice_trim(json_string(value));
    if (text.len == 0 || text.len > TEXT_BYTES_MAX)
        return fail(reading, key, "must be a text, of at most 2048 bytes");
    *member = arena_copy(reading->arena, text.at, text.len);
    if (*member == NULL)
        reading->status = failure_set(reading->reterr, ERR_NOMEM, "no memory for reading rules");
    return *member != NULL;
}

static bool read_number(struct reading *reading, const char *key, int64_t *member, int64_t min,
                        const struct json *value)
{
    int rc = slice_to_int64(slice_trim(json_scalar_text(value)), member);
    return (rc == OK && *member >= min && *member <= 1000000) ||
           fail(reading, key,
                min > 0 ? "must be a number from 1 to 1000000"
                        : "must be a number, at most 1000000");
}

static bool each(const char *key, const struct json *value, void *ctx)
{
    struct reading *reading = ctx;
    struct rule_paging *paging = reading->paging;
    const struct {
        const char *key;
        const char **member;
    } texts[] = {{"parameter", &paging->parameter}, {"template", &paging->template_},
                 {"token", &paging->token},         {"url", &paging->url},
                 {"more", &paging->more},           {"total", &paging->total}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(key, texts[i].key) == 0)
            return read_text(reading, key, texts[i].member, value);
    if (strcmp(key, "from") == 0)
        return read_number(reading, key, &paging->from, 0, value);
    if (strcmp(key, "step") == 0)
        return read_number(reading, key, &paging->step, 1, value);
    if (strcmp(key, "pages_max") == 0)
        return read_number(reading, key, &paging->pages_max, 1, value);
    if (strcmp(key, "newest_first") != 0)
        return fail(reading, key,
                    "is no member; parameter, template, token, url, more, total, from, step, "
                    "pages_max and newest_first are");
    struct slice word = json_scalar_text(value);
    paging->newest_first = slice_is(word, "yes") || slice_is(word, "true");
    return paging->newest_first || slice_is(word, "no") || slice_is(word, "false") ||
           fail(reading, key, "is yes or no");
}

int rule_paging_read(struct arena *arena, const struct json *node, struct rule_paging *ret_paging,
                     struct failure *reterr)
{
    struct rule_paging paging = {.from = -1, .step = 1, .pages_max = PAGES_MAX_DEFAULT};
    struct reading reading = {.arena = arena, .paging = &paging, .reterr = reterr};
    if (json_kind_of(node) == JSON_OBJECT)
        json_each(node, each, &reading);
    else
        fail(&reading, "paging", "must be a mapping");
    int ways = (paging.parameter != NULL) + (paging.template_ != NULL) + (paging.url != NULL);
    if (reading.status == OK && ways != 1)
        fail(&reading, "paging", "needs one of parameter, template and url");
    if (reading.status == OK && paging.template_ != NULL &&
        strstr(paging.template_, "{page}") == NULL)
        fail(&reading, "template", "needs {page} where the number stands");
    if (reading.status == OK && paging.token != NULL && paging.parameter == NULL)
        fail(&reading, "token", "needs 'parameter', which takes it");
    if (paging.from < 0)
        paging.from = paging.step > 1 ? 0 : 1; /* an offset; a page's number */
    if (reading.status == OK)
        *ret_paging = paging;
    return reading.status;
}
