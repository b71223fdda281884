/* csv_cell.c - one cell of a table that spreadsheets open; see export.h.
 *
 * A cell that begins with = + - @ (also full-width or small, also behind blanks and invisible characters)
 * or with a tab or line end is read as a formula by some program: it gets an apostrophe. A program set to
 * another separator (half of Europe and Indonesia: the semicolon) cuts elsewhere and heeds our quotes no
 * more, so what such a cut would bring to the front is treated the same: an apostrophe, in an address
 * %3D and the like. What is longer than a cell is cut, with an ellipsis. Text is exact in JSON lines; here safety goes first. */
#include "common/utf8.h"
#include "review/export.h"

#include <ctype.h>
#include <string.h>

/* One cell of a spreadsheet holds 32,767 characters; more runs over into the rows below. Half, for the
 * apostrophes that may come. */
#define CELL_BYTES_MAX 16000u

static bool is_mark(uint32_t code)
{
    static const uint32_t marks[] = {'=',    '+',    '-',    '@',    0xff1d, 0xff0b, 0xff0d,
                                     0xff20, 0xfe66, 0xfe62, 0xfe63, 0xfe6b, 0x2212};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (code == marks[i])
            return true;
    return false;
}

/* What a program may drop in front of a cell's text. */
static bool is_nothing(uint32_t code)
{
    return code <= ' ' || code == '"' || code == '\'' || code == 0x7f || code == 0xa0 ||
           code == 0xad || (code >= 0x2000 && code <= 0x200f) ||
           (code >= 0x2028 && code <= 0x202f) || (code >= 0x205f && code <= 0x2069) ||
           code == 0x3000 || code == 0xfeff;
}

static bool is_separator(uint32_t code)
{
    return code == ',' || code == ';' || code == '\t' || code == '\r' || code == '\n' ||
           code == '|';
}

static bool begins_formula(struct slice text)
{
    if (text.len > 0 && strchr("\t\r\n", text.at[0]) != NULL)
        return true;
    while (text.len > 0) {
        size_t len = 0;
        uint32_t code = utf8_decode(text, &len);
        if (!is_nothing(code))
            return is_mark(code);
        text = slice_from(text, len);
    }
    return false;
}

static bool wants_quotes(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (memchr(",\"\r\n;\t|", text.at[i], 7) != NULL)
            return true;
    return false;
}

/* text begins with a mark behind a separator. "Rp 5.000.000,- per bulan" is a way to write money. */
static bool is_formula_inside(uint32_t mark, struct slice text)
{
    if (mark != '-' && mark != '+')
        return true;
    return text.len > 1 &&
           (isalnum((unsigned char)text.at[1]) != 0 || memchr("(+-@=\"'", text.at[1], 7) != NULL);
}

/* fresh: what was before could end a cell, so a mark here could begin a formula. */
static void add_text(struct text_buf *out, struct slice text)
{
    bool is_url = slice_starts(text, "http://") || slice_starts(text, "https://");
    bool fresh = false;
    while (text.len > 0) {
        size_t len = 0;
        uint32_t code = utf8_decode(text, &len);
        bool caught = fresh && is_mark(code) && is_formula_inside(code, text);
        fresh = is_separator(code) || (fresh && is_nothing(code));
        if (caught && is_url && code < 0x80)
            text_buf_printf(out, "%%%02X", (unsigned)code);
        else {
            if (caught)
                text_buf_add_char(out, '\'');
            if (code == '"')
                text_buf_add_char(out, '"');
            text_buf_add(out, text.at, len);
        }
        text = slice_from(text, len);
    }
}

void export_csv_cell(struct text_buf *out, struct slice text)
{
    struct slice whole = text;
    text = utf8_cut(text, CELL_BYTES_MAX);
    bool quoted = wants_quotes(text);
    if (quoted)
        text_buf_add_char(out, '"');
    if (begins_formula(text))
        text_buf_add_char(out, '\'');
    add_text(out, text);
    if (text.len < whole.len)
        text_buf_add_str(out, "\xe2\x80\xa6");
    if (quoted)
        text_buf_add_char(out, '"');
}
