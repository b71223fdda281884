/* bank_check.c - proves a bank; see bank_check.h.
 *
 * Order: the compiler's complaints; the data files, as the fact reader takes them; each rule by its
 * examples, by the script of its language, and by texts made to be slow; each combo by its example
 * ads. What the compiler refused is left out of the rest. */
#include "classifiers/bank_check.h"

#include "classifiers/bank_parts.h"
#include "classifiers/classify.h"
#include "common/clock.h"
#include "common/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define SCRATCH_BYTES_MAX   (64u << 20)
#define HOSTILE_BYTES       16384u
#define EXAMPLE_BYTES_MAX   2048u
#define EXAMPLE_SHOWN_BYTES 120u

struct checking {
    bank_check_fn *tell;
    void *ctx;
    struct pattern_bank *bank;
    struct normaliser *normaliser;
    struct matcher *matcher;
    struct classifier *classifier; /* NULL: the data files are wrong */
    struct arena *scratch;
    struct text_buf hostile, tail;
    struct bank_check_result result;
};

static void tell(struct checking *checking, enum bank_check_kind kind, const char *format, ...)
    PRINTF_LIKE(3, 4);

static void tell(struct checking *checking, enum bank_check_kind kind, const char *format, ...)
{
    struct failure said;
    va_list args;
    va_start(args, format);
    failure_set_v(&said, ERR_SYNTAX, format, args);
    va_end(args);
    if (kind == BANK_CHECK_COMPLAINT)
        checking->result.complaints++;
    else
        checking->result.warnings++;
    checking->tell(checking->ctx, kind, said.text);
}

static void on_complaint(const struct failure *complaint, void *ctx)
{
    tell(ctx, BANK_CHECK_COMPLAINT, "%s", complaint->text);
}

/* "patterns/folder/file.yml" and a line. */
static void tell_at(struct checking *checking, enum bank_check_kind kind, struct slice file,
                    uint32_t line, const char *why)
{
    tell(checking, kind, "%s/%.*s:%" PRIu32 ": %s", bank_pack_origin(checking->bank->pack),
         (int)file.len, file.at, line, why);
}

/* ---- rules ---- */

static int rule_examples(struct checking *checking)
{
    const struct pattern_bank *bank = checking->bank;
    for (size_t i = 0; i < bank->examples_count; i++) {
        const struct example *example = &bank->examples[i];
        const struct rule *rule = &bank->rules[example->rule];
        struct folded folded;
        bool cut = false;
        if (!bank_program_is(bank, example->rule))
            continue;
        arena_reset(checking->scratch);
        if (normalise(checking->normaliser, example->text, checking->scratch, &folded) != OK)
            return ERR_NOMEM;
        bool matches = matcher_try(checking->matcher, rule, folded.text, &cut);
        checking->result.examples++;
        if (cut)
            tell_at(checking, BANK_CHECK_COMPLAINT, rule->file, example->line,
                    "the pattern reaches the step limit on this example; make it simpler");
        else if (matches != example->must_match)
            tell(checking, BANK_CHECK_COMPLAINT, "%s/%.*s:%" PRIu32 ": %s: %.*s",
                 bank_pack_origin(bank->pack), (int)rule->file.len, rule->file.at, example->line,
                 matches ? "must not match, but does" : "must match, but does not",
                 (int)utf8_cut(folded.text, EXAMPLE_SHOWN_BYTES).len, folded.text.at);
    }
    return OK;
}

static bool is_unspaced(struct slice language)
{
    static const char *const unspaced[] = {"th", "km", "lo", "my", "ja", "zh"};
    for (size_t i = 0; i < sizeof unspaced / sizeof unspaced[0]; i++)
        if (slice_starts(language, unspaced[i]) && (language.len == 2 || language.at[2] == '-'))
            return true;
    return false;
}

/* \b, not the two characters of an escaped backslash and a b. */
static bool has_word_border(struct slice pattern)
{
    for (size_t i = 0; i + 1 < pattern.len; i++) {
        if (pattern.at[i] != '\\')
            continue;
        if (pattern.at[i + 1] == 'b')
            return true;
        i++;
    }
    return false;
}

static void rule_form(struct checking *checking, const struct rule *rule)
{
    if (is_unspaced(rule->language) && has_word_border(rule->pattern))
        tell_at(checking, BANK_CHECK_WARNING, rule->file, rule->line,
                "\\b does not part words in this language, which writes without blanks");
    if (checking->bank->always[rule->index])
        tell_at(checking, BANK_CHECK_WARNING, rule->file, rule->line,
                "no letters of which every match must hold some: the rule is tried at every place "
                "of every ad");
}

/* ---- texts made to be slow ---- */

/* The letters of an example backwards, on a line of their own: a match that needs a certain letter
 * must not be told at once that it is nowhere. */
static void tail_make(struct checking *checking, struct slice folded)
{
    text_buf_reset(&checking->tail);
    text_buf_add_char(&checking->tail, '\n');
    for (size_t end = folded.len; end > 0;) {
        size_t start = end - 1;
        while (start > 0 && ((unsigned char)folded.at[start] & 0xC0) == 0x80)
            start--;
        text_buf_add_slice(&checking->tail, slice_sub(folded, start, end - start));
        end = start;
    }
}

static void repeat(struct checking *checking, struct slice piece)
{
    struct text_buf *out = &checking->hostile;
    size_t room = HOSTILE_BYTES - checking->tail.len;
    text_buf_reset(out);
    while (piece.len > 0 && out->len + piece.len <= room)
        text_buf_add_slice(out, piece);
    text_buf_add_slice(out, text_buf_slice(&checking->tail));
}

static void try_hostile(struct checking *checking, const struct rule *rule, const char *kind)
{
    bool cut = false;
    int64_t best = INT64_MAX;
    for (int again = 0; again < 3; again++) { /* cold caches are not the rule's fault */
        int64_t before = clock_cpu_us();
        (void)matcher_try(checking->matcher, rule, text_buf_slice(&checking->hostile), &cut);
        int64_t took = clock_cpu_us() - before;
        best = took < best ? took : best;
        if (best < BANK_CHECK_SLOW_US || cut)
            break;
    }
    if (best > checking->result.slowest_us) {
        checking->result.slowest_us = best;
        snprintf(checking->result.slowest, sizeof checking->result.slowest, "%.*s",
                 (int)rule->id.len, rule->id.at);
    }
    if (cut)
        tell(checking, BANK_CHECK_COMPLAINT,
             "%s/%.*s:%" PRIu32 ": the step limit is reached on %s; bound the repeats or make them "
             "possessive",
             bank_pack_origin(checking->bank->pack), (int)rule->file.len, rule->file.at, rule->line,
             kind);
    else if (best >= BANK_CHECK_SLOW_US)
        tell(checking, BANK_CHECK_WARNING,
             "%s/%.*s:%" PRIu32 ": %" PRId64 " ms for %u KiB of %s; at most %d ms is wanted",
             bank_pack_origin(checking->bank->pack), (int)rule->file.len, rule->file.at, rule->line,
             best / 1000, HOSTILE_BYTES >> 10, kind, BANK_CHECK_SLOW_US / 1000);
}

/* Its own example, folded; empty where it has none. */
static int own_example(struct checking *checking, const struct rule *rule, struct slice *ret_folded)
{
    const struct pattern_bank *bank = checking->bank;
    struct folded folded;
    *ret_folded = SLICE_EMPTY;
    for (size_t i = 0; i < bank->examples_count; i++) {
        const struct example *example = &bank->examples[i];
        if (example->rule != rule->index || !example->must_match)
            continue;
        struct slice text = utf8_cut(example->text, EXAMPLE_BYTES_MAX);
        if (normalise(checking->normaliser, text, checking->scratch, &folded) != OK)
            return ERR_NOMEM;
        *ret_folded = utf8_cut(folded.text, EXAMPLE_BYTES_MAX);
        return OK;
    }
    return OK;
}

/* Each of its first letters, repeated. */
static void try_letters(struct checking *checking, const struct rule *rule, struct slice example)
{
    size_t used = 0;
    for (size_t i = 0, tried = 0; i < example.len && tried < 12; i += used, tried++) {
        utf8_decode(slice_from(example, i), &used);
        struct slice letter = slice_sub(example, i, used);
        if (slice_find(slice_sub(example, 0, i), letter) != SIZE_MAX)
            continue;
        repeat(checking, letter);
        try_hostile(checking, rule, "a letter of its own example, repeated");
    }
}

static int rule_hostile(struct checking *checking, const struct rule *rule)
{
    static const char *const pieces[][2] = {{"1", "digits"},
                                            {" ", "blanks"},
                                            {"\n", "line ends"},
                                            {"a ", "single letters"},
                                            {"1 000 ", "numbers"},
                                            {"工", "one Chinese character, repeated"},
                                            {"ab.,-+@/", "letters and marks"}};
    struct slice example;
    arena_reset(checking->scratch);
    int rc = own_example(checking, rule, &example);
    if (rc != OK)
        return rc;
    tail_make(checking, example);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        repeat(checking, slice_of(pieces[i][0]));
        try_hostile(checking, rule, pieces[i][1]);
    }
    try_letters(checking, rule, example);
    repeat(checking, utf8_cut(example, example.len * 2 / 3));
    try_hostile(checking, rule, "the start of its own example, repeated");
    return text_buf_status(&checking->hostile);
}

static int rules_check(struct checking *checking)
{
    const struct pattern_bank *bank = checking->bank;
    int rc = rule_examples(checking);
    for (size_t i = 0; rc == OK && i < bank->rules_count; i++) {
        if (!bank_program_is(bank, i))
            continue;
        if (bank_program(bank, i) == NULL)
            tell_at(checking, BANK_CHECK_COMPLAINT, bank->rules[i].file, bank->rules[i].line,
                    "the pattern is too large for machine code; make it simpler");
        rule_form(checking, &bank->rules[i]);
        rc = rule_hostile(checking, &bank->rules[i]);
    }
    return rc;
}

/* ---- combos ---- */

static bool joins(const struct verdict *verdict, struct slice combo)
{
    for (size_t i = 0; i < verdict->findings_count; i++)
        if (verdict->findings[i].kind == FINDING_COMBO &&
            slice_equal(verdict->findings[i].id, combo))
            return true;
    return false;
}

static int combos_check(struct checking *checking)
{
    const struct pattern_bank *bank = checking->bank;
    for (size_t i = 0; i < bank->combo_examples_count; i++) {
        const struct combo_example *example = &bank->combo_examples[i];
        struct posting posting;
        struct verdict verdict;
        if (example->combo >= bank->combos_count)
            continue; /* the combo itself was refused */
        const struct combo *combo = &bank->combos[example->combo];
        if (combo->status != RULE_ACTIVE && combo->status != RULE_SHADOW)
            continue;
        arena_reset(checking->scratch);
        posting_init(&posting);
        int rc = posting_set(&posting, checking->scratch, POSTING_TEXT, example->text);
        if (rc == OK)
            rc = classify(checking->classifier, &posting, checking->scratch, &verdict);
        if (rc != OK)
            return rc;
        bool joined = joins(&verdict, combo->id);
        checking->result.examples++;
        if (joined != example->must_match)
            tell(checking, BANK_CHECK_COMPLAINT, "%s/%.*s:%" PRIu32 ": %s %s",
                 bank_pack_origin(bank->pack), (int)example->file.len, example->file.at,
                 example->line, combo->id.at,
                 joined ? "must not hold for this ad, but does"
                        : "must hold for this ad, but does not");
    }
    return OK;
}

/* ---- all of it ---- */

/* Complaints about places.yml, wages.yml and signals come from the reader itself. */
static int classifier_open(struct checking *checking, struct failure *reterr)
{
    struct failure why = {.code = OK};
    int rc = classifier_create(checking->bank, NULL, &checking->classifier, &why);
    if (rc == ERR_NOMEM || rc == ERR_UNSUPPORTED)
        return failure_set(reterr, rc, "%s", why.text);
    if (rc != OK)
        tell(checking, BANK_CHECK_COMPLAINT, "%s", why.text);
    return OK;
}

static int checks_run(struct checking *checking, struct failure *reterr)
{
    int rc = bank_programs_try(checking->bank, reterr);
    if (rc != OK)
        return rc;
    rc = normaliser_create(&checking->normaliser);
    if (rc == OK)
        rc = matcher_create(checking->bank, &MATCHER_LIMITS_DEFAULT, &checking->matcher);
    if (rc == OK)
        rc = rules_check(checking);
    if (rc != OK)
        return failure_set(reterr, rc, "the bank cannot be tried here (%s)", err_name(rc));
    rc = classifier_open(checking, reterr);
    if (rc == OK && checking->classifier != NULL) {
        rc = combos_check(checking);
        if (rc != OK)
            failure_set(reterr, rc, "out of memory");
    }
    return rc;
}

static void release(struct checking *checking)
{
    classifier_free(checking->classifier);
    matcher_free(checking->matcher);
    normaliser_free(checking->normaliser);
    pattern_bank_free(checking->bank);
    arena_free(checking->scratch);
    text_buf_release(&checking->hostile);
    text_buf_release(&checking->tail);
}

int bank_check(const struct bank_pack *pack, bank_check_fn *tell_fn, void *ctx,
               struct bank_check_result *ret_result, struct failure *reterr)
{
    struct checking checking = {.tell = tell_fn, .ctx = ctx};
    struct complaints complaints = {.each = on_complaint, .ctx = &checking};
    text_buf_init(&checking.hostile, HOSTILE_BYTES + 1);
    text_buf_init(&checking.tail, EXAMPLE_BYTES_MAX + 1);
    checking.result.files = bank_pack_count(pack);
    int rc = arena_create(SCRATCH_BYTES_MAX, &checking.scratch);
    if (rc == OK)
        rc = bank_compile_listening(pack, &complaints, true, &checking.bank);
    if (rc != OK)
        failure_set(reterr, rc, "the bank cannot be read (%s)", err_name(rc));
    if (rc == OK && checking.bank->programs != NULL)
        rc = checks_run(&checking, reterr);
    if (rc == OK) {
        checking.result.rules = checking.bank->rules_count;
        checking.result.combos = checking.bank->combos_count;
        checking.result.signals = checking.bank->signals_count;
        *ret_result = checking.result;
    }
    release(&checking);
    return rc;
}
