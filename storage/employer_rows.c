/* employer_rows.c - see employer_rows.h. cases.employer_id says whose check holds a case back, and
 * cases.logit, the queue's order, is then no more than the prior; versions.logit keeps the sum. A
 * check walks the open cases once, since names are folded here and not in SQL. */
#include "storage/employer_rows.h"
#include "storage/store_inside.h"

#include <stdio.h>
#include <string.h>

#define LIST_BYTES_MAX (64u << 20)
#define DECIDED_STATES 2

size_t employer_key(struct slice name, char at[EMPLOYER_KEY_BYTES])
{
    size_t len = 0;
    for (size_t i = 0; i < name.len && len < EMPLOYER_KEY_BYTES; i++) {
        unsigned char c = (unsigned char)ascii_lower(name.at[i]);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80)
            at[len++] = (char)c;
    }
    return len;
}

static int note_it(struct store *store, const char *const words[3], int64_t id,
                   const struct queue_act *act)
{
    return audit_add(store, &(struct audit_entry){.at_unix_ms = act->now_unix_ms,
                                                  .who = act->who,
                                                  .action = words[0],
                                                  .object = words[1],
                                                  .object_id = id,
                                                  .to = words[2],
                                                  .why = act->why});
}

/* ---- one case's rank ---- */

static bool may_hold_back(const struct verdict *verdict)
{
    return verdict->indicator_level < 3 && verdict->task != TASK_PERSON_TRADE;
}

int employer_rank(struct store *store, int64_t version_id, const struct verdict *verdict,
                  int64_t now_unix_ms, int64_t *ret_id, int32_t *ret_logit_tenths)
{
    struct db *db = store_db(store);
    char key[EMPLOYER_KEY_BYTES];
    size_t len = 0;
    *ret_id = 0;
    *ret_logit_tenths = verdict->logit_tenths;
    if (!may_hold_back(verdict) || verdict->logit_tenths <= EMPLOYER_LOGIT_TENTHS)
        return OK;
    struct db_rows *rows =
        db_query(db, "SELECT employer FROM versions WHERE id = ?1", DB_WITH(db_int(version_id)));
    if (db_next(rows))
        len = employer_key(row_slice(rows, 0), key);
    int rc = db_end(db, rows);
    if (rc != OK || len == 0)
        return rc;
    rc = db_number(db, ret_id, "SELECT id FROM employers WHERE key = ?1 AND until > ?2",
                   DB_WITH(db_slice(slice_make(key, len)), db_int(now_unix_ms)));
    if (rc == OK)
        *ret_logit_tenths = EMPLOYER_LOGIT_TENTHS;
    return rc == ERR_NOT_FOUND ? OK : rc;
}

static int rank_case(struct store *store, int64_t case_id, int64_t employer_id, const char *what,
                     const struct queue_act *act)
{
    const char *const words[3] = {"rank", "case", what};
    struct db *db = store_db(store);
    int rc =
        employer_id != 0
            ? db_run(db, "UPDATE cases SET employer_id = ?2, logit = ?3 WHERE id = ?1",
                     DB_WITH(db_int(case_id), db_int(employer_id), db_int(EMPLOYER_LOGIT_TENTHS)))
            : db_run(db,
                     "UPDATE cases SET employer_id = 0, logit = (SELECT v.logit FROM versions"
                     " v WHERE v.id = cases.version_id) WHERE id = ?1",
                     DB_WITH(db_int(case_id)));
    return rc == OK ? note_it(store, words, case_id, act) : rc;
}

/* ---- the cases of a check ---- */

struct ids {
    struct arena *arena;
    struct row_list list;
};

static int ids_begin(struct store *store, struct ids *ids)
{
    if (arena_create(LIST_BYTES_MAX, &ids->arena) != OK)
        return store_no_memory(store);
    row_list_init(&ids->list, ids->arena, sizeof(int64_t));
    return OK;
}

static int ids_add(struct store *store, struct ids *ids, int64_t id)
{
    int64_t *item = row_list_add(&ids->list);
    if (item == NULL)
        return store_no_memory(store);
    *item = id;
    return OK;
}

static int rank_all(struct store *store, const struct ids *ids, int64_t employer_id,
                    const char *what, const struct queue_act *act)
{
    const int64_t *id = (const int64_t *)(const void *)ids->list.at;
    int rc = OK;
    for (size_t i = 0; rc == OK && i < ids->list.count; i++)
        rc = rank_case(store, id[i], employer_id, what, act);
    return rc;
}

/* Open cases whose ad names the employer, and that a check may hold back. */
static int open_cases_of(struct store *store, struct slice key, struct ids *ids)
{
    struct db *db = store_db(store);
    char other[EMPLOYER_KEY_BYTES];
    int rc = OK;
    struct db_rows *rows =
        db_query(db,
                 "SELECT c.id, v.employer FROM cases c JOIN versions v ON v.id = c.version_id"
                 " WHERE c.state < ?1 AND c.employer_id = 0 AND v.indicator_level < 3"
                 " AND c.task <> ?2 AND c.logit > ?3 ORDER BY c.id",
                 DB_WITH(db_int(DECIDED_STATES), db_text(task_name(TASK_PERSON_TRADE)),
                         db_int(EMPLOYER_LOGIT_TENTHS)));
    while (rc == OK && db_next(rows)) {
        size_t len = employer_key(row_slice(rows, 1), other);
        if (slice_equal(slice_make(other, len), key))
            rc = ids_add(store, ids, row_int(rows, 0));
    }
    int ended = db_end(db, rows);
    return rc == OK ? ended : rc;
}

static int held_back(struct store *store, int64_t employer_id, struct ids *ids)
{
    struct db *db = store_db(store);
    int rc = OK;
    struct db_rows *rows = db_query(db, "SELECT id FROM cases WHERE employer_id = ?1 ORDER BY id",
                                    DB_WITH(db_int(employer_id)));
    while (rc == OK && db_next(rows))
        rc = ids_add(store, ids, row_int(rows, 0));
    int ended = db_end(db, rows);
    return rc == OK ? ended : rc;
}

/* ---- check ---- */

static int check_words(struct store *store, size_t key_len, int64_t until,
                       const struct queue_act *act)
{
    if (key_len == 0)
        return store_say(store, ERR_SYNTAX, "an employer's name has a letter or a digit");
    if (act->who == NULL || act->who[0] == '\0' || slice_of(act->who).len >= 128)
        return store_say(store, ERR_SYNTAX, "say who checked: a name of 1 to 127 bytes");
    if (act->why == NULL || act->why[0] == '\0')
        return store_say(store, ERR_SYNTAX,
                         "say how the employer was checked (--note 'register number 12, called')");
    if (until <= act->now_unix_ms || until > act->now_unix_ms + EMPLOYER_CHECKED_MS_MAX)
        return store_say(store, ERR_SYNTAX, "a check ends in the future, within three years");
    return OK;
}

static int check_inside(struct store *store, struct slice key, const struct employer_row *row,
                        const struct queue_act *act, struct ids *ids)
{
    int64_t id = 0;
    const char *const words[3] = {"check", "employer", row->name};
    int rc = db_number(store_db(store), &id,
                       "INSERT INTO employers (key, name, since, until, who, why)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (key) DO UPDATE SET"
                       " name = excluded.name, since = excluded.since, until = excluded.until,"
                       " who = excluded.who, why = excluded.why RETURNING id",
                       DB_WITH(db_slice(key), db_text(row->name), db_int(act->now_unix_ms),
                               db_int(row->until_unix_ms), db_text(act->who), db_text(act->why)));
    if (rc == OK)
        rc = note_it(store, words, id, act);
    if (rc == OK)
        rc = open_cases_of(store, key, ids);
    return rc == OK ? rank_all(store, ids, id, "last: employer checked", act) : rc;
}

int employer_check(struct store *store, const char *name, int64_t until_unix_ms,
                   const struct queue_act *act, uint32_t *ret_cases)
{
    const struct employer_row row = {.name = name, .until_unix_ms = until_unix_ms};
    char key[EMPLOYER_KEY_BYTES];
    size_t len = employer_key(slice_of(name), key);
    struct ids ids = {.arena = NULL};
    bool own = false;
    int rc = check_words(store, len, until_unix_ms, act);
    if (rc == OK)
        rc = ids_begin(store, &ids);
    if (rc == OK && (rc = store_enter(store, &own)) == OK) {
        rc = check_inside(store, slice_make(key, len), &row, act, &ids);
        rc = store_leave(store, own, rc);
    }
    *ret_cases = (uint32_t)ids.list.count;
    arena_free(ids.arena);
    return rc;
}

/* ---- the end of a check ---- */

static int end_check(struct store *store, int64_t id, const char *name, const struct queue_act *act,
                     uint32_t *ret_cases)
{
    const char *const words[3] = {"uncheck", "employer", name};
    struct ids ids = {.arena = NULL};
    int rc = ids_begin(store, &ids);
    if (rc == OK)
        rc = note_it(store, words, id, act);
    if (rc == OK)
        rc = held_back(store, id, &ids);
    if (rc == OK)
        rc = rank_all(store, &ids, 0, "by its words again", act);
    if (rc == OK)
        rc = db_run(store_db(store), "DELETE FROM employers WHERE id = ?1", DB_WITH(db_int(id)));
    *ret_cases = (uint32_t)ids.list.count;
    arena_free(ids.arena);
    return rc;
}

static int uncheck_inside(struct store *store, const char *name, const struct queue_act *act,
                          uint32_t *ret_cases)
{
    char key[EMPLOYER_KEY_BYTES];
    size_t len = employer_key(slice_of(name), key);
    int64_t id = 0;
    int rc = db_number(store_db(store), &id, "SELECT id FROM employers WHERE key = ?1",
                       DB_WITH(db_slice(slice_make(key, len))));
    if (rc == ERR_NOT_FOUND)
        return store_say(store, rc, "no employer '%s' is on the list of those checked", name);
    return rc == OK ? end_check(store, id, name, act, ret_cases) : rc;
}

int employer_uncheck(struct store *store, const char *name, const struct queue_act *act,
                     uint32_t *ret_cases)
{
    bool own = false;
    *ret_cases = 0;
    if (act->who == NULL || act->who[0] == '\0')
        return store_say(store, ERR_SYNTAX, "say who takes the check back");
    int rc = store_enter(store, &own);
    if (rc != OK)
        return rc;
    rc = uncheck_inside(store, name, act, ret_cases);
    return store_leave(store, own, rc);
}

/* One whose day has come. ERR_NOT_FOUND: none. */
static int end_one(struct store *store, int64_t now_unix_ms)
{
    struct db *db = store_db(store);
    const struct queue_act act = {"lurewatch", "the day until which the check holds is over",
                                  now_unix_ms};
    char name[512];
    int64_t id = 0;
    uint32_t cases = 0;
    struct db_rows *rows =
        db_query(db, "SELECT id, name FROM employers WHERE until <= ?1 ORDER BY id LIMIT 1",
                 DB_WITH(db_int(now_unix_ms)));
    if (db_next(rows)) {
        struct slice text = row_slice(rows, 1);
        id = row_int(rows, 0);
        snprintf(name, sizeof name, "%.*s", (int)(text.len < 511 ? text.len : 511), text.at);
    }
    int rc = db_end(db, rows);
    if (rc != OK || id == 0)
        return rc == OK ? ERR_NOT_FOUND : rc;
    return end_check(store, id, name, &act, &cases);
}

int employers_settle(struct store *store, int64_t now_unix_ms, uint32_t *ret_ended)
{
    bool own = false;
    int64_t due = 0;
    *ret_ended = 0;
    int rc = db_number(store_db(store), &due, "SELECT count(*) FROM employers WHERE until <= ?1",
                       DB_WITH(db_int(now_unix_ms)));
    if (rc != OK || due == 0)
        return rc;
    rc = store_enter(store, &own);
    if (rc != OK)
        return rc;
    while ((rc = end_one(store, now_unix_ms)) == OK)
        ++*ret_ended;
    return store_leave(store, own, rc == ERR_NOT_FOUND ? OK : rc);
}

/* ---- list ---- */

static bool read_employer(struct db_rows *rows, struct arena *arena, void *item)
{
    struct employer_row *row = item;
    *row = (struct employer_row){.id = row_int(rows, 0),
                                 .name = row_text(rows, 1, arena),
                                 .who = row_text(rows, 2, arena),
                                 .why = row_text(rows, 3, arena),
                                 .since_unix_ms = row_int(rows, 4),
                                 .until_unix_ms = row_int(rows, 5),
                                 .cases = (uint32_t)row_int(rows, 6)};
    return row->name != NULL && row->who != NULL && row->why != NULL;
}

int employer_list(struct store *store, struct arena *arena, int64_t now_unix_ms,
                  struct employer_row **ret_rows, size_t *ret_count)
{
    struct row_list list;
    row_list_init(&list, arena, sizeof(struct employer_row));
    struct db_rows *rows =
        db_query(store_db(store),
                 "SELECT e.id, e.name, e.who, e.why, e.since, e.until, (SELECT count(*) FROM cases"
                 " c WHERE c.employer_id = e.id AND c.employer_id > 0 AND c.state < 2)"
                 " FROM employers e WHERE e.until > ?1 ORDER BY e.name, e.id LIMIT ?2",
                 DB_WITH(db_int(now_unix_ms), db_int(STORE_PAGE_MAX)));
    int rc = row_list_read(store, rows, &list, read_employer);
    if (rc != OK)
        return rc;
    *ret_rows = (struct employer_row *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}
