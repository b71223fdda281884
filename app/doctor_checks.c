/* doctor_checks.c - bank, store, evidence, sources; see doctor.h. Everything is tried as the real
 * work would: the bank is compiled, the canary judged, a worker started and locked in. */
#include "app/doctor.h"

#include "app/judge.h"
#include "app/worker_client.h"
#include "classifiers/bank_pack.h"
#include "common/clock.h"
#include "common/yaml.h"
#include "crawler/renderer.h"
#include "crawler/source.h"
#include "storage/contact_key.h"
#include "storage/evidence.h"
#include "storage/posting_rows.h"
#include "storage/queue.h"
#include "storage/queue_counts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DATA_MONTHS_MAX 24

void doctor_say(struct doctor *doctor, enum doctor_state state, const char *what,
                const char *format, ...)
{
    struct failure said;
    va_list args;
    if (doctor->lines_count == DOCTOR_LINES_MAX)
        return;
    va_start(args, format);
    failure_set_v(&said, ERR_COUNT, format, args);
    va_end(args);
    const char *detail = arena_printf(doctor->arena, "%s", said.text);
    doctor->lines[doctor->lines_count++] = (struct doctor_line){
        .state = state, .what = what, .detail = detail == NULL ? "out of memory" : detail};
}

/* ---- the bank ---- */

/* "2026" or "2026-11-24" as months since year 0, the end of the year where only that is told. */
static int64_t months_of(struct slice text)
{
    int64_t year = 0, month = 12;
    if (slice_to_int64(slice_sub(text, 0, 4), &year) != OK)
        return 0;
    if (text.len >= 7 && slice_to_int64(slice_sub(text, 5, 2), &month) != OK)
        month = 12;
    return year * 12 + month;
}

static int64_t months_now(const struct doctor *doctor)
{
    char now[CLOCK_RFC3339_BYTES];
    return months_of(slice_of(clock_rfc3339(doctor->now_unix_ms, now)));
}

static void old_wages(struct doctor *doctor, const struct yaml *root)
{
    const struct yaml *rows = yaml_get(root, "wages");
    char named[512] = "";
    size_t old = 0, used = 0, count = yaml_count(rows);
    for (size_t i = 0; i < count; i++) {
        const struct yaml *row = yaml_at(rows, i);
        struct slice year = yaml_get_text(row, "year"), country = yaml_get_text(row, "country");
        struct slice role = yaml_get_text(row, "role");
        if (months_now(doctor) - months_of(year) <= DATA_MONTHS_MAX)
            continue;
        old++;
        int len =
            snprintf(named + used, sizeof named - used, "%s%.*s %.*s %.*s", old > 1 ? ", " : "",
                     (int)country.len, country.at, (int)role.len, role.at, (int)year.len, year.at);
        used = len > 0 && used + (size_t)len < sizeof named ? used + (size_t)len : used;
    }
    if (old > 0)
        doctor_say(doctor, DOCTOR_NOTE, "wages",
                   "%zu of %zu rows of wages.yml are older than %d months, so ratios of pay "
                   "mislead: %s",
                   old, count, DATA_MONTHS_MAX, named);
    else
        doctor_say(doctor, DOCTOR_OK, "wages", "%zu rows, none older than %d months", count,
                   DATA_MONTHS_MAX);
}

static void data_age(struct doctor *doctor, const struct bank_pack *pack, const char *file)
{
    struct slice bytes;
    struct yaml_doc *doc = NULL;
    if (!bank_pack_find(pack, file, &bytes) || yaml_parse(bytes, file, &doc, NULL) != OK)
        return; /* the bank itself complains */
    struct slice date = yaml_get_text(yaml_root(doc), "date");
    if (strcmp(file, "wages.yml") == 0)
        old_wages(doctor, yaml_root(doc));
    else if (months_now(doctor) - months_of(date) > DATA_MONTHS_MAX)
        doctor_say(doctor, DOCTOR_NOTE, "data", "%s is of %.*s: older than %d months", file,
                   (int)date.len, date.at, DATA_MONTHS_MAX);
    yaml_free(doc);
}

/* An answer from a worker: it started, locked itself in and judged its canary. */
static void try_worker(struct doctor *doctor, const struct bank_pack *pack,
                       const struct classify_settings *model)
{
    struct worker_client *client = NULL;
    struct slice reply;
    struct failure why = {.code = OK};
    const struct worker_client_settings settings = {.bank = bank_pack_bytes(pack),
                                                    .model = *model,
                                                    .memory_mib =
                                                        doctor->settings.worker_memory_mib,
                                                    .page_ms = doctor->settings.page_ms};
    int64_t began_ms = clock_mono_ms();
    int rc = worker_client_create(&settings, &client, &why);
    if (rc == OK)
        rc = worker_client_ask(client, SLICE("{\"want\":\"ad\"}"),
                               SLICE("{\"html\":\"<h1>Clerk</h1><p>Daytime work</p>\"}"), &reply,
                               &why);
    if (rc == OK)
        doctor_say(doctor, DOCTOR_OK, "worker",
                   "starts, locks itself in and answers in %" PRId64 " ms",
                   clock_mono_ms() - began_ms);
    else
        doctor_say(doctor, DOCTOR_WRONG, "worker", "%s", why.text);
    worker_client_free(client);
}

void doctor_patterns(struct doctor *doctor)
{
    struct bank_pack *pack = NULL;
    struct judge *judge = NULL;
    struct classify_settings model;
    struct failure why = {.code = OK};
    command_model(&doctor->settings, &model);
    int rc = bank_pack_load(doctor->settings.patterns, &pack, &why);
    if (rc == OK)
        rc = judge_create(bank_pack_bytes(pack), &model, &judge, &why);
    if (rc != OK) {
        doctor_say(doctor, DOCTOR_WRONG, "patterns", "%s", why.text);
        bank_pack_free(pack);
        return;
    }
    const struct pattern_bank *bank = judge_pattern_bank(judge);
    doctor_say(doctor, DOCTOR_OK, "patterns", "%zu rules and %zu combos in %s, bank %.*s",
               bank_rules_count(bank), bank_combos_count(bank), doctor->settings.patterns,
               (int)judge_bank(judge).len, judge_bank(judge).at);
    if (judge_canary(judge, &why) == OK)
        doctor_say(doctor, DOCTOR_OK, "canary", "the ad that every bank must flag is flagged");
    else
        doctor_say(doctor, DOCTOR_WRONG, "canary", "%s", why.text);
    try_worker(doctor, pack, &model);
    data_age(doctor, pack, "wages.yml");
    data_age(doctor, pack, "rates.yml");
    data_age(doctor, pack, "places.yml");
    data_age(doctor, pack, "licences.yml");
    judge_free(judge);
    bank_pack_free(pack);
}

/* ---- store, evidence, key ---- */

static void store_totals(struct doctor *doctor)
{
    struct posting_counts postings;
    struct queue_stats queue;
    if (postings_count(doctor->store, &postings) != OK ||
        queue_stats(doctor->store, doctor->now_unix_ms, &queue) != OK) {
        doctor_say(doctor, DOCTOR_WRONG, "store", "%s", store_failure(doctor->store)->text);
        return;
    }
    doctor_say(
        doctor, DOCTOR_OK, "store",
        "%s, schema %u of %u; %" PRIu64 " ads, %" PRIu64 " new and %" PRIu64 " claimed cases",
        store_shown(doctor->settings.store), store_version(doctor->store), store_version_ours(),
        postings.postings, queue.by_state[CASE_NEW], queue.by_state[CASE_CLAIMED]);
}

/* Where the store is a file that is not there: could it be made? */
static const char *store_trouble(struct doctor *doctor)
{
    const char *url = doctor->settings.store;
    return slice_starts(slice_of(url), "sqlite:")
               ? doctor_parent_trouble(doctor, url + strlen("sqlite:"))
               : NULL;
}

void doctor_store(struct doctor *doctor)
{
    struct failure why = {.code = OK};
    int rc = store_open(doctor->settings.store, STORE_READ_ONLY, &doctor->store, &why);
    const char *trouble = rc == ERR_NOT_FOUND ? store_trouble(doctor) : NULL;
    if (trouble != NULL)
        doctor_say(doctor, DOCTOR_WRONG, "store", "%s cannot be made: %s",
                   store_shown(doctor->settings.store), trouble);
    else if (rc == ERR_NOT_FOUND)
        doctor_say(doctor, DOCTOR_NOTE, "store", "%s is not there yet; the first sweep makes it",
                   store_shown(doctor->settings.store));
    else if (rc != OK)
        doctor_say(doctor, DOCTOR_WRONG, "store", "%s", why.text);
    else
        store_totals(doctor);
}

static void say_space(struct doctor *doctor, const char *path)
{
    struct statvfs space;
    if (statvfs(path, &space) != 0)
        return;
    uint64_t free_bytes = (uint64_t)space.f_bavail * space.f_frsize;
    bool low = free_bytes >> 20 < (uint64_t)doctor->settings.disk_min_mib;
    doctor_say(doctor, low ? DOCTOR_WRONG : DOCTOR_OK, "disk", "%" PRIu64 " MiB free at %s%s",
               free_bytes >> 20, path, low ? ": make room, sweeps stop when a write fails" : "");
}

/* On a machine that shares a store the records may be another's. */
static void say_no_folder(struct doctor *doctor, int errno_value,
                          const struct evidence_totals *totals)
{
    const char *dir = doctor->settings.evidence;
    bool is_shared = !slice_starts(slice_of(doctor->settings.store), "sqlite:");
    if (errno_value != ENOENT)
        doctor_say(doctor, DOCTOR_WRONG, "evidence", "%s cannot be read", dir);
    else if (totals->records > 0 && !is_shared)
        doctor_say(doctor, DOCTOR_WRONG, "evidence",
                   "%s is not there, and the store counts %" PRIu64
                   " records in it: correct the key, or put the folder back from a backup",
                   dir, totals->records);
    else
        doctor_say(doctor, DOCTOR_NOTE, "evidence", "%s is not there yet; the first sweep makes it",
                   dir);
    say_space(doctor, ".");
}

static void say_folder(struct doctor *doctor)
{
    const char *dir = doctor->settings.evidence;
    struct stat status;
    struct evidence_totals totals = {0};
    bool is_counted = doctor->store != NULL && evidence_count(doctor->store, &totals) == OK;
    if (stat(dir, &status) != 0) {
        say_no_folder(doctor, errno, &totals);
        return;
    }
    bool open_to_others = (status.st_mode & 077) != 0;
    if (!S_ISDIR(status.st_mode))
        doctor_say(doctor, DOCTOR_WRONG, "evidence", "%s is no folder", dir);
    else if (open_to_others)
        doctor_say(doctor, DOCTOR_WRONG, "evidence",
                   "%s may be read by others; it holds contacts in clear: chmod 700 %s", dir, dir);
    else if (access(dir, W_OK | X_OK) != 0)
        doctor_say(doctor, DOCTOR_WRONG, "evidence", "%s cannot be written by this account", dir);
    else if (is_counted)
        doctor_say(doctor, DOCTOR_OK, "evidence",
                   "%s: %" PRIu64 " records in %" PRIu64 " files, %" PRIu64 " MiB", dir,
                   totals.records, totals.segments, totals.bytes >> 20);
    else
        doctor_say(doctor, DOCTOR_OK, "evidence", "%s", dir);
    say_space(doctor, dir);
}

void doctor_evidence(struct doctor *doctor)
{
    struct contact_key key;
    struct failure why = {.code = OK};
    say_folder(doctor);
    int rc = contact_key_load(doctor->settings.contact_key, false, &key, &why);
    bool store_has_contacts = doctor->store != NULL;
    if (rc == OK)
        doctor_say(doctor, DOCTOR_OK, "contact key", "%s, mode 600; back it up with the store",
                   doctor->settings.contact_key);
    else if (rc == ERR_NOT_FOUND && !store_has_contacts)
        doctor_say(doctor, DOCTOR_NOTE, "contact key",
                   "%s is not there yet; the first sweep makes it", doctor->settings.contact_key);
    else
        doctor_say(doctor, DOCTOR_WRONG, "contact key", "%s", why.text);
}

/* ---- sources ---- */

/* What the source's last round came to, where it came to nothing. */
static void say_refused(struct doctor *doctor, const char *source)
{
    for (size_t i = 0; i < doctor->health_count; i++) {
        const struct source_health *health = &doctor->health[i];
        if (strcmp(health->source, source) == 0 && health->last_finished_unix_ms != 0 &&
            health->last.pages == 0 && health->last.denied > 0)
            doctor_say(doctor, DOCTOR_WRONG, "source",
                       "%s gives nothing: all that its last round would have read is refused (%s); "
                       "`lurewatch sources check %s` shows where",
                       source, health->last_why, source);
    }
}

static void say_source(struct doctor *doctor, const struct source *source)
{
    char off[SOURCE_WHY_BYTES];
    struct round round;
    const char *why = source_off(source, doctor->now_unix_ms, off);
    if (why != NULL) {
        doctor_say(doctor, DOCTOR_NOTE, "source", "%s is off: %s", source->name, why);
        return;
    }
    if (source->render && renderer_browser(doctor->settings.browser) == NULL)
        doctor_say(doctor, DOCTOR_WRONG, "source",
                   "%s is left out: `render: yes` wants a browser, and %s%s is not there; install "
                   "chromium-headless-shell, or name a browser with the key browser",
                   source->name, doctor->settings.browser[0] != '\0' ? "" : "chromium",
                   doctor->settings.browser);
    say_refused(doctor, source->name);
    doctor->sources_on++;
    if (doctor->store == NULL ||
        round_peek(doctor->store, source->name, source->every_ms, doctor->now_unix_ms, &round) !=
            OK ||
        round.due) {
        doctor->any_source_due = true;
        return;
    }
    if (doctor->next_due_unix_ms == 0 || round.next_due_unix_ms < doctor->next_due_unix_ms)
        doctor->next_due_unix_ms = round.next_due_unix_ms;
}

void doctor_sources(struct doctor *doctor)
{
    struct source_set *set = NULL;
    struct failure why = {.code = OK};
    const struct source *source = NULL;
    const char *wrong = NULL;
    size_t count = 0;
    if (source_set_load(doctor->settings.sources, &set, &why) != OK) {
        doctor_say(doctor, DOCTOR_WRONG, "sources", "%s", why.text);
        return;
    }
    if (doctor->store != NULL &&
        sources_health(doctor->store, doctor->arena, &doctor->health, &doctor->health_count) != OK)
        doctor_say(doctor, DOCTOR_WRONG, "store", "%s", store_failure(doctor->store)->text);
    for (size_t i = 0; (wrong = source_set_failure(set, i)) != NULL; i++)
        doctor_say(doctor, DOCTOR_WRONG, "source", "%s", wrong);
    for (; (source = source_set_at(set, count)) != NULL; count++)
        say_source(doctor, source);
    doctor_say(doctor, doctor->sources_on > 0 ? DOCTOR_OK : DOCTOR_NOTE, "sources",
               "%zu of %zu in %s are on", doctor->sources_on, count, doctor->settings.sources);
    source_set_free(set);
}
