/* cells.c - widths of characters in a terminal; see cells.h. */
#include "common/cells.h"

#include "common/utf8.h"

#define SHOWN_CELLS_MAX  100u
#define SHOWN_BYTES_MAX  400u
#define BEFORE_CELLS_MAX 80u /* with more of them the line is shown from BEFORE_CELLS before */
#define BEFORE_CELLS     60u

/* Wide: East Asian blocks and emoji; none: combining marks of the scripts we print. Good enough for
 * a table, where being off by a cell costs nothing. */
size_t code_cells(uint32_t code)
{
    static const struct code_range none[] = {{0x300, 0x36F},  {0xE31, 0xE31},   {0xE34, 0xE3A},
                                             {0xE47, 0xE4E},  {0x102D, 0x103E}, {0x17B4, 0x17D3},
                                             {0xFE00, 0xFE0F}};
    static const struct code_range wide[] = {
        {0x1100, 0x115F}, {0x2E80, 0xA4CF}, {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
        {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
    if (code_is_in(code, none, sizeof none / sizeof none[0]))
        return 0;
    return code_is_in(code, wide, sizeof wide / sizeof wide[0]) ? 2 : 1;
}

size_t text_cells(struct slice text)
{
    size_t cells = 0;
    for (size_t i = 0, used; i < text.len; i += used)
        cells += code_cells(utf8_decode(slice_from(text, i), &used));
    return cells;
}

/* Bytes of text before the character that would go past cells. */
static size_t bytes_of_cells(struct slice text, size_t cells)
{
    size_t i = 0;
    for (size_t used, seen = 0; i < text.len; i += used) {
        seen += code_cells(utf8_decode(slice_from(text, i), &used));
        if (seen > cells)
            break;
    }
    return i;
}

void caret_show(struct slice line, size_t at, struct slice *ret_shown, char caret[CARET_BYTES])
{
    while (at < line.len && at > 0 && ((unsigned char)line.at[at] & 0xC0) == 0x80)
        at--; /* PCRE2 names a byte within a letter */
    struct slice before = slice_sub(line, 0, at);
    size_t cells = text_cells(before);
    size_t from = cells > BEFORE_CELLS_MAX ? bytes_of_cells(before, cells - BEFORE_CELLS) : 0;
    size_t indent = text_cells(slice_from(before, from));
    struct slice shown = slice_from(line, from);
    shown = slice_sub(shown, 0, bytes_of_cells(shown, SHOWN_CELLS_MAX));
    *ret_shown = utf8_cut(shown, SHOWN_BYTES_MAX);
    if (indent > CARET_BYTES - 2)
        indent = CARET_BYTES - 2;
    memset(caret, ' ', indent);
    caret[indent] = '^';
    caret[indent + 1] = '\0';
}

size_t column_byte(struct slice line, size_t column)
{
    size_t i = 0;
    for (size_t used; i < line.len && column > 1; i += used, column--)
        utf8_decode(slice_from(line, i), &used);
    return i;
}
