/* bank_compile.c - patterns into PCRE2 programs; see bank.h.
 *
 * Flags are the loader's alone: UTF, UCP, dot matches newline, no \C; no CASELESS, since text is
 * folded and a caseless match costs twice. `(?list:NAME)` stands for the lines of lists/NAME.txt,
 * `(?gap:3)` for at most three words between two others of a sentence. Vietnamese rules match without
 * the marks too. */
#include "classifiers/bank_parts.h"
#include "classifiers/literals.h"

#include "classifiers/normalise.h"

#include "common/cells.h"
#include "common/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define EXPANDED_BYTES_MAX (1u << 20)
#define LIST_BYTES         7u /* "(?list:" */
#define GAP_BYTES          6u /* "(?gap:" */

struct compiling {
    const struct pattern_bank *bank;
    struct pattern_bank *made; /* the same, while its tables grow */
    struct complaints *complaints;
    struct normaliser *normaliser;
    struct arena *scratch;
    struct literals_builder *literals;
};

/* "patterns/file:line: why", the pattern's line and a caret. offset: in the pattern as written. */
static int pattern_fail(const struct compiling *compiling, const struct rule *rule, size_t offset,
                        const char *why, struct failure *reterr)
{
    char caret[CARET_BYTES];
    struct slice rest = rule->pattern, line = SLICE_EMPTY, shown;
    uint32_t number = rule->line;
    size_t column = offset;
    while (slice_next_line(&rest, &line) && column > line.len && rest.len > 0) {
        column -= line.len + 1;
        number++;
    }
    caret_show(line, column, &shown, caret);
    return failure_set(reterr, ERR_SYNTAX, "%s/%.*s:%u: %s\n  %.*s\n  %s",
                       bank_pack_origin(compiling->bank->pack), (int)rule->file.len, rule->file.at,
                       number, why, (int)shown.len, shown.at, caret);
}

static void list_add(struct text_buf *out, struct slice lines)
{
    static const char special[] = "\\^$.[]|()?*+{}#- ";
    struct slice rest = lines, line;
    bool first = true;
    text_buf_add_str(out, "(?:");
    while (slice_next_line(&rest, &line)) {
        line = slice_trim(line);
        if (line.len == 0 || line.at[0] == '#')
            continue;
        if (!first)
            text_buf_add_char(out, '|');
        first = false;
        for (size_t i = 0; i < line.len; i++) {
            if (strchr(special, line.at[i]) != NULL)
                text_buf_add_char(out, '\\');
            text_buf_add_char(out, line.at[i]);
        }
    }
    text_buf_add_char(out, ')');
}

/* Bytes before the next list or gap. */
static size_t plain_len(struct slice text)
{
    size_t list = slice_find(text, SLICE("(?list:")), gap = slice_find(text, SLICE("(?gap:"));
    size_t at = list < gap ? list : gap;
    return at < text.len ? at : text.len;
}

/* "3)…" of "(?gap:3)": what parts two words, with up to that many words between. A vowel sign or a
 * virama (\p{M}) is of its word, and so is the ending behind one: else a word of Hindi or Tamil
 * counts as several. */
static bool gap_add(struct text_buf *out, struct slice rest)
{
    static const char apart[] = "[^\\p{L}\\p{N}\\p{M}.!?]+";
    if (rest.len < 2 || rest.at[0] < '1' || rest.at[0] > '9' || rest.at[1] != ')')
        return false;
    text_buf_printf(out, "(?:\\p{M}[\\p{L}\\p{M}]*)?%s(?:[\\w\\p{M}'&/-]+%s){0,%c}?", apart, apart,
                    rest.at[0]);
    return true;
}

/* "NAME)…" of "(?list:NAME)", at offset of the pattern. */
static int list_expand(const struct compiling *compiling, const struct rule *rule, size_t offset,
                       struct text_buf *out, struct failure *reterr)
{
    char path[256];
    struct slice lines, name = slice_from(rule->pattern, offset + LIST_BYTES);
    size_t end = slice_find_char(name, ')');
    if (end == SIZE_MAX || end > 100)
        return pattern_fail(compiling, rule, offset, "(?list:NAME) is not closed", reterr);
    memcpy(path, "lists/", 6);
    memcpy(path + 6, name.at, end);
    memcpy(path + 6 + end, ".txt", 5);
    if (!bank_pack_find(compiling->bank->pack, path, &lines))
        return pattern_fail(compiling, rule, offset, "there is no such list in lists/", reterr);
    list_add(out, lines);
    return OK;
}

/* What stands before the next list or gap at or behind *offset, then that list or gap in its full
 * form. Moves *offset behind it; with none, to the pattern's end. */
static int expand_next(const struct compiling *compiling, const struct rule *rule, size_t *offset,
                       struct text_buf *out, struct failure *reterr)
{
    struct slice rest = slice_from(rule->pattern, *offset);
    size_t plain = plain_len(rest), at = *offset + plain;
    bool is_gap = slice_starts(slice_from(rest, plain), "(?gap:");
    int rc = OK;
    text_buf_add_slice(out, slice_sub(rest, 0, plain));
    *offset = rule->pattern.len;
    if (plain == rest.len)
        return OK;
    if (is_gap && !gap_add(out, slice_from(rest, plain + GAP_BYTES)))
        rc = pattern_fail(compiling, rule, at, "(?gap:N) wants a digit, 1 to 9", reterr);
    else if (!is_gap)
        rc = list_expand(compiling, rule, at, out, reterr);
    if (rc == OK)
        *offset = at + slice_find_char(slice_from(rest, plain), ')') + 1;
    return rc;
}

/* The pattern with its lists and gaps in place. */
static int pattern_expand(const struct compiling *compiling, const struct rule *rule,
                          struct text_buf *out, struct failure *reterr)
{
    size_t offset = 0;
    while (offset < rule->pattern.len) {
        int rc = expand_next(compiling, rule, &offset, out, reterr);
        if (rc != OK)
            return rc;
    }
    if (text_buf_status(out) != OK)
        return pattern_fail(compiling, rule, 0, "the pattern is too long", reterr);
    return OK;
}

/* The place in the pattern as written of one in its expanded form: the start of a list or a gap for
 * every place within it. */
static size_t place_as_written(const struct compiling *compiling, const struct rule *rule,
                               size_t expanded)
{
    struct text_buf out;
    struct failure why = {.code = OK};
    size_t offset = 0, place = SIZE_MAX;
    text_buf_init(&out, EXPANDED_BYTES_MAX);
    while (place == SIZE_MAX && offset < rule->pattern.len) {
        size_t began = offset, out_began = out.len;
        size_t plain = plain_len(slice_from(rule->pattern, began));
        if (expand_next(compiling, rule, &offset, &out, &why) != OK || text_buf_status(&out) != OK)
            break;
        if (expanded <= out_began + plain)
            place = began + (expanded - out_began);
        else if (expanded < out.len)
            place = began + plain;
    }
    text_buf_release(&out);
    return place < rule->pattern.len ? place : rule->pattern.len;
}

/* Bytes of the escape or the verb at `at`, which keep their case: \p{Lu}, \P, (*SKIP); 0: none. */
static size_t escape_len(struct slice text, size_t at)
{
    struct slice rest = slice_from(text, at);
    char close = slice_starts(rest, "(*") ? ')' : '}';
    if (close == '}' && !slice_starts(rest, "\\p{") && !slice_starts(rest, "\\P{"))
        return rest.len > 1 && rest.at[0] == '\\' ? 2 : 0;
    size_t end = slice_find_char(rest, close);
    return end == SIZE_MAX ? 2 : end + 1;
}

static int letter_check(struct compiling *compiling, const struct rule *rule, size_t at, size_t len,
                        struct failure *reterr)
{
    struct slice letter = slice_sub(rule->pattern, at, len);
    struct folded folded;
    char why[256];
    if (normalise(compiling->normaliser, letter, compiling->scratch, &folded) != OK)
        return ERR_NOMEM;
    if (slice_equal(folded.text, letter) || (folded.text.len == 0 && len == 1))
        return OK;
    if (folded.text.len == 0)
        return pattern_fail(compiling, rule, at,
                            "an invisible letter is dropped before matching; take it out", reterr);
    snprintf(why, sizeof why, "'%.*s' is folded to '%.*s' before matching; write that",
             (int)letter.len, letter.at, (int)folded.text.len, folded.text.at);
    return pattern_fail(compiling, rule, at, why, reterr);
}

/* A literal that folding would change can never match: shows the folded spelling. Escapes such as
 * \P keep their case; inside (?x) comments everything goes. */
static int folded_check(struct compiling *compiling, const struct rule *rule,
                        struct failure *reterr)
{
    struct slice text = rule->pattern;
    for (size_t i = 0, used = 0; i < text.len; i += used) {
        unsigned char byte = (unsigned char)text.at[i];
        used = escape_len(text, i);
        if (used > 0)
            continue;
        used = 1;
        bool named = i > 1 && text.at[i - 1] == '<';
        if (byte >= 'A' && byte <= 'Z' && !named)
            return pattern_fail(compiling, rule, i,
                                "upper case never matches folded text; write it small", reterr);
        if (byte < 0x80)
            continue;
        while (i + used < text.len && ((unsigned char)text.at[i + used] & 0xC0) == 0x80)
            used++;
        int rc = letter_check(compiling, rule, i, used, reterr);
        if (rc != OK)
            return rc;
    }
    return OK;
}

/* A single letter, blank or stop stands everywhere; a digit or a sign does not. */
static bool are_rare(const struct needles *needles)
{
    for (size_t i = 0; i < needles->count; i++) {
        struct slice needle = needles->list[i];
        if (needle.len == 0 ||
            (needle.len == 1 && strchr("0123456789$%@+#/", needle.at[0]) == NULL))
            return false;
    }
    return true;
}

uint32_t lead_hash(const char *at, size_t bytes)
{
    uint32_t head = 0;
    memcpy(&head, at, bytes);
    return (head * 2654435761u + (uint32_t)bytes * 40503u) >> 23; /* below LEAD_BITS */
}

static void lead_note(struct lead *lead, const struct needles *needles)
{
    lead->whole = needles->whole;
    lead->word = true;
    for (size_t i = 0; i < needles->lead_count; i++) {
        struct slice head = slice_sub(needles->lead[i], 0, LEAD_BYTES_MAX);
        uint32_t bit = lead_hash(head.at, head.len);
        unsigned char first = (unsigned char)head.at[0];
        lead->bits[bit / 64] |= UINT64_C(1) << (bit % 64);
        lead->firsts[first / 64] |= UINT64_C(1) << (first % 64);
        if ((needles->lead_bounds[i] & LITERAL_WORD_HEAD) == 0)
            lead->inner[first / 64] |= UINT64_C(1) << (first % 64);
        lead->lengths = (unsigned char)(lead->lengths | 1u << head.len);
        lead->word = lead->word && (needles->lead_bounds[i] & LITERAL_WORD_HEAD) != 0;
    }
}

static int needle_add(struct compiling *compiling, struct needle_use use, struct slice literal,
                      unsigned bounds)
{
    struct pattern_bank *bank = compiling->made;
    if (!bank_room((void **)&bank->needles, bank->needles_count, &bank->needles_room,
                   sizeof *bank->needles))
        return ERR_NOMEM;
    bank->needles[bank->needles_count] = use;
    return literals_add_bounded(compiling->literals, literal, bounds,
                                (uint32_t)bank->needles_count++);
}

/* What the rule cannot match without goes into the one search of the bank. */
static int needles_note(struct compiling *compiling, const struct rule *rule, struct slice expanded)
{
    struct pattern_bank *bank = compiling->made;
    struct lead *lead = &bank->leads[rule->index];
    struct needles needles;
    int rc = needles_of(expanded, compiling->scratch, &needles);
    if (rc == OK && !are_rare(&needles))
        needles.count = 0;
    for (size_t i = 0; rc == OK && i < needles.count; i++) {
        unsigned char clause = needles.clause != NULL ? needles.clause[i] : 0;
        rc = needle_add(compiling, (struct needle_use){rule->index, needles.back[i], clause, false},
                        needles.list[i], needles.bounds[i]);
    }
    for (size_t i = 0; rc == OK && needles.count > 0 && i < needles.also_count; i++) {
        unsigned char clause = needles.also_clause[i];
        lead->also |= UINT32_C(1) << clause;
        rc = needle_add(compiling, (struct needle_use){rule->index, 0, clause, true},
                        needles.also[i], needles.also_bounds[i]);
    }
    if (rc == OK)
        lead_note(lead, &needles);
    bank->always[rule->index] = needles.count == 0;
    return rc;
}

/* ---- Vietnamese without its marks ---- */

/* The plain letter under the marks of Vietnamese, or '\0'. */
static char vietnamese_base(uint32_t code)
{
    static const struct {
        uint32_t first, last;
        char base;
    } rows[] = {{0xE0, 0xE3, 'a'},     {0xE8, 0xEA, 'e'},     {0xEC, 0xED, 'i'},
                {0xF2, 0xF5, 'o'},     {0xF9, 0xFA, 'u'},     {0xFD, 0xFD, 'y'},
                {0x103, 0x103, 'a'},   {0x111, 0x111, 'd'},   {0x129, 0x129, 'i'},
                {0x169, 0x169, 'u'},   {0x1A1, 0x1A1, 'o'},   {0x1B0, 0x1B0, 'u'},
                {0x1EA1, 0x1EB7, 'a'}, {0x1EB9, 0x1EC7, 'e'}, {0x1EC9, 0x1ECB, 'i'},
                {0x1ECD, 0x1EE3, 'o'}, {0x1EE5, 0x1EF1, 'u'}, {0x1EF3, 0x1EF9, 'y'}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (code >= rows[i].first && code <= rows[i].last)
            return rows[i].base;
    return '\0';
}

/* Half of Vietnam types without marks: a rule's program matches both spellings. */
static int vietnamese_widen(struct text_buf *pattern)
{
    struct text_buf both;
    bool differs = false;
    text_buf_init(&both, EXPANDED_BYTES_MAX);
    text_buf_printf(&both, "(?:%.*s)|(?:", (int)pattern->len, pattern->at);
    for (size_t i = 0, used = 0; i < pattern->len; i += used) {
        uint32_t code = utf8_decode(slice_from(text_buf_slice(pattern), i), &used);
        char base = vietnamese_base(code);
        differs = differs || base != '\0';
        if (base != '\0')
            text_buf_add_char(&both, base);
        else
            text_buf_add(&both, pattern->at + i, used);
    }
    text_buf_add_char(&both, ')');
    int rc = text_buf_status(&both);
    if (rc == OK && differs) {
        struct text_buf old = *pattern;
        *pattern = both;
        both = old;
    }
    text_buf_release(&both);
    return rc;
}

/* A rule that runs only where a match can begin needs no help to find such places: what PCRE2 does
 * for that looks far ahead at each try. */
static uint32_t flags_of(const struct pattern_bank *bank, const struct rule *rule)
{
    const struct lead *lead = &bank->leads[rule->index];
    const uint32_t flags = PCRE2_UTF | PCRE2_UCP | PCRE2_DOTALL | PCRE2_NEVER_BACKSLASH_C |
                           PCRE2_NO_UTF_CHECK | PCRE2_USE_OFFSET_LIMIT;
    return lead->lengths != 0 && !lead->whole ? flags | PCRE2_NO_START_OPTIMIZE : flags;
}

/* Why a pattern does not compile, at its place. A widened pattern is longer than what is
 * written and a bracket left open in it closes elsewhere: the one it was made from tells. */
static int program_fail(const struct compiling *compiling, const struct rule *rule, int error,
                        size_t offset, struct failure *reterr)
{
    char why[256];
    struct text_buf plain;
    PCRE2_SIZE plain_offset = 0;
    int plain_error = 0;
    bool is_widened = slice_is(rule->language, "vi");
    text_buf_init(&plain, EXPANDED_BYTES_MAX);
    if (is_widened && pattern_expand(compiling, rule, &plain, reterr) == OK) {
        pcre2_code *code =
            pcre2_compile((PCRE2_SPTR)text_buf_cstr(&plain), plain.len,
                          flags_of(compiling->bank, rule), &plain_error, &plain_offset, NULL);
        error = code == NULL ? plain_error : error;
        offset = code == NULL ? plain_offset : 0;
        pcre2_code_free(code);
    }
    text_buf_release(&plain);
    pcre2_get_error_message(error, (PCRE2_UCHAR *)why, sizeof why);
    return pattern_fail(compiling, rule, place_as_written(compiling, rule, offset), why, reterr);
}

static int program_make(const struct compiling *compiling, const struct rule *rule,
                        struct slice expanded, struct failure *reterr)
{
    int error = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)expanded.at, expanded.len,
                                     flags_of(compiling->bank, rule), &error, &offset, NULL);
    if (code == NULL)
        return program_fail(compiling, rule, error, offset, reterr);
    bank_program_put(compiling->bank->programs, rule->index, code);
    return OK;
}

static int rule_compile(struct compiling *compiling, const struct rule *rule,
                        struct failure *reterr)
{
    struct text_buf expanded;
    text_buf_init(&expanded, EXPANDED_BYTES_MAX);
    int rc = folded_check(compiling, rule, reterr);
    if (rc == OK)
        rc = pattern_expand(compiling, rule, &expanded, reterr);
    if (rc == OK && slice_is(rule->language, "vi"))
        rc = vietnamese_widen(&expanded);
    if (rc == OK)
        rc = needles_note(compiling, rule, text_buf_slice(&expanded));
    if (rc == OK)
        rc = program_make(compiling, rule, text_buf_slice(&expanded), reterr);
    text_buf_release(&expanded);
    return rc;
}

int bank_rule_digest(const struct pattern_bank *bank, size_t index, struct digest *ret_digest)
{
    const struct compiling compiling = {.bank = bank};
    const struct rule *rule = &bank->rules[index];
    struct failure why = {.code = OK};
    struct text_buf text;
    text_buf_init(&text, EXPANDED_BYTES_MAX + 32);
    text_buf_printf(&text, "%d ", rule->field);
    int rc = pattern_expand(&compiling, rule, &text, &why);
    if (rc == OK)
        *ret_digest = digest_of(text_buf_slice(&text));
    text_buf_release(&text);
    return rc == OK ? OK : ERR_NOMEM; /* else it had not been compiled */
}

int bank_compile_rules(struct pattern_bank *bank, struct complaints *complaints)
{
    struct compiling compiling = {.bank = bank, .made = bank, .complaints = complaints};
    bank->always = calloc(bank->rules_count + 1, sizeof *bank->always);
    bank->leads = calloc(bank->rules_count + 1, sizeof *bank->leads);
    int rc = bank->always == NULL || bank->leads == NULL ? ERR_NOMEM : OK;
    if (rc == OK)
        rc = bank_programs_create(bank->rules_count, &bank->programs);
    if (rc == OK)
        rc = normaliser_create(&compiling.normaliser);
    if (rc == OK)
        rc = arena_create(16u << 20, &compiling.scratch);
    if (rc == OK)
        rc = literals_begin(&compiling.literals);
    for (size_t i = 0; rc == OK && i < bank->rules_count; i++) {
        struct failure why = {.code = OK};
        arena_reset(compiling.scratch);
        int own = rule_compile(&compiling, &bank->rules[i], &why);
        if (own == ERR_NOMEM)
            rc = own;
        else if (own != OK)
            complain_with(complaints, &why);
    }
    int ended = compiling.literals == NULL ? OK : literals_end(compiling.literals, &bank->literals);
    arena_free(compiling.scratch);
    normaliser_free(compiling.normaliser);
    return rc != OK ? rc : ended;
}
