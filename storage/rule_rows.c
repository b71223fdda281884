/* rule_rows.c - which rules there are, what sweeps note of them, which are silent; see rule_rows.h.
 *
 * Pages write notes alone, a row a source and transaction, whose rules are "id:hits id:hits"; sums by
 * rule would be a row a rule each time, and on PostgreSQL as many journeys. rule_count.c adds them
 * up. */
#include "storage/rule_rows.h"
#include "storage/rule_inside.h"

#include <stdlib.h>
#include <string.h>

#define HITS_BYTES_MAX (1u << 20)

static bool read_rule(struct db_rows *rows, struct arena *arena, void *item)
{
    struct rule_row *rule = item;
    int64_t *const numbers[] = {&rule->id,          &rule->stands,  &rule->first_run,
                                &rule->changed_run, &rule->changed, &rule->last_run,
                                &rule->last_hit,    &rule->silent};
    for (int i = 0; i < 8; i++)
        *numbers[i] = row_int(rows, i);
    rule->name = row_text(rows, 9, arena);
    return row_digest(rows, 8, &rule->digest) && rule->name != NULL;
}

int rules_read(struct store *store, struct row_list *list)
{
    struct db_rows *rows = db_query(store_db(store),
                                    "SELECT id, stands, first_run, changed_run, changed, last_run,"
                                    " last_hit, silent, digest, name FROM rules ORDER BY id",
                                    DB_NONE);
    return row_list_read(store, rows, list, read_rule);
}

/* ---- which rules there are ---- */

static int by_stand_name(const void *a, const void *b)
{
    const struct rule_stand *left = a, *right = b;
    size_t len = left->name.len < right->name.len ? left->name.len : right->name.len;
    int order = memcmp(left->name.at, right->name.at, len);
    return order != 0 ? order
                      : (left->name.len > right->name.len) - (left->name.len < right->name.len);
}

static int rule_gone(struct db *db, const struct rule_row *row)
{
    if (row->stands == 0)
        return OK;
    return db_run(db, "UPDATE rules SET stands = 0 WHERE id = ?1", DB_WITH(db_int(row->id)));
}

/* It did not run for a time: ads that were read meanwhile say nothing of it. */
static int rule_back(struct db *db, int64_t id, const struct rule_stand *stand, int64_t run_id)
{
    int rc = db_run(db,
                    "UPDATE rules SET stands = 1, digest = ?2, first_run = ?3, changed_run = 0,"
                    " changed = 0, last_run = 0, last_hit = 0, silent = 0 WHERE id = ?1",
                    DB_WITH(db_int(id), db_digest(&stand->digest), db_int(run_id)));
    if (rc != OK)
        return rc;
    return db_run(db, "DELETE FROM rule_days WHERE rule_id = ?1", DB_WITH(db_int(id)));
}

static int rule_changed(struct db *db, int64_t id, const struct rule_stand *stand, int64_t run_id,
                        int64_t now)
{
    return db_run(db, "UPDATE rules SET digest = ?2, changed_run = ?3, changed = ?4 WHERE id = ?1",
                  DB_WITH(db_int(id), db_digest(&stand->digest), db_int(run_id), db_int(now)));
}

static int rule_new(struct db *db, struct rule_stand *stand, int64_t run_id)
{
    return db_number(db, &stand->id,
                     "INSERT INTO rules (name, digest, stands, first_run) VALUES (?1, ?2, 1, ?3)"
                     " RETURNING id",
                     DB_WITH(db_slice(stand->name), db_digest(&stand->digest), db_int(run_id)));
}

static int stand_inside(struct store *store, struct arena *arena, struct rule_stand *rules,
                        size_t count, int64_t run_id, int64_t now)
{
    struct db *db = store_db(store);
    struct row_list list;
    row_list_init(&list, arena, sizeof(struct rule_row));
    int rc = rules_read(store, &list);
    const struct rule_row *rows = (const struct rule_row *)(const void *)list.at;
    for (size_t i = 0; i < count; i++)
        rules[i].id = 0;
    if (count > 0)
        qsort(rules, count, sizeof *rules, by_stand_name);
    for (size_t i = 0; rc == OK && i < list.count; i++) {
        const struct rule_stand key = {.name = slice_of(rows[i].name)};
        struct rule_stand *stand =
            count > 0 ? bsearch(&key, rules, count, sizeof *rules, by_stand_name) : NULL;
        if (stand == NULL) {
            rc = rule_gone(db, &rows[i]);
            continue;
        }
        stand->id = rows[i].id;
        if (rows[i].stands == 0)
            rc = rule_back(db, stand->id, stand, run_id);
        else if (memcmp(&rows[i].digest, &stand->digest, sizeof stand->digest) != 0)
            rc = rule_changed(db, stand->id, stand, run_id, now);
    }
    for (size_t i = 0; rc == OK && i < count; i++)
        if (rules[i].id == 0)
            rc = rule_new(db, &rules[i], run_id);
    return rc;
}

int rules_stand(struct store *store, struct rule_stand *rules, size_t count, int64_t run_id,
                int64_t now_unix_ms)
{
    struct arena *arena = NULL;
    bool own = false;
    if (arena_create(64u << 20, &arena) != OK)
        return store_no_memory(store);
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = stand_inside(store, arena, rules, count, run_id, now_unix_ms);
    rc = store_leave(store, own, rc);
    arena_free(arena);
    return rc;
}

/* ---- notes ---- */

int rule_note(struct store *store, const char *source, uint64_t ads, const struct rule_stand *rules,
              const uint32_t *hits, size_t count)
{
    int64_t source_id = 0;
    struct text_buf text;
    int rc = store_source_id(store, source, &source_id);
    if (rc != OK)
        return rc;
    text_buf_init(&text, HITS_BYTES_MAX);
    for (size_t i = 0; i < count; i++)
        if (hits[i] > 0)
            text_buf_printf(&text, "%s%lld:%u", text.len > 0 ? " " : "", (long long)rules[i].id,
                            hits[i]);
    rc = text_buf_status(&text) != OK
             ? store_no_memory(store)
             : db_run(store_db(store),
                      "INSERT INTO rule_notes (source_id, ads, hits) VALUES (?1, ?2, ?3)",
                      DB_WITH(db_int(source_id), db_int((int64_t)ads),
                              db_slice(text_buf_slice(&text))));
    text_buf_release(&text);
    return rc;
}

/* ---- who is silent ---- */

static bool read_quiet(struct db_rows *rows, struct arena *arena, void *item)
{
    struct rule_quiet *quiet = item;
    *quiet = (struct rule_quiet){.name = row_text(rows, 0, arena),
                                 .last_hit_unix_ms = row_int(rows, 1),
                                 .silent_unix_ms = row_int(rows, 2),
                                 .changed_unix_ms = row_int(rows, 3),
                                 .ads = (uint64_t)row_int(rows, 4),
                                 .expected_hundredths = row_int(rows, 5)};
    return quiet->name != NULL;
}

int rules_quiet(struct store *store, struct arena *arena, uint32_t limit,
                struct rule_quiet **ret_rules, size_t *ret_count)
{
    struct row_list list;
    row_list_init(&list, arena, sizeof(struct rule_quiet));
    struct db_rows *rows =
        db_query(store_db(store),
                 "SELECT name, last_hit, silent, CASE WHEN changed_run > last_run"
                 " THEN changed ELSE 0 END, ads, expected FROM rules"
                 " WHERE silent > 0 AND stands = 1"
                 " ORDER BY silent DESC, expected DESC, name LIMIT ?1",
                 DB_WITH(db_int(store_page(limit))));
    int rc = row_list_read(store, rows, &list, read_quiet);
    if (rc != OK)
        return rc;
    *ret_rules = (struct rule_quiet *)(void *)list.at;
    *ret_count = list.count;
    return OK;
}
