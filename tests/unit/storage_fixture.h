/* What the tests of storage/ and review/ share: a folder with a store, an ad, its verdict. */
#ifndef LUREWATCH_STORAGE_FIXTURE_H
#define LUREWATCH_STORAGE_FIXTURE_H

#include "storage/db.h"
#include "storage/evidence.h"
#include "storage/posting_rows.h"
#include "storage/queue.h"
#include "storage/queue_counts.h"
#include "storage/sweep_rows.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW 1795512345000LL /* 2026-11-24 */

struct place {
    char dir[64], file[96], url[512], evidence_dir[96];
    struct arena *arena;
    struct store *store;
    struct evidence *evidence;
    struct contact_key key;
};

static inline void expect_ok(struct store *store, int rc)
{
    if (rc != OK)
        fail_msg("%s: %s", err_name(rc), store_failure(store)->text);
}

static inline struct evidence *open_evidence(struct place *place)
{
    const struct evidence_settings settings = {.dir = place->evidence_dir,
                                               .software = "lurewatch 0.1.0",
                                               .operator_name = "Example desk",
                                               .user_agent =
                                                   "lurewatch/0.1 (+https://desk.example/)"};
    struct evidence *evidence = NULL;
    struct failure why = {0};
    if (evidence_open(place->store, &settings, &evidence, &why) != OK)
        fail_msg("%s", why.text);
    return evidence;
}

static inline void open_all(struct place *place)
{
    struct failure why = {0};
    if (store_open(place->url, STORE_CREATE, &place->store, &why) != OK)
        fail_msg("%s", why.text);
    place->evidence = open_evidence(place);
}

static inline void close_all(struct place *place)
{
    evidence_close(place->evidence);
    store_close(place->store);
    place->evidence = NULL;
    place->store = NULL;
}

/* The same tests run on PostgreSQL where LUREWATCH_TEST_POSTGRES names a database, by a URL that
 * has a query part: each test gets a schema of its own there. */
static inline const char *test_postgres(void)
{
    const char *url = getenv("LUREWATCH_TEST_POSTGRES");
    return url != NULL && url[0] != '\0' ? url : NULL;
}

static inline void schema_run(const struct place *place, const char *verb)
{
    struct db *db = NULL;
    struct failure why = {0};
    char sql[160];
    const char *name = strrchr(place->dir, '-') + 1;
    if (db_open(test_postgres(), 0, &db, &why) != OK)
        fail_msg("%s", why.text);
    snprintf(sql, sizeof sql, "%s SCHEMA unit_%s%s", verb, name, verb[0] == 'D' ? " CASCADE" : "");
    if (db_script(db, sql) != OK)
        fail_msg("%s", db_failure(db)->text);
    db_close(db);
}

/* For tests of what only a file of ours can show. */
#define SKIP_ON_POSTGRES()                                                                         \
    do {                                                                                           \
        if (test_postgres() != NULL)                                                               \
            return;                                                                                \
    } while (0)

static inline void make_url(struct place *place)
{
    snprintf(place->url, sizeof place->url, "sqlite:%s", place->file);
    if (test_postgres() == NULL)
        return;
    schema_run(place, "CREATE");
    snprintf(place->url, sizeof place->url, "%s&options=-csearch_path%%3Dunit_%s", test_postgres(),
             strrchr(place->dir, '-') + 1);
}

static inline int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    snprintf(place->dir, sizeof place->dir, "/tmp/lurewatch-unit-XXXXXX");
    assert_non_null(mkdtemp(place->dir));
    snprintf(place->file, sizeof place->file, "%s/store.db", place->dir);
    make_url(place);
    snprintf(place->evidence_dir, sizeof place->evidence_dir, "%s/evidence", place->dir);
    assert_int_equal(arena_create(64u << 20, &place->arena), OK);
    memset(place->key.bytes, 7, sizeof place->key.bytes);
    open_all(place);
    *state = place;
    return 0;
}

static inline void empty_folder(const char *path)
{
    DIR *dir = opendir(path);
    char file[512];
    for (struct dirent *entry = NULL; dir != NULL && (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        unlink(file);
    }
    if (dir != NULL)
        closedir(dir);
    rmdir(path);
}

static inline int drop_place(void **state)
{
    struct place *place = *state;
    close_all(place);
    arena_free(place->arena);
    empty_folder(place->evidence_dir);
    empty_folder(place->dir);
    if (test_postgres() != NULL)
        schema_run(place, "DROP");
    free(place);
    return 0;
}

/* An ad whose text names a messenger handle, and a verdict that quotes it. */
struct ad {
    struct posting posting;
    struct verdict verdict;
    struct finding findings[4];
    struct contact_found contacts[2];
    struct place_found places[1];
    struct posting_seen seen;
};

static inline uint32_t offset_of(const char *text, const char *words)
{
    const char *at = strstr(text, words);
    assert_non_null(at);
    return (uint32_t)(at - text);
}

#define AD_TEXT                                                                                    \
    "Admin slot di Bavet, gaji 1200 USD, tiket ditanggung. Hub t.me/kerja_contoh99 cepat"

static inline struct finding finding_at(const char *id, const char *title, const char *words,
                                        int32_t points)
{
    uint32_t start = offset_of(AD_TEXT, words);
    return (struct finding){.kind = FINDING_RULE,
                            .id = slice_of(id),
                            .family = SLICE("gambling"),
                            .title = slice_of(title),
                            .points_tenths = points,
                            .field = POSTING_TEXT,
                            .start_bytes = start,
                            .end_bytes = start + (uint32_t)strlen(words),
                            .quote = slice_of(words)};
}

static inline void make_ad(struct ad *ad, const char *url)
{
    memset(ad, 0, sizeof *ad);
    posting_init(&ad->posting);
    ad->posting.field[POSTING_TITLE] = SLICE("Customer Service");
    ad->posting.field[POSTING_TEXT] = SLICE(AD_TEXT);
    ad->posting.field[POSTING_PAY] = SLICE("1200 USD");
    ad->posting.field[POSTING_PLACE] = SLICE("Bavet");
    ad->posting.field[POSTING_EMPLOYER] = SLICE("=PT Contoh");
    ad->posting.attr[POSTING_URL] = slice_of(url);
    ad->findings[0] = finding_at("gambling.admin-slot.id", "Slot operator", "Admin slot", 24);
    ad->findings[1] =
        finding_at("contact.telegram.id", "Answer by messenger only", "Hub t.me/kerja_contoh99", 9);
    ad->findings[2] = finding_at("package.ticket-paid.id", "Ticket paid", "tiket ditanggung", 31);
    ad->findings[3] = (struct finding){.kind = FINDING_PRIOR,
                                       .id = SLICE("prior"),
                                       .family = SLICE_EMPTY,
                                       .title = SLICE("Prior"),
                                       .points_tenths = -69,
                                       .field = FINDING_NO_FIELD,
                                       .quote = SLICE_EMPTY};
    uint32_t handle = offset_of(AD_TEXT, "t.me/kerja_contoh99");
    ad->contacts[0] = (struct contact_found){.kind = CONTACT_TELEGRAM,
                                             .value = SLICE("kerja_contoh99"),
                                             .country = "",
                                             .field = POSTING_TEXT,
                                             .start_bytes = handle,
                                             .end_bytes = handle + 19};
    ad->places[0] = (struct place_found){.id = SLICE("KH-BAV"),
                                         .role = PLACE_DESTINATION,
                                         .risk = 'A',
                                         .quote = SLICE("Bavet"),
                                         .field = POSTING_PLACE,
                                         .start_bytes = 0,
                                         .end_bytes = 5};
    ad->verdict = (struct verdict){.band = BAND_URGENT,
                                   .task = TASK_GAMBLING,
                                   .indicator_level = 2,
                                   .logit_tenths = 32,
                                   .language = SLICE("id"),
                                   .findings = ad->findings,
                                   .findings_count = 4,
                                   .salary = {.currency = "USD",
                                              .cents_min = 120000,
                                              .cents_max = 120000,
                                              .usd_month_cents_min = 120000,
                                              .usd_month_cents_max = 120000,
                                              .baseline = SLICE("norm 2026"),
                                              .field = POSTING_PAY,
                                              .end_bytes = 8},
                                   .places = ad->places,
                                   .places_count = 1,
                                   .contacts = ad->contacts,
                                   .contacts_count = 1,
                                   .bank = SLICE("1-abcdef012345")};
    ad->seen = (struct posting_seen){.source = "board",
                                     .posting = &ad->posting,
                                     .verdict = &ad->verdict,
                                     .fingerprint = posting_fingerprint(&ad->posting),
                                     .sketch = sketch_of(ad->posting.field[POSTING_TEXT]),
                                     .seen_unix_ms = NOW};
}

static inline struct evidence_page page_of(const char *url)
{
    return (struct evidence_page){
        .url = url,
        .fetched_unix_ms = NOW,
        .ip = "192.0.2.7",
        .request = SLICE("GET /job/1 HTTP/1.1\r\nHost: board.example\r\n\r\n"),
        .response_head = SLICE("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"),
        .response_body = SLICE("<p>Admin slot di Bavet</p>"),
        .metadata = SLICE("{\"text\":\"Admin slot\"}"),
    };
}

/* Evidence, ad and case in one transaction, as a sweep does. */
static inline int put_ad(struct place *place, struct ad *ad, struct posting_stored *ret_stored)
{
    struct evidence_ref ref = {"", "", ""};
    struct evidence_page page = page_of("http://board.example/job/1");
    int rc = store_begin(place->store);
    if (rc != OK)
        return rc;
    if (verdict_is_flagged(&ad->verdict)) {
        rc = evidence_append(place->evidence, &page, &ref);
        ad->seen.evidence_id = ref.metadata_id;
    }
    if (rc == OK)
        rc = posting_put(place->store, &place->key, &ad->seen, ret_stored);
    ad->seen.evidence_id = NULL;
    if (rc == OK)
        return store_commit(place->store);
    store_rollback(place->store);
    return rc;
}

/* Are the words anywhere in the bytes of the store's file? Closes and opens the store. */
static inline bool file_holds(struct place *place, const char *words)
{
    const size_t room = 4u << 20;
    close_all(place);
    FILE *in = fopen(place->file, "rb");
    assert_non_null(in);
    char *bytes = malloc(room);
    size_t got = fread(bytes, 1, room, in);
    fclose(in);
    assert_true(got > 1000 && got < room);
    bool holds = memmem(bytes, got, words, strlen(words)) != NULL;
    free(bytes);
    open_all(place);
    return holds;
}

static inline uint64_t count_cases(struct place *place)
{
    struct queue_stats stats;
    uint64_t all = 0;
    expect_ok(place->store, queue_stats(place->store, NOW, &stats));
    for (int state = 0; state < CASE_STATE_COUNT; state++)
        all += stats.by_state[state];
    return all;
}

#endif
