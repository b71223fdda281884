/* cmd_evidence.c - `lurewatch evidence`: are the kept pages what was written, and what do they say.
 *
 * `show` gives clear text, contacts included, so each showing is a row of the audit trail that is
 * durable before the first byte is printed. */
#include "app/command.h"
#include "app/evidence_prove.h"
#include "app/verbs.h"
#include "common/clock.h"
#include "common/json.h"
#include "review/dossier_check.h"
#include "storage/audit.h"
#include "storage/evidence.h"
#include "storage/machine_name.h"
#include "storage/queue.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define ARENA_BYTES_MAX (16u << 20)

struct evidencing {
    struct common_options common;
    struct settings settings;
    const char *verb, *what, *as, *why;
    const char *manifest; /* verify by this file */
    const char *part;     /* metadata, request, response */
    struct store *store;
    struct arena *arena;
    struct text_buf out;
    uint64_t told; /* that something is bad */
    struct json_writer writer;
};

enum { OPTION_PART = 0x200, OPTION_AS, OPTION_WHY, OPTION_MANIFEST };

static error_t parse_evidence(int key, char *value, struct argp_state *state)
{
    struct evidencing *evidencing = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &evidencing->common;
        return 0;
    case OPTION_PART:
        if (strcmp(value, "metadata") != 0 && strcmp(value, "request") != 0 &&
            strcmp(value, "response") != 0)
            argp_error(state, "--part is metadata, request or response, not '%s'", value);
        evidencing->part = value;
        return 0;
    case OPTION_MANIFEST:
        evidencing->manifest = value;
        return 0;
    case OPTION_AS:
        evidencing->as = command_name(value, state);
        return 0;
    case OPTION_WHY:
        evidencing->why = value;
        return 0;
    case ARGP_KEY_ARG:
        if (evidencing->verb == NULL)
            evidencing->verb = value;
        else if (evidencing->what == NULL)
            evidencing->what = value;
        else
            argp_error(state, "'%s' is one word too many", value);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "verify or show? For example: lurewatch evidence verify");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option evidence_options[] = {
    {"part", OPTION_PART, "PART", 0,
     "show: metadata (default: text and verdict as judged), request, or response (HTTP head and "
     "body as received)",
     0},
    {"manifest", OPTION_MANIFEST, "FILE", 0,
     "verify: prove the folder by this manifest alone, without the store", 0},
    {"as", OPTION_AS, "NAME", 0, "show: who reads, for the audit trail (default $USER)", 0},
    {"why", OPTION_WHY, "TEXT", 0, "show: why, for the audit trail", 0},
    {0}};

/* ---- verify ---- */

static void tell(void *ctx, const char *why)
{
    struct evidencing *evidencing = ctx;
    evidencing->told++;
    if (evidencing->common.json) {
        json_put_string(&evidencing->writer, slice_of(why));
        return;
    }
    print_safe(stdout, slice_of(why));
    putchar('\n');
}

static void tell_elsewhere(void *ctx, const char *why)
{
    const struct evidencing *evidencing = ctx;
    if (!evidencing->common.json)
        printf("%s\n", why);
}

/* A dossier needs neither store nor configuration: whoever was sent one checks it so. */
static int verb_verify_dossier(struct evidencing *evidencing)
{
    struct dossier_checked seen = {0};
    struct failure why = {.code = OK};
    struct json_writer *writer = &evidencing->writer;
    json_writer_init(writer, &evidencing->out);
    json_open_object(writer);
    json_key(writer, "bad");
    json_open_array(writer);
    if (dossier_check(evidencing->what, tell, evidencing, &seen, &why) != OK)
        return exit_with("evidence", &why);
    json_close_array(writer);
    json_put_member_int(writer, "files", (int64_t)seen.files);
    json_put_member_int(writer, "records", (int64_t)seen.records);
    json_put_member_if(writer, "stamped", slice_of(seen.stamped));
    json_close_object(writer);
    if (evidencing->common.json && command_print_line(&evidencing->out) != OK)
        return EXIT_IO;
    if (!evidencing->common.json)
        printf("%s: %" PRIu64 " files, %" PRIu64 " records: %" PRIu64 " bad\n", evidencing->what,
               seen.files, seen.records, seen.bad);
    if (!evidencing->common.json && seen.stamped[0] != '\0')
        printf("time stamp of %s: prove it by openssl ts -verify -digest, as README.txt says\n",
               seen.stamped);
    return seen.bad > 0 ? EXIT_DATA : EXIT_DONE;
}

static int verb_verify(struct evidencing *evidencing)
{
    struct evidence_verified result = {0};
    struct failure why = {.code = OK};
    struct json_writer *writer = &evidencing->writer;
    json_writer_init(writer, &evidencing->out);
    json_open_object(writer);
    json_key(writer, "bad");
    json_open_array(writer);
    char machine[MACHINE_NAME_BYTES];
    int rc = machine_name(evidencing->settings.machine, evidencing->settings.evidence, false,
                          machine, &why);
    const struct evidence_check check = {.dir = evidencing->settings.evidence,
                                         .machine = machine,
                                         .bad = tell,
                                         .elsewhere = tell_elsewhere,
                                         .ctx = evidencing};
    if (rc == OK && evidencing->manifest != NULL)
        rc = evidence_prove_manifest(evidencing->manifest, &check, &result, &why);
    else if (rc == OK)
        rc = evidence_verify(evidencing->store, &check, &result, &why);
    uint64_t stamps = 0, bad_before = evidencing->told;
    if (rc == OK && evidencing->manifest == NULL)
        rc =
            evidence_stamps_verify(evidencing->store, &evidencing->settings, &check, &stamps, &why);
    result.bad += evidencing->told - bad_before;
    if (rc != OK)
        return exit_with("evidence", &why);
    json_close_array(writer);
    json_put_member_int(writer, "segments", (int64_t)result.segments);
    json_put_member_int(writer, "records", (int64_t)result.records);
    json_put_member_int(writer, "elsewhere", (int64_t)result.elsewhere);
    json_put_member_int(writer, "purged", (int64_t)result.purged);
    json_put_member_int(writer, "bytes", (int64_t)result.bytes);
    json_put_member_int(writer, "stamps", (int64_t)stamps);
    json_close_object(writer);
    if (evidencing->common.json && command_print_line(&evidencing->out) != OK)
        return EXIT_IO;
    if (!evidencing->common.json)
        printf("%s: %" PRIu64 " records in %" PRIu64 " files, %" PRIu64 " bytes, %" PRIu64
               " taken out by retention: %" PRIu64 " bad\n",
               evidencing->settings.evidence, result.records, result.segments, result.bytes,
               result.purged, result.bad);
    return result.bad > 0 ? EXIT_DATA : EXIT_DONE;
}

/* ---- show ---- */

/* The record to show: of a case, or named by itself. */
static int find_record(struct evidencing *evidencing, char at[EVIDENCE_ID_BYTES],
                       int64_t *ret_case_id, struct failure *reterr)
{
    struct evidence_ref ref;
    struct case_row row;
    const char *id = evidencing->what;
    *ret_case_id = 0;
    if (slice_to_int64(slice_of(id), ret_case_id) == OK) {
        int rc =
            queue_get(evidencing->store, evidencing->arena, *ret_case_id, clock_unix_ms(), &row);
        if (rc != OK)
            return store_failed(evidencing->store, rc, reterr);
        id = row.evidence_id;
        if (id[0] == '\0')
            return failure_set(reterr, ERR_NOT_FOUND, "case %" PRId64 " has no evidence",
                               *ret_case_id);
    }
    int rc = evidence_group(evidencing->store, id, &ref);
    if (rc != OK)
        return store_failed(evidencing->store, rc, reterr);
    const char *part = evidencing->part;
    const char *wanted = strcmp(part, "request") == 0    ? ref.request_id
                         : strcmp(part, "response") == 0 ? ref.response_id
                                                         : ref.metadata_id;
    if (wanted[0] == '\0')
        return failure_set(reterr, ERR_NOT_FOUND, "%s: no %s was kept with it", id, part);
    snprintf(at, EVIDENCE_ID_BYTES, "%s", wanted);
    return OK;
}

/* Who read what, durable before it is shown. */
static int note_reading(struct evidencing *evidencing, const char *record_id, int64_t case_id,
                        struct failure *reterr)
{
    char why[1024];
    const struct audit_entry entry = {.at_unix_ms = clock_unix_ms(),
                                      .who = command_who(evidencing->as),
                                      .action = "read",
                                      .object = case_id != 0 ? "case" : "evidence",
                                      .object_id = case_id,
                                      .why = why};
    snprintf(why, sizeof why, "%s %s%s%.900s", evidencing->part, record_id,
             evidencing->why != NULL ? ": " : "", evidencing->why != NULL ? evidencing->why : "");
    int rc = store_begin(evidencing->store);
    if (rc == OK)
        rc = audit_add(evidencing->store, &entry);
    if (rc == OK)
        rc = store_commit(evidencing->store);
    if (rc != OK) {
        store_failed(evidencing->store, rc, reterr);
        store_rollback(evidencing->store);
    }
    return rc;
}

static int verb_show(struct evidencing *evidencing)
{
    struct failure why = {.code = OK};
    char record_id[EVIDENCE_ID_BYTES];
    struct text_buf block;
    int64_t case_id = 0;
    if (evidencing->what == NULL) {
        fputs("lurewatch evidence: show wants a case or a record: lurewatch evidence show 12\n",
              stderr);
        return EXIT_USAGE;
    }
    text_buf_init(&block, WARC_BLOCK_BYTES_MAX);
    int rc = find_record(evidencing, record_id, &case_id, &why);
    if (rc == OK)
        rc = evidence_read(evidencing->store, evidencing->settings.evidence, record_id, &block,
                           &why);
    if (rc == OK)
        rc = note_reading(evidencing, record_id, case_id, &why);
    if (rc != OK) {
        text_buf_release(&block);
        return exit_with("evidence", (why.code = rc, &why));
    }
    struct slice bytes = text_buf_slice(&block);
    if (isatty(STDOUT_FILENO))
        print_safe(stdout, bytes); /* a page may hold what a terminal obeys */
    else
        fwrite(bytes.at, 1, bytes.len, stdout);
    if (isatty(STDOUT_FILENO) || strcmp(evidencing->part, "metadata") == 0)
        putchar('\n');
    text_buf_release(&block);
    return EXIT_DONE;
}

static int verb_manifest(struct evidencing *evidencing)
{
    return evidence_print_manifest(evidencing->store);
}

static int verb_timestamp(struct evidencing *evidencing)
{
    char machine[MACHINE_NAME_BYTES];
    struct failure why = {.code = OK};
    const struct settings *settings = &evidencing->settings;
    if (machine_name(settings->machine, settings->evidence, false, machine, &why) != OK)
        return exit_with("evidence", &why);
    return evidence_stamp(evidencing->store, settings, machine);
}

static int evidence_run(struct evidencing *evidencing)
{
    static const struct {
        const char *name;
        int (*run)(struct evidencing *evidencing);
        unsigned flags;
    } verbs[] = {{"verify", verb_verify, STORE_READ_ONLY},
                 {"show", verb_show, 0},
                 {"manifest", verb_manifest, STORE_READ_ONLY},
                 {"timestamp", verb_timestamp, 0}};
    size_t verb = 0;
    while (verb < sizeof verbs / sizeof verbs[0] && strcmp(verbs[verb].name, evidencing->verb) != 0)
        verb++;
    if (verb == sizeof verbs / sizeof verbs[0]) {
        fprintf(stderr, "lurewatch evidence: '%s' is none of verify, show, manifest, timestamp\n",
                evidencing->verb);
        return EXIT_USAGE;
    }
    if (verb == 0 && evidencing->what != NULL)
        return verb_verify_dossier(evidencing);
    int code = command_settings("evidence", &evidencing->common, &evidencing->settings);
    if (code == EXIT_DONE && evidencing->manifest == NULL)
        code =
            command_store("evidence", &evidencing->settings, verbs[verb].flags, &evidencing->store);
    return code == EXIT_DONE ? verbs[verb].run(evidencing) : code;
}

int cmd_evidence(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .options = evidence_options,
        .parser = parse_evidence,
        .args_doc = "verify [DOSSIER]\nshow CASE|RECORD\nmanifest\ntimestamp",
        .doc =
            "The evidence: WARC files of every flagged page. `verify` reads all of it and names "
            "each record that is not what was written, by file and byte; of a dossier (the "
            "zip, or its folder) it does so without store or configuration; `show` prints what was "
            "kept for a case, in clear, and writes down who read it; `manifest` prints every "
            "record's digest and the chain, which proves the folder without the store; "
            "`timestamp` has the chain stamped by the authority of timestamp_url.\v"
            "Examples:\n"
            "  lurewatch evidence verify\n"
            "  lurewatch evidence verify case-12.zip\n"
            "  lurewatch evidence manifest > manifest.txt\n"
            "  lurewatch evidence verify --manifest manifest.txt\n"
            "  lurewatch evidence show 12 --why 'request of the board'\n"
            "  lurewatch evidence show 12 --part response > page.http\n\n"
            "Exit: 0 sound; 65 something is bad, or not there; 69 no store.",
        .children = children};
    struct evidencing evidencing = {.part = "metadata"};
    if (verbs_parse(&argp, argc, argv, NULL, &evidencing) != EXIT_DONE)
        return EXIT_USAGE;
    text_buf_init(&evidencing.out, 64u << 20);
    int code = arena_create(ARENA_BYTES_MAX, &evidencing.arena) == OK ? evidence_run(&evidencing)
                                                                      : EXIT_INTERNAL;
    store_close(evidencing.store);
    arena_free(evidencing.arena);
    text_buf_release(&evidencing.out);
    return command_end("evidence", code);
}
