/* id_set.c - a hash table without deletion, at most half full; see id_set.h. A key of zero marks an empty
 * slot, and no id has it: the lowest bit is set. */
#include "review/id_set.h"

#include "common/digest.h"
#include "common/err.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_MIN 256u

/* The slot of key, or the empty one where it belongs. */
static uint64_t *slot_of(const struct id_set *set, uint64_t key)
{
    size_t at = (size_t)(key >> 1) & (set->size - 1);
    while (set->slots[at] != 0 && set->slots[at] != key)
        at = (at + 1) & (set->size - 1);
    return &set->slots[at];
}

static int grow(struct id_set *set)
{
    struct id_set wider = {.size = set->size == 0 ? SLOTS_MIN : 2 * set->size, .count = set->count};
    wider.slots = calloc(wider.size, sizeof wider.slots[0]);
    if (wider.slots == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < set->size; i++)
        if (set->slots[i] != 0)
            *slot_of(&wider, set->slots[i]) = set->slots[i];
    free(set->slots);
    *set = wider;
    return OK;
}

int id_set_add(struct id_set *set, struct slice id, bool *ret_is_new)
{
    uint64_t key;
    struct digest digest = digest_of(id);
    memcpy(&key, digest.bytes, sizeof key);
    key |= 1;
    if (2 * set->count >= set->size) {
        int rc = set->count >= ID_SET_IDS_MAX ? ERR_LIMIT : grow(set);
        if (rc != OK)
            return rc;
    }
    uint64_t *slot = slot_of(set, key);
    *ret_is_new = *slot == 0;
    set->count += *slot == 0;
    *slot = key;
    return OK;
}

void id_set_release(struct id_set *set)
{
    free(set->slots);
    *set = (struct id_set){.slots = NULL};
}
