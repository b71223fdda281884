/* jsonld_repair.c - mends the JSON that pages really contain; see thing.h.
 *
 * One pass that writes strict JSON as it reads: wrappers are skipped, strings are read by the quote
 * that opened them and end at the first such quote that JSON could go on behind (a comma and then a
 * key or value, a colon, a closing bracket, the end), so an unescaped quote inside stays text. */
#include "crawler/extract/thing.h"

#include <string.h>

#define NESTING_MAX        128u
#define BARE_KEY_BYTES_MAX 30u

struct mender {
    struct slice in;
    size_t at;
    struct text_buf out;
    char open[NESTING_MAX]; /* closing brackets owed */
    unsigned depth;
    bool comma; /* read, not yet written: nothing may come behind it */
    bool value; /* something stands here that needs a comma before the next */
};

/* Editors' blanks that JSON does not know: no-break and zero-width ones, line separators. */
static size_t odd_space(struct slice rest)
{
    static const char *const blanks[] = {"\xC2\xA0",     "\xE2\x80\x8B", "\xE2\x80\xA8",
                                         "\xE2\x80\xA9", "\xEF\xBB\xBF", "&nbsp;"};
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++)
        if (slice_starts(rest, blanks[i]))
            return strlen(blanks[i]);
    return 0;
}

static size_t skip_space(struct slice in, size_t at)
{
    for (size_t odd; at < in.len; at += odd) {
        odd = html_is_space(in.at[at]) || in.at[at] == '\v' ? 1 : odd_space(slice_from(in, at));
        if (odd == 0)
            break;
    }
    return at;
}

/* Comments and wrappers that stand between tokens. False: none here. */
static bool skip_noise(struct mender *mender)
{
    static const char *const words[] = {"<!--", "-->", "<![CDATA[", "]]>"};
    struct slice rest = slice_from(mender->in, mender->at);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_starts(rest, words[i])) {
            mender->at += strlen(words[i]);
            return true;
        }
    if (slice_starts(rest, "//")) {
        size_t end = slice_find_char(rest, '\n');
        size_t cdata = slice_find(slice_sub(rest, 0, end), SLICE("<![CDATA["));
        mender->at += cdata != SIZE_MAX ? cdata : end != SIZE_MAX ? end : rest.len;
        return true;
    }
    if (slice_starts(rest, "/*")) {
        size_t end = slice_find(rest, SLICE("*/"));
        mender->at += end == SIZE_MAX ? rest.len : end + 2;
        return true;
    }
    return false;
}

/* "title:", a key without quotes? */
static bool is_bare_key(struct slice rest)
{
    size_t at = 0;
    while (at < rest.len && at < BARE_KEY_BYTES_MAX &&
           ((rest.at[at] | 0x20) >= 'a' && (rest.at[at] | 0x20) <= 'z'))
        at++;
    return at > 0 && at < rest.len && rest.at[at] == ':';
}

/* The rest of "title":, behind its first quote? */
static bool is_quoted_key(struct slice rest)
{
    size_t end = slice_find_char(slice_sub(rest, 0, BARE_KEY_BYTES_MAX), '"');
    if (end == SIZE_MAX || slice_find_char(slice_sub(rest, 0, end), ' ') != SIZE_MAX)
        return false;
    size_t next = skip_space(rest, end + 1);
    return next < rest.len && rest.at[next] == ':';
}

/* May a value or a key begin here? */
static bool begins_value(struct slice rest)
{
    if (rest.len == 0)
        return true;
    char byte = rest.at[0];
    return strchr("\"'{[}]-_@", byte) != NULL || (byte >= '0' && byte <= '9') ||
           slice_starts(rest, "true") || slice_starts(rest, "false") ||
           slice_starts(rest, "null") || is_bare_key(rest);
}

/* May a string end at the quote at `at`? Looks at what comes behind. */
static bool ends_string(const struct mender *mender, size_t at, bool is_key)
{
    struct slice in = mender->in;
    size_t next = skip_space(in, at + 1);
    if (next >= in.len)
        return true;
    switch (in.at[next]) {
    case ':':
        return is_key;
    case '}':
    case ']':
        return true;
    case '/':
        return next + 1 < in.len && (in.at[next + 1] == '/' || in.at[next + 1] == '*');
    case ',':
        while (next < in.len && in.at[next] == ',')
            next = skip_space(in, next + 1);
        return begins_value(slice_from(in, next));
    case '"': /* the comma was forgotten, at the end of a line or before a key */
        return in.at[at] == '"' && next > at + 1 &&
               (memchr(in.at + at, '\n', next - at) != NULL ||
                is_quoted_key(slice_from(in, next + 1)));
    default:
        return false;
    }
}

static void put_byte(struct text_buf *out, unsigned char byte)
{
    if (byte == '"')
        text_buf_add(out, "\\\"", 2);
    else if (byte < 0x20)
        text_buf_printf(out, "\\u%04x", byte);
    else
        text_buf_add_char(out, (char)byte);
}

/* A backslash and what it stands before; gives the bytes used. */
static size_t put_escape(struct text_buf *out, struct slice rest)
{
    if (rest.len < 2) {
        text_buf_add(out, "\\\\", 2);
        return 1;
    }
    if (rest.at[1] == '\'') {
        text_buf_add_char(out, '\'');
        return 2;
    }
    if (strchr("\"\\/bfnrtu", rest.at[1]) != NULL && rest.at[1] != '\0') {
        text_buf_add(out, rest.at, 2);
        return 2;
    }
    text_buf_add(out, "\\\\", 2); /* "\d" was meant as it stands */
    return 1;
}

static void string_take(struct mender *mender, bool is_key)
{
    struct slice in = mender->in;
    char quote = in.at[mender->at++];
    text_buf_add_char(&mender->out, '"');
    while (mender->at < in.len) {
        char byte = in.at[mender->at];
        if (byte == quote && ends_string(mender, mender->at, is_key)) {
            mender->at++;
            break;
        }
        if (byte == '\\') {
            mender->at += put_escape(&mender->out, slice_from(in, mender->at));
            continue;
        }
        put_byte(&mender->out, (unsigned char)byte);
        mender->at++;
    }
    text_buf_add_char(&mender->out, '"');
}

static bool is_literal(struct slice word)
{
    if (slice_is(word, "true") || slice_is(word, "false") || slice_is(word, "null"))
        return true;
    size_t i = word.len > 0 && word.at[0] == '-' ? 1 : 0;
    size_t digits = 0, points = 0;
    for (; i < word.len; i++)
        if (word.at[i] >= '0' && word.at[i] <= '9')
            digits++;
        else if (word.at[i] == '.' && digits > 0 && ++points == 1)
            continue;
        else
            return false;
    return digits > 0;
}

/* What other languages call null and truth; NULL: none of these. */
static const char *literal_meant(struct slice word)
{
    static const char *const rows[][2] = {{"undefined", "null"}, {"NaN", "null"},  {"None", "null"},
                                          {"nil", "null"},       {"NULL", "null"}, {"True", "true"},
                                          {"False", "false"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (slice_is(word, rows[i][0]))
            return rows[i][1];
    return NULL;
}

/* A bare key, a bare word, a number. */
static void word_take(struct mender *mender)
{
    struct slice in = mender->in;
    size_t from = mender->at;
    while (mender->at < in.len && strchr(",:{}[]\n\r", in.at[mender->at]) == NULL)
        mender->at++;
    if (mender->at == from)
        mender->at++;
    struct slice word = slice_trim(slice_sub(in, from, mender->at - from));
    const char *meant = literal_meant(word);
    if (meant != NULL || is_literal(word)) {
        text_buf_add_slice(&mender->out, meant != NULL ? slice_of(meant) : word);
        return;
    }
    text_buf_add_char(&mender->out, '"');
    for (size_t i = 0; i < word.len; i++)
        put_byte(&mender->out, word.at[i] == '\\' ? '/' : (unsigned char)word.at[i]);
    text_buf_add_char(&mender->out, '"');
}

static void before_value(struct mender *mender)
{
    if (mender->value)
        text_buf_add_char(&mender->out, ',');
    mender->value = true;
}

/* False: nested too deep, the rest is left out. */
static bool bracket_take(struct mender *mender, char byte)
{
    mender->at++;
    if (byte == '{' || byte == '[') {
        if (mender->depth == NESTING_MAX)
            return false;
        before_value(mender);
        text_buf_add_char(&mender->out, byte);
        mender->open[mender->depth++] = byte == '{' ? '}' : ']';
        mender->value = false;
        return true;
    }
    if (mender->depth == 0)
        return true;
    /* a bracket of the other kind: the right one was forgotten */
    text_buf_add_char(&mender->out, mender->open[--mender->depth]);
    mender->value = true;
    return true;
}

static void token_take(struct mender *mender)
{
    char byte = mender->in.at[mender->at];
    size_t written = mender->out.len;
    if (byte == ':') {
        mender->at++;
        text_buf_add_char(&mender->out, ':');
        mender->value = false;
        return;
    }
    bool object = mender->depth > 0 && mender->open[mender->depth - 1] == '}';
    bool behind_colon = written > 0 && mender->out.at[written - 1] == ':';
    before_value(mender);
    if (byte == '"' || byte == '\'')
        string_take(mender, object && !behind_colon);
    else
        word_take(mender);
}

int jsonld_repair(struct arena *arena, struct slice body, struct slice *ret_text)
{
    struct mender mender = {.in = body};
    bool more = true;
    text_buf_init(&mender.out, body.len * 6 + 64);
    text_buf_add_char(&mender.out, '['); /* there may be several, one behind the other */
    while (more) {
        mender.at = skip_space(body, mender.at);
        if (mender.at >= body.len)
            break;
        if (skip_noise(&mender))
            continue;
        char byte = body.at[mender.at];
        if (byte == '{' || byte == '[' || byte == '}' || byte == ']')
            more = bracket_take(&mender, byte);
        else if (byte == ',' || byte == ';' || mender.depth == 0)
            mender.at++;
        else
            token_take(&mender);
    }
    while (mender.depth > 0)
        text_buf_add_char(&mender.out, mender.open[--mender.depth]);
    text_buf_add_char(&mender.out, ']');
    char *copy = arena_copy(arena, text_buf_cstr(&mender.out), mender.out.len);
    size_t len = mender.out.len;
    int rc = copy == NULL || mender.out.status != OK ? ERR_NOMEM : OK;
    text_buf_release(&mender.out);
    if (rc == OK)
        *ret_text = slice_make(copy, len);
    return rc;
}
