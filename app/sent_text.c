/* sent_text.c - see sent_text.h. A spreadsheet's "CSV" is in the code page of its machine, its
 * "Unicode text" in UTF-16 with a byte order mark, its "CSV UTF-8" in what it says. */
#include "app/sent_text.h"

#include "app/sent_kind.h"
#include "common/utf8.h"
#include "crawler/extract/charset.h"

#include <string.h>

#define NO_TEXT         "it is no text in an encoding that is known here: save it in UTF-8"
#define LOOK_BYTES_MAX  64u /* of a table's first line, which is of plain letters */
#define LATIN_KNOWN_MIN 16u

static bool refuse(struct complaint *ret_wrong, const char *kind, const char *what, const char *why)
{
    *ret_wrong = (struct complaint){.kind = kind, .what = what, .why = why};
    return false;
}

static bool starts(struct slice bytes, const char *with, size_t len)
{
    return bytes.len >= len && memcmp(bytes.at, with, len) == 0;
}

/* UTF-16 without a mark: every other byte is 0. */
static const char *bare_utf16(struct slice bytes)
{
    size_t zeros[2] = {0, 0},
           len = bytes.len < LOOK_BYTES_MAX ? bytes.len & ~(size_t)1 : LOOK_BYTES_MAX;
    for (size_t i = 0; i < len; i++)
        zeros[i & 1] += bytes.at[i] == '\0' ? 1 : 0;
    if (len == 0 || zeros[0] + zeros[1] != len / 2)
        return NULL;
    return zeros[1] == len / 2 ? "UTF-16LE" : zeros[0] == len / 2 ? "UTF-16BE" : NULL;
}

/* How the bytes begin says what they are; *ret_mark: the length of a byte order mark. NULL: they do
 * not say. */
static const char *marked(struct slice bytes, size_t *ret_mark)
{
    *ret_mark = 2;
    if (starts(bytes, "\xFF\xFE", 2))
        return "UTF-16LE";
    if (starts(bytes, "\xFE\xFF", 2))
        return "UTF-16BE";
    *ret_mark = starts(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;
    const char *bare = bare_utf16(bytes);
    return bare != NULL ? bare : *ret_mark == 3 || utf8_is_valid(bytes) ? "UTF-8" : NULL;
}

/* A few letters beyond ASCII tell the guesser nothing about which Latin set they are of: then it is the
 * code page of most machines. */
static const char *guess(struct slice bytes)
{
    static const char *const latin[] = {"ISO-8859-", "windows-1250", "windows-1254", "windows-1257",
                                        "macintosh"};
    const char *name = charset_sniff(bytes, NULL);
    size_t beyond = 0;
    for (size_t i = 0; i < bytes.len && beyond < LATIN_KNOWN_MIN; i++)
        beyond += (unsigned char)bytes.at[i] >= 0x80 ? 1 : 0;
    for (size_t i = 0; i < sizeof latin / sizeof latin[0] && beyond < LATIN_KNOWN_MIN; i++)
        if (strncmp(name, latin[i], strlen(latin[i])) == 0)
            return "windows-1252";
    return name;
}

bool sent_text_read(struct arena *arena, struct slice bytes, struct sent_text *ret_text,
                    struct complaint *ret_wrong)
{
    struct sent_text text = {.unit = 1};
    size_t mark = 0;
    if (sent_kind_foreign(bytes, ret_wrong))
        return false;
    if (starts(bytes, "\xFF\xFE\0\0", 4) || starts(bytes, "\0\0\xFE\xFF", 4))
        return refuse(ret_wrong, "encoding", "UTF-32",
                      "it is in UTF-32, which is not read here: save it in UTF-8");
    text.charset = bytes.len > 0 ? marked(bytes, &mark) : "UTF-8";
    text.raw = slice_from(bytes, mark);
    if (text.charset == NULL && memchr(bytes.at, '\0', bytes.len) != NULL)
        return refuse(ret_wrong, "no-text", NULL, NO_TEXT);
    text.is_guess = text.charset == NULL;
    if (text.is_guess)
        text.charset = guess(bytes);
    text.unit = strncmp(text.charset, "UTF-16", 6) == 0 ? 2 : 1;
    if (charset_to_utf8(arena, text.raw, text.charset, &text.text) != OK)
        return refuse(ret_wrong, "large", NULL, "it needs more memory than it may use");
    if (sent_kind_foreign(text.text, ret_wrong))
        return false;
    *ret_text = text;
    return true;
}

bool sent_text_words(struct arena *arena, struct slice bytes, struct sent_text *ret_text,
                     struct complaint *ret_wrong)
{
    if (!sent_text_read(arena, bytes, ret_text, ret_wrong))
        return false;
    if (sent_kind_is_binary(ret_text->unit == 1 ? ret_text->raw : ret_text->text))
        return refuse(ret_wrong, "no-text", NULL, NO_TEXT);
    return true;
}

bool sent_text_note(const struct sent_text *text, struct arena *arena, struct complaint *ret_note)
{
    if (!text->is_guess)
        return false;
    const char *why = arena_printf(arena,
                                   "it does not say its encoding and was read as %s: where letters "
                                   "came out wrong, save it in UTF-8 and give it again",
                                   text->charset);
    *ret_note =
        (struct complaint){.kind = "read-as", .what = text->charset, .why = why, .is_note = true};
    return why != NULL;
}

static bool is_line_end(const char *at, size_t unit, bool big, char end)
{
    return unit == 1 ? *at == end : at[big ? 1 : 0] == end && at[big ? 0 : 1] == '\0';
}

size_t sent_text_raw_lines(struct slice raw, const struct sent_text *text, struct line_count lines)
{
    size_t at = 0, unit = text->unit, count = lines.count;
    bool big = strcmp(text->charset, "UTF-16BE") == 0;
    while (count > 0 && at + unit <= raw.len) {
        count -= is_line_end(raw.at + at, unit, big, lines.end) ? 1 : 0;
        at += unit;
    }
    bool more = count == 0 && lines.count > 0 && lines.end == '\r';
    while (more && at + unit <= raw.len && is_line_end(raw.at + at, unit, big, '\n'))
        at += unit;
    return count > 0 ? raw.len : at;
}
