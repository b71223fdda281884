/* fuzz_literals.c - the literals find exactly what a plain search finds, and a glob matches exactly
 * what the definition says. Input: a line of literals between blanks (also the glob), then the text. */
#include "classifiers/literals.h"
#include "crawler/glob.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define WORDS_MAX 12u

struct found {
    struct slice text;
    struct slice words[WORDS_MAX];
    size_t count, hits, last_start;
};

static bool on_hit(uint32_t tag, size_t start, size_t end, void *ctx)
{
    struct found *found = ctx;
    PROMISE(tag < found->count && end <= found->text.len && start >= found->last_start);
    PROMISE(slice_equal(slice_sub(found->text, start, end - start), found->words[tag]));
    found->last_start = start;
    found->hits++;
    return true;
}

static size_t hits_plain(const struct found *found)
{
    size_t hits = 0;
    for (size_t k = 0; k < found->count; k++)
        for (size_t i = 0; i + found->words[k].len <= found->text.len; i++)
            hits += memcmp(found->text.at + i, found->words[k].at, found->words[k].len) == 0;
    return hits;
}

static void check_literals(struct slice line, struct slice text)
{
    struct literals_builder *builder = NULL;
    struct literals *literals = NULL;
    struct found found = {.text = text};
    if (literals_begin(&builder) != OK)
        return;
    while (line.len > 0 && found.count < WORDS_MAX) {
        size_t end = slice_find_char(line, ' ');
        end = end == SIZE_MAX ? line.len : end;
        if (end > 0 && literals_add(builder, slice_sub(line, 0, end), (uint32_t)found.count) == OK)
            found.words[found.count++] = slice_sub(line, 0, end);
        line = slice_from(line, end + 1);
    }
    if (literals_end(builder, &literals) != OK)
        return;
    literals_scan(literals, text, on_hit, &found);
    PROMISE(found.hits == hits_plain(&found));
    literals_free(literals);
}

/* The definition, with a table: ends[j] says that the pattern so far matches text[0..j). */
static bool glob_plain(struct slice pattern, bool to_end, struct slice text)
{
    bool ends[258] = {[0] = true};
    for (size_t i = 0; i < pattern.len; i++) {
        bool star = pattern.at[i] == '*', next[258] = {false};
        for (size_t j = 0; j <= text.len; j++)
            next[j] = star ? ends[j] || (j > 0 && next[j - 1])
                           : j > 0 && ends[j - 1] && text.at[j - 1] == pattern.at[i];
        memcpy(ends, next, sizeof ends);
    }
    for (size_t j = 0; j < text.len && !to_end; j++)
        if (ends[j])
            return true;
    return ends[text.len];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = fuzz_slice(data, size);
    struct slice line = fuzz_line(&text);
    text = slice_sub(text, 0, 256);
    line = slice_sub(line, 0, 128);
    check_literals(line, text);
    PROMISE(glob_matches(line, true, text) == glob_plain(line, true, text));
    PROMISE(glob_matches(line, false, text) == glob_plain(line, false, text));
    return 0;
}
