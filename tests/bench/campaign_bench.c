/* campaign_bench ADS [FILE]: groups generated ads into campaigns and holds the result against the
 * generator's truth.
 *
 * Crews of 1 to some hundreds of ads, in four scripts: a text of their own with words changed, one to
 * three contacts, invented firms; one ad in ten is written anew and shares a contact alone. Between
 * them what joins strangers: hotlines that ads of all crews name, and a template of a board that
 * firms of their own fill in. One line: time, cost of the first and of the last tenth, precision and
 * recall over pairs. Rows are written as a sweep would leave them, without verdicts; the time is that
 * of campaigns_fill() alone. Behind the first tenth and before the last, some cases are joined one by
 * one, each in a transaction of its own, as a sweep does. FILE: the store, which then stays. */
#include "common/clock.h"
#include "common/sketch.h"
#include "storage/campaigns.h"
#include "storage/db.h"
#include "storage/store_inside.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define SCRIPTS       4u
#define WORDS         4000u
#define WORD_BYTES    32u
#define TEXT_WORDS    90u
#define CREW_ADS_MAX  400u
#define BATCH         1000u
#define TEXT_BYTES    8192u
#define HOTLINES      8u
#define TEMPLATES     3u
#define TEXT_VARIANTS 3u
#define ALONE_MAX     2000u /* cases joined one by one */

static uint64_t seed = 20261124;
static char vocabulary[SCRIPTS][WORDS][WORD_BYTES];
static uint16_t templates[TEMPLATES][TEXT_WORDS];

struct crew {
    uint32_t number, ads_left, script, contacts;
    uint16_t text[TEXT_VARIANTS][TEXT_WORDS];
};

struct made { /* an ad to be stored */
    char text[TEXT_BYTES], employer[64];
    uint64_t contacts[3];
    size_t contacts_count;
};

static uint32_t draw(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)((seed >> 11) % below);
}

static void put_code(char *word, size_t *len, uint32_t code)
{
    if (code < 0x80) {
        word[(*len)++] = (char)code;
    } else if (code < 0x800) {
        word[(*len)++] = (char)(0xC0 | code >> 6);
        word[(*len)++] = (char)(0x80 | (code & 63));
    } else {
        word[(*len)++] = (char)(0xE0 | code >> 12);
        word[(*len)++] = (char)(0x80 | (code >> 6 & 63));
        word[(*len)++] = (char)(0x80 | (code & 63));
    }
}

static void make_words(void)
{
    static const struct {
        uint32_t first, count, letters;
    } scripts[SCRIPTS] = {{'a', 26, 7}, {0x430, 32, 7}, {0xE01, 46, 6}, {0x4E00, 3000, 2}};
    for (uint32_t script = 0; script < SCRIPTS; script++)
        for (uint32_t i = 0; i < WORDS; i++) {
            size_t len = 0;
            uint32_t letters = 1 + draw(scripts[script].letters) + (script < 3 ? 1 : 0);
            for (uint32_t k = 0; k < letters; k++)
                put_code(vocabulary[script][i], &len,
                         scripts[script].first + draw(scripts[script].count));
            vocabulary[script][i][len] = '\0';
        }
    for (uint32_t i = 0; i < TEMPLATES; i++)
        for (uint32_t k = 0; k < TEXT_WORDS; k++)
            templates[i][k] = (uint16_t)draw(WORDS);
}

/* Most crews are small, a few are large. */
static void begin_crew(struct crew *crew)
{
    double uniform = (draw(1u << 24) + 1) / (double)(1u << 24);
    double size = 1 / pow(uniform, 0.8);
    crew->number++;
    crew->ads_left = size > CREW_ADS_MAX ? CREW_ADS_MAX : (uint32_t)size;
    crew->script = draw(SCRIPTS);
    crew->contacts = 1 + draw(3);
    for (uint32_t i = 0; i < TEXT_VARIANTS; i++)
        for (uint32_t k = 0; k < TEXT_WORDS; k++)
            crew->text[i][k] = (uint16_t)draw(WORDS);
}

/* words of the text, each changed with the probability per_mille */
static void write_text(struct made *made, uint32_t script, const uint16_t *words,
                       uint32_t per_mille)
{
    size_t len = 0;
    for (uint32_t i = 0; i < TEXT_WORDS; i++) {
        uint32_t word = draw(1000) < per_mille ? draw(WORDS) : words[i];
        const char *letters = vocabulary[script][word];
        size_t letters_len = strlen(letters);
        memcpy(made->text + len, letters, letters_len);
        len += letters_len;
        made->text[len++] = ' ';
    }
    made->text[len] = '\0';
}

static void make_crew_ad(struct crew *crew, struct made *made)
{
    static uint32_t alone;
    uint16_t anew[TEXT_WORDS];
    if (draw(10) == 0) {
        for (uint32_t k = 0; k < TEXT_WORDS; k++)
            anew[k] = (uint16_t)draw(WORDS);
        write_text(made, crew->script, anew, 0);
    } else {
        write_text(made, crew->script, crew->text[draw(TEXT_VARIANTS)], draw(60));
    }
    snprintf(made->employer, sizeof made->employer, draw(3) == 0 ? "" : "Firm %u of %u", draw(6),
             crew->number);
    made->contacts[made->contacts_count++] = (uint64_t)crew->number << 8 | draw(crew->contacts);
    if (crew->contacts > 1 && draw(3) == 0) /* crews tell all their numbers now and then */
        made->contacts[made->contacts_count++] = (uint64_t)crew->number << 8 | 0;
    if (draw(40) == 0)
        made->contacts[made->contacts_count++] = UINT64_MAX - draw(HOTLINES);
    if (draw(200) == 0)
        snprintf(made->employer, sizeof made->employer, "Firm %u", 1000000 + alone++);
}

/* A firm of its own that filled in a board's template: a third of the words are its own. */
static void make_template_ad(struct made *made, uint32_t number)
{
    uint16_t words[TEXT_WORDS];
    memcpy(words, templates[draw(TEMPLATES)], sizeof words);
    write_text(made, 0, words, 60);
    snprintf(made->employer, sizeof made->employer, "Own firm %u", number);
    made->contacts[made->contacts_count++] = (uint64_t)1 << 60 | number;
}

/* ---- the store ---- */

static void must(struct store *store, int rc)
{
    if (rc == OK)
        return;
    fprintf(stderr, "campaign_bench: %s\n", store_failure(store)->text);
    exit(74);
}

static void put(struct store *store, int64_t id, const struct made *made)
{
    struct db *db = store_db(store);
    struct digest fingerprint = digest_of(slice_of(made->text));
    struct sketch sketch = sketch_of(slice_of(made->text));
    char key[32];
    snprintf(key, sizeof key, "%" PRId64, id);
    must(store, db_run(db,
                       "INSERT INTO postings (id, source_id, source_key, url, first_seen,"
                       " last_seen, band) VALUES (?1, 1, ?2, ?2, 1, 1, 3)",
                       DB_WITH(db_int(id), db_text(key))));
    must(store, db_run(db,
                       "INSERT INTO versions (id, posting_id, fingerprint, sketch, first_seen,"
                       " last_seen, band, logit, task, indicator_level, language, bank, rules,"
                       " employer) VALUES (?1, ?1, ?2, ?3, 1, 1, 3, 30, '', 2, '', '', '', ?4)",
                       DB_WITH(db_int(id), db_digest(&fingerprint),
                               db_bytes(slice_make((const char *)sketch.bin, sizeof sketch.bin)),
                               db_text(made->employer))));
    for (size_t i = 0; i < made->contacts_count; i++) {
        struct digest hash =
            digest_of(slice_make((const char *)&made->contacts[i], sizeof made->contacts[i]));
        must(store, db_run(db,
                           "INSERT INTO contacts (posting_id, hash, kind, country, tail)"
                           " VALUES (?1, ?2, 'phone', '', '') ON CONFLICT DO NOTHING",
                           DB_WITH(db_int(id), db_digest(&hash))));
    }
    must(store, db_run(db,
                       "INSERT INTO cases (id, posting_id, version_id, source_id, band, logit,"
                       " task, language, created, updated)"
                       " VALUES (?1, ?1, ?1, 1, 3, 30, '', '', 1, 1)",
                       DB_WITH(db_int(id))));
}

/* Crews post side by side, not one after the other. */
#define CREWS_AT_ONCE 64u

static void fill(struct store *store, uint32_t *truth, uint32_t ads)
{
    static struct crew crews[CREWS_AT_ONCE];
    uint32_t last = 0;
    for (uint32_t i = 0; i < ads; i++) {
        static struct made made;
        struct crew *crew = &crews[draw(CREWS_AT_ONCE)];
        made.contacts_count = 0;
        if (i % BATCH == 0)
            must(store, store_begin(store));
        if (draw(20) == 0) {
            truth[i] = ++last;
            make_template_ad(&made, i);
        } else {
            if (crew->ads_left == 0) {
                crew->number = last++;
                begin_crew(crew);
            }
            crew->ads_left--;
            truth[i] = crew->number;
            make_crew_ad(crew, &made);
        }
        put(store, i + 1, &made);
        if (i % BATCH == BATCH - 1 || i + 1 == ads)
            must(store, store_commit(store));
    }
}

/* ---- against the truth ---- */

struct pair {
    uint32_t truth, found;
};

static int by_truth(const void *a, const void *b)
{
    const struct pair *left = a, *right = b;
    if (left->truth != right->truth)
        return left->truth < right->truth ? -1 : 1;
    return left->found < right->found ? -1 : left->found > right->found;
}

static int by_found(const void *a, const void *b)
{
    const struct pair *left = a, *right = b;
    return left->found < right->found ? -1 : left->found > right->found;
}

static double pairs_of(uint64_t count)
{
    return (double)count * (double)(count - 1) / 2;
}

struct score {
    double right, truth, found;
};

static struct score hold(struct pair *pairs, uint32_t count)
{
    struct score score = {0};
    qsort(pairs, count, sizeof *pairs, by_truth);
    for (uint32_t i = 0, from = 0, inner = 0; i < count; i++) {
        bool truth_ends = i + 1 == count || pairs[i + 1].truth != pairs[i].truth;
        if (truth_ends || pairs[i + 1].found != pairs[i].found) {
            score.right += pairs_of(i + 1 - inner);
            inner = i + 1;
        }
        if (truth_ends) {
            score.truth += pairs_of(i + 1 - from);
            from = i + 1;
        }
    }
    qsort(pairs, count, sizeof *pairs, by_found);
    for (uint32_t i = 0, from = 0; i < count; i++)
        if (i + 1 == count || pairs[i + 1].found != pairs[i].found) {
            score.found += pairs_of(i + 1 - from);
            from = i + 1;
        }
    return score;
}

static void report(struct store *store, const uint32_t *truth, uint32_t ads, const double *seconds)
{
    struct pair *pairs = calloc(ads, sizeof *pairs);
    struct db *db = store_db(store);
    int64_t campaigns = 0, dropped = 0;
    if (pairs == NULL)
        exit(70);
    struct db_rows *rows = db_query(db, "SELECT id, campaign FROM cases ORDER BY id", DB_NONE);
    for (uint32_t i = 0; db_next(rows) && i < ads; i++)
        pairs[i] = (struct pair){truth[i], (uint32_t)row_int(rows, 1)};
    must(store, db_end(db, rows));
    must(store, db_number(db, &campaigns, "SELECT count(*) FROM campaigns", DB_NONE));
    must(store,
         db_number(db, &dropped, "SELECT count(*) FROM campaign_edges WHERE dropped > 0", DB_NONE));
    struct score score = hold(pairs, ads);
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
    printf("campaigns: %u ads in %.1f s (CPU %.0f us an ad; first tenth %.0f, last tenth %.0f), "
           "%" PRId64 " campaigns, %" PRId64 " edges dropped, precision %.4f, recall %.4f; "
           "%ld MB of memory at most, the generator's truth included\n",
           ads, seconds[0], (seconds[1] + seconds[2] + seconds[3]) * 1e6 / ads,
           seconds[1] * 1e7 / ads, seconds[3] * 1e7 / ads, campaigns, dropped,
           score.found > 0 ? score.right / score.found : 1,
           score.truth > 0 ? score.right / score.truth : 1, usage.ru_maxrss / 1024);
    free(pairs);
}

static double group(struct store *store, uint32_t ads, double *ret_cpu)
{
    double started = (double)clock_unix_ms() / 1000;
    clock_t cpu = clock();
    uint32_t count = 0;
    for (uint32_t done = 0; done < ads; done += count)
        must(store, campaigns_fill(
                        store, ads - done < CAMPAIGNS_FILL_MAX ? ads - done : CAMPAIGNS_FILL_MAX, 2,
                        &count));
    *ret_cpu = (double)(clock() - cpu) / CLOCKS_PER_SEC;
    return (double)clock_unix_ms() / 1000 - started;
}

/* Microseconds a case: CPU, and with what the disk takes. */
struct alone {
    double cpu_us, wall_us;
};

/* The next cases after `done`: ids are 1, 2, ... in the order of joining. */
static struct alone join_alone(struct store *store, uint32_t done, uint32_t count)
{
    double started = (double)clock_unix_ms() * 1000;
    clock_t cpu = clock();
    for (uint32_t i = 1; i <= count; i++)
        must(store, campaign_join(store, done + i, 2));
    return (struct alone){(double)(clock() - cpu) * 1e6 / CLOCKS_PER_SEC / count,
                          ((double)clock_unix_ms() * 1000 - started) / count};
}

int main(int argc, char **argv)
{
    char dir[] = "/tmp/lurewatch-bench-XXXXXX", url[512];
    struct store *store = NULL;
    struct failure why = {.code = OK};
    uint32_t ads = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;
    uint32_t *truth = calloc(ads + 1, sizeof *truth);
    double seconds[4] = {0}; /* all, and CPU of three parts */
    if (ads < 10 || truth == NULL || (argc <= 2 && mkdtemp(dir) == NULL))
        return 64;
    snprintf(url, sizeof url, "sqlite:%s%s", argc > 2 ? argv[2] : dir, argc > 2 ? "" : "/store.db");
    if (store_open(url, STORE_CREATE, &store, &why) != OK) {
        fprintf(stderr, "campaign_bench: %s\n", why.text);
        return 74;
    }
    make_words();
    must(store,
         db_run(store_db(store), "INSERT INTO sources (id, name) VALUES (1, 'bench')", DB_NONE));
    fill(store, truth, ads);
    uint32_t tenth = ads / 10, single = tenth / 4 < ALONE_MAX ? tenth / 4 + 1 : ALONE_MAX;
    struct alone alone[2];
    seconds[0] = group(store, tenth, &seconds[1]);
    alone[0] = join_alone(store, tenth, single);
    seconds[0] += group(store, ads - 2 * tenth - 2 * single, &seconds[2]);
    alone[1] = join_alone(store, ads - tenth - single, single);
    seconds[0] += group(store, tenth, &seconds[3]);
    report(store, truth, ads, seconds);
    printf(
        "campaigns: one more alone: behind the first tenth %.0f us of CPU, %.0f us in all; before "
        "the last %.0f, %.0f\n",
        alone[0].cpu_us, alone[0].wall_us, alone[1].cpu_us, alone[1].wall_us);
    store_close(store);
    free(truth);
    if (argc <= 2) {
        unlink(url + strlen("sqlite:"));
        rmdir(dir);
    }
    return 0;
}
