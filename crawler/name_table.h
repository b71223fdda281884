/* crawler/name_table.h - a hash table from runs of bytes to pointers: hosts, addresses, ids.
 *
 * Open addressing, at most three quarters full, deletion without tombstones. Keys and values are
 * borrowed: keys usually lie inside the values. Hashes are seeded by each table's address, so that
 * host names cannot be chosen to collide. */
#ifndef LUREWATCH_NAME_TABLE_H
#define LUREWATCH_NAME_TABLE_H

#include "common/text.h"

struct name_slot {
    struct slice key;
    void *value; /* NULL: empty */
    uint64_t hash;
};

struct name_table { /* {0} is an empty table */
    struct name_slot *slots;
    size_t count, capacity;
};

void name_table_release(struct name_table *table);  /* values are the caller's */
void name_table_free_all(struct name_table *table); /* values too, with free() */
void *name_table_get(const struct name_table *table, struct slice key); /* NULL: not there */
/* The key must not be there yet; value is not NULL. Errors: ERR_NOMEM. */
MUST_USE int name_table_put(struct name_table *table, struct slice key, void *value);
/* The value that was there, or NULL. */
void *name_table_remove(struct name_table *table, struct slice key);
/* Walks: start with *cursor 0; NULL at the end. The table must not change meanwhile. */
void *name_table_next(const struct name_table *table, size_t *cursor);

#endif
