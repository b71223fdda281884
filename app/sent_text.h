/* app/sent_text.h - the words of a file that somebody sent in, in whatever encoding a spreadsheet or an
 * editor wrote them. */
#ifndef LUREWATCH_SENT_TEXT_H
#define LUREWATCH_SENT_TEXT_H

#include "app/complaint.h"
#include "common/arena.h"
#include "common/text.h"

struct sent_text {
    struct slice text;   /* UTF-8, without a byte order mark; in the bytes or the arena */
    const char *charset; /* what the bytes are in, static */
    bool is_guess;       /* they do not say so themselves, and are no UTF-8 */
    struct slice raw;    /* the bytes of the text: all but the mark */
    size_t unit;         /* bytes of the smallest letter: 1, 2 in UTF-16 */
};

/* False: *ret_wrong names what it is (another encoding, a PDF, a workbook, no text). */
bool sent_text_read(struct arena *arena, struct slice bytes, struct sent_text *ret_text,
                    struct complaint *ret_wrong);
/* The same of a text that is an ad: one with the control characters of a program is none. */
bool sent_text_words(struct arena *arena, struct slice bytes, struct sent_text *ret_text,
                     struct complaint *ret_wrong);
/* What came in UTF-16, or in a guessed encoding, is told; *ret_note lives in arena. False: nothing. */
bool sent_text_note(const struct sent_text *text, struct arena *arena, struct complaint *ret_note);
struct line_count {
    size_t count;
    char end; /* '\n', or '\r' and what '\n' stand behind it */
};
/* How many bytes of raw are so many lines; all where it has fewer. */
size_t sent_text_raw_lines(struct slice raw, const struct sent_text *text, struct line_count lines);

#endif
