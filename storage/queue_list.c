/* queue_list.c - cases to read: lists, one case with everything; see queue.h.
 *
 * A list walks an index that has the queue's order (logit falling, id), so a page costs what it
 * shows, not what the queue holds; open cases have a smaller one of their own, and so have those of
 * one source, task, language or decision, and those that wait for a second reviewer. */
#include "common/utf8.h"
#include "storage/case_words.h"
#include "storage/picture_rows.h"
#include "storage/queue_inside.h"
#include "storage/store_inside.h"

#include <string.h>

#define VERDICT_DEPTH_MAX 32
#define FEW_MAX           500 /* so many are ranked at once, sooner than a long walk finds them */
#define OPEN_STATES       (1u << CASE_NEW | 1u << CASE_CLAIMED)
#define ALL_STATES        ((1u << CASE_STATE_COUNT) - 1)

/* ---- one row ---- */

#define CASE_COLUMNS                                                                               \
    "c.id, " STATE_NOW ", c.band, p.band, c.logit, v.indicator_level, v.usd_min, v.usd_max,"       \
    " p.first_seen, p.last_seen, c.created, c.updated, c.lease_ends, c.decided, p.versions,"       \
    " c.task, c.language, s.name, p.url, p.source_key, coalesce(v.title, ''),"                     \
    " coalesce(v.employer, ''), coalesce(v.place, ''), coalesce(v.pay, ''), v.strongest,"          \
    " v.reasons, c.claimed_by, c.decided_by, c.note, coalesce(g.name, ''), v.evidence_id,"         \
    " v.bank, r.block, c.campaign, coalesce(k.cases, 0), coalesce(e.who, ''),"                     \
    " coalesce(e.until, 0), v.logit, CASE WHEN c.state < 2 THEN c.first_by ELSE '' END"
#define CASE_TABLES                                                                                \
    " FROM cases c JOIN postings p ON p.id = c.posting_id JOIN versions v ON v.id = c.version_id"  \
    " JOIN sources s ON s.id = c.source_id LEFT JOIN records r ON r.record_id = v.evidence_id"     \
    " LEFT JOIN segments g ON g.id = r.segment_id LEFT JOIN campaigns k ON k.id = c.campaign"      \
    " LEFT JOIN employers e ON e.id = c.employer_id AND c.employer_id > 0"
#define CASE_COLUMN_DIGEST 32

static const char *hex_of(struct db_rows *rows, int column, struct arena *arena)
{
    struct digest digest;
    char hex[DIGEST_HEX_BYTES];
    if (!row_digest(rows, column, &digest))
        return "";
    return arena_copy(arena, digest_hex(&digest, hex), DIGEST_HEX_BYTES - 1);
}

static void read_numbers(struct db_rows *rows, struct case_row *row)
{
    row->id = row_int(rows, 0);
    row->state = (enum case_state)row_int(rows, 1);
    row->band = (enum band)row_int(rows, 2);
    row->band_now = (enum band)row_int(rows, 3);
    row->logit_tenths = (int32_t)row_int(rows, 4);
    row->indicator_level = (int)row_int(rows, 5);
    row->usd_month_cents_min = row_int(rows, 6);
    row->usd_month_cents_max = row_int(rows, 7);
    row->first_seen_unix_ms = row_int(rows, 8);
    row->last_seen_unix_ms = row_int(rows, 9);
    row->created_unix_ms = row_int(rows, 10);
    row->updated_unix_ms = row_int(rows, 11);
    row->lease_ends_unix_ms = row_int(rows, 12);
    row->decided_unix_ms = row_int(rows, 13);
    row->versions = (uint32_t)row_int(rows, 14);
    row->campaign = row_int(rows, CASE_COLUMN_DIGEST + 1);
    row->campaign_cases = (uint32_t)row_int(rows, CASE_COLUMN_DIGEST + 2);
    row->checked_until_unix_ms = row_int(rows, CASE_COLUMN_DIGEST + 4);
    row->verdict_logit_tenths = (int32_t)row_int(rows, CASE_COLUMN_DIGEST + 5);
    if (!task_from_name(row_slice(rows, 15), &row->task))
        row->task = TASK_NONE;
}

static bool read_case(struct db_rows *rows, struct arena *arena, void *item)
{
    struct case_row *row = item;
    const char **const texts[] = {
        &row->language,  &row->source,        &row->url,         &row->source_key,
        &row->title,     &row->employer,      &row->place,       &row->pay,
        &row->strongest, &row->reasons,       &row->claimed_by,  &row->decided_by,
        &row->note,      &row->evidence_file, &row->evidence_id, &row->bank};
    read_numbers(rows, row);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if ((*texts[i] = row_text(rows, 16 + (int)i, arena)) == NULL)
            return false;
    row->evidence_sha256 = hex_of(rows, CASE_COLUMN_DIGEST, arena);
    row->checked_by = row_text(rows, CASE_COLUMN_DIGEST + 3, arena);
    row->first_by = row_text(rows, CASE_COLUMN_DIGEST + 6, arena);
    if (row->checked_by == NULL || row->first_by == NULL)
        return false;
    if (row->state != CASE_CLAIMED) {
        row->claimed_by = "";
        row->lease_ends_unix_ms = 0;
    }
    return row->evidence_sha256 != NULL;
}

/* ---- lists ---- */

/* Ends rows. */
static int read_cases(struct store *store, struct arena *arena, struct db_rows *rows,
                      struct case_list *ret_list)
{
    struct row_list list;
    row_list_init(&list, arena, sizeof(struct case_row));
    int rc = row_list_read(store, rows, &list, read_case);
    *ret_list = (struct case_list){(struct case_row *)(void *)list.at, list.count};
    return rc;
}

/* Of the case's row alone. */
#define LIST_FILTER                                                                                \
    " c.logit <= ?8 AND ((?2 >> CAST(" STATE_NOW " AS INTEGER)) & 1) = 1"                          \
    " AND (?3 = 0 OR c.source_id = ?3) AND (?4 = '' OR c.language = ?4)"                           \
    " AND (?5 = '' OR c.task = ?5) AND (?6 < 0 OR c.band = ?6) AND c.updated >= ?7"                \
    " AND (c.logit < ?8 OR c.id > ?9) AND (?12 = 0 OR c.first_by <> '')"                           \
    " AND (?11 < 0 OR c.state = ?11)"
#define LIST_ORDER " ORDER BY c.logit DESC, c.id LIMIT ?10"
#define LIST_FOUND "(SELECT rowid FROM case_words WHERE case_words MATCH CAST(?13 AS TEXTQUERY))"

/* Many have the words, or none are asked for: down the ranks. + keeps to that; what has the words is a
 * set that each step is held against, so a word that every case has costs no sort of them all. */
#define LIST_WALK(open, found)                                                                     \
    "SELECT " CASE_COLUMNS CASE_TABLES " WHERE" open LIST_FILTER found LIST_ORDER
/* Few have them: these are ranked, since the walk might pass a hundred thousand before the last of
 * them; what else a row shows is read of those that are shown. */
#define LIST_PICK(open)                                                                            \
    "SELECT " CASE_COLUMNS CASE_TABLES " WHERE c.id IN (SELECT c.id FROM " LIST_FOUND              \
    " AS found CROSS JOIN cases c WHERE c.id = found.rowid AND" open LIST_FILTER LIST_ORDER        \
    ")" LIST_ORDER
#define LISTS_OF(open)                                                                             \
    {                                                                                              \
        LIST_WALK(open, ""), LIST_WALK(open, " AND +c.id IN " LIST_FOUND), LIST_PICK(open)         \
    }

enum list_words { NO_WORDS, WORDS_OF_MANY, WORDS_OF_FEW, LIST_WORDS_COUNT };
/* Each in words that its index is known by. */
enum list_of {
    ALL_CASES,
    OPEN_CASES,
    OPEN_OF_SOURCE,
    OPEN_OF_TASK,
    OPEN_OF_LANGUAGE,
    HALF_DECIDED,
    OF_ONE_DECISION,
    LIST_OF_COUNT
};
static const char *const LISTS[LIST_OF_COUNT][LIST_WORDS_COUNT] = {
    LISTS_OF(""),
    LISTS_OF(" c.state < 2 AND"),
    LISTS_OF(" c.state < 2 AND c.source_id = ?3 AND"),
    LISTS_OF(" c.state < 2 AND c.task = ?5 AND"),
    LISTS_OF(" c.state < 2 AND c.language = ?4 AND"),
    LISTS_OF(" c.first_by <> '' AND"),
    LISTS_OF(" c.state >= 2 AND c.state = ?11 AND")};

static bool is_asked(const char *words)
{
    return slice_trim(slice_of(words)).len > 0;
}

/* ERR_NOT_FOUND: signs are looked for, which are nobody's words. */
static int read_words(struct store *store, struct arena *arena, const struct case_query *query,
                      const char **ret_search)
{
    *ret_search = case_words_pattern(store, arena, query->search, query->place);
    if (*ret_search == NULL)
        return store_no_memory(store);
    bool has_no_words = (*ret_search)[0] == '\0';
    return has_no_words && (is_asked(query->search) || is_asked(query->place)) ? ERR_NOT_FOUND : OK;
}

static int how_many_have(struct store *store, const char *search, enum list_words *ret_words)
{
    int64_t count = 0;
    *ret_words = NO_WORDS;
    if (search[0] == '\0')
        return OK;
    int rc = db_number(store_db(store), &count,
                       "SELECT count(*) FROM (SELECT rowid FROM case_words"
                       " WHERE case_words MATCH CAST(?1 AS TEXTQUERY) LIMIT ?2) AS found",
                       DB_WITH(db_text(search), db_int(FEW_MAX + 1)));
    *ret_words = count > FEW_MAX ? WORDS_OF_MANY : WORDS_OF_FEW;
    return rc;
}

struct listing { /* what a query comes to */
    unsigned states;
    int64_t source_id, one_state; /* 0, -1: any */
    const char *task, *search;    /* "": any */
    enum list_words words;
    enum list_of of;
};

#define COUNT_OPEN(what)                                                                           \
    "SELECT count(*) FROM (SELECT id FROM cases WHERE state < 2 AND " what " = ?1 LIMIT ?2) AS "   \
    "few"

/* Of the open cases' lists that a filter names, the shortest is walked and the others are held
 * against it. */
static int shortest_open(struct store *store, const struct case_query *query,
                         struct listing *listing)
{
    const struct {
        enum list_of of;
        bool is_asked;
        const char *sql;
        struct db_value value;
    } lists[] = {
        {OPEN_OF_SOURCE, listing->source_id != 0, COUNT_OPEN("source_id"),
         db_int(listing->source_id)},
        {OPEN_OF_TASK, listing->task[0] != '\0', COUNT_OPEN("task"), db_text(listing->task)},
        {OPEN_OF_LANGUAGE, slice_of(query->language).len > 0, COUNT_OPEN("language"),
         db_text(query->language)},
    };
    int64_t least = INT64_MAX;
    int rc = OK;
    listing->of = OPEN_CASES;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0] && rc == OK; i++) {
        int64_t count = 0;
        if (!lists[i].is_asked)
            continue;
        rc = db_number(store_db(store), &count, lists[i].sql,
                       DB_WITH(lists[i].value, db_int(FEW_MAX + 1)));
        if (rc == OK && count < least) {
            least = count;
            listing->of = lists[i].of;
        }
    }
    return rc;
}

static int choose_list(struct store *store, const struct case_query *query, struct listing *listing)
{
    listing->of = (listing->states & ~OPEN_STATES) == 0 ? OPEN_CASES : ALL_CASES;
    listing->one_state = -1;
    for (int state = CASE_CONFIRMED; state < CASE_STATE_COUNT; state++)
        if (listing->states == 1u << state) {
            listing->one_state = state;
            listing->of = OF_ONE_DECISION;
        }
    if (query->waits_second)
        listing->of = HALF_DECIDED;
    return listing->of == OPEN_CASES ? shortest_open(store, query, listing) : OK;
}

static int read_query(struct store *store, struct arena *arena, const struct case_query *query,
                      struct listing *listing)
{
    listing->states = query->states == 0 ? OPEN_STATES : query->states & ALL_STATES;
    listing->task = query->task >= 0 ? task_name((enum task)query->task) : "";
    int rc = store_find_source(store, query->source, &listing->source_id);
    if (query->source != NULL && listing->source_id == 0)
        listing->source_id = -1; /* nobody's */
    if (rc == OK)
        rc = read_words(store, arena, query, &listing->search);
    if (rc == OK)
        rc = how_many_have(store, listing->search, &listing->words);
    return rc == OK ? choose_list(store, query, listing) : rc;
}

int queue_list(struct store *store, struct arena *arena, const struct case_query *query,
               struct case_row **ret_rows, size_t *ret_count)
{
    struct listing listing = {0};
    struct case_list list;
    bool begins = query->after_id == 0;
    *ret_count = 0;
    int rc = read_query(store, arena, query, &listing);
    if (rc != OK)
        return rc == ERR_NOT_FOUND ? OK : rc;
    const struct db_value values[] = {
        db_int(query->now_unix_ms),   db_int(listing.states),
        db_int(listing.source_id),    db_text(query->language),
        db_text(listing.task),        db_int(query->band),
        db_int(query->since_unix_ms), db_int(begins ? INT32_MAX : query->after_logit_tenths),
        db_int(query->after_id),      db_int(store_page(query->limit)),
        db_int(listing.one_state),    db_int(query->waits_second),
        db_text(listing.search),
    };
    size_t count = sizeof values / sizeof values[0] - (listing.words == NO_WORDS ? 1 : 0);
    rc = read_cases(store, arena,
                    db_query(store_db(store), LISTS[listing.of][listing.words], values, count),
                    &list);
    if (rc != OK)
        return rc;
    *ret_rows = list.rows;
    *ret_count = list.count;
    return OK;
}

int queue_find_contact(struct store *store, struct arena *arena, const struct digest *contact,
                       int64_t now_unix_ms, struct case_list *ret_list)
{
    return read_cases(
        store, arena,
        db_query(store_db(store),
                 "SELECT " CASE_COLUMNS CASE_TABLES " WHERE c.posting_id IN"
                 " (SELECT m.posting_id FROM contacts m WHERE m.hash = ?2)"
                 " ORDER BY c.logit DESC, c.id LIMIT ?3",
                 DB_WITH(db_int(now_unix_ms), db_digest(contact), db_int(STORE_PAGE_MAX))),
        ret_list);
}

int queue_mates(struct store *store, struct arena *arena, int64_t case_id, int64_t now_unix_ms,
                uint32_t limit, struct case_list *ret_list)
{
    return read_cases(
        store, arena,
        db_query(store_db(store),
                 "SELECT " CASE_COLUMNS CASE_TABLES " WHERE c.id <> ?2 AND c.campaign IN"
                 " (SELECT x.campaign FROM cases x WHERE x.id = ?2 AND x.campaign > 0)"
                 " ORDER BY c.decided DESC, c.logit DESC, c.id LIMIT ?3",
                 DB_WITH(db_int(now_unix_ms), db_int(case_id), db_int(store_page(limit)))),
        ret_list);
}

int queue_get(struct store *store, struct arena *arena, int64_t case_id, int64_t now_unix_ms,
              struct case_row *ret_row)
{
    struct db *db = store_db(store);
    struct case_row row;
    struct db_rows *rows = db_query(db, "SELECT " CASE_COLUMNS CASE_TABLES " WHERE c.id = ?2",
                                    DB_WITH(db_int(now_unix_ms), db_int(case_id)));
    bool found = db_next(rows);
    bool read = found && read_case(rows, arena, &row);
    int rc = db_end(db, rows);
    if (rc != OK)
        return rc;
    if (!found)
        return store_say(store, ERR_NOT_FOUND, "there is no case %lld", (long long)case_id);
    if (!read)
        return store_no_memory(store);
    *ret_row = row;
    return OK;
}

/* ---- one case with everything ---- */

/* Retention, or a person's request, took the findings: the row has what came of them. */
static struct verdict verdict_left(const struct case_row *row)
{
    return (struct verdict){.band = row->band,
                            .task = row->task,
                            .indicator_level = row->indicator_level,
                            .logit_tenths = row->verdict_logit_tenths,
                            .language = slice_of(row->language),
                            .employer = SLICE_EMPTY,
                            .licences = SLICE_EMPTY,
                            .voice = SLICE_EMPTY,
                            .salary = {.baseline = SLICE_EMPTY, .field = FINDING_NO_FIELD},
                            .bank = slice_of(row->bank)};
}

static int parse_verdict(struct store *store, struct arena *arena, struct slice json,
                         struct verdict *ret_verdict)
{
    struct json_doc *doc = NULL;
    struct failure why = {0};
    int rc = json_parse(json, true, VERDICT_DEPTH_MAX, &doc, &why);
    if (rc == OK)
        rc = verdict_from_json(arena, json_root(doc), ret_verdict, &why);
    json_free(doc);
    return rc == OK ? OK : store_say(store, rc, "the verdict kept with a case: %s", why.text);
}

static int read_version(struct store *store, struct arena *arena, struct case_full *full)
{
    struct db *db = store_db(store);
    struct slice json = SLICE_EMPTY;
    bool well = true;
    struct db_rows *rows =
        db_query(db,
                 "SELECT v.title, v.text, v.pay, v.place, v.employer, v.verdict, v.fingerprint"
                 " FROM cases c JOIN versions v ON v.id = c.version_id WHERE c.id = ?1",
                 DB_WITH(db_int(full->row.id)));
    if (db_next(rows)) {
        for (int field = 0; field < POSTING_FIELD_COUNT && well; field++) {
            const char *copy = row_text(rows, field, arena);
            well = copy != NULL;
            full->field[field] = slice_make(copy, row_slice(rows, field).len);
        }
        const char *copy = row_text(rows, 5, arena);
        json = slice_make(copy, row_slice(rows, 5).len);
        full->fingerprint = hex_of(rows, 6, arena);
        well = well && copy != NULL && full->fingerprint != NULL;
    }
    int rc = db_end(db, rows);
    if (rc != OK)
        return rc;
    if (!well)
        return store_no_memory(store);
    if (json.len > 0)
        return parse_verdict(store, arena, json, &full->verdict);
    full->verdict = verdict_left(&full->row);
    full->text_gone = "retention";
    return OK;
}

static bool read_contact(struct db_rows *rows, struct arena *arena, void *item)
{
    struct case_contact *contact = item;
    if (!contact_kind_from_name(row_slice(rows, 0), &contact->kind))
        contact->kind = CONTACT_URL;
    contact->country = row_text(rows, 1, arena);
    contact->tail = row_text(rows, 2, arena);
    contact->cases = (uint32_t)row_int(rows, 3);
    return contact->country != NULL && contact->tail != NULL;
}

static int read_contacts(struct store *store, struct arena *arena, struct case_full *full)
{
    struct db *db = store_db(store);
    struct row_list list;
    row_list_init(&list, arena, sizeof(struct case_contact));
    struct db_rows *rows =
        db_query(db,
                 "SELECT k.kind, k.country, k.tail, (SELECT count(*) FROM"
                 " (SELECT DISTINCT o.id FROM contacts m JOIN cases o"
                 " ON o.posting_id = m.posting_id WHERE m.hash = k.hash LIMIT ?2) AS shared)"
                 " FROM cases c JOIN contacts k ON k.posting_id = c.posting_id WHERE c.id = ?1"
                 " ORDER BY k.kind, k.tail LIMIT ?2",
                 DB_WITH(db_int(full->row.id), db_int(STORE_PAGE_MAX)));
    int rc = row_list_read(store, rows, &list, read_contact);
    full->contacts = (const struct case_contact *)(void *)list.at;
    full->contacts_count = list.count;
    return rc;
}

int queue_show(struct store *store, struct arena *arena, int64_t case_id, int64_t now_unix_ms,
               struct case_full *ret_case)
{
    struct case_full full = {.fingerprint = "", .text_gone = ""};
    struct audit_entry *history = NULL;
    struct picture_row *pictures = NULL;
    const struct audit_query of_case = {"case", case_id, 0, STORE_PAGE_MAX};
    int rc = queue_get(store, arena, case_id, now_unix_ms, &full.row);
    if (rc == OK)
        rc = read_version(store, arena, &full);
    if (rc == OK)
        rc = read_contacts(store, arena, &full);
    if (rc == OK)
        rc = audit_list(store, arena, &of_case, &history, &full.history_count);
    if (rc == OK)
        rc = pictures_of_case(store, arena, case_id, &pictures, &full.pictures_count);
    if (rc != OK)
        return rc;
    full.pictures = pictures;
    full.history = history;
    for (size_t i = 0; full.text_gone[0] != '\0' && i < full.history_count; i++)
        if (strcmp(history[i].action, "forget") == 0)
            full.text_gone = "request";
    *ret_case = full;
    return OK;
}
