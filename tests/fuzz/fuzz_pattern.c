/* fuzz_pattern.c - what needles_of() says of a pattern holds for whatever PCRE2 matches with it: one of
 * the needles begins within `back` bytes of the match's start, and it begins with one of the leads. Input: the pattern on the first line,
 * then a text shorter than the run that `back` reckons with. */
#include "classifiers/literals.h"
#include "classifiers/needles.h"
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

static bool is_letter(char byte)
{
    return (unsigned char)((byte | 0x20) - 'a') < 26;
}

/* Does the literal stand at text[at], with no letter beside it where that is said? */
static bool stands(struct slice text, size_t at, struct slice literal, unsigned bounds)
{
    size_t end = at + literal.len;
    if (!slice_equal(slice_sub(text, at, literal.len), literal))
        return false;
    if ((bounds & LITERAL_WORD_HEAD) != 0 && at > 0 && is_letter(text.at[at - 1]))
        return false;
    return (bounds & LITERAL_WORD_TAIL) == 0 || end >= text.len || !is_letter(text.at[end]);
}

/* What the alternative needs beside its needle. */
static bool has_also(struct slice text, const struct needles *needles, size_t needle)
{
    bool wanted = false;
    for (size_t i = 0; needles->clause != NULL && i < needles->also_count; i++) {
        if (needles->also_clause[i] != needles->clause[needle])
            continue;
        wanted = true;
        for (size_t at = 0; at < text.len; at++)
            if (stands(text, at, needles->also[i], needles->also_bounds[i]))
                return true;
    }
    return !wanted;
}

static bool holds(struct slice text, size_t start, const struct needles *needles)
{
    for (size_t i = 0; i < needles->count; i++) {
        size_t last = needles->back[i] == NEEDLE_BACK_NONE ? text.len : start + needles->back[i];
        for (size_t at = start; at <= last && at < text.len; at++)
            if (stands(text, at, needles->list[i], needles->bounds[i]) &&
                has_also(text, needles, i))
                return true;
    }
    return needles->count == 0;
}

static bool leads(struct slice text, size_t start, const struct needles *needles)
{
    for (size_t i = 0; i < needles->lead_count; i++)
        if (stands(text, start, needles->lead[i], needles->lead_bounds[i]))
            return true;
    return needles->lead_count == 0;
}

static void check_match(pcre2_code *code, const struct needles *needles, struct slice text)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    if (data != NULL && limits != NULL) {
        pcre2_set_match_limit(limits, 20000);
        int rc =
            pcre2_match(code, (PCRE2_SPTR)text.at, text.len, 0, PCRE2_NO_UTF_CHECK, data, limits);
        if (rc >= 0) {
            PROMISE(holds(text, pcre2_get_ovector_pointer(data)[0], needles));
            PROMISE(leads(text, pcre2_get_ovector_pointer(data)[0], needles));
        }
    }
    pcre2_match_context_free(limits);
    pcre2_match_data_free(data);
}

/* Folded text has no digits but ASCII ones, and the reader of patterns may count on it. */
static bool is_ascii(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] >= 0x80)
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = fuzz_slice(data, size);
    struct slice pattern = fuzz_line(&text);
    struct needles needles;
    struct arena *arena = NULL;
    int error = 0;
    PCRE2_SIZE at = 0;
    text = utf8_cut(text, NEEDLE_RUN_BYTES - 4);
    if (pattern.len > 400 || !utf8_is_valid(pattern) || !utf8_is_valid(text))
        return 0;
    if (slice_find(pattern, SLICE("\\d")) != SIZE_MAX && !is_ascii(text))
        return 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern.at, pattern.len,
                                     PCRE2_UTF | PCRE2_UCP | PCRE2_DOTALL |
                                         PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_UTF_CHECK,
                                     &error, &at, NULL);
    if (arena_create(8u << 20, &arena) == OK) { /* patterns that do not compile are read too */
        if (needles_of(pattern, arena, &needles) == OK && code != NULL)
            check_match(code, &needles, text);
        arena_free(arena);
    }
    pcre2_code_free(code);
    return 0;
}
