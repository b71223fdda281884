/* rule_count.c - the end of a sweep: notes become counts, and rules that stopped are found; see
 * rule_rows.h.
 *
 * Cost: the notes are read into a table of sources by rules, one statement for each of its counts; then
 * one for each rule that did not fire, whose rows are few. The ads of 90 days are read where one of
 * those rules had hits enough to be judged. */
#include "storage/rule_inside.h"
#include "storage/rule_silence.h"

#include <stdlib.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

/* ---- counting ---- */

struct source_sum {
    int64_t source_id;
    uint64_t ads;
    uint64_t *hits; /* one a rule, as counting.rules */
};

struct counting {
    struct store *store;
    struct arena *arena;
    int64_t run_id, now, day;
    struct rule_row *rules; /* by id */
    size_t rules_count;
    struct row_list sources; /* struct source_sum */
    struct row_list runs;    /* struct run_ads; read when it is first wanted */
    bool runs_read;
};

static int by_id(const void *a, const void *b)
{
    const struct rule_row *left = a, *right = b;
    return (left->id > right->id) - (left->id < right->id);
}

static struct rule_row *rule_of(const struct counting *counting, int64_t id)
{
    const struct rule_row key = {.id = id};
    return counting->rules_count == 0 ? NULL
                                      : bsearch(&key, counting->rules, counting->rules_count,
                                                sizeof *counting->rules, by_id);
}

/* "12:3 40:1" */
static void hits_add(const struct counting *counting, struct slice text, struct source_sum *sum)
{
    int64_t id = 0, hits = 0;
    while (text.len > 0) {
        size_t end = slice_find_char(text, ' ');
        struct slice one = slice_sub(text, 0, end == SIZE_MAX ? text.len : end);
        size_t colon = slice_find_char(one, ':');
        text = slice_from(text, end == SIZE_MAX ? text.len : end + 1);
        if (colon == SIZE_MAX || slice_to_int64(slice_sub(one, 0, colon), &id) != OK ||
            slice_to_int64(slice_from(one, colon + 1), &hits) != OK || hits < 0)
            continue; /* not ours */
        const struct rule_row *rule = rule_of(counting, id);
        if (rule != NULL)
            sum->hits[rule - counting->rules] += (uint64_t)hits;
    }
}

static struct source_sum *sum_of(struct counting *counting, int64_t source_id)
{
    struct source_sum *sums = (struct source_sum *)(void *)counting->sources.at;
    size_t count = counting->sources.count;
    if (count > 0 && sums[count - 1].source_id == source_id)
        return &sums[count - 1];
    struct source_sum *sum = row_list_add(&counting->sources);
    if (sum == NULL)
        return NULL;
    sum->source_id = source_id;
    sum->hits = arena_calloc(counting->arena, counting->rules_count + 1, sizeof *sum->hits);
    return sum->hits != NULL ? sum : NULL;
}

static int notes_take(struct counting *counting)
{
    struct db *db = store_db(counting->store);
    int rc = OK;
    struct db_rows *rows =
        db_query(db, "SELECT source_id, ads, hits FROM rule_notes ORDER BY source_id, id", DB_NONE);
    while (rc == OK && db_next(rows)) {
        struct source_sum *sum = sum_of(counting, row_int(rows, 0));
        if (sum == NULL) {
            rc = store_no_memory(counting->store);
            continue;
        }
        sum->ads += (uint64_t)row_int(rows, 1);
        hits_add(counting, row_slice(rows, 2), sum);
    }
    int end = db_end(db, rows);
    if (rc == OK)
        rc = end;
    return rc == OK ? db_run(db, "DELETE FROM rule_notes", DB_NONE) : rc;
}

/* It fires. What it gave before it was changed says nothing of it as it is now. */
static int rule_fired(struct counting *counting, struct rule_row *rule)
{
    struct db *db = store_db(counting->store);
    int rc = OK;
    if (rule->changed_run > rule->last_run) {
        rule->first_run = rule->changed_run;
        rc = db_run(db, "DELETE FROM rule_days WHERE rule_id = ?1", DB_WITH(db_int(rule->id)));
    }
    if (rule->last_run < counting->run_id)
        rule->last_run = counting->run_id;
    rule->last_hit = counting->now;
    rule->silent = 0;
    if (rc != OK)
        return rc;
    return db_run(db,
                  "UPDATE rules SET first_run = ?2, last_run = ?3, last_hit = ?4, silent = 0"
                  " WHERE id = ?1",
                  DB_WITH(db_int(rule->id), db_int(rule->first_run), db_int(rule->last_run),
                          db_int(rule->last_hit)));
}

static int fired_put(struct counting *counting)
{
    const struct source_sum *sums = (const struct source_sum *)(const void *)counting->sources.at;
    int rc = OK;
    for (size_t i = 0; i < counting->rules_count; i++) {
        uint64_t hits = 0;
        for (size_t k = 0; k < counting->sources.count; k++)
            hits += sums[k].hits[i];
        if (hits > 0)
            rc = rule_fired(counting, &counting->rules[i]);
        if (rc != OK)
            return rc;
    }
    return OK;
}

static int source_put(struct counting *counting, const struct source_sum *sum)
{
    struct db *db = store_db(counting->store);
    int rc = db_run(db,
                    "INSERT INTO rule_runs (run_id, source_id, day, ads) VALUES (?1, ?2, ?3, ?4)"
                    " ON CONFLICT (run_id, source_id) DO UPDATE SET"
                    " ads = rule_runs.ads + excluded.ads",
                    DB_WITH(db_int(counting->run_id), db_int(sum->source_id), db_int(counting->day),
                            db_int((int64_t)sum->ads)));
    for (size_t i = 0; rc == OK && i < counting->rules_count; i++)
        if (sum->hits[i] > 0)
            rc = db_run(db,
                        "INSERT INTO rule_days (rule_id, source_id, day, hits)"
                        " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (rule_id, source_id, day)"
                        " DO UPDATE SET hits = rule_days.hits + excluded.hits",
                        DB_WITH(db_int(counting->rules[i].id), db_int(sum->source_id),
                                db_int(counting->day), db_int((int64_t)sum->hits[i])));
    return rc;
}

/* Days to come are those of a clock that was wrong. */
static int forget_old(struct counting *counting)
{
    struct db *db = store_db(counting->store);
    int64_t first = counting->day - RULE_DAYS, last = counting->day + 1;
    int rc = db_run(db, "DELETE FROM rule_runs WHERE day < ?1 OR day > ?2",
                    DB_WITH(db_int(first), db_int(last)));
    if (rc != OK || db_changes(db) == 0)
        return rc;
    rc = db_run(db, "DELETE FROM rule_days WHERE day < ?1 OR day > ?2",
                DB_WITH(db_int(first), db_int(last)));
    if (rc != OK)
        return rc;
    return db_run(db,
                  "DELETE FROM rules WHERE stands = 0 AND last_hit < ?1 AND NOT EXISTS"
                  " (SELECT 1 FROM rule_days d WHERE d.rule_id = rules.id)",
                  DB_WITH(db_int(first * DAY_MS)));
}

static int counts_put(struct counting *counting)
{
    const struct source_sum *sums = (const struct source_sum *)(const void *)counting->sources.at;
    int rc = fired_put(counting);
    for (size_t i = 0; rc == OK && i < counting->sources.count; i++)
        rc = source_put(counting, &sums[i]);
    return rc == OK ? forget_old(counting) : rc;
}

/* ---- judging ---- */

struct run_ads {
    int64_t source_id, day, run_id, ads;
};
struct day_hits {
    int64_t source_id, day, hits;
};

static bool read_run(struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    *(struct run_ads *)item =
        (struct run_ads){row_int(rows, 0), row_int(rows, 1), row_int(rows, 2), row_int(rows, 3)};
    return true;
}

static bool read_day(struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    *(struct day_hits *)item =
        (struct day_hits){row_int(rows, 0), row_int(rows, 1), row_int(rows, 2)};
    return true;
}

static int runs_need(struct counting *counting)
{
    if (counting->runs_read)
        return OK;
    counting->runs_read = true;
    row_list_init(&counting->runs, counting->arena, sizeof(struct run_ads));
    return row_list_read(counting->store,
                         db_query(store_db(counting->store),
                                  "SELECT source_id, day, run_id, ads FROM rule_runs"
                                  " ORDER BY source_id, day, run_id",
                                  DB_NONE),
                         &counting->runs, read_run);
}

static bool is_before(const struct day_hits *hit, const struct run_ads *run)
{
    return hit->source_id != run->source_id ? hit->source_id < run->source_id : hit->day < run->day;
}

/* Both lists go by source and day. Gives how many cells were made. */
static size_t cells_make(const struct counting *counting, const struct rule_row *rule,
                         const struct row_list *hits, struct rule_cell *cells)
{
    const struct run_ads *runs = (const struct run_ads *)(const void *)counting->runs.at;
    const struct day_hits *days = (const struct day_hits *)(const void *)hits->at;
    size_t count = 0, next = 0;
    for (size_t i = 0; i < counting->runs.count; i++) {
        const struct run_ads *run = &runs[i];
        struct rule_cell *cell = count > 0 ? &cells[count - 1] : NULL;
        if (cell == NULL || cell->source_id != run->source_id || cell->day != run->day) {
            cell = &cells[count++];
            *cell = (struct rule_cell){.source_id = run->source_id, .day = run->day};
            while (next < hits->count && is_before(&days[next], run))
                next++;
            if (next < hits->count && !is_before(&days[next], run) &&
                days[next].source_id == run->source_id && days[next].day == run->day)
                cell->hits = (uint64_t)days[next].hits;
        }
        if (run->run_id > rule->last_run)
            cell->ads_since += (uint64_t)run->ads;
        else if (run->run_id >= rule->first_run)
            cell->ads_before += (uint64_t)run->ads;
    }
    return count;
}

static int rule_judge(struct counting *counting, const struct rule_row *rule,
                      struct rule_silence *ret_silence)
{
    struct row_list hits;
    uint64_t all = 0;
    row_list_init(&hits, counting->arena, sizeof(struct day_hits));
    int rc = row_list_read(counting->store,
                           db_query(store_db(counting->store),
                                    "SELECT source_id, day, hits FROM rule_days WHERE rule_id = ?1"
                                    " ORDER BY source_id, day",
                                    DB_WITH(db_int(rule->id))),
                           &hits, read_day);
    const struct day_hits *days = (const struct day_hits *)(const void *)hits.at;
    for (size_t i = 0; rc == OK && i < hits.count; i++)
        all += (uint64_t)days[i].hits;
    *ret_silence = (struct rule_silence){.hits = all};
    if (rc != OK || all < RULE_HITS_MIN)
        return rc;
    rc = runs_need(counting);
    if (rc != OK)
        return rc;
    struct rule_cell *cells = calloc(counting->runs.count + 1, sizeof *cells);
    if (cells == NULL)
        return store_no_memory(counting->store);
    *ret_silence = rule_silence(cells, cells_make(counting, rule, &hits, cells));
    free(cells);
    return OK;
}

static int rule_mark(struct counting *counting, const struct rule_row *rule,
                     const struct rule_silence *silence, struct row_list *found)
{
    struct rule_quiet *quiet = row_list_add(found);
    if (quiet == NULL)
        return store_no_memory(counting->store);
    *quiet = (struct rule_quiet){.name = rule->name,
                                 .last_hit_unix_ms = rule->last_hit,
                                 .silent_unix_ms = counting->now,
                                 .changed_unix_ms =
                                     rule->changed_run > rule->last_run ? rule->changed : 0,
                                 .ads = silence->ads_since,
                                 .expected_hundredths = (int64_t)(silence->expected * 100 + 0.5)};
    return db_run(store_db(counting->store),
                  "UPDATE rules SET silent = ?2, ads = ?3, expected = ?4 WHERE id = ?1",
                  DB_WITH(db_int(rule->id), db_int(counting->now), db_int((int64_t)quiet->ads),
                          db_int(quiet->expected_hundredths)));
}

static int by_missed(const void *a, const void *b)
{
    const struct rule_quiet *left = a, *right = b;
    int64_t more = right->expected_hundredths, less = left->expected_hundredths;
    return more != less ? (more > less) - (more < less) : strcmp(left->name, right->name);
}

static int rules_judge(struct counting *counting, struct row_list *found)
{
    int rc = OK;
    for (size_t i = 0; rc == OK && i < counting->rules_count; i++) {
        const struct rule_row *rule = &counting->rules[i];
        struct rule_silence silence;
        if (rule->stands == 0 || rule->silent != 0 || rule->last_run == 0 ||
            rule->last_run >= counting->run_id)
            continue;
        rc = rule_judge(counting, rule, &silence);
        if (rc == OK && silence.is_silent)
            rc = rule_mark(counting, rule, &silence, found);
    }
    if (rc == OK && found->count > 0)
        qsort(found->at, found->count, found->item_bytes, by_missed);
    return rc;
}

static int count_inside(struct counting *counting, struct row_list *found)
{
    struct row_list rules;
    row_list_init(&rules, counting->arena, sizeof(struct rule_row));
    row_list_init(&counting->sources, counting->arena, sizeof(struct source_sum));
    int rc = rules_read(counting->store, &rules);
    counting->rules = (struct rule_row *)(void *)rules.at;
    counting->rules_count = rules.count;
    if (rc == OK)
        rc = notes_take(counting);
    if (rc != OK || counting->sources.count == 0)
        return rc; /* nothing was read anew: nothing has become known */
    rc = counts_put(counting);
    return rc == OK ? rules_judge(counting, found) : rc;
}

int rules_count(struct store *store, struct arena *arena, int64_t run_id, int64_t now_unix_ms,
                struct rule_quiet **ret_rules, size_t *ret_count)
{
    struct counting counting = {.store = store,
                                .arena = arena,
                                .run_id = run_id,
                                .now = now_unix_ms,
                                .day = now_unix_ms / DAY_MS};
    struct row_list found;
    bool own = false;
    row_list_init(&found, arena, sizeof(struct rule_quiet));
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = count_inside(&counting, &found);
    rc = store_leave(store, own, rc);
    if (rc != OK)
        return rc;
    *ret_rules = (struct rule_quiet *)(void *)found.at;
    *ret_count = found.count;
    return OK;
}
