/* note_mask.c - contacts in what colleagues write to one another; see export_inside.h.
 *
 * The ad's own contacts are masked where they are stored. A note is typed by a person and may repeat them, or
 * hold those of who told us: words with an @ or an address, and seven digits or more, lose their characters.
 * Days stay. A name alone is not known for one. */
#include "review/export_inside.h"

#include <ctype.h>
#include <string.h>

#define DIGITS_MIN 7u
#define DAY_BYTES  10u

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static size_t word_end(struct slice text, size_t at)
{
    while (at < text.len && isspace((unsigned char)text.at[at]) == 0)
        at++;
    return at;
}

static bool is_address(struct slice word)
{
    static const char *const marks[] = {"@",        "://",      "t.me/", "wa.me/",
                                        "line.me/", "zalo.me/", "www."};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (slice_find(word, slice_of(marks[i])) != SIZE_MAX && word.len > strlen(marks[i]))
            return true;
    return false;
}

/* "2026-11-25" */
static bool is_day(struct slice text)
{
    if (text.len < DAY_BYTES || (text.len > DAY_BYTES && is_digit(text.at[DAY_BYTES])))
        return false;
    for (size_t i = 0; i < DAY_BYTES; i++)
        if (i == 4 || i == 7 ? text.at[i] != '-' : !is_digit(text.at[i]))
            return false;
    return true;
}

/* The end of a number with its blanks, brackets and hyphens; at where it is too short for a telephone's. */
static size_t number_end(struct slice text, size_t at)
{
    size_t end = at, digits = 0;
    for (size_t i = at;
         i < text.len && (is_digit(text.at[i]) || memchr(" +-().", text.at[i], 6) != NULL); i++) {
        if (is_day(slice_from(text, i)))
            break;
        if (!is_digit(text.at[i]))
            continue;
        digits++;
        end = i + 1;
    }
    return digits >= DIGITS_MIN ? end : at;
}

static void add_masked(struct text_buf *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (((unsigned char)text.at[i] & 0xc0) != 0x80) /* one for a character */
            text_buf_add_char(out, text.at[i] == ' ' ? ' ' : '*');
}

void export_note_text(struct text_buf *out, struct slice note)
{
    bool fresh = true; /* a word may begin here */
    for (size_t at = 0; at < note.len;) {
        size_t end = fresh ? word_end(note, at) : at;
        if (end == at || !is_address(slice_sub(note, at, end - at)))
            end = is_day(slice_from(note, at)) ? at : number_end(note, at);
        if (end > at) {
            add_masked(out, slice_sub(note, at, end - at));
            at = end;
            fresh = false;
            continue;
        }
        size_t plain = is_day(slice_from(note, at)) ? DAY_BYTES : 1;
        text_buf_add(out, note.at + at, plain);
        fresh = isspace((unsigned char)note.at[at]) != 0;
        at += plain;
    }
}
