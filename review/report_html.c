/* report_html.c - the report as one page that needs no other file, no script and no network, and
 * prints well on A4; see report.h. */
#include "review/report_tables.h"

/* Text that needs no escaping: the writer leaves it as it is. */
static const char style[] =
    "\nbody{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#222;background:#fff}\n"
    "h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}\n"
    ".wide{overflow-x:auto}\n"
    "table{border-collapse:collapse;width:100%;font-size:.9rem}\n"
    "th,td{padding:.2rem .4rem;border-bottom:1px solid #bbb;text-align:left;vertical-align:top}\n"
    "th:first-child,td:first-child{min-width:8rem;overflow-wrap:anywhere}\n"
    "th.number,td.number{text-align:right;font-variant-numeric:tabular-nums}\n"
    "td.number{white-space:nowrap}\n"
    ".total{font-size:1.15rem;font-weight:bold}.quiet{font-size:.85rem;color:#444}\n"
    "svg{display:block;width:100%;max-width:47.5rem;height:auto;margin:.5rem 0;"
    "font-family:system-ui,sans-serif}\n"
    "@page{size:A4;margin:15mm}\n"
    "@media print{body{margin:0;padding:0;max-width:none;font-size:10pt}.wide{overflow:visible}"
    "h1{font-size:16pt}h2{font-size:12pt;margin-top:1.2rem;break-after:avoid}table{font-size:9pt}"
    "svg{break-inside:avoid;break-after:avoid}table,tr{break-inside:avoid}thead{display:table-"
    "header-group}p.quiet{break-before:avoid;break-inside:avoid}}\n";

static void head(struct html *html, const struct messages *messages)
{
    html_doctype(html);
    html_open(html, "html");
    html_put_attr(html, "lang", messages_tag(messages));
    html_open(html, "head");
    html_void(html, "meta");
    html_put_attr(html, "charset", "utf-8");
    html_void(html, "meta");
    html_put_attr(html, "name", "viewport");
    html_put_attr(html, "content", "width=device-width, initial-scale=1");
    html_leaf(html, "title", NULL, messages_get(messages, "report.heading"));
    html_leaf_str(html, "style", NULL, style);
    html_close(html);
}

void report_html(const struct report *report, const struct messages *messages, struct text_buf *out)
{
    struct html html;
    struct report_sink sink;
    const struct slice version = SLICE(LUREWATCH_VERSION);
    html_init(&html, out);
    sink_init(&sink, messages, &html, NULL);
    head(&html, messages);
    html_open(&html, "body");
    html_open(&html, "main");
    html_leaf(&html, "h1", NULL, messages_get(messages, "report.heading"));
    report_put(&sink, report);
    sink_sentence(&sink, "quiet", "report.closing", &version, 1);
    html_close_to(&html, 0);
}
