/* common/arena.h - memory that is freed all at once.
 *
 * A page, a posting and its verdict live in one arena: parse, judge, answer, reset. Every arena is
 * born with its limit. Not thread-safe: one arena, one thread. */
#ifndef LUREWATCH_ARENA_H
#define LUREWATCH_ARENA_H

#include "common/err.h"

#include <stdint.h>

struct arena;

/* Gives *ret_arena, end it with arena_free(). bytes_max counts everything handed out; 0 is refused.
 * Errors: ERR_NOMEM, ERR_LIMIT (bytes_max is 0). */
MUST_USE int arena_create(size_t bytes_max, struct arena **ret_arena);

/* Frees the arena and all it handed out. NULL is allowed. */
void arena_free(struct arena *arena);

/* Forgets all that was handed out; up to 1 MiB of its blocks stay for what comes next. */
void arena_reset(struct arena *arena);

/* Zeroed memory for size bytes, aligned for any type; NULL past the limit or without memory.
 * Size 0 gives a valid pointer. Lives until arena_reset() or arena_free(). */
void *arena_alloc(struct arena *arena, size_t size);

/* As arena_alloc() for count items of size bytes; NULL when the product overflows too. */
void *arena_calloc(struct arena *arena, size_t count, size_t size);

/* Copies len bytes and adds a NUL. NULL past the limit or without memory. */
char *arena_copy(struct arena *arena, const char *bytes, size_t len);

/* printf into the arena. NULL past the limit or without memory. */
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/* Bytes handed out since birth or reset. */
size_t arena_used(const struct arena *arena);

#endif
