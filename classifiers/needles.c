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

#define WORDS_MAX  48u /* of a row that is still growing */
#define DEPTH_MAX  40
#define BACK_LIMIT 4096u

static struct part read_alternatives(struct reader *reader);

/* ---- sums ---- */

static uint32_t add_most(uint32_t a, uint32_t b)
{
    if (a == NEEDLE_BACK_NONE || b == NEEDLE_BACK_NONE || a + b > BACK_LIMIT)
        return NEEDLE_BACK_NONE;
    return a + b;
}

struct words needles_words_room(struct reader *reader, size_t count)
{
    struct words words = {arena_calloc(reader->arena, count + 1, sizeof *words.list),
                          arena_calloc(reader->arena, count + 1, sizeof *words.back), 0};
    if (words.list == NULL || words.back == NULL) {
        reader->no_memory = true;
        words.list = NULL;
    }
    return words;
}

struct part needles_part_empty(struct reader *reader)
{
    struct part part = {.few = true, .words = needles_words_room(reader, 1)};
    if (part.words.list != NULL)
        part.words.list[part.words.count++] = SLICE_EMPTY;
    return part;
}

struct part needles_part_unknown(uint32_t most)
{
    return (struct part){.few = false, .most = most};
}

struct part needles_part_word(struct reader *reader, struct slice word)
{
    struct part part = needles_part_empty(reader);
    if (part.words.list != NULL)
        part.words.list[0] = word;
    part.most = (uint32_t)word.len;
    return part;
}

static size_t shortest(const struct words *words)
{
    size_t len = words->count == 0 ? 0 : SIZE_MAX;
    for (size_t i = 0; i < words->count; i++)
        if (words->list[i].len < len)
            len = words->list[i].len;
    return len;
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
    size_t len = shortest(words);
    if (len == 0)
        return -1;
    long value = (long)(len > 10 ? 10 : len) * 12 - (long)(words->count > 60 ? 60 : words->count);
    return back == NEEDLE_BACK_NONE ? value - 18 : value - (long)(back > 240 ? 240 : back) / 12;
}

/* The words are needed too, and stand `behind` bytes further from the part's start. */
static void offer(struct reader *reader, struct part *part, struct words words, uint32_t behind)
{
    uint32_t back = add_most(farthest(&words), behind);
    if (shortest(&words) == 0 || words.count > NEEDLES_MAX ||
        (part->need.count > 0 && worth(&words, back) <= worth(&part->need, farthest(&part->need))))
        return;
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
    return part->few && shortest(&part->words) > 0 ? part->words : part->need;
}

/* ---- parts in a row ---- */

struct row {
    struct part sum;  /* need and most of all so far */
    struct words now; /* strings of the run that still grows */
    uint32_t now_at;  /* bytes before it at most */
    bool all_few;     /* nothing was closed yet: now is all the row can be */
};

static void row_close(struct reader *reader, struct row *row)
{
    offer(reader, &row->sum, row->now, row->now_at);
    row->now = needles_part_empty(reader).words;
    row->now_at = row->sum.most;
    row->all_few = false;
}

static struct slice join(struct reader *reader, struct slice a, struct slice b)
{
    char *at = arena_alloc(reader->arena, a.len + b.len + 1);
    if (at == NULL) {
        reader->no_memory = true;
        return SLICE_EMPTY;
    }
    memcpy(at, a.at, a.len);
    memcpy(at + a.len, b.at, b.len);
    return slice_make(at, a.len + b.len);
}

static size_t longest(const struct words *words)
{
    size_t len = 0;
    for (size_t i = 0; i < words->count; i++)
        if (words->list[i].len > len)
            len = words->list[i].len;
    return len;
}

static void row_multiply(struct reader *reader, struct row *row, const struct words *more)
{
    struct words product = needles_words_room(reader, row->now.count * more->count);
    for (size_t i = 0; product.list != NULL && i < row->now.count; i++)
        for (size_t k = 0; k < more->count; k++)
            product.list[product.count++] = join(reader, row->now.list[i], more->list[k]);
    row->now = product;
}

static void row_add(struct reader *reader, struct row *row, const struct part *part)
{
    if (!part->few) {
        uint32_t before = row->sum.most;
        row->sum.most = add_most(row->sum.most, part->most);
        offer(reader, &row->sum, row->now, row->now_at);
        if (part->need.count > 0)
            offer(reader, &row->sum, part->need, before);
        row->now = needles_part_empty(reader).words;
        row->now_at = row->sum.most;
        row->all_few = false;
        return;
    }
    bool fits = row->now.count * part->words.count <= WORDS_MAX &&
                longest(&row->now) + longest(&part->words) <= NEEDLE_BYTES_MAX;
    if (!fits)
        row_close(reader, row);
    row_multiply(reader, row, &part->words);
    row->sum.most = add_most(row->sum.most, part->most);
}

static struct part row_end(struct reader *reader, struct row *row)
{
    struct part part = row->sum;
    part.few = row->all_few;
    part.words = row->now;
    if (!part.few)
        offer(reader, &part, row->now, row->now_at);
    return part;
}

/* ---- alternatives ---- */

static void words_append(struct words *words, const struct words *more)
{
    memcpy(words->list + words->count, more->list, more->count * sizeof *more->list);
    memcpy(words->back + words->count, more->back, more->count * sizeof *more->back);
    words->count += more->count;
}

static struct part either(struct reader *reader, const struct part *a, const struct part *b)
{
    struct part part = {.most = a->most > b->most ? a->most : b->most};
    size_t both = a->words.count + b->words.count;
    if (a->few && b->few && both <= NEEDLES_MAX) {
        part.few = true;
        part.words = needles_words_room(reader, both);
        if (part.words.list == NULL)
            return part;
        words_append(&part.words, &a->words);
        words_append(&part.words, &b->words);
        return part;
    }
    struct words need_a = need_of(a), need_b = need_of(b);
    if (need_a.count == 0 || need_b.count == 0 || need_a.count + need_b.count > NEEDLES_MAX)
        return part;
    part.need = needles_words_room(reader, need_a.count + need_b.count);
    if (part.need.list == NULL)
        return part;
    words_append(&part.need, &need_a);
    words_append(&part.need, &need_b);
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
        needles_skip_past(reader, ')');
        return needles_part_empty(reader);
    }
    if (needles_peek(reader) == '?') {
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

static struct part repeated(struct reader *reader, const struct part *part,
                            const struct repeat *repeat, bool is_dot)
{
    bool is_class = part->most <= CHAR_BYTES && part->need.count == 0;
    uint32_t most = times(part->most, repeat->most);
    if (is_class && !is_dot && (repeat->most == NEEDLE_BACK_NONE || most > NEEDLE_RUN_BYTES))
        most = NEEDLE_RUN_BYTES;
    if (repeat->most == NEEDLE_BACK_NONE && !(is_class && !is_dot))
        most = NEEDLE_BACK_NONE;
    if (repeat->least == 1 && repeat->most == 1)
        return *part;
    if (repeat->least == 0 && repeat->most == 1 && part->few) {
        struct part nothing = needles_part_empty(reader);
        return either(reader, part, &nothing);
    }
    struct part result = needles_part_unknown(most);
    if (repeat->least > 0)
        result.need = need_of(part);
    return result;
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
        while (!reader->no_memory && read_repeat(reader, &repeat))
            part = repeated(reader, &part, &repeat, is_dot);
        if (reader->no_memory)
            break;
        row_add(reader, &row, &part);
    }
    return row_end(reader, &row);
}

static struct part read_alternatives(struct reader *reader)
{
    struct part all = read_row(reader);
    while (needles_peek(reader) == '|' && !reader->no_memory) {
        reader->at++;
        struct part next = read_row(reader);
        all = either(reader, &all, &next);
    }
    return all;
}

int needles_of(struct slice pattern, struct arena *arena, struct needles *ret_needles)
{
    struct reader reader = {.text = pattern, .arena = arena};
    struct part part = read_alternatives(&reader);
    *ret_needles = (struct needles){0};
    if (reader.no_memory)
        return ERR_NOMEM;
    if (reader.lost || !needles_at_end(&reader)) /* a ")" of nobody: PCRE2 will say so */
        return OK;
    struct words need = need_of(&part);
    for (size_t i = 0; reader.whole && i < need.count; i++)
        need.back[i] = NEEDLE_BACK_NONE;
    ret_needles->list = need.list;
    ret_needles->back = need.back;
    ret_needles->count = need.count;
    ret_needles->shortest = shortest(&need);
    return OK;
}
