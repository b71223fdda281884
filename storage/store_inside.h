/* storage/store_inside.h - what the .c files of storage/ share of a store. Nobody else's. */
#ifndef LUREWATCH_STORE_INSIDE_H
#define LUREWATCH_STORE_INSIDE_H

#include "storage/db.h"
#include "storage/store.h"

struct db *store_db(struct store *store);

/* Sets the store's failure and returns code. */
int store_say(struct store *store, int code, const char *format, ...) PRINTF_LIKE(3, 4);
/* The failure to write into, for calls that take a struct failure. */
struct failure *store_failure_at(struct store *store);

/* A call's own transaction where the caller has none open:
 *     bool own;
 *     int rc = store_enter(store, &own);
 *     if (rc == OK)
 *         rc = the statements;
 *     return store_leave(store, own, rc);
 * leave commits an own transaction when rc is OK, else rolls it back and returns rc. */
MUST_USE int store_enter(struct store *store, bool *ret_own);
MUST_USE int store_leave(struct store *store, bool own, int rc);

int store_second(const struct store *store); /* enum queue_second */
bool store_first_only(const struct store *store);

/* Work tied to a transaction's end: before_commit may refuse it, after_rollback undoes. One a
 * store; NULL takes it away. Borrowed. */
struct store_barrier {
    int (*before_commit)(void *ctx, struct failure *reterr);
    void (*after_commit)(void *ctx);
    void (*after_rollback)(void *ctx);
    void *ctx;
};
void store_set_barrier(struct store *store, const struct store_barrier *barrier);

/* The id of a source or host by name, made when new. */
MUST_USE int store_source_id(struct store *store, const char *name, int64_t *ret_id);
MUST_USE int store_host_id(struct store *store, const char *name, int64_t *ret_id);
/* The id, or 0 where the store does not know the name (or it is NULL). */
MUST_USE int store_find_source(struct store *store, const char *name, int64_t *ret_id);
MUST_USE int store_find_host(struct store *store, const char *name, int64_t *ret_id);

/* A list of rows that grows in an arena; items of one size. */
struct row_list {
    struct arena *arena;
    char *at;
    size_t count, capacity, item_bytes;
};
void row_list_init(struct row_list *list, struct arena *arena, size_t item_bytes);
/* A zeroed item at the end; NULL without memory. Earlier items may move. */
void *row_list_add(struct row_list *list);
/* Reads the row that rows stands on into a zeroed item; false without memory. */
typedef bool row_reader_fn(struct db_rows *rows, struct arena *arena, void *item);
/* The rest of rows as items of list, in their order; ends rows. On an error list is not to be
 * used. */
MUST_USE int row_list_read(struct store *store, struct db_rows *rows, struct row_list *list,
                           row_reader_fn *read);
/* A row of a host's name and its count into a struct host_pending; a row_reader_fn. */
bool read_host_pending(struct db_rows *rows, struct arena *arena, void *item);
/* ERR_NOMEM with its sentence. */
int store_no_memory(struct store *store);
/* limit brought into 1-STORE_PAGE_MAX. */
uint32_t store_page(uint32_t limit);

#endif
