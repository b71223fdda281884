/* css.c - CSS selectors to XPath 1.0.
 *
 * One pass, left to right: each compound selector becomes a step "*[…]" behind the axis that its
 * combinator means. Element and attribute names are lowered, as the HTML tree has them. Position
 * tests count siblings by name() where CSS counts by type. */
#include "crawler/extract/css.h"

#include "common/utf8.h"

#include <stdio.h>
#include <string.h>

#define NAME_BYTES_MAX 128u

struct css {
    struct slice text;
    size_t at;
    struct text_buf out;
    struct failure *reterr;
    int status; /* the first failure */
    bool in_not;
    struct slice type; /* element name of the compound being read, lowered; may be empty */
    char type_buf[NAME_BYTES_MAX];
};

static int css_fail(struct css *css, const char *what)
{
    if (css->status == OK)
        css->status = failure_set(css->reterr, ERR_SYNTAX, "selector \"%.*s\", byte %zu: %s",
                                  (int)(css->text.len < 200 ? css->text.len : 200), css->text.at,
                                  css->at + 1, what);
    return css->status;
}

static char peek(const struct css *css)
{
    return css->at < css->text.len ? css->text.at[css->at] : '\0';
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* True when there were any. */
static bool skip_spaces(struct css *css)
{
    size_t start = css->at;
    while (is_space(peek(css)))
        css->at++;
    return css->at > start;
}

static bool accept(struct css *css, const char *token)
{
    bool there = slice_starts(slice_from(css->text, css->at), token);
    if (there)
        css->at += strlen(token);
    return there;
}

static void put(struct css *css, const char *text)
{
    text_buf_add_str(&css->out, text);
}

/* ---- words ---- */

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || (signed char)c < 0;
}

/* An identifier, with "\:" for a byte that is none of a name. */
static struct slice read_name(struct css *css, char buf[NAME_BYTES_MAX])
{
    size_t len = 0;
    while (is_name_byte(peek(css)) || peek(css) == '\\') {
        if (peek(css) == '\\' && css->at + 1 < css->text.len)
            css->at++;
        if (len == NAME_BYTES_MAX) {
            css_fail(css, "a name is longer than 128 bytes");
            break;
        }
        buf[len++] = css->text.at[css->at++];
    }
    if (len == 0)
        css_fail(css, "a name is wanted here");
    return slice_make(buf, len);
}

/* A name of an element or attribute, which XPath must take as it stands. */
static struct slice read_plain_name(struct css *css, char buf[NAME_BYTES_MAX])
{
    struct slice name = read_name(css, buf);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool letter = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
        if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '-')))
            css_fail(css, "names of elements and attributes are of letters, digits, '-' and '_', "
                          "and begin with a letter");
    }
    return name;
}

static void put_lower(struct css *css, struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        text_buf_add_char(&css->out, (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c));
    }
}

/* An XPath string; it has no escapes, so one with both quotes is joined of pieces. */
static void put_literal(struct css *css, const char *before, struct slice text, const char *after)
{
    bool both = slice_find_char(text, '"') != SIZE_MAX && slice_find_char(text, '\'') != SIZE_MAX;
    char quote = !both && slice_find_char(text, '\'') != SIZE_MAX ? '"' : '\'';
    put(css, both ? "concat('" : quote == '"' ? "\"" : "'");
    put(css, before);
    for (size_t i = 0; i < text.len; i++)
        if (both && text.at[i] == '\'')
            put(css, "',\"'\",'");
        else
            text_buf_add_char(&css->out, text.at[i]);
    put(css, after);
    put(css, both ? "')" : quote == '"' ? "\"" : "'");
}

/* "quoted", 'quoted' or a bare name. */
static struct slice read_string(struct css *css, char buf[NAME_BYTES_MAX])
{
    char quote = peek(css);
    if (quote != '"' && quote != '\'')
        return read_name(css, buf);
    size_t end = slice_find_char(slice_from(css->text, css->at + 1), quote);
    if (end == SIZE_MAX) {
        css_fail(css, "this quote is not closed");
        return SLICE_EMPTY;
    }
    struct slice value = slice_sub(css->text, css->at + 1, end);
    css->at += end + 2;
    return value;
}

/* ---- tests ---- */

static void put_class(struct css *css, struct slice name)
{
    put(css, "contains(concat(' ',normalize-space(@class),' '),");
    put_literal(css, " ", name, " ");
    put(css, ")");
}

/* One test of an attribute: op is what stands before '='. */
static void put_attr_test(struct css *css, struct slice attr, char op, struct slice value)
{
    static const struct {
        char op;
        const char *start, *middle;
    } forms[] = {{'\0', "@", "="}, {'*', "contains(@", ","}, {'^', "starts-with(@", ","}};
    if (op == '~') {
        put(css, "contains(concat(' ',normalize-space(@");
        put_lower(css, attr);
        put(css, "),' '),");
        put_literal(css, " ", value, " ");
        put(css, ")");
    } else if (op == '|') {
        put(css, "(@");
        put_lower(css, attr);
        put(css, "=");
        put_literal(css, "", value, "");
        put(css, " or starts-with(@");
        put_lower(css, attr);
        put(css, ",");
        put_literal(css, "", value, "-");
        put(css, "))");
    } else if (op == '$') {
        put(css, "substring(@");
        put_lower(css, attr);
        put(css, ",string-length(@");
        put_lower(css, attr);
        text_buf_printf(&css->out, ")-%zu)=", value.len == 0 ? 0 : utf8_count(value) - 1);
        put_literal(css, "", value, "");
    } else {
        size_t i = op == '*' ? 1 : op == '^' ? 2 : 0;
        put(css, forms[i].start);
        put_lower(css, attr);
        put(css, forms[i].middle);
        put_literal(css, "", value, "");
        put(css, i > 0 ? ")" : "");
    }
    if (value.len == 0 && op != '\0') /* CSS: an empty value matches nothing */
        put(css, " and false()");
}

/* Behind '['. */
static void read_attr(struct css *css)
{
    char name_buf[NAME_BYTES_MAX], value_buf[NAME_BYTES_MAX];
    skip_spaces(css);
    struct slice name = read_plain_name(css, name_buf);
    skip_spaces(css);
    if (accept(css, "]")) {
        put(css, "@");
        put_lower(css, name);
        return;
    }
    char op = '\0';
    if (peek(css) != '\0' && strchr("~|^$*", peek(css)) != NULL)
        op = css->text.at[css->at++];
    if (!accept(css, "=")) {
        css_fail(css, "'=' or ']' is wanted here");
        return;
    }
    skip_spaces(css);
    struct slice value = read_string(css, value_buf);
    skip_spaces(css);
    if (accept(css, "i") || accept(css, "s"))
        css_fail(css, "the flags i and s are not read");
    else if (!accept(css, "]"))
        css_fail(css, "']' is wanted here");
    else
        put_attr_test(css, name, op, value);
}

/* "", "+" and "-" stand for the number that is left out. */
static bool nth_number(struct slice text, int left_out, int *ret_value)
{
    int64_t value = 0;
    if (text.len == 0 || slice_is(text, "+") || slice_is(text, "-")) {
        *ret_value = slice_is(text, "-") ? -left_out : left_out;
        return true;
    }
    if (slice_starts(text, "+"))
        text = slice_from(text, 1);
    if (slice_to_int64(text, &value) != OK || value < -10000 || value > 10000)
        return false;
    *ret_value = (int)value;
    return true;
}

/* an+b without spaces. */
static bool nth_parse(struct slice formula, int *ret_step, int *ret_offset)
{
    bool odd = slice_equal_nocase(formula, SLICE("odd"));
    size_t n = slice_find_nocase(formula, SLICE("n"));
    *ret_step = 2;
    *ret_offset = odd ? 1 : 0;
    if (odd || slice_equal_nocase(formula, SLICE("even")))
        return true;
    *ret_step = 0;
    if (n == SIZE_MAX)
        return formula.len > 0 && nth_number(formula, 1, ret_offset);
    return nth_number(slice_sub(formula, 0, n), 1, ret_step) &&
           nth_number(slice_from(formula, n + 1), 0, ret_offset);
}

/* Behind "(": n, odd, even, an+b and ")". */
static void read_nth(struct css *css, int *ret_step, int *ret_offset)
{
    struct slice rest = slice_from(css->text, css->at);
    size_t close = slice_find_char(rest, ')'), len = 0;
    char formula[16];
    for (size_t i = 0; close != SIZE_MAX && i < close; i++) {
        if (!is_space(rest.at[i]) && len < sizeof formula)
            formula[len++] = rest.at[i];
    }
    if (close == SIZE_MAX || !nth_parse(slice_make(formula, len), ret_step, ret_offset))
        css_fail(css, "a number, odd, even or 2n+1 in brackets is wanted here");
    else
        css->at += close + 1;
}

static void put_nth(struct css *css, const char *siblings)
{
    int step = 0, offset = 0;
    read_nth(css, &step, &offset);
    if (step == 0) {
        text_buf_printf(&css->out, "count(%s)=%d", siblings, offset - 1);
        return;
    }
    text_buf_printf(&css->out, "(count(%s)+1%+d) mod %d=0 and (count(%s)+1%+d) div %d>=0", siblings,
                    -offset, step, siblings, -offset, step);
}

static void read_simple_tests(struct css *css);

static void put_not(struct css *css)
{
    if (css->in_not) {
        css_fail(css, ":not() inside :not() is not read");
        return;
    }
    css->in_not = true;
    put(css, "not(");
    skip_spaces(css);
    read_simple_tests(css);
    skip_spaces(css);
    put(css, ")");
    css->in_not = false;
    if (!accept(css, ")"))
        css_fail(css, ":not() takes one simple selector, such as .class or [attr]");
}

static void put_contains(struct css *css)
{
    char buf[NAME_BYTES_MAX];
    put(css, "contains(.,");
    put_literal(css, "", read_string(css, buf), "");
    put(css, ")");
    if (!accept(css, ")"))
        css_fail(css, "')' is wanted here");
}

/* Siblings of one's own type can be counted only where the type is named. */
static void put_of_type(struct css *css, bool nth, bool from_end)
{
    char siblings[NAME_BYTES_MAX + 32];
    if (css->type.len == 0) {
        css_fail(css, "-of-type needs an element name before it: li:first-of-type");
        return;
    }
    snprintf(siblings, sizeof siblings, "%s-sibling::%.*s", from_end ? "following" : "preceding",
             (int)css->type.len, css->type.at);
    if (nth)
        put_nth(css, siblings);
    else
        text_buf_printf(&css->out, "not(%s)", siblings);
}

/* Behind ':'. */
static void read_pseudo(struct css *css)
{
    static const struct {
        const char *name, *xpath;
    } words[] = {{"first-child", "not(preceding-sibling::*)"},
                 {"last-child", "not(following-sibling::*)"},
                 {"only-child", "not(preceding-sibling::*) and not(following-sibling::*)"},
                 {"empty", "not(*) and not(text())"},
                 {"root", "not(parent::*)"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (accept(css, words[i].name)) {
            put(css, words[i].xpath);
            return;
        }
    if (accept(css, "nth-child("))
        put_nth(css, "preceding-sibling::*");
    else if (accept(css, "nth-last-child("))
        put_nth(css, "following-sibling::*");
    else if (accept(css, "first-of-type"))
        put_of_type(css, false, false);
    else if (accept(css, "last-of-type"))
        put_of_type(css, false, true);
    else if (accept(css, "nth-of-type("))
        put_of_type(css, true, false);
    else if (accept(css, "not("))
        put_not(css);
    else if (accept(css, "contains("))
        put_contains(css);
    else
        css_fail(css, "this pseudo-class is not read; first-child, last-child, only-child, "
                      "first-of-type, last-of-type, nth-child(), nth-last-child(), nth-of-type(), "
                      "not(), contains(), empty and root are");
}

/* ---- compound selectors ---- */

/* One test at the position; false when none begins here. */
static bool read_test(struct css *css)
{
    char buf[NAME_BYTES_MAX];
    if (css->status != OK || slice_starts(slice_from(css->text, css->at), "::"))
        return false;
    if (accept(css, "#")) {
        put(css, "@id=");
        put_literal(css, "", read_name(css, buf), "");
    } else if (accept(css, ".")) {
        put_class(css, read_name(css, buf));
    } else if (accept(css, "[")) {
        read_attr(css);
    } else if (accept(css, ":")) {
        read_pseudo(css);
    } else {
        return false;
    }
    return css->status == OK;
}

static bool test_follows(const struct css *css)
{
    char c = peek(css);
    return c == '#' || c == '.' || c == '[' ||
           (c == ':' && !slice_starts(slice_from(css->text, css->at), "::"));
}

/* Inside :not(). */
static void read_simple_tests(struct css *css)
{
    char buf[NAME_BYTES_MAX];
    bool first = true;
    if (is_name_byte(peek(css))) {
        put(css, "self::");
        put_lower(css, read_plain_name(css, buf));
        first = false;
    }
    while (test_follows(css)) {
        put(css, first ? "" : " and ");
        first = false;
        if (!read_test(css))
            return;
    }
    if (first)
        css_fail(css, "a simple selector is wanted here");
}

/* Element name and tests; as_test: the axis already said "*". */
static void read_compound(struct css *css, bool as_test)
{
    char buf[NAME_BYTES_MAX];
    css->type = SLICE_EMPTY;
    if (accept(css, "*")) {
        put(css, as_test ? "" : "*");
    } else if (is_name_byte(peek(css)) || peek(css) == '\\') {
        size_t start = css->out.len + (as_test ? strlen("[self::") : 0);
        put(css, as_test ? "[self::" : "");
        put_lower(css, read_plain_name(css, buf));
        css->type = slice_make(css->type_buf, css->out.len - start);
        memcpy(css->type_buf, text_buf_cstr(&css->out) + start, css->type.len);
        put(css, as_test ? "]" : "");
    } else if (test_follows(css)) {
        put(css, as_test ? "" : "*");
    } else {
        css_fail(css, "an element name, '*', '#id', '.class', '[attr]' or ':' is wanted here");
    }
    while (css->status == OK && test_follows(css)) {
        put(css, "[");
        read_test(css);
        put(css, "]");
    }
}

/* ---- combinators ---- */

/* ::text or ::attr(name). */
static void read_taker(struct css *css)
{
    char buf[NAME_BYTES_MAX];
    if (accept(css, "::text")) {
        put(css, "/text()");
    } else if (accept(css, "::attr(")) {
        skip_spaces(css);
        put(css, "/@");
        put_lower(css, read_plain_name(css, buf));
        skip_spaces(css);
        if (!accept(css, ")"))
            css_fail(css, "')' is wanted here");
    } else {
        css_fail(css, "only ::text and ::attr(name) may follow '::'");
    }
    skip_spaces(css);
    if (css->status == OK && peek(css) != '\0' && peek(css) != ',')
        css_fail(css, "nothing may follow ::text and ::attr()");
}

static bool at_end(const struct css *css)
{
    return css->status != OK || css->at >= css->text.len || peek(css) == ',';
}

/* One selector of the list. */
static void read_selector(struct css *css)
{
    put(css, "//");
    read_compound(css, false);
    while (!at_end(css)) {
        bool spaces = skip_spaces(css), next = false;
        if (at_end(css))
            return;
        if (slice_starts(slice_from(css->text, css->at), "::")) {
            put(css, spaces ? "/descendant-or-self::*" : "");
            read_taker(css);
            return;
        }
        if (accept(css, ">")) {
            put(css, "/");
        } else if (accept(css, "+")) {
            put(css, "/following-sibling::*[1]");
            next = true;
        } else if (accept(css, "~")) {
            put(css, "/following-sibling::");
        } else if (spaces) {
            put(css, "//");
        } else {
            css_fail(css, "this character is no part of a selector");
            return;
        }
        skip_spaces(css);
        read_compound(css, next);
    }
}

static bool is_xpath(struct slice text)
{
    return slice_starts(text, "/") || slice_starts(text, "./") || slice_starts(text, "(") ||
           slice_starts(text, ".//");
}

/* XML, and so XPath, has no place for these. */
static void refuse_controls(struct css *css)
{
    struct slice text = css->text;
    for (css->at = 0; css->status == OK && css->at < text.len; css->at++) {
        bool control = (unsigned char)text.at[css->at] < ' ' && !is_space(text.at[css->at]);
        struct slice rest = slice_from(text, css->at);
        if (control || text.at[css->at] == '\v' || text.at[css->at] == '\f' ||
            slice_starts(rest, "\xEF\xBF\xBE") || slice_starts(rest, "\xEF\xBF\xBF"))
            css_fail(css, "a control character");
    }
    if (css->status == OK)
        css->at = 0;
}

static void read_list(struct css *css)
{
    do {
        put(css, css->out.len > 0 ? " | " : "");
        skip_spaces(css);
        read_selector(css);
        skip_spaces(css);
    } while (css->status == OK && accept(css, ","));
    if (css->status == OK && css->at < css->text.len)
        css_fail(css, "this character is no part of a selector");
}

int css_to_xpath(struct arena *arena, struct slice selector, const char **ret_xpath,
                 struct failure *reterr)
{
    struct css css = {.text = slice_trim(selector), .reterr = reterr, .type = SLICE_EMPTY};
    const char *xpath = NULL;
    if (css.text.len > CSS_SELECTOR_BYTES_MAX)
        return failure_set(reterr, ERR_LIMIT, "a selector is longer than %u bytes",
                           CSS_SELECTOR_BYTES_MAX);
    if (css.text.len == 0)
        return failure_set(reterr, ERR_SYNTAX, "a selector is empty");
    text_buf_init(&css.out, CSS_XPATH_BYTES_MAX);
    refuse_controls(&css);
    if (css.status == OK && is_xpath(css.text))
        text_buf_add_slice(&css.out, css.text);
    else if (css.status == OK)
        read_list(&css);
    int rc = css.status;
    if (rc == OK && text_buf_status(&css.out) == ERR_LIMIT)
        rc = failure_set(reterr, ERR_LIMIT, "a selector is longer than %u bytes as XPath",
                         CSS_XPATH_BYTES_MAX);
    if (rc == OK && text_buf_status(&css.out) == OK)
        xpath = arena_copy(arena, css.out.at, css.out.len);
    if (rc == OK && xpath == NULL)
        rc = failure_set(reterr, ERR_NOMEM, "no memory for a selector");
    if (rc == OK)
        *ret_xpath = xpath;
    text_buf_release(&css.out);
    return rc;
}
