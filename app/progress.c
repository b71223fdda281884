/* progress.c - the live line; see progress.h. */
#include "app/progress.h"

#include "app/command.h"

#include <inttypes.h>
#include <unistd.h>

#define REDRAW_MS 250

void progress_init(struct progress *progress, FILE *out, bool quiet, int64_t now_mono_ms)
{
    *progress = (struct progress){.out = out,
                                  .live = !quiet && isatty(fileno(out)),
                                  .started_mono_ms = now_mono_ms,
                                  .shown_mono_ms = now_mono_ms};
}

/* Pages left at the present speed, or what --max-time leaves, whichever is less. */
static int64_t seconds_left(const struct progress *progress, const struct sweep_counts *counts,
                            int64_t left_ms)
{
    int64_t by_work = -1;
    if (progress->per_second_tenths > 0)
        by_work = (int64_t)(counts->pending + counts->in_flight) * 10 / progress->per_second_tenths;
    int64_t by_time = left_ms < 0 ? -1 : left_ms / 1000;
    if (by_work < 0 || (by_time >= 0 && by_time < by_work))
        return by_time;
    return by_work;
}

bool progress_due(const struct progress *progress, int64_t now_mono_ms)
{
    return progress->live && now_mono_ms - progress->shown_mono_ms >= REDRAW_MS;
}

void progress_show(struct progress *progress, const struct sweep_counts *counts,
                   const char *waiting, int64_t left_ms, int64_t now_mono_ms)
{
    char line[512], left[64] = "";
    int64_t since_ms = now_mono_ms - progress->shown_mono_ms;
    if (!progress_due(progress, now_mono_ms))
        return;
    int64_t now_tenths = (int64_t)(counts->pages - progress->pages_at_shown) * 10000 / since_ms;
    progress->per_second_tenths = (progress->per_second_tenths * 3 + now_tenths) / 4;
    progress->pages_at_shown = counts->pages;
    progress->shown_mono_ms = now_mono_ms;
    int64_t seconds = seconds_left(progress, counts, left_ms);
    if (seconds >= 0)
        snprintf(left, sizeof left, ", about %" PRId64 ":%02" PRId64 " left", seconds / 60,
                 seconds % 60);
    int len = snprintf(line, sizeof line, "%" PRIu64 " pages, %" PRIu64 " flagged, ", counts->pages,
                       counts->flagged);
    if (waiting[0] != '\0')
        snprintf(line + len, sizeof line - (size_t)len, "%s%s", waiting, left);
    else
        snprintf(line + len, sizeof line - (size_t)len,
                 "%" PRId64 ".%" PRId64 "/s, %" PRIu64 " in flight, %" PRIu64
                 " waiting on politeness%s",
                 progress->per_second_tenths / 10, progress->per_second_tenths % 10,
                 counts->in_flight, counts->waiting_politeness, left);
    size_t cells = terminal_columns(progress->out) - 1;
    fputc('\r', progress->out);
    print_cell(progress->out, slice_of(line), cells);
    progress->cells_shown = cells;
    fflush(progress->out);
}

void progress_clear(struct progress *progress)
{
    if (progress->cells_shown == 0)
        return;
    fputc('\r', progress->out);
    print_cell(progress->out, SLICE_EMPTY, progress->cells_shown);
    fputc('\r', progress->out);
    fflush(progress->out);
    progress->cells_shown = 0;
}
