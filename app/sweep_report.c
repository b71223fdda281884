/* sweep_report.c - what a sweep says: why nothing is being fetched while it runs; at the end one
 * summary line, a line for each source that had trouble, or JSON lines. */
#include "app/command.h"
#include "app/sweep_parts.h"
#include "common/clock.h"
#include "common/json.h"

#include <inttypes.h>
#include <string.h>

/* ---- reasons ---- */

void run_note(struct source_run *run, const char *why, const char *url)
{
    char text[sizeof run->reasons[0].text];
    snprintf(text, sizeof text, "%s", why);
    for (size_t i = 0; i < run->reasons_count; i++)
        if (strcmp(run->reasons[i].text, text) == 0) {
            run->reasons[i].count++;
            return;
        }
    if (run->reasons_count == SWEEP_REASONS_MAX) {
        run->reasons_other++;
        return;
    }
    struct reason *reason = &run->reasons[run->reasons_count++];
    memcpy(reason->text, text, sizeof text);
    snprintf(reason->example, sizeof reason->example, "%s", url);
    reason->count = 1;
}

/* ---- while it runs ---- */

/* "12 hosts resting: 7 Retry-After, 5 crawl delay; next in 41 s" */
static void waiting_text(const struct sweep *sweep, const struct frontier_counts *counts, char *at,
                         size_t size)
{
    struct text_buf text;
    size_t robots = 0, cursor = 0, elsewhere = leases_elsewhere(sweep, NULL);
    uint64_t named = 0;
    at[0] = '\0';
    for (struct sweep_host *host; (host = name_table_next(&sweep->hosts, &cursor)) != NULL;)
        robots += host->phase == HOST_ROBOTS;
    if (sweep->flying > 0 || (counts->hosts_waiting == 0 && robots + elsewhere == 0))
        return;
    text_buf_init(&text, size - 1);
    uint64_t resting = counts->hosts_waiting + robots + elsewhere;
    text_buf_printf(&text, "%" PRIu64 " host%s resting:", resting, resting == 1 ? "" : "s");
    for (int why = HOST_GATE_READY + 1; why < HOST_GATE_WHY_COUNT; why++)
        if (counts->waiting_by_why[why] > 0)
            text_buf_printf(&text, "%s %" PRIu64 " %s", named++ > 0 ? "," : "",
                            counts->waiting_by_why[why],
                            host_gate_why_name((enum host_gate_why)why));
    if (robots > 0)
        text_buf_printf(&text, "%s %zu before robots.txt", named > 0 ? "," : "", robots);
    if (elsewhere > 0)
        text_buf_printf(&text, "%s %zu with other machines", named + robots > 0 ? "," : "",
                        elsewhere);
    if (counts->next_ms >= 0)
        text_buf_printf(&text, "; next in %" PRId64 " s", (counts->next_ms + 999) / 1000);
    snprintf(at, size, "%s", text_buf_cstr(&text));
    text_buf_release(&text);
}

void report_progress(struct sweep *sweep)
{
    struct frontier_counts frontier;
    char waiting[200];
    int64_t now = clock_mono_ms();
    if (!progress_due(&sweep->progress, now))
        return;
    frontier_count(sweep->frontier, clock_unix_ms(), &frontier);
    waiting_text(sweep, &frontier, waiting, sizeof waiting);
    sweep->counts.in_flight = sweep->flying;
    sweep->counts.pending = frontier.pending;
    sweep->counts.waiting_politeness = frontier.hosts_waiting;
    progress_show(&sweep->progress, &sweep->counts, waiting,
                  sweep->ends_mono_ms > 0 ? sweep->ends_mono_ms - now : -1, now);
}

/* ---- who is left alone ---- */

#define RESTS_MS_MIN    (INT64_C(10) * 60 * 1000)
#define RESTS_SHOWN_MAX 20u
#define DAY_MS          INT64_C(86400000) /* we ourselves rest no longer (host_gate.h) */

/* The next host from cursor on that may not be asked for a while yet; NULL: no more. */
static const struct sweep_host *next_resting(const struct sweep *sweep, int64_t now_unix_ms,
                                             size_t *cursor, int64_t *ret_until_unix_ms)
{
    for (struct sweep_host *host; (host = name_table_next(&sweep->hosts, cursor)) != NULL;) {
        if (!host_gate_knows(sweep->gate, host->name))
            continue;
        *ret_until_unix_ms = host_gate_state(sweep->gate, host->name).next_allowed_unix_ms;
        if (*ret_until_unix_ms - now_unix_ms >= RESTS_MS_MIN)
            return host;
    }
    return NULL;
}

static void print_resting(const struct sweep *sweep)
{
    const struct sweep_host *host;
    char when[CLOCK_RFC3339_BYTES];
    int64_t until = 0, now = clock_unix_ms();
    size_t cursor = 0, count = 0;
    while ((host = next_resting(sweep, now, &cursor, &until)) != NULL)
        if (count++ < RESTS_SHOWN_MAX)
            printf("%s: left alone until %s%s\n", host->name, clock_rfc3339(until, when),
                   until - now > DAY_MS ? ", as it asked" : "");
    if (count > RESTS_SHOWN_MAX)
        printf("%zu more hosts are left alone\n", count - RESTS_SHOWN_MAX);
}

static void json_resting(struct json_writer *writer, const struct sweep *sweep)
{
    const struct sweep_host *host;
    char when[CLOCK_RFC3339_BYTES];
    int64_t until = 0, now = clock_unix_ms();
    size_t cursor = 0, count = 0;
    json_key(writer, "resting");
    json_open_array(writer);
    while (count++ < RESTS_SHOWN_MAX &&
           (host = next_resting(sweep, now, &cursor, &until)) != NULL) {
        json_open_object(writer);
        json_put_member(writer, "host", slice_of(host->name));
        json_put_member(writer, "until", slice_of(clock_rfc3339(until, when)));
        json_close_object(writer);
    }
    json_close_array(writer);
}

/* ---- at the end, for people ---- */

static void print_count(uint64_t count, const char *what)
{
    if (count > 0)
        printf(", %" PRIu64 " %s", count, what);
}

static void print_counts(const struct sweep_counts *counts)
{
    printf("%" PRIu64 " pages, %" PRIu64 " postings, %" PRIu64 " flagged (%" PRIu64 " new cases)",
           counts->pages, counts->postings, counts->flagged, counts->cases_new);
    print_count(counts->postings_new, "new");
    print_count(counts->watch, "to watch");
    print_count(counts->not_modified, "unchanged");
    print_count(counts->expired, "gone");
    print_count(counts->shells, "need a browser");
    print_count(counts->failed, "failed");
    print_count(counts->denied, "not allowed");
    print_count(counts->poisoned, "poisoned");
}

static const char *stop_words(enum sweep_stop stop)
{
    static const char *const words[] = {
        [STOP_NOT] = "sweep",
        [STOP_DONE] = "sweep done",
        [STOP_SIGNAL] = "sweep stopped by signal; a second run resumes",
        [STOP_MAX_TIME] = "sweep stopped by --max-time; a second run resumes",
        [STOP_MAX_PAGES] = "sweep stopped by --max-pages; a second run resumes",
        [STOP_WAITS] = "sweep stopped: every host left wants more than 10 minutes of rest; a "
                       "later run resumes",
        [STOP_ERROR] = "sweep stopped by an error; a second run resumes",
    };
    return words[stop];
}

static void print_safe_text(const char *text)
{
    print_safe(stdout, slice_of(text));
}

static void print_run(const struct source_run *run)
{
    const char *name = run->source->name;
    if (!run->due) {
        char when[CLOCK_RFC3339_BYTES];
        printf("%s: not due before %s; `--source %s` sweeps it now\n", name,
               clock_rfc3339(run->round.next_due_unix_ms, when), name);
        return;
    }
    if (run->reasons_count == 0 && run->counts.pages == 0)
        return;
    printf("%s: ", name);
    print_counts(&run->counts);
    putchar('\n');
    for (size_t i = 0; i < run->reasons_count; i++) {
        printf("  %" PRIu64 " x ", run->reasons[i].count);
        print_safe_text(run->reasons[i].text);
        fputs(", such as ", stdout);
        print_safe_text(run->reasons[i].example);
        putchar('\n');
    }
    if (run->reasons_other > 0)
        printf("  %" PRIu64 " x other reasons\n", run->reasons_other);
}

/* ---- at the end, for programs ---- */

static void json_counts(struct json_writer *writer, const struct sweep_counts *counts)
{
    json_put_member_int(writer, "pages", (int64_t)counts->pages);
    json_put_member_int(writer, "bytes", (int64_t)counts->bytes);
    json_put_member_int(writer, "postings", (int64_t)counts->postings);
    json_put_member_int(writer, "postings_new", (int64_t)counts->postings_new);
    json_put_member_int(writer, "listed", (int64_t)counts->listed);
    json_put_member_int(writer, "flagged", (int64_t)counts->flagged);
    json_put_member_int(writer, "cases_new", (int64_t)counts->cases_new);
    json_put_member_int(writer, "watch", (int64_t)counts->watch);
    json_put_member_int(writer, "unchanged", (int64_t)counts->not_modified);
    json_put_member_int(writer, "gone", (int64_t)counts->expired);
    json_put_member_int(writer, "shells", (int64_t)counts->shells);
    json_put_member_int(writer, "failed", (int64_t)counts->failed);
    json_put_member_int(writer, "denied", (int64_t)counts->denied);
    json_put_member_int(writer, "poisoned", (int64_t)counts->poisoned);
}

static void json_run(struct json_writer *writer, const struct source_run *run)
{
    char when[CLOCK_RFC3339_BYTES];
    json_open_object(writer);
    json_put_member(writer, "source", slice_of(run->source->name));
    json_put_member(writer, "status", run->due ? SLICE("swept") : SLICE("not due"));
    if (!run->due)
        json_put_member(writer, "next_due",
                        slice_of(clock_rfc3339(run->round.next_due_unix_ms, when)));
    json_key(writer, "resumed");
    json_put_bool(writer, run->round.resumed);
    json_counts(writer, &run->counts);
    json_key(writer, "reasons");
    json_open_array(writer);
    for (size_t i = 0; i < run->reasons_count; i++) {
        json_open_object(writer);
        json_put_member(writer, "why", slice_of(run->reasons[i].text));
        json_put_member_int(writer, "count", (int64_t)run->reasons[i].count);
        json_put_member(writer, "example", slice_of(run->reasons[i].example));
        json_close_object(writer);
    }
    json_close_array(writer);
    json_close_object(writer);
}

static void json_total(struct json_writer *writer, const struct sweep *sweep, int exit_code)
{
    json_open_object(writer);
    json_key(writer, "total");
    json_open_object(writer);
    json_counts(writer, &sweep->counts);
    json_close_object(writer);
    json_key(writer, "alarms");
    json_open_array(writer);
    for (size_t i = 0; i < sweep->alarms_count; i++) {
        json_open_object(writer);
        json_put_member(writer, "source", slice_of(sweep->alarms[i].source));
        json_put_member(writer, "kind", slice_of(sweep->alarms[i].kind));
        json_put_member(writer, "why", slice_of(sweep->alarms[i].why));
        json_close_object(writer);
    }
    json_close_array(writer);
    json_resting(writer, sweep);
    json_put_member(writer, "stopped_by", slice_trim(slice_of(sweep_stop_name(sweep->stop))));
    if (sweep->stop == STOP_ERROR)
        json_put_member(writer, "error", slice_of(sweep->why.text));
    json_put_member_int(writer, "exit", exit_code);
    json_put_member_int(writer, "ms", clock_mono_ms() - sweep->started_mono_ms);
    json_put_member(writer, "bank", slice_of(sweep->options->bank_name));
    json_close_object(writer);
}

static void print_line(struct text_buf *line)
{
    printf("%s\n", text_buf_cstr(line));
    text_buf_reset(line);
}

static void report_json(const struct sweep *sweep, int exit_code)
{
    struct text_buf line;
    struct json_writer writer;
    text_buf_init(&line, 1u << 20);
    for (size_t i = 0; i < sweep->runs_count; i++) {
        json_writer_init(&writer, &line);
        json_run(&writer, &sweep->runs[i]);
        print_line(&line);
    }
    json_writer_init(&writer, &line);
    json_total(&writer, sweep, exit_code);
    print_line(&line);
    text_buf_release(&line);
}

void report_end(struct sweep *sweep, int exit_code)
{
    if (sweep->options->json) {
        report_json(sweep, exit_code);
        return;
    }
    if (sweep->options->quiet)
        return;
    size_t due = 0;
    for (size_t i = 0; i < sweep->runs_count; i++) {
        print_run(&sweep->runs[i]);
        due += sweep->runs[i].due;
    }
    print_resting(sweep);
    for (size_t i = 0; i < sweep->alarms_count; i++)
        printf("alarm: %s: %s\n",
               sweep->alarms[i].source[0] != '\0' ? sweep->alarms[i].source : "the sweep",
               sweep->alarms[i].why);
    int64_t seconds = (clock_mono_ms() - sweep->started_mono_ms + 500) / 1000;
    printf("%s: ", stop_words(sweep->stop));
    if (due == 0)
        printf("no source is due\n");
    else {
        print_counts(&sweep->counts);
        printf("; %zu source%s, %" PRId64 " s\n", due, due == 1 ? "" : "s", seconds);
    }
}
