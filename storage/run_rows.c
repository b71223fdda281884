/* run_rows.c - sweeps, health of sources, poisoned pages; see run_rows.h. */
#include "storage/run_rows.h"
#include "storage/store_inside.h"

#include <string.h>
#include <unistd.h>

#define TALLY_COLUMNS "pages, bytes, postings, postings_new, flagged, failed, denied, poisoned"

static void read_tally(struct db_rows *rows, int column, struct round_tally *tally)
{
    uint64_t *const counts[] = {&tally->pages,        &tally->bytes,   &tally->postings,
                                &tally->postings_new, &tally->flagged, &tally->failed,
                                &tally->denied,       &tally->poisoned};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        *counts[i] = (uint64_t)row_int(rows, column + (int)i);
}

/* ---- sweeps ---- */

int sweep_run_begin(struct store *store, const char *bank, const char *machine, int64_t now_unix_ms,
                    int64_t *ret_run_id)
{
    bool own = false;
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = db_number(
            store_db(store), ret_run_id,
            "INSERT INTO sweep_runs (started, bank, process_id, machine)"
            " VALUES (?1, ?2, ?3, ?4)"
            " RETURNING id",
            DB_WITH(db_int(now_unix_ms), db_text(bank), db_int(getpid()), db_text(machine)));
    return store_leave(store, own, rc);
}

int sweep_run_end(struct store *store, const struct sweep_run *run)
{
    const struct round_tally *tally = &run->tally;
    struct db *db = store_db(store);
    int rc = db_run(db,
                    "UPDATE sweep_runs SET ended = ?2, pages = ?3, bytes = ?4, postings = ?5,"
                    " postings_new = ?6, flagged = ?7, failed = ?8, denied = ?9, poisoned = ?10,"
                    " exit_code = ?11, stopped_by = ?12 WHERE id = ?1",
                    DB_WITH(db_int(run->id), db_int(run->ended_unix_ms),
                            db_int((int64_t)tally->pages), db_int((int64_t)tally->bytes),
                            db_int((int64_t)tally->postings), db_int((int64_t)tally->postings_new),
                            db_int((int64_t)tally->flagged), db_int((int64_t)tally->failed),
                            db_int((int64_t)tally->denied), db_int((int64_t)tally->poisoned),
                            db_int(run->exit_code), db_text(run->stopped_by)));
    if (rc == OK && db_changes(db) == 0)
        return store_say(store, ERR_NOT_FOUND, "no sweep has the id %lld", (long long)run->id);
    return rc;
}

static bool read_run(struct db_rows *rows, struct arena *arena, void *item)
{
    struct sweep_run *run = item;
    run->id = row_int(rows, 0);
    run->started_unix_ms = row_int(rows, 1);
    run->ended_unix_ms = row_int(rows, 2);
    run->exit_code = (int)row_int(rows, 3);
    run->process_id = row_int(rows, 4);
    run->stopped_by = row_text(rows, 5, arena);
    run->bank = row_text(rows, 6, arena);
    run->machine = row_text(rows, 7, arena);
    read_tally(rows, 8, &run->tally);
    return run->stopped_by != NULL && run->bank != NULL && run->machine != NULL;
}

int sweep_runs_last(struct store *store, struct arena *arena, uint32_t limit,
                    struct sweep_run **ret_runs, size_t *ret_count)
{
    struct db *db = store_db(store);
    struct row_list list;
    row_list_init(&list, arena, sizeof(struct sweep_run));
    struct db_rows *rows =
        db_query(db,
                 "SELECT id, started, ended, exit_code, process_id, stopped_by, bank, "
                 "machine, " TALLY_COLUMNS " FROM sweep_runs ORDER BY id DESC LIMIT ?1",
                 DB_WITH(db_int(store_page(limit))));
    int rc = row_list_read(store, rows, &list, read_run);
    if (rc != OK)
        return rc;
    *ret_runs = (struct sweep_run *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}

/* ---- health ---- */

static int rounds_of(struct store *store, int64_t source_id, struct source_health *row)
{
    struct db *db = store_db(store);
    struct db_rows *rows =
        db_query(db,
                 "SELECT started, finished, (SELECT count(*) FROM rounds n WHERE n.source_id = ?1)"
                 ", " TALLY_COLUMNS " FROM rounds WHERE source_id = ?1 ORDER BY id DESC LIMIT 1",
                 DB_WITH(db_int(source_id)));
    if (db_next(rows)) {
        row->last_started_unix_ms = row_int(rows, 0);
        row->last_finished_unix_ms = row_int(rows, 1);
        row->rounds = (uint64_t)row_int(rows, 2);
        read_tally(rows, 3, &row->last);
    }
    int rc = db_end(db, rows);
    if (rc != OK)
        return rc;
    rows = db_query(
        db,
        "SELECT coalesce(sum(pages) / count(*), 0), coalesce(sum(bytes) / count(*), 0),"
        " coalesce(sum(postings) / count(*), 0), coalesce(sum(postings_new) / count(*), 0),"
        " coalesce(sum(flagged) / count(*), 0), coalesce(sum(failed) / count(*), 0),"
        " coalesce(sum(denied) / count(*), 0), coalesce(sum(poisoned) / count(*), 0)"
        " FROM (SELECT * FROM rounds WHERE source_id = ?1 AND finished > 0 AND id <"
        " (SELECT max(id) FROM rounds WHERE source_id = ?1) ORDER BY id DESC LIMIT 5) AS before",
        DB_WITH(db_int(source_id)));
    if (db_next(rows))
        read_tally(rows, 0, &row->usual);
    return db_end(db, rows);
}

static int counts_of(struct store *store, int64_t source_id, struct source_health *row)
{
    struct db *db = store_db(store);
    int64_t postings = 0, open = 0;
    int rc = db_number(db, &postings, "SELECT count(*) FROM postings WHERE source_id = ?1",
                       DB_WITH(db_int(source_id)));
    if (rc == OK)
        rc = db_number(db, &open, "SELECT count(*) FROM cases WHERE state < 2 AND source_id = ?1",
                       DB_WITH(db_int(source_id)));
    row->postings = (uint64_t)postings;
    row->cases_open = (uint64_t)open;
    return rc == OK ? urls_count(store, row->source, row->urls) : rc;
}

static int why_of(struct store *store, struct arena *arena, int64_t source_id,
                  struct source_health *row)
{
    struct db *db = store_db(store);
    struct db_rows *rows =
        db_query(db,
                 "SELECT why FROM urls WHERE source_id = ?1 AND state IN (2, 4, 5) AND why <> ''"
                 " ORDER BY fetched DESC LIMIT 1",
                 DB_WITH(db_int(source_id)));
    row->last_why = db_next(rows) ? row_text(rows, 0, arena) : "";
    int rc = db_end(db, rows);
    return rc == OK && row->last_why == NULL ? store_no_memory(store) : rc;
}

static bool read_name(struct db_rows *rows, struct arena *arena, void *item)
{
    const char **name = item;
    *name = row_text(rows, 0, arena);
    return *name != NULL;
}

int source_names(struct store *store, struct arena *arena, const char *const **ret_names,
                 size_t *ret_count)
{
    struct row_list list;
    row_list_init(&list, arena, sizeof(const char *));
    struct db_rows *rows =
        db_query(store_db(store), "SELECT name FROM sources ORDER BY name", DB_NONE);
    int rc = row_list_read(store, rows, &list, read_name);
    *ret_names = (const char *const *)(void *)list.at;
    *ret_count = list.count;
    return rc;
}

int sources_health(struct store *store, struct arena *arena, struct source_health **ret_rows,
                   size_t *ret_count)
{
    struct db *db = store_db(store);
    struct row_list list, ids;
    int rc = OK;
    row_list_init(&list, arena, sizeof(struct source_health));
    row_list_init(&ids, arena, sizeof(int64_t));
    struct db_rows *rows = db_query(db, "SELECT id, name FROM sources ORDER BY name", DB_NONE);
    while (rc == OK && db_next(rows)) {
        struct source_health *row = row_list_add(&list);
        int64_t *id = row_list_add(&ids);
        if (row == NULL || id == NULL || (row->source = row_text(rows, 1, arena)) == NULL)
            rc = store_no_memory(store);
        else
            *id = row_int(rows, 0);
    }
    int end = db_end(db, rows);
    rc = rc != OK ? rc : end;
    struct source_health *all = (struct source_health *)(void *)list.at;
    const int64_t *id = (const int64_t *)(void *)ids.at;
    for (size_t i = 0; i < list.count && rc == OK; i++) {
        rc = rounds_of(store, id[i], &all[i]);
        if (rc == OK)
            rc = counts_of(store, id[i], &all[i]);
        if (rc == OK)
            rc = why_of(store, arena, id[i], &all[i]);
    }
    if (rc != OK)
        return rc;
    *ret_rows = all;
    *ret_count = list.count;
    return OK;
}

/* ---- poisoned pages ---- */

int poisoned_add(struct store *store, const struct poisoned_page *page)
{
    return db_run(store_db(store),
                  "INSERT INTO poisoned (url_id, at, why, evidence_id) VALUES (?1, ?2, ?3, ?4)",
                  DB_WITH(db_int(page->url_id), db_int(page->at_unix_ms), db_text(page->why),
                          db_text(page->evidence_id)));
}

static bool read_poisoned(struct db_rows *rows, struct arena *arena, void *item)
{
    struct poisoned_page *page = item;
    page->id = row_int(rows, 0);
    page->url_id = row_int(rows, 1);
    page->at_unix_ms = row_int(rows, 2);
    page->url = row_text(rows, 3, arena);
    page->source = row_text(rows, 4, arena);
    page->why = row_text(rows, 5, arena);
    page->evidence_id = row_text(rows, 6, arena);
    return page->url != NULL && page->source != NULL && page->why != NULL &&
           page->evidence_id != NULL;
}

int poisoned_last(struct store *store, struct arena *arena, uint32_t limit,
                  struct poisoned_page **ret_pages, size_t *ret_count)
{
    struct db *db = store_db(store);
    struct row_list list;
    int rc = OK;
    row_list_init(&list, arena, sizeof(struct poisoned_page));
    struct db_rows *rows =
        db_query(db,
                 "SELECT p.id, p.url_id, p.at, u.url, s.name, p.why, p.evidence_id"
                 " FROM poisoned p JOIN urls u ON u.id = p.url_id"
                 " JOIN sources s ON s.id = u.source_id ORDER BY p.id DESC LIMIT ?1",
                 DB_WITH(db_int(store_page(limit))));
    rc = row_list_read(store, rows, &list, read_poisoned);
    if (rc != OK)
        return rc;
    *ret_pages = (struct poisoned_page *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}
