/* cmd_export.c - `lurewatch export`: cases as rows, or one case as a letter or a dossier, to a file
 * that is there whole or not at all. Each case notes in its history that it left the house. */
#include "app/bank_sources.h"
#include "app/command.h"
#include "app/export_case.h"
#include "app/out_file.h"
#include "app/request_mail.h"
#include "app/verbs.h"
#include "common/clock.h"
#include "common/file.h"
#include "crawler/address.h"
#include "review/dossier.h"
#include "review/exchange.h"
#include "review/export.h"
#include "review/own_sites.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

struct exporting {
    struct common_options common;
    enum export_format format;
    bool format_given;
    struct export_filter filter;
    const char *out, *to, *as, *recipient, *language;
    bool unmask, send, own_sites, no_picture;
    struct camera *camera;
    uint64_t count; /* cases written */
};

enum {
    OPTION_FORMAT = 0x200,
    OPTION_STATE,
    OPTION_SINCE,
    OPTION_CASE,
    OPTION_AS,
    OPTION_TO,
    OPTION_RECIPIENT,
    OPTION_LANGUAGE,
    OPTION_UNMASK,
    OPTION_SEND,
    OPTION_OWN_SITES,
    OPTION_NO_PICTURE
};

static error_t parse_of_one_case(int key, char *value, struct exporting *exporting)
{
    switch (key) {
    case OPTION_RECIPIENT:
        exporting->recipient = value;
        return 0;
    case OPTION_LANGUAGE:
        exporting->language = value;
        return 0;
    case OPTION_UNMASK:
        exporting->unmask = true;
        return 0;
    case OPTION_SEND:
        exporting->send = true;
        return 0;
    case OPTION_TO:
        exporting->to = value;
        return 0;
    case OPTION_OWN_SITES:
        exporting->own_sites = true;
        return 0;
    case OPTION_NO_PICTURE:
        exporting->no_picture = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static bool may_unmask(enum export_format format)
{
    return format != EXPORT_LETTER && format != EXPORT_XARF;
}

static bool has_dossiers(const struct exporting *exporting)
{
    return exporting->send || exporting->format == EXPORT_DOSSIER;
}

/* By its name, where no --format is given: JSON lines go by .json, too. */
static bool named_json(const struct exporting *exporting)
{
    struct slice name = exporting->out != NULL ? slice_of(exporting->out) : SLICE_EMPTY;
    return slice_ends(name, ".jsonl") || slice_ends(name, ".json");
}

static bool named_foreign(const struct exporting *exporting)
{
    return !exporting->format_given && exporting->out != NULL && !named_json(exporting) &&
           out_file_foreign(exporting->out) != NULL;
}

static bool narrowed(const struct exporting *exporting)
{
    return exporting->filter.states != 0 || exporting->filter.since_unix_ms != 0;
}

static const char *send_clash(const struct exporting *exporting)
{
    if (exporting->format_given || exporting->out != NULL)
        return "--send mails approved requests: it takes no --format and no -o";
    if (exporting->recipient != NULL || exporting->language != NULL)
        return "--send mails what was drafted: --recipient and --language belong to a draft";
    if (narrowed(exporting) || exporting->to != NULL || exporting->unmask || exporting->own_sites)
        return "--send mails approved requests: --case alone narrows it";
    return NULL;
}

/* What only shows when all options are read: options that mean nothing with this format. */
static const char *options_clash(const struct exporting *exporting)
{
    bool one = export_format_is_of_one_case(exporting->format);
    if (exporting->send)
        return send_clash(exporting);
    if (one && exporting->filter.case_id == 0)
        return "letters and dossiers are of one case: --case ID";
    if (one && narrowed(exporting))
        return "letters and dossiers are of one case: --state and --since do not belong to them";
    if (!one && (exporting->recipient != NULL || exporting->language != NULL))
        return "--recipient and --language belong to --format letter or dossier";
    if (exporting->unmask && !may_unmask(exporting->format))
        return "--unmask does not belong to letters and XARF: the one names no contact, the other "
               "has sites alone";
    if (exporting->no_picture && !has_dossiers(exporting))
        return "--no-picture belongs to --format dossier and --send";
    if (exporting->own_sites && exporting->format != EXPORT_XARF)
        return "--own-sites belongs to --format xarf";
    return NULL;
}

static void check_options(const struct exporting *exporting, struct argp_state *state)
{
    const char *clash = options_clash(exporting);
    if (clash != NULL)
        argp_error(state, "%s", clash);
    if (exporting->common.json && exporting->format_given && exporting->format != EXPORT_JSONL)
        argp_error(state, "--json is --format jsonl, and another is given: leave one away");
    if (named_foreign(exporting))
        argp_error(state,
                   "what is to be written as %s is said by --format; by its name alone a file "
                   "becomes CSV (.csv) or JSON lines (.jsonl)",
                   out_file_foreign(exporting->out));
    if (exporting->out != NULL && exporting->out[0] == '\0')
        argp_error(state, "-o wants the name of a file");
    if (exporting->format == EXPORT_DOSSIER && exporting->out == NULL && isatty(STDOUT_FILENO))
        argp_error(state, "a dossier is a zip: name a file by -o FILE");
}

static error_t parse_export(int key, char *value, struct argp_state *state)
{
    struct exporting *exporting = state->input;
    switch (key) {
    case ARGP_KEY_END:
        check_options(exporting, state);
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &exporting->common;
        return 0;
    case OPTION_FORMAT:
        if (!export_format_from_name(slice_of(value), &exporting->format))
            argp_error(
                state,
                "--format is csv, jsonl, stix, misp, misp-flat, xarf, letter or dossier, not '%s'",
                value);
        exporting->format_given = true;
        return 0;
    case OPTION_STATE:
        command_states(value, &exporting->filter.states, state);
        return 0;
    case OPTION_SINCE:
        if (!command_since(value, exporting->filter.now_unix_ms, &exporting->filter.since_unix_ms))
            argp_error(state, "--since is a day (2026-11-24), a time, or an age such as 12h or 7d");
        return 0;
    case OPTION_CASE:
        if (slice_to_int64(slice_of(value), &exporting->filter.case_id) != OK ||
            exporting->filter.case_id <= 0)
            argp_error(state, "--case is the number of a case, not '%s'", value);
        return 0;
    case OPTION_AS:
        exporting->as = command_name(value, state);
        return 0;
    case 'o':
        exporting->out = value;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "'%s' is not expected here; a file is named by -o FILE", value);
        return EINVAL;
    default:
        return parse_of_one_case(key, value, exporting);
    }
}

static const struct argp_option export_options[] = {
    {"format", OPTION_FORMAT, "FORM", 0,
     "csv (default, or by the name of -o), jsonl, stix, misp, misp-flat, xarf; of one case: "
     "letter, dossier",
     0},
    {"state", OPTION_STATE, "STATE[,…]", 0,
     "new, claimed, confirmed, dismissed, unsure; all by default", 0},
    {"since", OPTION_SINCE, "WHEN", 0, "changed since a day (2026-11-24) or an age (7d)", 0},
    {"case", OPTION_CASE, "ID", 0, "one case", 0},
    {"recipient", OPTION_RECIPIENT, "ID", 0,
     "letter, dossier: to whom, by recipients.yml; by the ad's host otherwise", 0},
    {"language", OPTION_LANGUAGE, "CODE", 0, "letter, dossier: of the letter (en, id)", 0},
    {"unmask", OPTION_UNMASK, NULL, 0,
     "all but letter and xarf: contacts in clear; the history says who asked", 0},
    {"no-picture", OPTION_NO_PICTURE, NULL, 0,
     "dossier, --send: without page.png, which a browser draws from the kept bytes where one is "
     "installed",
     0},
    {"own-sites", OPTION_OWN_SITES, NULL, 0,
     "xarf: the ads stand on sites of the recruiters' own; else only the sites they name count", 0},
    {"send", OPTION_SEND, NULL, 0,
     "mail the requests that a person approved (of one case with --case), each with its dossier",
     0},
    {"output", 'o', "FILE", 0, "write FILE, whole or not at all; else standard output", 0},
    {"to", OPTION_TO, "WORDS", 0, "where it goes, for the history (default the file's name)", 0},
    {"as", OPTION_AS, "NAME", 0, "who exports, for the history (default $USER)", 0},
    {0}};

/* ---- the export ---- */

static int write_one_case(struct exporting *exporting, const struct settings *settings,
                          struct store *store, FILE *file, struct failure *reterr)
{
    const struct export_case what = {.settings = settings,
                                     .case_id = exporting->filter.case_id,
                                     .recipient = exporting->recipient,
                                     .language = exporting->language,
                                     .who = command_who(exporting->as),
                                     .unmask = exporting->unmask,
                                     .camera = exporting->camera,
                                     .now_unix_ms = exporting->filter.now_unix_ms};
    struct text_buf out;
    text_buf_init(&out, DOSSIER_BYTES_MAX);
    int rc = exporting->format == EXPORT_LETTER ? export_letter(&what, store, &out, reterr)
                                                : export_dossier(&what, store, &out, reterr);
    if (rc == OK && fwrite(out.at, 1, out.len, file) != out.len)
        rc = file_failure(reterr, "cannot write", "the export", errno);
    text_buf_release(&out);
    return rc;
}

/* Of those that could not be read in clear. */
static void tell_masked(uint64_t without, uint64_t cases, const char *left)
{
    if (without > 0)
        fprintf(stderr, "%" PRIu64 " of %" PRIu64 " cases have no evidence any more: %s\n", without,
                cases, left);
}

static const char *host_refusal(struct slice host)
{
    struct address address;
    if (!address_of_host(host, &address) && !host_is_domain(host))
        return "no name of a host";
    return address_refuse_host(NULL, host, 443);
}

static int write_exchange(struct exporting *exporting, const struct settings *settings,
                          const struct citations *citations, struct store *store, FILE *file,
                          struct failure *reterr)
{
    struct export_sink sink = export_to_file(file);
    struct exchange_counts counts = {0};
    const struct exchange_desk desk = {.operator_name = settings->operator_name,
                                       .contact = settings->operator_contact,
                                       .evidence_dir = settings->evidence,
                                       .letters = settings->letters,
                                       .citations = citations,
                                       .host_refusal = host_refusal,
                                       .unmask = exporting->unmask,
                                       .own_sites = exporting->own_sites,
                                       .act = {command_who(exporting->as), "contacts for an export",
                                               exporting->filter.now_unix_ms}};
    int rc = export_exchange(store, exporting->format, &exporting->filter, &desk, &sink, &counts,
                             reterr);
    if (rc == OK && fflush(file) != 0)
        rc = file_failure(reterr, "cannot write", "the export", errno);
    if (rc == OK && exporting->out != NULL && counts.cases > 0 &&
        counts.without_site == counts.cases)
        return failure_set(reterr, ERR_SYNTAX,
                           "nothing is written to %s: none of the cases names a site of the "
                           "recruiter's own; XARF is for such sites, letters are for boards",
                           exporting->out);
    if (rc == OK && counts.without_site > 0)
        fprintf(stderr,
                "%" PRIu64 " of %" PRIu64
                " cases name no site of the recruiter's own and were left "
                "out: XARF is for such sites, letters are for boards\n",
                counts.without_site, counts.cases);
    if (rc == OK)
        tell_masked(counts.without_evidence, counts.cases, "they went without contacts");
    exporting->count = counts.cases - counts.without_site;
    return rc;
}

static int write_rows(struct exporting *exporting, const struct settings *settings,
                      const struct citations *citations, struct store *store, FILE *file,
                      struct failure *reterr)
{
    struct export_sink sink = export_to_file(file);
    struct export_more more = {.citations = citations,
                               .evidence_dir = exporting->unmask ? settings->evidence : NULL,
                               .act = {command_who(exporting->as), "contacts for an export",
                                       exporting->filter.now_unix_ms}};
    int rc = export_cases(store, exporting->format, &exporting->filter, &more, &sink,
                          &exporting->count, reterr);
    if (rc == OK)
        tell_masked(more.without_evidence, exporting->count, "their contacts stay masked");
    if (rc == OK || reterr->code != OK)
        return rc;
    return ferror(file) ? file_failure(reterr, "cannot write", "the export", errno)
                        : store_failed(store, rc, reterr);
}

static int write_cases(struct exporting *exporting, const struct settings *settings,
                       struct store *store, FILE *file, struct failure *reterr)
{
    struct citations *citations = NULL;
    if (export_format_is_of_one_case(exporting->format))
        return write_one_case(exporting, settings, store, file, reterr);
    int rc = bank_sources_load_dir(settings->patterns, &citations, reterr);
    if (rc == OK)
        rc = export_format_is_exchange(exporting->format)
                 ? write_exchange(exporting, settings, citations, store, file, reterr)
                 : write_rows(exporting, settings, citations, store, file, reterr);
    citations_free(citations);
    return rc;
}

static int note_cases(struct exporting *exporting, struct store *store, struct failure *reterr)
{
    char why[512];
    struct queue_act act = {.who = command_who(exporting->as),
                            .why = why,
                            .now_unix_ms = exporting->filter.now_unix_ms};
    if (exporting->count == 0) /* XARF of boards' ads: nothing left the house */
        return OK;
    snprintf(why, sizeof why, "%s to %.400s", export_format_name(exporting->format),
             exporting->to != NULL    ? exporting->to
             : exporting->out == NULL ? "standard output"
                                      : exporting->out);
    int rc = export_note(store, &exporting->filter, &act);
    return rc == OK ? OK : store_failed(store, rc, reterr);
}

/* The history is written when all is on the disk, or through the pipe, and before a file gets its
 * name: an export that failed is none, and a case that left without a note would be worse. */
static int write_and_note(struct exporting *exporting, const struct settings *settings,
                          struct store *store, struct out_file *out, struct failure *reterr)
{
    FILE *file = out != NULL ? out_file_stream(out) : stdout;
    int rc = write_cases(exporting, settings, store, file, reterr);
    if (rc == OK && out != NULL)
        rc = out_file_sync(out, reterr);
    else if (rc == OK && fflush(stdout) != 0)
        rc = file_failure(reterr, "cannot write", "the export", errno);
    return rc == OK ? note_cases(exporting, store, reterr) : rc;
}

static int export_run(struct exporting *exporting, const struct settings *settings,
                      struct store *store)
{
    struct failure why = {.code = OK};
    struct out_file *out = NULL;
    exporting->count = 1;
    if (exporting->out != NULL && out_file_open(exporting->out, 0640, &out, &why) != OK) {
        exit_with("export", &why);
        return EXIT_CANNOT_CREATE;
    }
    int rc = write_and_note(exporting, settings, store, out, &why);
    if (rc != OK)
        out_file_drop(out);
    else if (out != NULL)
        rc = out_file_keep(out, &why);
    if (rc != OK && exporting->out == NULL && ferror(stdout))
        return EXIT_IO;
    if (rc != OK)
        return exit_with("export", (why.code = rc, &why));
    if (exporting->out != NULL)
        fprintf(stderr, "%" PRIu64 " case%s written to %s\n", exporting->count,
                exporting->count == 1 ? "" : "s", exporting->out);
    return EXIT_DONE;
}

static int export_send(struct exporting *exporting, const struct settings *settings,
                       struct store *store)
{
    const struct request_desk desk = {settings, store, command_who(exporting->as),
                                      exporting->filter.now_unix_ms, exporting->camera};
    return requests_send(&desk, exporting->filter.case_id);
}

int cmd_export(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .options = export_options,
        .parser = parse_export,
        .doc = "Write cases as CSV (for spreadsheets) or JSON lines (for programs), the most "
               "likely first; as STIX 2.1, MISP or XARF 4 for other desks' systems; or one case as "
               "a letter, or as a dossier: a zip with letter, text, "
               "findings and the evidence, which `evidence verify` proves without this store. "
               "Contacts are masked; evidence is named by file, record and SHA-256. "
               "Every case notes in its history that it was exported, by whom and where to.\v"
               "Examples:\n"
               "  lurewatch export --state confirmed -o confirmed.csv\n"
               "  lurewatch export --format jsonl --since 7d | jq .url\n"
               "  lurewatch export --format letter --case 12 --recipient aduankonten\n"
               "  lurewatch export --format dossier --case 12 -o case-12.zip\n"
               "  lurewatch export --send                 what `request approve` let go\n\n"
               "Exit: 0 done; 65 no such case; 69 no store; 73 the file cannot be made.",
        .children = children};
    struct exporting exporting = {.filter = {.now_unix_ms = clock_unix_ms()}};
    struct settings settings;
    struct store *store = NULL;
    if (verbs_parse(&argp, argc, argv, NULL, &exporting) != EXIT_DONE)
        return EXIT_USAGE;
    if (!exporting.format_given && (named_json(&exporting) || exporting.common.json))
        exporting.format = EXPORT_JSONL;
    int code = command_settings("export", &exporting.common, &settings);
    if (code == EXIT_DONE)
        code = command_store("export", &settings, 0, &store);
    bool draws = !exporting.no_picture && has_dossiers(&exporting);
    if (code == EXIT_DONE && draws)
        camera_create(&settings, &exporting.camera);
    if (code == EXIT_DONE)
        code = exporting.send ? export_send(&exporting, &settings, store)
                              : export_run(&exporting, &settings, store);
    camera_free(exporting.camera);
    store_close(store);
    return command_end("export", code);
}
