/* store_bench STORE-URL FOLDER [CASES] [URLS] [QUEUE]: what the store costs, one line a figure.
 *
 * A disk probe (4 KiB and fdatasync in FOLDER), then: cases with evidence, 100 in a transaction and
 * one by one (durable when the call returns); URLs of a frontier and their bytes; claims out of a
 * queue of QUEUE cases, whose rows are made by SQL; hits of rules. The store must be new. */
#include "common/clock.h"
#include "storage/campaigns.h"
#include "storage/evidence.h"
#include "storage/posting_rows.h"
#include "storage/rule_rows.h"
#include "storage/rule_silence.h"
#include "storage/store_inside.h"
#include "storage/sweep_rows.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BATCH      100u
#define ALONE      200u
#define CLAIMS     500u
#define LINKS      500u
#define NOW        1795512345000LL
#define PAGE_BYTES 12000u

#define RULES        900u
#define RULES_FIRING 60u
#define RULE_SOURCES 50u

static void must(struct store *store, int rc)
{
    if (rc == OK)
        return;
    fprintf(stderr, "store_bench: %s\n", store_failure(store)->text);
    exit(74);
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static void tell(const char *what, double *ms, size_t count)
{
    qsort(ms, count, sizeof *ms, by_size);
    printf("%-34s median %8.3f ms, 99%% under %8.3f ms (%zu times)\n", what, ms[count / 2],
           ms[count * 99 / 100], count);
    fflush(stdout);
}

static double ms_since(int64_t began_us)
{
    return (double)(clock_mono_us() - began_us) / 1000;
}

static double probe(const char *folder)
{
    char path[512], block[4096] = {0};
    double ms[ALONE];
    snprintf(path, sizeof path, "%s/probe", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        exit(74);
    for (size_t i = 0; i < ALONE; i++) {
        int64_t began = clock_mono_us();
        if (pwrite(fd, block, sizeof block, (off_t)(i * sizeof block)) < 0 || fdatasync(fd) != 0)
            exit(74);
        ms[i] = ms_since(began);
    }
    close(fd);
    unlink(path);
    tell("probe: 4 KiB and fdatasync", ms, ALONE);
    return ms[ALONE / 2];
}

/* ---- cases ---- */

struct world {
    struct store *store;
    struct evidence *evidence;
    struct contact_key key;
    struct text_buf body;
    uint32_t made;
};

static void make_words(struct text_buf *out, uint32_t seed, size_t bytes)
{
    uint64_t state = seed * 2654435761u + 88172645463325252u;
    while (out->len < bytes) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        for (unsigned i = 0; i < 3 + state % 6; i++) {
            char letter = (char)('a' + (state >> (8 * i)) % 26);
            text_buf_add(out, &letter, 1);
        }
        text_buf_add_str(out, " ");
    }
}

/* A case and its page of some 12 KB, inside the caller's transaction. */
static void put_case(struct world *world)
{
    char url[96], contact[32];
    uint32_t n = world->made++;
    struct text_buf text;
    struct posting posting;
    struct posting_stored stored = {0};
    struct evidence_ref ref;
    text_buf_init(&text, 1u << 20);
    make_words(&text, n, 700);
    snprintf(url, sizeof url, "https://board.example/job/%u", n);
    snprintf(contact, sizeof contact, "contoh_%u", n / 3);
    posting_init(&posting);
    posting.field[POSTING_TITLE] = SLICE("Customer Service");
    posting.field[POSTING_TEXT] = text_buf_slice(&text);
    posting.field[POSTING_EMPLOYER] = SLICE("Contoh");
    posting.attr[POSTING_URL] = slice_of(url);
    struct contact_found found = {
        .kind = CONTACT_TELEGRAM, .value = slice_of(contact), .country = "", .field = -1};
    struct verdict verdict = {.band = BAND_URGENT,
                              .task = TASK_GAMBLING,
                              .indicator_level = 2,
                              .logit_tenths = (int32_t)(n % 90),
                              .language = SLICE("id"),
                              .contacts = &found,
                              .contacts_count = 1,
                              .bank = SLICE("1-abcdef012345")};
    const struct evidence_page page = {
        .url = url,
        .fetched_unix_ms = NOW,
        .ip = "192.0.2.7",
        .request = SLICE("GET /job HTTP/1.1\r\nHost: board.example\r\n\r\n"),
        .response_head = SLICE("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"),
        .response_body = text_buf_slice(&world->body),
        .metadata = text_buf_slice(&text)};
    must(world->store, evidence_append(world->evidence, &page, &ref));
    const struct posting_seen seen = {.source = "bench",
                                      .posting = &posting,
                                      .verdict = &verdict,
                                      .fingerprint = posting_fingerprint(&posting),
                                      .sketch = sketch_of(posting.field[POSTING_TEXT]),
                                      .seen_unix_ms = NOW,
                                      .evidence_id = ref.metadata_id};
    must(world->store, posting_put(world->store, &world->key, &seen, &stored));
    text_buf_release(&text);
}

static void bench_cases(struct world *world, uint32_t cases, double probe_ms)
{
    double ms[ALONE];
    int64_t began = clock_mono_us();
    for (uint32_t i = 0; i < cases; i += BATCH) {
        must(world->store, store_begin(world->store));
        for (uint32_t k = 0; k < BATCH; k++)
            put_case(world);
        must(world->store, store_commit(world->store));
    }
    double seconds = ms_since(began) / 1000;
    printf("%-34s %8.0f cases/s with evidence and campaign (%u, %u in a transaction)\n", "cases",
           cases / seconds, cases, BATCH);
    for (size_t i = 0; i < ALONE; i++) {
        began = clock_mono_us();
        must(world->store, store_begin(world->store));
        put_case(world);
        must(world->store, store_commit(world->store));
        ms[i] = ms_since(began);
    }
    tell("one case, durable", ms, ALONE);
    printf("%-34s %8.1f of the probe\n", "", ms[ALONE / 2] / (probe_ms > 0 ? probe_ms : 1));
}

/* ---- URLs ---- */

static int64_t size_of(struct store *store, const char *url)
{
    struct stat about;
    int64_t bytes = 0;
    if (strncmp(url, "sqlite:", 7) == 0)
        return stat(url + 7, &about) == 0 ? (int64_t)about.st_size : 0;
    must(store, db_number(store_db(store), &bytes, "SELECT pg_database_size(current_database())",
                          DB_NONE));
    return bytes;
}

static void bench_urls(struct store *store, const char *store_url, uint32_t urls)
{
    static char text[LINKS][96];
    static struct url_link links[LINKS];
    int64_t before = size_of(store, store_url), began = clock_mono_us();
    for (uint32_t i = 0; i < urls; i += LINKS) {
        for (uint32_t k = 0; k < LINKS; k++) {
            snprintf(text[k], sizeof text[k],
                     "https://board%u.example/jobs/2026/11/vacancy-%u-%08x", (i + k) % 50, i + k,
                     (i + k) * 2654435761u);
            links[k] = (struct url_link){text[k], "board.example", URL_POSTING, 1, 0};
        }
        must(store, store_begin(store));
        must(store, urls_add(store, "bench", links, LINKS, NULL));
        must(store, store_commit(store));
    }
    double seconds = ms_since(began) / 1000;
    double bytes = (double)(size_of(store, store_url) - before);
    printf("%-34s %8.0f URLs/s, %.0f MB a million URLs (%u)\n", "frontier", urls / seconds,
           bytes / urls, urls);
    fflush(stdout);
}

/* ---- a long queue ---- */

#define NUMBERS                                                                                    \
    "WITH RECURSIVE n(i) AS (SELECT CAST(1000000 AS BIGINT) UNION ALL SELECT i + 1 FROM n"         \
    " WHERE i < ?1) "

static void fill_queue(struct store *store, uint32_t cases)
{
    static const char *const fill[] = {
        NUMBERS
        "INSERT INTO postings (id, source_id, source_key, url, first_seen, last_seen, band)"
        " SELECT i, 1, CAST(i AS TEXT), 'https://board.example/' || CAST(i AS TEXT), 1, 1, 3"
        " FROM n",
        NUMBERS "INSERT INTO versions (id, posting_id, fingerprint, sketch, first_seen, last_seen,"
                " band, logit, task, indicator_level, language, bank, rules, title, employer)"
                " SELECT i, i, x'00', x'00', 1, 1, 3, (i * 7919) % 120 - 20, 'gambling', 2, 'id',"
                " 'b', '', 'Customer Service', 'Contoh' FROM n",
        NUMBERS "INSERT INTO campaigns (id, cases) SELECT i, 1 FROM n",
        NUMBERS
        "INSERT INTO cases (id, posting_id, version_id, source_id, band, logit, task,"
        " language, created, updated, campaign) SELECT i, i, i, 1, 3, (i * 7919) % 120 - 20,"
        " 'gambling', 'id', 1, 1, i FROM n"};
    must(store, store_begin(store));
    for (size_t i = 0; i < sizeof fill / sizeof fill[0]; i++)
        must(store, db_run(store_db(store), fill[i],
                           DB_WITH(db_int(INT64_C(1000000) + (int64_t)cases - 1))));
    must(store, store_commit(store));
    if (store_path(store)[0] == '\0') /* a server looks at its tables in its own time; not here */
        must(store, db_script(store_db(store), "ANALYZE"));
}

static void bench_queue(struct store *store, uint32_t cases)
{
    double claims[CLAIMS], lists[CLAIMS], decisions[CLAIMS];
    struct arena *arena = NULL;
    struct queue_act act = {"ani", "seen", NOW};
    fill_queue(store, cases);
    if (arena_create(64u << 20, &arena) != OK)
        exit(70);
    for (size_t i = 0; i < CLAIMS; i++) {
        struct case_row *rows = NULL;
        const struct case_query query = {.task = -1, .band = -1, .now_unix_ms = NOW, .limit = 50};
        size_t count = 0;
        int64_t id = 0, began = clock_mono_us();
        must(store, queue_list(store, arena, &query, &rows, &count));
        lists[i] = ms_since(began);
        began = clock_mono_us();
        must(store, queue_claim(store, 0, &act, 3600000, &id));
        claims[i] = ms_since(began);
        began = clock_mono_us();
        must(store, queue_decide(store, id, CASE_CONFIRMED, &act));
        decisions[i] = ms_since(began);
        arena_reset(arena);
    }
    printf("queue of %u cases\n", cases);
    tell("  the first 50", lists, CLAIMS);
    tell("  claim the next, durable", claims, CLAIMS);
    tell("  decide, durable", decisions, CLAIMS);
    arena_free(arena);
}

/* 90 days of a large desk: each day every source has ads, on which some of the rules fire. The last
 * sweep reads half of the sources, so that rules of the others did not fire and are judged. */
static void bench_rules(struct store *store)
{
    struct rule_stand *rules = calloc(RULES, sizeof *rules);
    uint32_t *hits = calloc(RULES, sizeof *hits);
    double notes[RULE_DAYS], counts[RULE_DAYS];
    char(*names)[24] = calloc(RULES, sizeof *names);
    struct arena *arena = NULL;
    if (rules == NULL || hits == NULL || names == NULL || arena_create(256u << 20, &arena) != OK)
        exit(70);
    for (uint32_t i = 0; i < RULES; i++) {
        snprintf(names[i], sizeof names[i], "bench.rule-%03u.id", i);
        rules[i] = (struct rule_stand){.name = slice_of(names[i]), .digest = digest_of(SLICE("x"))};
    }
    for (int64_t day = 0; day < RULE_DAYS; day++) {
        struct rule_quiet *quiet = NULL;
        size_t quiet_count = 0;
        uint32_t sources = day == RULE_DAYS - 1 ? RULE_SOURCES / 2 : RULE_SOURCES;
        must(store, rules_stand(store, rules, RULES, day + 1, NOW + day * 86400000));
        int64_t began = clock_mono_us();
        must(store, store_begin(store));
        for (uint32_t source = 0; source < sources; source++) {
            char name[24];
            snprintf(name, sizeof name, "bench%u", source);
            memset(hits, 0, RULES * sizeof *hits);
            for (uint32_t k = 0; k < RULES_FIRING; k++)
                hits[(source * 17 + k * 7) % RULES] = 1 + k % 3;
            must(store, rule_note(store, name, 100, rules, hits, RULES));
        }
        must(store, store_commit(store));
        notes[day] = ms_since(began) / sources;
        began = clock_mono_us();
        must(store, rules_count(store, arena, day + 1, NOW + day * 86400000, &quiet, &quiet_count));
        counts[day] = ms_since(began);
        arena_reset(arena);
    }
    printf("rules: %u of %u fire on each of %u sources, %d days; the last sweep %.1f ms\n",
           RULES_FIRING, RULES, RULE_SOURCES, RULE_DAYS, counts[RULE_DAYS - 1]);
    tell("  note of a source", notes, RULE_DAYS);
    tell("  count at a sweep's end", counts, RULE_DAYS);
    arena_free(arena);
    free(names);
    free(hits);
    free(rules);
}

int main(int argc, char **argv)
{
    struct world world = {.store = NULL};
    struct failure why = {.code = OK};
    char dir[400];
    if (argc < 3)
        return 64;
    uint32_t cases = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 10000;
    uint32_t urls = argc > 4 ? (uint32_t)strtoul(argv[4], NULL, 10) : 100000;
    uint32_t queue = argc > 5 ? (uint32_t)strtoul(argv[5], NULL, 10) : 1000000;
    snprintf(dir, sizeof dir, "%s/evidence", argv[2]);
    const struct evidence_settings settings = {
        .dir = dir, .software = "bench", .user_agent = "bench"};
    if (store_open(argv[1], STORE_CREATE, &world.store, &why) != OK ||
        evidence_open(world.store, &settings, &world.evidence, &why) != OK) {
        fprintf(stderr, "store_bench: %s\n", why.text);
        return 74;
    }
    text_buf_init(&world.body, 1u << 20);
    make_words(&world.body, 7, PAGE_BYTES);
    bench_cases(&world, cases, probe(argv[2]));
    evidence_close(world.evidence);
    bench_urls(world.store, argv[1], urls);
    bench_queue(world.store, queue);
    bench_rules(world.store);
    store_close(world.store);
    text_buf_release(&world.body);
    return 0;
}
