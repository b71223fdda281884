/* sweep_metrics.c - the figures of a sweep as a text file for Prometheus' textfile collector: written
 * beside its name and renamed, so that nobody reads half of it; see sweep_parts.h. */
#include "app/sweep_care.h"
#include "app/sweep_parts.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/log.h"

#include <inttypes.h>

#define METRICS_BYTES_MAX (4u << 20)

static void put_head(struct text_buf *out, const char *name, const char *help)
{
    text_buf_printf(out, "# HELP lurewatch_%s %s\n# TYPE lurewatch_%s gauge\n", name, help, name);
}

static void put_one(struct text_buf *out, const char *name, const char *help, int64_t value)
{
    put_head(out, name, help);
    text_buf_printf(out, "lurewatch_%s %" PRId64 "\n", name, value);
}

/* A figure of each source; offset: where it stands in struct sweep_counts. */
static void put_sources(struct text_buf *out, const struct sweep *sweep, const char *name,
                        const char *help, size_t offset)
{
    put_head(out, name, help);
    for (size_t i = 0; i < sweep->runs_count; i++) {
        const struct source_run *run = &sweep->runs[i];
        const char *counts = (const char *)&run->counts;
        if (run->due)
            text_buf_printf(out, "lurewatch_%s{source=\"%s\"} %" PRIu64 "\n", name,
                            run->source->name, *(const uint64_t *)(const void *)(counts + offset));
    }
}

static void put_alarms(struct text_buf *out, const struct sweep *sweep)
{
    put_head(out, "alarm", "What the last sweep noticed that a person should look at");
    for (size_t i = 0; i < sweep->alarms_count; i++) {
        const struct sweep_alarm *alarm = &sweep->alarms[i];
        bool again = false; /* one line for each source and kind */
        for (size_t k = 0; k < i; k++)
            again |=
                sweep->alarms[k].source == alarm->source && sweep->alarms[k].kind == alarm->kind;
        if (!again)
            text_buf_printf(out, "lurewatch_alarm{source=\"%s\",kind=\"%s\"} 1\n", alarm->source,
                            alarm->kind);
    }
}

#define SOURCE(member, help)                                                                       \
    put_sources(&out, sweep, "source_" #member, help, offsetof(struct sweep_counts, member))

void metrics_write(struct sweep *sweep, int exit_code)
{
    const char *path = sweep->options->settings->metrics_file;
    const struct sweep_counts *counts = &sweep->counts;
    struct failure why = {.code = OK};
    struct text_buf out;
    if (path[0] == '\0')
        return;
    text_buf_init(&out, METRICS_BYTES_MAX);
    put_one(&out, "sweep_end_seconds", "Unix time when the last sweep ended",
            clock_unix_ms() / 1000);
    put_one(&out, "sweep_duration_seconds", "How long it took",
            (clock_mono_ms() - sweep->started_mono_ms) / 1000);
    put_one(&out, "sweep_exit_code", "Its exit code, 0 when all went well", exit_code);
    put_one(&out, "sweep_pages", "Pages fetched", (int64_t)counts->pages);
    put_one(&out, "sweep_bytes", "Bytes received", (int64_t)counts->bytes);
    put_one(&out, "sweep_postings", "Postings read", (int64_t)counts->postings);
    put_one(&out, "sweep_flagged", "Postings flagged", (int64_t)counts->flagged);
    put_one(&out, "sweep_cases_new", "New cases", (int64_t)counts->cases_new);
    put_one(&out, "sweep_failed", "Pages that failed", (int64_t)counts->failed);
    put_one(&out, "sweep_denied", "Pages not allowed", (int64_t)counts->denied);
    put_one(&out, "sweep_poisoned", "Pages a worker failed on", (int64_t)counts->poisoned);
    put_one(&out, "alarms", "Alarms of the last sweep", (int64_t)sweep->alarms_count);
    SOURCE(pages, "Pages fetched, by source");
    SOURCE(listed, "Postings that lists named, by source");
    SOURCE(postings, "Postings read, by source");
    SOURCE(postings_new, "Of them new, by source");
    SOURCE(flagged, "Of them flagged, by source");
    SOURCE(not_modified, "Pages that were as before, by source");
    SOURCE(failed, "Pages that failed, by source");
    SOURCE(denied, "Pages not allowed, by source");
    put_alarms(&out, sweep);
    int rc = text_buf_status(&out);
    if (rc == OK)
        rc = file_write_atomic(path, text_buf_slice(&out), 0644, &why);
    if (rc != OK)
        log_warn("sweep: metrics_file: %s", why.code != OK ? why.text : "out of memory");
    text_buf_release(&out);
}
