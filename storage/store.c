/* store.c - the handle: opening by URL, transactions, failures; see store.h.
 *
 * A transaction's end has one door: store_commit() asks the barrier (evidence) to make durable what
 * the rows cite, and only then commits; any other end rolls both back. */
#include "common/clock.h"
#include "storage/campaigns.h"
#include "storage/case_words.h"
#include "storage/migrations.h"
#include "storage/queue_second.h"
#include "storage/store_inside.h"
#include "storage/tally.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct store {
    struct db *db;
    uint32_t version;
    struct store_barrier barrier;
    int second;      /* queue_second.h */
    bool first_only; /* ibid. */
    char copy[1024]; /* made before a migration */
};

/* ---- failures ---- */

const struct failure *store_failure(const struct store *store)
{
    return db_failure(store->db);
}

int store_failed(const struct store *store, int code, struct failure *reterr)
{
    if (reterr != NULL) {
        *reterr = *store_failure(store);
        reterr->code = code;
    }
    return code;
}

struct failure *store_failure_at(struct store *store)
{
    return db_failure(store->db);
}

int store_say(struct store *store, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    failure_set_v(db_failure(store->db), code, format, args);
    va_end(args);
    return code;
}

int store_no_memory(struct store *store)
{
    return store_say(store, ERR_NOMEM, "%s: no memory for the rows asked for", db_path(store->db));
}

/* ---- opening ---- */

/* What PostgreSQL keeps is copied by its own tools; its migration is one transaction, too. */
static int copy_first(struct store *store)
{
    if (store->version == 0)
        return OK;
    int len = snprintf(store->copy, sizeof store->copy, "%s.v%u.%lld", db_path(store->db),
                       store->version, (long long)(clock_unix_ms() / 1000));
    int rc = len < 0 || (size_t)len >= sizeof store->copy
                 ? ERR_LIMIT
                 : db_backup(store->db, store->copy, db_failure(store->db));
    if (rc == OK)
        return OK;
    store->copy[0] = '\0';
    return rc == ERR_UNSUPPORTED || rc == ERR_CONFLICT ? OK : rc;
}

/* Cases of a store from before there were campaigns; a few at a time, so a kill costs little. */
static int fill_campaigns(struct store *store)
{
    uint32_t count = 0;
    int rc = OK;
    do {
        rc = campaigns_fill(store, CAMPAIGNS_FILL_MAX, clock_unix_ms(), &count);
    } while (rc == OK && count > 0);
    return rc;
}

/* The same for search. */
static int fill_words(struct store *store)
{
    uint32_t count = 0;
    int rc = OK;
    do {
        rc = case_words_fill(store, STORE_PAGE_MAX, &count);
    } while (rc == OK && count > 0);
    return rc;
}

/* And for the report. */
static int fill_tally(struct store *store)
{
    uint32_t count = 0;
    int rc = OK;
    do {
        rc = tally_fill(store, STORE_PAGE_MAX, &count);
    } while (rc == OK && count > 0);
    return rc;
}

static int fill(struct store *store)
{
    int rc = fill_campaigns(store);
    if (rc == OK)
        rc = fill_words(store);
    return rc == OK ? fill_tally(store) : rc;
}

static int fit_version(struct store *store, unsigned flags)
{
    uint32_t ours = migrations_version();
    int rc = migrations_read(store->db, &store->version);
    if (rc != OK)
        return rc;
    if (store->version > ours)
        return store_say(store, ERR_VERSION,
                         "%s was made by a newer lurewatch (store version %u, this program knows "
                         "up to %u): use that program, or name another store",
                         db_path(store->db), store->version, ours);
    if (store->version == ours)
        return (flags & STORE_CREATE) != 0 ? fill(store) : OK;
    if ((flags & STORE_CREATE) == 0)
        return store_say(store, ERR_VERSION,
                         "%s has store version %u, this program needs %u: run lurewatch db migrate",
                         db_path(store->db), store->version, ours);
    rc = copy_first(store);
    if (rc == OK)
        rc = migrations_run(store->db);
    if (rc != OK)
        return rc;
    store->version = ours;
    return fill(store);
}

int store_look(const char *url, uint32_t *ret_version, struct failure *reterr)
{
    struct db *db = NULL;
    int rc = db_open(url, STORE_READ_ONLY, &db, reterr);
    if (rc != OK)
        return rc;
    rc = migrations_read(db, ret_version);
    if (rc != OK && reterr != NULL)
        *reterr = *db_failure(db);
    db_close(db);
    return rc;
}

int store_backup(const char *url, const char *path, struct failure *reterr)
{
    struct db *db = NULL;
    int rc = db_open(url, STORE_READ_ONLY, &db, reterr);
    if (rc != OK)
        return rc;
    rc = db_backup(db, path, reterr);
    db_close(db);
    return rc;
}

int store_open(const char *url, unsigned flags, struct store **ret_store, struct failure *reterr)
{
    struct store *made = calloc(1, sizeof *made);
    if (made == NULL)
        return failure_set(reterr, ERR_NOMEM, "%s: no memory to open it", url);
    int rc = db_open(url, flags, &made->db, reterr);
    if (rc != OK) {
        free(made);
        return rc;
    }
    rc = fit_version(made, flags);
    if (rc != OK) {
        store_failed(made, rc, reterr);
        store_close(made);
        return rc;
    }
    *ret_store = made;
    return OK;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    store_rollback(store);
    db_close(store->db);
    free(store);
}

/* ---- transactions ---- */

int store_begin(struct store *store)
{
    return db_begin(store->db);
}

int store_commit(struct store *store)
{
    const struct store_barrier *barrier = &store->barrier;
    int rc = OK;
    if (barrier->before_commit != NULL)
        rc = barrier->before_commit(barrier->ctx, db_failure(store->db));
    if (rc != OK) {
        store_rollback(store);
        return rc;
    }
    rc = db_commit(store->db);
    if (rc == OK && barrier->after_commit != NULL)
        barrier->after_commit(barrier->ctx);
    if (rc != OK && barrier->after_rollback != NULL)
        barrier->after_rollback(barrier->ctx);
    return rc;
}

void store_rollback(struct store *store)
{
    if (!db_in_transaction(store->db))
        return;
    db_rollback(store->db);
    if (store->barrier.after_rollback != NULL)
        store->barrier.after_rollback(store->barrier.ctx);
}

bool store_in_transaction(const struct store *store)
{
    return db_in_transaction(store->db);
}

int store_enter(struct store *store, bool *ret_own)
{
    *ret_own = !store_in_transaction(store);
    return *ret_own ? store_begin(store) : OK;
}

int store_leave(struct store *store, bool own, int rc)
{
    if (!own || !store_in_transaction(store))
        return rc;
    if (rc == OK)
        return store_commit(store);
    store_rollback(store);
    return rc;
}

void store_set_barrier(struct store *store, const struct store_barrier *barrier)
{
    assert(!store_in_transaction(store));
    store->barrier = barrier != NULL ? *barrier : (struct store_barrier){0};
}

/* ---- facts ---- */

struct db *store_db(struct store *store)
{
    return store->db;
}

const char *store_copy_made(const struct store *store)
{
    return store->copy;
}

uint32_t store_version(const struct store *store)
{
    return store->version;
}

uint32_t store_version_ours(void)
{
    return migrations_version();
}

const char *store_path(const struct store *store)
{
    return db_path(store->db);
}

bool store_is_file(const struct store *store)
{
    return !slice_starts(slice_of(db_path(store->db)), "postgres");
}

int store_check(struct store *store)
{
    return db_check(store->db);
}

void store_fail_nth_write(struct store *store, uint64_t nth, int code)
{
    struct db_faults *faults = db_faults(store->db);
    faults->fail_at = nth == 0 ? 0 : faults->writes + nth;
    faults->code = code;
}

uint64_t store_writes(const struct store *store)
{
    return db_faults(store->db)->writes;
}

void queue_second_set(struct store *store, enum queue_second second)
{
    store->second = (int)second;
}

int store_second(const struct store *store)
{
    return store->second;
}

void queue_first_only_set(struct store *store, bool first_only)
{
    store->first_only = first_only;
}

bool store_first_only(const struct store *store)
{
    return store->first_only;
}

/* ---- names with ids ---- */

int store_find_source(struct store *store, const char *name, int64_t *ret_id)
{
    *ret_id = 0;
    if (name == NULL)
        return OK;
    int rc = db_number(store->db, ret_id, "SELECT id FROM sources WHERE name = ?1",
                       DB_WITH(db_text(name)));
    return rc == ERR_NOT_FOUND ? OK : rc;
}

int store_find_host(struct store *store, const char *name, int64_t *ret_id)
{
    *ret_id = 0;
    if (name == NULL)
        return OK;
    int rc = db_number(store->db, ret_id, "SELECT id FROM hosts WHERE name = ?1",
                       DB_WITH(db_text(name)));
    return rc == ERR_NOT_FOUND ? OK : rc;
}

int store_source_id(struct store *store, const char *name, int64_t *ret_id)
{
    int rc = store_find_source(store, name, ret_id);
    if (rc != OK || *ret_id != 0)
        return rc;
    return db_number(store->db, ret_id, "INSERT INTO sources (name) VALUES (?1) RETURNING id",
                     DB_WITH(db_text(name)));
}

int store_host_id(struct store *store, const char *name, int64_t *ret_id)
{
    int rc = store_find_host(store, name, ret_id);
    if (rc != OK || *ret_id != 0)
        return rc;
    return db_number(store->db, ret_id, "INSERT INTO hosts (name) VALUES (?1) RETURNING id",
                     DB_WITH(db_text(name)));
}

/* ---- lists ---- */

void row_list_init(struct row_list *list, struct arena *arena, size_t item_bytes)
{
    *list = (struct row_list){.arena = arena, .item_bytes = item_bytes};
}

void *row_list_add(struct row_list *list)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        char *at = arena_calloc(list->arena, capacity, list->item_bytes);
        if (at == NULL)
            return NULL;
        if (list->count > 0)
            memcpy(at, list->at, list->count * list->item_bytes);
        list->at = at;
        list->capacity = capacity;
    }
    return list->at + list->item_bytes * list->count++;
}

int row_list_read(struct store *store, struct db_rows *rows, struct row_list *list,
                  row_reader_fn *read)
{
    int rc = OK;
    while (rc == OK && db_next(rows)) {
        void *item = row_list_add(list);
        if (item == NULL || !read(rows, list->arena, item))
            rc = store_no_memory(store);
    }
    int end = db_end(store_db(store), rows);
    return rc != OK ? rc : end;
}

uint32_t store_page(uint32_t limit)
{
    return limit == 0 ? 1 : limit > STORE_PAGE_MAX ? STORE_PAGE_MAX : limit;
}
