/* host_lease.c - see host_lease.h. The columns stand in the host's row since the first migration;
 * an end in the past is no lease, whoever it names. */
#include "storage/host_lease.h"
#include "storage/store_inside.h"

#include <stdio.h>
#include <string.h>

static int look(struct store *store, const char *host, struct lease_answer *answer)
{
    struct db *db = store_db(store);
    struct db_rows *rows = db_query(db, "SELECT lease_owner, lease_ends FROM hosts WHERE name = ?1",
                                    DB_WITH(db_text(host)));
    if (db_next(rows)) {
        struct slice holder = row_slice(rows, 0);
        snprintf(answer->holder, sizeof answer->holder, "%.*s", (int)holder.len, holder.at);
        answer->ends_unix_ms = row_int(rows, 1);
    }
    return db_end(db, rows);
}

int host_lease_take(struct store *store, const char *host, const struct lease_ask *ask,
                    struct lease_answer *ret_answer)
{
    struct lease_answer answer = {false, "", 0};
    int64_t host_id = 0;
    bool own = false;
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = store_host_id(store, host, &host_id);
    if (rc == OK)
        rc = look(store, host, &answer);
    answer.ours = answer.ends_unix_ms <= ask->now_unix_ms || answer.holder[0] == '\0' ||
                  strcmp(answer.holder, ask->machine) == 0;
    if (rc == OK && answer.ours) {
        answer.ends_unix_ms = ask->now_unix_ms + ask->lasts_ms;
        answer.holder[0] = '\0';
        rc = db_run(store_db(store),
                    "UPDATE hosts SET lease_owner = ?2, lease_ends = ?3 WHERE id = ?1",
                    DB_WITH(db_int(host_id), db_text(ask->machine), db_int(answer.ends_unix_ms)));
    }
    rc = store_leave(store, own, rc);
    if (rc == OK)
        *ret_answer = answer;
    return rc;
}

int host_lease_put(struct store *store, const struct host_row *row, const struct lease_ask *ask,
                   bool *ret_ours)
{
    bool own = false;
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = db_run(store_db(store),
                    "UPDATE hosts SET lease_ends = ?3 WHERE name = ?1 AND lease_owner = ?2",
                    DB_WITH(db_text(row->host), db_text(ask->machine),
                            db_int(ask->now_unix_ms + ask->lasts_ms)));
    bool ours = rc == OK && db_changes(store_db(store)) > 0;
    if (ours)
        rc = host_put_politeness(store, row);
    rc = store_leave(store, own, rc);
    if (rc == OK)
        *ret_ours = ours;
    return rc;
}

int host_leases_renew(struct store *store, const struct lease_ask *ask, uint32_t *ret_machines)
{
    struct db *db = store_db(store);
    struct db_value machine = db_text(ask->machine), now = db_int(ask->now_unix_ms);
    int64_t machines = 0;
    bool own = false;
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = db_run(db,
                    "INSERT INTO machines (name, seen) VALUES (?1, ?2)"
                    " ON CONFLICT (name) DO UPDATE SET seen = excluded.seen",
                    DB_WITH(machine, now));
    if (rc == OK)
        rc =
            db_run(db, "UPDATE hosts SET lease_ends = ?2 WHERE lease_owner = ?1 AND lease_ends > 0",
                   DB_WITH(machine, db_int(ask->now_unix_ms + ask->lasts_ms)));
    if (rc == OK)
        rc = db_number(db, &machines, "SELECT count(*) FROM machines WHERE seen > ?1",
                       DB_WITH(db_int(ask->now_unix_ms - ask->lasts_ms)));
    rc = store_leave(store, own, rc);
    if (rc == OK)
        *ret_machines = (uint32_t)machines;
    return rc;
}

int host_lease_release(struct store *store, const char *host, const char *machine)
{
    return db_run(store_db(store),
                  "UPDATE hosts SET lease_owner = '', lease_ends = 0"
                  " WHERE name = ?1 AND lease_owner = ?2",
                  DB_WITH(db_text(host), db_text(machine)));
}

int host_leases_end(struct store *store, const char *machine)
{
    bool own = false;
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = db_run(store_db(store),
                    "UPDATE hosts SET lease_owner = '', lease_ends = 0"
                    " WHERE lease_owner = ?1 AND lease_ends > 0",
                    DB_WITH(db_text(machine)));
    if (rc == OK)
        rc = db_run(store_db(store), "DELETE FROM machines WHERE name = ?1",
                    DB_WITH(db_text(machine)));
    return store_leave(store, own, rc);
}

static bool read_lease(struct db_rows *rows, struct arena *arena, void *item)
{
    struct leased_host *row = item;
    row->host = row_text(rows, 0, arena);
    row->machine = row_text(rows, 1, arena);
    row->ends_unix_ms = row_int(rows, 2);
    return row->host != NULL && row->machine != NULL;
}

int host_leases(struct store *store, struct arena *arena, int64_t now_unix_ms,
                struct leased_host **ret_rows, size_t *ret_count)
{
    struct db *db = store_db(store);
    struct row_list list;
    row_list_init(&list, arena, sizeof(struct leased_host));
    struct db_rows *rows =
        db_query(db,
                 "SELECT name, lease_owner, lease_ends FROM hosts"
                 " WHERE lease_ends > ?1 AND lease_ends > 0 AND lease_owner <> ''"
                 " ORDER BY name LIMIT 500",
                 DB_WITH(db_int(now_unix_ms)));
    int rc = row_list_read(store, rows, &list, read_lease);
    if (rc != OK)
        return rc;
    *ret_rows = (struct leased_host *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}

int host_has_pending(struct store *store, const char *host, bool *ret_has)
{
    int64_t found = 0;
    int rc = db_number(store_db(store), &found,
                       "SELECT count(*) FROM (SELECT 1 FROM sources s JOIN urls u"
                       " ON u.source_id = s.id AND u.state = 0 AND u.host_id ="
                       " (SELECT h.id FROM hosts h WHERE h.name = ?1) LIMIT 1) AS one",
                       DB_WITH(db_text(host)));
    *ret_has = found > 0;
    return rc;
}
