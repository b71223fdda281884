/* cmd_queue.c - `lurewatch queue`: the cases for people, on the command line.
 *
 * Each word behind `queue` is a row of VERBS. Contacts are shown as the store keeps them: masked in
 * the text, by kind and last characters beside it. */
#include "app/contact_words.h"
#include "app/queue_campaign.h"
#include "app/queue_employers.h"
#include "app/queue_print.h"
#include "app/queue_sample.h"
#include "app/queue_withdraw.h"
#include "app/verbs.h"
#include "common/clock.h"
#include "storage/queue_counts.h"
#include "storage/queue_second.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define ARENA_BYTES_MAX (256u << 20)
#define OUT_BYTES_MAX   (64u << 20)
#define LIMIT_DEFAULT   50u

struct queueing {
    struct common_options common;
    struct settings settings;
    struct case_query query;
    bool all, by_campaign, campaign; /* all: every page of the list */
    const char *as, *note, *kind, *until;
    const char *words[3]; /* behind the verb */
    size_t words_count;
    struct store *store;
    struct arena *arena;
    struct text_buf out;
    int64_t now_unix_ms;
};

enum {
    OPTION_AS = 0x200,
    OPTION_NOTE,
    OPTION_STATE,
    OPTION_SOURCE,
    OPTION_LANGUAGE,
    OPTION_TASK,
    OPTION_BAND,
    OPTION_SINCE,
    OPTION_LIMIT,
    OPTION_ALL,
    OPTION_KIND,
    OPTION_BY_CAMPAIGN,
    OPTION_CAMPAIGN,
    OPTION_UNTIL
};

static void read_limit(struct queueing *queueing, const char *value, struct argp_state *state)
{
    int64_t limit = 0;
    if (slice_to_int64(slice_of(value), &limit) != OK || limit < 1 || limit > STORE_PAGE_MAX)
        argp_error(state, "--limit is 1 to %u, not '%s'; --all gives every case", STORE_PAGE_MAX,
                   value);
    queueing->query.limit = (uint32_t)limit;
}

/* Options that narrow a list. */
static error_t parse_filter(int key, char *value, struct argp_state *state)
{
    struct queueing *queueing = state->input;
    enum task task;
    enum band band;
    switch (key) {
    case OPTION_STATE:
        command_states(value, &queueing->query.states, state);
        return 0;
    case OPTION_SOURCE:
        queueing->query.source = value;
        return 0;
    case OPTION_LANGUAGE:
        queueing->query.language = value;
        return 0;
    case OPTION_TASK:
        if (!task_from_name(slice_of(value), &task))
            argp_error(state,
                       "there is no task '%s'; gambling, scam, opaque-overseas, person-trade "
                       "and other-fraud are usual",
                       value);
        queueing->query.task = (int)task;
        return 0;
    case OPTION_BAND:
        if (!band_from_name(slice_of(value), &band))
            argp_error(state, "--band is review or urgent, not '%s'", value);
        queueing->query.band = (int)band;
        return 0;
    case OPTION_SINCE:
        if (!command_since(value, queueing->now_unix_ms, &queueing->query.since_unix_ms))
            argp_error(state, "--since is a day (2026-11-24), a time, or an age such as 12h or 7d");
        return 0;
    case OPTION_LIMIT:
        read_limit(queueing, value, state);
        return 0;
    case OPTION_BY_CAMPAIGN:
        queueing->by_campaign = true;
        return 0;
    case OPTION_ALL:
        queueing->all = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_queue(int key, char *value, struct argp_state *state)
{
    struct queueing *queueing = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &queueing->common;
        return 0;
    case OPTION_AS:
        queueing->as = command_name(value, state);
        return 0;
    case OPTION_NOTE:
        queueing->note = value;
        return 0;
    case OPTION_CAMPAIGN:
        queueing->campaign = true;
        return 0;
    case OPTION_KIND:
        queueing->kind = value;
        return 0;
    case OPTION_UNTIL:
        queueing->until = value;
        return 0;
    case ARGP_KEY_ARG:
        if (queueing->words_count < sizeof queueing->words / sizeof queueing->words[0])
            queueing->words[queueing->words_count++] = value; /* verbs.c counts them */
        return 0;
    default:
        return parse_filter(key, value, state);
    }
}

static const struct argp_option queue_options[] = {
    {NULL, 0, NULL, 0, "For list:", 1},
    {"state", OPTION_STATE, "STATE[,…]", 0,
     "new, claimed, confirmed, dismissed, unsure, all (default new,claimed)", 0},
    {"band", OPTION_BAND, "BAND", 0, "review or urgent", 0},
    {"task", OPTION_TASK, "TASK", 0, "what the ads recruit for, e.g. gambling", 0},
    {"source", OPTION_SOURCE, "NAME", 0, "of one source", 0},
    {"language", OPTION_LANGUAGE, "TAG", 0, "in one language, e.g. id", 0},
    {"since", OPTION_SINCE, "WHEN", 0, "changed since a day (2026-11-24) or an age (12h, 7d)", 0},
    {"limit", OPTION_LIMIT, "N", 0, "at most so many (default 50)", 0},
    {"all", OPTION_ALL, NULL, 0, "all of them", 0},
    {"by-campaign", OPTION_BY_CAMPAIGN, NULL, 0, "a line a campaign, not a case", 0},
    {NULL, 0, NULL, 0, "For what people do:", 2},
    {"as", OPTION_AS, "NAME", 0, "who does it, for the history (default $USER)", 0},
    {"note", OPTION_NOTE, "TEXT", 0, "why, for the history", 0},
    {"campaign", OPTION_CAMPAIGN, NULL, 0,
     "decide: every open case of the case's campaign; each can be undone by itself", 0},
    {"kind", OPTION_KIND, "KIND", 0,
     "find: what the contact is: whatsapp, telegram, line, wechat, zalo, phone, email, …", 0},
    {"until", OPTION_UNTIL, "WHEN", 0,
     "employers add: how long the check holds, a day or a length such as 180d (default a year)", 0},
    {0}};

/* ---- what every verb needs ---- */

static int usage(const char *why)
{
    fprintf(stderr, "lurewatch queue: %s; `lurewatch queue --help` shows how\n", why);
    return EXIT_USAGE;
}

static int done_line(struct queueing *queueing)
{
    return command_print(&queueing->out, queueing->common.json) == OK ? EXIT_DONE : EXIT_IO;
}

/* The case number at words[1]. */
static bool case_id(const struct queueing *queueing, int64_t *ret_id)
{
    return queueing->words_count > 1 &&
           slice_to_int64(slice_of(queueing->words[1]), ret_id) == OK && *ret_id > 0;
}

static struct queue_act act_of(const struct queueing *queueing)
{
    return (struct queue_act){.who = command_who(queueing->as),
                              .why = queueing->note,
                              .now_unix_ms = queueing->now_unix_ms};
}

/* What a case has become, in one line. */
static int tell(struct queueing *queueing, int64_t id)
{
    struct case_row row;
    char when[WHEN_BYTES];
    struct json_writer writer;
    int rc = queue_get(queueing->store, queueing->arena, id, queueing->now_unix_ms, &row);
    if (rc != OK)
        return command_store_failure("queue", queueing->store, rc);
    if (queueing->common.json) {
        json_writer_init(&writer, &queueing->out);
        queue_row_json(&row, &writer);
    } else {
        text_buf_printf(&queueing->out, "case %" PRId64 " is %s", id, case_state_name(row.state));
        if (row.state == CASE_CLAIMED)
            text_buf_printf(&queueing->out, " by %s until %s UTC", row.claimed_by,
                            when_text(row.lease_ends_unix_ms, when));
        text_buf_printf(&queueing->out, ": %s", row.title);
    }
    queue_warn_standing(queueing->store, queueing->arena, &row);
    return done_line(queueing);
}

static int failed(const struct queueing *queueing, int rc)
{
    return command_store_failure("queue", queueing->store, rc);
}

/* ---- verbs ---- */

static int list_page(struct queueing *queueing, struct table *table, struct case_row **ret_rows,
                     size_t *ret_count)
{
    int rc = queue_list(queueing->store, queueing->arena, &queueing->query, ret_rows, ret_count);
    for (size_t i = 0; rc == OK && i < *ret_count; i++) {
        const struct case_row *row = &(*ret_rows)[i];
        queueing->query.after_logit_tenths = row->logit_tenths;
        queueing->query.after_id = row->id;
        if (!queueing->common.json) {
            queue_table_add(table, row, queueing->now_unix_ms);
            continue;
        }
        struct json_writer writer;
        json_writer_init(&writer, &queueing->out);
        queue_row_json(row, &writer);
        if (command_print_line(&queueing->out) != OK)
            return ERR_CANCELLED; /* standard output is gone: command_end() says it */
    }
    return rc;
}

static int list_campaigns(struct queueing *queueing)
{
    const struct case_query *query = &queueing->query;
    struct campaign_listing listing = {.store = queueing->store,
                                       .arena = queueing->arena,
                                       .query = {.source = query->source,
                                                 .language = query->language,
                                                 .now_unix_ms = query->now_unix_ms,
                                                 .limit = query->limit},
                                       .json = queueing->common.json,
                                       .all = queueing->all};
    if (query->states != 0 || query->task >= 0 || query->band >= 0 || query->since_unix_ms != 0)
        return usage("--by-campaign lists campaigns with open cases; only --source, --language, "
                     "--limit and --all narrow it");
    return queue_campaign_list(&listing);
}

static struct sampling sampling_of(struct queueing *queueing)
{
    return (struct sampling){.store = queueing->store,
                             .arena = queueing->arena,
                             .out = &queueing->out,
                             .act = act_of(queueing),
                             .limit = queueing->query.limit,
                             .json = queueing->common.json};
}

static int verb_audit(struct queueing *queueing)
{
    const struct sampling sampling = sampling_of(queueing);
    return queue_sample_audit(&sampling, queueing->words[1], queueing->words[2]);
}

static int verb_recall(struct queueing *queueing)
{
    const struct sampling sampling = sampling_of(queueing);
    return queue_sample_recall(&sampling);
}

static int verb_list(struct queueing *queueing)
{
    struct table *table = NULL;
    struct case_row *rows = NULL;
    size_t count = 0;
    uint32_t limit = queueing->all ? STORE_PAGE_MAX : queueing->query.limit;
    if (queueing->by_campaign)
        return list_campaigns(queueing);
    queueing->query.limit = limit;
    int rc = queue_table(queueing->arena, &table);
    do {
        if (rc == OK)
            rc = list_page(queueing, table, &rows, &count);
    } while (rc == OK && queueing->all && count == limit);
    if (rc == ERR_CANCELLED)
        return EXIT_IO;
    if (rc != OK)
        return failed(queueing, rc);
    if (queueing->common.json)
        return EXIT_DONE;
    if (table_rows(table) == 0)
        puts("no case: nothing is waiting that the options ask for");
    else
        table_print(table, stdout, 0);
    if (!queueing->all && count == limit)
        printf("the first %u; --all shows every one\n", limit);
    const struct sampling sampling = sampling_of(queueing);
    bool open = queueing->query.states == 0 && count > 0;
    return open ? queue_sample_promise(&sampling, rows[count - 1].logit_tenths, table_rows(table))
                : EXIT_DONE;
}

static int verb_show(struct queueing *queueing)
{
    struct case_full full;
    struct json_writer writer;
    int64_t id = 0;
    if (!case_id(queueing, &id))
        return usage("show wants the number of a case: lurewatch queue show 12");
    int rc = queue_show(queueing->store, queueing->arena, id, queueing->now_unix_ms, &full);
    if (rc != OK)
        return failed(queueing, rc);
    if (!queueing->common.json) {
        queue_print_case(&full, stdout, queueing->now_unix_ms);
        rc = queue_campaign_print(queueing->store, queueing->arena, id, queueing->now_unix_ms,
                                  stdout);
        return rc == OK ? EXIT_DONE : failed(queueing, rc);
    }
    json_writer_init(&writer, &queueing->out);
    json_open_object(&writer);
    queue_case_members(&full, &writer);
    rc = queue_campaign_json(queueing->store, queueing->arena, id, queueing->now_unix_ms, &writer);
    json_close_object(&writer);
    return rc == OK ? done_line(queueing) : failed(queueing, rc);
}

static int verb_claim(struct queueing *queueing)
{
    struct queue_act act = act_of(queueing);
    int64_t id = 0, claimed = 0;
    if (queueing->words_count > 1 && !case_id(queueing, &id))
        return usage("claim takes the number of a case, or none for the strongest new one");
    int rc = queue_claim(queueing->store, id, &act, queueing->settings.claim_ms, &claimed);
    return rc == OK ? tell(queueing, claimed) : failed(queueing, rc);
}

static int verb_release(struct queueing *queueing)
{
    struct queue_act act = act_of(queueing);
    int64_t id = 0;
    if (!case_id(queueing, &id))
        return usage("release wants the number of a case");
    int rc = queue_release(queueing->store, id, &act);
    return rc == OK ? tell(queueing, id) : failed(queueing, rc);
}

static int decide_campaign(struct queueing *queueing, int64_t id, enum case_state decision)
{
    struct queue_act act = act_of(queueing);
    struct json_writer writer;
    uint32_t decided = 0, waiting = 0, left = 0;
    int rc = campaign_decide(queueing->store, id, decision, &act, &decided, &waiting, &left);
    if (rc != OK)
        return failed(queueing, rc);
    if (queueing->common.json) {
        json_writer_init(&writer, &queueing->out);
        json_open_object(&writer);
        json_put_member(&writer, "decision", slice_of(case_state_name(decision)));
        json_put_member_int(&writer, "decided", decided);
        json_put_member_int(&writer, "waiting", waiting);
        json_put_member_int(&writer, "left", left);
        json_close_object(&writer);
    } else {
        text_buf_printf(&queueing->out, "%u case%s of the campaign %s now %s", decided,
                        decided == 1 ? "" : "s", decided == 1 ? "is" : "are",
                        case_state_name(decision));
        if (waiting > 0)
            text_buf_printf(&queueing->out, "; %u wait for a second person", waiting);
        if (left > 0)
            text_buf_printf(&queueing->out, "; %u left as claimed by others", left);
    }
    return done_line(queueing);
}

static int verb_decide(struct queueing *queueing)
{
    struct queue_act act = act_of(queueing);
    enum case_state decision = CASE_NEW;
    int64_t id = 0;
    if (!case_id(queueing, &id) || queueing->words_count < 3)
        return usage("decide wants a case and a decision: lurewatch queue decide 12 confirmed");
    if (!case_state_from_name(slice_of(queueing->words[2]), &decision) || decision == CASE_NEW ||
        decision == CASE_CLAIMED)
        return usage("a decision is confirmed, dismissed or unsure");
    if (queueing->campaign)
        return decide_campaign(queueing, id, decision);
    struct queue_first first = {CASE_NEW, ""};
    int rc = queue_decide(queueing->store, id, decision, &act);
    if (rc == OK)
        rc = queue_first(queueing->store, queueing->arena, id, &first);
    if (rc == OK && first.by[0] != '\0' && !queueing->common.json)
        printf("noted as the first of two: %s by %s; another person decides\n",
               case_state_name(first.decision), first.by);
    return rc == OK ? tell(queueing, id) : failed(queueing, rc);
}

static int verb_undo(struct queueing *queueing)
{
    struct queue_act act = act_of(queueing);
    int64_t id = 0;
    if (!case_id(queueing, &id))
        return usage("undo wants the number of a case");
    int rc = queue_undo(queueing->store, id, &act);
    return rc == OK ? tell(queueing, id) : failed(queueing, rc);
}

static int verb_note(struct queueing *queueing)
{
    struct queue_act act = act_of(queueing);
    int64_t id = 0;
    if (queueing->words_count > 2)
        act.why = queueing->words[2];
    if (!case_id(queueing, &id) || act.why == NULL)
        return usage("note wants a case and the note: lurewatch queue note 12 'asked the board'");
    int rc = queue_note(queueing->store, id, &act);
    return rc == OK ? tell(queueing, id) : failed(queueing, rc);
}

static int verb_withdraw(struct queueing *queueing)
{
    size_t count = 0;
    struct queue_act act = act_of(queueing);
    int64_t id = 0;
    if (!case_id(queueing, &id) || act.why == NULL)
        return usage(
            "withdraw wants a case and why: lurewatch queue withdraw 12 --note 'licensed'");
    int rc = queue_withdraw(queueing->store, queueing->arena, id, &act, &count);
    if (rc == OK && count == 0) {
        fprintf(stderr, "lurewatch queue: nothing is asked of anybody about case %" PRId64 "\n",
                id);
        return EXIT_TRY_LATER;
    }
    return rc == OK ? tell(queueing, id) : failed(queueing, rc);
}

static int verb_stats(struct queueing *queueing)
{
    struct queue_stats stats;
    struct json_writer writer;
    json_writer_init(&writer, &queueing->out);
    int rc = queue_stats(queueing->store, queueing->now_unix_ms, &stats);
    if (rc != OK)
        return failed(queueing, rc);
    if (!queueing->common.json) {
        queue_print_stats(&stats, queueing->now_unix_ms);
        return EXIT_DONE;
    }
    queue_stats_json(&stats, &writer);
    return done_line(queueing);
}

/* ---- find: who else names this contact ---- */

static int find_one(struct queueing *queueing, const struct digest *hash, struct table *table)
{
    struct case_list list;
    int rc =
        queue_find_contact(queueing->store, queueing->arena, hash, queueing->now_unix_ms, &list);
    if (rc != OK)
        return failed(queueing, rc);
    for (size_t i = 0; i < list.count; i++) {
        struct json_writer writer;
        if (!queueing->common.json) {
            queue_table_add(table, &list.rows[i], queueing->now_unix_ms);
            continue;
        }
        json_writer_init(&writer, &queueing->out);
        queue_row_json(&list.rows[i], &writer);
        if (command_print_line(&queueing->out) != OK)
            return EXIT_IO;
    }
    return EXIT_DONE;
}

static int verb_find(struct queueing *queueing)
{
    struct table *table = NULL;
    struct contact_words words;
    if (queueing->words_count != 2)
        return usage("find wants a contact: lurewatch queue find '+855 12 345 678'");
    if (queue_table(queueing->arena, &table) != OK)
        return EXIT_INTERNAL;
    int code = contact_words_read("queue", &queueing->common, &queueing->settings, queueing->kind,
                                  queueing->words[1], &words);
    for (size_t i = 0; code == EXIT_DONE && i < words.count; i++)
        code = find_one(queueing, &words.at[i], table);
    if (code != EXIT_DONE || queueing->common.json)
        return code;
    if (table_rows(table) == 0)
        puts("no case names this contact");
    else
        table_print(table, stdout, 0);
    return EXIT_DONE;
}

static int verb_employers(struct queueing *queueing)
{
    const struct employing employing = {.store = queueing->store,
                                        .arena = queueing->arena,
                                        .out = &queueing->out,
                                        .act = act_of(queueing),
                                        .until = queueing->until,
                                        .json = queueing->common.json};
    return queue_employers(&employing, queueing->words[1], queueing->words[2]);
}

static const struct {
    const char *name;
    int (*run)(struct queueing *queueing);
    unsigned store_flags;
} VERBS[] = {
    {"list", verb_list, STORE_READ_ONLY},
    {"show", verb_show, STORE_READ_ONLY},
    {"claim", verb_claim, 0},
    {"release", verb_release, 0},
    {"decide", verb_decide, 0},
    {"undo", verb_undo, 0},
    {"note", verb_note, 0},
    {"withdraw", verb_withdraw, 0},
    {"stats", verb_stats, STORE_READ_ONLY},
    {"find", verb_find, STORE_READ_ONLY},
    {"audit", verb_audit, 0},
    {"recall", verb_recall, STORE_READ_ONLY},
    {"employers", verb_employers, 0},
};

static int run_verb(struct queueing *queueing)
{
    const char *name = queueing->words_count > 0 ? queueing->words[0] : "list";
    for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++) {
        if (strcmp(VERBS[i].name, name) != 0)
            continue;
        int code = command_settings("queue", &queueing->common, &queueing->settings);
        if (code == EXIT_DONE)
            code =
                command_store("queue", &queueing->settings, VERBS[i].store_flags, &queueing->store);
        return code == EXIT_DONE ? VERBS[i].run(queueing) : code;
    }
    return usage(
        "the word behind queue is list, show, claim, release, decide, undo, note, withdraw, "
        "stats, find, audit, recall, employers or add");
}

int cmd_queue(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .options = queue_options,
        .parser = parse_queue,
        .args_doc = "list\nshow ID\nclaim [ID]\nrelease ID\ndecide ID confirmed|dismissed|unsure\n"
                    "undo ID\nnote ID TEXT\nwithdraw ID\nstats\nfind CONTACT\naudit [AD "
                    "lure|honest]\nrecall\n"
                    "employers [add NAME|remove NAME]\n"
                    "add [FILE|URL]",
        .doc =
            "The cases for people: flagged ads, the most likely lures first. A case is claimed "
            "for a while, decided, and may be taken back; every step is in its history. `audit` "
            "shows ads of the random sample that were not flagged, for a person to say what they "
            "are; `recall` estimates from that how many lures are found. `employers` is the list "
            "of those that were checked as genuine: their cases are ranked last, never cleared.\v"
            "Examples:\n"
            "  lurewatch queue                      what is waiting\n"
            "  lurewatch queue claim                take the strongest new case\n"
            "  lurewatch queue show 12              why case 12 was flagged\n"
            "  lurewatch queue decide 12 confirmed --note 'same crew as 7'\n"
            "  lurewatch queue list --by-campaign   what belongs together, on one line\n"
            "  lurewatch queue decide 12 confirmed --campaign   the same for all like it\n"
            "  lurewatch queue undo 12              take the decision back\n"
            "  lurewatch queue withdraw 12 --note 'a licensed firm'   nothing is asked any more\n"
            "  lurewatch queue find t.me/NAME       cases that name the same contact\n"
            "  lurewatch queue employers add 'PT Contoh' --note 'register number 12, called'\n\n"
            "Contacts are masked in the text and shown by their last characters; in clear they "
            "stand only in the evidence.\n"
            "Exit: 0 done; 65 no such case; 69 no store; 75 somebody else holds the case.",
        .children = children};
    struct queueing queueing = {.query = {.task = -1, .band = -1, .limit = LIMIT_DEFAULT}};
    queueing.now_unix_ms = queueing.query.now_unix_ms = clock_unix_ms();
    if (argc > 1 && strcmp(argv[1], "add") == 0)
        return cmd_queue_add(argc - 1, argv + 1); /* options of its own */
    if (verbs_parse(&argp, argc, argv, NULL, &queueing) != EXIT_DONE)
        return EXIT_USAGE;
    text_buf_init(&queueing.out, OUT_BYTES_MAX);
    int code =
        arena_create(ARENA_BYTES_MAX, &queueing.arena) == OK ? run_verb(&queueing) : EXIT_INTERNAL;
    store_close(queueing.store);
    arena_free(queueing.arena);
    text_buf_release(&queueing.out);
    return command_end("queue", code);
}
