/* html_scan.c - the tokenizer; see html_scan.h.
 *
 * The page is walked by memchr() from "<" to "<": most bytes are text and are never looked at here.
 * A tag that is cut off by the end of the page is dropped, as the standard says. */
#include "crawler/extract/html_scan.h"

#include <string.h>

static bool is_letter(char byte)
{
    return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

void html_scan_init(struct html_scan *scan, struct slice page)
{
    *scan = (struct html_scan){.page = page, .at = 0, .raw = TAG_OTHER, .attrs_cut = false};
}

/* ---- attributes ---- */

/* Offset of the ">" that ends the tag, or page.len. Quotes count only where a value may begin. */
static size_t tag_end(struct slice page, size_t at)
{
    bool value_next = false;
    for (; at < page.len; at++) {
        char byte = page.at[at];
        if (byte == '>')
            return at;
        if (value_next && (byte == '"' || byte == '\'')) {
            const char *close = memchr(page.at + at + 1, byte, page.len - at - 1);
            if (close == NULL)
                return page.len;
            at = (size_t)(close - page.at);
            value_next = false;
        } else if (byte == '=') {
            value_next = true;
        } else if (!html_is_space(byte)) {
            value_next = false;
        }
    }
    return page.len;
}

static struct slice attr_value(struct slice text, size_t *at)
{
    const char *from = text.at + *at, *end = text.at + text.len;
    if (from < end && (*from == '"' || *from == '\'')) {
        const char *close = memchr(from + 1, *from, (size_t)(end - from - 1));
        const char *stop = close == NULL ? end : close;
        *at = (size_t)((close == NULL ? end : close + 1) - text.at);
        return (struct slice){from + 1, (size_t)(stop - from - 1)};
    }
    const char *stop = from;
    while (stop < end && !html_is_space(*stop))
        stop++;
    *at = (size_t)(stop - text.at);
    return (struct slice){from, (size_t)(stop - from)};
}

bool html_attr_next(struct slice *rest, struct slice *ret_name, struct slice *ret_value)
{
    const char *at = rest->at, *end = rest->at + rest->len;
    while (at < end && (html_is_space(*at) || *at == '/'))
        at++;
    if (at >= end)
        return false;
    const char *name = at++; /* a "=" that begins a name belongs to it */
    while (at < end && !html_is_space(*at) && *at != '=' && *at != '/')
        at++;
    *ret_name = (struct slice){name, (size_t)(at - name)};
    *ret_value = SLICE_EMPTY;
    const char *behind = at;
    while (behind < end && html_is_space(*behind))
        behind++;
    size_t used = (size_t)(at - rest->at);
    if (behind < end && *behind == '=') {
        behind++;
        while (behind < end && html_is_space(*behind))
            behind++;
        used = (size_t)(behind - rest->at);
        *ret_value = attr_value(*rest, &used);
    }
    *rest = (struct slice){rest->at + used, rest->len - used};
    return true;
}

bool html_attr(struct slice attrs, const char *name, struct slice *ret_value)
{
    struct slice wanted = slice_of(name), found, value;
    while (html_attr_next(&attrs, &found, &value))
        if (found.len == wanted.len && (found.at[0] | 0x20) == (wanted.at[0] | 0x20) &&
            slice_equal_nocase(found, wanted)) {
            *ret_value = value;
            return true;
        }
    *ret_value = SLICE_EMPTY;
    return false;
}

/* ---- raw text ---- */

static bool name_at(struct slice page, size_t at, struct slice name)
{
    struct slice there = slice_sub(page, at, name.len);
    if (!slice_equal_nocase(there, name))
        return false;
    at += name.len;
    return at >= page.len || html_is_space(page.at[at]) || page.at[at] == '/' || page.at[at] == '>';
}

static size_t find_char(struct slice page, size_t at, char wanted)
{
    const char *found = at < page.len ? memchr(page.at + at, wanted, page.len - at) : NULL;
    return found == NULL ? page.len : (size_t)(found - page.at);
}

/* Walks "<!-- …" of a script from behind its four characters to limit. A "<script" in it makes the
 * next "</script" belong to that; another one ends the script: its offset, or SIZE_MAX. */
static size_t script_escaped_end(struct slice page, size_t at, size_t limit, struct slice name)
{
    bool inner = false;
    for (; (at = find_char(page, at, '<')) < limit; at++) {
        if (name_at(page, at + 1, name)) {
            inner = true;
        } else if (at + 1 < page.len && page.at[at + 1] == '/' && name_at(page, at + 2, name)) {
            if (!inner)
                return at;
            inner = false;
        }
    }
    return SIZE_MAX;
}

/* Offset of the "</name" that ends raw text begun at `at`, or page.len. */
static size_t raw_end(struct slice page, size_t at, enum html_tag tag, struct slice name)
{
    while ((at = find_char(page, at, '<')) < page.len) {
        struct slice rest = slice_from(page, at);
        if (rest.len > 1 && rest.at[1] == '/' && name_at(page, at + 2, name))
            return at;
        if (tag != TAG_script || !slice_starts(rest, "<!--")) {
            at++;
            continue;
        }
        size_t close = slice_find(slice_from(rest, 2), SLICE("-->"));
        size_t limit = close == SIZE_MAX ? page.len : at + 2 + close;
        size_t end = script_escaped_end(page, at + 4, limit, name);
        if (end != SIZE_MAX)
            return end;
        at = limit < page.len ? limit + 3 : page.len;
    }
    return page.len;
}

/* ---- markup ---- */

static bool comment_read(struct html_scan *scan, size_t at, struct html_token *ret_token)
{
    struct slice rest = slice_from(scan->page, at);
    size_t end, behind;
    if (slice_starts(rest, ">") || slice_starts(rest, "->")) {
        end = 0;
        behind = rest.at[0] == '>' ? 1 : 2;
    } else {
        size_t from = 0;
        for (;;) {
            size_t dashes = slice_find(slice_from(rest, from), SLICE("--"));
            end = dashes == SIZE_MAX ? rest.len : from + dashes;
            behind = rest.len;
            if (end == rest.len || slice_starts(slice_from(rest, end), "-->"))
                behind = end + 3;
            else if (slice_starts(slice_from(rest, end), "--!>"))
                behind = end + 4;
            else {
                from = end + 1;
                continue;
            }
            break;
        }
    }
    ret_token->kind = HTML_COMMENT;
    ret_token->text = slice_sub(rest, 0, end);
    scan->at = at + (behind < rest.len ? behind : rest.len);
    return true;
}

/* "<!doctype", "<?xml", "</3": to the next ">". */
static bool bogus_read(struct html_scan *scan, size_t at, struct html_token *ret_token)
{
    size_t end = find_char(scan->page, at, '>');
    ret_token->kind = HTML_COMMENT;
    ret_token->text = SLICE_EMPTY;
    scan->at = end < scan->page.len ? end + 1 : end;
    return true;
}

/* at: behind "<" or "</". False: the page ends inside the tag. */
static bool tag_read(struct html_scan *scan, size_t at, bool closing, struct html_token *ret_token)
{
    struct slice page = scan->page;
    size_t end_of_name = at;
    while (end_of_name < page.len && !html_is_space(page.at[end_of_name]) &&
           page.at[end_of_name] != '/' && page.at[end_of_name] != '>')
        end_of_name++;
    size_t end = tag_end(page, end_of_name);
    if (end >= page.len) {
        scan->at = page.len;
        return false;
    }
    struct slice attrs = slice_sub(page, end_of_name, end - end_of_name);
    ret_token->name = slice_sub(page, at, end_of_name - at);
    ret_token->tag = html_tag_of(ret_token->name);
    ret_token->kind = closing ? HTML_CLOSE : HTML_START;
    ret_token->self_closing = attrs.len > 0 && attrs.at[attrs.len - 1] == '/';
    if (attrs.len > HTML_ATTRS_BYTES_MAX) {
        scan->attrs_cut = true;
        attrs.len = HTML_ATTRS_BYTES_MAX;
    }
    ret_token->attrs = attrs;
    scan->at = end + 1;
    if (!closing && (html_tag_class(ret_token->tag) & HTML_RAW) != 0)
        scan->raw = ret_token->tag;
    scan->raw_name = ret_token->name;
    return true;
}

static bool raw_read(struct html_scan *scan, struct html_token *ret_token)
{
    size_t end = raw_end(scan->page, scan->at, scan->raw, scan->raw_name);
    ret_token->kind = HTML_TEXT;
    ret_token->tag = scan->raw;
    ret_token->raw = (html_tag_class(scan->raw) & HTML_RCDATA) == 0;
    ret_token->text = slice_sub(scan->page, scan->at, end - scan->at);
    scan->raw = TAG_OTHER;
    scan->at = end;
    return ret_token->text.len > 0;
}

/* Offset of the next "<" that begins markup. */
static size_t markup_at(struct slice page, size_t at)
{
    while ((at = find_char(page, at, '<')) + 1 < page.len) {
        char next = page.at[at + 1];
        if (is_letter(next) || next == '!' || next == '/' || next == '?')
            return at;
        at++;
    }
    return page.len;
}

/* Reads what stands at "<". False: nothing to tell of. */
static bool markup_read(struct html_scan *scan, struct html_token *ret_token)
{
    struct slice page = scan->page;
    size_t at = scan->at + 1;
    char next = page.at[at];
    if (is_letter(next))
        return tag_read(scan, at, false, ret_token);
    if (next == '/' && at + 1 < page.len && is_letter(page.at[at + 1]))
        return tag_read(scan, at + 1, true, ret_token);
    if (slice_starts(slice_from(page, at), "!--"))
        return comment_read(scan, at + 3, ret_token);
    return bogus_read(scan, at, ret_token);
}

bool html_scan_next(struct html_scan *scan, struct html_token *ret_token)
{
    while (scan->at < scan->page.len) {
        *ret_token = (struct html_token){
            .kind = HTML_TEXT, .name = SLICE_EMPTY, .attrs = SLICE_EMPTY, .text = SLICE_EMPTY};
        if (scan->raw != TAG_OTHER) {
            if (raw_read(scan, ret_token))
                return true;
            continue;
        }
        size_t end = markup_at(scan->page, scan->at);
        if (end > scan->at) {
            ret_token->text = slice_sub(scan->page, scan->at, end - scan->at);
            scan->at = end;
            return true;
        }
        if (markup_read(scan, ret_token))
            return true;
    }
    return false;
}
