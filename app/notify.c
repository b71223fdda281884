/* notify.c - see notify.h. Reads what the sweep stored, after it has ended. */
#include "app/notify.h"
#include "app/command.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/log.h"
#include "common/utf8.h"
#include "review/mail.h"
#include "storage/alarm_rows.h"
#include "storage/queue.h"
#include "storage/run_rows.h"

#include <inttypes.h>
#include <string.h>

#define ARENA_BYTES_MAX (64u << 20)
#define TEXT_BYTES_MAX  (1u << 20)
#define CASES_SHOWN     10u
#define ALARMS_SHOWN    20u

static bool is_wanted(const struct settings *settings)
{
    return settings->notify_mail[0] != '\0' || settings->notify_webhook[0] != '\0';
}

void notify(const struct settings *settings, const struct notice *notice)
{
    struct failure why = {.code = OK};
    if (settings->notify_webhook[0] != '\0' &&
        webhook_post(settings->notify_webhook, notice->json, &why) != OK)
        log_warn("notification: %s", why.text);
    if (settings->notify_mail[0] == '\0')
        return;
    if (settings->smtp_url[0] == '\0' || settings->mail_from[0] == '\0') {
        log_warn("notification: '%s' is missing: nothing was mailed to %s",
                 settings->smtp_url[0] == '\0' ? "smtp_url" : "mail_from", settings->notify_mail);
        return;
    }
    const struct mail_server server = {settings->smtp_url, settings->smtp_user,
                                       settings->smtp_password};
    const struct mail mail = {.from = settings->mail_from,
                              .to = settings->notify_mail,
                              .subject = notice->subject,
                              .body = notice->body,
                              .id = notice->id,
                              .attachment_name = "",
                              .attachment_type = "",
                              .attachment = SLICE_EMPTY,
                              .date_unix_ms = clock_unix_ms()};
    if (mail_send(&server, &mail, NULL, &why) != OK)
        log_warn("notification: %s", why.text);
}

/* ---- after a sweep ---- */

struct news {
    int64_t since_unix_ms;
    int exit_code;
    struct sweep_run *run; /* NULL: none was begun */
    struct case_row *cases[CASES_SHOWN];
    size_t cases_count; /* new ones, at most STORE_PAGE_MAX; the first CASES_SHOWN are kept */
    struct alarm *alarms;
    size_t alarms_count;
};

static int news_read(struct store *store, struct arena *arena, struct news *news)
{
    struct sweep_run *runs = NULL;
    struct case_row *rows = NULL;
    size_t count = 0;
    const struct case_query query = {.states = 1u << CASE_NEW,
                                     .task = -1,
                                     .band = -1,
                                     .since_unix_ms = news->since_unix_ms,
                                     .now_unix_ms = clock_unix_ms(),
                                     .limit = STORE_PAGE_MAX};
    int rc = sweep_runs_last(store, arena, 1, &runs, &count);
    if (rc == OK && count > 0 && runs[0].started_unix_ms >= news->since_unix_ms)
        news->run = &runs[0];
    if (rc == OK)
        rc = queue_list(store, arena, &query, &rows, &count);
    for (size_t i = 0; rc == OK && i < count; i++) {
        if (rows[i].created_unix_ms < news->since_unix_ms)
            continue;
        if (news->cases_count < CASES_SHOWN)
            news->cases[news->cases_count] = &rows[i];
        news->cases_count++;
    }
    if (rc == OK)
        rc = alarms_last(store, arena, news->since_unix_ms, ALARMS_SHOWN, &news->alarms,
                         &news->alarms_count);
    return rc;
}

static size_t shown(const struct news *news)
{
    return news->cases_count < CASES_SHOWN ? news->cases_count : CASES_SHOWN;
}

static void news_text(const struct news *news, struct text_buf *out)
{
    if (news->run != NULL) {
        const struct round_tally *tally = &news->run->tally;
        text_buf_printf(out,
                        "Pages %" PRIu64 ", postings %" PRIu64 ", flagged %" PRIu64
                        ", failed %" PRIu64 ", poisoned %" PRIu64 ". Stopped by: %s.\n",
                        tally->pages, tally->postings, tally->flagged, tally->failed,
                        tally->poisoned, news->run->stopped_by);
    }
    if (news->exit_code != EXIT_DONE)
        text_buf_printf(out, "The sweep ended with exit code %d; `lurewatch doctor` says more.\n",
                        news->exit_code);
    for (size_t i = 0; i < news->alarms_count; i++)
        text_buf_printf(out, "ALARM %s: %s\n",
                        news->alarms[i].source[0] != '\0' ? news->alarms[i].source : "the sweep",
                        news->alarms[i].why);
    if (news->cases_count > 0)
        text_buf_printf(out, "\nNew cases: %zu%s\n", news->cases_count,
                        news->cases_count == STORE_PAGE_MAX ? " or more" : "");
    for (size_t i = 0; i < shown(news); i++) {
        const struct case_row *row = news->cases[i];
        text_buf_printf(out, "  %" PRId64 "  %d  %s  %s  ", row->id,
                        verdict_score(row->logit_tenths), band_name(row->band),
                        task_name(row->task));
        text_buf_add_slice(out, utf8_cut(slice_of(row->title), 120));
        text_buf_add_char(out, '\n');
    }
    text_buf_add_str(out, "\nThe list: lurewatch queue\n");
}

static void news_json(const struct news *news, const char *subject, struct text_buf *out)
{
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_open_object(&writer);
    json_put_member(&writer, "event", SLICE("sweep"));
    json_put_member(&writer, "text", slice_of(subject));
    json_put_member_int(&writer, "exit_code", news->exit_code);
    json_put_member_int(&writer, "cases_new", (int64_t)news->cases_count);
    if (news->run != NULL) {
        json_put_member_int(&writer, "pages", (int64_t)news->run->tally.pages);
        json_put_member_int(&writer, "postings", (int64_t)news->run->tally.postings);
        json_put_member_int(&writer, "flagged", (int64_t)news->run->tally.flagged);
        json_put_member_int(&writer, "failed", (int64_t)news->run->tally.failed);
        json_put_member(&writer, "stopped_by", slice_of(news->run->stopped_by));
    }
    json_key(&writer, "alarms");
    json_open_array(&writer);
    for (size_t i = 0; i < news->alarms_count; i++) {
        json_open_object(&writer);
        json_put_member(&writer, "source", slice_of(news->alarms[i].source));
        json_put_member(&writer, "kind", slice_of(news->alarms[i].kind));
        json_put_member(&writer, "why", slice_of(news->alarms[i].why));
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_key(&writer, "cases");
    json_open_array(&writer);
    for (size_t i = 0; i < shown(news); i++) {
        json_open_object(&writer);
        json_put_member_int(&writer, "case", news->cases[i]->id);
        json_put_member_int(&writer, "score", verdict_score(news->cases[i]->logit_tenths));
        json_put_member(&writer, "task", slice_of(task_name(news->cases[i]->task)));
        json_put_member(&writer, "title", slice_of(news->cases[i]->title));
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
}

static void news_send(const struct settings *settings, const struct news *news)
{
    char subject[200], id[64];
    struct text_buf body, json;
    text_buf_init(&body, TEXT_BYTES_MAX);
    text_buf_init(&json, TEXT_BYTES_MAX);
    snprintf(subject, sizeof subject, "lurewatch: %zu new case%s, %zu alarm%s%s", news->cases_count,
             news->cases_count == 1 ? "" : "s", news->alarms_count,
             news->alarms_count == 1 ? "" : "s",
             news->exit_code != EXIT_DONE ? ", the sweep failed" : "");
    snprintf(id, sizeof id, "sweep-%" PRId64 "-%" PRId64, news->run != NULL ? news->run->id : 0,
             news->since_unix_ms);
    news_text(news, &body);
    news_json(news, subject, &json);
    if (text_buf_status(&body) == OK && text_buf_status(&json) == OK) {
        const struct notice notice = {id, subject, text_buf_cstr(&body), text_buf_slice(&json)};
        notify(settings, &notice);
    } else {
        log_warn("notification: too large to send");
    }
    text_buf_release(&json);
    text_buf_release(&body);
}

void notify_sweep(const struct settings *settings, int64_t since_unix_ms, int exit_code)
{
    struct news news = {.since_unix_ms = since_unix_ms, .exit_code = exit_code};
    struct store *store = NULL;
    struct arena *arena = NULL;
    struct failure why = {.code = OK};
    if (!is_wanted(settings) || exit_code == EXIT_TRY_LATER)
        return;
    if (arena_create(ARENA_BYTES_MAX, &arena) != OK)
        return;
    if (store_open(settings->store, STORE_READ_ONLY, &store, &why) != OK)
        log_warn("notification: %s", why.text);
    else if (news_read(store, arena, &news) != OK)
        log_warn("notification: %s", store_failure(store)->text);
    if (news.cases_count > 0 || news.alarms_count > 0 || exit_code != EXIT_DONE)
        news_send(settings, &news);
    store_close(store);
    arena_free(arena);
}
