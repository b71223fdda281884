/* campaign_list.c - campaigns to read and to decide; see campaigns.h. */
#include "storage/campaigns.h"

#include "storage/store_inside.h"

/* ---- lists ---- */

static int read_campaign(struct db_rows *rows, struct row_list *list)
{
    struct campaign_row *row = row_list_add(list);
    if (row == NULL)
        return ERR_NOMEM;
    *row = (struct campaign_row){.id = row_int(rows, 0),
                                 .open = (uint32_t)row_int(rows, 2),
                                 .cases = (uint32_t)row_int(rows, 3),
                                 .employers = (uint32_t)row_int(rows, 4),
                                 .sources = (uint32_t)row_int(rows, 5),
                                 .first_seen_unix_ms = row_int(rows, 6),
                                 .last_seen_unix_ms = row_int(rows, 7)};
    return OK;
}

static int read_rest(struct store *store, struct arena *arena, int64_t now_unix_ms,
                     struct campaign_row *row)
{
    struct db *db = store_db(store);
    int64_t strongest = 0;
    struct db_rows *rows =
        db_query(db,
                 "SELECT sum(CASE WHEN state = 2 THEN 1 ELSE 0 END),"
                 " sum(CASE WHEN state = 3 THEN 1 ELSE 0 END) FROM cases WHERE campaign = ?1",
                 DB_WITH(db_int(row->id)));
    if (db_next(rows)) {
        row->confirmed = (uint32_t)row_int(rows, 0);
        row->dismissed = (uint32_t)row_int(rows, 1);
    }
    int rc = db_end(db, rows);
    if (rc == OK)
        rc = db_number(db, &strongest,
                       "SELECT id FROM cases WHERE campaign = ?1 AND state < 2"
                       " ORDER BY logit DESC, id LIMIT 1",
                       DB_WITH(db_int(row->id)));
    return rc == OK ? queue_get(store, arena, strongest, now_unix_ms, &row->strongest) : rc;
}

int campaign_list(struct store *store, struct arena *arena, const struct campaign_query *query,
                  struct campaign_row **ret_rows, size_t *ret_count)
{
    struct db *db = store_db(store);
    struct row_list list;
    int64_t source_id = 0;
    bool begins = query->after_id == 0;
    int rc = store_find_source(store, query->source, &source_id);
    if (rc != OK)
        return rc;
    if (query->source != NULL && source_id == 0)
        source_id = -1; /* nobody's */
    row_list_init(&list, arena, sizeof(struct campaign_row));
    struct db_rows *rows = db_query(
        db,
        "SELECT * FROM (SELECT c.campaign AS id, max(c.logit) AS logit, count(*),"
        " max(k.cases), count(DISTINCT nullif(v.employer, '')), count(DISTINCT c.source_id),"
        " min(p.first_seen), max(p.last_seen) FROM cases c JOIN campaigns k ON k.id = c.campaign"
        " JOIN postings p ON p.id = c.posting_id JOIN versions v ON v.id = c.version_id"
        " WHERE c.state < 2 AND (?1 = 0 OR c.source_id = ?1) AND (?2 = '' OR c.language = ?2)"
        " GROUP BY c.campaign) AS g"
        " WHERE g.logit < ?3 OR (g.logit = ?3 AND g.id > ?4) ORDER BY g.logit DESC, g.id LIMIT ?5",
        DB_WITH(db_int(source_id), db_text(query->language),
                db_int(begins ? INT32_MAX : query->after_logit_tenths), db_int(query->after_id),
                db_int(store_page(query->limit))));
    while (rc == OK && db_next(rows))
        rc = read_campaign(rows, &list);
    int end = db_end(db, rows);
    if (rc != OK || end != OK)
        return rc != OK ? store_no_memory(store) : end;
    *ret_rows = (struct campaign_row *)(void *)list.at;
    *ret_count = list.count;
    for (size_t i = 0; i < list.count && rc == OK; i++)
        rc = read_rest(store, arena, query->now_unix_ms, &(*ret_rows)[i]);
    return rc;
}

/* ---- what became of the others ---- */

static int last_decided(struct db *db, int64_t case_id, enum case_state state, int64_t *ret_id)
{
    *ret_id = 0;
    int rc = db_number(db, ret_id,
                       "SELECT o.id FROM cases c JOIN cases o ON o.campaign = c.campaign"
                       " WHERE c.id = ?1 AND c.campaign > 0 AND o.id <> c.id AND o.state = ?2"
                       " ORDER BY o.decided DESC, o.id LIMIT 1",
                       DB_WITH(db_int(case_id), db_int(state)));
    return rc == ERR_NOT_FOUND ? OK : rc;
}

/* Another case's page was found gone, by a sweep (urls.state 3) or by a recheck (whose first_gone
 * stays), before this one's ad was first seen. */
static int last_gone(struct db *db, int64_t case_id, struct campaign_past *past)
{
    struct db_rows *rows = db_query(
        db,
        "SELECT o.id, CASE WHEN u.state = 3 THEN u.fetched ELSE r.first_gone END FROM cases c"
        " JOIN postings p ON p.id = c.posting_id"
        " JOIN cases o ON o.campaign = c.campaign AND o.id <> c.id"
        " JOIN postings q ON q.id = o.posting_id LEFT JOIN urls u ON u.id = q.url_id"
        " LEFT JOIN rechecks r ON r.posting_id = q.id WHERE c.id = ?1 AND c.campaign > 0"
        " AND ((u.state = 3 AND u.fetched < p.first_seen)"
        " OR (r.first_gone > 0 AND r.first_gone < p.first_seen)) ORDER BY 2 DESC, 1 LIMIT 1",
        DB_WITH(db_int(case_id)));
    if (db_next(rows)) {
        past->gone_case_id = row_int(rows, 0);
        past->gone_unix_ms = row_int(rows, 1);
    }
    return db_end(db, rows);
}

int campaign_past(struct store *store, int64_t case_id, struct campaign_past *ret_past)
{
    struct db *db = store_db(store);
    struct campaign_past past = {0};
    int64_t cases = 0;
    int rc = db_number(db, &cases,
                       "SELECT k.cases FROM cases c JOIN campaigns k ON k.id = c.campaign"
                       " WHERE c.id = ?1",
                       DB_WITH(db_int(case_id)));
    if (rc == ERR_NOT_FOUND)
        rc = OK;
    past.cases = (uint32_t)cases;
    if (rc == OK)
        rc = last_decided(db, case_id, CASE_DISMISSED, &past.dismissed_case_id);
    if (rc == OK)
        rc = last_decided(db, case_id, CASE_CONFIRMED, &past.confirmed_case_id);
    if (rc == OK)
        rc = last_gone(db, case_id, &past);
    if (rc == OK)
        *ret_past = past;
    return rc;
}

/* ---- one decision for all ---- */

static int next_open(struct store *store, int64_t campaign, int64_t after_id, int64_t *ret_id)
{
    return db_number(store_db(store), ret_id,
                     "SELECT id FROM cases WHERE campaign = ?1 AND state < 2 AND id > ?2"
                     " ORDER BY id LIMIT 1",
                     DB_WITH(db_int(campaign), db_int(after_id)));
}

/* Of one decision for all. */
struct counts {
    uint32_t decided, waiting, left;
};

/* In one transaction; a case that another holds, or that waits for a second person who is somebody
 * else, is told by the state before, not by a failed call, which would end the transaction. */
static int decide_one(struct store *store, int64_t id, enum case_state decision,
                      const struct queue_act *act, struct counts *counts)
{
    int64_t anothers = 0;
    int rc = db_number(store_db(store), &anothers,
                       "SELECT count(*) FROM cases WHERE id = ?1"
                       " AND ((state = 1 AND lease_ends > ?2 AND claimed_by <> ?3)"
                       " OR (state < 2 AND first_by <> '' AND (first_by = ?3 OR ?4 = 1)))",
                       DB_WITH(db_int(id), db_int(act->now_unix_ms), db_text(act->who),
                               db_int(store_first_only(store))));
    if (rc == OK && anothers != 0) {
        counts->left++;
        return OK;
    }
    if (rc == OK)
        rc = queue_decide(store, id, decision, act);
    int64_t waits = 0; /* for the second of two people */
    if (rc == OK)
        rc = db_number(store_db(store), &waits,
                       "SELECT count(*) FROM cases WHERE id = ?1 AND state < 2",
                       DB_WITH(db_int(id)));
    counts->waiting += rc == OK && waits != 0;
    counts->decided += rc == OK && waits == 0;
    return rc;
}

static int decide_all(struct store *store, int64_t case_id, enum case_state decision,
                      const struct queue_act *act, struct counts *counts)
{
    int64_t campaign = 0, id = 0;
    int rc = db_number(store_db(store), &campaign, "SELECT campaign FROM cases WHERE id = ?1",
                       DB_WITH(db_int(case_id)));
    if (rc == ERR_NOT_FOUND)
        return store_say(store, rc, "there is no case %lld", (long long)case_id);
    if (rc == OK && campaign == 0)
        return decide_one(store, case_id, decision, act, counts);
    while (rc == OK && (rc = next_open(store, campaign, id, &id)) == OK)
        rc = decide_one(store, id, decision, act, counts);
    if (rc == ERR_NOT_FOUND && counts->decided + counts->waiting + counts->left == 0)
        return store_say(
            store, ERR_CONFLICT,
            "no case of the campaign of case %lld is open: undo what was decided first",
            (long long)case_id);
    return rc == ERR_NOT_FOUND ? OK : rc;
}

int campaign_decide(struct store *store, int64_t case_id, enum case_state decision,
                    const struct queue_act *act, uint32_t *ret_decided, uint32_t *ret_waiting,
                    uint32_t *ret_left)
{
    bool own = false;
    struct counts counts = {0, 0, 0};
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = decide_all(store, case_id, decision, act, &counts);
    rc = store_leave(store, own, rc);
    if (rc != OK)
        return rc;
    *ret_decided = counts.decided;
    *ret_waiting = counts.waiting;
    *ret_left = counts.left;
    return OK;
}

/* ---- upkeep ---- */

static int forget_inside(struct db *db, const struct digest *contact)
{
    int rc = db_run(db,
                    "DELETE FROM campaign_ties WHERE edge_id IN"
                    " (SELECT id FROM campaign_edges WHERE kind = 0 AND key = ?1)",
                    DB_WITH(db_digest(contact)));
    if (rc == OK)
        rc = db_run(db,
                    "DELETE FROM campaign_meets WHERE edge_id IN"
                    " (SELECT id FROM campaign_edges WHERE kind = 0 AND key = ?1)",
                    DB_WITH(db_digest(contact)));
    if (rc == OK)
        rc = db_run(db, "DELETE FROM campaign_edges WHERE kind = 0 AND key = ?1",
                    DB_WITH(db_digest(contact)));
    return rc;
}

int campaign_forget_contact(struct store *store, const struct digest *contact)
{
    bool own = false;
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = forget_inside(store_db(store), contact);
    return store_leave(store, own, rc);
}
