/* view_sources.c - where one may read why a finding counts: publishers with links that lead outside;
 * see view.h. A browser that follows one tells nothing of the page it came from. */
#include "review/citations.h"
#include "review/view.h"

#define LIST_BYTES_MAX 4096u

static void link_outside(struct view *view, struct slice url, struct slice key, struct slice words)
{
    struct html *html = &view->html;
    html_open(html, "a");
    html_link(html, "href", url);
    html_put_attr(html, "rel", "noopener noreferrer nofollow");
    html_put_attr(html, "target", "_blank");
    html_put_attr_slice(html, "title", key);
    html_leaf(html, "bdi", NULL, words);
    html_close(html);
}

/* "press, 2022-08-05", in brackets */
static void about(struct view *view, const struct citation *citation)
{
    struct html *html = &view->html;
    html_str(html, " (");
    html_text(html, said_of(view, "source", citation_kind_name(citation->kind)));
    if (citation->date.len > 0) {
        html_str(html, ", ");
        html_text(html, citation->date);
    }
    if (!citation->visit) {
        html_str(html, "; ");
        say(view, "source.no-visit");
    }
    html_str(html, ")");
}

static void one_source(struct view *view, struct slice source)
{
    struct citation citation;
    if (!citations_find(view->settings->citations, source, &citation)) {
        html_leaf(&view->html, "bdi", NULL, source);
        return;
    }
    if (citation.url.len > 0)
        link_outside(view, citation.url, citation.key, citation.publisher);
    else
        html_leaf(&view->html, "bdi", NULL, citation.publisher);
    if (citation.also.len > 0) {
        html_str(&view->html, ", ");
        link_outside(view, citation.also, citation.key, said(view, "source.also"));
    }
    about(view, &citation);
}

void view_sources(struct view *view, const struct verdict *verdict, const struct finding *finding)
{
    struct html *html = &view->html;
    struct text_buf list;
    struct slice source;
    bool first = true;
    text_buf_init(&list, LIST_BYTES_MAX);
    citations_of_finding(view->settings->citations, verdict, finding, &list);
    struct slice rest = text_buf_slice(&list);
    while (citation_next(&rest, &source)) {
        if (first) {
            html_str(html, " ");
            html_open(html, "span");
            html_put_attr(html, "class", "sources");
            say(view, "finding.sources");
        }
        html_str(html, first ? " " : "; ");
        one_source(view, source);
        first = false;
    }
    if (!first)
        html_close(html);
    text_buf_release(&list);
}
