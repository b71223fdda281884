/* needles.c - reads a pattern and keeps the best of what it cannot match without; see needles.h.
 *
 * Each part of a pattern is summed up in a `part`: all the strings it can be, while they are few
 * ("words"), how many bytes it can be at most, and the best needle so far. Parts in a row multiply
 * their words until there are too many; then the row so far becomes a candidate and a new row
 * begins. Alternatives add up: each needs a needle of its own. Look-arounds take no bytes and are
 * passed over: what they ask comes on top of what we ask. */
#include "classifiers/needles_inside.h"

#include "common/utf8.h"

#include <string.h>

#define WORDS_MAX         48u /* of a row that is still growing */
#define DEPTH_MAX         40
#define BACK_LIMIT        4096u
#define NEEDLE_WIDE_BYTES 24u
#define NEEDLE_ALSO_MAX   60u

static struct part read_alternatives(struct reader *reader);

/* ---- sums ---- */

static uint32_t add_most(uint32_t a, uint32_t b)
{
    if (a == NEEDLE_BACK_NONE || b == NEEDLE_BACK_NONE || a + b > BACK_LIMIT)
        return NEEDLE_BACK_NONE;
    return a + b;
}

static uint32_t farthest(const struct words *words)
{
    uint32_t back = 0;
    for (size_t i = 0; i < words->count; i++)
        back = words->back[i] > back ? words->back[i] : back;
    return back;
}

/* How much a needle spares: long ones are rare, many are not; a bound to look back is worth a bit. */
static long worth(const struct words *words, uint32_t back)
{
    size_t len = needles_shortest(words);
    if (len == 0)
        return -1;
    long value = (long)(len > 10 ? 10 : len) * 12 - (long)(words->count > 60 ? 60 : words->count);
    return back == NEEDLE_BACK_NONE ? value - 18 : value - (long)(back > 240 ? 240 : back) / 12;
}

/* The words are needed too, and stand `behind` bytes further from the part's start. */
static void offer(struct reader *reader, struct part *part, struct words words, uint32_t behind)
{
    uint32_t back = add_most(farthest(&words), behind);
    if (needles_shortest(&words) == 0 || words.count > NEEDLES_MAX)
        return;
    if (part->need.count > 0 && worth(&words, back) <= worth(&part->need, farthest(&part->need))) {
        if (worth(&words, 0) > worth(&part->also, 0))
            part->also = words;
        return;
    }
    part->also = part->need.count > 0 ? part->need : part->also;
    if (behind == 0) {
        part->need = words;
        return;
    }
    struct words moved = needles_words_room(reader, words.count);
    if (moved.list == NULL)
        return;
    for (size_t i = 0; i < words.count; i++) {
        moved.list[i] = words.list[i];
        moved.back[i] = add_most(words.back[i], behind);
    }
    moved.count = words.count;
    part->need = moved;
}

/* The need of a part, its words if those are all it can be. */
static struct words need_of(const struct part *part)
{
    return part->few && needles_shortest(&part->words) > 0 ? part->words : part->need;
}

/* ---- parts in a row ---- */

struct row {
    struct part sum;  /* need and most of all so far */
    struct words now; /* strings of the run that still grows */
    uint32_t now_at;  /* bytes before it at most */
    bool all_few;     /* nothing was closed yet: now is all the row can be */
    bool lead_known;  /* the row's start was read: sum.lead is what it can be */
    bool apart;       /* what stands before the part to come is no letter */
};

static void row_begin(struct reader *reader, struct row *row)
{
    row->now = row->apart ? needles_part_word(reader, NEEDLE_MARK_HEAD).words
                          : needles_part_empty(reader).words;
    row->now_at = row->sum.most;
    row->all_few = false;
}

/* The run at the row's start ends: it is what the row begins with, or what comes after it, if it is
 * nothing. */
static void row_lead(struct reader *reader, struct row *row, const struct words *after)
{
    if (row->lead_known)
        return;
    row->lead_known = true;
    if (needles_shortest(&row->now) > 0)
        row->sum.lead = row->now;
    else if (row->now.count * after->count <= NEEDLES_MAX)
        row->sum.lead = needles_product(reader, &row->now, after);
}

static void row_close(struct reader *reader, struct row *row)
{
    static const struct words nothing;
    row_lead(reader, row, &nothing);
    offer(reader, &row->sum, row->now, row->now_at);
    row->apart = false;
    row_begin(reader, row);
}

/* A part of which not all is known. */
static void row_add_open(struct reader *reader, struct row *row, const struct part *part)
{
    uint32_t before = row->sum.most;
    if (part->head_apart && !part->optional) {
        const struct part mark = needles_part_word(reader, NEEDLE_MARK_TAIL);
        row->now = needles_product(reader, &row->now, &mark.words);
    }
    const struct words none = {0}, lead = part->optional ? none : needles_lead(part);
    row_lead(reader, row, &lead);
    row->sum.most = add_most(row->sum.most, part->most);
    offer(reader, &row->sum, row->now, row->now_at);
    if (part->need.count > 0)
        offer(reader, &row->sum, part->need, before);
    row->apart = part->tail_apart && (row->apart || !part->optional);
    row_begin(reader, row);
}

static void row_add(struct reader *reader, struct row *row, const struct part *part)
{
    row->sum.never = row->sum.never || part->never;
    if (!part->few) {
        row_add_open(reader, row, part);
        return;
    }
    bool fits = row->now.count * part->words.count <= WORDS_MAX &&
                needles_longest(&row->now) + needles_longest(&part->words) <= NEEDLE_BYTES_MAX;
    if (!fits)
        row_close(reader, row);
    row->now = needles_product(reader, &row->now, &part->words);
    row->sum.most = add_most(row->sum.most, part->most);
    row->apart = row->apart && needles_longest(&part->words) == 0;
}

static struct part row_end(struct reader *reader, struct row *row)
{
    static const struct words nothing;
    struct part part = row->sum;
    if (!row->all_few) {
        row_lead(reader, row, &nothing);
        part.lead = row->sum.lead;
        offer(reader, &part, row->now, row->now_at);
    }
    part.few = row->all_few;
    part.words = row->now;
    part.tail_apart = row->apart;
    return part;
}

/* ---- alternatives ---- */

/* The words of both; none when one has none, or there are too many. */
static struct words words_either(struct reader *reader, const struct words *a,
                                 const struct words *b)
{
    struct words both = {0};
    if (a->count == 0 || b->count == 0 || a->count + b->count > NEEDLES_MAX)
        return both;
    both = needles_words_room(reader, a->count + b->count);
    if (both.list != NULL) {
        needles_append(&both, a);
        needles_append(&both, b);
    }
    return both;
}

static struct part either(struct reader *reader, const struct part *a, const struct part *b)
{
    struct part part = {.most = a->most > b->most ? a->most : b->most,
                        .never = a->never && b->never,
                        .tail_apart = a->tail_apart && b->tail_apart};
    bool fails = a->never || b->never;
    if (a->few && b->few && !fails && a->words.count + b->words.count <= NEEDLES_MAX) {
        part.few = true;
        part.words = words_either(reader, &a->words, &b->words);
        return part;
    }
    struct words lead_a = needles_lead(a), lead_b = needles_lead(b);
    struct words need_a = need_of(a), need_b = need_of(b);
    part.lead = words_either(reader, &lead_a, &lead_b);
    if (fails) /* what fails needs nothing, but where it begins may count */
        part.need = a->never ? need_b : need_a;
    else
        part.need = words_either(reader, &need_a, &need_b);
    return part;
}

/* ---- reading ---- */

bool needles_at_end(const struct reader *reader)
{
    return reader->at >= reader->text.len;
}

char needles_peek(const struct reader *reader)
{
    return needles_at_end(reader) ? '\0' : reader->text.at[reader->at];
}

bool needles_looking_at(const struct reader *reader, const char *words)
{
    return slice_starts(slice_from(reader->text, reader->at), words);
}

void needles_skip_past(struct reader *reader, char end)
{
    while (!needles_at_end(reader) && needles_peek(reader) != end)
        reader->at++;
    reader->lost = reader->lost || (needles_at_end(reader) && end != '\n');
    reader->at++;
}

/* What may stand before a part or its quantifier and says nothing. */
static void skip_blanks(struct reader *reader)
{
    while (!needles_at_end(reader)) {
        char byte = needles_peek(reader);
        if (needles_looking_at(reader, "(?#"))
            needles_skip_past(reader, ')');
        else if (reader->extended && byte != '\0' && strchr(" \t\n\r\f\v", byte) != NULL)
            reader->at++;
        else if (reader->extended && byte == '#')
            needles_skip_past(reader, '\n');
        else
            return;
    }
}

struct slice needles_take_char(struct reader *reader)
{
    size_t used = 0;
    reader->lost = reader->lost || needles_peek(reader) == '\x01' || needles_peek(reader) == '\x02';
    struct slice rest = slice_from(reader->text, reader->at);
    utf8_decode(rest, &used);
    reader->at += used == 0 ? 1 : used;
    return slice_sub(rest, 0, used == 0 ? 1 : used);
}

/* Behind "(?" or "(": flags, names, kinds of groups. True: the group takes bytes. */
static bool read_group_head(struct reader *reader)
{
    static const char *const taking[] = {":", ">", "|", NULL};
    static const char *const looking[] = {"=", "!", "<=", "<!", NULL};
    for (size_t i = 0; taking[i] != NULL; i++)
        if (needles_looking_at(reader, taking[i])) {
            reader->at += strlen(taking[i]);
            return true;
        }
    for (size_t i = 0; looking[i] != NULL; i++)
        if (needles_looking_at(reader, looking[i])) {
            reader->at += strlen(looking[i]);
            return false;
        }
    if (needles_looking_at(reader, "<") ||
        needles_looking_at(reader, "P<")) { /* a name, not "(?<*" */
        reader->at += needles_peek(reader) == 'P' ? 2 : 1;
        char first = needles_peek(reader);
        reader->lost = reader->lost || !((first | 0x20) >= 'a' && (first | 0x20) <= 'z');
        needles_skip_past(reader, '>');
        return true;
    }
    reader->lost = true; /* recursion, conditions, callouts */
    return true;
}

/* "(?x)", "(?x:…": true and behind it when the "(?" at reader begins flags. */
static bool read_flags(struct reader *reader, bool *ret_closed)
{
    size_t at = reader->at;
    while (at < reader->text.len && strchr("xsmnJiU-^", reader->text.at[at]) != NULL)
        at++;
    if (at == reader->at || at >= reader->text.len ||
        (reader->text.at[at] != ')' && reader->text.at[at] != ':'))
        return false;
    struct slice flags = slice_sub(reader->text, reader->at, at - reader->at);
    if (slice_find_char(flags, 'i') != SIZE_MAX || slice_find_char(flags, '-') != SIZE_MAX ||
        slice_find_char(flags, '^') != SIZE_MAX)
        reader->lost = true;
    if (slice_find(flags, SLICE("xx")) != SIZE_MAX) /* blanks in classes would go too */
        reader->lost = true;
    if (slice_find_char(flags, 'x') != SIZE_MAX)
        reader->extended = true;
    *ret_closed = reader->text.at[at] == ')';
    reader->at = at + 1;
    return true;
}

/* Behind a "(". */
static struct part read_group(struct reader *reader)
{
    bool takes = true, closed = false, extended = reader->extended;
    if (needles_peek(reader) == '*') {
        static const char *const known[] = {"*SKIP)", "*FAIL)", "*F)", "*PRUNE)", "*COMMIT)"};
        bool is_known = false;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            is_known = is_known || needles_looking_at(reader, known[i]);
        reader->lost = reader->lost || !is_known;
        reader->whole = true;
        bool fails = needles_looking_at(reader, "*F");
        needles_skip_past(reader, ')');
        struct part verb = needles_part_empty(reader);
        verb.never = fails;
        return verb;
    }
    if (needles_peek(reader) == '?') {
        struct part mark;
        if (needles_read_mark(reader, &mark))
            return mark;
        reader->at++;
        if (read_flags(reader, &closed)) {
            if (closed) /* for the rest of the group around it */
                return needles_part_empty(reader);
        } else {
            takes = read_group_head(reader);
        }
    }
    struct part part = needles_part_unknown(NEEDLE_BACK_NONE);
    if (++reader->depth > DEPTH_MAX) {
        reader->whole = true;
        reader->at = reader->text.len;
    } else {
        part = read_alternatives(reader);
    }
    reader->depth--;
    reader->extended = extended;
    reader->at++; /* ")" */
    return takes ? part : needles_part_empty(reader);
}

static struct part read_atom(struct reader *reader)
{
    char first = needles_peek(reader);
    switch (first) {
    case '(':
        reader->at++;
        return read_group(reader);
    case '[':
        reader->at++;
        return needles_read_class(reader);
    case '\\':
        reader->at++;
        return needles_read_escape(reader);
    case '.':
        reader->at++;
        return needles_part_unknown(CHAR_BYTES);
    case '^':
    case '$':
        reader->at++;
        return needles_part_empty(reader);
    default:
        return needles_part_word(reader, needles_take_char(reader));
    }
}

struct repeat {
    uint32_t least, most; /* most NEEDLE_BACK_NONE: no bound */
};

static uint32_t read_number(struct reader *reader)
{
    uint32_t number = 0;
    while (needles_peek(reader) >= '0' && needles_peek(reader) <= '9') {
        number = number < 100000 ? number * 10 + (uint32_t)(needles_peek(reader) - '0') : number;
        reader->at++;
    }
    return number;
}

/* "{2,5}"; false: braces that stand for themselves. */
static bool read_braces(struct reader *reader, struct repeat *ret_repeat)
{
    size_t before = reader->at;
    reader->at++;
    if (needles_peek(reader) >= '0' && needles_peek(reader) <= '9') {
        ret_repeat->least = ret_repeat->most = read_number(reader);
        if (needles_peek(reader) == ',') {
            reader->at++;
            ret_repeat->most = needles_peek(reader) == '}' ? NEEDLE_BACK_NONE : read_number(reader);
        }
        if (needles_peek(reader) == '}') {
            reader->at++;
            return true;
        }
    }
    reader->at = before;
    return false;
}

/* A quantifier, if one stands there. */
static bool read_repeat(struct reader *reader, struct repeat *ret_repeat)
{
    skip_blanks(reader);
    char kind = needles_peek(reader);
    *ret_repeat = (struct repeat){kind == '+' ? 1 : 0, kind == '?' ? 1 : NEEDLE_BACK_NONE};
    if (kind == '{') {
        if (!read_braces(reader, ret_repeat))
            return false;
    } else if (kind == '*' || kind == '+' || kind == '?') {
        reader->at++;
    } else {
        return false;
    }
    skip_blanks(reader);
    if (needles_peek(reader) == '?' || needles_peek(reader) == '+')
        reader->at++;
    return true;
}

static uint32_t times(uint32_t most, uint32_t count)
{
    if (most == NEEDLE_BACK_NONE || (most > 0 && count > BACK_LIMIT / most))
        return NEEDLE_BACK_NONE;
    return most * count;
}

/* Bytes at most of a part that stands up to count times; a run of one class counts as a few. */
static uint32_t run_bytes(uint32_t most, uint32_t count, bool is_class)
{
    uint32_t bytes = times(most, count);
    if (is_class && (count == NEEDLE_BACK_NONE || bytes > NEEDLE_RUN_BYTES))
        return NEEDLE_RUN_BYTES;
    return count == NEEDLE_BACK_NONE ? NEEDLE_BACK_NONE : bytes;
}

static struct part repeated(struct reader *reader, const struct part *part,
                            const struct repeat *repeat, bool is_dot)
{
    bool is_class = part->most <= CHAR_BYTES && part->need.count == 0;
    uint32_t most = run_bytes(part->most, repeat->most, is_class && !is_dot);
    if (repeat->least == 1 && repeat->most == 1)
        return *part;
    if (repeat->least == 0 && repeat->most == 1 && part->few && !part->never) {
        struct part nothing = needles_part_empty(reader);
        return either(reader, part, &nothing);
    }
    struct part result = needles_part_unknown(most);
    result.optional = repeat->least == 0;
    result.head_apart = part->head_apart;
    result.tail_apart = part->tail_apart;
    if (repeat->least > 0) {
        result.need = need_of(part);
        result.lead = needles_lead(part);
        result.never = part->never;
    }
    return result;
}

/* "\\d{1,6}" is any of its kind and then one more, which is known. The end that is known tells more
 * than a need of the whole: it goes on into what follows. */
static struct part repeat_split(struct reader *reader, struct row *row, const struct part *part,
                                const struct repeat *repeat)
{
    bool is_run = part->few && part->most > 0 && part->most <= CHAR_BYTES && repeat->least > 0 &&
                  repeat->most > 1 && needles_shortest(&part->words) > 0;
    if (!is_run)
        return repeated(reader, part, repeat, false);
    struct part before = needles_part_unknown(repeated(reader, part, repeat, false).most);
    before.lead = part->words; /* where only one stands, what follows begins with it too */
    row_add(reader, row, &before);
    return *part;
}

static struct part read_row(struct reader *reader)
{
    struct row row = {.now = needles_part_empty(reader).words, .all_few = true};
    for (skip_blanks(reader);
         !needles_at_end(reader) && needles_peek(reader) != '|' && needles_peek(reader) != ')';
         skip_blanks(reader)) {
        struct repeat repeat;
        bool is_dot = needles_peek(reader) == '.';
        struct part part = read_atom(reader);
        for (int times = 0; !reader->no_memory && read_repeat(reader, &repeat); times++) {
            reader->lost = reader->lost || times > 0;
            part = is_dot ? repeated(reader, &part, &repeat, true)
                          : repeat_split(reader, &row, &part, &repeat);
        }
        if (reader->no_memory)
            break;
        row_add(reader, &row, &part);
    }
    return row_end(reader, &row);
}

/* Of an alternative of the pattern itself: what it adds to the need of all, and what it needs too. */
static void clause_note(struct reader *reader, const struct part *part)
{
    if (reader->depth > 0)
        return;
    if (reader->clauses < NEEDLE_CLAUSES_MAX) {
        reader->needs[reader->clauses] = part->never ? 0 : need_of(part).count;
        reader->also[reader->clauses] = part->also;
    }
    reader->clauses++;
}

static struct part read_alternatives(struct reader *reader)
{
    struct part all = read_row(reader);
    clause_note(reader, &all);
    while (needles_peek(reader) == '|' && !reader->no_memory) {
        reader->at++;
        struct part next = read_row(reader);
        clause_note(reader, &next);
        all = either(reader, &all, &next);
    }
    return all;
}

/* What an alternative needs too is looked for where its need leaves much of the text, if it is rare
 * itself. */
static bool is_worth_also(const struct words *also, const uint32_t *back, size_t count)
{
    bool wide = false;
    for (size_t i = 0; i < count; i++)
        wide = wide || back[i] > NEEDLE_WIDE_BYTES;
    return wide && also->count > 0 && also->count <= NEEDLE_ALSO_MAX && needles_shortest(also) > 2;
}

static void clauses_give(struct reader *reader, struct needles *found)
{
    size_t needs = 0, count = 0;
    unsigned char *clause = arena_calloc(reader->arena, found->count + 1, 1);
    size_t room = reader->clauses > NEEDLE_CLAUSES_MAX ? 0 : reader->clauses * NEEDLE_ALSO_MAX;
    struct words also = needles_words_room(reader, room);
    unsigned char *also_clause = arena_calloc(reader->arena, room + 1, 1);
    if (room == 0 || found->count == 0 || clause == NULL || also.list == NULL ||
        also_clause == NULL)
        return;
    for (size_t i = 0; i < reader->clauses; i++) {
        size_t first = needs;
        needs += reader->needs[i];
        if (needs > found->count)
            return;
        memset(clause + first, (int)i, needs - first);
        if (!is_worth_also(&reader->also[i], found->back + first, needs - first))
            continue;
        needles_append(&also, &reader->also[i]);
        memset(also_clause + count, (int)i, also.count - count);
        count = also.count;
    }
    if (needs != found->count)
        return;
    found->clause = clause;
    found->also_bounds = needles_unmark(reader, &also);
    found->also = also.list;
    found->also_clause = also_clause;
    found->also_count = also.count;
}

int needles_of(struct slice pattern, struct arena *arena, struct needles *ret_needles)
{
    struct reader reader = {.text = pattern, .arena = arena};
    struct part part = read_alternatives(&reader);
    struct needles found = {0};
    struct words need = need_of(&part), lead = needles_lead(&part);
    *ret_needles = found;
    if (reader.lost || !needles_at_end(&reader)) /* a ")" of nobody: PCRE2 will say so */
        return reader.no_memory ? ERR_NOMEM : OK;
    for (size_t i = 0; reader.whole && i < need.count; i++)
        need.back[i] = NEEDLE_BACK_NONE;
    found = (struct needles){.list = need.list,
                             .back = need.back,
                             .bounds = needles_unmark(&reader, &need),
                             .count = need.count,
                             .shortest = needles_shortest(&need),
                             .whole = reader.whole,
                             .lead = lead.list,
                             .lead_bounds = needles_unmark(&reader, &lead),
                             .lead_count = lead.count};
    clauses_give(&reader, &found);
    if (reader.no_memory)
        return ERR_NOMEM;
    *ret_needles = found;
    return OK;
}
