/* cmd_explain.c - `lurewatch explain`: one ad, for people: findings, words, points, arithmetic. */
#include "app/bank_sources.h"
#include "app/json_array.h"
#include "app/judging.h"
#include "app/verbs.h"
#include "classifiers/explain.h"
#include "common/utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define OUT_BYTES_MAX (16u << 20)

enum explain_form { FORM_AUTO, FORM_TEXT, FORM_JSON, FORM_HTML };

struct explain {
    struct common_options common;
    enum explain_form form;
    const char *url;
    struct judging judging;
    struct citations *citations; /* NULL: for programs */
    struct text_buf out;
    size_t ads;
    bool write_failed;
};

enum { OPTION_INPUT = 0x200, OPTION_URL };

static error_t parse_explain(int key, char *value, struct argp_state *state)
{
    static const char *const forms[] = {"auto", "text", "json", "html"};
    struct explain *explain = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &explain->common;
        return 0;
    case OPTION_URL:
        explain->url = value;
        return 0;
    case OPTION_INPUT:
        for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
            if (strcmp(value, forms[i]) == 0) {
                explain->form = (enum explain_form)i;
                return 0;
            }
        argp_error(state, "--input is auto, text, json or html, not '%s'", value);
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option explain_options[] = {
    {"input", OPTION_INPUT, "FORM", 0,
     "text, json (one scan input object), html (a saved page), or auto", 0},
    {"url", OPTION_URL, "BASE", 0, "where the saved page came from", 0},
    {0}};

/* Weights that decisions moved are told apart from the analyst's. */
static void explain_tuned(struct explain *explain, const struct verdict *verdict)
{
    const struct pattern_bank *bank = judge_pattern_bank(explain->judging.judge);
    const char *between = "\nweights fitted to decisions (" BANK_WEIGHTS_FILE "): ";
    for (size_t i = 0; i < bank_rules_count(bank); i++) {
        const struct rule *rule = bank_rule(bank, i);
        for (size_t k = 0; rule->is_tuned && k < verdict->findings_count; k++)
            if (slice_equal(verdict->findings[k].id, rule->id)) {
                text_buf_printf(&explain->out, "%s%.*s %+.1f (the analyst's: %+.1f)", between,
                                (int)rule->id.len, rule->id.at, rule->weight_tenths / 10.0,
                                rule->analyst_tenths / 10.0);
                between = ", ";
            }
    }
    if (between[0] == ',')
        text_buf_add_char(&explain->out, '\n');
}

/* Where one may read why each finding counts. */
static void explain_sources(struct explain *explain, const struct verdict *verdict)
{
    struct text_buf list;
    const char *head = "\nsources\n";
    text_buf_init(&list, 4096);
    for (size_t i = 0; i < verdict->findings_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        text_buf_reset(&list);
        citations_of_finding(explain->citations, verdict, finding, &list);
        if (list.len == 0)
            continue;
        text_buf_printf(&explain->out, "%s  %.*s\n", head, (int)finding->id.len, finding->id.at);
        citations_print(explain->citations, text_buf_slice(&list), "      ", &explain->out);
        head = "";
    }
    text_buf_release(&list);
}

static void explain_ad(void *ctx, const struct posting *posting, const struct verdict *verdict)
{
    struct explain *explain = ctx;
    struct json_writer writer;
    if (verdict == NULL)
        return;
    if (explain->common.json) {
        json_writer_init(&writer, &explain->out);
        verdict_to_json(verdict, posting->attr[POSTING_ID], &writer);
        text_buf_add_char(&explain->out, '\n');
    } else {
        if (explain->ads > 0)
            text_buf_add_str(&explain->out, "\n--------\n\n");
        explain_verdict(posting, verdict, &explain->out);
        explain_tuned(explain, verdict);
        explain_sources(explain, verdict);
    }
    explain->ads++;
    struct slice text = text_buf_slice(&explain->out);
    if (text_buf_status(&explain->out) != OK)
        explain->write_failed = true;
    else if (explain->common.json)
        explain->write_failed |= fwrite(text.at, 1, text.len, stdout) != text.len;
    else
        print_safe(stdout, text);
    text_buf_reset(&explain->out);
}

static int explain_here(struct explain *explain, const struct posting *posting,
                        struct failure *reterr)
{
    struct verdict verdict;
    int rc = judging_text(&explain->judging, posting, &verdict, reterr);
    if (rc == OK)
        explain_ad(explain, posting, &verdict);
    return rc;
}

static int explain_json(struct explain *explain, struct slice whole, struct failure *reterr)
{
    struct json_doc *doc = NULL;
    struct posting posting;
    struct slice html, clean;
    if (utf8_clean(explain->judging.arena, whole, &clean) != OK)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    int rc = json_parse(clean, true, 32, &doc, reterr);
    if (rc != OK)
        return failure_prefix(reterr, "not one JSON object");
    rc = posting_from_json(explain->judging.arena, json_root(doc), &posting, &html, reterr);
    if (rc == OK && html.len > 0)
        rc = judging_ask(&explain->judging, SLICE("{\"want\":\"ad\"}"), clean, explain_ad, explain,
                         NULL, reterr);
    else if (rc == OK)
        rc = explain_here(explain, &posting, reterr);
    json_free(doc);
    return rc;
}

static int explain_array(struct explain *explain, struct slice whole, struct failure *reterr)
{
    struct json_array array;
    struct slice item;
    int rc = OK;
    json_array_begin(whole, &array);
    while (rc == OK && (rc = json_array_next(&array, &item, reterr)) == OK) {
        arena_reset(explain->judging.arena);
        rc = explain_json(explain, item, reterr);
        if (rc != OK)
            failure_prefix(reterr, "item %" PRIu64, array.number);
    }
    return rc == ERR_NOT_FOUND && array.ended ? OK : rc;
}

static int explain_html(struct explain *explain, struct slice whole, struct failure *reterr)
{
    struct json_writer writer;
    struct text_buf head;
    text_buf_init(&head, 64u << 10);
    json_writer_init(&writer, &head);
    json_open_object(&writer);
    json_put_member(&writer, "want", SLICE("page"));
    json_put_member(&writer, "content_type", SLICE("text/html"));
    json_put_member(&writer, "url", slice_of(explain->url));
    json_close_object(&writer);
    int rc = text_buf_status(&head);
    if (rc != OK)
        failure_set(reterr, rc, "--url is too long");
    else
        rc = judging_ask(&explain->judging, text_buf_slice(&head), whole, explain_ad, explain, NULL,
                         reterr);
    text_buf_release(&head);
    if (rc == OK && explain->ads == 0)
        rc = failure_set(reterr, ERR_SYNTAX,
                         "no posting was found in the page; `lurewatch "
                         "extract --page` says what the page is");
    return rc;
}

static enum explain_form guess(struct slice whole)
{
    struct slice text = slice_trim(whole);
    if (slice_starts(text, "{") || json_array_looks(text))
        return FORM_JSON;
    return slice_starts(text, "<") ? FORM_HTML : FORM_TEXT;
}

static int explain_whole(struct explain *explain, struct slice whole, struct failure *reterr)
{
    struct posting posting;
    enum explain_form form = explain->form == FORM_AUTO ? guess(whole) : explain->form;
    if (form == FORM_JSON && json_array_looks(whole))
        return explain_array(explain, whole, reterr);
    if (form == FORM_JSON)
        return explain_json(explain, whole, reterr);
    if (form == FORM_HTML)
        return explain_html(explain, whole, reterr);
    int rc = judging_posting_of_file(&explain->judging, "explain", whole, &posting, reterr);
    return rc == OK ? explain_here(explain, &posting, reterr) : rc;
}

static int sources_open(struct explain *explain)
{
    struct settings settings;
    struct failure why = {.code = OK};
    if (explain->common.json)
        return EXIT_DONE;
    int code = command_settings("explain", &explain->common, &settings);
    if (code != EXIT_DONE)
        return code;
    const struct bank_pack *pack = bank_pack_of(judge_pattern_bank(explain->judging.judge));
    if (bank_sources_load(pack, settings.patterns, &explain->citations, &why) != OK)
        return command_config_failure("explain", &why);
    return EXIT_DONE;
}

static int explain_file(struct explain *explain, const char *name)
{
    struct failure why = {.code = OK};
    struct line_reader reader = {0};
    struct text_buf whole;
    bool is_stdin = strcmp(name, "-") == 0;
    FILE *in = is_stdin ? stdin : fopen(name, "rbe");
    text_buf_init(&whole, JUDGING_INPUT_BYTES_MAX);
    if (in == NULL)
        failure_set(&why, ERR_IO, "%s", strerror(errno));
    else if (line_reader_init(&reader, in, JUDGING_INPUT_BYTES_MAX) != OK)
        failure_set(&why, ERR_NOMEM, "out of memory");
    else if (judging_read_all(&reader, &whole, &why) == OK &&
             explain_whole(explain, text_buf_slice(&whole), &why) == OK)
        why.code = OK;
    line_reader_release(&reader);
    text_buf_release(&whole);
    if (in != NULL && !is_stdin)
        fclose(in);
    if (why.code == OK)
        return EXIT_DONE;
    failure_prefix(&why, "%s", is_stdin ? "standard input" : name);
    return exit_with("explain", &why);
}

int cmd_explain(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .options = explain_options,
        .parser = parse_explain,
        .args_doc = "[FILE]",
        .doc = "Explain one ad: every finding with its words and points, what it offers, where and "
               "how one answers, and the sum. Reads FILE, or standard input.\v"
               "Examples:\n"
               "  echo 'Lowongan admin slot Kamboja, tiket ditanggung' | lurewatch explain\n"
               "  lurewatch explain saved-page.html\n\n"
               "Points are natural log-odds: +0.7 doubles the odds that the ad is a lure, -0.7 "
               "halves them. They add up to the logit, and the score is 100/(1+e^-logit).\n"
               "Exit: 0 done; 65 the input is no ad.",
        .children = children};
    struct explain explain = {.url = ""};
    int first = argc;
    if (verbs_parse(&argp, argc, argv, &first, &explain) != EXIT_DONE)
        return EXIT_USAGE;
    if (argc - first > 1) {
        fputs("lurewatch explain: one ad at a time; `lurewatch scan` takes many\n", stderr);
        return EXIT_USAGE;
    }
    text_buf_init(&explain.out, OUT_BYTES_MAX);
    int code = judging_open("explain", &explain.common, &explain.judging);
    if (code == EXIT_DONE)
        code = sources_open(&explain);
    if (code == EXIT_DONE)
        code = explain_file(&explain, first < argc ? argv[first] : "-");
    judging_close(&explain.judging);
    citations_free(explain.citations);
    text_buf_release(&explain.out);
    return command_end("explain", explain.write_failed ? EXIT_IO : code);
}
