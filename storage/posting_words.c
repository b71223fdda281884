/* posting_words.c - see posting_words.h. A verdict holds tens of findings: plain loops do. */
#include "storage/posting_words.h"
#include "common/utf8.h"

#include <stdlib.h>

#define TEXT_BYTES_MAX  (8u << 10)
#define QUOTE_BYTES_MAX 80u
#define RULES_BYTES_MAX (1u << 20)

static int by_points(const void *a, const void *b)
{
    const struct finding *const *left = a, *const *right = b;
    int32_t more = (*right)->points_tenths, less = (*left)->points_tenths;
    if (more != less)
        return more > less ? 1 : -1;
    return *left < *right ? -1 : *left > *right; /* as the verdict has them */
}

static const struct finding **ranked(struct arena *arena, const struct verdict *verdict)
{
    const struct finding **list = arena_calloc(arena, verdict->findings_count + 1, sizeof *list);
    if (list == NULL)
        return NULL;
    for (size_t i = 0; i < verdict->findings_count; i++)
        list[i] = &verdict->findings[i];
    qsort(list, verdict->findings_count, sizeof *list, by_points);
    return list;
}

static struct slice title_of(const struct finding *finding)
{
    bool speaks = finding->kind == FINDING_RULE || finding->kind == FINDING_COMBO ||
                  finding->kind == FINDING_FACT;
    return speaks ? slice_trim(finding->title) : SLICE_EMPTY;
}

static struct slice quote_of(const struct finding *finding)
{
    return utf8_cut(slice_trim(finding->quote), QUOTE_BYTES_MAX);
}

struct listing {
    struct slice (*text)(const struct finding *finding);
    const char *between;
    size_t count_max;
};

static bool is_there(const struct slice *taken, size_t count, struct slice text)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal_nocase(taken[i], text))
            return true;
    return false;
}

static void add_line(struct text_buf *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) /* one line, whatever the ad had */
        text_buf_add_char(out, (unsigned char)text.at[i] < ' ' ? ' ' : text.at[i]);
}

static int join(struct arena *arena, const struct verdict *verdict, const struct listing *how,
                const char **ret_text)
{
    struct slice taken[WORDS_REASONS_MAX];
    const struct finding **list = ranked(arena, verdict);
    size_t count = 0;
    struct text_buf out;
    if (list == NULL)
        return ERR_NOMEM;
    text_buf_init(&out, TEXT_BYTES_MAX);
    for (size_t i = 0; i < verdict->findings_count && count < how->count_max; i++) {
        struct slice text = how->text(list[i]);
        if (list[i]->points_tenths <= 0 || text.len == 0 || is_there(taken, count, text))
            continue;
        if (count > 0)
            text_buf_add_str(&out, how->between);
        add_line(&out, text);
        taken[count++] = text;
    }
    int rc = text_buf_status(&out);
    *ret_text =
        rc == OK || rc == ERR_LIMIT ? arena_copy(arena, text_buf_cstr(&out), out.len) : NULL;
    text_buf_release(&out);
    return *ret_text != NULL ? OK : ERR_NOMEM;
}

int words_strongest(struct arena *arena, const struct verdict *verdict, const char **ret_text)
{
    return join(arena, verdict, &(struct listing){quote_of, "; ", WORDS_STRONGEST_MAX}, ret_text);
}

int words_reasons(struct arena *arena, const struct verdict *verdict, const char **ret_text)
{
    return join(arena, verdict, &(struct listing){title_of, "\n", WORDS_REASONS_MAX}, ret_text);
}

int words_rules(struct arena *arena, const struct verdict *verdict, const char **ret_text)
{
    struct text_buf out;
    struct json_writer writer;
    text_buf_init(&out, RULES_BYTES_MAX);
    json_writer_init(&writer, &out);
    json_open_array(&writer);
    for (size_t i = 0; i < verdict->findings_count; i++) {
        json_open_array(&writer);
        json_put_string(&writer, verdict->findings[i].id);
        json_put_int(&writer, verdict->findings[i].points_tenths);
        json_close_array(&writer);
    }
    json_close_array(&writer);
    int rc = text_buf_status(&out);
    if (rc == OK) {
        *ret_text = arena_copy(arena, text_buf_cstr(&out), out.len);
        rc = *ret_text != NULL ? OK : ERR_NOMEM;
    }
    text_buf_release(&out);
    return rc;
}
