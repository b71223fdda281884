/* posting_rows.c - an ad seen becomes its rows; see posting_rows.h.
 *
 *     posting  by source and key; last_seen, band and version are the newest
 *     version  by fingerprint; takes a new verdict, unless a case cites it and the new one is
 *              below review: a person judges what was flagged, with its text
 *     contacts keyed hashes, for bands that keep text
 *     case     for review and urgent
 * All in the caller's transaction, or one of its own. */
#include "storage/posting_rows.h"
#include "storage/campaigns.h"
#include "storage/mask.h"
#include "storage/posting_words.h"
#include "storage/queue_inside.h"
#include "storage/store_inside.h"
#include "storage/tally.h"

#include <string.h>

#define WORK_BYTES_MAX (64u << 20)
#define JSON_BYTES_MAX (16u << 20)

/* ---- identity ---- */

static struct slice key_of(const struct posting *posting)
{
    struct slice id = posting->attr[POSTING_ID];
    return id.len > 0 ? id : posting->attr[POSTING_URL];
}

bool posting_in_sample(const char *source, const struct posting *posting, int64_t per_mille)
{
    struct digest_stream *stream = NULL;
    if (per_mille <= 0 || digest_stream_create(&stream) != OK)
        return false;
    digest_stream_add(stream, SLICE("sample\n"));
    digest_stream_add(stream, slice_of(source));
    digest_stream_add(stream, SLICE("\n"));
    digest_stream_add(stream, key_of(posting));
    struct digest drawn = digest_stream_end(stream);
    digest_stream_free(stream);
    uint64_t number = 0;
    for (size_t i = 0; i < 6; i++)
        number = number << 8 | drawn.bytes[i];
    return (int64_t)(number % 1000) < per_mille;
}

/* The posting with this identity, or the one that stands at this URL of the source: a feed may give
 * an ad its id where its page gives none, or another. A URL with "#" names a place on a page that
 * holds several, which moves; it identifies nothing beside an id. ERR_NOT_FOUND. */
static int find_posting(struct store *store, int64_t source_id, const struct posting *posting,
                        int64_t *ret_id)
{
    struct db *db = store_db(store);
    struct slice url = posting->attr[POSTING_URL];
    int rc =
        db_number(db, ret_id, "SELECT id FROM postings WHERE source_id = ?1 AND source_key = ?2",
                  DB_WITH(db_int(source_id), db_slice(key_of(posting))));
    if (rc != ERR_NOT_FOUND || url.len == 0 || slice_find_char(url, '#') != SIZE_MAX)
        return rc;
    return db_number(db, ret_id,
                     "SELECT id FROM postings WHERE source_id = ?1 AND url = ?2 ORDER BY id"
                     " LIMIT 1",
                     DB_WITH(db_int(source_id), db_slice(url)));
}

int posting_look(struct store *store, const struct posting_seen *seen,
                 struct posting_known *ret_known)
{
    struct posting_known known = {false, false, false, false};
    int64_t source_id = 0, posting_id = 0;
    int rc = store_find_source(store, seen->source, &source_id);
    if (rc == OK)
        rc = find_posting(store, source_id, seen->posting, &posting_id);
    if (rc == ERR_NOT_FOUND) {
        *ret_known = known;
        return OK;
    }
    if (rc != OK)
        return rc;
    struct db *db = store_db(store);
    struct db_rows *rows = db_query(
        db, "SELECT evidence_id, bank FROM versions WHERE posting_id = ?1 AND fingerprint = ?2",
        DB_WITH(db_int(posting_id), db_digest(&seen->fingerprint)));
    known.known = true;
    if (db_next(rows)) {
        known.version_known = true;
        known.has_evidence = row_slice(rows, 0).len > 0;
        known.same_bank = slice_equal(row_slice(rows, 1), seen->verdict->bank);
    }
    rc = db_end(db, rows);
    if (rc == OK)
        *ret_known = known;
    return rc;
}

/* ---- the work of one put ---- */

struct work {
    struct store *store;
    struct arena *arena;
    const struct contact_key *key;
    const struct posting_seen *seen;
    struct masked masked;
    const char *rules, *strongest, *reasons, *verdict_json;
    bool flagged, keep_text;
    int64_t source_id, posting_id, version_id;
    bool is_new, is_new_version;
    bool version_cited; /* a case shows this version */
    bool same_verdict;
    struct slice evidence_before;
};

static int make_texts(struct work *work)
{
    const struct posting_seen *seen = work->seen;
    int rc = mask_contacts(work->arena, seen->posting, seen->verdict, &work->masked);
    if (rc == OK)
        rc = words_rules(work->arena, seen->verdict, &work->rules);
    if (rc == OK)
        rc = words_strongest(work->arena, &work->masked.verdict, &work->strongest);
    if (rc == OK)
        rc = words_reasons(work->arena, &work->masked.verdict, &work->reasons);
    if (rc != OK || !work->keep_text)
        return rc;
    struct text_buf out;
    struct json_writer writer;
    text_buf_init(&out, JSON_BYTES_MAX);
    json_writer_init(&writer, &out);
    verdict_to_json(&work->masked.verdict, SLICE_EMPTY, &writer);
    rc = text_buf_status(&out);
    if (rc == OK)
        work->verdict_json = arena_copy(work->arena, text_buf_cstr(&out), out.len);
    text_buf_release(&out);
    return rc == OK && work->verdict_json == NULL ? ERR_NOMEM : rc;
}

static int put_posting(struct work *work)
{
    const struct posting_seen *seen = work->seen;
    struct db *db = store_db(work->store);
    struct slice key = key_of(seen->posting);
    int rc = find_posting(work->store, work->source_id, seen->posting, &work->posting_id);
    if (rc == OK)
        return db_run(
            db,
            "UPDATE postings SET url = ?2, url_id = CASE WHEN ?3 > 0 THEN ?3 ELSE url_id END,"
            " last_seen = CASE WHEN last_seen < ?4 THEN ?4 ELSE last_seen END WHERE id = ?1",
            DB_WITH(db_int(work->posting_id), db_slice(seen->posting->attr[POSTING_URL]),
                    db_int(seen->url_id), db_int(seen->seen_unix_ms)));
    if (rc != ERR_NOT_FOUND)
        return rc;
    work->is_new = true;
    return db_number(db, &work->posting_id,
                     "INSERT INTO postings (source_id, source_key, url, url_id, first_seen,"
                     " last_seen, band) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6) RETURNING id",
                     DB_WITH(db_int(work->source_id), db_slice(key),
                             db_slice(seen->posting->attr[POSTING_URL]), db_int(seen->url_id),
                             db_int(seen->seen_unix_ms), db_int(seen->verdict->band)));
}

static int find_version(struct work *work)
{
    const struct posting_seen *seen = work->seen;
    struct db *db = store_db(work->store);
    struct db_rows *rows =
        db_query(db,
                 "SELECT v.id, v.evidence_id, v.bank, v.logit, v.band,"
                 " (SELECT count(*) FROM cases c WHERE c.posting_id = ?1 AND c.version_id = v.id)"
                 " FROM versions v WHERE v.posting_id = ?1 AND v.fingerprint = ?2",
                 DB_WITH(db_int(work->posting_id), db_digest(&seen->fingerprint)));
    work->is_new_version = true;
    if (db_next(rows)) {
        const char *evidence = row_text(rows, 1, work->arena);
        work->is_new_version = false;
        work->version_id = row_int(rows, 0);
        work->evidence_before = slice_of(evidence);
        work->same_verdict = slice_equal(row_slice(rows, 2), seen->verdict->bank) &&
                             row_int(rows, 3) == seen->verdict->logit_tenths &&
                             row_int(rows, 4) == (int64_t)seen->verdict->band;
        work->version_cited = row_int(rows, 5) > 0;
    }
    return db_end(db, rows);
}

static int check_evidence(struct work *work)
{
    const char *id = work->seen->evidence_id;
    const char *url = work->seen->posting->attr[POSTING_URL].at;
    int url_len = (int)work->seen->posting->attr[POSTING_URL].len;
    if (id == NULL || id[0] == '\0') {
        if (work->flagged && work->evidence_before.len == 0)
            return store_say(work->store, ERR_CONFLICT,
                             "%.*s: flagged, but without evidence: write that first", url_len, url);
        return OK;
    }
    int64_t known = 0;
    int rc = db_number(store_db(work->store), &known,
                       "SELECT count(*) FROM records WHERE record_id = ?1", DB_WITH(db_text(id)));
    if (rc == OK && known == 0)
        return store_say(work->store, ERR_NOT_FOUND, "%.*s: no evidence record %s", url_len, url,
                         id);
    return rc;
}

static struct db_value field_value(const struct work *work, enum posting_field field)
{
    return work->keep_text ? db_slice(work->masked.field[field]) : db_null();
}

static struct db_value evidence_value(const struct work *work)
{
    const char *id = work->seen->evidence_id;
    return id != NULL && id[0] != '\0' ? db_text(id) : db_slice(work->evidence_before);
}

static int64_t text_until(const struct work *work)
{
    bool sample_only =
        work->keep_text && work->seen->verdict->band == BAND_CLEAR && !work->seen->sent_in;
    return sample_only ? work->seen->seen_unix_ms + POSTING_SAMPLE_KEEP_MS : 0;
}

/* A version new to the store: its row with what does not change; judge_version() does the rest. */
static int insert_version(struct work *work)
{
    const struct posting_seen *seen = work->seen;
    struct slice sketch = slice_make((const char *)seen->sketch.bin, sizeof seen->sketch.bin);
    return db_number(store_db(work->store), &work->version_id,
                     "INSERT INTO versions (posting_id, fingerprint, sketch, first_seen, last_seen,"
                     " band, logit, task, indicator_level, language, bank, rules)"
                     " VALUES (?1, ?2, ?3, ?4, ?4, 0, 0, '', 0, '', '', '') RETURNING id",
                     DB_WITH(db_int(work->posting_id), db_digest(&seen->fingerprint),
                             db_bytes(sketch), db_int(seen->seen_unix_ms)));
}

static int judge_version(struct work *work)
{
    const struct verdict *verdict = work->seen->verdict;
    const struct salary *salary = &verdict->salary;
    return db_run(
        store_db(work->store),
        "UPDATE versions SET band = ?2, logit = ?3, task = ?4, indicator_level = ?5,"
        " language = ?6, bank = ?7, rules = ?8, title = ?9, text = ?10, pay = ?11, place = ?12,"
        " employer = ?13, verdict = ?14, usd_min = ?15, usd_max = ?16, strongest = ?17,"
        " reasons = ?18, evidence_id = ?19, text_until = ?20 WHERE id = ?1",
        DB_WITH(db_int(work->version_id), db_int(verdict->band), db_int(verdict->logit_tenths),
                db_text(task_name(verdict->task)), db_int(verdict->indicator_level),
                db_slice(verdict->language), db_slice(verdict->bank), db_text(work->rules),
                field_value(work, POSTING_TITLE), field_value(work, POSTING_TEXT),
                field_value(work, POSTING_PAY), field_value(work, POSTING_PLACE),
                field_value(work, POSTING_EMPLOYER),
                work->keep_text ? db_text(work->verdict_json) : db_null(),
                db_int(work->keep_text ? salary->usd_month_cents_min : 0),
                db_int(work->keep_text ? salary->usd_month_cents_max : 0),
                db_text(work->keep_text ? work->strongest : ""),
                db_text(work->keep_text ? work->reasons : ""), evidence_value(work),
                db_int(text_until(work))));
}

static int put_version(struct work *work)
{
    const struct posting_seen *seen = work->seen;
    int rc = find_version(work);
    if (rc == OK)
        rc = check_evidence(work);
    if (rc == OK && work->is_new_version)
        rc = insert_version(work);
    else if (rc == OK)
        rc = db_run(store_db(work->store),
                    "UPDATE versions SET last_seen = ?2 WHERE id = ?1 AND last_seen < ?2",
                    DB_WITH(db_int(work->version_id), db_int(seen->seen_unix_ms)));
    bool kept_for_its_case = work->version_cited && !work->flagged;
    bool same = work->same_verdict && (seen->evidence_id == NULL || seen->evidence_id[0] == '\0');
    if (rc == OK && !kept_for_its_case && !same)
        rc = judge_version(work);
    if (rc != OK)
        return rc;
    return db_run(store_db(work->store),
                  "UPDATE postings SET band = ?2, version_id = ?3, versions = versions + ?4,"
                  " sampled = CASE WHEN ?5 > 0 THEN 1 ELSE sampled END WHERE id = ?1",
                  DB_WITH(db_int(work->posting_id), db_int(seen->verdict->band),
                          db_int(work->version_id), db_int(work->is_new_version),
                          db_int(seen->sampled)));
}

static int put_contacts(struct work *work)
{
    const struct verdict *verdict = work->seen->verdict;
    int rc = OK;
    if (verdict->band == BAND_CLEAR && !work->seen->sent_in)
        return OK;
    for (size_t i = 0; i < verdict->contacts_count && rc == OK; i++) {
        const struct contact_found *contact = &verdict->contacts[i];
        char tail[CONTACT_TAIL_BYTES];
        struct digest hash = contact_key_hash(work->key, contact->kind, contact->value);
        rc = db_run(store_db(work->store),
                    "INSERT INTO contacts (posting_id, hash, kind, country, tail)"
                    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (posting_id, hash, kind) DO NOTHING",
                    DB_WITH(db_int(work->posting_id), db_digest(&hash),
                            db_text(contact_kind_name(contact->kind)), db_text(contact->country),
                            db_text(contact_tail(contact->value, tail))));
    }
    return rc;
}

static int put_case(struct work *work, struct case_change *ret_change)
{
    const struct case_put put = {work->posting_id, work->version_id, work->source_id,
                                 work->seen->verdict, work->seen->seen_unix_ms};
    if (!work->flagged)
        return OK;
    int rc = case_put(work->store, &put, ret_change);
    if (rc == OK && ret_change->is_changed)
        rc = campaign_join(work->store, ret_change->case_id, work->seen->seen_unix_ms);
    return rc;
}

static int put_inside(struct work *work, struct posting_stored *stored)
{
    struct case_change change = {0};
    int rc = make_texts(work);
    if (rc != OK)
        return store_no_memory(work->store);
    rc = store_source_id(work->store, work->seen->source, &work->source_id);
    if (rc == OK)
        rc = put_posting(work);
    if (rc == OK)
        rc = put_version(work);
    if (rc == OK)
        rc = put_contacts(work);
    if (rc == OK)
        rc = put_case(work, &change);
    if (rc == OK)
        rc = tally_put(work->store, work->posting_id);
    *stored = (struct posting_stored){
        .posting_id = work->posting_id,
        .version_id = work->version_id,
        .is_new = work->is_new,
        .is_new_version = work->is_new_version,
        .case_id = change.case_id,
        .case_is_new = change.is_new,
        .case_reopened = change.reopened,
    };
    return rc;
}

int posting_put(struct store *store, const struct contact_key *key, const struct posting_seen *seen,
                struct posting_stored *ret_stored)
{
    struct work work = {.store = store, .key = key, .seen = seen, .evidence_before = SLICE_EMPTY};
    struct posting_stored stored;
    bool own = false;
    work.flagged = verdict_is_flagged(seen->verdict) || seen->sent_in;
    work.keep_text = seen->verdict->band != BAND_CLEAR || seen->sampled || seen->sent_in;
    if (key_of(seen->posting).len == 0)
        return store_say(store, ERR_SYNTAX, "an ad of %s has neither id nor URL", seen->source);
    if (arena_create(WORK_BYTES_MAX, &work.arena) != OK)
        return store_no_memory(store);
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = put_inside(&work, &stored);
    rc = store_leave(store, own, rc);
    arena_free(work.arena);
    if (rc == OK)
        *ret_stored = stored;
    return rc;
}

/* ---- the rest ---- */

int postings_touch(struct store *store, int64_t url_id, int64_t now_unix_ms)
{
    bool own = false;
    struct db *db = store_db(store);
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = db_run(db,
                    "UPDATE versions SET last_seen = ?2 WHERE last_seen < ?2 AND id IN"
                    " (SELECT version_id FROM postings WHERE url_id = ?1 AND url_id > 0)",
                    DB_WITH(db_int(url_id), db_int(now_unix_ms)));
    if (rc == OK)
        rc = db_run(db,
                    "UPDATE postings SET last_seen = ?2 WHERE url_id = ?1 AND url_id > 0"
                    " AND last_seen < ?2",
                    DB_WITH(db_int(url_id), db_int(now_unix_ms)));
    return store_leave(store, own, rc);
}

int postings_count(struct store *store, struct posting_counts *ret_counts)
{
    struct posting_counts counts = {0};
    struct db *db = store_db(store);
    struct db_rows *rows = db_query(
        db, "SELECT band, count(*), sum(versions), sum(sampled) FROM postings GROUP BY band",
        DB_NONE);
    while (db_next(rows)) {
        int64_t band = row_int(rows, 0);
        uint64_t count = (uint64_t)row_int(rows, 1);
        if (band >= 0 && band < BAND_COUNT)
            counts.by_band[band] = count;
        counts.postings += count;
        counts.versions += (uint64_t)row_int(rows, 2);
        counts.sampled += (uint64_t)row_int(rows, 3);
    }
    int rc = db_end(db, rows);
    if (rc == OK)
        *ret_counts = counts;
    return rc;
}
