/* cmd_db.c - `lurewatch db`: the store itself: made, brought up to date, copied, checked, counted. */
#include "app/db_verbs.h"
#include "app/verbs.h"
#include "common/clock.h"
#include "common/json.h"
#include "storage/audit.h"
#include "storage/contact_key.h"
#include "storage/evidence.h"
#include "storage/posting_rows.h"
#include "storage/queue.h"
#include "storage/queue_counts.h"
#include "storage/sweep_rows.h"
#include "storage/tally_check.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

enum { OPTION_CONTACT = 0x200, OPTION_KIND, OPTION_AS, OPTION_WHY, OPTION_DRY_RUN };

static const struct argp_option db_options[] = {
    {"contact", OPTION_CONTACT, "WORDS", 0, "forget: a number, handle or address", 0},
    {"kind", OPTION_KIND, "KIND", 0, "forget: what the contact is: telegram, phone, …", 0},
    {"as", OPTION_AS, "NAME", 0, "purge, forget: who, for the audit trail (default $USER)", 0},
    {"why", OPTION_WHY, "TEXT", 0, "purge, forget: why, for the audit trail", 0},
    {"dry-run", OPTION_DRY_RUN, NULL, 0, "purge: say what would go; change nothing", 0},
    {0}};

static error_t parse_db(int key, char *value, struct argp_state *state)
{
    struct dbing *dbing = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &dbing->common;
        return 0;
    case OPTION_CONTACT:
        dbing->contact = value;
        return 0;
    case OPTION_KIND:
        dbing->kind = value;
        return 0;
    case OPTION_AS:
        dbing->as = command_name(value, state);
        return 0;
    case OPTION_WHY:
        dbing->why = value;
        return 0;
    case OPTION_DRY_RUN:
        dbing->dry_run = true;
        return 0;
    case ARGP_KEY_ARG:
        if (dbing->verb == NULL)
            dbing->verb = value;
        else if (dbing->path == NULL)
            dbing->path = value;
        else if (dbing->path2 == NULL)
            dbing->path2 = value;
        else
            argp_error(state, "'%s' is one word too many", value);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "say what: check, stats, backup, … For example: lurewatch db stats");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

int db_say(struct dbing *dbing, const char *format, ...)
{
    struct failure said;
    struct json_writer writer;
    va_list args;
    va_start(args, format);
    failure_set_v(&said, ERR_COUNT, format, args);
    va_end(args);
    if (dbing->common.json) {
        json_writer_init(&writer, &dbing->out);
        json_open_object(&writer);
        json_put_member(&writer, "done", slice_of(said.text));
        json_close_object(&writer);
    } else {
        text_buf_add_str(&dbing->out, said.text);
    }
    return command_print_line(&dbing->out) == OK ? EXIT_DONE : EXIT_IO;
}

int db_failed(const struct failure *why)
{
    int code = exit_with("db", why);
    return why->code == ERR_NOT_FOUND ? EXIT_UNAVAILABLE : code;
}

int db_cannot_create(const struct failure *why)
{
    int code = exit_with("db", why);
    bool of_the_place = why->code == ERR_NOT_FOUND || why->code == ERR_CONFLICT ||
                        why->code == ERR_DENIED || why->code == ERR_IO;
    return of_the_place ? EXIT_CANNOT_CREATE : code;
}

/* ---- verbs ---- */

static int verb_init(struct dbing *dbing)
{
    struct contact_key key;
    struct failure why = {.code = OK};
    uint32_t before = 0;
    int rc = store_look(dbing->settings.store, &before, &why);
    if (rc == OK && before != 0)
        return db_say(dbing, "%s is there already, version %u", store_shown(dbing->settings.store),
                      before);
    if (rc != OK && rc != ERR_NOT_FOUND)
        return db_failed(&why);
    if (store_open(dbing->settings.store, STORE_CREATE, &dbing->store, &why) != OK ||
        contact_key_load(dbing->settings.contact_key, true, &key, &why) != OK)
        return db_cannot_create(&why);
    return db_say(dbing, "made %s, version %u, and the contact key %s: back both up together",
                  store_shown(dbing->settings.store), store_version(dbing->store),
                  dbing->settings.contact_key);
}

static int verb_migrate(struct dbing *dbing)
{
    struct failure why = {.code = OK};
    uint32_t before = 0;
    if (store_look(dbing->settings.store, &before, &why) != OK)
        return db_failed(&why);
    /* at our version, too: a fill that was cut short goes on where it stopped */
    if (store_open(dbing->settings.store, STORE_CREATE, &dbing->store, &why) != OK)
        return db_failed(&why);
    const char *wrong = "";
    int rc = tally_check(dbing->store, &wrong);
    if (rc == OK && wrong[0] != '\0')
        rc = tally_recount(dbing->store);
    if (rc != OK)
        return command_store_failure("db", dbing->store, rc);
    if (before == store_version_ours() && wrong[0] != '\0')
        return db_say(dbing, "%s is at version %u; the report's sums were made anew: %s",
                      store_shown(dbing->settings.store), before, wrong);
    if (before == store_version_ours())
        return db_say(dbing, "%s is at version %u, nothing is left to do",
                      store_shown(dbing->settings.store), before);
    const char *copy = store_copy_made(dbing->store);
    return db_say(dbing, "%s went from version %u to %u%s%s", store_shown(dbing->settings.store),
                  before, store_version(dbing->store), copy[0] != '\0' ? "; as it was: " : "",
                  copy);
}

static int verb_backup(struct dbing *dbing)
{
    struct failure why = {.code = OK};
    if (dbing->path == NULL) {
        fputs("lurewatch db: backup wants the name of a new file: lurewatch db backup "
              "/backup/lurewatch-2026-11-24.db\n",
              stderr);
        return EXIT_USAGE;
    }
    uint32_t version = 0;
    if (store_look(dbing->settings.store, &version, &why) != OK)
        return db_failed(&why);
    if (slice_ends(slice_of(dbing->path), "/"))
        return db_backup_whole(dbing);
    if (store_backup(dbing->settings.store, dbing->path, &why) != OK)
        return db_cannot_create(&why);
    return db_say(
        dbing,
        "%s copied to %s and checked; a backup is whole with the evidence folder %s and the "
        "contact key %s",
        store_shown(dbing->settings.store), dbing->path, dbing->settings.evidence,
        dbing->settings.contact_key);
}

static int open_store(struct dbing *dbing)
{
    struct failure why = {.code = OK};
    int rc = store_open(dbing->settings.store, STORE_READ_ONLY, &dbing->store, &why);
    return rc == OK ? EXIT_DONE : db_failed(&why);
}

static int verb_check(struct dbing *dbing)
{
    struct failure why = {.code = OK};
    int64_t bad_id = 0;
    uint64_t rows = 0;
    const char *wrong = "";
    if (store_open(dbing->settings.store, STORE_READ_ONLY, &dbing->store, &why) != OK) {
        int code = db_failed(&why);
        return why.code == ERR_STORE ? EXIT_DATA : code; /* too damaged to be opened */
    }
    int rc = store_check(dbing->store);
    if (rc == OK)
        rc = audit_verify(dbing->store, &bad_id, &rows);
    if (rc == OK && bad_id == 0)
        rc = tally_check(dbing->store, &wrong);
    if (rc != OK) {
        store_failed(dbing->store, rc, &why);
        exit_with("db", &why);
        return rc == ERR_STORE ? EXIT_DATA : exit_code_of(rc);
    }
    if (bad_id != 0) {
        failure_set(&why, ERR_SYNTAX,
                    "%s: the audit trail breaks at row %" PRId64
                    ": it, or the one before, was changed or taken away; compare with a backup",
                    store_shown(dbing->settings.store), bad_id);
        return exit_with("db", &why);
    }
    if (wrong[0] != '\0') {
        failure_set(&why, ERR_SYNTAX,
                    "%s: the report's sums do not hold: %s; lurewatch db migrate counts them anew",
                    store_shown(dbing->settings.store), wrong);
        return exit_with("db", &why);
    }
    return db_say(dbing,
                  "%s is sound: every page of it, the chain of %" PRIu64
                  " audit rows, and the report's sums",
                  store_shown(dbing->settings.store), rows);
}

struct counts {
    struct posting_counts postings;
    struct evidence_totals evidence;
    struct queue_stats queue;
    uint64_t urls[URL_STATE_COUNT];
    int64_t file_bytes;
};

static int counts_read(struct dbing *dbing, struct counts *ret_counts)
{
    struct stat status;
    int rc = postings_count(dbing->store, &ret_counts->postings);
    if (rc == OK)
        rc = evidence_count(dbing->store, &ret_counts->evidence);
    if (rc == OK)
        rc = queue_stats(dbing->store, clock_unix_ms(), &ret_counts->queue);
    if (rc == OK)
        rc = urls_count(dbing->store, NULL, ret_counts->urls);
    if (rc == OK && stat(store_path(dbing->store), &status) == 0)
        ret_counts->file_bytes = (int64_t)status.st_size;
    return rc;
}

static int stats_json(struct dbing *dbing, const struct counts *counts)
{
    struct json_writer writer;
    json_writer_init(&writer, &dbing->out);
    json_open_object(&writer);
    json_put_member(&writer, "store", slice_of(store_shown(dbing->settings.store)));
    json_put_member_int(&writer, "version", store_version(dbing->store));
    json_put_member_int(&writer, "bytes", counts->file_bytes);
    json_put_member_int(&writer, "postings", (int64_t)counts->postings.postings);
    json_put_member_int(&writer, "versions", (int64_t)counts->postings.versions);
    json_put_member_int(&writer, "sampled", (int64_t)counts->postings.sampled);
    for (int i = 0; i < BAND_COUNT; i++)
        json_put_member_int(&writer, band_name((enum band)i), (int64_t)counts->postings.by_band[i]);
    json_key(&writer, "urls");
    json_open_object(&writer);
    for (int i = 0; i < URL_STATE_COUNT; i++)
        json_put_member_int(&writer, url_state_name((enum url_state)i), (int64_t)counts->urls[i]);
    json_close_object(&writer);
    json_key(&writer, "cases");
    json_open_object(&writer);
    for (int i = 0; i < CASE_STATE_COUNT; i++)
        json_put_member_int(&writer, case_state_name((enum case_state)i),
                            (int64_t)counts->queue.by_state[i]);
    json_close_object(&writer);
    json_put_member_int(&writer, "evidence_segments", (int64_t)counts->evidence.segments);
    json_put_member_int(&writer, "evidence_records", (int64_t)counts->evidence.records);
    json_put_member_int(&writer, "evidence_bytes", (int64_t)counts->evidence.bytes);
    json_close_object(&writer);
    return command_print_line(&dbing->out) == OK ? EXIT_DONE : EXIT_IO;
}

static int stats_text(struct dbing *dbing, const struct counts *counts)
{
    printf("%s: version %u, %" PRId64 " KiB\n", store_shown(dbing->settings.store),
           store_version(dbing->store), counts->file_bytes >> 10);
    printf("ads       %" PRIu64 " in %" PRIu64 " versions:", counts->postings.postings,
           counts->postings.versions);
    for (int i = BAND_COUNT - 1; i >= 0; i--)
        printf(" %s %" PRIu64, band_name((enum band)i), counts->postings.by_band[i]);
    printf("; %" PRIu64 " kept as a sample\nurls     ", counts->postings.sampled);
    for (int i = 0; i < URL_STATE_COUNT; i++)
        printf(" %s %" PRIu64, url_state_name((enum url_state)i), counts->urls[i]);
    printf("\ncases    ");
    for (int i = 0; i < CASE_STATE_COUNT; i++)
        printf(" %s %" PRIu64, case_state_name((enum case_state)i), counts->queue.by_state[i]);
    printf("\nevidence  %" PRIu64 " records in %" PRIu64 " files, %" PRIu64 " KiB\n",
           counts->evidence.records, counts->evidence.segments, counts->evidence.bytes >> 10);
    return EXIT_DONE;
}

static int verb_stats(struct dbing *dbing)
{
    struct counts counts = {.file_bytes = 0};
    int code = open_store(dbing);
    if (code != EXIT_DONE)
        return code;
    int rc = counts_read(dbing, &counts);
    if (rc != OK)
        return command_store_failure("db", dbing->store, rc);
    return dbing->common.json ? stats_json(dbing, &counts) : stats_text(dbing, &counts);
}

static int db_run_verb(struct dbing *dbing)
{
    static const struct {
        const char *name;
        int (*run)(struct dbing *dbing);
    } verbs[] = {
        {"init", verb_init},          {"migrate", verb_migrate}, {"backup", verb_backup},
        {"check", verb_check},        {"stats", verb_stats},     {"copy", db_verb_copy},
        {"restore", db_verb_restore}, {"purge", db_verb_purge},  {"forget", db_verb_forget}};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verbs[i].name, dbing->verb) != 0)
            continue;
        bool early = verbs[i].run == db_verb_restore; /* it may bring the configuration */
        int code = early ? EXIT_DONE : command_settings("db", &dbing->common, &dbing->settings);
        return code == EXIT_DONE ? verbs[i].run(dbing) : code;
    }
    fprintf(stderr,
            "lurewatch db: '%s' is none of init, migrate, backup, restore, copy, check, "
            "purge, forget, stats\n",
            dbing->verb);
    return EXIT_USAGE;
}

int cmd_db(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .options = db_options,
        .parser = parse_db,
        .args_doc = "init\nmigrate\nbackup FILE\nbackup FOLDER/\nrestore FOLDER\n"
                    "copy STORE STORE\ncheck\nstats\npurge\nforget --contact WORDS",
        .doc =
            "The store: `init` makes it before the first sweep does, with the contact key; "
            "`migrate` brings an older one up to date and keeps a copy of it; `backup` copies "
            "it while others work, and to a name that ends in '/' evidence, contact key and "
            "configuration with it; `restore` puts such a folder back where nothing stands; `copy` "
            "brings a store into another engine; `check` reads all of it, the audit trail and the "
            "report's sums; "
            "`purge` takes out what retention says (keep_*); `forget` what a person asks for; "
            "`stats` counts.\v"
            "Examples:\n"
            "  lurewatch db backup /backup/lurewatch-$(date +%F).db\n"
            "  lurewatch db backup /backup/$(date +%F)/\n"
            "  lurewatch db copy sqlite:lurewatch.db postgresql://db.example/lurewatch\n"
            "  lurewatch db purge --dry-run\n\n"
            "Exit: 0 done; 65 the store is damaged; 69 no store, or one of a newer lurewatch; 73 "
            "the backup's name is taken; 74 reading or writing failed.",
        .children = children};
    struct dbing dbing = {.verb = NULL};
    if (verbs_parse(&argp, argc, argv, NULL, &dbing) != EXIT_DONE)
        return EXIT_USAGE;
    text_buf_init(&dbing.out, 1u << 20);
    int code = db_run_verb(&dbing);
    store_close(dbing.store);
    text_buf_release(&dbing.out);
    return command_end("db", code);
}
