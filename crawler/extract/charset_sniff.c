/* charset_sniff.c - which charset a page is in: evidence in the order of its worth.
 *
 * Byte order mark, HTTP header, what the page declares (HTML standard, 13.2.3.2 "prescan a byte
 * stream to determine its encoding"; XML 1.0 appendix F), then the bytes themselves: UTF-8 that is
 * valid is UTF-8, else the guesser, else windows-1252. A declaration is looked for in the first
 * CHARSET_PRESCAN_BYTES and, as a browser that meets it late would start again, further on too. What
 * a script would write is not seen: no script runs here. */
#include "common/utf8.h"
#include "crawler/extract/charset_inside.h"

#include <string.h>

#define XML_DECLARATION_BYTES_MAX 512u
#define LATE_META_BYTES_MAX       16384u
#define UTF8_GOOD_FOR_ONE_BAD     20u

static const char *utf8_name(void)
{
    return charset_from_label(SLICE("utf-8"));
}

const char *charset_from_bom(struct slice bytes, size_t *ret_len)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *name;
    } marks[] = {
        {"\xEF\xBB\xBF", 3, "utf-8"}, {"\xFE\xFF", 2, "utf-16be"}, {"\xFF\xFE", 2, "utf-16le"}};
    *ret_len = 0;
    /* FF FE 00 00 is UTF-32, which browsers do not know; as UTF-16 it would begin with NUL. */
    if (bytes.len >= 4 && memcmp(bytes.at, "\xFF\xFE\0\0", 4) == 0) {
        *ret_len = 4;
        return charset_beyond_standard(SLICE("utf-32le"), false);
    }
    if (bytes.len >= 4 && memcmp(bytes.at, "\0\0\xFE\xFF", 4) == 0) {
        *ret_len = 4;
        return charset_beyond_standard(SLICE("utf-32be"), false);
    }
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (bytes.len < marks[i].len || memcmp(bytes.at, marks[i].bytes, marks[i].len) != 0)
            continue;
        *ret_len = marks[i].len;
        return charset_from_label(slice_of(marks[i].name));
    }
    return NULL;
}

/* ---- "charset=" in a value ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static size_t skip_spaces(struct slice text, size_t at)
{
    while (at < text.len && is_space(text.at[at]))
        at++;
    return at;
}

/* HTML standard, "extracting a character encoding from a meta element". */
static struct slice charset_parameter(struct slice value)
{
    for (;;) {
        size_t found = slice_find_nocase(value, SLICE("charset"));
        if (found == SIZE_MAX)
            return SLICE_EMPTY;
        value = slice_from(value, found + strlen("charset"));
        size_t at = skip_spaces(value, 0);
        if (at >= value.len || value.at[at] != '=')
            continue;
        value = slice_from(value, skip_spaces(value, at + 1));
        break;
    }
    if (value.len > 0 && (value.at[0] == '"' || value.at[0] == '\'')) {
        size_t end = slice_find_char(slice_from(value, 1), value.at[0]);
        return end == SIZE_MAX ? SLICE_EMPTY : slice_sub(value, 1, end);
    }
    size_t end = 0;
    while (end < value.len && value.at[end] != ';' && !is_space(value.at[end]))
        end++;
    return slice_sub(value, 0, end);
}

const char *charset_from_content_type(const char *content_type)
{
    return charset_from_label(charset_parameter(slice_of(content_type)));
}

/* ---- meta prescan ---- */

struct prescan {
    struct slice text;
    size_t at;
};

static char prescan_byte(const struct prescan *scan)
{
    return scan->at < scan->text.len ? scan->text.at[scan->at] : '\0';
}

/* Bytes from the position up to one of stops; moves behind them. */
static struct slice prescan_until(struct prescan *scan, const char *stops)
{
    size_t start = scan->at;
    while (scan->at < scan->text.len && scan->text.at[scan->at] != '\0' &&
           strchr(stops, scan->text.at[scan->at]) == NULL)
        scan->at++;
    if (scan->at < scan->text.len && scan->text.at[scan->at] == '\0')
        scan->at++; /* NUL stops: it is in no name we look for */
    return slice_sub(scan->text, start, scan->at - start);
}

static struct slice prescan_value(struct prescan *scan)
{
    char quote = prescan_byte(scan);
    if (quote == '"' || quote == '\'') {
        size_t end = slice_find_char(slice_from(scan->text, scan->at + 1), quote);
        struct slice value = slice_sub(scan->text, scan->at + 1, end);
        scan->at = end == SIZE_MAX ? scan->text.len : scan->at + end + 2;
        return end == SIZE_MAX ? SLICE_EMPTY : value;
    }
    return prescan_until(scan, " \t\n\f\r>");
}

/* "Get an attribute": false at the tag's end. */
static bool prescan_attribute(struct prescan *scan, struct slice *ret_name, struct slice *ret_value)
{
    while (scan->at < scan->text.len && (is_space(prescan_byte(scan)) || prescan_byte(scan) == '/'))
        scan->at++;
    if (scan->at >= scan->text.len || prescan_byte(scan) == '>')
        return false;
    size_t start = scan->at++;
    prescan_until(scan, "= \t\n\f\r/>");
    *ret_name = slice_sub(scan->text, start, scan->at - start);
    *ret_value = SLICE_EMPTY;
    size_t next = skip_spaces(scan->text, scan->at);
    if (next < scan->text.len && scan->text.at[next] == '=') {
        scan->at = skip_spaces(scan->text, next + 1);
        *ret_value = prescan_value(scan);
    }
    return true;
}

/* Attributes of a meta tag, the position behind its name. */
static const char *prescan_meta(struct prescan *scan)
{
    struct slice name, value, charset = SLICE_EMPTY, content = SLICE_EMPTY;
    bool pragma = false, has_charset = false, has_content = false, has_pragma = false;
    while (prescan_attribute(scan, &name, &value)) {
        if (!has_pragma && slice_equal_nocase(name, SLICE("http-equiv"))) {
            has_pragma = true;
            pragma = slice_equal_nocase(value, SLICE("content-type"));
        } else if (!has_content && slice_equal_nocase(name, SLICE("content"))) {
            has_content = true;
            content = charset_parameter(value);
        } else if (!has_charset && slice_equal_nocase(name, SLICE("charset"))) {
            has_charset = true;
            charset = value;
        }
    }
    if (scan->at >= scan->text.len)
        return NULL; /* the tag has no end here: the standard does not count it */
    const char *found = has_charset ? charset_from_label(charset)
                        : pragma    ? charset_from_label(content)
                                    : NULL;
    if (found != NULL && strncmp(found, "UTF-16", 6) == 0)
        return utf8_name();
    if (found != NULL && strcmp(found, "x-user-defined") == 0)
        return charset_from_label(SLICE("windows-1252"));
    return found;
}

static bool is_letter_at(struct slice text, size_t at)
{
    return at < text.len && ((text.at[at] | 0x20) >= 'a' && (text.at[at] | 0x20) <= 'z');
}

/* A tag or a comment at '<'; the position goes behind it. */
static const char *prescan_markup(struct prescan *scan)
{
    struct slice rest = slice_from(scan->text, scan->at), name, value;
    if (slice_starts(rest, "<!--")) {
        size_t end = slice_find(slice_from(rest, 2), SLICE("-->"));
        scan->at = end == SIZE_MAX ? scan->text.len : scan->at + 2 + end + 3;
        return NULL;
    }
    if (slice_starts_nocase(rest, "<meta") && rest.len > 5 &&
        (is_space(rest.at[5]) || rest.at[5] == '/')) {
        scan->at += 6;
        return prescan_meta(scan);
    }
    if (is_letter_at(rest, 1) || (rest.len > 1 && rest.at[1] == '/' && is_letter_at(rest, 2))) {
        prescan_until(scan, " \t\n\f\r>");
        while (prescan_attribute(scan, &name, &value))
            ;
        return NULL;
    }
    if (rest.len > 1 && strchr("!/?", rest.at[1]) != NULL && rest.at[1] != '\0')
        prescan_until(scan, ">");
    else
        scan->at++;
    return NULL;
}

static const char *prescan_run(struct slice bytes)
{
    struct prescan scan = {bytes, 0};
    const char *found = NULL;
    while (found == NULL) {
        size_t tag = slice_find_char(slice_from(scan.text, scan.at), '<');
        if (tag == SIZE_MAX)
            return NULL;
        scan.at += tag;
        found = prescan_markup(&scan);
    }
    return found;
}

const char *charset_prescan(struct slice bytes)
{
    return prescan_run(slice_sub(bytes, 0, CHARSET_PRESCAN_BYTES));
}

/* ---- XML declaration ---- */

/* Value of encoding= in ASCII text that begins with "<?xml". */
static struct slice xml_encoding(struct slice text)
{
    text =
        slice_sub(text, 0, slice_find(slice_sub(text, 0, XML_DECLARATION_BYTES_MAX), SLICE("?>")));
    size_t found = slice_find(slice_sub(text, 0, XML_DECLARATION_BYTES_MAX), SLICE("encoding"));
    if (found == SIZE_MAX)
        return SLICE_EMPTY;
    text = slice_from(text, found + strlen("encoding"));
    size_t at = skip_spaces(text, 0);
    if (at >= text.len || text.at[at] != '=')
        return SLICE_EMPTY;
    at = skip_spaces(text, at + 1);
    if (at >= text.len || (text.at[at] != '"' && text.at[at] != '\''))
        return SLICE_EMPTY;
    return slice_sub(text, at + 1, slice_find_char(slice_from(text, at + 1), text.at[at]));
}

/* EBCDIC's "<?xml": the declaration is written in what all its pages share. */
static const char *from_ebcdic(struct slice bytes)
{
    char ascii[XML_DECLARATION_BYTES_MAX];
    size_t len = charset_ebcdic_start(slice_sub(bytes, 0, sizeof ascii), ascii);
    const char *name = charset_beyond_standard(xml_encoding(slice_make(ascii, len)), false);
    return name != NULL ? name : charset_beyond_standard(SLICE("ibm037"), false);
}

const char *charset_from_xml(struct slice bytes)
{
    static const struct {
        const char bytes[5];
        const char *name;
    } starts[] = {{"\0<\0?", "utf-16be"},  {"<\0?\0", "utf-16le"}, {"\0\0\0<", "utf-32be"},
                  {"<\0\0\0", "utf-32le"}, {"\0<\0r", "utf-16be"}, {"<\0r\0", "utf-16le"}};
    if (bytes.len < 4)
        return NULL;
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        if (memcmp(bytes.at, starts[i].bytes, 4) != 0)
            continue;
        const char *name = charset_from_label(slice_of(starts[i].name));
        return name != NULL ? name : charset_beyond_standard(slice_of(starts[i].name), false);
    }
    if (memcmp(bytes.at, "\x4C\x6F\xA7\x94", 4) == 0)
        return from_ebcdic(bytes);
    if (!slice_starts(bytes, "<?xml"))
        return NULL;
    struct slice label = xml_encoding(bytes);
    const char *name = charset_from_label(label);
    if (name == NULL)
        return charset_beyond_standard(label, true);
    /* Its bytes were read as ASCII, so they are not what it says. */
    return strncmp(name, "UTF-16", 6) == 0 ? utf8_name() : name;
}

/* ---- the bytes themselves ---- */

static size_t first_not_ascii(struct slice bytes)
{
    size_t i = 0;
    for (uint64_t word = 0; i + sizeof word <= bytes.len; i += sizeof word) {
        memcpy(&word, bytes.at + i, sizeof word);
        if ((word & 0x8080808080808080u) != 0)
            break;
    }
    while (i < bytes.len && (signed char)bytes.at[i] >= 0)
        i++;
    return i;
}

/* UTF-8 with something beyond ASCII in it; a cut end, and one bad place in twenty, are forgiven:
 * pages are glued together from several sources. */
static bool looks_like_utf8(struct slice bytes)
{
    size_t good = 0, bad = 0;
    for (;;) {
        bytes = slice_from(bytes, first_not_ascii(bytes));
        if (bytes.len == 0)
            break;
        size_t len = 0;
        bool is_bad =
            utf8_decode(bytes, &len) == UTF8_REPLACEMENT && !slice_starts(bytes, "\xEF\xBF\xBD");
        if (is_bad && len == bytes.len)
            break;
        good += !is_bad;
        bad += is_bad;
        bytes = slice_from(bytes, len);
    }
    return good > 0 && bad * UTF8_GOOD_FOR_ONE_BAD <= good;
}

static const char *from_bytes(struct slice bytes, const char *fallback)
{
    size_t plain = first_not_ascii(bytes);
    if (plain == bytes.len)
        return memchr(bytes.at, 0x1b, bytes.len) == NULL ? fallback : charset_guess(bytes);
    if (looks_like_utf8(bytes))
        return utf8_name();
    const char *found = charset_guess(slice_from(bytes, plain < 1024 ? 0 : plain - 1024));
    return found;
}

static const char *sniff_html(struct slice bytes, const char *content_type)
{
    size_t bom = 0;
    const char *found = charset_from_bom(bytes, &bom);
    if (found == NULL)
        found = charset_from_content_type(content_type);
    if (found == NULL)
        found = charset_prescan(bytes);
    if (found == NULL)
        found = charset_from_xml(bytes);
    if (found == NULL)
        found = prescan_run(slice_sub(bytes, 0, LATE_META_BYTES_MAX));
    if (found == NULL)
        found = from_bytes(bytes, NULL);
    return found != NULL ? found : charset_from_label(SLICE("windows-1252"));
}

static const char *sniff_xml(struct slice bytes, const char *content_type)
{
    size_t bom = 0;
    const char *found = charset_from_bom(bytes, &bom);
    if (found == NULL)
        found = charset_from_content_type(content_type);
    if (found == NULL)
        found = charset_from_xml(bytes);
    if (found == NULL)
        found = from_bytes(bytes, utf8_name());
    return found != NULL ? found : charset_from_label(SLICE("windows-1252"));
}

const char *charset_sniff(struct slice bytes, const char *content_type)
{
    return sniff_html(bytes, content_type);
}

int charset_decode(struct arena *arena, struct slice bytes, const struct charset_hint *hint,
                   struct slice *ret_text, const char **ret_name)
{
    const char *content_type = hint == NULL ? NULL : hint->content_type;
    bool is_xml = hint != NULL && hint->is_xml;
    const char *name = is_xml ? sniff_xml(bytes, content_type) : sniff_html(bytes, content_type);
    int rc = charset_to_utf8(arena, bytes, name, ret_text);
    if (rc == OK && ret_name != NULL)
        *ret_name = name;
    return rc;
}
