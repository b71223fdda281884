/* bank_compile.c - patterns into PCRE2 programs; see bank.h.
 *
 * Flags are the loader's alone: UTF, UCP, dot matches newline, no \C; no CASELESS, since text is
 * folded and a caseless match costs twice. `(?list:NAME)` stands for the lines of lists/NAME.txt,
 * `(?gap:3)` for at most three words between two others of a sentence. Vietnamese rules match without
 * the marks too. */
#include "classifiers/bank_parts.h"
#include "classifiers/literals.h"

#include "classifiers/normalise.h"

#include "common/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define EXPANDED_BYTES_MAX (1u << 20)

struct compiling {
    struct pattern_bank *bank;
    struct complaints *complaints;
    struct normaliser *normaliser;
    struct arena *scratch;
    struct literals_builder *literals;
};

/* "patterns/file:line:col: why", the pattern's line and a caret. */
static int pattern_fail(const struct compiling *compiling, const struct rule *rule, size_t offset,
                        const char *why, struct failure *reterr)
{
    char caret[128];
    struct slice rest = rule->pattern, line = SLICE_EMPTY;
    uint32_t number = rule->line;
    size_t column = offset;
    while (slice_next_line(&rest, &line) && column > line.len && rest.len > 0) {
        column -= line.len + 1;
        number++;
    }
    column = utf8_count(slice_sub(line, 0, column)); /* a gap or a list makes it longer: the end */
    if (column > sizeof caret - 2)
        column = sizeof caret - 2;
    memset(caret, ' ', column);
    caret[column] = '^';
    caret[column + 1] = '\0';
    return failure_set(reterr, ERR_SYNTAX, "%s/%.*s:%u: %s\n  %.*s\n  %s",
                       bank_pack_origin(compiling->bank->pack), (int)rule->file.len, rule->file.at,
                       number, why, (int)line.len, line.at, caret);
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

/* "3)…" of "(?gap:3)": what parts two words, with up to that many words between. */
static bool gap_add(struct text_buf *out, struct slice rest)
{
    static const char apart[] = "[^\\p{L}\\p{N}.!?]+";
    if (rest.len < 2 || rest.at[0] < '1' || rest.at[0] > '9' || rest.at[1] != ')')
        return false;
    text_buf_printf(out, "%s(?:[\\w'&/-]+%s){0,%c}?", apart, apart, rest.at[0]);
    return true;
}

static int list_expand(const struct compiling *compiling, const struct rule *rule,
                       struct slice name, struct text_buf *out, struct failure *reterr)
{
    char path[256];
    struct slice lines;
    size_t end = slice_find_char(name, ')');
    if (end == SIZE_MAX || end > 100)
        return pattern_fail(compiling, rule, 0, "(?list:NAME) is not closed", reterr);
    memcpy(path, "lists/", 6);
    memcpy(path + 6, name.at, end);
    memcpy(path + 6 + end, ".txt", 5);
    if (!bank_pack_find(compiling->bank->pack, path, &lines))
        return pattern_fail(compiling, rule, 0, "there is no such list in lists/", reterr);
    list_add(out, lines);
    return OK;
}

/* The pattern with its lists and gaps in place. */
static int pattern_expand(const struct compiling *compiling, const struct rule *rule,
                          struct text_buf *out, struct failure *reterr)
{
    struct slice rest = rule->pattern;
    for (;;) {
        size_t list = slice_find(rest, SLICE("(?list:")), gap = slice_find(rest, SLICE("(?gap:"));
        size_t at = list < gap ? list : gap;
        if (at == SIZE_MAX)
            break;
        text_buf_add_slice(out, slice_sub(rest, 0, at));
        if (at == gap) {
            rest = slice_from(rest, at + 6);
            if (!gap_add(out, rest))
                return pattern_fail(compiling, rule, 0, "(?gap:N) wants a digit, 1 to 9", reterr);
            rest = slice_from(rest, 2);
            continue;
        }
        struct slice name = slice_from(rest, at + 7);
        int rc = list_expand(compiling, rule, name, out, reterr);
        if (rc != OK)
            return rc;
        rest = slice_from(name, slice_find_char(name, ')') + 1);
    }
    text_buf_add_slice(out, rest);
    if (text_buf_status(out) != OK)
        return pattern_fail(compiling, rule, 0, "the pattern is too long", reterr);
    return OK;
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
    struct pattern_bank *bank = compiling->bank;
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
    struct pattern_bank *bank = compiling->bank;
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

static int program_make(const struct compiling *compiling, const struct rule *rule,
                        struct slice expanded, pcre2_code **ret_code, struct failure *reterr)
{
    int error = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)expanded.at, expanded.len,
                                     flags_of(compiling->bank, rule), &error, &offset, NULL);
    if (code == NULL) {
        char why[256];
        pcre2_get_error_message(error, (PCRE2_UCHAR *)why, sizeof why);
        return pattern_fail(compiling, rule, offset, why, reterr);
    }
    if (pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) != 0) {
        pcre2_code_free(code);
        return failure_set(reterr, ERR_UNSUPPORTED,
                           "PCRE2 cannot compile patterns to machine code here: is executable "
                           "memory forbidden (MemoryDenyWriteExecute)?");
    }
    *ret_code = code;
    return OK;
}

static int code_make(struct compiling *compiling, const struct rule *rule, pcre2_code **ret_code,
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
        rc = program_make(compiling, rule, text_buf_slice(&expanded), ret_code, reterr);
    text_buf_release(&expanded);
    return rc;
}

int bank_compile_rules(struct pattern_bank *bank, struct complaints *complaints)
{
    struct compiling compiling = {.bank = bank, .complaints = complaints};
    bank->codes = calloc(bank->rules_count + 1, sizeof *bank->codes);
    bank->always = calloc(bank->rules_count + 1, sizeof *bank->always);
    bank->leads = calloc(bank->rules_count + 1, sizeof *bank->leads);
    int rc = bank->codes == NULL || bank->always == NULL || bank->leads == NULL ? ERR_NOMEM : OK;
    if (rc == OK)
        rc = normaliser_create(&compiling.normaliser);
    if (rc == OK)
        rc = arena_create(16u << 20, &compiling.scratch);
    if (rc == OK)
        rc = literals_begin(&compiling.literals);
    for (size_t i = 0; rc == OK && i < bank->rules_count; i++) {
        struct failure why = {.code = OK};
        arena_reset(compiling.scratch);
        int own = code_make(&compiling, &bank->rules[i], &bank->codes[i], &why);
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
