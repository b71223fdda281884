/* matcher.c - runs the bank's programs over folded fields; see matcher.h.
 *
 * First one pass over each field finds the literals that rules cannot match without
 * (bank_literals.c); most rules are done with then. The others run one after another, compiled to
 * machine code, over text folded once: no caseless matching, no UTF check (the normaliser writes
 * valid UTF-8). A field longer than a window is matched in
 * windows that overlap, so that a start-position quadratic stays small. The only file beside
 * bank*.c that knows PCRE2 keeps scratch space. */
#include "classifiers/matcher.h"

#include "classifiers/bank_parts.h"
#include "classifiers/literals.h"
#include "common/utf8.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define WINDOW_OVERLAP_BYTES 1024u

const struct matcher_limits MATCHER_LIMITS_DEFAULT = {
    .steps_per_pattern_max = 100000,
    .heap_kib_per_pattern_max = 4096,
    .hits_per_rule_max = 3,
    .window_bytes_max = 16384,
};

struct matcher {
    const struct pattern_bank *bank; /* borrowed */
    struct matcher_limits limits;
    uint8_t *may_match; /* one a rule: bit f set when a literal of it stands in field f */
    pcre2_match_data *scratch;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

struct running {
    struct matcher *matcher;
    const struct folded *folded;
    struct arena *arena;
    struct hit *hits;
    size_t count, room;
    uint32_t cut;
    bool failed;
};

int matcher_create(const struct pattern_bank *bank, const struct matcher_limits *limits,
                   struct matcher **ret_matcher)
{
    if (limits->steps_per_pattern_max == 0 || limits->heap_kib_per_pattern_max == 0 ||
        limits->hits_per_rule_max == 0 || limits->window_bytes_max < 2 * WINDOW_OVERLAP_BYTES)
        return ERR_LIMIT;
    struct matcher *matcher = calloc(1, sizeof *matcher);
    if (matcher == NULL)
        return ERR_NOMEM;
    matcher->bank = bank;
    matcher->limits = *limits;
    matcher->may_match = calloc(bank->rules_count + 1, sizeof *matcher->may_match);
    matcher->scratch = pcre2_match_data_create(1, NULL);
    matcher->context = pcre2_match_context_create(NULL);
    matcher->stack = pcre2_jit_stack_create(32u << 10, 1u << 20, NULL);
    if (matcher->may_match == NULL || matcher->scratch == NULL || matcher->context == NULL ||
        matcher->stack == NULL) {
        matcher_free(matcher);
        return ERR_NOMEM;
    }
    pcre2_set_match_limit(matcher->context, limits->steps_per_pattern_max);
    pcre2_set_heap_limit(matcher->context, limits->heap_kib_per_pattern_max);
    pcre2_jit_stack_assign(matcher->context, NULL, matcher->stack);
    *ret_matcher = matcher;
    return OK;
}

void matcher_free(struct matcher *matcher)
{
    if (matcher == NULL)
        return;
    pcre2_match_data_free(matcher->scratch);
    pcre2_match_context_free(matcher->context);
    pcre2_jit_stack_free(matcher->stack);
    free(matcher->may_match);
    free(matcher);
}

/* True: a match from `from` on, in *ret_start, *ret_end. False and *ret_cut: a limit was reached.
 */
static bool find(struct matcher *matcher, const pcre2_code *code, struct slice text, size_t from,
                 size_t *ret_start, size_t *ret_end, bool *ret_cut)
{
    int rc = pcre2_match(code, (PCRE2_SPTR)text.at, text.len, from, PCRE2_NO_UTF_CHECK,
                         matcher->scratch, matcher->context);
    *ret_cut = rc < 0 && rc != PCRE2_ERROR_NOMATCH;
    if (rc < 0)
        return false;
    const PCRE2_SIZE *span = pcre2_get_ovector_pointer(matcher->scratch);
    *ret_start = span[0];
    *ret_end = span[1] > span[0] ? span[1] : span[0];
    return true;
}

static void hit_add(struct running *running, const struct rule *rule, enum posting_field field,
                    size_t start, size_t end)
{
    if (running->count == running->room) {
        size_t room = running->room == 0 ? 64 : running->room * 2;
        struct hit *more = arena_calloc(running->arena, room, sizeof *more);
        if (more == NULL) {
            running->failed = true;
            return;
        }
        if (running->count > 0)
            memcpy(more, running->hits, running->count * sizeof *more);
        running->hits = more;
        running->room = room;
    }
    struct hit *hit = &running->hits[running->count++];
    hit->rule = rule;
    hit->field = field;
    folded_span(&running->folded[field], start, end, &hit->start_bytes, &hit->end_bytes);
}

/* The byte where the next window begins: at a character. */
static size_t window_next(struct slice text, size_t at, size_t window)
{
    size_t next = at + window - WINDOW_OVERLAP_BYTES;
    while (next < text.len && ((unsigned char)text.at[next] & 0xC0) == 0x80)
        next++;
    return next;
}

static void run_rule(struct running *running, const struct rule *rule, enum posting_field field)
{
    struct matcher *matcher = running->matcher;
    struct slice text = running->folded[field].text;
    const pcre2_code *code = matcher->bank->codes[rule->index];
    uint32_t hits = 0;
    size_t told = 0; /* hits that end before this were found in the window before */
    bool cut = false;
    for (size_t base = 0; base < text.len;
         base = window_next(text, base, matcher->limits.window_bytes_max)) {
        struct slice window = utf8_cut(slice_from(text, base), matcher->limits.window_bytes_max);
        size_t from = 0, start = 0, end = 0;
        while (hits < matcher->limits.hits_per_rule_max && from <= window.len &&
               find(matcher, code, window, from, &start, &end, &cut)) {
            from = end > start ? end : end + 1;
            if (base + end <= told || end == start)
                continue;
            hit_add(running, rule, field, base + start, base + end);
            told = base + end;
            hits++;
        }
        if (cut) {
            running->cut++;
            return;
        }
        if (base + window.len >= text.len || hits >= matcher->limits.hits_per_rule_max)
            return;
    }
}

struct marking {
    uint8_t *may_match;
    uint8_t bit;
};

static bool mark(uint32_t rule, size_t start, size_t end, void *ctx)
{
    const struct marking *marking = ctx;
    (void)start;
    (void)end;
    marking->may_match[rule] |= marking->bit;
    return true;
}

static void mark_rules(struct matcher *matcher, const struct folded folded[POSTING_FIELD_COUNT])
{
    memset(matcher->may_match, 0, matcher->bank->rules_count);
    for (int field = 0; field < POSTING_FIELD_COUNT; field++) {
        struct marking marking = {matcher->may_match, (uint8_t)(1u << field)};
        literals_scan(matcher->bank->literals, folded[field].text, mark, &marking);
    }
}

static bool may_run(const struct matcher *matcher, const struct rule *rule, int field)
{
    if (rule->field != RULE_FIELD_ANY && rule->field != field)
        return false;
    return !matcher->bank->has_literals[rule->index] ||
           (matcher->may_match[rule->index] >> field & 1) != 0;
}

int matcher_run(struct matcher *matcher, const struct folded folded[POSTING_FIELD_COUNT],
                struct arena *arena, struct hits *ret_hits)
{
    struct running running = {.matcher = matcher, .folded = folded, .arena = arena};
    mark_rules(matcher, folded);
    for (size_t i = 0; i < matcher->bank->rules_count && !running.failed; i++) {
        const struct rule *rule = &matcher->bank->rules[i];
        if ((rule->status != RULE_ACTIVE && rule->status != RULE_SHADOW) ||
            matcher->bank->codes[i] == NULL)
            continue;
        for (int field = 0; field < POSTING_FIELD_COUNT; field++)
            if (folded[field].text.len > 0 && may_run(matcher, rule, field))
                run_rule(&running, rule, (enum posting_field)field);
    }
    if (running.failed)
        return ERR_NOMEM;
    *ret_hits = (struct hits){running.hits, running.count, running.cut};
    return OK;
}

bool matcher_try(struct matcher *matcher, const struct rule *rule, struct slice folded,
                 bool *ret_cut)
{
    size_t start = 0, end = 0;
    *ret_cut = false;
    const pcre2_code *code = matcher->bank->codes[rule->index];
    return code != NULL && find(matcher, code, folded, 0, &start, &end, ret_cut);
}
