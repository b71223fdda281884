/* matcher.c - runs the bank's programs over folded fields; see matcher.h.
 *
 * One pass over each field finds the literals that rules cannot match without (needles.h); most
 * rules are done with then. The others run compiled to machine code, only from the starts that a
 * literal leaves, over text folded once: no caseless matching, no UTF check (the normaliser writes
 * valid UTF-8). Rules without a literal, and all where there are more literals than we note, run
 * over everything, in windows, so that a start-position quadratic stays small. The only file beside
 * bank*.c that knows PCRE2 keeps scratch space.
 * Cost: about 2 ns a byte for the pass, 50-300 ns a literal found. */
#include "classifiers/matcher.h"

#include "classifiers/bank_parts.h"
#include "classifiers/literals.h"
#include "common/utf8.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define WINDOW_OVERLAP_BYTES 1024u
#define WINDOW_BEFORE_BYTES  256u   /* what look-behinds see of the text before a window */
#define EVENTS_MAX           65536u /* literals noted in a field, and one more a rule */
#define CLAUSE_ANY           255u /* of an event that stands for literals of several alternatives */
#define RANGES_MAX           64u
#define RANGE_BYTES_MIN      4u /* shorter: not worth a look at first bytes */

const struct matcher_limits MATCHER_LIMITS_DEFAULT = {
    .steps_per_pattern_max = 100000,
    .heap_kib_per_pattern_max = 4096,
    .hits_per_rule_max = 3,
    .window_bytes_max = 16384,
};

/* A literal of a rule was found; events of one rule are a list. Numbers count from 1, 0: none. */
struct event {
    uint32_t first, last; /* a match begins between these */
    uint32_t next;
    unsigned char clause;
};
struct rule_events {
    uint32_t first, last;
    uint32_t also; /* bit n: what alternative n needs too was found */
    bool touched;
};

struct matcher {
    const struct pattern_bank *bank; /* borrowed */
    struct matcher_limits limits;
    struct event *events; /* of the field at hand */
    size_t events_count;
    struct rule_events *events_of; /* one a rule */
    uint32_t *touched, *always;    /* rules with events; rules without needles */
    size_t touched_count, always_count;
    uint64_t *word_starts; /* a bit a byte of the field: no ASCII letter stands before */
    size_t word_starts_room;
    bool word_starts_known; /* of the field at hand */
    uint32_t *cuts;         /* a rule: how often it reached a limit */
    const struct matcher_meter *meter;
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
    bool failed, only_count; /* only_count: hits are not wanted */
};

/* matcher_try() wants the needles of one rule. */
struct trying {
    struct matcher *matcher;
    const struct rule *rule;
};

static bool tables_make(struct matcher *matcher)
{
    size_t rules = matcher->bank->rules_count;
    matcher->events = calloc(EVENTS_MAX + rules, sizeof *matcher->events);
    matcher->events_of = calloc(rules + 1, sizeof *matcher->events_of);
    matcher->touched = calloc(rules + 1, sizeof *matcher->touched);
    matcher->always = calloc(rules + 1, sizeof *matcher->always);
    matcher->cuts = calloc(rules + 1, sizeof *matcher->cuts);
    if (matcher->cuts == NULL || matcher->events == NULL || matcher->events_of == NULL ||
        matcher->touched == NULL || matcher->always == NULL)
        return false;
    for (size_t i = 0; i < rules; i++)
        if (matcher->bank->always[i])
            matcher->always[matcher->always_count++] = (uint32_t)i;
    return true;
}

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
    bool made = tables_make(matcher);
    matcher->scratch = pcre2_match_data_create(1, NULL);
    matcher->context = pcre2_match_context_create(NULL);
    matcher->stack = pcre2_jit_stack_create(32u << 10, 1u << 20, NULL);
    if (!made || matcher->scratch == NULL || matcher->context == NULL || matcher->stack == NULL) {
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
    free(matcher->events);
    free(matcher->events_of);
    free(matcher->touched);
    free(matcher->word_starts);
    free(matcher->always);
    free(matcher->cuts);
    free(matcher);
}

void matcher_set_meter(struct matcher *matcher, const struct matcher_meter *meter)
{
    matcher->meter = meter;
}

const struct rule *matcher_fused(const struct matcher *matcher, size_t nth)
{
    for (size_t i = 0; i < matcher->bank->rules_count; i++)
        if (matcher->cuts[i] >= MATCHER_FUSE_CUTS && nth-- == 0)
            return &matcher->bank->rules[i];
    return NULL;
}

/* True: a match that begins in [from, last], in *ret_start, *ret_end; last SIZE_MAX: anywhere behind
 * from. False and *ret_cut: a limit was reached. */
static bool find(struct matcher *matcher, const pcre2_code *code, struct slice text,
                 const size_t starts[2], size_t ret_span[2], bool *ret_cut)
{
    pcre2_set_offset_limit(matcher->context, starts[1] == SIZE_MAX ? PCRE2_UNSET : starts[1]);
    int rc = pcre2_jit_match(code, (PCRE2_SPTR)text.at, text.len, starts[0], PCRE2_NO_UTF_CHECK,
                             matcher->scratch, matcher->context);
    *ret_cut = rc < 0 && rc != PCRE2_ERROR_NOMATCH;
    if (rc < 0)
        return false;
    const PCRE2_SIZE *span = pcre2_get_ovector_pointer(matcher->scratch);
    ret_span[0] = span[0];
    ret_span[1] = span[1] > span[0] ? span[1] : span[0];
    return true;
}

static void hit_add(struct running *running, const struct rule *rule, enum posting_field field,
                    size_t start, size_t end)
{
    if (running->only_count)
        return;
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

static bool inside_char(struct slice text, size_t at)
{
    return at < text.len && ((unsigned char)text.at[at] & 0xC0) == 0x80;
}

/* One rule over one field. */
struct run {
    const struct rule *rule;
    enum posting_field field;
    struct slice text;
    size_t told; /* no match may begin before: what lies there is part of a hit */
    uint32_t hits;
    bool cut;
};

static bool is_done(const struct matcher *matcher, const struct run *run)
{
    return run->cut || run->hits >= matcher->limits.hits_per_rule_max;
}

static size_t next_char(struct slice text, size_t at)
{
    while (inside_char(text, at))
        at++;
    return at;
}

/* Matches in the window that begin in [first, stop]; where the search would go on. */
static size_t run_window(struct running *running, struct run *run, struct slice window,
                         size_t first, size_t stop)
{
    struct matcher *matcher = running->matcher;
    const pcre2_code *code = bank_program(matcher->bank, run->rule->index);
    size_t base = (size_t)(window.at - run->text.at), span[2] = {0, 0};
    run->cut = run->cut || code == NULL;
    while (!is_done(matcher, run) && first <= stop) {
        const size_t starts[2] = {first - base, stop - base};
        if (!find(matcher, code, window, starts, span, &run->cut))
            break;
        first = next_char(run->text, base + (span[1] > span[0] ? span[1] : span[1] + 1));
        run->told = first;
        if (span[1] == span[0])
            continue;
        hit_add(running, run->rule, run->field, base + span[0], base + span[1]);
        run->hits++;
    }
    return first;
}

/* Matches that begin in [first, last], by windows: a start-position quadratic stays small. Each
 * window also shows what stands before it, for look-behinds. */
static void run_between(struct running *running, struct run *run, size_t first, size_t last)
{
    const struct matcher *matcher = running->matcher;
    while (first <= last && first < run->text.len) {
        size_t base = first > WINDOW_BEFORE_BYTES ? first - WINDOW_BEFORE_BYTES : 0;
        while (inside_char(run->text, base))
            base--;
        struct slice window =
            utf8_cut(slice_from(run->text, base), matcher->limits.window_bytes_max);
        bool is_last = base + window.len >= run->text.len;
        size_t end = is_last ? run->text.len : base + window.len - WINDOW_OVERLAP_BYTES;
        size_t stop = last < end ? last : end;
        first = run_window(running, run, window, first, stop);
        if (is_done(matcher, run) || stop == last)
            return;
        first = next_char(run->text, first > stop ? first : stop);
    }
}

/* ---- where a rule may match ---- */

/* A literal beside the one before, or for which there is no room, widens what was noted of its rule:
 * a rule that is tried where it need not be finds the same. */
static bool event_widen(struct matcher *matcher, const struct rule_events *events,
                        const struct event *more)
{
    if (events->first == 0)
        return false;
    struct event *event = &matcher->events[events->last - 1];
    bool touches = event->clause == more->clause && more->first <= event->last + 1 &&
                   event->first <= more->last + 1;
    if (!touches && matcher->events_count < EVENTS_MAX)
        return false;
    event->clause = event->clause == more->clause ? more->clause : CLAUSE_ANY;
    event->first = more->first < event->first ? more->first : event->first;
    event->last = more->last > event->last ? more->last : event->last;
    return true;
}

static bool note_needle(uint32_t tag, size_t start, size_t end, void *ctx)
{
    struct matcher *matcher = ctx;
    const struct needle_use *use = &matcher->bank->needles[tag];
    struct rule_events *events = &matcher->events_of[use->rule];
    (void)end;
    if (!events->touched)
        matcher->touched[matcher->touched_count++] = use->rule;
    events->touched = true;
    if (use->also) {
        events->also |= UINT32_C(1) << use->clause;
        return true;
    }
    bool anywhere = use->back == NEEDLE_BACK_NONE || start < use->back;
    const struct event event = {anywhere ? 0 : (uint32_t)start - use->back, (uint32_t)start, 0,
                                use->clause};
    if (event_widen(matcher, events, &event))
        return true;
    matcher->events[matcher->events_count] = event;
    uint32_t number = (uint32_t)++matcher->events_count; /* counted from 1 */
    if (events->first == 0)
        events->first = number;
    else
        matcher->events[events->last - 1].next = number;
    events->last = number;
    return true;
}

static void events_forget(struct matcher *matcher)
{
    for (size_t i = 0; i < matcher->touched_count; i++)
        matcher->events_of[matcher->touched[i]] = (struct rule_events){.first = 0};
    matcher->touched_count = 0;
    matcher->events_count = 0;
    matcher->word_starts_known = false;
}

static int by_first(const void *a, const void *b)
{
    const struct event *left = a, *right = b;
    return left->first < right->first ? -1 : left->first > right->first;
}

/* The rule's ranges in order, of alternatives that have all they need; more than RANGES_MAX become one. */
static size_t ranges_of(const struct matcher *matcher, uint32_t rule,
                        struct event ranges[RANGES_MAX])
{
    size_t count = 0;
    uint32_t number = matcher->events_of[rule].first;
    uint32_t missing = matcher->bank->leads[rule].also & ~matcher->events_of[rule].also;
    for (; number != 0; number = matcher->events[number - 1].next) {
        const struct event *event = &matcher->events[number - 1];
        if (event->clause != CLAUSE_ANY && (missing >> event->clause & 1) != 0)
            continue;
        if (count < RANGES_MAX) {
            ranges[count++] = *event;
            continue;
        }
        for (size_t i = 0; i < RANGES_MAX; i++) {
            ranges[0].first = ranges[i].first < ranges[0].first ? ranges[i].first : ranges[0].first;
            ranges[0].last = ranges[i].last > ranges[0].last ? ranges[i].last : ranges[0].last;
        }
        ranges[0].first = event->first < ranges[0].first ? event->first : ranges[0].first;
        ranges[0].last = event->last > ranges[0].last ? event->last : ranges[0].last;
        count = 1;
    }
    if (count > 1)
        qsort(ranges, count, sizeof *ranges, by_first);
    return count;
}

static bool may_lead(const struct lead *lead, struct slice text, size_t at)
{
    size_t most = text.len - at < LEAD_BYTES_MAX ? text.len - at : LEAD_BYTES_MAX;
    unsigned char first = (unsigned char)text.at[at];
    if ((lead->firsts[first / 64] >> (first % 64) & 1) == 0)
        return false;
    for (size_t bytes = 1; bytes <= most; bytes++) {
        if ((lead->lengths >> bytes & 1) == 0)
            continue;
        uint32_t bit = lead_hash(text.at + at, bytes);
        if ((lead->bits[bit / 64] >> (bit % 64) & 1) != 0)
            return true;
    }
    return false;
}

/* Notes where words may begin in text, once a field. False: no memory. */
static bool word_starts_find(struct matcher *matcher, struct slice text)
{
    size_t need = text.len / 64 + 1;
    if (matcher->word_starts_known)
        return true;
    if (need > matcher->word_starts_room) {
        free(matcher->word_starts);
        matcher->word_starts = malloc(need * sizeof *matcher->word_starts);
        matcher->word_starts_room = matcher->word_starts == NULL ? 0 : need;
        if (matcher->word_starts == NULL)
            return false;
    }
    bool letter = false;
    for (size_t at = 0; at < text.len; at += 64) {
        uint64_t bits = 0;
        for (size_t i = 0; i < 64 && at + i < text.len; i++) {
            bits |= (uint64_t)!letter << i;
            letter = ascii_is_letter(text.at[at + i]);
        }
        matcher->word_starts[at / 64] = bits;
    }
    return matcher->word_starts_known = true;
}

static size_t next_word_lead(const struct matcher *matcher, const struct lead *lead,
                             struct slice text, const size_t range[2])
{
    size_t at = range[0], last = range[1] < text.len ? range[1] : text.len - 1;
    while (at <= last) {
        uint64_t bits = matcher->word_starts[at / 64] >> (at % 64);
        if (bits == 0) {
            at = (at / 64 + 1) * 64;
            continue;
        }
        at += (size_t)__builtin_ctzll(bits);
        if (at > last)
            break;
        if (may_lead(lead, text, at) && !inside_char(text, at))
            return at;
        at++;
    }
    return SIZE_MAX;
}

/* The first place in [first, last] where a match may begin by its first bytes; SIZE_MAX: none. */
static size_t next_lead(struct matcher *matcher, const struct lead *lead, struct slice text,
                        const size_t range[2])
{
    if (lead->word && word_starts_find(matcher, text))
        return next_word_lead(matcher, lead, text, range);
    bool within = range[0] > 0 && range[0] <= text.len && ascii_is_letter(text.at[range[0] - 1]);
    for (size_t at = range[0]; at <= range[1] && at < text.len; at++) {
        unsigned char first = (unsigned char)text.at[at];
        bool may = !within || (lead->inner[first / 64] >> (first % 64) & 1) != 0;
        if (may && may_lead(lead, text, at) && !inside_char(text, at))
            return at;
        within = ascii_is_letter(text.at[at]);
    }
    return SIZE_MAX;
}

/* Matches that begin in [first, last], which begins with a whole character. */
static void run_range(struct running *running, struct run *run, size_t first, size_t last)
{
    const struct lead *lead = &running->matcher->bank->leads[run->rule->index];
    if (lead->lengths == 0 || last - first < RANGE_BYTES_MIN) {
        run_between(running, run, first, last);
        return;
    }
    struct matcher *matcher = running->matcher;
    size_t at = next_lead(matcher, lead, run->text, (const size_t[2]){first, last});
    if (lead->whole && at != SIZE_MAX)
        run_between(running, run, at, last);
    while (!lead->whole && at != SIZE_MAX && !is_done(matcher, run)) {
        run_between(running, run, at, at);
        first = run->told > at ? run->told : at + 1;
        at = next_lead(matcher, lead, run->text, (const size_t[2]){first, last});
    }
}

/* Ranges that touch are run as one. */
static void run_at_needles(struct running *running, struct run *run)
{
    struct event ranges[RANGES_MAX];
    size_t count = ranges_of(running->matcher, run->rule->index, ranges);
    for (size_t i = 0; i < count && !is_done(running->matcher, run);) {
        size_t first = ranges[i].first, last = ranges[i].last;
        for (i++; i < count && ranges[i].first <= last + 1; i++)
            last = ranges[i].last > last ? ranges[i].last : last;
        first = first < run->told ? run->told : first;
        last = last > run->text.len ? run->text.len : last;
        while (inside_char(run->text, first))
            first--;
        if (first <= last)
            run_range(running, run, first, last);
    }
}

static void run_rule(struct running *running, const struct rule *rule, enum posting_field field)
{
    struct matcher *matcher = running->matcher;
    struct run run = {.rule = rule, .field = field, .text = running->folded[field].text};
    bool runs = (rule->status == RULE_ACTIVE || rule->status == RULE_SHADOW) &&
                bank_program_is(matcher->bank, rule->index) &&
                (rule->field == RULE_FIELD_ANY || rule->field == (int)field);
    bool fused = matcher->cuts[rule->index] >= MATCHER_FUSE_CUTS;
    if (!runs)
        return;
    uint64_t from = matcher->meter != NULL ? matcher->meter->now_ns() : 0;
    if (fused)
        run.cut = true;
    else if (matcher->bank->always[rule->index])
        run_range(running, &run, 0, run.text.len);
    else
        run_at_needles(running, &run);
    if (matcher->meter != NULL) {
        matcher->meter->rule_ns[rule->index] += matcher->meter->now_ns() - from;
        matcher->meter->rule_runs[rule->index]++;
    }
    running->cut += run.cut ? 1 : 0;
    matcher->cuts[rule->index] += run.cut && !fused ? 1 : 0;
}

static void run_field(struct running *running, enum posting_field field)
{
    struct matcher *matcher = running->matcher;
    const struct pattern_bank *bank = matcher->bank;
    struct slice text = running->folded[field].text;
    if (text.len == 0)
        return;
    literals_scan(bank->literals, text, note_needle, matcher);
    for (size_t i = 0; i < matcher->always_count; i++)
        run_rule(running, &bank->rules[matcher->always[i]], field);
    for (size_t i = 0; i < matcher->touched_count; i++)
        run_rule(running, &bank->rules[matcher->touched[i]], field);
    events_forget(matcher);
}

static int by_rule(const void *a, const void *b)
{
    const struct hit *left = a, *right = b;
    if (left->rule != right->rule)
        return left->rule->index < right->rule->index ? -1 : 1;
    if (left->field != right->field)
        return left->field < right->field ? -1 : 1;
    return left->start_bytes < right->start_bytes ? -1 : left->start_bytes > right->start_bytes;
}

int matcher_run(struct matcher *matcher, const struct folded folded[POSTING_FIELD_COUNT],
                struct arena *arena, struct hits *ret_hits)
{
    struct running running = {.matcher = matcher, .folded = folded, .arena = arena};
    for (int field = 0; field < POSTING_FIELD_COUNT && !running.failed; field++)
        run_field(&running, (enum posting_field)field);
    if (running.failed)
        return ERR_NOMEM;
    if (running.count > 1)
        qsort(running.hits, running.count, sizeof *running.hits, by_rule);
    *ret_hits = (struct hits){running.hits, running.count, running.cut};
    return OK;
}

static bool note_one(uint32_t tag, size_t start, size_t end, void *ctx)
{
    const struct trying *trying = ctx;
    bool wanted = trying->matcher->bank->needles[tag].rule == trying->rule->index;
    return wanted ? note_needle(tag, start, end, trying->matcher) : true;
}

bool matcher_try(struct matcher *matcher, const struct rule *rule, struct slice folded,
                 bool *ret_cut)
{
    struct running running = {.matcher = matcher, .only_count = true};
    struct run run = {.rule = rule, .text = folded};
    struct trying trying = {matcher, rule};
    *ret_cut = false;
    if (!bank_program_is(matcher->bank, rule->index))
        return false;
    literals_scan(matcher->bank->literals, folded, note_one, &trying);
    if (matcher->bank->always[rule->index])
        run_range(&running, &run, 0, folded.len);
    else
        run_at_needles(&running, &run);
    events_forget(matcher);
    *ret_cut = run.cut;
    return run.hits > 0;
}
