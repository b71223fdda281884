/* migrations.c - the schema; see migrations.h.
 *
 * Once released a step never changes: a change is a new step. Types are INTEGER (64 bits), TEXT
 * and BLOB, in STRICT tables; an engine without those words swaps them (BIGINT, TEXT, BYTEA).
 * Times are milliseconds since 1970, UTC; 0: never or unknown. Digests and sketches are bytes.
 * Numbers of states, kinds and bands are those of the headers and are never renumbered; the last
 * lines of the comment at each table say what bounds its growth.
 *
 * Indexes serve one question each, named beside it. Partial ones keep the queues small however
 * many URLs and cases are settled. */
#include "storage/migrations.h"

#include <stdio.h>

/* urls.state: 0 pending 1 done 2 failed 3 gone 4 denied 5 poisoned; kind: 0 listing 1 sitemap
 * 2 feed 3 posting. fetches is the record of every request; both grow with the web seen. */
static const char frontier[] =
    "CREATE TABLE meta (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;"
    "CREATE TABLE sources (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE hosts (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " next_allowed INTEGER NOT NULL DEFAULT 0, delay_ms INTEGER NOT NULL DEFAULT 0,"
    " latency_ms INTEGER NOT NULL DEFAULT 0, backoff_ms INTEGER NOT NULL DEFAULT 0,"
    " failures INTEGER NOT NULL DEFAULT 0,"
    " lease_owner TEXT NOT NULL DEFAULT '', lease_ends INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE robots (host_id INTEGER PRIMARY KEY REFERENCES hosts (id),"
    " status INTEGER NOT NULL, fetched INTEGER NOT NULL, expires INTEGER NOT NULL,"
    " body BLOB NOT NULL, why TEXT NOT NULL) STRICT;"
    "CREATE TABLE rounds (id INTEGER PRIMARY KEY,"
    " source_id INTEGER NOT NULL REFERENCES sources (id),"
    " started INTEGER NOT NULL, finished INTEGER NOT NULL DEFAULT 0,"
    " pages INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,"
    " postings INTEGER NOT NULL DEFAULT 0, postings_new INTEGER NOT NULL DEFAULT 0,"
    " flagged INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,"
    " denied INTEGER NOT NULL DEFAULT 0, poisoned INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX rounds_of_source ON rounds (source_id, id);"
    "CREATE TABLE urls (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE,"
    " source_id INTEGER NOT NULL REFERENCES sources (id),"
    " host_id INTEGER NOT NULL REFERENCES hosts (id),"
    " kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),"
    " state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 5),"
    " depth INTEGER NOT NULL, referrer_id INTEGER NOT NULL DEFAULT 0,"
    " attempts INTEGER NOT NULL DEFAULT 0, next_try INTEGER NOT NULL DEFAULT 0,"
    " refetch INTEGER NOT NULL DEFAULT 0, fetched INTEGER NOT NULL DEFAULT 0,"
    " http_status INTEGER NOT NULL DEFAULT 0, etag TEXT NOT NULL DEFAULT '',"
    " last_modified TEXT NOT NULL DEFAULT '', digest BLOB, why TEXT NOT NULL DEFAULT '') STRICT;"
    "CREATE INDEX urls_pending ON urls (source_id, host_id, id) WHERE state = 0;"
    "CREATE INDEX urls_pending_all ON urls (source_id, id) WHERE state = 0;"
    "CREATE INDEX urls_refetch ON urls (source_id, refetch) WHERE refetch > 0;"
    "CREATE INDEX urls_lists ON urls (source_id, id) WHERE kind < 3;"
    "CREATE TABLE fetches (id INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
    " source_id INTEGER NOT NULL REFERENCES sources (id),"
    " host_id INTEGER NOT NULL REFERENCES hosts (id), url TEXT NOT NULL, kind TEXT NOT NULL,"
    " referrer TEXT NOT NULL, robots_rule TEXT NOT NULL, outcome TEXT NOT NULL,"
    " http_status INTEGER NOT NULL, bytes INTEGER NOT NULL, took_ms INTEGER NOT NULL) STRICT;"
    "CREATE INDEX fetches_of_host ON fetches (host_id, id);"
    "CREATE TABLE sweep_runs (id INTEGER PRIMARY KEY, started INTEGER NOT NULL,"
    " ended INTEGER NOT NULL DEFAULT 0, pages INTEGER NOT NULL DEFAULT 0,"
    " bytes INTEGER NOT NULL DEFAULT 0, postings INTEGER NOT NULL DEFAULT 0,"
    " postings_new INTEGER NOT NULL DEFAULT 0, flagged INTEGER NOT NULL DEFAULT 0,"
    " failed INTEGER NOT NULL DEFAULT 0, denied INTEGER NOT NULL DEFAULT 0,"
    " poisoned INTEGER NOT NULL DEFAULT 0, exit_code INTEGER NOT NULL DEFAULT 0,"
    " stopped_by TEXT NOT NULL DEFAULT '', bank TEXT NOT NULL, process_id INTEGER NOT NULL) STRICT;"
    "CREATE TABLE poisoned (id INTEGER PRIMARY KEY,"
    " url_id INTEGER NOT NULL REFERENCES urls (id), at INTEGER NOT NULL, why TEXT NOT NULL,"
    " evidence_id TEXT NOT NULL) STRICT;";

/* segments.state: 0 open 1 closed. A record is never removed: what retention takes away leaves its
 * row, with why and when. */
static const char evidence[] =
    "CREATE TABLE segments (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 1),"
    " bytes INTEGER NOT NULL DEFAULT 0, opened INTEGER NOT NULL) STRICT;"
    "CREATE INDEX segments_open ON segments (id) WHERE state = 0;"
    "CREATE TABLE records (id INTEGER PRIMARY KEY,"
    " segment_id INTEGER NOT NULL REFERENCES segments (id), record_id TEXT NOT NULL UNIQUE,"
    " type TEXT NOT NULL, url TEXT NOT NULL, at INTEGER NOT NULL, offset_bytes INTEGER NOT NULL,"
    " length_bytes INTEGER NOT NULL, block BLOB NOT NULL, payload BLOB, member BLOB NOT NULL,"
    " chain BLOB NOT NULL, keep_until INTEGER NOT NULL DEFAULT 0,"
    " purged INTEGER NOT NULL DEFAULT 0, purged_why TEXT NOT NULL DEFAULT '') STRICT;"
    "CREATE INDEX records_of_segment ON records (segment_id, id);"
    "CREATE INDEX records_to_purge ON records (keep_until) WHERE keep_until > 0;";

/* postings.band, versions.band: 0 clear 1 watch 2 review 3 urgent. Text columns are NULL where text
 * is not kept. text_until: when text must go, 0: by the case's state. */
static const char postings[] =
    "CREATE TABLE postings (id INTEGER PRIMARY KEY,"
    " source_id INTEGER NOT NULL REFERENCES sources (id), source_key TEXT NOT NULL,"
    " url TEXT NOT NULL, url_id INTEGER NOT NULL DEFAULT 0, first_seen INTEGER NOT NULL,"
    " last_seen INTEGER NOT NULL, band INTEGER NOT NULL CHECK (band BETWEEN 0 AND 3),"
    " version_id INTEGER NOT NULL DEFAULT 0, versions INTEGER NOT NULL DEFAULT 0,"
    " sampled INTEGER NOT NULL DEFAULT 0, UNIQUE (source_id, source_key)) STRICT;"
    "CREATE INDEX postings_of_page ON postings (url_id) WHERE url_id > 0;"
    "CREATE TABLE versions (id INTEGER PRIMARY KEY,"
    " posting_id INTEGER NOT NULL REFERENCES postings (id), fingerprint BLOB NOT NULL,"
    " sketch BLOB NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
    " band INTEGER NOT NULL CHECK (band BETWEEN 0 AND 3), logit INTEGER NOT NULL,"
    " task TEXT NOT NULL, indicator_level INTEGER NOT NULL, language TEXT NOT NULL,"
    " bank TEXT NOT NULL, rules TEXT NOT NULL, title TEXT, text TEXT, pay TEXT, place TEXT,"
    " employer TEXT, verdict TEXT, usd_min INTEGER NOT NULL DEFAULT 0,"
    " usd_max INTEGER NOT NULL DEFAULT 0, strongest TEXT NOT NULL DEFAULT '',"
    " reasons TEXT NOT NULL DEFAULT '', evidence_id TEXT NOT NULL DEFAULT '',"
    " text_until INTEGER NOT NULL DEFAULT 0, UNIQUE (posting_id, fingerprint)) STRICT;"
    "CREATE INDEX versions_like ON versions (fingerprint);"
    "CREATE INDEX versions_to_purge ON versions (text_until) WHERE text_until > 0;"
    "CREATE TABLE contacts (posting_id INTEGER NOT NULL REFERENCES postings (id),"
    " hash BLOB NOT NULL, kind TEXT NOT NULL, country TEXT NOT NULL, tail TEXT NOT NULL,"
    " PRIMARY KEY (posting_id, hash, kind)) STRICT;"
    "CREATE INDEX contacts_like ON contacts (hash);";

/* cases.state: 0 new 1 claimed 2 confirmed 3 dismissed 4 unsure. band_decided: the band the last
 * decision was made at. audit_head has one row: the end of the chain. */
static const char queue[] =
    "CREATE TABLE cases (id INTEGER PRIMARY KEY,"
    " posting_id INTEGER NOT NULL UNIQUE REFERENCES postings (id),"
    " version_id INTEGER NOT NULL REFERENCES versions (id),"
    " source_id INTEGER NOT NULL REFERENCES sources (id),"
    " state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 4),"
    " band INTEGER NOT NULL, band_decided INTEGER NOT NULL DEFAULT 0, logit INTEGER NOT NULL,"
    " task TEXT NOT NULL, language TEXT NOT NULL, created INTEGER NOT NULL,"
    " updated INTEGER NOT NULL, claimed_by TEXT NOT NULL DEFAULT '',"
    " lease_ends INTEGER NOT NULL DEFAULT 0, decided_by TEXT NOT NULL DEFAULT '',"
    " decided INTEGER NOT NULL DEFAULT 0, note TEXT NOT NULL DEFAULT '') STRICT;"
    "CREATE INDEX cases_ranked ON cases (logit DESC, id);"
    "CREATE INDEX cases_open ON cases (logit DESC, id) WHERE state < 2;"
    "CREATE INDEX cases_decided ON cases (decided) WHERE decided > 0;"
    "CREATE TABLE audit (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL,"
    " action TEXT NOT NULL, object TEXT NOT NULL, object_id INTEGER NOT NULL,"
    " was TEXT NOT NULL, became TEXT NOT NULL, why TEXT NOT NULL, hash BLOB NOT NULL) STRICT;"
    "CREATE INDEX audit_of ON audit (object, object_id, id);"
    "CREATE TABLE audit_head (id INTEGER PRIMARY KEY CHECK (id = 1), last_id INTEGER NOT NULL,"
    " hash BLOB NOT NULL) STRICT;"
    "INSERT INTO audit_head (id, last_id, hash)"
    " VALUES (1, 0, x'0000000000000000000000000000000000000000000000000000000000000000');";

/* An ad may have an id in one place and none in another: then its URL finds it. */
static const char postings_by_url[] = "CREATE INDEX postings_of_url ON postings (source_id, url);";

/* Several machines: whose segments and sweeps, who is at work; cases that two people decide; what
 * left the house; the random audit of unflagged ads; time stamps of the evidence. machines: a row a
 * machine. stamps: one a segment that was stamped. */
static const char machines[] =
    "ALTER TABLE segments ADD COLUMN machine TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE sweep_runs ADD COLUMN machine TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cases ADD COLUMN first_by TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cases ADD COLUMN first_state INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE cases ADD COLUMN exported INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX hosts_leased ON hosts (lease_owner) WHERE lease_ends > 0;"
    "CREATE INDEX versions_of_evidence ON versions (evidence_id) WHERE evidence_id <> '';"
    "CREATE INDEX records_to_go ON records (segment_id) WHERE purged = 0 AND purged_why <> '';"
    "CREATE INDEX segments_of_machine ON segments (machine, id);"
    "CREATE TABLE machines (name TEXT PRIMARY KEY NOT NULL, seen INTEGER NOT NULL) STRICT;"
    "CREATE TABLE checks (posting_id INTEGER PRIMARY KEY REFERENCES postings (id),"
    " at INTEGER NOT NULL, who TEXT NOT NULL, lure INTEGER NOT NULL, why TEXT NOT NULL) STRICT;"
    "CREATE TABLE stamps (id INTEGER PRIMARY KEY,"
    " segment_id INTEGER NOT NULL REFERENCES segments (id), at INTEGER NOT NULL,"
    " bytes INTEGER NOT NULL, chain BLOB NOT NULL, authority TEXT NOT NULL,"
    " token BLOB NOT NULL) STRICT;"
    "CREATE INDEX stamps_of_segment ON stamps (segment_id, id);";

/* What was asked of whom, and whether asked-about ads are still there. requests.state: 0 drafted
 * 1 sent 2 acknowledged 3 refused 4 withdrawn. rechecks.state: 0 up 1 changed 2 gone 3 back; one row
 * an ad. Both grow with what leaves the house. */
static const char requests[] =
    "CREATE TABLE requests (id INTEGER PRIMARY KEY,"
    " case_id INTEGER NOT NULL REFERENCES cases (id), recipient TEXT NOT NULL,"
    " name TEXT NOT NULL, kind TEXT NOT NULL, language TEXT NOT NULL, address TEXT NOT NULL,"
    " form TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 4),"
    " drafted INTEGER NOT NULL, drafted_by TEXT NOT NULL, approved INTEGER NOT NULL DEFAULT 0,"
    " approved_by TEXT NOT NULL DEFAULT '', sent INTEGER NOT NULL DEFAULT 0,"
    " sent_by TEXT NOT NULL DEFAULT '', changed INTEGER NOT NULL,"
    " why TEXT NOT NULL DEFAULT '', UNIQUE (case_id, recipient)) STRICT;"
    "CREATE TABLE rechecks (posting_id INTEGER PRIMARY KEY REFERENCES postings (id),"
    " case_id INTEGER NOT NULL REFERENCES cases (id), url_id INTEGER NOT NULL,"
    " version_id INTEGER NOT NULL, asked INTEGER NOT NULL,"
    " state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3),"
    " since INTEGER NOT NULL, checked INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL DEFAULT 0,"
    " wanted INTEGER NOT NULL DEFAULT 0, first_gone INTEGER NOT NULL DEFAULT 0,"
    " failures INTEGER NOT NULL DEFAULT 0, why TEXT NOT NULL DEFAULT '') STRICT;"
    "CREATE INDEX rechecks_due ON rechecks (next);"
    "CREATE INDEX rechecks_wanted ON rechecks (url_id) WHERE wanted > 0;";

/* What a sweep noticed (one row a finding), and how its rounds were made up (one row a round). The
 * index counts a source's requests of a day. */
static const char alarms[] =
    "CREATE TABLE alarms (id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL, at INTEGER NOT NULL,"
    " source TEXT NOT NULL, kind TEXT NOT NULL, why TEXT NOT NULL) STRICT;"
    "CREATE TABLE round_shapes (round_id INTEGER PRIMARY KEY REFERENCES rounds (id),"
    " lists INTEGER NOT NULL, lists_failed INTEGER NOT NULL, unchanged INTEGER NOT NULL,"
    " listed INTEGER NOT NULL, ads INTEGER NOT NULL, with_title INTEGER NOT NULL,"
    " with_text INTEGER NOT NULL, with_pay INTEGER NOT NULL, with_place INTEGER NOT NULL,"
    " with_employer INTEGER NOT NULL, image_only INTEGER NOT NULL) STRICT;"
    "CREATE INDEX fetches_of_source ON fetches (source_id, at);";

/* Campaigns (campaigns.h). campaigns.id is the id of a case in it. campaign_edges: what joins cases;
 * kind 0 contact 1 text 2 image 3 look; case_id is one that has it; dropped: when it was found to join too
 * much, 0: it counts. campaign_meets: the employers (what 0) and the texts or contacts (1) an edge
 * has met, as numbers, no more than it takes to drop it. A row or two a case in each, 25 bands for
 * a text unlike those known. */
static const char campaigns[] =
    "CREATE TABLE campaigns (id INTEGER PRIMARY KEY, cases INTEGER NOT NULL) STRICT;"
    "ALTER TABLE cases ADD COLUMN campaign INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX cases_of_campaign ON cases (campaign, id);"
    "CREATE TABLE campaign_edges (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
    " key BLOB NOT NULL, case_id INTEGER NOT NULL REFERENCES cases (id),"
    " employers INTEGER NOT NULL DEFAULT 0, others INTEGER NOT NULL DEFAULT 0,"
    " sketches INTEGER NOT NULL DEFAULT 0, dropped INTEGER NOT NULL DEFAULT 0,"
    " UNIQUE (kind, key)) STRICT;"
    "CREATE TABLE campaign_ties (case_id INTEGER NOT NULL REFERENCES cases (id),"
    " edge_id INTEGER NOT NULL, PRIMARY KEY (case_id, edge_id)) STRICT;"
    "CREATE TABLE campaign_meets (edge_id INTEGER NOT NULL, what INTEGER NOT NULL,"
    " met INTEGER NOT NULL, PRIMARY KEY (edge_id, what, met)) STRICT;"
    "CREATE TABLE campaign_sketches (id INTEGER PRIMARY KEY, edge_id INTEGER NOT NULL,"
    " sketch BLOB NOT NULL) STRICT;"
    "CREATE TABLE campaign_bands (id INTEGER PRIMARY KEY, band INTEGER NOT NULL,"
    " sketch_id INTEGER NOT NULL) STRICT;"
    "CREATE INDEX campaign_bands_like ON campaign_bands (band, sketch_id);";

/* Employers that were checked (employer_rows.h), a row each; which of them holds a case back. */
static const char employers[] =
    "CREATE TABLE employers (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,"
    " name TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, who TEXT NOT NULL,"
    " why TEXT NOT NULL) STRICT;"
    "ALTER TABLE cases ADD COLUMN employer_id INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX cases_of_employer ON cases (employer_id) WHERE employer_id > 0;";

/* The words of cases for search (case_words.h). worded: 0 to be put in, 1 in, 2 the text is gone. */
static const char words[] = "CREATE " CASE_WORDS_TABLE ";"
                            "ALTER TABLE cases ADD COLUMN worded INTEGER NOT NULL DEFAULT 0;"
                            "CREATE INDEX cases_unworded ON cases (id) WHERE worded = 0;"
                            "CREATE INDEX cases_judged ON cases (state) WHERE state IN (2, 3);";

/* Where a text's bands lead (campaign_bands.h): one tree in place of a table and its index, whose
 * pages lay apart. Twenty-five rows for a text unlike those known. */
static const char text_bands[] =
    "CREATE TABLE text_bands (band INTEGER NOT NULL, sketch_id INTEGER NOT NULL,"
    " PRIMARY KEY (band, sketch_id)) WITHOUT ROWID, STRICT;"
    "INSERT INTO text_bands (band, sketch_id)"
    " SELECT band, sketch_id FROM campaign_bands ORDER BY band, sketch_id;"
    "DROP INDEX campaign_bands_like;"
    "DROP TABLE campaign_bands;";

/* Pictures that cases show (picture_rows.h). record_id: '' until it is kept. */
static const char pictures[] =
    "CREATE TABLE pictures (case_id INTEGER NOT NULL REFERENCES cases (id),"
    " url_id INTEGER NOT NULL REFERENCES urls (id), digest BLOB,"
    " record_id TEXT NOT NULL DEFAULT '', PRIMARY KEY (case_id, url_id)) STRICT;"
    "CREATE INDEX pictures_of_url ON pictures (url_id, case_id);"
    "CREATE INDEX pictures_of_record ON pictures (record_id) WHERE record_id <> '';";

/* What each ad counts as in the report, and the sums by day and by month (tally.h). postings.tallied:
 * 0 to be counted. tally grows with boards, places, tasks, languages and days; tally_pay by four rows
 * a case at most. */
static const char tallies[] =
    "ALTER TABLE postings ADD COLUMN tallied INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE postings ADD COLUMN seen_as INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE postings ADD COLUMN seen_task TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE postings ADD COLUMN seen_language TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE postings ADD COLUMN case_as INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE postings ADD COLUMN case_task TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE postings ADD COLUMN case_language TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE postings ADD COLUMN case_place TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE postings ADD COLUMN case_usd INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE postings ADD COLUMN case_ratio INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX postings_untallied ON postings (id) WHERE tallied = 0;"
    "CREATE TABLE tally (period INTEGER NOT NULL, by_what INTEGER NOT NULL, name TEXT NOT NULL,"
    " counted_as INTEGER NOT NULL, ads INTEGER NOT NULL,"
    " PRIMARY KEY (period, by_what, name, counted_as)) WITHOUT ROWID, STRICT;"
    "CREATE TABLE tally_pay (period INTEGER NOT NULL, what INTEGER NOT NULL, task TEXT NOT NULL,"
    " value INTEGER NOT NULL, ads INTEGER NOT NULL,"
    " PRIMARY KEY (period, what, task, value)) WITHOUT ROWID, STRICT;"
    "CREATE INDEX rechecks_of_case ON rechecks (case_id);";

/* How pictures look (look_rows.h): a row a picture, whose look is NULL where it has none and edge_id
 * 0 where it is in no family; who shows it; and where a look's bands lead: 17 rows a family. */
static const char looks[] =
    "CREATE TABLE images (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, look BLOB,"
    " edge_id INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX images_of_family ON images (edge_id) WHERE edge_id > 0;"
    "CREATE TABLE image_cases (case_id INTEGER NOT NULL REFERENCES cases (id),"
    " image_id INTEGER NOT NULL REFERENCES images (id), PRIMARY KEY (case_id, image_id)) STRICT;"
    "CREATE INDEX image_cases_of_image ON image_cases (image_id, case_id);"
    "CREATE TABLE look_bands (band INTEGER NOT NULL, edge_id INTEGER NOT NULL,"
    " PRIMARY KEY (band, edge_id)) WITHOUT ROWID, STRICT;"
    "INSERT INTO images (digest) SELECT key FROM campaign_edges WHERE kind = 2 ORDER BY id;"
    "INSERT INTO image_cases (case_id, image_id) SELECT t.case_id, i.id FROM campaign_ties t"
    " JOIN campaign_edges e ON e.id = t.edge_id AND e.kind = 2 JOIN images i ON i.digest = e.key;";

/* Lists by a filter, in the queue's order; the words of places, which are marked from now on. */
static const char lists[] =
    "UPDATE cases SET worded = 0 WHERE worded = 1;"
    "CREATE INDEX cases_open_of_source ON cases (source_id, logit DESC, id) WHERE state < 2;"
    "CREATE INDEX cases_open_of_task ON cases (task, logit DESC, id) WHERE state < 2;"
    "CREATE INDEX cases_open_of_language ON cases (language, logit DESC, id) WHERE state < 2;"
    "DROP INDEX cases_judged;"
    "CREATE INDEX cases_in_state ON cases (state, logit DESC, id) WHERE state >= 2;"
    "CREATE INDEX cases_half_decided ON cases (logit DESC, id) WHERE first_by <> '';";

/* What each rule found, for the alarm of one that finds no more (rule_rows.h); nothing of any ad is in
 * it. rules: a row for each id of a bank, until 90 days after it left the bank. rule_notes: a row for
 * each source and transaction of a sweep, until its end counts them into the other two, which keep
 * 90 days: rule_runs a row a sweep and source, rule_days a row a rule, source and day with a hit.
 * stands: 1 while the rule is in the bank and runs. *_run: sweep_runs.id, 0 never. */
static const char rule_counts[] =
    "CREATE TABLE rules (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, digest BLOB NOT NULL,"
    " stands INTEGER NOT NULL, first_run INTEGER NOT NULL,"
    " changed_run INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL DEFAULT 0,"
    " last_run INTEGER NOT NULL DEFAULT 0, last_hit INTEGER NOT NULL DEFAULT 0,"
    " silent INTEGER NOT NULL DEFAULT 0, ads INTEGER NOT NULL DEFAULT 0,"
    " expected INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE rule_notes (id INTEGER PRIMARY KEY,"
    " source_id INTEGER NOT NULL REFERENCES sources (id), ads INTEGER NOT NULL,"
    " hits TEXT NOT NULL) STRICT;"
    "CREATE TABLE rule_runs (run_id INTEGER NOT NULL,"
    " source_id INTEGER NOT NULL REFERENCES sources (id), day INTEGER NOT NULL,"
    " ads INTEGER NOT NULL, PRIMARY KEY (run_id, source_id)) WITHOUT ROWID, STRICT;"
    "CREATE TABLE rule_days (rule_id INTEGER NOT NULL REFERENCES rules (id),"
    " source_id INTEGER NOT NULL REFERENCES sources (id), day INTEGER NOT NULL,"
    " hits INTEGER NOT NULL, PRIMARY KEY (rule_id, source_id, day)) WITHOUT ROWID, STRICT;";

#define STEP_PARTS_MAX 4
static const char *const steps[][STEP_PARTS_MAX] = {
    {frontier, evidence, postings, queue}, /* 1 */
    {postings_by_url},                     /* 2 */
    {machines},                            /* 3 */
    {requests},                            /* 4 */
    {alarms},                              /* 5 */
    {campaigns},                           /* 6 */
    {employers},                           /* 7 */
    {words},                               /* 8 */
    {text_bands},                          /* 9 */
    {pictures},                            /* 10 */
    {tallies},                             /* 11 */
    {looks},                               /* 12 */
    {lists},                               /* 13 */
    {rule_counts},                         /* 14 */
};

uint32_t migrations_version(void)
{
    return (uint32_t)(sizeof steps / sizeof steps[0]);
}

int migrations_read(struct db *db, uint32_t *ret_version)
{
    int64_t tables = 0, ours = 0, version = 0;
    int rc = db_tables(db, "meta", &tables, &ours);
    if (rc != OK)
        return rc;
    if (tables == 0) {
        *ret_version = 0;
        return OK;
    }
    if (ours != 0)
        rc = db_number(db, &version, "SELECT value FROM meta WHERE name = 'schema'", DB_NONE);
    if (ours == 0 || rc == ERR_NOT_FOUND || (rc == OK && (version < 1 || version > UINT32_MAX)))
        return failure_set(db_failure(db), ERR_STORE,
                           "%s is a database, but not a lurewatch store: name another file in the "
                           "configuration (store)",
                           db_path(db));
    *ret_version = (uint32_t)version;
    return rc;
}

static int run_steps(struct db *db, uint32_t from)
{
    int rc = OK;
    for (uint32_t step = from; step < migrations_version() && rc == OK; step++)
        for (size_t part = 0; part < STEP_PARTS_MAX && rc == OK; part++)
            if (steps[step][part] != NULL)
                rc = db_script(db, steps[step][part]);
    if (rc != OK)
        return rc;
    char number[16];
    snprintf(number, sizeof number, "%u", migrations_version());
    return db_run(db,
                  "INSERT INTO meta (name, value) VALUES ('schema', ?1)"
                  " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                  DB_WITH(db_text(number)));
}

int migrations_run(struct db *db)
{
    uint32_t from = 0;
    int rc = db_begin(db);
    if (rc != OK)
        return rc;
    rc = migrations_read(db, &from);
    if (rc == OK && from < migrations_version())
        rc = run_steps(db, from);
    if (rc != OK) {
        db_rollback(db);
        return rc;
    }
    return db_commit(db);
}
