/* report_chart.c - see report_chart.h. Fills go from light to dark and have an outline in the colour of
 * the text: so they hold on white paper, in grey print and on a dark screen. */
#include "review/report_chart.h"
#include "common/cells.h"
#include "common/utf8.h"

#include <inttypes.h>
#include <stdio.h>

#define BARS_MAX   24u
#define WIDTH      760
#define BAR_LEFT   190
#define BAR_WIDTH  400
#define NUMBERS_AT 600
#define ROW_HEIGHT 26
#define NAME_CELLS 26u
#define LIGHT      "#d9e0e7"
#define MIDDLE     "#7795b0"
#define DARK       "#14304a"

static void open_chart(struct html *html, size_t height, struct slice label)
{
    char box[64];
    snprintf(box, sizeof box, "0 0 %d %zu", WIDTH, height);
    html_open(html, "svg");
    html_put_attr(html, "viewbox", box);
    html_put_attr(html, "role", "img");
    html_put_attr_slice(html, "aria-label", label);
    html_put_attr(html, "class", "chart");
}

static void put_text(struct html *html, int64_t x, int64_t y, bool ends, struct slice text)
{
    html_open(html, "text");
    html_put_attr_int(html, "x", x);
    html_put_attr_int(html, "y", y);
    html_put_attr(html, "fill", "currentColor");
    html_put_attr(html, "font-size", "12");
    if (ends)
        html_put_attr(html, "text-anchor", "end");
    html_text(html, text);
    html_close(html);
}

struct bar {
    int64_t x, y, width, height;
};

static void put_bar(struct html *html, const char *fill, const struct bar *bar)
{
    if (bar->width <= 0)
        return;
    html_open(html, "rect");
    html_put_attr(html, "fill", fill);
    html_put_attr(html, "stroke", "currentColor");
    html_put_attr(html, "stroke-width", "0.5");
    html_put_attr_int(html, "x", bar->x);
    html_put_attr_int(html, "y", bar->y);
    html_put_attr_int(html, "width", bar->width);
    html_put_attr_int(html, "height", bar->height);
    html_close(html);
}

/* A name as long as there is room for, cut at a character. */
static struct slice short_name(struct slice name, struct sink_words *words)
{
    size_t cells = 0, at = 0, len = 1;
    if (text_cells(name) <= NAME_CELLS && name.len < sizeof words->at)
        return name;
    while (at < name.len && at + 8 < sizeof words->at) {
        cells += code_cells(utf8_decode(slice_from(name, at), &len));
        if (cells > NAME_CELLS - 1)
            break;
        at += len;
    }
    snprintf(words->at, sizeof words->at, "%.*s\xe2\x80\xa6", (int)at, name.at);
    return slice_of(words->at);
}

/* ---- groups ---- */

/* At least one wide where there is anything. */
static int64_t width_of(uint64_t value, uint64_t most)
{
    int64_t width = (int64_t)(value * BAR_WIDTH / most);
    return value > 0 && width == 0 ? 1 : width;
}

static void group_bars(struct report_sink *sink, const struct report_group *group,
                       struct slice group_name, uint64_t most, int64_t y)
{
    const struct {
        const char *fill;
        uint64_t value;
    } bars[] = {{LIGHT, group->flagged}, {MIDDLE, group->confirmed}, {DARK, group->removed}};
    struct sink_words words;
    put_text(sink->html, BAR_LEFT - 6, y + 16, true, short_name(group_name, &words));
    for (int i = 0; i < 3; i++)
        put_bar(sink->html, bars[i].fill,
                &(struct bar){BAR_LEFT, y + 2 + 7 * i, width_of(bars[i].value, most), 6});
    snprintf(words.at, sizeof words.at, "%" PRIu64 " / %" PRIu64 " / %" PRIu64, group->flagged,
             group->confirmed, group->removed);
    put_text(sink->html, NUMBERS_AT, y + 16, false, slice_of(words.at));
}

static void legend(struct report_sink *sink, int64_t y)
{
    static const char *const keys[][2] = {
        {LIGHT, "report.flagged"}, {MIDDLE, "report.confirmed"}, {DARK, "report.removed"}};
    for (int i = 0; i < 3; i++) {
        int64_t x = BAR_LEFT + 140 * i;
        put_bar(sink->html, keys[i][0], &(struct bar){x, y, 10, 10});
        put_text(sink->html, x + 15, y + 10, false, sink_said(sink, keys[i][1]));
    }
}

void chart_groups(struct report_sink *sink, const struct report *report, enum report_by by)
{
    const struct report_table *table = &report->by[by];
    size_t first = by == REPORT_MONTH && table->count > BARS_MAX ? table->count - BARS_MAX : 0;
    size_t end = table->count - first < BARS_MAX ? table->count : first + BARS_MAX;
    uint64_t most = 1;
    for (size_t i = first; i < end; i++)
        most = table->list[i].flagged > most ? table->list[i].flagged : most;
    open_chart(sink->html, (end - first) * ROW_HEIGHT + 24, sink_said(sink, "report.chart"));
    for (size_t i = first; i < end; i++)
        group_bars(sink, &table->list[i], sink_name(sink, by, table->list[i].name), most,
                   (int64_t)(i - first) * ROW_HEIGHT);
    legend(sink, (int64_t)(end - first) * ROW_HEIGHT + 8);
    html_close(sink->html);
}

/* ---- pay against the norm ---- */

static void norm_line(struct report_sink *sink, int64_t x, int64_t height)
{
    html_open(sink->html, "line");
    html_put_attr_int(sink->html, "x1", x);
    html_put_attr_int(sink->html, "x2", x);
    html_put_attr_int(sink->html, "y1", 0);
    html_put_attr_int(sink->html, "y2", height + 4);
    html_put_attr(sink->html, "stroke", "currentColor");
    html_put_attr(sink->html, "stroke-dasharray", "3 3");
    html_close(sink->html);
    put_text(sink->html, x + 4, height + 16, false, sink_said(sink, "report.norm"));
}

static void ratio_box(struct report_sink *sink, const struct report_pay *pay, int64_t most,
                      int64_t y)
{
    int64_t at[REPORT_QUARTERS];
    struct sink_words words;
    for (size_t i = 0; i < REPORT_QUARTERS; i++)
        at[i] = BAR_LEFT + pay->ratio[i].value * BAR_WIDTH / most;
    put_text(sink->html, BAR_LEFT - 6, y + 15, true,
             short_name(sink_name(sink, REPORT_TASK, pay->task), &words));
    put_bar(sink->html, LIGHT,
            &(struct bar){at[0], y + 5, at[2] - at[0] > 2 ? at[2] - at[0] : 2, 12});
    put_bar(sink->html, DARK, &(struct bar){at[1], y + 2, 3, 18});
    struct slice median = words_decimal(sink, &words, pay->ratio[1].value, 2);
    put_text(sink->html, NUMBERS_AT, y + 15, false, median);
}

void chart_ratios(struct report_sink *sink, const struct report *report)
{
    int64_t most = 200, shown = 0;
    for (size_t i = 0; i < report->pay_count; i++) {
        const struct report_pay *pay = &report->pay[i];
        shown += pay->with_norm > 0;
        most = pay->ratio[2].value > most ? pay->ratio[2].value : most;
    }
    open_chart(sink->html, (size_t)shown * ROW_HEIGHT + 24, sink_said(sink, "report.ratio-chart"));
    shown = 0;
    for (size_t i = 0; i < report->pay_count; i++)
        if (report->pay[i].with_norm > 0)
            ratio_box(sink, &report->pay[i], most, ROW_HEIGHT * shown++);
    norm_line(sink, BAR_LEFT + 100 * BAR_WIDTH / most, shown * ROW_HEIGHT);
    html_close(sink->html);
}
