/* doctor_fetching.c - what sweeps noticed, why nothing is being fetched, and the libraries at hand; see
 * doctor.h. */
#include "app/doctor.h"

#include "storage/alarm_rows.h"
#include "storage/host_rows.h"
#include "storage/rule_rows.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define ALARMS_SHOWN 10u
#define ALARMS_MS    (7LL * 24 * 3600 * 1000)
#define HOSTS_SHOWN  20u
#define RULES_SHOWN  50u

/* ---- why nothing is being fetched ---- */

/* The lock that a sweep holds beside the store's file. */
static bool sweep_is_running(const struct doctor *doctor)
{
    const char *path = doctor->store == NULL ? "" : store_path(doctor->store);
    const char *name = arena_printf(doctor->arena, "%s.lock", path);
    int fd = path[0] == '\0' || name == NULL ? -1 : open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool held = flock(fd, LOCK_SH | LOCK_NB) != 0;
    close(fd);
    return held;
}

static size_t say_resting(struct doctor *doctor)
{
    struct host_pending *hosts = NULL;
    size_t count = 0, resting = 0;
    if (doctor->store == NULL ||
        hosts_pending(doctor->store, doctor->arena, NULL, &hosts, &count) != OK)
        return 0;
    for (size_t i = 0; i < count; i++) {
        struct host_row row;
        char when[WHEN_BYTES];
        if (host_get(doctor->store, doctor->arena, hosts[i].host, &row) != OK ||
            row.next_allowed_unix_ms <= doctor->now_unix_ms + 60000)
            continue;
        if (resting++ < HOSTS_SHOWN)
            doctor_say(doctor, DOCTOR_NOTE, "resting",
                       "%s until %s UTC (%u failure%s in a row%s%s); %" PRIu64 " pages wait",
                       row.host, when_text(row.next_allowed_unix_ms, when), row.failures,
                       row.failures == 1 ? "" : "s", row.robots_why[0] != '\0' ? "; " : "",
                       row.robots_why, hosts[i].pending);
    }
    return resting;
}

static void say_killed(struct doctor *doctor)
{
    struct sweep_run *runs = NULL;
    size_t count = 0;
    if (doctor->store == NULL ||
        sweep_runs_last(doctor->store, doctor->arena, 1, &runs, &count) != OK)
        return;
    if (count > 0 && runs[0].ended_unix_ms == 0 && !sweep_is_running(doctor))
        doctor_say(doctor, DOCTOR_NOTE, "last sweep",
                   "it was killed before its end; the next one goes on where it was");
    else if (count > 0 && runs[0].exit_code != 0)
        doctor_say(doctor, DOCTOR_NOTE, "last sweep", "ended with exit %d: %s", runs[0].exit_code,
                   runs[0].stopped_by);
}

void doctor_alarms(struct doctor *doctor)
{
    struct alarm *alarms = NULL;
    size_t count = 0;
    char when[WHEN_BYTES];
    if (doctor->store == NULL ||
        alarms_last(doctor->store, doctor->arena, doctor->now_unix_ms - ALARMS_MS, ALARMS_SHOWN,
                    &alarms, &count) != OK)
        return;
    for (size_t i = 0; i < count; i++)
        doctor_say(doctor, DOCTOR_NOTE, "alarm", "%s UTC, %s: %s",
                   when_text(alarms[i].at_unix_ms, when),
                   alarms[i].source[0] != '\0' ? alarms[i].source : "the sweep", alarms[i].why);
}

void doctor_rules(struct doctor *doctor)
{
    struct rule_quiet *rules = NULL;
    size_t count = 0;
    if (doctor->store == NULL ||
        rules_quiet(doctor->store, doctor->arena, STORE_PAGE_MAX, &rules, &count) != OK)
        return;
    for (size_t i = 0; i < count && i < RULES_SHOWN; i++) {
        char last[WHEN_BYTES], changed[WHEN_BYTES];
        bool is_changed = rules[i].changed_unix_ms > 0;
        doctor_say(doctor, DOCTOR_NOTE, "rule",
                   "%s fires no more: last on %.10s, and %" PRId64 " hits were expected in %" PRIu64
                   " new ads; its pattern %s%.10s",
                   rules[i].name, when_text(rules[i].last_hit_unix_ms, last),
                   (rules[i].expected_hundredths + 50) / 100, rules[i].ads,
                   is_changed ? "was changed on " : "is as it was",
                   is_changed ? when_text(rules[i].changed_unix_ms, changed) : "");
    }
    if (count > RULES_SHOWN)
        doctor_say(doctor, DOCTOR_NOTE, "rule", "%zu%s more fire no more", count - RULES_SHOWN,
                   count == STORE_PAGE_MAX ? " or more" : "");
}

void doctor_fetching(struct doctor *doctor)
{
    const struct settings *settings = &doctor->settings;
    char when[WHEN_BYTES];
    size_t before = doctor->lines_count;
    if (strcmp(settings->stop, "all") == 0)
        doctor_say(doctor, DOCTOR_NOTE, "fetching", "halted: the configuration says stop: all");
    if (settings->operator_contact[0] == '\0')
        doctor_say(doctor, DOCTOR_NOTE, "fetching",
                   "no sweep starts without `contact:`, a mail address or page where site owners "
                   "reach you");
    if (doctor->sources_on == 0)
        doctor_say(doctor, DOCTOR_NOTE, "fetching", "no source is on; see the lines above");
    else if (!doctor->any_source_due && doctor->next_due_unix_ms != 0)
        doctor_say(doctor, DOCTOR_NOTE, "fetching", "no source is due before %s UTC",
                   when_text(doctor->next_due_unix_ms, when));
    if (sweep_is_running(doctor))
        doctor_say(doctor, DOCTOR_OK, "fetching", "a sweep is running now");
    say_killed(doctor);
    size_t resting = say_resting(doctor);
    if (resting > HOSTS_SHOWN)
        doctor_say(doctor, DOCTOR_NOTE, "resting", "and %zu hosts more", resting - HOSTS_SHOWN);
    if (doctor->lines_count == before)
        doctor_say(doctor, DOCTOR_OK, "fetching", "nothing stands in the way of `lurewatch sweep`");
}

/* ---- libraries ---- */

typedef const char *version_fn(void);

/* Asked by name, so that no header of theirs is needed here. */
static const struct {
    const char *name, *symbol;
} LIBRARIES[] = {
    {"libcurl", "curl_version"},          {"libuv", "uv_version_string"},
    {"SQLite", "sqlite3_libversion"},     {"json-c", "json_c_version"},
    {"libfyaml", "fy_library_version"},   {"zlib", "zlibVersion"},
    {"zstd", "ZSTD_versionString"},       {"libpsl", "psl_get_version"},
    {"libmicrohttpd", "MHD_get_version"},
};

static void pcre2_version(char version[64])
{
    int (*config)(uint32_t what, void *where) = NULL;
    void *symbol = dlsym(RTLD_DEFAULT, "pcre2_config_8");
    memcpy(&config, &symbol, sizeof config);
    if (symbol == NULL || config(11, version) < 0) /* 11: PCRE2_CONFIG_VERSION, at most 24 bytes */
        version[0] = '\0';
}

bool doctor_library(size_t index, const char **ret_name, char ret_version[64])
{
    const size_t count = sizeof LIBRARIES / sizeof LIBRARIES[0];
    version_fn *version = NULL;
    if (index > count)
        return false;
    if (index == count) {
        *ret_name = "PCRE2";
        pcre2_version(ret_version);
        return true;
    }
    void *symbol = dlsym(RTLD_DEFAULT, LIBRARIES[index].symbol);
    memcpy(&version, &symbol, sizeof version);
    *ret_name = LIBRARIES[index].name;
    snprintf(ret_version, 64, "%.63s", symbol == NULL ? "" : version());
    return true;
}
