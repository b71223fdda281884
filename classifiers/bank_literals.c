/* bank_literals.c - the literals a pattern cannot do without; see bank_literals.h.
 *
 * The idea is that of grep's "must" strings (Russ Cox, "Regular Expression Matching with a Trigram
 * Index", 2012): read the pattern once, and of each part know
 *   exact     all strings it can match, where these are few: "pay(?:ed|ing)?" -> pay, payed, paying;
 *   required  strings of which one stands in every match.
 * In a row of parts, exact ones are multiplied while they stay few, and of all required sets the one
 * with the longest shortest string wins; of alternatives all are needed. Matching is case-sensitive
 * (rules run on folded text), so (?i) ends the reading, as do all forms not known here: then the
 * pattern always runs. Cost: once a rule at start, microseconds. */
#include "classifiers/bank_literals.h"
#include "common/utf8.h"

#include <string.h>

#define EXACT_MAX      48u /* strings of a product */
#define CLASS_MAX      8u  /* characters of a class that counts as so many strings */
#define STRING_MAX     48u /* bytes of a product's string */
#define LITERAL_MAX    10u /* bytes that go into the automaton */
#define LITERAL_USEFUL 2u  /* shorter ones stand in every text */
#define NESTING_MAX    60u

struct set { /* of strings; at NULL: unknown, anything */
    const struct slice *at;
    size_t count;
};

struct part {
    struct set exact, required;
    bool never; /* (*FAIL): no match goes through here */
};

struct reading {
    struct arena *arena;
    struct slice pattern;
    size_t at;
    unsigned depth;
    bool extended; /* (?x) */
    bool lost;     /* something that is not known here */
    bool no_memory;
};

static const struct set ANYTHING = {NULL, 0};

static struct part row_read(struct reading *reading);

/* ---- sets ---- */

static struct set set_make(struct reading *reading, size_t count, struct slice **ret_room)
{
    struct slice *at = arena_calloc(reading->arena, count, sizeof *at);
    *ret_room = at;
    if (at == NULL) {
        reading->no_memory = true;
        return ANYTHING;
    }
    return (struct set){at, count};
}

static struct set set_of(struct reading *reading, const char *bytes, size_t len)
{
    struct slice *room = NULL;
    struct set set = set_make(reading, 1, &room);
    char *copy = arena_copy(reading->arena, bytes, len);
    if (set.at == NULL || copy == NULL) {
        reading->no_memory = true;
        return ANYTHING;
    }
    room[0] = slice_make(copy, len);
    return set;
}

static bool set_has(const struct slice *at, size_t count, struct slice text)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal(at[i], text))
            return true;
    return false;
}

/* Unknown when either is, or when there would be more than max strings. */
static struct set set_union(struct reading *reading, struct set a, struct set b, size_t max)
{
    struct slice *room = NULL;
    if (a.at == NULL || b.at == NULL || a.count + b.count > max)
        return ANYTHING;
    struct set both = set_make(reading, a.count + b.count, &room);
    if (both.at == NULL)
        return ANYTHING;
    memcpy(room, a.at, a.count * sizeof *room);
    both.count = a.count;
    for (size_t i = 0; i < b.count; i++)
        if (!set_has(room, both.count, b.at[i]))
            room[both.count++] = b.at[i];
    return both;
}

static size_t longest(struct set set)
{
    size_t most = 0;
    for (size_t i = 0; i < set.count; i++)
        most = set.at[i].len > most ? set.at[i].len : most;
    return most;
}

/* Each of a followed by each of b; unknown where that is too much. */
static struct set set_product(struct reading *reading, struct set a, struct set b)
{
    struct slice *room = NULL;
    if (a.count * b.count > EXACT_MAX || longest(a) + longest(b) > STRING_MAX)
        return ANYTHING;
    struct set product = set_make(reading, a.count * b.count, &room);
    for (size_t i = 0; product.at != NULL && i < a.count; i++)
        for (size_t k = 0; k < b.count; k++) {
            char joined[STRING_MAX];
            memcpy(joined, a.at[i].at, a.at[i].len);
            memcpy(joined + a.at[i].len, b.at[k].at, b.at[k].len);
            size_t len = a.at[i].len + b.at[k].len;
            char *copy = arena_copy(reading->arena, joined, len);
            if (copy == NULL) {
                reading->no_memory = true;
                return ANYTHING;
            }
            room[i * b.count + k] = slice_make(copy, len);
        }
    return product;
}

/* Higher is better; 0: useless. */
static size_t set_worth(struct set set)
{
    size_t least = SIZE_MAX;
    if (set.at == NULL || set.count == 0)
        return 0;
    for (size_t i = 0; i < set.count; i++)
        least = set.at[i].len < least ? set.at[i].len : least;
    if (least < LITERAL_USEFUL)
        return 0;
    return (least < LITERAL_MAX ? least : LITERAL_MAX) * 1000 + (999 - set.count);
}

static struct set set_better(struct set a, struct set b)
{
    struct set best = set_worth(a) >= set_worth(b) ? a : b;
    return set_worth(best) == 0 ? ANYTHING : best;
}

/* ---- parts ---- */

static struct part part_anything(void)
{
    return (struct part){ANYTHING, ANYTHING, false};
}

static struct part part_exact(struct set exact)
{
    return (struct part){exact, set_better(exact, ANYTHING), false};
}

static struct part part_empty(struct reading *reading)
{
    return part_exact(set_of(reading, "", 0));
}

static struct part lose(struct reading *reading)
{
    reading->lost = true;
    reading->at = reading->pattern.len;
    return part_anything();
}

static bool at_end(const struct reading *reading)
{
    return reading->at >= reading->pattern.len;
}

static char peek(const struct reading *reading)
{
    return at_end(reading) ? '\0' : reading->pattern.at[reading->at];
}

static struct slice rest_of(const struct reading *reading)
{
    return slice_from(reading->pattern, reading->at);
}

/* Behind the next `end`, which must come. */
static void skip_past(struct reading *reading, char end)
{
    size_t found = slice_find_char(rest_of(reading), end);
    if (found == SIZE_MAX)
        lose(reading);
    else
        reading->at += found + 1;
}

/* (?x): white space and comments between parts. */
static void skip_blanks(struct reading *reading)
{
    while (reading->extended && !at_end(reading)) {
        char byte = peek(reading);
        if (byte == '#') {
            size_t end = slice_find_char(rest_of(reading), '\n');
            reading->at = end == SIZE_MAX ? reading->pattern.len : reading->at + end + 1;
        } else if (byte != '\0' && strchr(" \t\r\n\v\f", byte) != NULL) {
            reading->at++;
        } else {
            return;
        }
    }
}

/* ---- escapes and classes ---- */

/* The character an escape stands for; false: it is a class, a place or unknown (*ret_part). */
static bool escape_char(struct reading *reading, char *ret_byte, struct part *ret_part)
{
    char byte = peek(reading);
    reading->at++;
    if (byte == '\0') {
        *ret_part = lose(reading);
        return false;
    }
    if (strchr("bBAzZGK", byte) != NULL) {
        *ret_part = part_empty(reading);
        return false;
    }
    if (strchr("pP", byte) != NULL) {
        if (peek(reading) == '{')
            skip_past(reading, '}');
        else
            reading->at++;
        *ret_part = part_anything();
        return false;
    }
    if (strchr("dDwWsShHvVRNX", byte) != NULL && !slice_starts(rest_of(reading), "{")) {
        *ret_part = part_anything();
        return false;
    }
    static const char names[] = "nrtfe", bytes[] = "\n\r\t\f\x1B";
    const char *named = strchr(names, byte);
    bool plain = !((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                   (byte >= '0' && byte <= '9'));
    if (named == NULL && !plain) {
        *ret_part = lose(reading); /* \x, \o, \c, \Q, \g, \k, \1, … */
        return false;
    }
    *ret_byte = named != NULL ? bytes[named - names] : byte;
    return true;
}

static struct part escape_read(struct reading *reading)
{
    char byte = '\0';
    struct part part = part_anything();
    reading->at++;
    if ((unsigned char)peek(reading) >= 0x80)
        return lose(reading);
    return escape_char(reading, &byte, &part) ? part_exact(set_of(reading, &byte, 1)) : part;
}

/* One code point of the pattern, as it stands. */
static struct slice letter_take(struct reading *reading)
{
    size_t used = 0;
    struct slice rest = rest_of(reading);
    utf8_decode(rest, &used);
    reading->at += used;
    return slice_sub(rest, 0, used);
}

static bool class_member(struct reading *reading, struct set *members, struct slice *room)
{
    struct part part;
    char byte = '\0';
    struct slice letter;
    if (peek(reading) == '\\') {
        reading->at++;
        if (!escape_char(reading, &byte, &part))
            return false;
        letter = set_of(reading, &byte, 1).at != NULL ? slice_make(&byte, 1) : SLICE_EMPTY;
    } else {
        letter = letter_take(reading);
    }
    char *copy = arena_copy(reading->arena, letter.at, letter.len);
    bool range = peek(reading) == '-' && !slice_starts(rest_of(reading), "-]");
    if (copy == NULL || range || members->count == CLASS_MAX)
        return false;
    room[members->count++] = slice_make(copy, letter.len);
    return true;
}

/* Behind the class's "]", whatever stands in it. */
static void class_skip(struct reading *reading)
{
    while (!at_end(reading) && peek(reading) != ']') {
        if (slice_starts(rest_of(reading), "[:"))
            skip_past(reading, ']');
        else
            reading->at += peek(reading) == '\\' ? 2 : 1;
    }
    if (at_end(reading))
        lose(reading);
    reading->at++;
}

static struct part class_read(struct reading *reading)
{
    struct slice *room = NULL;
    struct set members = set_make(reading, CLASS_MAX, &room);
    members.count = 0;
    reading->at++;
    bool known = peek(reading) != '^' && members.at != NULL;
    reading->at += peek(reading) == '^' ? 1 : 0;
    if (peek(reading) == ']') /* the first one is a member */
        return lose(reading);
    while (known && !at_end(reading) && peek(reading) != ']')
        known = !slice_starts(rest_of(reading), "[:") && class_member(reading, &members, room);
    class_skip(reading);
    return known && members.count > 0 ? part_exact(members) : part_anything();
}

/* ---- groups ---- */

static bool take(struct reading *reading, const char *mark)
{
    if (!slice_starts(rest_of(reading), mark))
        return false;
    reading->at += strlen(mark);
    return true;
}

/* The flags of "(?x)" or "(?s-m:" and the mark behind them; anything else is not known. */
static char flags_take(struct reading *reading)
{
    bool on = true;
    for (; !at_end(reading); reading->at++) {
        char flag = peek(reading);
        if (flag == ')' || flag == ':') {
            reading->at++;
            return flag;
        }
        if (flag == 'x')
            reading->extended = on;
        else if (flag == '-')
            on = false;
        else if (flag == '\0' || strchr("smn", flag) == NULL)
            break;
    }
    lose(reading);
    return '\0';
}

/* A group behind its "(?", up to, without, its ")"; *ret_closed: "(?x)" had that already. */
static struct part group_kind(struct reading *reading, bool *ret_closed)
{
    static const char *const arounds[] = {"=", "!", "<=", "<!"};
    for (size_t i = 0; i < 4; i++)
        if (take(reading, arounds[i])) {
            row_read(reading);
            return part_empty(reading);
        }
    if (take(reading, ">") || take(reading, "|"))
        return row_read(reading);
    if (take(reading, "P<") || take(reading, "<")) {
        skip_past(reading, '>');
        return row_read(reading);
    }
    *ret_closed = flags_take(reading) == ')';
    return *ret_closed ? part_empty(reading) : row_read(reading);
}

/* "(*FAIL)" and those verbs that only say how to go on. */
static struct part verb_read(struct reading *reading)
{
    static const char *const fails[] = {"*FAIL)", "*F)"};
    static const char *const others[] = {"*SKIP)", "*PRUNE)", "*COMMIT)"};
    struct part part = part_empty(reading);
    for (size_t i = 0; i < 2; i++)
        if (take(reading, fails[i])) {
            part.never = true;
            return part;
        }
    for (size_t i = 0; i < 3; i++)
        if (take(reading, others[i]))
            return part;
    return lose(reading);
}

static struct part group_read(struct reading *reading)
{
    bool extended = reading->extended, closed = false;
    reading->at++;
    if (peek(reading) == '*')
        return verb_read(reading);
    if (reading->depth == NESTING_MAX)
        return lose(reading);
    if (take(reading, "?#")) {
        skip_past(reading, ')');
        return part_empty(reading);
    }
    reading->depth++;
    struct part part = take(reading, "?") ? group_kind(reading, &closed) : row_read(reading);
    reading->depth--;
    if (closed) /* its flags go on */
        return part;
    if (peek(reading) != ')')
        return lose(reading);
    reading->at++;
    reading->extended = extended;
    return part;
}

/* ---- rows ---- */

/* "{2,5}": true and its least; false: no quantifier, the brace is a character. */
static bool braces_read(struct reading *reading, size_t *ret_least, size_t *ret_most)
{
    struct slice rest = rest_of(reading);
    size_t end = slice_find_char(rest, '}');
    struct slice inside = end == SIZE_MAX ? SLICE_EMPTY : slice_sub(rest, 1, end - 1);
    size_t comma = slice_find_char(inside, ',');
    int64_t least = 0, most = 0;
    struct slice low = comma == SIZE_MAX ? inside : slice_sub(inside, 0, comma);
    struct slice high = comma == SIZE_MAX ? inside : slice_from(inside, comma + 1);
    if (slice_to_int64(low, &least) != OK || least < 0)
        return false;
    if (high.len == 0)
        most = INT32_MAX;
    else if (slice_to_int64(high, &most) != OK || most < least)
        return false;
    reading->at += end + 1;
    *ret_least = (size_t)least;
    *ret_most = (size_t)most;
    return true;
}

/* True: a quantifier stood there. */
static bool quantifier_take(struct reading *reading, size_t *ret_least, size_t *ret_most)
{
    skip_blanks(reading);
    char mark = peek(reading);
    if (mark == '?' || mark == '*' || mark == '+') {
        reading->at++;
        *ret_least = mark == '+' ? 1 : 0;
        *ret_most = mark == '?' ? 1 : SIZE_MAX;
    } else if (mark != '{' || !braces_read(reading, ret_least, ret_most)) {
        return false;
    }
    skip_blanks(reading);
    if (peek(reading) == '?' || peek(reading) == '+') /* lazy, possessive */
        reading->at++;
    return true;
}

static struct part quantified(struct reading *reading, struct part part)
{
    size_t least = 1, most = 1;
    while (quantifier_take(reading, &least, &most)) {
        if (least == 0)
            part.never = false;
        if (least > 0)
            part.exact = most == 1 ? part.exact : ANYTHING;
        else if (most == 1)
            part = part_exact(set_union(reading, part.exact, set_of(reading, "", 0), EXACT_MAX));
        else
            part = part_anything();
    }
    return part;
}

static struct part atom_read(struct reading *reading)
{
    switch (peek(reading)) {
    case '(':
        return group_read(reading);
    case '[':
        return class_read(reading);
    case '\\':
        return escape_read(reading);
    case '.':
        reading->at++;
        return part_anything();
    case '^':
    case '$':
        reading->at++;
        return part_empty(reading);
    default: {
        struct slice letter = letter_take(reading);
        return part_exact(set_of(reading, letter.at, letter.len));
    }
    }
}

/* Parts in a row, up to "|", ")" or the end. */
static struct part branch_read(struct reading *reading)
{
    struct part branch = part_empty(reading);
    struct set run = branch.exact; /* what stands directly before, as strings */
    bool exact = true;
    branch.required = ANYTHING;
    for (;;) {
        skip_blanks(reading);
        if (at_end(reading) || peek(reading) == '|' || peek(reading) == ')' || reading->no_memory)
            break;
        struct part next = quantified(reading, atom_read(reading));
        branch.never = branch.never || next.never;
        struct set product = next.exact.at != NULL && run.at != NULL
                                 ? set_product(reading, run, next.exact)
                                 : ANYTHING;
        if (product.at != NULL) {
            run = product;
            continue;
        }
        exact = false;
        branch.required = set_better(branch.required, set_better(run, next.required));
        run = next.exact.at != NULL ? next.exact : set_of(reading, "", 0);
    }
    branch.required = set_better(branch.required, run);
    branch.exact = exact ? run : ANYTHING;
    return branch;
}

/* Alternatives, up to ")" or the end. */
static struct part row_read(struct reading *reading)
{
    struct part row = branch_read(reading);
    while (peek(reading) == '|' && !reading->lost && !reading->no_memory) {
        reading->at++;
        struct part branch = branch_read(reading);
        if (row.never || branch.never) {
            row = row.never ? branch : row;
            continue;
        }
        row.exact = set_union(reading, row.exact, branch.exact, EXACT_MAX);
        row.required = set_union(reading, row.required, branch.required, BANK_LITERALS_MAX);
    }
    return row;
}

int bank_literals_of(struct arena *arena, struct slice pattern, const struct slice **ret_list,
                     size_t *ret_count)
{
    struct reading reading = {.arena = arena, .pattern = pattern};
    struct part whole = row_read(&reading);
    *ret_list = NULL;
    *ret_count = 0;
    if (reading.no_memory)
        return ERR_NOMEM;
    if (reading.lost || !at_end(&reading) || set_worth(whole.required) == 0)
        return OK;
    struct slice *list = arena_calloc(arena, whole.required.count, sizeof *list);
    if (list == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < whole.required.count; i++) {
        struct slice literal = utf8_cut(whole.required.at[i], LITERAL_MAX);
        if (!set_has(list, *ret_count, literal))
            list[(*ret_count)++] = literal;
    }
    *ret_list = list;
    return OK;
}
