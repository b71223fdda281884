/* purge.c - text out of the rows, and marks on the records that nothing needs; see purge.h.
 *
 * A mark is purged_why on a record that is not purged yet. A page's records are marked together:
 * when every version that cites them lost its text, or nothing cites them and their time is over. */
#include "storage/purge.h"

#include "storage/audit.h"
#include "storage/campaigns.h"
#include "storage/case_words.h"
#include "storage/posting_rows.h"
#include "storage/queue.h"
#include "storage/store_inside.h"
#include "storage/tally.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LIST_ARENA_BYTES_MAX (16u << 20)
#define PAGE_ROWS            500

#define NO_TEXT                                                                                    \
    "UPDATE versions SET title = NULL, text = NULL, pay = NULL, place = NULL, employer = NULL,"    \
    " verdict = NULL, strongest = '', text_until = 0 WHERE verdict IS NOT NULL AND "
#define HAS_TEXT                                                                                   \
    " AND EXISTS (SELECT 1 FROM versions v WHERE v.posting_id = c.posting_id"                      \
    " AND v.verdict IS NOT NULL)"

/* ---- lists of ids ---- */

struct id_list {
    int64_t at[PAGE_ROWS];
    size_t count;
};

static int ids_read(struct store *store, const char *sql, const struct db_value *values,
                    size_t count, struct id_list *ret_list)
{
    struct db *db = store_db(store);
    struct db_rows *rows = db_query(db, sql, values, count);
    ret_list->count = 0;
    while (db_next(rows))
        if (ret_list->count < PAGE_ROWS)
            ret_list->at[ret_list->count++] = row_int(rows, 0);
    return db_end(db, rows);
}

/* ---- evidence that is to go ---- */

/* The records of the page whose last record is id. */
static int mark_page(struct store *store, int64_t id, const char *why, uint64_t *marked)
{
    struct db *db = store_db(store);
    int rc = db_run(db,
                    "UPDATE records SET purged_why = ?2 WHERE purged = 0 AND type <> 'warcinfo'"
                    " AND id BETWEEN ?1 - 2 AND ?1"
                    " AND segment_id = (SELECT r.segment_id FROM records r WHERE r.id = ?1)"
                    " AND url = (SELECT r.url FROM records r WHERE r.id = ?1)"
                    " AND at = (SELECT r.at FROM records r WHERE r.id = ?1)",
                    DB_WITH(db_int(id), db_text(why)));
    *marked += rc == OK ? (uint64_t)db_changes(db) : 0;
    return rc;
}

static int mark_all(struct store *store, const char *sql, const struct db_value when[2],
                    const char *why, uint64_t *marked)
{
    struct id_list list;
    int rc = OK;
    do {
        rc = ids_read(store, sql, when, 2, &list);
        for (size_t i = 0; rc == OK && i < list.count; i++)
            rc = mark_page(store, list.at[i], why, marked);
    } while (rc == OK && list.count == PAGE_ROWS);
    return rc;
}

static int mark_over(struct store *store, const struct purge_rules *rules, int64_t now,
                     uint64_t *marked)
{
    const struct db_value when[2] = {db_int(now), db_int(rules->exported_ms)};
    int rc = mark_all(store,
                      "SELECT r.id FROM records r JOIN versions v ON v.evidence_id = r.record_id"
                      " AND v.evidence_id <> '' WHERE r.purged = 0 AND r.purged_why = ''"
                      " AND ?1 > 0 AND ?2 > 0 GROUP BY r.id HAVING count(v.verdict) = 0 LIMIT 500",
                      when, "retention", marked);
    if (rc == OK)
        rc = mark_all(store,
                      "SELECT r.id FROM records r JOIN pictures p ON p.record_id = r.record_id"
                      " AND p.record_id <> '' JOIN cases c ON c.id = p.case_id"
                      " JOIN versions v ON v.posting_id = c.posting_id"
                      " WHERE r.purged = 0 AND r.purged_why = '' AND ?1 > 0 AND ?2 > 0"
                      " GROUP BY r.id HAVING count(v.verdict) = 0 LIMIT 500",
                      when, "retention", marked);
    if (rc != OK)
        return rc;
    return mark_all(store,
                    "SELECT r.id FROM records r WHERE r.purged = 0 AND r.purged_why = ''"
                    " AND r.type IN ('metadata', 'revisit')"
                    " AND CASE WHEN r.keep_until > 0 THEN r.keep_until ELSE r.at + ?2 END <= ?1"
                    " AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.evidence_id = r.record_id"
                    " AND v.evidence_id <> '') AND NOT EXISTS (SELECT 1 FROM pictures p"
                    " WHERE p.record_id = r.record_id AND p.record_id <> '') LIMIT 500",
                    when, "retention", marked);
}

/* ---- text that is to go ---- */

/* A case nobody decided in time: its text goes, so it leaves the queue, on record. */
static int lapse_case(struct store *store, int64_t case_id, int64_t now)
{
    static const char why[] = "not decided in the time its text may be kept";
    const struct audit_entry entry = {.at_unix_ms = now,
                                      .who = "lurewatch",
                                      .action = "decide",
                                      .object = "case",
                                      .object_id = case_id,
                                      .from = "new",
                                      .to = "unsure",
                                      .why = why};
    int rc = db_run(store_db(store),
                    "UPDATE cases SET state = 4, claimed_by = '', lease_ends = 0,"
                    " decided_by = 'lurewatch', decided = ?2, note = ?3,"
                    " band_decided = band WHERE id = ?1",
                    DB_WITH(db_int(case_id), db_int(now), db_text(why)));
    return rc == OK ? audit_add(store, &entry) : rc;
}

static int lapse_cases(struct store *store, int64_t before, int64_t now)
{
    struct id_list list;
    int rc = OK;
    do {
        rc = ids_read(store,
                      "SELECT id FROM cases WHERE state < 2 AND updated <= ?1 AND lease_ends <= ?2"
                      " ORDER BY id LIMIT 500",
                      DB_WITH(db_int(before), db_int(now)), &list);
        for (size_t i = 0; rc == OK && i < list.count; i++)
            rc = lapse_case(store, list.at[i], now);
    } while (rc == OK && list.count == PAGE_ROWS);
    return rc;
}

struct text_rule {
    const char *count, *go; /* cases that lose text; their versions */
    int64_t before;
    uint64_t *cases;
};

static int text_go(struct store *store, const struct text_rule *rule, uint64_t *versions)
{
    struct db *db = store_db(store);
    const struct db_value before = db_int(rule->before);
    int64_t cases = 0;
    int rc = rule->count == NULL ? OK : db_number(db, &cases, rule->count, &before, 1);
    if (rc == OK)
        rc = db_run(db, rule->go, &before, 1);
    if (rc != OK)
        return rc;
    *versions += (uint64_t)db_changes(db);
    if (rule->cases != NULL)
        *rule->cases = (uint64_t)cases;
    return OK;
}

#define CASES_OF(condition)                                                                        \
    "SELECT count(*) FROM cases c WHERE " condition HAS_TEXT,                                      \
        NO_TEXT "posting_id IN (SELECT c.posting_id FROM cases c WHERE " condition ")"
#define DISMISSED "c.state = 3 AND c.decided <= ?1"
#define PENDING   "c.state = 4 AND c.updated <= ?1"
#define EXPORTED  "c.state = 2 AND CASE WHEN c.exported > 0 THEN c.exported ELSE c.decided END <= ?1"

static int texts_go(struct store *store, const struct purge_rules *rules, int64_t now,
                    struct purge_result *result)
{
    /* when the sample's text may go was written with the default time */
    int64_t sample = now + POSTING_SAMPLE_KEEP_MS - rules->sample_ms;
    const struct text_rule all[] = {
        {CASES_OF(DISMISSED), now - rules->dismissed_ms, &result->dismissed},
        {CASES_OF(PENDING), now - rules->pending_ms, &result->pending},
        {CASES_OF(EXPORTED), now - rules->exported_ms, &result->exported},
        {NULL,
         NO_TEXT "band = 1 AND last_seen <= ?1 AND NOT EXISTS (SELECT 1 FROM cases c"
                 " WHERE c.posting_id = versions.posting_id)",
         now - rules->watch_ms, NULL},
        {NULL, NO_TEXT "text_until > 0 AND text_until <= ?1", sample, NULL}};
    int rc = OK;
    for (size_t i = 0; rc == OK && i < sizeof all / sizeof all[0]; i++)
        rc = text_go(store, &all[i], &result->versions);
    return rc;
}

static int note_purge(struct store *store, const struct purge_act *act,
                      const struct purge_result *result)
{
    char to[160];
    const struct audit_entry entry = {.at_unix_ms = act->now_unix_ms,
                                      .who = act->who,
                                      .action = "purge",
                                      .object = "store",
                                      .to = to,
                                      .why = act->why};
    if (result->versions + result->marked == 0)
        return OK;
    snprintf(to, sizeof to,
             "texts %" PRIu64 " (cases dismissed %" PRIu64 ", pending %" PRIu64
             ", exported %" PRIu64 "), records marked %" PRIu64,
             result->versions, result->dismissed, result->pending, result->exported,
             result->marked);
    return audit_add(store, &entry);
}

/* Of ads without text a contact's last characters go, too; the keyed hash stays, so that a repost
 * is known again. */
static int tails_go(struct store *store)
{
    return db_run(store_db(store),
                  "UPDATE contacts SET tail = '' WHERE tail <> '' AND NOT EXISTS (SELECT 1 FROM"
                  " versions v WHERE v.posting_id = contacts.posting_id AND v.verdict IS NOT NULL)",
                  DB_NONE);
}

int purge_rows(struct store *store, const struct purge_rules *rules, const struct purge_act *act,
               bool keep, struct purge_result *ret_result)
{
    struct purge_result result = {.dismissed = 0};
    int64_t now = act->now_unix_ms;
    int rc = db_erase(store_db(store));
    if (rc == OK)
        rc = store_begin(store);
    if (rc != OK)
        return rc;
    rc = lapse_cases(store, now - rules->pending_ms, now);
    if (rc == OK)
        rc = texts_go(store, rules, now, &result);
    if (rc == OK)
        rc = case_words_purge(store);
    if (rc == OK)
        rc = tally_purge(store);
    if (rc == OK)
        rc = tails_go(store);
    if (rc == OK)
        rc = mark_over(store, rules, now, &result.marked);
    if (rc == OK)
        rc = note_purge(store, act, &result);
    if (rc == OK && keep)
        rc = store_commit(store);
    store_rollback(store);
    if (rc == OK)
        *ret_result = result;
    return rc;
}

/* ---- a person's request ---- */

static int forget_posting(struct store *store, int64_t posting_id, const struct purge_act *act,
                          struct forget_result *result)
{
    struct db *db = store_db(store);
    struct id_list list;
    const struct db_value id = db_int(posting_id);
    int64_t case_id = 0;
    int rc = db_run(db, NO_TEXT "posting_id = ?1", &id, 1);
    if (rc == OK)
        result->versions += (uint64_t)db_changes(db);
    if (rc == OK)
        rc = ids_read(store,
                      "SELECT r.id FROM records r JOIN versions v ON v.evidence_id = r.record_id"
                      " AND v.evidence_id <> '' WHERE v.posting_id = ?1 AND r.purged = 0"
                      " UNION SELECT r.id FROM records r JOIN pictures p"
                      " ON p.record_id = r.record_id AND p.record_id <> '' JOIN cases c"
                      " ON c.id = p.case_id WHERE c.posting_id = ?1 AND r.purged = 0 LIMIT 500",
                      &id, 1, &list);
    for (size_t i = 0; rc == OK && i < list.count; i++)
        rc = mark_page(store, list.at[i], "a person's request", &result->marked);
    if (rc != OK)
        return rc;
    result->postings++;
    rc = db_number(db, &case_id, "SELECT id FROM cases WHERE posting_id = ?1", &id, 1);
    if (rc != OK)
        return rc == ERR_NOT_FOUND ? OK : rc;
    result->cases++;
    return audit_add(store, &(struct audit_entry){.at_unix_ms = act->now_unix_ms,
                                                  .who = act->who,
                                                  .action = "forget",
                                                  .object = "case",
                                                  .object_id = case_id,
                                                  .why = act->why});
}

static int forget_inside(struct store *store, const struct digest *contact,
                         const struct purge_act *act, struct forget_result *result)
{
    struct db *db = store_db(store);
    const struct db_value hash = db_digest(contact);
    struct id_list list;
    char to[96];
    int rc = OK;
    do {
        rc = ids_read(store,
                      "SELECT DISTINCT posting_id FROM contacts WHERE hash = ?1"
                      " ORDER BY posting_id LIMIT 500",
                      &hash, 1, &list);
        for (size_t i = 0; rc == OK && i < list.count; i++) {
            rc = forget_posting(store, list.at[i], act, result);
            if (rc == OK)
                rc = db_run(db, "DELETE FROM contacts WHERE hash = ?1 AND posting_id = ?2",
                            DB_WITH(hash, db_int(list.at[i])));
            result->contacts += rc == OK ? (uint64_t)db_changes(db) : 0;
        }
    } while (rc == OK && list.count == PAGE_ROWS);
    if (rc != OK)
        return rc;
    rc = case_words_purge(store);
    if (rc == OK)
        rc = tally_purge(store);
    if (rc == OK)
        rc = campaign_forget_contact(store, contact);
    if (rc != OK)
        return rc;
    snprintf(to, sizeof to, "ads %" PRIu64 ", cases %" PRIu64 ", records marked %" PRIu64,
             result->postings, result->cases, result->marked);
    return audit_add(store, &(struct audit_entry){.at_unix_ms = act->now_unix_ms,
                                                  .who = act->who,
                                                  .action = "forget",
                                                  .object = "store",
                                                  .to = to,
                                                  .why = act->why});
}

int purge_contact(struct store *store, const struct digest *contact, const struct purge_act *act,
                  struct forget_result *ret_result)
{
    struct forget_result result = {0};
    int rc = db_erase(store_db(store));
    if (rc == OK)
        rc = store_begin(store);
    if (rc == OK)
        rc = forget_inside(store, contact, act, &result);
    if (rc == OK)
        rc = campaign_forget_contact(store, contact);
    if (rc == OK)
        rc = store_commit(store);
    store_rollback(store);
    if (rc == OK)
        *ret_result = result;
    return rc;
}

int purge_case_note(struct store *store, int64_t case_id)
{
    struct db *db = store_db(store);
    int rc = db_erase(db);
    if (rc == OK)
        rc = store_begin(store);
    if (rc == OK)
        rc = db_run(db, "UPDATE cases SET note = '' WHERE id = ?1", DB_WITH(db_int(case_id)));
    if (rc == OK)
        rc = store_commit(store);
    store_rollback(store);
    return rc;
}
