/* app/queue_looks.h - the pictures of a case and who else shows them, for `queue show`. */
#ifndef LUREWATCH_QUEUE_LOOKS_H
#define LUREWATCH_QUEUE_LOOKS_H

#include "common/json.h"
#include "storage/look_rows.h"

#include <stdio.h>

/* Nothing where the case showed none. Errors: those of store.h. */
MUST_USE int queue_looks_print(struct store *store, struct arena *arena, int64_t case_id,
                               FILE *out);
/* The same as members "looks" and "same_pictures" of the object that is open. */
MUST_USE int queue_looks_json(struct store *store, struct arena *arena, int64_t case_id,
                              struct json_writer *writer);

#endif
