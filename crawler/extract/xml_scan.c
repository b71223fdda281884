/* xml_scan.c - a forgiving pull reader of XML.
 *
 * Boards' feeds are written by templates: an unescaped '&', a tag left open, an HTML entity, a
 * missing quote are daily bread, and a reader that stops there loses every ad behind it. So this
 * one mends and goes on, and says so in `broken`. Text is found by memchr, names are compared in
 * place. Cost: 3 GB/s over a board's export of long texts,
 * 9 times libxml2's SAX without handlers; 50 ns a tag. */
#include "crawler/extract/xml_scan.h"

#include "common/utf8.h"
#include "crawler/extract/charref.h"

#include <string.h>

#define PIECES_MAX 64u /* of xml_direct_text(): CDATA sections in a row */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
           (signed char)c < 0;
}

void xml_scan_init(struct xml_scan *ret_scan, struct slice text)
{
    memset(ret_scan, 0, sizeof *ret_scan);
    ret_scan->text = text;
    ret_scan->name = ret_scan->prefix = ret_scan->attrs = ret_scan->chars = SLICE_EMPTY;
}

/* ---- namespaces ---- */

static enum xml_space space_of_uri(struct slice uri)
{
    static const struct {
        const char *start;
        enum xml_space space;
    } uris[] = {{"http://www.sitemaps.org/schemas/sitemap/", SPACE_SITEMAP},
                {"https://www.sitemaps.org/schemas/sitemap/", SPACE_SITEMAP},
                {"http://www.google.com/schemas/sitemap/0.84", SPACE_SITEMAP},
                {"https://www.google.com/schemas/sitemap/0.84", SPACE_SITEMAP},
                {"http://www.w3.org/2005/Atom", SPACE_ATOM},
                {"http://purl.org/atom/", SPACE_ATOM},
                {"http://example.com/newformat#", SPACE_ATOM},
                {"http://necho", SPACE_ATOM},
                {"http://purl.org/rss/1.0/modules/content/", SPACE_CONTENT},
                {"http://purl.org/rss/1.0/modules/", SPACE_OTHER},
                {"http://purl.org/rss/1.0/", SPACE_RSS},
                {"http://purl.org/net/rss1.1#", SPACE_RSS},
                {"http://my.netscape.com/rdf/simple/", SPACE_RSS},
                {"http://channel.netscape.com/rdf/simple/", SPACE_RSS},
                {"http://backend.userland.com/rss", SPACE_RSS},
                {"http://blogs.law.harvard.edu/tech/rss", SPACE_RSS},
                {"http://cyber.law.harvard.edu/rss", SPACE_RSS},
                {"http://www.w3.org/1999/02/22-rdf-syntax-ns", SPACE_RDF},
                {"http://purl.org/dc/", SPACE_DC},
                {"http://search.yahoo.com/mrss", SPACE_MEDIA},
                {"http://www.itunes.com/", SPACE_ITUNES},
                {"http://www.w3.org/1999/xhtml", SPACE_XHTML}};
    if (uri.len == 0)
        return SPACE_NONE;
    for (size_t i = 0; i < sizeof uris / sizeof uris[0]; i++)
        if (slice_starts_nocase(uri, uris[i].start))
            return uris[i].space;
    return SPACE_OTHER;
}

static enum xml_space space_of_custom(struct slice prefix)
{
    static const struct {
        const char *prefix;
        enum xml_space space;
    } customs[] = {{"", SPACE_NONE},       {"rss", SPACE_RSS},         {"rdf", SPACE_RDF},
                   {"atom", SPACE_ATOM},   {"dc", SPACE_DC},           {"dcterms", SPACE_DC},
                   {"media", SPACE_MEDIA}, {"content", SPACE_CONTENT}, {"itunes", SPACE_ITUNES},
                   {"xhtml", SPACE_XHTML}, {"sm", SPACE_SITEMAP},      {"sitemap", SPACE_SITEMAP}};
    for (size_t i = 0; i < sizeof customs / sizeof customs[0]; i++)
        if (slice_is(prefix, customs[i].prefix))
            return customs[i].space;
    return SPACE_OTHER;
}

static enum xml_space space_find(const struct xml_scan *scan, struct slice prefix)
{
    for (unsigned i = scan->spaces_count; i > 0; i--)
        if (slice_equal(scan->spaces[i - 1].prefix, prefix))
            return scan->spaces[i - 1].space;
    return space_of_custom(prefix);
}

static void spaces_declare(struct xml_scan *scan)
{
    struct slice attrs = scan->attrs, name, value;
    if (attrs.len < sizeof "xmlns=''" || slice_find(attrs, SLICE("xmlns")) == SIZE_MAX)
        return;
    while (scan->spaces_count < XML_SPACES_MAX && xml_next_attr(&attrs, &name, &value)) {
        if (!slice_starts(name, "xmlns") || (name.len > 5 && name.at[5] != ':'))
            continue;
        unsigned at = scan->spaces_count++;
        scan->spaces[at].prefix = slice_from(name, name.len > 5 ? 6 : 5);
        scan->spaces[at].space = space_of_uri(slice_trim(value));
        scan->spaces[at].depth = scan->depth;
    }
}

/* ---- names and attributes ---- */

static void set_name(struct xml_scan *scan, struct slice qname)
{
    size_t colon = slice_find_char(qname, ':');
    bool prefixed = colon != SIZE_MAX && colon > 0;
    scan->prefix = prefixed ? slice_sub(qname, 0, colon) : SLICE_EMPTY;
    scan->name = prefixed ? slice_from(qname, colon + 1) : qname;
    scan->space = space_find(scan, scan->prefix);
}

static size_t pass_spaces(struct slice text, size_t at)
{
    while (at < text.len && is_space(text.at[at]))
        at++;
    return at;
}

/* The value at `at`, behind '=' and spaces; gives the offset behind it. */
static size_t attr_value(struct slice text, size_t at, struct slice *ret_value)
{
    char quote = at < text.len ? text.at[at] : ' ';
    if (quote == '"' || quote == '\'') {
        size_t end = slice_find_char(slice_from(text, at + 1), quote);
        *ret_value = slice_sub(text, at + 1, end);
        return end == SIZE_MAX ? text.len : at + end + 2;
    }
    size_t start = at;
    while (at < text.len && !is_space(text.at[at]))
        at++;
    *ret_value = slice_sub(text, start, at - start);
    return at;
}

static bool is_attr_noise(char c)
{
    return is_space(c) || c == '/' || c == '"' || c == '\'' || c == '=';
}

bool xml_next_attr(struct slice *attrs, struct slice *ret_name, struct slice *ret_value)
{
    struct slice rest = *attrs;
    size_t at = 0;
    while (at < rest.len && is_attr_noise(rest.at[at]))
        at++;
    if (at == rest.len)
        return false;
    size_t start = at;
    while (at < rest.len && !is_space(rest.at[at]) && rest.at[at] != '=')
        at++;
    *ret_name = slice_sub(rest, start, at - start);
    *ret_value = SLICE_EMPTY;
    at = pass_spaces(rest, at);
    if (at < rest.len && rest.at[at] == '=')
        at = attr_value(rest, pass_spaces(rest, at + 1), ret_value);
    *attrs = slice_from(rest, at);
    return true;
}

bool xml_attr(const struct xml_scan *scan, const char *name, struct slice *ret_value)
{
    struct slice attrs = scan->attrs, found, value;
    bool local = strchr(name, ':') == NULL;
    while (xml_next_attr(&attrs, &found, &value)) {
        size_t colon = local ? slice_find_char(found, ':') : SIZE_MAX;
        if (!slice_is(colon == SIZE_MAX ? found : slice_from(found, colon + 1), name))
            continue;
        *ret_value = value;
        return true;
    }
    return false;
}

int xml_attr_text(const struct xml_scan *scan, struct arena *arena, const char *name,
                  struct slice *ret_value)
{
    struct slice raw = SLICE_EMPTY;
    if (!xml_attr(scan, name, &raw)) {
        *ret_value = SLICE_EMPTY;
        return OK;
    }
    return charref_decode(arena, slice_trim(raw), true, ret_value);
}

/* ---- tags ---- */

/* Offset behind the '>' that ends the tag at `at`, quotes respected where they close; 0: none. */
static size_t tag_end(struct xml_scan *scan, size_t at)
{
    struct slice text = scan->text;
    for (; at < text.len; at++) {
        char c = text.at[at];
        if (c == '>')
            return at + 1;
        if (c == '<') { /* an end that was forgotten */
            scan->broken = true;
            return at;
        }
        if (c != '"' && c != '\'')
            continue;
        /* No value holds '<': a quote that would is one that was not closed. */
        size_t end = slice_find_char(slice_from(text, at + 1), c);
        if (end == SIZE_MAX || memchr(text.at + at + 1, '<', end) != NULL)
            scan->broken = true;
        else
            at += end + 1;
    }
    scan->broken = true;
    return 0;
}

static enum xml_token close_top(struct xml_scan *scan)
{
    scan->depth = scan->open;
    set_name(scan, scan->stack[scan->open - 1].qname);
    scan->open--;
    while (scan->spaces_count > 0 && scan->spaces[scan->spaces_count - 1].depth > scan->open)
        scan->spaces_count--;
    return XML_CLOSE;
}

static bool read_open(struct xml_scan *scan)
{
    struct slice text = scan->text;
    size_t start = scan->at + 1, end = start, close = 0;
    while (end < text.len && !is_space(text.at[end]) && text.at[end] != '>' &&
           text.at[end] != '/' && text.at[end] != '<')
        end++;
    close = tag_end(scan, end);
    if (close == 0) { /* nothing ends it: the rest is lost */
        scan->at = text.len;
        return false;
    }
    scan->at = close;
    size_t attrs_end = text.at[close - 1] == '>' ? close - 1 : close;
    bool empty = attrs_end > end && text.at[attrs_end - 1] == '/';
    if (scan->open == XML_DEPTH_MAX) {
        scan->broken = true;
        scan->too_deep += !empty;
        return false;
    }
    scan->attrs = slice_sub(text, end, attrs_end - end - (empty ? 1 : 0));
    scan->stack[scan->open++].qname = slice_sub(text, start, end - start);
    scan->depth = scan->open;
    spaces_declare(scan);
    set_name(scan, slice_sub(text, start, end - start));
    scan->empty_tag = empty;
    return true;
}

/* "</name>": how many levels it closes goes to scan->closing; a stray one closes none. */
static void read_close(struct xml_scan *scan)
{
    struct slice text = scan->text;
    size_t start = scan->at + 2;
    size_t end = start;
    while (end < text.len && text.at[end] != '>' && text.at[end] != '<')
        end++;
    struct slice name = slice_trim(slice_sub(text, start, end - start));
    scan->at = end < text.len && text.at[end] == '>' ? end + 1 : end;
    if (scan->too_deep > 0) {
        scan->too_deep--;
        return;
    }
    for (unsigned level = scan->open; level > 0; level--) {
        if (!slice_equal(scan->stack[level - 1].qname, name))
            continue;
        scan->closing = scan->open - level + 1;
        scan->broken |= scan->closing > 1;
        return;
    }
    scan->broken = true;
}

/* ---- what is passed over ---- */

/* Moves behind `end`; to the text's end when it is not there. */
static void pass_until(struct xml_scan *scan, size_t from, const char *end)
{
    size_t found = slice_find(slice_from(scan->text, from), slice_of(end));
    scan->broken |= found == SIZE_MAX;
    scan->at = found == SIZE_MAX ? scan->text.len : from + found + strlen(end);
}

/* "<!DOCTYPE ... [ ... ]>", once; else to the next '>'. */
static void pass_declaration(struct xml_scan *scan)
{
    struct slice text = scan->text;
    unsigned brackets = 0;
    bool first = !scan->declared && scan->open == 0;
    scan->declared = true;
    for (size_t at = scan->at + 2; first && at < text.len; at++) {
        char c = text.at[at];
        if (c == '"' || c == '\'') {
            size_t end = slice_find_char(slice_from(text, at + 1), c);
            at += end == SIZE_MAX ? 0 : end + 1;
        } else if (c == '<' && slice_starts(slice_from(text, at), "<!--")) {
            size_t end = slice_find(slice_from(text, at), SLICE("-->"));
            at = end == SIZE_MAX ? text.len - 1 : at + end;
        } else if (c == '[') {
            brackets++;
        } else if (c == ']' && brackets > 0) {
            brackets--;
        } else if (c == '>' && brackets == 0) {
            scan->at = at + 1;
            return;
        }
    }
    scan->broken |= first;
    pass_until(scan, scan->at, ">");
}

static enum xml_token give_text(struct xml_scan *scan, size_t end)
{
    scan->chars = slice_sub(scan->text, scan->at, end - scan->at);
    scan->is_cdata = false;
    scan->depth = scan->open;
    scan->at = end;
    return XML_TEXT;
}

static enum xml_token give_cdata(struct xml_scan *scan)
{
    struct slice rest = slice_from(scan->text, scan->at + 9);
    size_t end = slice_find(rest, SLICE("]]>"));
    scan->broken |= end == SIZE_MAX;
    scan->chars = slice_sub(rest, 0, end);
    scan->is_cdata = true;
    scan->depth = scan->open;
    scan->at = end == SIZE_MAX ? scan->text.len : scan->at + 9 + end + 3;
    return XML_TEXT;
}

/* At '<'. XML_END: it was something to pass over. */
static enum xml_token read_markup(struct xml_scan *scan)
{
    struct slice rest = slice_from(scan->text, scan->at);
    char next = rest.len > 1 ? rest.at[1] : ' ';
    if (is_name_start(next))
        return read_open(scan) ? XML_OPEN : XML_END;
    if (next == '/')
        read_close(scan);
    else if (slice_starts(rest, "<!--"))
        pass_until(scan, scan->at + 4, "-->");
    else if (slice_starts(rest, "<![CDATA["))
        return give_cdata(scan);
    else if (next == '!')
        pass_declaration(scan);
    else if (next == '?')
        pass_until(scan, scan->at + 2, slice_starts(rest, "<?xml") ? ">" : "?>");
    else {
        size_t end = slice_find_char(slice_from(rest, 1), '<');
        scan->broken = true;
        return give_text(scan, end == SIZE_MAX ? scan->text.len : scan->at + 1 + end);
    }
    return XML_END;
}

enum xml_token xml_next(struct xml_scan *scan)
{
    if (scan->empty_tag) {
        scan->empty_tag = false;
        scan->token_start = scan->at;
        return close_top(scan);
    }
    for (;;) {
        if (scan->closing > 0) {
            scan->closing--;
            return close_top(scan);
        }
        scan->token_start = scan->at;
        if (scan->at >= scan->text.len) {
            if (scan->open == 0)
                return XML_END;
            scan->broken = true;
            return close_top(scan);
        }
        if (scan->text.at[scan->at] != '<') {
            size_t end = slice_find_char(slice_from(scan->text, scan->at), '<');
            return give_text(scan, end == SIZE_MAX ? scan->text.len : scan->at + end);
        }
        enum xml_token token = read_markup(scan);
        if (token != XML_END)
            return token;
    }
}

void xml_put_back(struct xml_scan *scan)
{
    scan->at = scan->token_start;
    scan->empty_tag = false;
    scan->broken = true;
    (void)close_top(scan);
}

void xml_close_down(struct xml_scan *scan, unsigned depth)
{
    scan->closing = scan->open >= depth ? scan->open - depth + 1 : 0;
}

/* ---- whole elements ---- */

/* The usual element has one run of text: then nothing is copied. */
struct runs {
    struct text_buf buf;
    struct slice only;
    unsigned count;
    bool parted; /* a tag stood between the last run and this one */
};

static void runs_add(struct runs *runs, struct slice text)
{
    if (slice_trim(text).len == 0)
        return;
    if (runs->count == 1)
        text_buf_add_slice(&runs->buf, runs->only);
    if (runs->count > 0 && runs->parted)
        text_buf_add_char(&runs->buf, ' ');
    if (runs->count++ == 0)
        runs->only = text;
    else
        text_buf_add_slice(&runs->buf, text);
    runs->parted = false;
}

static int runs_give(struct runs *runs, struct arena *arena, struct slice *ret_text)
{
    *ret_text = runs->only;
    if (runs->count <= 1)
        return OK;
    const char *copy = text_buf_status(&runs->buf) == ERR_NOMEM
                           ? NULL
                           : arena_copy(arena, text_buf_cstr(&runs->buf), runs->buf.len);
    if (copy != NULL)
        *ret_text = slice_make(copy, runs->buf.len);
    return copy == NULL ? ERR_NOMEM : OK;
}

int xml_inner_text(struct xml_scan *scan, struct arena *arena, size_t bytes_max,
                   struct slice *ret_text)
{
    unsigned depth = scan->depth;
    struct runs runs = {.only = SLICE_EMPTY};
    struct slice text = SLICE_EMPTY;
    int rc = OK;
    text_buf_init(&runs.buf, bytes_max);
    while (rc == OK) {
        enum xml_token token = xml_next(scan);
        if (token == XML_END || (token == XML_CLOSE && scan->depth == depth))
            break;
        runs.parted |= token != XML_TEXT;
        if (token != XML_TEXT)
            continue;
        text = scan->chars;
        if (!scan->is_cdata)
            rc = charref_decode(arena, text, false, &text);
        if (rc == OK)
            runs_add(&runs, text);
    }
    if (rc == OK)
        rc = runs_give(&runs, arena, &text);
    if (rc == OK)
        *ret_text = slice_trim(utf8_cut(text, bytes_max));
    text_buf_release(&runs.buf);
    return rc;
}

/* Is the next token text? */
static bool text_follows(const struct xml_scan *scan)
{
    struct slice rest = slice_from(scan->text, scan->at);
    return !scan->empty_tag && scan->closing == 0 && rest.len > 0 &&
           (rest.at[0] != '<' || slice_starts(rest, "<![CDATA["));
}

int xml_direct_text(struct xml_scan *scan, struct arena *arena, struct slice *ret_text)
{
    struct slice found = SLICE_EMPTY;
    for (unsigned pieces = 0; text_follows(scan) && xml_next(scan) == XML_TEXT; pieces++) {
        struct slice text = scan->chars;
        if (!scan->is_cdata && charref_decode(arena, text, false, &text) != OK)
            return ERR_NOMEM;
        text = slice_trim(text);
        if (found.len == 0)
            found = text;
        else if (text.len > 0 && pieces < PIECES_MAX) {
            char *joined = arena_alloc(arena, found.len + text.len);
            if (joined == NULL)
                return ERR_NOMEM;
            memcpy(joined, found.at, found.len);
            memcpy(joined + found.len, text.at, text.len);
            found = slice_make(joined, found.len + text.len);
        }
    }
    *ret_text = found;
    return OK;
}

struct slice xml_root_name(struct slice text)
{
    struct xml_scan scan;
    enum xml_token token = XML_TEXT;
    xml_scan_init(&scan, text);
    do
        token = xml_next(&scan);
    while (token == XML_TEXT && slice_trim(scan.chars).len == 0);
    return token == XML_OPEN ? scan.name : SLICE_EMPTY;
}
