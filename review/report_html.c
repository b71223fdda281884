/* report_html.c - the report as one page that needs no other file, no script and no network, and
 * prints well; see report.h. Charts are SVG made here: bars with their numbers beside them, told
 * apart by pattern of grey as well as by colour. */
#include "common/clock.h"
#include "review/report.h"

#include <inttypes.h>
#include <string.h>

#define BARS_MAX  24u
#define BAR_WIDTH 420u

static void add_escaped(struct text_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        const char *entity = *text == '<'   ? "&lt;"
                             : *text == '>' ? "&gt;"
                             : *text == '&' ? "&amp;"
                             : *text == '"' ? "&quot;"
                                            : NULL;
        if (entity != NULL)
            text_buf_add_str(out, entity);
        else
            text_buf_add_char(out, *text);
    }
}

static void add_day(struct text_buf *out, int64_t unix_ms)
{
    char at[CLOCK_RFC3339_BYTES];
    text_buf_printf(out, "%.10s", clock_rfc3339(unix_ms, at));
}

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>Recruitment advertisements that match published indicators</title>\n<style>\n"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#222;background:#fff}\n"
    "h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}\n"
    "table{border-collapse:collapse;width:100%;font-size:.9rem}\n"
    "th,td{padding:.25rem .5rem;border-bottom:1px solid #ccc;text-align:right}\n"
    "th:first-child,td:first-child{text-align:left;overflow-wrap:anywhere}\n"
    ".sum{display:flex;flex-wrap:wrap;gap:1rem;margin:1rem 0;padding:0;list-style:none}\n"
    ".sum li{border:1px solid #bbb;padding:.5rem 1rem}.sum b{display:block;font-size:1.5rem}\n"
    "svg{max-width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:#222}\n"
    ".f{fill:#9aa7b4}.c{fill:#355c7d}.r{fill:#1d7a4c}\n"
    "small{color:#555}\n"
    "@media print{body{margin:0;max-width:none;font-size:11pt}h2{break-after:avoid}"
    "table,svg{break-inside:avoid}a{color:inherit}}\n</style></head><body><main>\n";

/* ---- charts ---- */

static uint64_t most_flagged(const struct report_table *table, size_t first)
{
    uint64_t most = 1;
    for (size_t i = first; i < table->count && i < first + BARS_MAX; i++)
        most = table->list[i].flagged > most ? table->list[i].flagged : most;
    return most;
}

static void add_bar(struct text_buf *out, const char *class, uint64_t value, uint64_t most,
                    unsigned y)
{
    text_buf_printf(out,
                    "<rect class=\"%s\" x=\"170\" y=\"%u\" width=\"%" PRIu64 "\" height=\"6\"/>",
                    class, y, value * BAR_WIDTH / most);
}

/* Flagged, confirmed and removed of each group; of months the last BARS_MAX. */
static void add_chart(struct text_buf *out, const struct report *report, enum report_by by)
{
    const struct report_table *table = &report->by[by];
    size_t first = by == REPORT_MONTH && table->count > BARS_MAX ? table->count - BARS_MAX : 0;
    size_t shown = table->count - first < BARS_MAX ? table->count - first : BARS_MAX;
    uint64_t most = most_flagged(table, first);
    if (shown == 0)
        return;
    text_buf_printf(out,
                    "<svg viewBox=\"0 0 680 %zu\" role=\"img\" aria-label=\"Flagged, confirmed and "
                    "removed by %s; the table below has the numbers\">",
                    shown * 26 + 24, report_by_name(by));
    for (size_t i = 0; i < shown; i++) {
        const struct report_group *group = &table->list[first + i];
        unsigned y = (unsigned)(i * 26);
        text_buf_printf(out, "<text x=\"164\" y=\"%u\" text-anchor=\"end\">", y + 16);
        char name[25];
        size_t len = strlen(group->name);
        size_t cut = len < sizeof name - 1 ? len : sizeof name - 1;
        while (cut > 0 && cut < len && ((unsigned char)group->name[cut] & 0xc0) == 0x80)
            cut--;
        memcpy(name, group->name, cut);
        name[cut] = '\0';
        add_escaped(out, name);
        text_buf_add_str(out, "</text>");
        add_bar(out, "f", group->flagged, most, y + 2);
        add_bar(out, "c", group->confirmed, most, y + 9);
        add_bar(out, "r", group->removed, most, y + 16);
        text_buf_printf(out,
                        "<text x=\"600\" y=\"%u\">%" PRIu64 " / %" PRIu64 " / %" PRIu64 "</text>",
                        y + 16, group->flagged, group->confirmed, group->removed);
    }
    unsigned y = (unsigned)(shown * 26 + 6);
    text_buf_printf(
        out,
        "<rect class=\"f\" x=\"170\" y=\"%u\" width=\"10\" height=\"10\"/><text x=\"184\" "
        "y=\"%u\">flagged</text><rect class=\"c\" x=\"250\" y=\"%u\" width=\"10\" "
        "height=\"10\"/><text x=\"264\" y=\"%u\">confirmed</text><rect class=\"r\" "
        "x=\"340\" y=\"%u\" width=\"10\" height=\"10\"/><text x=\"354\" "
        "y=\"%u\">removed</text></svg>\n",
        y, y + 9, y, y + 9, y, y + 9);
}

/* The quartiles of the ratio as a box on a line; 1 is the norm. */
static void add_pay_chart(struct text_buf *out, const struct report *report)
{
    int64_t most = 200;
    size_t shown = 0;
    for (size_t i = 0; i < report->pay_count; i++)
        most = report->pay[i].ratio_high > most ? report->pay[i].ratio_high : most;
    text_buf_printf(out,
                    "<svg viewBox=\"0 0 680 %zu\" role=\"img\" aria-label=\"Promised pay as a "
                    "multiple of the wage norm, by task\">",
                    report->pay_count * 24 + 24);
    for (size_t i = 0; i < report->pay_count; i++) {
        const struct report_pay *pay = &report->pay[i];
        if (pay->with_norm == 0)
            continue;
        unsigned y = (unsigned)(shown++ * 24);
        int64_t from = pay->ratio_low * BAR_WIDTH / most, to = pay->ratio_high * BAR_WIDTH / most;
        text_buf_printf(out, "<text x=\"164\" y=\"%u\" text-anchor=\"end\">%s</text>", y + 15,
                        pay->task);
        text_buf_printf(out,
                        "<rect class=\"f\" x=\"%" PRId64 "\" y=\"%u\" width=\"%" PRId64
                        "\" height=\"12\"/>",
                        170 + from, y + 5, to - from > 2 ? to - from : 2);
        text_buf_printf(out,
                        "<rect class=\"c\" x=\"%" PRId64 "\" y=\"%u\" width=\"3\" height=\"18\"/>",
                        170 + pay->ratio_median * BAR_WIDTH / most, y + 2);
        text_buf_printf(out, "<text x=\"600\" y=\"%u\">x %" PRId64 ".%02" PRId64 "</text>", y + 15,
                        pay->ratio_median / 100, pay->ratio_median % 100);
    }
    text_buf_printf(out,
                    "<line x1=\"%" PRId64 "\" y1=\"0\" x2=\"%" PRId64
                    "\" y2=\"%zu\" stroke=\"#222\" stroke-dasharray=\"3 3\"/><text x=\"%" PRId64
                    "\" y=\"%zu\">the norm</text></svg>\n",
                    170 + 100 * (int64_t)BAR_WIDTH / most, 170 + 100 * (int64_t)BAR_WIDTH / most,
                    shown * 24 + 4, 174 + 100 * (int64_t)BAR_WIDTH / most, shown * 24 + 16);
}

/* ---- tables ---- */

static void add_share(struct text_buf *out, const char *what, const struct report_share *share)
{
    text_buf_printf(out, "<tr><td>%s</td>", what);
    if (share->of == 0)
        text_buf_add_str(out, "<td>nothing is known yet</td><td></td><td></td></tr>\n");
    else
        text_buf_printf(out,
                        "<td>%d.%d%%</td><td>%d.%d%% to %d.%d%%</td><td>%" PRIu64 " of %" PRIu64
                        "</td></tr>\n",
                        share->middle / 10, share->middle % 10, share->low / 10, share->low % 10,
                        share->high / 10, share->high % 10, share->part, share->of);
}

static void add_table(struct text_buf *out, const struct report *report, enum report_by by)
{
    const struct report_table *table = &report->by[by];
    text_buf_printf(out, "<h2>By %s</h2>\n", report_by_name(by));
    add_chart(out, report, by);
    text_buf_printf(out,
                    "<table><thead><tr><th scope=\"col\">%s</th><th scope=\"col\">seen</th><th "
                    "scope=\"col\">flagged</th><th scope=\"col\">confirmed</th><th "
                    "scope=\"col\">dismissed</th><th scope=\"col\">removed</th></tr></thead>"
                    "<tbody>\n",
                    report_by_name(by));
    for (size_t i = 0; i < table->count; i++) {
        const struct report_group *group = &table->list[i];
        text_buf_add_str(out, "<tr><td>");
        add_escaped(out, group->name);
        if (by == REPORT_PLACE)
            text_buf_add_str(out, "</td><td></td>");
        else
            text_buf_printf(out, "</td><td>%" PRIu64 "</td>", group->seen);
        text_buf_printf(out,
                        "<td>%" PRIu64 "</td><td>%" PRIu64 "</td><td>%" PRIu64 "</td><td>%" PRIu64
                        "</td></tr>\n",
                        group->flagged, group->confirmed, group->dismissed, group->removed);
    }
    text_buf_add_str(out, "</tbody></table>\n");
}

static void add_pay(struct text_buf *out, const struct report *report)
{
    if (report->pay_count == 0)
        return;
    text_buf_add_str(out, "<h2>Promised pay</h2>\n");
    add_pay_chart(out, report);
    text_buf_add_str(out,
                     "<table><thead><tr><th scope=\"col\">task</th><th scope=\"col\">ads</th><th "
                     "scope=\"col\">a quarter below</th><th scope=\"col\">half below</th><th "
                     "scope=\"col\">a quarter above</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < report->pay_count; i++)
        text_buf_printf(out,
                        "<tr><td>%s</td><td>%" PRIu64 "</td><td>%" PRId64 "</td><td>%" PRId64
                        "</td><td>%" PRId64 "</td></tr>\n",
                        report->pay[i].task, report->pay[i].ads, report->pay[i].usd_low,
                        report->pay[i].usd_median, report->pay[i].usd_high);
    text_buf_add_str(out,
                     "</tbody></table>\n<p><small>US dollars a month, middle of each offer, of "
                     "flagged ads that state pay. The chart shows the multiple of the wage norm "
                     "where the ad was placed.</small></p>\n");
}

static void add_removals(struct text_buf *out, const struct report *report)
{
    text_buf_add_str(out, "<h2>Time to removal</h2>\n<table><thead><tr><th "
                          "scope=\"col\">platform</th><th scope=\"col\">asked</th><th "
                          "scope=\"col\">removed</th><th scope=\"col\">back</th><th "
                          "scope=\"col\">half within</th><th scope=\"col\">nine of ten within</th>"
                          "</tr></thead><tbody>\n");
    for (size_t i = 0; i < report->removals_count; i++) {
        const struct removal *row = &report->removals[i];
        text_buf_add_str(out, "<tr><td>");
        add_escaped(out, row->platform);
        text_buf_printf(out, "</td><td>%" PRIu64 "</td><td>%" PRIu64 "</td><td>%" PRIu64 "</td>",
                        row->asked, row->removed, row->back);
        if (row->removed > 0)
            text_buf_printf(out, "<td>%" PRId64 " h</td><td>%" PRId64 " h</td></tr>\n",
                            (row->median_ms + 3599999) / 3600000,
                            (row->slow_ms + 3599999) / 3600000);
        else
            text_buf_add_str(out, "<td></td><td></td></tr>\n");
    }
    text_buf_add_str(out, "</tbody></table>\n<p><small>" REMOVAL_DEFINITION ".</small></p>\n");
}

void report_html(const struct report *report, struct text_buf *out)
{
    const struct report_group *total = &report->total;
    text_buf_add_str(out, head);
    text_buf_add_str(out, "<h1>Recruitment advertisements that match published indicators</h1>\n<p>"
                          "First seen ");
    add_day(out, report->span.since_unix_ms);
    text_buf_add_str(out, " to ");
    add_day(out, report->span.until_unix_ms - 1);
    text_buf_add_str(out, "; made ");
    add_day(out, report->made_unix_ms);
    text_buf_printf(out,
                    ".</p>\n<ul class=\"sum\"><li><b>%" PRIu64 "</b>ads seen</li><li><b>%" PRIu64
                    "</b>flagged</li><li><b>%" PRIu64 "</b>confirmed by people</li><li><b>%" PRIu64
                    "</b>of those removed</li></ul>\n",
                    total->seen, total->flagged, total->confirmed, total->removed);
    text_buf_add_str(out, "<h2>Estimates</h2>\n<table><thead><tr><th scope=\"col\">share</th><th "
                          "scope=\"col\">counted</th><th scope=\"col\">95% interval</th><th "
                          "scope=\"col\">from</th></tr></thead><tbody>\n");
    add_share(out, "Of the decided, confirmed", &report->precision);
    add_share(out, "Of the asked about, removed", &report->removal);
    add_share(out, "Of unflagged ads looked at by chance, lures", &report->missed);
    text_buf_add_str(out, "</tbody></table>\n");
    for (int by = 0; by < REPORT_BY_COUNT; by++)
        add_table(out, report, (enum report_by)by);
    add_pay(out, report);
    add_removals(out, report);
    text_buf_add_str(out, "<p><small>Counts of advertisements, not of people. A flagged "
                          "advertisement matches published indicators (ILO, UNODC, IOM); people "
                          "decide whether it is confirmed. Made by lurewatch " LUREWATCH_VERSION
                          ".</small></p>\n</main></body></html>\n");
}
