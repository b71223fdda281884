/* cmd_request.c - `lurewatch request`: what is asked of whom about which case. Nothing is sent by
 * itself: `export --send` mails what a person approved, `sent` notes what a person sent by a form. */
#include "app/command.h"
#include "app/request_mail.h"
#include "app/table.h"
#include "app/verbs.h"
#include "common/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define ARENA_BYTES_MAX (64u << 20)

struct requesting {
    struct common_options common;
    struct settings settings;
    const char *verb, *as, *why, *recipient, *language;
    int64_t number; /* a case for draft, else a request; 0: none */
    int64_t case_id;
    unsigned states;
    bool send;
    int64_t now;
    struct store *store;
    struct arena *arena;
};

enum {
    OPTION_AS = 0x200,
    OPTION_WHY,
    OPTION_RECIPIENT,
    OPTION_LANGUAGE,
    OPTION_CASE,
    OPTION_STATE,
    OPTION_SEND
};

static void read_number(struct requesting *requesting, const char *value, struct argp_state *state)
{
    struct slice text = slice_of(value);
    if (slice_starts_nocase(text, "R-"))
        text = slice_from(text, 2);
    if (requesting->number != 0 || slice_to_int64(text, &requesting->number) != OK ||
        requesting->number <= 0)
        argp_error(state, "'%s' is not the number of a case or request", value);
}

static void read_states(struct requesting *requesting, const char *value, struct argp_state *state)
{
    enum request_state one;
    if (!request_state_from_name(slice_of(value), &one))
        argp_error(state, "--state is drafted, sent, acknowledged, refused or withdrawn, not '%s'",
                   value);
    else
        requesting->states |= 1u << one;
}

static error_t parse_request(int key, char *value, struct argp_state *state)
{
    struct requesting *requesting = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &requesting->common;
        return 0;
    case OPTION_AS:
        requesting->as = command_name(value, state);
        return 0;
    case OPTION_WHY:
        requesting->why = value;
        return 0;
    case OPTION_RECIPIENT:
        requesting->recipient = value;
        return 0;
    case OPTION_LANGUAGE:
        requesting->language = value;
        return 0;
    case OPTION_SEND:
        requesting->send = true;
        return 0;
    case OPTION_STATE:
        read_states(requesting, value, state);
        return 0;
    case OPTION_CASE:
        if (slice_to_int64(slice_of(value), &requesting->case_id) != OK || requesting->case_id <= 0)
            argp_error(state, "--case is the number of a case, not '%s'", value);
        return 0;
    case ARGP_KEY_ARG:
        if (requesting->verb == NULL)
            requesting->verb = value;
        else
            read_number(requesting, value, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option request_options[] = {
    {"recipient", OPTION_RECIPIENT, "ID", 0, "draft: to whom; by the ad's host otherwise", 0},
    {"language", OPTION_LANGUAGE, "CODE", 0, "draft: of the letter (en, id)", 0},
    {"case", OPTION_CASE, "ID", 0, "list: of one case", 0},
    {"state", OPTION_STATE, "STATE", 0, "list: drafted, sent, …; may be repeated", 0},
    {"why", OPTION_WHY, "TEXT", 0, "a note; withdraw needs it, and the correction says it", 0},
    {"send", OPTION_SEND, NULL, 0, "withdraw: mail the correction", 0},
    {"as", OPTION_AS, "NAME", 0, "who acts, for the history (default $USER)", 0},
    {0}};

static struct request_desk desk_of(struct requesting *requesting)
{
    return (struct request_desk){&requesting->settings, requesting->store,
                                 command_who(requesting->as), requesting->now, NULL};
}

/* ---- list ---- */

static void put_time(struct json_writer *writer, const char *key, int64_t unix_ms)
{
    char at[CLOCK_RFC3339_BYTES];
    if (unix_ms != 0)
        json_put_member(writer, key, slice_of(clock_rfc3339(unix_ms, at)));
}

static int print_json(const struct request_row *row)
{
    struct text_buf line;
    struct json_writer writer;
    text_buf_init(&line, 1u << 20);
    json_writer_init(&writer, &line);
    json_open_object(&writer);
    json_put_member_int(&writer, "request", row->id);
    json_put_member_int(&writer, "case", row->case_id);
    json_put_member(&writer, "state", slice_of(request_state_name(row->state)));
    json_put_member(&writer, "recipient", slice_of(row->recipient));
    json_put_member(&writer, "kind", slice_of(row->kind));
    json_put_member(&writer, "language", slice_of(row->language));
    json_put_member_if(&writer, "address", slice_of(row->address));
    json_put_member_if(&writer, "form", slice_of(row->form));
    json_put_member(&writer, "url", slice_of(row->url));
    json_put_member_if(&writer, "drafted_by", slice_of(row->drafted_by));
    json_put_member_if(&writer, "approved_by", slice_of(row->approved_by));
    json_put_member_if(&writer, "sent_by", slice_of(row->sent_by));
    json_put_member_if(&writer, "why", slice_of(row->why));
    put_time(&writer, "drafted_at", row->drafted_unix_ms);
    put_time(&writer, "approved_at", row->approved_unix_ms);
    put_time(&writer, "sent_at", row->sent_unix_ms);
    put_time(&writer, "mailing_since", row->mailing_unix_ms);
    put_time(&writer, "changed_at", row->changed_unix_ms);
    json_close_object(&writer);
    int rc = command_print_line(&line);
    text_buf_release(&line);
    return rc;
}

static void add_row(struct table *table, const struct request_row *row, int64_t now)
{
    char ago[WHEN_BYTES];
    bool approved = row->state == REQUEST_DRAFTED && row->approved_unix_ms != 0;
    table_addf(table, "R-%" PRId64, row->id);
    table_addf(table, "%" PRId64, row->case_id);
    bool mailing = row->state == REQUEST_DRAFTED && row->mailing_unix_ms != 0;
    table_add(table, slice_of(mailing    ? "mailing?"
                              : approved ? "approved"
                                         : request_state_name(row->state)));
    table_add(table, slice_of(ago_text(row->changed_unix_ms, now, ago)));
    table_add(table, slice_of(row->recipient));
    table_add(table, slice_of(row->kind));
    table_add(table, slice_of(row->address[0] != '\0' ? row->address : row->form));
    table_add(table, slice_of(row->url));
}

static int verb_list(struct requesting *requesting)
{
    static const struct table_column columns[] = {
        {"request", 0, false},   {"case", 0, true},  {"state", 0, false}, {"since", 0, true},
        {"recipient", 8, false}, {"kind", 0, false}, {"to", 12, false},   {"ad", 16, false}};
    struct request_query query = {
        .states = requesting->states, .case_id = requesting->case_id, .limit = STORE_PAGE_MAX};
    struct table *table = NULL;
    struct request_row *rows = NULL;
    size_t count = STORE_PAGE_MAX;
    if (table_create(requesting->arena, columns, 8, &table) != OK)
        return EXIT_INTERNAL;
    while (count == STORE_PAGE_MAX) {
        int rc = request_list(requesting->store, requesting->arena, &query, &rows, &count);
        if (rc != OK)
            return command_store_failure("request", requesting->store, rc);
        for (size_t i = 0; i < count; i++) {
            query.after_id = rows[i].id;
            if (!requesting->common.json)
                add_row(table, &rows[i], requesting->now);
            else if (print_json(&rows[i]) != OK)
                return EXIT_IO;
        }
    }
    if (!requesting->common.json)
        table_print(table, stdout, 0);
    return EXIT_DONE;
}

static int verb_recipients(struct requesting *requesting)
{
    static const struct table_column columns[] = {{"id", 0, false},      {"kind", 0, false},
                                                  {"language", 0, true}, {"to", 12, false},
                                                  {"hosts", 16, false},  {"looked up", 0, false}};
    struct recipients all;
    struct failure why = {.code = OK};
    struct table *table = NULL;
    if (recipients_load(requesting->arena, requesting->settings.letters, &all, &why) != OK)
        return exit_with("request", &why);
    if (table_create(requesting->arena, columns, 6, &table) != OK)
        return EXIT_INTERNAL;
    for (size_t i = 0; i < all.count; i++) {
        const struct recipient *to = &all.list[i];
        struct text_buf hosts;
        text_buf_init(&hosts, 1u << 16);
        for (size_t at = 0; at < to->hosts_count; at++)
            text_buf_printf(&hosts, "%s%s", at > 0 ? " " : "", to->hosts[at]);
        table_add(table, slice_of(to->id));
        table_add(table, slice_of(letter_kind_name(to->kind)));
        table_add(table, slice_of(to->language));
        table_add(table, slice_of(to->address[0] != '\0' ? to->address : to->form));
        table_add(table, hosts.len > 0 ? text_buf_slice(&hosts) : SLICE("by --recipient"));
        table_add(table, slice_of(to->date));
        text_buf_release(&hosts);
    }
    table_print(table, stdout, 0);
    return EXIT_DONE;
}

/* ---- one request ---- */

static int load(struct requesting *requesting, struct request_row *ret_row)
{
    int rc = request_get(requesting->store, requesting->arena, requesting->number, ret_row);
    return rc == OK ? EXIT_DONE : command_store_failure("request", requesting->store, rc);
}

static int print_letter(struct requesting *requesting, const struct request_row *row)
{
    const struct request_desk desk = desk_of(requesting);
    struct letter letter;
    struct failure why = {.code = OK};
    if (request_letter(&desk, row, requesting->arena, &letter, &why) != OK)
        return exit_with("request", &why);
    printf("To: %s <%s>\nSubject: %s\n\n", row->name,
           row->address[0] != '\0' ? row->address : row->form, letter.subject);
    fputs(letter.body, stdout);
    return EXIT_DONE;
}

static int verb_show(struct requesting *requesting)
{
    struct request_row row;
    int code = load(requesting, &row);
    return code == EXIT_DONE ? print_letter(requesting, &row) : code;
}

static int verb_draft(struct requesting *requesting)
{
    const struct request_desk desk = desk_of(requesting);
    struct failure why = {.code = OK};
    int64_t id = 0;
    if (request_draft_for(&desk, requesting->number, requesting->recipient, requesting->language,
                          &id, &why) != OK)
        return exit_with("request", &why);
    if (requesting->common.json) {
        requesting->number = id;
        struct request_row row;
        int code = load(requesting, &row);
        return code != EXIT_DONE ? code : print_json(&row) == OK ? EXIT_DONE : EXIT_IO;
    }
    printf("R-%" PRId64 " drafted; read it: lurewatch request show %" PRId64 "\n", id, id);
    return EXIT_DONE;
}

static int verb_approve(struct requesting *requesting)
{
    const struct queue_act act = {command_who(requesting->as), requesting->why, requesting->now};
    int rc = request_approve(requesting->store, requesting->number,
                             (unsigned)requesting->settings.approvals, &act);
    if (rc != OK)
        return command_store_failure("request", requesting->store, rc);
    printf("R-%" PRId64 " approved; `lurewatch export --send` mails it\n", requesting->number);
    return EXIT_DONE;
}

static int change(struct requesting *requesting, enum request_state state)
{
    const struct queue_act act = {command_who(requesting->as), requesting->why, requesting->now};
    int rc = request_change(requesting->store, requesting->number, state, &act);
    if (rc != OK)
        return command_store_failure("request", requesting->store, rc);
    fprintf(stderr, "R-%" PRId64 " %s\n", requesting->number, request_state_name(state));
    return EXIT_DONE;
}

static int verb_sent(struct requesting *requesting)
{
    return change(requesting, REQUEST_SENT);
}

static int verb_acknowledged(struct requesting *requesting)
{
    return change(requesting, REQUEST_ACKNOWLEDGED);
}

static int verb_refused(struct requesting *requesting)
{
    return change(requesting, REQUEST_REFUSED);
}

/* Whoever got the request gets the correction: it is printed, and mailed when asked. */
static int verb_withdraw(struct requesting *requesting)
{
    const struct request_desk desk = desk_of(requesting);
    struct request_row row;
    struct failure why = {.code = OK};
    int code = change(requesting, REQUEST_WITHDRAWN);
    if (code == EXIT_DONE)
        code = load(requesting, &row);
    if (code != EXIT_DONE || (row.sent_unix_ms == 0 && row.mailing_unix_ms == 0))
        return code;
    code = print_letter(requesting, &row);
    if (code == EXIT_DONE && requesting->send && request_mail(&desk, &row, &why) != OK)
        return exit_with("request", &why);
    if (code == EXIT_DONE && requesting->send)
        fprintf(stderr, "the correction was mailed to %s\n", row.address);
    return code;
}

/* ---- the command ---- */

static const struct verb {
    const char *name;
    int (*run)(struct requesting *requesting);
    bool numbered, writes;
} VERBS[] = {{"list", verb_list, false, false},
             {"recipients", verb_recipients, false, false},
             {"show", verb_show, true, false},
             {"draft", verb_draft, true, true},
             {"approve", verb_approve, true, true},
             {"sent", verb_sent, true, true},
             {"acknowledged", verb_acknowledged, true, true},
             {"refused", verb_refused, true, true},
             {"withdraw", verb_withdraw, true, true}};

static const struct verb *verb_find(const char *name)
{
    for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++)
        if (strcmp(VERBS[i].name, name) == 0)
            return &VERBS[i];
    return NULL;
}

static int request_run(struct requesting *requesting)
{
    const struct verb *verb = verb_find(requesting->verb != NULL ? requesting->verb : "list");
    if (verb == NULL) {
        fprintf(stderr,
                "lurewatch request: there is no '%s'; `lurewatch request --help` lists what "
                "there is\n",
                requesting->verb);
        return EXIT_USAGE;
    }
    if (verb->numbered && requesting->number == 0) {
        fprintf(stderr, "lurewatch request: %s wants a number: lurewatch request %s 12\n",
                verb->name, verb->name);
        return EXIT_USAGE;
    }
    int code = command_settings("request", &requesting->common, &requesting->settings);
    if (code == EXIT_DONE && verb->run != verb_recipients)
        code = command_store("request", &requesting->settings, verb->writes ? 0 : STORE_READ_ONLY,
                             &requesting->store);
    return code == EXIT_DONE ? verb->run(requesting) : code;
}

int cmd_request(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .options = request_options,
        .parser = parse_request,
        .args_doc = "[list]\nrecipients\ndraft CASE\nshow|approve REQUEST\n"
                    "sent|acknowledged|refused|withdraw REQUEST",
        .doc = "What is asked of whom about a confirmed case: one request a case and recipient. "
               "A person drafts it, a person approves it (another one, unless 'approvals: 1' is "
               "set), and only then `lurewatch export --send` mails it; where a platform has a "
               "form, `show` prints the letter and `sent` notes that you sent it. Withdrawing one "
               "that was sent prints the correction.\v"
               "Examples:\n"
               "  lurewatch request draft 12\n"
               "  lurewatch request draft 12 --recipient aduankonten\n"
               "  lurewatch request approve R-3 --as budi\n"
               "  lurewatch export --send\n"
               "  lurewatch request withdraw R-3 --why 'the employer is licensed' --send\n\n"
               "Exit: 0 done; 65 no such case or request; 69 no store, or the mail server refused; "
               "75 not in that state.",
        .children = children};
    struct requesting requesting = {.now = clock_unix_ms()};
    if (verbs_parse(&argp, argc, argv, NULL, &requesting) != EXIT_DONE)
        return EXIT_USAGE;
    int code = arena_create(ARENA_BYTES_MAX, &requesting.arena) == OK ? request_run(&requesting)
                                                                      : EXIT_INTERNAL;
    store_close(requesting.store);
    arena_free(requesting.arena);
    return command_end("request", code);
}
