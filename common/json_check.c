/* json_check.c - is a text JSON by the letter of RFC 8259? See json_check.h.
 *
 * json-c forgives single quotes, comments, raw control characters and more even in its strict mode,
 * and a pipe that takes what others refuse hides their bugs. One pass, no recursion: a bit a level
 * says whether it is an object. */
#include "common/json_check.h"

#include <string.h>

#define DEPTH_MAX 512

struct check {
    struct slice text;
    size_t at;
    int depth, depth_max;
    uint64_t is_object[DEPTH_MAX / 64 + 1];
    const char *why; /* set: it is no JSON */
    int rc;
};

static bool refuse(struct check *check, int rc, const char *why)
{
    check->rc = rc;
    check->why = why;
    return false;
}

/* 0 at the end: no token begins with NUL. */
static char peek(const struct check *check)
{
    return check->at < check->text.len ? check->text.at[check->at] : '\0';
}

static void skip_space(struct check *check)
{
    for (; check->at < check->text.len; check->at++) {
        char byte = check->text.at[check->at];
        if (byte != ' ' && byte != '\n' && byte != '\r' && byte != '\t')
            return;
    }
}

static bool is_hex(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
           (byte >= 'A' && byte <= 'F');
}

static bool escape(struct check *check)
{
    char byte = peek(check);
    if (byte == 'u') {
        struct slice hex = slice_sub(check->text, check->at + 1, 4);
        for (size_t i = 0; i < hex.len; i++)
            if (!is_hex(hex.at[i]))
                return refuse(check, ERR_SYNTAX, "\\u wants four hexadecimal digits");
        if (hex.len < 4)
            return refuse(check, ERR_SYNTAX, "the text ends inside a string");
        check->at += 5;
        return true;
    }
    if (byte == '\0' || strchr("\"\\/bfnrt", byte) == NULL)
        return refuse(check, ERR_SYNTAX, "no such escape");
    check->at++;
    return true;
}

static bool string(struct check *check)
{
    if (peek(check) != '"')
        return refuse(check, ERR_SYNTAX, "a string in double quotes is wanted");
    check->at++;
    while (check->at < check->text.len) {
        unsigned char byte = (unsigned char)check->text.at[check->at];
        if (byte < 0x20)
            return refuse(check, ERR_SYNTAX, "a raw control character in a string");
        check->at++;
        if (byte == '"')
            return true;
        if (byte == '\\' && !escape(check))
            return false;
    }
    return refuse(check, ERR_SYNTAX, "the text ends inside a string");
}

static size_t digits(struct check *check)
{
    size_t from = check->at;
    while (peek(check) >= '0' && peek(check) <= '9')
        check->at++;
    return check->at - from;
}

static bool number(struct check *check)
{
    if (peek(check) == '-')
        check->at++;
    bool zero = peek(check) == '0';
    size_t whole = digits(check);
    bool good = whole > 0 && (!zero || whole == 1);
    if (good && peek(check) == '.') {
        check->at++;
        good = digits(check) > 0;
    }
    if (good && (peek(check) | 0x20) == 'e') {
        check->at++;
        if (peek(check) == '+' || peek(check) == '-')
            check->at++;
        good = digits(check) > 0;
    }
    return good || refuse(check, ERR_SYNTAX, "a number is not written so");
}

static bool word(struct check *check)
{
    static const char *const words[] = {"true", "false", "null"};
    struct slice rest = slice_from(check->text, check->at);
    for (size_t i = 0; i < 3; i++)
        if (slice_starts(rest, words[i])) {
            check->at += strlen(words[i]);
            return true;
        }
    return refuse(check, ERR_SYNTAX, rest.len == 0 ? "the text ends too early" : "no JSON value");
}

static bool in_object(const struct check *check)
{
    return check->is_object[check->depth / 64] >> (check->depth % 64) & 1;
}

static bool open_level(struct check *check, bool object)
{
    if (check->depth >= check->depth_max)
        return refuse(check, ERR_LIMIT, "nested too deeply");
    check->at++;
    check->depth++;
    uint64_t bit = UINT64_C(1) << (check->depth % 64);
    uint64_t *bits = &check->is_object[check->depth / 64];
    *bits = object ? *bits | bit : *bits & ~bit;
    return true;
}

static bool key(struct check *check)
{
    skip_space(check);
    if (!string(check))
        return false;
    skip_space(check);
    if (peek(check) != ':')
        return refuse(check, ERR_SYNTAX, "':' is wanted behind a key");
    check->at++;
    return true;
}

/* After a value: commas and closing brackets. *ret_more: another value follows. */
static bool after_value(struct check *check, bool *ret_more)
{
    *ret_more = false;
    for (;;) {
        skip_space(check);
        if (check->depth == 0)
            return true;
        char close = in_object(check) ? '}' : ']';
        if (peek(check) == close) {
            check->at++;
            check->depth--;
            continue;
        }
        if (peek(check) != ',')
            return refuse(check, ERR_SYNTAX,
                          check->at == check->text.len ? "the text ends too early"
                                                       : "',' or a closing bracket is wanted");
        check->at++;
        *ret_more = true;
        return !in_object(check) || key(check);
    }
}

/* One value, or the opening of one. *ret_opened: its first member or item comes next. */
static bool value(struct check *check, bool *ret_opened)
{
    skip_space(check);
    *ret_opened = false;
    char byte = peek(check);
    if (byte == '{' || byte == '[') {
        if (!open_level(check, byte == '{'))
            return false;
        skip_space(check);
        if (peek(check) == (byte == '{' ? '}' : ']'))
            return true;
        *ret_opened = true;
        return byte == '[' || key(check);
    }
    if (byte == '"')
        return string(check);
    return byte == '-' || (byte >= '0' && byte <= '9') ? number(check) : word(check);
}

int json_check(struct slice text, int depth_max, struct failure *reterr)
{
    struct check check = {
        .text = text, .depth_max = depth_max < DEPTH_MAX ? depth_max : DEPTH_MAX, .rc = OK};
    bool more = true, good = true;
    while (good && more) {
        bool opened = false;
        good = value(&check, &opened);
        if (good && !opened)
            good = after_value(&check, &more);
    }
    if (good && check.at < text.len)
        good = refuse(&check, ERR_SYNTAX, "something stands after the end");
    return good ? OK : failure_set(reterr, check.rc, "byte %zu: %s", check.at, check.why);
}
