/* cmd_review.c - `lurewatch review`: the reviewers' page on loopback, and its accounts.
 *
 * The page's own threads answer; this one waits for a signal and cuts slow clients once a second.
 * The playground has one judge behind a mutex: an ad takes under a millisecond. */
#include "app/judging.h"
#include "app/request_mail.h"
#include "app/review_child.h"
#include "app/review_desk.h"
#include "app/review_send.h"
#include "app/verbs.h"
#include "common/posting.h"
#include "review/accounts.h"
#include "review/httpd.h"
#include "review/site.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define ANSWERS         8u /* at a time */
#define CONNECTIONS_MAX 600u
#define IDLE_S_MAX      20u
#define REQUEST_S_MAX   30u
#define CHILDREN_MS_MAX 5000 /* that others' work may take on when the page ends */

struct review {
    struct common_options common;
    const char *listen, *add, *remove, *role;
    struct settings settings;
    struct judging judging;
    pthread_mutex_t judge_lock, send_lock;
    struct review_desk *desk;
    struct site *site;
    struct httpd *httpd;
};

enum { OPTION_LISTEN = 0x200, OPTION_ADD, OPTION_REMOVE, OPTION_ROLE };

static error_t parse_review(int key, char *value, struct argp_state *state)
{
    struct review *review = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &review->common;
        return 0;
    case OPTION_LISTEN:
        review->listen = value;
        return 0;
    case OPTION_ADD:
        review->add = value;
        return 0;
    case OPTION_REMOVE:
        review->remove = value;
        return 0;
    case OPTION_ROLE:
        review->role = value;
        return 0;
    case ARGP_KEY_END:
        if (review->role != NULL && review->add == NULL)
            argp_error(state, "--role is of an account: --add-account NAME --role %s",
                       review->role);
        if ((review->add != NULL) + (review->remove != NULL) + (review->listen != NULL) > 1)
            argp_error(state, "--add-account, --remove-account and --listen: one at a time");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option review_options[] = {
    {"listen", OPTION_LISTEN, "ADDRESS", 0,
     "127.0.0.1:PORT, [::1]:PORT (0: any free port) or unix:/path; else key review_listen", 0},
    {"add-account", OPTION_ADD, "NAME", 0,
     "make this account, or give it a new password and role; reads the password from the terminal, "
     "or a line of standard input; then ends",
     0},
    {"role", OPTION_ROLE, "ROLE", 0,
     "of --add-account: viewer, reviewer, second-reviewer or administrator (default reviewer)", 0},
    {"remove-account", OPTION_REMOVE, "NAME", 0, "take this account away; then ends", 0},
    {0}};

/* ---- accounts ---- */

static bool password_read(char at[ACCOUNT_PASSWORD_MAX + 2])
{
    struct termios before, silent;
    bool terminal = isatty(STDIN_FILENO) != 0 && tcgetattr(STDIN_FILENO, &before) == 0;
    if (terminal) {
        silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        fputs("Password: ", stderr);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    bool read = fgets(at, ACCOUNT_PASSWORD_MAX + 2, stdin) != NULL;
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fputc('\n', stderr);
    }
    if (read)
        at[strcspn(at, "\r\n")] = '\0';
    return read;
}

static int account_add(struct review *review)
{
    char password[ACCOUNT_PASSWORD_MAX + 2];
    enum role role = ROLE_REVIEWER;
    bool is_new = false;
    struct failure why = {.code = OK};
    if (review->role != NULL && !role_from_name(slice_of(review->role), &role)) {
        failure_set(&why, ERR_SYNTAX,
                    "'%s' is no role: viewer, reviewer, second-reviewer or administrator",
                    review->role);
        exit_with("review", &why);
        return EXIT_USAGE;
    }
    if (!password_read(password)) {
        failure_set(&why, ERR_SYNTAX, "no password was given on standard input");
        exit_with("review", &why);
        return EXIT_USAGE;
    }
    int rc = accounts_put(review->settings.accounts, review->add, role, password, &is_new, &why);
    explicit_bzero(password, sizeof password);
    if (rc != OK)
        return exit_with("review", &why);
    printf("%s %s: %s in %s\n", is_new ? "made" : "changed", review->add, role_name(role),
           review->settings.accounts);
    return EXIT_DONE;
}

static int account_remove(struct review *review)
{
    struct failure why = {.code = OK};
    if (accounts_remove(review->settings.accounts, review->remove, &why) != OK)
        return exit_with("review", &why);
    printf("removed %s from %s\n", review->remove, review->settings.accounts);
    return EXIT_DONE;
}

/* ---- the page ---- */

/* The verdict's texts live in the judge's arena: what the page shows is copied over as JSON. */
static int judge_copy(struct review *review, struct slice text, struct arena *arena,
                      struct posting *ret_posting, struct verdict *ret_verdict,
                      struct failure *reterr)
{
    struct posting posting;
    struct verdict verdict;
    struct text_buf buf;
    struct json_writer writer;
    struct json_doc *doc = NULL;
    arena_reset(review->judging.arena);
    int rc = judging_posting_of_text(&review->judging, text, &posting, reterr);
    if (rc == OK)
        rc = judging_text(&review->judging, &posting, &verdict, reterr);
    if (rc != OK)
        return rc;
    text_buf_init(&buf, JUDGE_REPLY_BYTES_MAX);
    json_writer_init(&writer, &buf);
    verdict_to_json(&verdict, SLICE_EMPTY, &writer);
    rc = text_buf_status(&buf);
    if (rc == OK)
        rc = json_parse(text_buf_slice(&buf), true, 32, &doc, reterr);
    if (rc == OK)
        rc = verdict_from_json(arena, json_root(doc), ret_verdict, reterr);
    posting_init(ret_posting);
    if (rc == OK)
        rc = posting_set(ret_posting, arena, POSTING_TEXT, posting.field[POSTING_TEXT]);
    json_free(doc);
    text_buf_release(&buf);
    return rc;
}

static int judge_pasted(void *ctx, struct slice text, struct arena *arena,
                        struct posting *ret_posting, struct verdict *ret_verdict,
                        struct failure *reterr)
{
    struct review *review = ctx;
    pthread_mutex_lock(&review->judge_lock);
    int rc = judge_copy(review, text, arena, ret_posting, ret_verdict, reterr);
    pthread_mutex_unlock(&review->judge_lock);
    return rc;
}

/* One at a time: each is a process with a bank of its own. */
static int send_in(void *ctx, const struct site_sent *sent, struct arena *arena,
                   struct site_received *ret_received, struct failure *reterr)
{
    struct review *review = ctx;
    if (pthread_mutex_trylock(&review->send_lock) != 0)
        return failure_set(
            reterr, ERR_BUSY,
            "somebody else sends something in just now: send yours again in a while");
    const struct review_sending how = {review->common.config, review->settings.send_ms};
    int rc = review_send(&how, sent, arena, ret_received, reterr);
    pthread_mutex_unlock(&review->send_lock);
    return rc;
}

static bool meaning(void *ctx, struct slice id, const char *tag, struct site_meaning *ret_meaning)
{
    return desk_meaning(((struct review *)ctx)->desk, id, tag, ret_meaning);
}

static int export_out(void *ctx, const struct site_export *what, struct arena *arena,
                      struct text_buf *out, struct failure *reterr)
{
    return desk_export(((struct review *)ctx)->desk, what, arena, out, reterr);
}

static int recipients(void *ctx, struct arena *arena, struct recipients *ret_recipients,
                      struct failure *reterr)
{
    return recipients_load(arena, ((struct review *)ctx)->settings.letters, ret_recipients, reterr);
}

static int draft(void *ctx, struct store *store, const struct site_draft *what, int64_t *ret_id,
                 struct failure *reterr)
{
    const struct request_desk desk = {&((struct review *)ctx)->settings, store, what->who,
                                      what->now_unix_ms, NULL};
    return request_draft_for(&desk, what->case_id, what->recipient,
                             what->language[0] != '\0' ? what->language : NULL, ret_id, reterr);
}

static int letter(void *ctx, struct store *store, const struct request_row *row,
                  int64_t now_unix_ms, struct arena *arena, struct letter *ret_letter,
                  struct failure *reterr)
{
    const struct request_desk desk = {&((struct review *)ctx)->settings, store, "", now_unix_ms,
                                      NULL};
    return request_letter(&desk, row, arena, ret_letter, reterr);
}

static int rules(void *ctx, bool again, struct arena *arena, struct slice *ret_lines,
                 int64_t *ret_at_unix_ms, struct failure *reterr)
{
    return desk_rules(((struct review *)ctx)->desk, again, arena, ret_lines, ret_at_unix_ms,
                      reterr);
}

static int sources(void *ctx, struct arena *arena, struct slice *ret_lines, struct failure *reterr)
{
    return desk_sources(((struct review *)ctx)->desk, arena, ret_lines, reterr);
}

static int try_pattern(void *ctx, struct slice text, struct slice pattern, struct arena *arena,
                       struct slice *ret_lines, struct failure *reterr)
{
    return desk_try_pattern(((struct review *)ctx)->desk, text, pattern, arena, ret_lines, reterr);
}

static int site_make(struct review *review, struct failure *reterr)
{
    struct site_settings site = {.store = review->settings.store,
                                 .accounts = review->settings.accounts,
                                 .evidence = review->settings.evidence,
                                 .messages = review->settings.messages,
                                 .url = review->settings.review_url,
                                 .answers = ANSWERS,
                                 .claim_ms = review->settings.claim_ms,
                                 .approvals = (unsigned)review->settings.approvals,
                                 .calls = {.ctx = review,
                                           .judge = judge_pasted,
                                           .send = send_in,
                                           .meaning = meaning,
                                           .export = export_out,
                                           .rules = rules,
                                           .sources = sources,
                                           .try_pattern = try_pattern,
                                           .recipients = recipients,
                                           .draft = draft,
                                           .letter = letter}};
    const struct pattern_bank *bank = judge_pattern_bank(review->judging.judge);
    int rc = review_desk_create(review->common.config, bank, review->settings.patterns,
                                &review->desk, reterr);
    if (rc != OK)
        return rc;
    queue_second_from_name(slice_of(review->settings.second_review), &site.second);
    site.citations = desk_citations(review->desk);
    rc = site_create(&site, &review->site, reterr);
    if (rc == ERR_NOT_FOUND)
        failure_set(reterr, ERR_NOT_FOUND,
                    "there is no account in %s yet: make one with `lurewatch review --add-account "
                    "NAME --role administrator`",
                    review->settings.accounts);
    return rc;
}

static int page_start(struct review *review, struct failure *reterr)
{
    int rc = site_make(review, reterr);
    if (rc != OK)
        return rc;
    const struct httpd_settings httpd = {
        .listen = review->listen != NULL ? review->listen : review->settings.review_listen,
        .answers = ANSWERS,
        .connections_max = CONNECTIONS_MAX,
        .idle_s_max = IDLE_S_MAX,
        .request_s_max = REQUEST_S_MAX,
        .listens = site_set_port,
        .answer = site_answer,
        .room = site_room,
        .ctx = review->site};
    rc = httpd_start(&httpd, &review->httpd, reterr);
    if (rc != OK)
        return rc;
    unsigned port = httpd_port(review->httpd);
    if (port != 0)
        printf("the page is at http://127.0.0.1:%u/ (end with Ctrl-C)\n", port);
    else
        printf("the page listens at %s (end with Ctrl-C)\n", httpd.listen);
    fflush(stdout);
    return OK;
}

static int serve(struct review *review)
{
    struct failure why = {.code = OK};
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, NULL); /* the page's threads inherit it */
    int rc = page_start(review, &why);
    const struct timespec second = {1, 0};
    while (rc == OK && sigtimedwait(&ends, NULL, &second) < 0)
        httpd_tick(review->httpd);
    child_end_all(CHILDREN_MS_MAX);
    httpd_stop(review->httpd);
    site_free(review->site);
    review_desk_free(review->desk);
    if (rc == OK)
        return EXIT_DONE;
    int code = exit_with("review", &why);
    return rc == ERR_SYNTAX || rc == ERR_DENIED ? EXIT_CONFIG
           : rc == ERR_NOT_FOUND                ? EXIT_UNAVAILABLE
                                                : code;
}

int cmd_review(int argc, char **argv)
{
    static const struct argp_child children[] = COMMON_CHILDREN;
    static const struct argp argp = {
        .options = review_options,
        .parser = parse_review,
        .doc =
            "Serve the reviewers' page: the day's list, each case with its words and arithmetic, "
            "a key a decision. It listens on this machine only; put a web server with TLS in "
            "front of it for others.\v"
            "Examples:\n"
            "  lurewatch review --add-account ani --role administrator\n"
            "  lurewatch review\n\n"
            "Exit: 0 ended by a signal; 69 no account yet, or no store; 78 wrong address or "
            "accounts file.",
        .children = children};
    struct review review = {.judge_lock = PTHREAD_MUTEX_INITIALIZER,
                            .send_lock = PTHREAD_MUTEX_INITIALIZER};
    if (verbs_parse(&argp, argc, argv, NULL, &review) != EXIT_DONE)
        return EXIT_USAGE;
    int code = command_settings("review", &review.common, &review.settings);
    if (code != EXIT_DONE)
        return code;
    if (review.add != NULL)
        return account_add(&review);
    if (review.remove != NULL)
        return account_remove(&review);
    code = judging_open("review", &review.common, &review.judging);
    if (code == EXIT_DONE)
        code = serve(&review);
    judging_close(&review.judging);
    return code;
}
