/* name_table.c - see name_table.h. FNV-1a with a seed and a final mix; linear probing; removal
 * shifts back what stood behind (Knuth 6.4, algorithm R). */
#include "crawler/name_table.h"

#include <assert.h>
#include <stdlib.h>

#define CAPACITY_FIRST 64u

static uint64_t hash_of(const struct name_table *table, struct slice key)
{
    uint64_t hash = UINT64_C(14695981039346656037) ^ (uint64_t)(uintptr_t)table;
    for (size_t i = 0; i < key.len; i++)
        hash = (hash ^ (unsigned char)key.at[i]) * UINT64_C(1099511628211);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    return hash ^ hash >> 33;
}

/* The slot of key, or the empty one where it belongs. */
static struct name_slot *find(const struct name_table *table, struct slice key, uint64_t hash)
{
    size_t mask = table->capacity - 1;
    size_t at = (size_t)hash & mask;
    while (table->slots[at].value != NULL &&
           (table->slots[at].hash != hash || !slice_equal(table->slots[at].key, key)))
        at = (at + 1) & mask;
    return &table->slots[at];
}

static int grow(struct name_table *table)
{
    struct name_table bigger = {.capacity =
                                    table->capacity == 0 ? CAPACITY_FIRST : 2 * table->capacity};
    bigger.slots = calloc(bigger.capacity, sizeof *bigger.slots);
    if (bigger.slots == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < table->capacity; i++) {
        const struct name_slot *slot = &table->slots[i];
        if (slot->value != NULL)
            *find(&bigger, slot->key, slot->hash) = *slot;
    }
    free(table->slots);
    table->slots = bigger.slots;
    table->capacity = bigger.capacity;
    return OK;
}

void name_table_release(struct name_table *table)
{
    free(table->slots);
    *table = (struct name_table){0};
}

void *name_table_get(const struct name_table *table, struct slice key)
{
    return table->count == 0 ? NULL : find(table, key, hash_of(table, key))->value;
}

int name_table_put(struct name_table *table, struct slice key, void *value)
{
    assert(value != NULL);
    if (4 * (table->count + 1) > 3 * table->capacity) {
        int rc = grow(table);
        if (rc != OK)
            return rc;
    }
    uint64_t hash = hash_of(table, key);
    struct name_slot *slot = find(table, key, hash);
    assert(slot->value == NULL);
    *slot = (struct name_slot){key, value, hash};
    table->count++;
    return OK;
}

void *name_table_remove(struct name_table *table, struct slice key)
{
    if (table->count == 0)
        return NULL;
    struct name_slot *hole = find(table, key, hash_of(table, key));
    void *value = hole->value;
    if (value == NULL)
        return NULL;
    table->count--;
    size_t mask = table->capacity - 1;
    size_t gap = (size_t)(hole - table->slots);
    for (size_t at = (gap + 1) & mask; table->slots[at].value != NULL; at = (at + 1) & mask) {
        size_t home = (size_t)table->slots[at].hash & mask;
        if (((at - home) & mask) >= ((at - gap) & mask)) {
            table->slots[gap] = table->slots[at];
            gap = at;
        }
    }
    table->slots[gap] = (struct name_slot){SLICE_EMPTY, NULL, 0};
    return value;
}

void *name_table_next(const struct name_table *table, size_t *cursor)
{
    while (*cursor < table->capacity) {
        void *value = table->slots[(*cursor)++].value;
        if (value != NULL)
            return value;
    }
    return NULL;
}

void name_table_free_all(struct name_table *table)
{
    size_t cursor = 0;
    for (void *value; (value = name_table_next(table, &cursor)) != NULL;)
        free(value);
    name_table_release(table);
}
