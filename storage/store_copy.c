/* store_copy.c - see store_copy.h. The tables in the order of their references, each with its
 * columns and their kinds; the test of this file holds the list against the schema. Rows go in
 * ranges of the first column, an id, so memory is that of one range; text_bands, which has none, in
 * pages of its key. What machines say of being alive stays behind; words and counts are made anew
 * from what was copied. */
#include "storage/store_copy.h"
#include "storage/case_words.h"
#include "storage/store_inside.h"
#include "storage/tally.h"

#include <stdio.h>
#include <string.h>

#define RANGE_IDS   256
#define COLUMNS_MAX 40u
#define SQL_BYTES   2048u

struct copied_table {
    const char *name, *columns;
    const char *kinds; /* a letter a column: i number, t text, b bytes; kk: two numbers, the key */
    bool has_sequence;
};

static const struct copied_table TABLES[] = {
    {"sources", "id, name", "it", true},
    {"hosts",
     "id, name, next_allowed, delay_ms, latency_ms, backoff_ms, failures, lease_owner, lease_ends",
     "itiiiiiti", true},
    {"robots", "host_id, status, fetched, expires, body, why", "iiiibt", false},
    {"rounds",
     "id, source_id, started, finished, pages, bytes, postings, postings_new, flagged, failed,"
     " denied, poisoned",
     "iiiiiiiiiiii", true},
    {"urls",
     "id, url, source_id, host_id, kind, state, depth, referrer_id, attempts, next_try, refetch,"
     " fetched, http_status, etag, last_modified, digest, why",
     "itiiiiiiiiiiittbt", true},
    {"fetches",
     "id, at, source_id, host_id, url, kind, referrer, robots_rule, outcome, http_status, bytes,"
     " took_ms",
     "iiiitttttiii", true},
    {"sweep_runs",
     "id, started, ended, pages, bytes, postings, postings_new, flagged, failed, denied, poisoned,"
     " exit_code, stopped_by, bank, process_id, machine",
     "iiiiiiiiiiiittit", true},
    {"poisoned", "id, url_id, at, why, evidence_id", "iiitt", true},
    {"segments", "id, name, state, bytes, opened, machine", "itiiit", true},
    {"records",
     "id, segment_id, record_id, type, url, at, offset_bytes, length_bytes, block, payload, member,"
     " chain, keep_until, purged, purged_why",
     "iitttiiibbbbiit", true},
    {"stamps", "id, segment_id, at, bytes, chain, authority, token", "iiiibtb", true},
    {"postings",
     "id, source_id, source_key, url, url_id, first_seen, last_seen, band, version_id, versions,"
     " sampled",
     "iittiiiiiii", true},
    {"versions",
     "id, posting_id, fingerprint, sketch, first_seen, last_seen, band, logit, task,"
     " indicator_level, language, bank, rules, title, text, pay, place, employer, verdict, usd_min,"
     " usd_max, strongest, reasons, evidence_id, text_until",
     "iibbiiiititttttttttiittti", true},
    {"contacts", "posting_id, hash, kind, country, tail", "ibttt", false},
    {"employers", "id, key, name, since, until, who, why", "ittiitt", true},
    {"checks", "posting_id, at, who, lure, why", "iitit", false},
    {"cases",
     "id, posting_id, version_id, source_id, state, band, band_decided, logit, task, language,"
     " created, updated, claimed_by, lease_ends, decided_by, decided, note, first_by, first_state,"
     " exported, campaign, employer_id",
     "iiiiiiiittiititittiiii", true},
    {"campaigns", "id, cases", "ii", false},
    {"campaign_edges", "id, kind, key, case_id, employers, others, sketches, dropped", "iibiiiii",
     true},
    {"campaign_ties", "case_id, edge_id", "ii", false},
    {"campaign_meets", "edge_id, what, met", "iii", false},
    {"campaign_sketches", "id, edge_id, sketch", "iib", true},
    {"text_bands", "band, sketch_id", "kk", false},
    {"pictures", "case_id, url_id, digest, record_id", "iibt", false},
    {"images", "id, digest, look, edge_id", "ibbi", true},
    {"image_cases", "case_id, image_id", "ii", false},
    {"look_bands", "band, edge_id", "kk", false},
    {"requests",
     "id, case_id, recipient, name, kind, language, address, form, state, drafted, drafted_by,"
     " approved, approved_by, sent, sent_by, changed, why",
     "iittttttiitititit", true},
    {"rechecks",
     "posting_id, case_id, url_id, version_id, asked, state, since, checked, next, wanted,"
     " first_gone, failures, why",
     "iiiiiiiiiiiit", false},
    {"alarms", "id, run_id, at, source, kind, why", "iiittt", true},
    {"round_shapes",
     "round_id, lists, lists_failed, unchanged, listed, ads, with_title, with_text, with_pay,"
     " with_place, with_employer, image_only",
     "iiiiiiiiiiii", false},
    {"rules",
     "id, name, digest, stands, first_run, changed_run, changed, last_run, last_hit, silent, ads,"
     " expected",
     "itbiiiiiiiii", true},
    {"rule_notes", "id, source_id, ads, hits", "iiit", true},
    {"rule_runs", "run_id, source_id, day, ads", "iiii", false},
    {"rule_days", "rule_id, source_id, day, hits", "iiii", false},
    {"audit", "id, at, who, action, object, object_id, was, became, why, hash", "iitttitttb",
     false},
    {"audit_head", "id, last_id, hash", "iib", false},
};
#define TABLES_COUNT (sizeof TABLES / sizeof TABLES[0])

struct copying {
    struct store *from, *to;
    struct arena *arena; /* SQL, which both handles know by its address */
    uint64_t rows;
};

static const char *first_column(const struct copying *copying, const struct copied_table *table)
{
    return arena_copy(copying->arena, table->columns, strcspn(table->columns, ","));
}

static const char *select_sql(const struct copying *copying, const struct copied_table *table)
{
    const char *key = first_column(copying, table);
    return arena_printf(copying->arena, "SELECT %s FROM %s WHERE %s > ?1 AND %s <= ?2 ORDER BY %s",
                        table->columns, table->name, key, key, key);
}

static const char *insert_sql(const struct copying *copying, const struct copied_table *table)
{
    char marks[8 * COLUMNS_MAX];
    size_t len = 0;
    for (size_t i = 0; i < strlen(table->kinds); i++)
        len +=
            (size_t)snprintf(marks + len, sizeof marks - len, "%s?%zu", i > 0 ? ", " : "", i + 1);
    return arena_printf(copying->arena, "INSERT INTO %s (%s) VALUES (%s)", table->name,
                        table->columns, marks);
}

static struct db_value value_at(struct db_rows *rows, int column, char kind)
{
    if (row_is_null(rows, column))
        return db_null();
    return kind == 'i' || kind == 'k' ? db_int(row_int(rows, column))
           : kind == 't'              ? db_slice(row_slice(rows, column))
                                      : db_bytes(row_slice(rows, column));
}

/* The kinds of nulls are told, too: a statement is prepared by its first row. last, if wanted: the
 * first two numbers of the last row. */
static int copy_range(struct copying *copying, const struct copied_table *table,
                      const char *const sql[2], const struct db_value range[2], int64_t *last)
{
    struct db_value values[COLUMNS_MAX];
    size_t count = strlen(table->kinds);
    int rc = OK;
    struct db_rows *rows = db_query(store_db(copying->from), sql[0], range, 2);
    while (rc == OK && db_next(rows)) {
        for (size_t i = 0; i < count; i++)
            values[i] = value_at(rows, (int)i, table->kinds[i]);
        rc = db_run(store_db(copying->to), sql[1], values, count);
        copying->rows++;
        for (size_t i = 0; last != NULL && i < 2; i++)
            last[i] = values[i].number;
    }
    int end = db_end(store_db(copying->from), rows);
    if (end != OK) /* whose failure is told is that of the target */
        *store_failure_at(copying->to) = *store_failure(copying->from);
    return rc != OK ? rc : end;
}

static int number_of(struct copying *copying, struct store *store, const char *what,
                     const struct copied_table *table, int64_t *ret_number)
{
    const char *sql =
        arena_printf(copying->arena, "SELECT coalesce(%s, 0) FROM %s", what, table->name);
    return sql == NULL ? store_no_memory(store)
                       : db_number(store_db(store), ret_number, sql, DB_NONE);
}

static int same_count(struct copying *copying, const struct copied_table *table)
{
    int64_t before = 0, after = 0;
    int rc = number_of(copying, copying->from, "count(*)", table, &before);
    if (rc == OK)
        rc = number_of(copying, copying->to, "count(*)", table, &after);
    if (rc == OK && before != after)
        return store_say(copying->to, ERR_STORE, "%s: %lld rows of %s, the source has %lld",
                         store_path(copying->to), (long long)after, table->name, (long long)before);
    return rc;
}

static int copy_ranges(struct copying *copying, const struct copied_table *table)
{
    const char *key = first_column(copying, table);
    const char *const sql[2] = {select_sql(copying, table), insert_sql(copying, table)};
    const char *max = key != NULL ? arena_printf(copying->arena, "max(%s)", key) : NULL;
    int64_t last = 0;
    if (sql[0] == NULL || sql[1] == NULL || max == NULL)
        return store_no_memory(copying->to);
    int rc = number_of(copying, copying->from, max, table, &last);
    if (rc != OK)
        *store_failure_at(copying->to) = *store_failure(copying->from);
    for (int64_t id = 0; rc == OK && id < last; id += RANGE_IDS) {
        const struct db_value range[2] = {db_int(id), db_int(id + RANGE_IDS)};
        rc = copy_range(copying, table, sql, range, NULL);
    }
    if (rc == OK && table->has_sequence && last > 0)
        rc = db_sequence(store_db(copying->to), table->name, last);
    return rc;
}

/* Of a table that is its key, two numbers. */
static int copy_pages(struct copying *copying, const struct copied_table *table)
{
    int64_t last[2] = {INT64_MIN, 0};
    uint64_t before = 0;
    int rc = OK;
    const char *const sql[2] = {
        arena_printf(copying->arena, "SELECT %s FROM %s WHERE (%s) > (?1, ?2) ORDER BY %s LIMIT %d",
                     table->columns, table->name, table->columns, table->columns, RANGE_IDS),
        insert_sql(copying, table)};
    if (sql[0] == NULL || sql[1] == NULL)
        return store_no_memory(copying->to);
    do {
        const struct db_value after[2] = {db_int(last[0]), db_int(last[1])};
        before = copying->rows;
        rc = copy_range(copying, table, sql, after, last);
    } while (rc == OK && copying->rows > before);
    return rc;
}

static int copy_table(struct copying *copying, const struct copied_table *table)
{
    int rc = table->kinds[0] == 'k' ? copy_pages(copying, table) : copy_ranges(copying, table);
    return rc == OK ? same_count(copying, table) : rc;
}

/* The target must hold nothing but what its birth gave it. */
static int check_empty(struct copying *copying)
{
    int rc = OK;
    for (size_t i = 0; rc == OK && i + 1 < TABLES_COUNT; i++) {
        int64_t rows = 0;
        rc = number_of(copying, copying->to, "count(*)", &TABLES[i], &rows);
        if (rc == OK && rows > 0)
            return store_say(copying->to, ERR_CONFLICT,
                             "%s holds rows already (%s): copy to a store that is not there",
                             store_path(copying->to), TABLES[i].name);
    }
    return rc;
}

static int copy_all(struct copying *copying)
{
    int rc = check_empty(copying);
    if (rc == OK)
        rc = db_run(store_db(copying->to), "DELETE FROM audit_head", DB_NONE);
    for (size_t i = 0; rc == OK && i < TABLES_COUNT; i++)
        rc = copy_table(copying, &TABLES[i]);
    return rc;
}

static int copy_locked(struct copying *copying, struct failure *reterr)
{
    int rc = store_begin(copying->from);
    if (rc != OK)
        return store_failed(copying->from, rc, reterr);
    rc = store_begin(copying->to);
    if (rc == OK)
        rc = copy_all(copying);
    if (rc == OK)
        rc = store_commit(copying->to);
    for (uint32_t words = 1; rc == OK && words > 0;)
        rc = case_words_fill(copying->to, STORE_PAGE_MAX, &words);
    for (uint32_t ads = 1; rc == OK && ads > 0;)
        rc = tally_fill(copying->to, STORE_PAGE_MAX, &ads);
    if (rc != OK)
        store_failed(copying->to, rc, reterr);
    store_rollback(copying->to);
    store_rollback(copying->from);
    return rc;
}

int store_copy(const char *from_url, const char *to_url, uint64_t *ret_rows, struct failure *reterr)
{
    struct copying copying = {.rows = 0};
    uint32_t version = 0;
    int rc = store_look(from_url, &version, reterr);
    if (rc == OK)
        rc = store_open(from_url, 0, &copying.from, reterr);
    if (rc == OK)
        rc = store_open(to_url, STORE_CREATE, &copying.to, reterr);
    if (rc == OK && arena_create(1u << 20, &copying.arena) != OK)
        rc = failure_set(reterr, ERR_NOMEM, "%s: no memory", to_url);
    if (rc == OK)
        rc = copy_locked(&copying, reterr);
    store_close(copying.from); /* before the arena: their statements go by addresses in it */
    store_close(copying.to);
    arena_free(copying.arena);
    if (rc == OK)
        *ret_rows = copying.rows;
    return rc;
}
