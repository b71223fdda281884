/* queue_second.c - see queue_second.h; queue_decide() of queue.c asks here first. */
#include "storage/queue_second.h"
#include "storage/queue_inside.h"
#include "storage/store_inside.h"

#include <stdio.h>
#include <string.h>

bool queue_second_from_name(struct slice name, enum queue_second *ret_second)
{
    static const char *const names[] = {"none", "strong", "firms"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (slice_is(name, names[i])) {
            *ret_second = (enum queue_second)i;
            return true;
        }
    return false;
}

int queue_first(struct store *store, struct arena *arena, int64_t case_id,
                struct queue_first *ret_first)
{
    struct db *db = store_db(store);
    struct queue_first first = {CASE_NEW, ""};
    struct db_rows *rows =
        db_query(db, "SELECT first_by, first_state FROM cases WHERE id = ?1 AND state < 2",
                 DB_WITH(db_int(case_id)));
    if (db_next(rows)) {
        first.by = row_text(rows, 0, arena);
        first.decision = (enum case_state)row_int(rows, 1);
    }
    int rc = db_end(db, rows);
    if (rc == OK && first.by == NULL)
        return store_no_memory(store);
    if (rc == OK)
        *ret_first = first;
    return rc;
}

/* Does the case want two people? */
static int is_strong(struct store *store, int64_t case_id, enum queue_second second,
                     bool *ret_strong)
{
    int64_t strong = 0;
    int rc = db_number(store_db(store), &strong,
                       "SELECT CASE WHEN v.indicator_level >= 3 OR v.task = 'person-trade'"
                       " OR (?2 = 2 AND coalesce(v.employer, '') <> '') THEN 1 ELSE 0 END"
                       " FROM cases c JOIN versions v ON v.id = c.version_id WHERE c.id = ?1",
                       DB_WITH(db_int(case_id), db_int(second)));
    *ret_strong = strong != 0;
    return rc;
}

static int note_first(struct store *store, int64_t case_id, enum case_state decision,
                      const struct queue_act *act)
{
    int rc = db_run(
        store_db(store),
        "UPDATE cases SET first_by = ?2, first_state = ?3, updated = ?4, state = 0,"
        " claimed_by = '', lease_ends = 0 WHERE id = ?1",
        DB_WITH(db_int(case_id), db_text(act->who), db_int(decision), db_int(act->now_unix_ms)));
    if (rc != OK)
        return rc;
    return audit_add(store, &(struct audit_entry){.at_unix_ms = act->now_unix_ms,
                                                  .who = act->who,
                                                  .action = "first",
                                                  .object = "case",
                                                  .object_id = case_id,
                                                  .from = "new",
                                                  .to = case_state_name(decision),
                                                  .why = act->why});
}

/* Asked in the transaction of the decision: who read the case before may not have seen the first. */
static int refuse_second(struct store *store, int64_t case_id, const struct queue_act *act)
{
    int64_t waits = 0;
    if (!store_first_only(store))
        return OK;
    int rc = db_number(store_db(store), &waits,
                       "SELECT count(*) FROM cases WHERE id = ?1 AND state < 2 AND first_by <> ''",
                       DB_WITH(db_int(case_id)));
    if (rc != OK || waits == 0)
        return rc;
    return store_say(store, ERR_CONFLICT,
                     "case %lld waits for a second person, which %s may not be", (long long)case_id,
                     act->who);
}

int second_ask(struct store *store, int64_t case_id, const struct queue_act *act,
               struct second_asked *asked)
{
    enum queue_second second = (enum queue_second)store_second(store);
    struct arena *arena = NULL;
    struct queue_first first = {CASE_NEW, ""};
    bool strong = false;
    asked->waits = false;
    int rc = refuse_second(store, case_id, act);
    if (rc != OK || second == SECOND_NONE || asked->decision == CASE_UNSURE)
        return rc;
    rc = is_strong(store, case_id, second, &strong);
    if (rc != OK || !strong)
        return rc;
    if (arena_create(64u << 10, &arena) != OK)
        return store_no_memory(store);
    rc = queue_first(store, arena, case_id, &first);
    if (rc == OK && first.by[0] == '\0') {
        asked->waits = true;
        rc = note_first(store, case_id, asked->decision, act);
    } else if (rc == OK && strcmp(first.by, act->who) == 0) {
        rc = store_say(store, ERR_CONFLICT,
                       "case %lld wants two people: %s decided first, somebody else must be second",
                       (long long)case_id, act->who);
    } else if (rc == OK && first.decision != asked->decision) {
        snprintf(asked->why, sizeof asked->why, "%s says %s, %s says %s%s%.600s", first.by,
                 case_state_name(first.decision), act->who, case_state_name(asked->decision),
                 act->why != NULL ? ": " : "", act->why != NULL ? act->why : "");
        asked->decision = CASE_UNSURE;
    }
    arena_free(arena);
    return rc;
}
