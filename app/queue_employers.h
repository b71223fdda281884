/* app/queue_employers.h - `queue employers`: the list of employers that were checked and found
 * genuine; see storage/employer_rows.h for what that does to their cases. */
#ifndef LUREWATCH_QUEUE_EMPLOYERS_H
#define LUREWATCH_QUEUE_EMPLOYERS_H

#include "app/command.h"
#include "storage/employer_rows.h"

struct employing { /* all borrowed */
    struct store *store;
    struct arena *arena;
    struct text_buf *out;
    struct queue_act act;
    const char *until; /* --until, NULL: a year */
    bool json;
};

/* verb: NULL (the list), "add" or "remove"; an exit code. */
int queue_employers(const struct employing *employing, const char *verb, const char *name);

#endif
