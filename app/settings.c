/* settings.c - reads lurewatch.yml by the table KEYS; see settings.h.
 *
 * A key is one line of the table: name, kind, where its value lives, its default as it would be
 * written in the file, bounds, and a sentence of help. */
#include "app/settings.h"

#include "common/clock.h"
#include "common/file.h"
#include "common/yaml.h"
#include "storage/picture_rows.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum key_kind { KEY_TEXT, KEY_PATH, KEY_STORE, KEY_INT, KEY_DURATION, KEY_PROBABILITY };

struct key {
    const char *name;
    enum key_kind kind;
    size_t offset;
    const char *fallback;
    int64_t min, max;
    const char *help;
};

#define AT(member) offsetof(struct settings, member)
#define DAY_MS     INT64_C(86400000)

static const struct key KEYS[] = {
    {"store", KEY_STORE, AT(store), "sqlite:lurewatch.db", 0, 0,
     "where cases and the crawl's state live: sqlite:PATH, or postgresql://HOST/DATABASE"},
    {"evidence", KEY_PATH, AT(evidence), "evidence", 0, 0,
     "folder of the WARC evidence (mode 700)"},
    {"contact_key", KEY_PATH, AT(contact_key), "contact.key", 0, 0,
     "key file that contacts are hashed with (mode 600, made when missing)"},
    {"patterns", KEY_PATH, AT(patterns), "patterns", 0, 0,
     "folder of the pattern bank; where this default is not there, the installed bank"},
    {"sources", KEY_PATH, AT(sources), "sources", 0, 0, "folder of the source files"},
    {"letters", KEY_PATH, AT(letters), "", 0, 0,
     "folder of your own letters and recipients; empty: the built-in ones"},
    {"operator", KEY_TEXT, AT(operator_name), "", 0, 0,
     "who runs this installation; part of the User-Agent"},
    {"contact", KEY_TEXT, AT(operator_contact), "", 0, 0,
     "mail address or page for site owners; part of the User-Agent, needed to sweep"},
    {"smtp_url", KEY_TEXT, AT(smtp_url), "", 0, 0,
     "mail server for what is sent: smtp://host:587 (TLS is demanded) or smtps://host:465"},
    {"smtp_user", KEY_TEXT, AT(smtp_user), "", 0, 0, "login at the mail server; empty: none"},
    {"smtp_password", KEY_PATH, AT(smtp_password), "", 0, 0,
     "file whose first line is the password (mode 600)"},
    {"mail_from", KEY_TEXT, AT(mail_from), "", 0, 0,
     "sender of requests and notifications: one mail address"},
    {"notify_mail", KEY_TEXT, AT(notify_mail), "", 0, 0,
     "mail address told of sweeps that found something or failed, and of alarms"},
    {"notify_webhook", KEY_TEXT, AT(notify_webhook), "", 0, 0,
     "http(s) address the same is posted to as JSON"},
    {"approvals", KEY_INT, AT(approvals), "2", 1, 2,
     "people a request needs before it is sent; 2: who drafts it does not approve it"},
    {"metrics_file", KEY_PATH, AT(metrics_file), "", 0, 0,
     "figures of each sweep for Prometheus' textfile collector; empty: none"},
    {"log_json", KEY_TEXT, AT(log_json), "", 0, 0, "'yes': log lines are JSON objects"},
    {"stop", KEY_TEXT, AT(stop), "", 0, 0, "'all' halts every sweep"},
    {"proxy", KEY_TEXT, AT(proxy), "", 0, 0, "HTTP proxy for all fetches; empty: none"},
    {"ca_file", KEY_PATH, AT(ca_file), "", 0, 0,
     "authorities that servers' certificates must lead to, a PEM file; empty: the system's"},
    {"machine", KEY_TEXT, AT(machine), "", 0, 0,
     "name of this machine where several share a store; empty: kept in EVIDENCE.machine"},
    {"lease", KEY_DURATION, AT(lease_ms), "2m", 1000, 3600000,
     "how long a machine that fell silent keeps its hosts from the others"},
    {"review_listen", KEY_TEXT, AT(review_listen), "127.0.0.1:8417", 0, 0,
     "where `review` serves its page: an address of this machine's loopback, or unix:/path"},
    {"review_url", KEY_TEXT, AT(review_url), "", 0, 0,
     "the page's address where a web server stands in front of it"},
    {"accounts", KEY_PATH, AT(accounts), "accounts", 0, 0,
     "file of the page's accounts (mode 600; made by `review --add-account`)"},
    {"messages", KEY_PATH, AT(messages), "messages", 0, 0,
     "folder of further languages of the page, TAG.txt each"},
    {"second_review", KEY_TEXT, AT(second_review), "none", 0, 0,
     "what two people must decide: none, strong (level B3, person-trade), firms (named, too)"},
    {"timestamp_url", KEY_TEXT, AT(timestamp_url), "", 0, 0,
     "time stamp authority (RFC 3161) for `evidence timestamp`"},
    {"timestamp_ca", KEY_TEXT, AT(timestamp_ca), "", 0, 0,
     "file of the certificates that its stamps must lead to"},
    {"browser", KEY_TEXT, AT(browser), "", 0, 0,
     "program that renders pages of sources with render: yes; empty: found"},
    {"render_timeout", KEY_DURATION, AT(render_ms), "60s", 1000, DAY_MS,
     "for a page in the browser"},
    {"workers", KEY_INT, AT(workers), "0", 0, 64, "worker processes; 0: one per core"},
    {"in_flight", KEY_INT, AT(in_flight), "64", 1, 1000, "downloads at once"},
    {"in_flight_per_host", KEY_INT, AT(in_flight_per_host), "1", 1, 64, "of them at one host"},
    {"connect_timeout", KEY_DURATION, AT(connect_ms), "15s", 100, DAY_MS, "to open a connection"},
    {"total_timeout", KEY_DURATION, AT(total_ms), "60s", 100, DAY_MS, "for a whole download"},
    {"stall_timeout", KEY_DURATION, AT(stall_ms), "20s", 100, DAY_MS, "without progress"},
    {"page_timeout", KEY_DURATION, AT(page_ms), "20s", 100, DAY_MS, "for a worker to read a page"},
    {"body_bytes", KEY_INT, AT(body_bytes), "8388608", 1024, 32 << 20, "of a download at most"},
    {"worker_memory_mib", KEY_INT, AT(worker_memory_mib), "1024", 256, 65536,
     "memory of a worker process at most"},
    {"delay_min", KEY_DURATION, AT(delay_min_ms), "1s", 0, DAY_MS,
     "between two requests to one host at least"},
    {"refetch", KEY_DURATION, AT(refetch_ms), "14d", 60000, 3650 * DAY_MS,
     "before a known posting is read again"},
    {"recheck", KEY_DURATION, AT(recheck_ms), "1d", 60000, 365 * DAY_MS,
     "between two looks at an ad that was exported or asked about"},
    {"claim", KEY_DURATION, AT(claim_ms), "2h", 60000, 30 * DAY_MS,
     "how long a claimed case stays with its reviewer"},
    {"send_time", KEY_DURATION, AT(send_ms), "50s", 1, 600000,
     "for one table that is sent in by the page; what is left of it is offered again"},
    {"keep_dismissed", KEY_DURATION, AT(keep_dismissed_ms), "30d", 0, 3650 * DAY_MS,
     "`db purge`: text and evidence of a dismissed case, from the decision"},
    {"keep_pending", KEY_DURATION, AT(keep_pending_ms), "90d", 0, 3650 * DAY_MS,
     "of a case that nobody confirmed or dismissed, from its last change"},
    {"keep_exported", KEY_DURATION, AT(keep_exported_ms), "365d", 0, 3650 * DAY_MS,
     "of a confirmed case, from its export"},
    {"keep_watch", KEY_DURATION, AT(keep_watch_ms), "365d", 0, 3650 * DAY_MS,
     "of an ad in band watch, from when it was last seen"},
    {"keep_sample", KEY_DURATION, AT(keep_sample_ms), "90d", 0, 3650 * DAY_MS,
     "of the sample of unflagged ads"},
    {"keep_pictures", KEY_INT, AT(keep_pictures), "4", 0, PICTURES_AD_MAX,
     "of a flagged ad so many are fetched and kept as evidence; 0: none"},
    {"disk_min_mib", KEY_INT, AT(disk_min_mib), "1024", 0, 1 << 30,
     "free beside the evidence, or a sweep raises an alarm"},
    {"prior", KEY_PROBABILITY, AT(prior_millionths), "", 1, 999999,
     "share of lures on a board before reading; empty: as the bank says"},
    {"watch", KEY_PROBABILITY, AT(watch_millionths), "", 1, 999999, "where band watch begins"},
    {"review", KEY_PROBABILITY, AT(review_millionths), "", 1, 999999, "where band review begins"},
    {"urgent", KEY_PROBABILITY, AT(urgent_millionths), "", 1, 999999, "where band urgent begins"},
    {"sample_per_mille", KEY_INT, AT(sample_per_mille), "10", 0, 1000,
     "of the unflagged postings kept whole for 90 days, per thousand"},
    {"max_pages", KEY_INT, AT(max_pages), "100000", 1, 100000000,
     "pages one sweep fetches at most"},
};
#define KEYS_COUNT (sizeof KEYS / sizeof KEYS[0])

static char *text_of(struct settings *settings, const struct key *key)
{
    return (char *)settings + key->offset;
}

static int64_t *number_of(struct settings *settings, const struct key *key)
{
    return (int64_t *)(void *)((char *)settings + key->offset);
}

static bool put_path(char *at, const char *folder, const char *prefix, struct slice value)
{
    bool absolute = value.len > 0 && value.at[0] == '/';
    bool here = strcmp(folder, ".") == 0;
    int len = absolute || here || value.len == 0
                  ? snprintf(at, SETTINGS_TEXT_BYTES, "%s%.*s", prefix, (int)value.len, value.at)
                  : snprintf(at, SETTINGS_TEXT_BYTES, "%s%s/%.*s", prefix, folder, (int)value.len,
                             value.at);
    return len >= 0 && (size_t)len < SETTINGS_TEXT_BYTES;
}

/* "0.95" as millionths. */
static int probability_read(struct slice text, int64_t *ret_millionths)
{
    int64_t value = 0;
    unsigned places = 0;
    bool dot = false;
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.at[i];
        if (byte == '.' && !dot) {
            dot = true;
            continue;
        }
        if (byte < '0' || byte > '9' || places == 6)
            return ERR_SYNTAX;
        value = value * 10 + (byte - '0');
        places += dot ? 1 : 0;
        if (value > 1000000)
            return ERR_LIMIT;
    }
    for (; places < 6; places++)
        value *= 10;
    *ret_millionths = value;
    return text.len > 0 ? OK : ERR_SYNTAX;
}

static const char *kind_wants(enum key_kind kind)
{
    switch (kind) {
    case KEY_INT:
        return "a whole number";
    case KEY_DURATION:
        return "a duration such as 20s, 15m, 6h or 2d";
    case KEY_PROBABILITY:
        return "a probability such as 0.5, with at most six decimals";
    case KEY_STORE:
        return "a store such as sqlite:lurewatch.db";
    case KEY_TEXT:
    case KEY_PATH:
        break;
    }
    return "text of at most 1,000 bytes";
}

static int number_read(enum key_kind kind, struct slice value, int64_t *ret_number)
{
    if (kind == KEY_INT)
        return slice_to_int64(value, ret_number);
    if (kind == KEY_DURATION)
        return clock_parse_duration(value, ret_number);
    return probability_read(value, ret_number);
}

/* Empty only where the default is. */
static int path_set(struct settings *settings, const struct key *key, const char *folder,
                    struct slice value)
{
    if (value.len == 0 && key->fallback[0] != '\0')
        return ERR_SYNTAX;
    return put_path(text_of(settings, key), folder, "", value) ? OK : ERR_SYNTAX;
}

/* OK, ERR_SYNTAX (not of its kind) or ERR_LIMIT (out of bounds). */
static int key_set(struct settings *settings, const struct key *key, const char *folder,
                   struct slice value)
{
    int64_t number = 0;
    switch (key->kind) {
    case KEY_TEXT:
        return put_path(text_of(settings, key), ".", "", value) ? OK : ERR_SYNTAX;
    case KEY_PATH:
        return path_set(settings, key, folder, value);
    case KEY_STORE:
        if (slice_starts(value, "postgresql://"))
            return put_path(text_of(settings, key), ".", "", value) ? OK : ERR_SYNTAX;
        if (!slice_starts(value, "sqlite:") || value.len == strlen("sqlite:"))
            return ERR_SYNTAX;
        return put_path(text_of(settings, key), folder, "sqlite:", slice_from(value, 7))
                   ? OK
                   : ERR_SYNTAX;
    case KEY_INT:
    case KEY_DURATION:
    case KEY_PROBABILITY:
        break;
    }
    if (value.len == 0 && key->kind == KEY_PROBABILITY) {
        *number_of(settings, key) = 0;
        return OK;
    }
    int rc = number_read(key->kind, value, &number);
    if (rc != OK)
        return rc;
    if (number < key->min || number > key->max)
        return ERR_LIMIT;
    *number_of(settings, key) = number;
    return OK;
}

void settings_default(const char *folder, struct settings *ret_settings)
{
    memset(ret_settings, 0, sizeof *ret_settings);
    for (size_t i = 0; i < KEYS_COUNT; i++) {
        int rc = key_set(ret_settings, &KEYS[i], folder, slice_of(KEYS[i].fallback));
        assert(rc == OK);
        (void)rc;
    }
}

static const struct key *key_find(struct slice name)
{
    for (size_t i = 0; i < KEYS_COUNT; i++)
        if (slice_is(name, KEYS[i].name))
            return &KEYS[i];
    return NULL;
}

static int member_read(const struct yaml_doc *doc, const struct yaml *name,
                       const struct yaml *value, const char *folder, struct settings *settings,
                       struct failure *reterr)
{
    const struct key *key = key_find(yaml_text(name));
    assert(key != NULL);
    if (yaml_kind_of(value) != YAML_SCALAR)
        return yaml_fail(doc, name, ERR_SYNTAX, reterr, "'%s' wants %s", key->name,
                         kind_wants(key->kind));
    int rc = key_set(settings, key, folder, yaml_text(value));
    if (rc == ERR_LIMIT && key->kind == KEY_PROBABILITY)
        return yaml_fail(doc, value, ERR_SYNTAX, reterr,
                         "'%s' is out of bounds: %s, between 0.%06" PRId64 " and 0.%06" PRId64,
                         key->name, kind_wants(key->kind), key->min, key->max);
    if (rc == ERR_LIMIT)
        return yaml_fail(doc, value, ERR_SYNTAX, reterr,
                         "'%s' is out of bounds: %s, between %" PRId64 " and %" PRId64 "%s",
                         key->name, kind_wants(key->kind), key->min, key->max,
                         key->kind == KEY_DURATION ? " ms" : "");
    if (rc != OK)
        return yaml_fail(doc, value, ERR_SYNTAX, reterr, "'%s' wants %s", key->name,
                         kind_wants(key->kind));
    return OK;
}

static bool is_one_of(const char *word, const char *a, const char *b, const char *c)
{
    return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

/* Where a threshold is set; 0: it is not. */
static unsigned line_of(const struct yaml *root, const char *key, int64_t millionths)
{
    return millionths == 0 ? 0 : yaml_line(yaml_get(root, key));
}

static int settings_read(const struct yaml_doc *doc, const char *folder, struct settings *settings,
                         struct failure *reterr)
{
    const char *names[KEYS_COUNT + 1] = {NULL};
    for (size_t i = 0; i < KEYS_COUNT; i++)
        names[i] = KEYS[i].name;
    const struct yaml *root = yaml_root(doc);
    if (yaml_kind_of(root) == YAML_ABSENT)
        return OK; /* every line is a comment: the defaults */
    if (yaml_kind_of(root) != YAML_MAPPING)
        return yaml_fail(doc, root, ERR_SYNTAX, reterr, "the file must be 'key: value' lines");
    int rc = yaml_known_keys(doc, root, names, reterr);
    const struct yaml *name = NULL, *value = NULL;
    for (size_t i = 0; rc == OK && yaml_member(root, i, &name, &value); i++)
        rc = member_read(doc, name, value, folder, settings, reterr);
    settings->watch_line = line_of(root, "watch", settings->watch_millionths);
    settings->review_line = line_of(root, "review", settings->review_millionths);
    settings->urgent_line = line_of(root, "urgent", settings->urgent_millionths);
    if (rc == OK && !is_one_of(settings->second_review, "none", "strong", "firms"))
        return yaml_fail(doc, yaml_get(root, "second_review"), ERR_SYNTAX, reterr,
                         "'second_review' is none, strong or firms");
    if (rc == OK && settings->stop[0] != '\0' && strcmp(settings->stop, "all") != 0)
        return yaml_fail(doc, yaml_get(root, "stop"), ERR_SYNTAX, reterr,
                         "'stop' is 'all' or left out");
    return rc;
}

/* Paths count from the file's folder, so a default path may have that before it. */
static bool text_is_default(const struct key *key, const char *value)
{
    struct slice now = slice_of(value), fallback = slice_of(key->fallback);
    if (slice_equal(now, fallback))
        return true;
    if (key->kind == KEY_TEXT)
        return false;
    size_t colon = key->kind == KEY_STORE ? slice_find_char(fallback, ':') + 1 : 0;
    const char *name = fallback.at + colon;
    size_t name_len = strlen(name);
    return slice_ends(now, name) && now.len > name_len && now.at[now.len - name_len - 1] == '/';
}

void settings_patterns_installed(struct settings *settings, const char *share)
{
    char installed[SETTINGS_TEXT_BYTES];
    const struct key *key = key_find(SLICE("patterns"));
    if (!text_is_default(key, settings->patterns) || access(settings->patterns, F_OK) == 0)
        return;
    if (put_path(installed, share, "", SLICE("patterns")) && access(installed, F_OK) == 0)
        memcpy(settings->patterns, installed, sizeof installed);
}

static const char *settings_find(const char *explicit_path, bool *ret_asked)
{
    const char *from_environment = getenv("LUREWATCH_CONFIG");
    *ret_asked = true;
    if (explicit_path != NULL)
        return explicit_path;
    if (from_environment != NULL && from_environment[0] != '\0')
        return from_environment;
    *ret_asked = false;
    if (access("lurewatch.yml", F_OK) == 0)
        return "lurewatch.yml";
    return access("/etc/lurewatch/lurewatch.yml", F_OK) == 0 ? "/etc/lurewatch/lurewatch.yml"
                                                             : NULL;
}

int settings_load(const char *explicit_path, struct settings *ret_settings, struct failure *reterr)
{
    bool asked = false;
    const char *path = settings_find(explicit_path, &asked);
    if (path == NULL) {
        settings_default(".", ret_settings);
        settings_patterns_installed(ret_settings, LUREWATCH_SHARE);
        return OK;
    }
    char folder[SETTINGS_TEXT_BYTES];
    if (strlen(path) >= sizeof folder)
        return failure_set(reterr, ERR_LIMIT, "%s: the path is too long", path);
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        snprintf(folder, sizeof folder, ".");
    else
        slash[slash == folder ? 1 : 0] = '\0';
    struct yaml_doc *doc = NULL;
    int rc = yaml_load(path, &doc, reterr);
    if (rc != OK)
        return rc;
    struct settings *fresh = calloc(1, sizeof *fresh);
    if (fresh == NULL) {
        rc = failure_set(reterr, ERR_NOMEM, "out of memory");
        goto out;
    }
    settings_default(folder, fresh);
    snprintf(fresh->file, sizeof fresh->file, "%s", path);
    rc = settings_read(doc, folder, fresh, reterr);
    if (rc == OK) {
        settings_patterns_installed(fresh, LUREWATCH_SHARE);
        *ret_settings = *fresh;
    }
out:
    free(fresh);
    yaml_free(doc);
    return rc;
}

const char *store_shown(const char *url)
{
    static char shown[SETTINGS_TEXT_BYTES];
    struct slice all = slice_of(url);
    const char *scheme_end = strstr(url, "://");
    if (slice_starts(all, "sqlite:") || scheme_end == NULL)
        return url;
    struct slice rest = slice_of(scheme_end + 3);
    rest = slice_make(rest.at, strcspn(rest.at, "?#"));
    for (size_t i = rest.len; i > 0; i--)
        if (rest.at[i - 1] == '@') {
            rest = slice_from(rest, i);
            break;
        }
    snprintf(shown, sizeof shown, "%.*s://%.*s", (int)(scheme_end - url), url, (int)rest.len,
             rest.at);
    return shown;
}

/* "6h", as the file would have it: the largest unit that holds it exactly. */
static void duration_text(int64_t ms, char *at, size_t len)
{
    static const struct {
        int64_t ms;
        const char *unit;
    } units[] = {{DAY_MS, "d"}, {3600000, "h"}, {60000, "m"}, {1000, "s"}, {1, "ms"}};
    size_t unit = 0;
    while (ms == 0 ? unit < 3 : ms % units[unit].ms != 0)
        unit++;
    snprintf(at, len, "%" PRId64 "%s", ms / units[unit].ms, units[unit].unit);
}

bool settings_row(const struct settings *settings, size_t index, struct settings_row *ret_row)
{
    if (index >= KEYS_COUNT)
        return false;
    const struct key *key = &KEYS[index];
    const char *base = (const char *)settings + key->offset;
    int64_t number = 0, fallback = 0;
    *ret_row = (struct settings_row){
        .key = key->name, .fallback = key->fallback, .help = key->help, .value = ""};
    if (key->kind < KEY_INT) {
        snprintf(ret_row->value, sizeof ret_row->value, "%s",
                 key->kind == KEY_STORE ? store_shown(base) : base);
        ret_row->is_default = text_is_default(key, base);
        return true;
    }
    memcpy(&number, base, sizeof number);
    if (key->fallback[0] != '\0' &&
        number_read(key->kind, slice_of(key->fallback), &fallback) != OK)
        fallback = -1;
    ret_row->is_default = number == fallback;
    if (key->kind == KEY_DURATION)
        duration_text(number, ret_row->value, sizeof ret_row->value);
    else if (key->kind == KEY_PROBABILITY)
        snprintf(ret_row->value, sizeof ret_row->value, number == 0 ? "" : "0.%06" PRId64, number);
    else
        snprintf(ret_row->value, sizeof ret_row->value, "%" PRId64, number);
    return true;
}
