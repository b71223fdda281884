/* arena.c - bump allocation in growing blocks; see arena.h.
 *
 * Blocks form a list, newest first. A request larger than a block gets a block of its own. A reset
 * keeps some blocks for what comes next, so that page after page is read without asking malloc.
 * Cost: a memset of what is handed out, nothing per free. */
#include "common/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK_BYTES  (64u << 10)
#define ARENA_SPARE_BLOCKS 16u

struct block {
    struct block *older;
    size_t capacity, used;
    alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *newest;
    struct block *spare; /* emptied, of ARENA_BLOCK_BYTES each */
    size_t spares;
    size_t bytes_max, bytes_used;
};

int arena_create(size_t bytes_max, struct arena **ret_arena)
{
    if (bytes_max == 0)
        return ERR_LIMIT;
    struct arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL)
        return ERR_NOMEM;
    arena->bytes_max = bytes_max;
    *ret_arena = arena;
    return OK;
}

static void blocks_free(struct block *block)
{
    while (block != NULL) {
        struct block *older = block->older;
        free(block);
        block = older;
    }
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    blocks_free(arena->newest);
    blocks_free(arena->spare);
    free(arena);
}

void arena_reset(struct arena *arena)
{
    for (struct block *block = arena->newest, *older; block != NULL; block = older) {
        older = block->older;
        if (block->capacity != ARENA_BLOCK_BYTES || arena->spares == ARENA_SPARE_BLOCKS) {
            free(block);
            continue;
        }
        block->older = arena->spare;
        arena->spare = block;
        arena->spares++;
    }
    arena->newest = NULL;
    arena->bytes_used = 0;
}

static struct block *block_add(struct arena *arena, size_t size)
{
    size_t capacity = size > ARENA_BLOCK_BYTES ? size : ARENA_BLOCK_BYTES;
    struct block *block = arena->spare;
    if (block != NULL && capacity == ARENA_BLOCK_BYTES) {
        arena->spare = block->older;
        arena->spares--;
    } else {
        block = malloc(sizeof *block + capacity);
        if (block == NULL)
            return NULL;
        block->capacity = capacity;
    }
    block->used = 0;
    block->older = arena->newest;
    arena->newest = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t unit = alignof(max_align_t);
    if (size > arena->bytes_max)
        return NULL;
    size_t rounded = size == 0 ? unit : (size + unit - 1) / unit * unit;
    if (rounded > arena->bytes_max - arena->bytes_used)
        return NULL;
    struct block *block = arena->newest;
    if (block == NULL || block->capacity - block->used < rounded)
        block = block_add(arena, rounded);
    if (block == NULL)
        return NULL;
    void *memory = block->bytes + block->used;
    block->used += rounded;
    arena->bytes_used += rounded;
    return memset(memory, 0, rounded);
}

void *arena_calloc(struct arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    return arena_alloc(arena, count * size);
}

char *arena_copy(struct arena *arena, const char *bytes, size_t len)
{
    if (len == SIZE_MAX)
        return NULL;
    char *copy = arena_alloc(arena, len + 1);
    if (copy != NULL && len > 0)
        memcpy(copy, bytes, len);
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *text = len < 0 ? NULL : arena_alloc(arena, (size_t)len + 1);
    if (text != NULL)
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

size_t arena_used(const struct arena *arena)
{
    return arena->bytes_used;
}
