/* app/complaint.h - why something that was sent in is no case, or less than it could be: a sentence for
 * people on standard error; for programs that ask a line {"error","kind","what","line"} in its place on
 * standard output, or {"note",…} where nothing was refused. The kind is a name that lasts, so that a page says
 * it in its reader's language. */
#ifndef LUREWATCH_COMPLAINT_H
#define LUREWATCH_COMPLAINT_H

#include "common/err.h"

#include <stdbool.h>
#include <stdint.h>

struct complaint {
    const char *kind;  /* NULL: by code */
    int code;          /* enum err */
    const char *where; /* file or address; NULL: why says it */
    uint64_t line;     /* 0: of all of it */
    const char *what;  /* that the kind speaks of; NULL: nothing */
    const char *why;   /* the sentence */
    bool is_note;
};

void complaint_tell(const char *command, bool programs, const struct complaint *complaint);
/* "network", "tls", "timeout", "large", "store", "other"… Never NULL. */
const char *complaint_kind_of(int err);

#endif
