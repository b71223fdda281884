/* cmd_check_url.c - `lurewatch check-url`: may this be fetched, and if not, why. No network.
 *
 * Four questions, each with its answer shown: is it a URL we read, may that address be connected
 * to, what does robots.txt say (of --robots, else as the last sweep read it), which source allows
 * it. All must say yes. */
#include "app/command.h"
#include "app/verbs.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/json.h"
#include "crawler/address.h"
#include "crawler/robots.h"
#include "crawler/source.h"
#include "crawler/url.h"
#include "storage/host_rows.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define ARENA_BYTES_MAX (64u << 20)
#define TEXT_BYTES_MAX  1024u

struct check_url {
    struct common_options common;
    const char *robots_file, *agent;
    struct settings settings;
    struct robots *robots;      /* of robots_file, NULL: none given */
    struct source_set *sources; /* NULL: the folder cannot be read */
    struct store *store;        /* NULL: there is none yet */
    struct arena *arena;
    struct text_buf out;
    int64_t now_unix_ms;
};

struct answer {
    const char *asked;
    struct slice canonical;
    bool is_url, address_ok, robots_ok, robots_known, source_ok;
    char address[TEXT_BYTES_MAX], robots[TEXT_BYTES_MAX], source[TEXT_BYTES_MAX];
};

enum { OPTION_ROBOTS = 0x200, OPTION_AGENT };

static error_t parse_check(int key, char *value, struct argp_state *state)
{
    struct check_url *check = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &check->common;
        return 0;
    case OPTION_ROBOTS:
        check->robots_file = value;
        return 0;
    case OPTION_AGENT:
        check->agent = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which URL? For example: lurewatch check-url https://board.example/jobs");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option check_options[] = {
    {"robots", OPTION_ROBOTS, "FILE", 0,
     "a saved robots.txt to ask; else what the last sweep read from that host", 0},
    {"agent", OPTION_AGENT, "NAME", 0, "the robots.txt name to ask for (default lurewatch)", 0},
    {0}};

/* ---- the four questions ---- */

static void say_robots(struct answer *answer, const struct robots *robots, struct slice path_query,
                       const char *from)
{
    struct robots_answer why;
    answer->robots_known = true;
    answer->robots_ok = robots_allows(robots, path_query, &why);
    uint32_t delay = robots_crawl_delay_ms(robots);
    const char *word = answer->robots_ok ? "allowed" : "forbidden";
    int used = why.line > 0 ? snprintf(answer->robots, TEXT_BYTES_MAX, "%s by line %u, \"%.*s\"",
                                       word, why.line, (int)why.rule.len, why.rule.at)
                            : snprintf(answer->robots, TEXT_BYTES_MAX, "%s: %.*s", word,
                                       (int)why.rule.len, why.rule.at);
    size_t at = used < 0 ? 0 : (size_t)used < TEXT_BYTES_MAX ? (size_t)used : TEXT_BYTES_MAX - 1;
    if (delay > 0)
        snprintf(answer->robots + at, TEXT_BYTES_MAX - at, "; Crawl-delay %u.%03u s; %s",
                 delay / 1000, delay % 1000, from);
    else
        snprintf(answer->robots + at, TEXT_BYTES_MAX - at, "; %s", from);
}

/* What the last sweep read of that host's robots.txt. */
static int ask_stored_robots(struct check_url *check, struct answer *answer, const struct url *url,
                             struct failure *reterr)
{
    struct host_row row;
    struct robots *robots = NULL;
    char from[TEXT_BYTES_MAX], when[WHEN_BYTES];
    const char *host = arena_copy(check->arena, url->host_port.at, url->host_port.len);
    if (host == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    int rc = host_get(check->store, check->arena, host, &row);
    if (rc == ERR_NOT_FOUND || (rc == OK && row.robots_fetched_unix_ms == 0))
        return OK;
    if (rc != OK)
        return store_failed(check->store, rc, reterr);
    rc = robots_from_answer(row.robots_http_status, row.robots_body, slice_of(check->agent),
                            &robots);
    if (rc != OK)
        return failure_set(reterr, rc, "out of memory");
    snprintf(from, sizeof from, "as read %s UTC", when_text(row.robots_fetched_unix_ms, when));
    say_robots(answer, robots, url_path_query(url), from);
    robots_free(robots);
    return OK;
}

static int ask_robots(struct check_url *check, struct answer *answer, const struct url *url,
                      struct failure *reterr)
{
    snprintf(answer->robots, TEXT_BYTES_MAX,
             "not known: give --robots FILE; a sweep reads it before anything else of the host");
    if (check->robots != NULL) {
        char from[TEXT_BYTES_MAX];
        snprintf(from, sizeof from, "of %.900s", check->robots_file);
        say_robots(answer, check->robots, url_path_query(url), from);
        return OK;
    }
    return check->store == NULL ? OK : ask_stored_robots(check, answer, url, reterr);
}

static void ask_sources(const struct check_url *check, struct answer *answer, const struct url *url)
{
    char off[SOURCE_WHY_BYTES];
    const struct source *source = NULL;
    snprintf(answer->source, TEXT_BYTES_MAX,
             "none: no file of %.900s names this host, so no permission is stated",
             check->settings.sources);
    for (size_t i = 0; check->sources != NULL && !answer->source_ok &&
                       (source = source_set_at(check->sources, i)) != NULL;
         i++) {
        if (!source_allows_url(source, url))
            continue;
        const char *why = source_off(source, check->now_unix_ms, off);
        answer->source_ok = why == NULL;
        if (why == NULL)
            snprintf(answer->source, TEXT_BYTES_MAX, "%.200s (%.100s%s%.600s)", source->name,
                     source->basis, source->basis_note[0] != '\0' ? ": " : "", source->basis_note);
        else
            snprintf(answer->source, TEXT_BYTES_MAX, "%.200s, which is off: %.700s", source->name,
                     why);
    }
}

static int ask(struct check_url *check, const char *text, struct answer *ret_answer,
               struct failure *reterr)
{
    struct failure why = {.code = OK};
    struct url url, canonical;
    struct answer answer = {.asked = text, .canonical = SLICE_EMPTY};
    int rc = url_parse(check->arena, slice_of(text), NULL, &url, &why);
    if (rc == OK)
        rc = url_canonical(check->arena, &url, &canonical);
    if (rc == ERR_NOMEM)
        return failure_set(reterr, rc, "out of memory");
    if (rc != OK) {
        snprintf(answer.address, TEXT_BYTES_MAX, "%.1000s", why.text);
        *ret_answer = answer;
        return OK;
    }
    answer.is_url = true;
    answer.canonical = canonical.href;
    /* as given: its canonical form has no credentials any more, and those are refused */
    answer.address_ok = address_refuse_url(NULL, &url, &why) == OK;
    snprintf(answer.address, TEXT_BYTES_MAX, "%.1000s",
             answer.address_ok ? "nothing against it; what its name leads to is checked again when "
                                 "the connection is made"
                               : why.text);
    rc = ask_robots(check, &answer, &canonical, reterr);
    ask_sources(check, &answer, &canonical);
    *ret_answer = answer;
    return rc;
}

/* ---- the answer ---- */

static bool may_fetch(const struct answer *answer)
{
    return answer->is_url && answer->address_ok && answer->source_ok &&
           (answer->robots_ok || !answer->robots_known);
}

static const char *verdict_of(const struct answer *answer)
{
    if (!answer->is_url)
        return "no: it is not a URL we read";
    if (!answer->address_ok)
        return "no: the address is refused";
    if (answer->robots_known && !answer->robots_ok)
        return "no: robots.txt forbids it";
    if (!answer->source_ok)
        return "no: no source that is on allows it";
    return answer->robots_known ? "yes" : "yes, if robots.txt does not forbid it";
}

static void put_json(struct check_url *check, const struct answer *answer)
{
    struct json_writer writer;
    json_writer_init(&writer, &check->out);
    json_open_object(&writer);
    json_put_member(&writer, "url", slice_of(answer->asked));
    json_put_member_if(&writer, "canonical", answer->canonical);
    json_key(&writer, "may_fetch");
    json_put_bool(&writer, may_fetch(answer));
    json_put_member(&writer, "verdict", slice_of(verdict_of(answer)));
    json_put_member(&writer, "address", slice_of(answer->address));
    if (answer->is_url) {
        json_put_member(&writer, "robots", slice_of(answer->robots));
        json_put_member(&writer, "source", slice_of(answer->source));
    }
    json_close_object(&writer);
}

static void put_text(struct check_url *check, const struct answer *answer)
{
    const char *canonical = answer->is_url ? answer->canonical.at : "-";
    text_buf_printf(&check->out, "%s\n", answer->asked);
    if (!answer->is_url) {
        text_buf_printf(&check->out, "  not a URL  %s\n", answer->address);
    } else {
        text_buf_printf(&check->out,
                        "  canonical  %s\n  address    %s\n  robots     %s\n"
                        "  source     %s\n",
                        canonical, answer->address, answer->robots, answer->source);
    }
    text_buf_printf(&check->out, "  fetch      %s", verdict_of(answer));
}

static int check_one(struct check_url *check, const char *text)
{
    struct failure why = {.code = OK};
    struct answer answer;
    arena_reset(check->arena);
    if (ask(check, text, &answer, &why) != OK)
        return exit_with("check-url", &why);
    if (check->common.json) {
        put_json(check, &answer);
    } else {
        put_text(check, &answer);
    }
    if (command_print_line(&check->out) != OK)
        return EXIT_IO;
    if (!answer.is_url)
        return EXIT_DATA;
    return may_fetch(&answer) ? EXIT_DONE : EXIT_UNAVAILABLE;
}

/* ---- what is asked ---- */

static int robots_open(struct check_url *check, struct failure *reterr)
{
    struct text_buf body;
    text_buf_init(&body, 16u << 20);
    int rc = file_read(check->robots_file, &body, reterr);
    if (rc == OK) {
        rc = robots_parse(text_buf_slice(&body), slice_of(check->agent), &check->robots);
        if (rc != OK)
            failure_set(reterr, rc, "out of memory");
    }
    text_buf_release(&body);
    return rc;
}

/* Sources and the store are asked where they are there: a first look needs neither. */
static int check_open(struct check_url *check)
{
    struct failure why = {.code = OK};
    int code = command_settings("check-url", &check->common, &check->settings);
    if (code != EXIT_DONE)
        return code;
    if (arena_create(ARENA_BYTES_MAX, &check->arena) != OK)
        return EXIT_INTERNAL;
    if (check->robots_file != NULL && robots_open(check, &why) != OK)
        return exit_with("check-url", &why);
    int rc = source_set_load(check->settings.sources, &check->sources, &why);
    if (rc != OK && rc != ERR_NOT_FOUND)
        return exit_with("check-url", &why);
    rc = store_open(check->settings.store, STORE_READ_ONLY, &check->store, &why);
    if (rc != OK && rc != ERR_NOT_FOUND)
        fprintf(stderr, "lurewatch check-url: the store is not asked for robots.txt: %s\n",
                why.text);
    const char *bad = check->sources == NULL ? NULL : source_set_failure(check->sources, 0);
    if (bad != NULL)
        fprintf(stderr, "lurewatch check-url: a source file is wrong and counts as absent: %s\n",
                bad);
    return EXIT_DONE;
}

int cmd_check_url(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .options = check_options,
        .parser = parse_check,
        .args_doc = "URL…",
        .doc = "May this be fetched, and if not, why? Shows the form a sweep would use, whether "
               "the address may be connected to, which line of robots.txt decides, and which "
               "source allows it. Nothing is fetched.\v"
               "Examples:\n"
               "  lurewatch check-url https://board.example/jobs?page=2\n"
               "  lurewatch check-url --robots robots.txt --agent lurewatch "
               "https://board.example/private/\n\n"
               "Exit: 0 all may be fetched; 69 one may not; 65 one is not a URL.",
        .children = children};
    struct check_url check = {.agent = "lurewatch", .now_unix_ms = clock_unix_ms()};
    int first = argc;
    if (verbs_parse(&argp, argc, argv, &first, &check) != EXIT_DONE)
        return EXIT_USAGE;
    text_buf_init(&check.out, 1u << 20);
    int code = check_open(&check);
    int worst = code;
    for (int i = first; code == EXIT_DONE && i < argc; i++) {
        int one = check_one(&check, argv[i]);
        if (one == EXIT_DATA || worst == EXIT_DONE)
            worst = one;
        if (one != EXIT_DONE && one != EXIT_DATA && one != EXIT_UNAVAILABLE)
            worst = code = one;
    }
    robots_free(check.robots);
    source_set_free(check.sources);
    store_close(check.store);
    arena_free(check.arena);
    text_buf_release(&check.out);
    return command_end("check-url", worst);
}
