/* review/id_set.h - which ids a file holds already. 8 bytes an id: the first half of its SHA-256 decides,
 * so of a million ids no two meet but by a chance of one in ten million. */
#ifndef LUREWATCH_ID_SET_H
#define LUREWATCH_ID_SET_H

#include "common/text.h"

#define ID_SET_IDS_MAX (1u << 22)

struct id_set { /* all zero: empty */
    uint64_t *slots;
    size_t count, size;
};

/* Errors: ERR_NOMEM; ERR_LIMIT (ID_SET_IDS_MAX ids are in it). */
MUST_USE int id_set_add(struct id_set *set, struct slice id, bool *ret_is_new);
void id_set_release(struct id_set *set);

#endif
