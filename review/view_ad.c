/* view_ad.c - an ad's words as text with findings marked, the findings, the sum, the facts; see
 * view.h.
 *
 * A field is cut where a finding begins or ends; each piece is written with the marks that cover
 * it. Offsets are bytes of the text as kept, so they hold in every script. */
#include "common/items.h"
#include "common/utf8.h"
#include "review/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_BYTES 24000u /* of a field, before it is asked for whole */
#define COVER_MAX   8u     /* findings named at one word */

/* ---- marks ---- */

static bool is_words(const struct finding *finding, int field)
{
    return finding->field == field && finding->end_bytes > finding->start_bytes &&
           finding->kind != FINDING_PRIOR && finding->kind != FINDING_CAP;
}

static int by_offset(const void *a, const void *b)
{
    const size_t *left = a, *right = b;
    return *left < *right ? -1 : *left > *right;
}

/* Where pieces end: begins and ends of findings, inside the text, sorted. */
static size_t cuts_of(const struct verdict *verdict, int field, size_t len, size_t *cuts)
{
    size_t count = 0;
    for (size_t i = 0; i < verdict->findings_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (!is_words(finding, field))
            continue;
        if (finding->start_bytes < len)
            cuts[count++] = finding->start_bytes;
        if (finding->end_bytes < len)
            cuts[count++] = finding->end_bytes;
    }
    cuts[count++] = len;
    qsort(cuts, count, sizeof *cuts, by_offset);
    return count;
}

struct cover {
    size_t findings[COVER_MAX];
    size_t count;
    int32_t points_tenths;
};

static struct cover cover_of(const struct verdict *verdict, int field, size_t at)
{
    struct cover cover = {.count = 0};
    for (size_t i = 0; i < verdict->findings_count && cover.count < COVER_MAX; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (!is_words(finding, field) || at < finding->start_bytes || at >= finding->end_bytes)
            continue;
        cover.findings[cover.count++] = i;
        cover.points_tenths += finding->points_tenths;
    }
    return cover;
}

/* ---- names ---- */

bool view_meaning(const struct view *view, const struct finding *finding,
                  struct site_meaning *ret_meaning)
{
    const struct site_calls *calls = &view->settings->calls;
    const char *tag = messages_tag(view->messages);
    char family[80];
    if (calls->meaning == NULL || finding->kind == FINDING_PRIOR)
        return false;
    if (finding->kind != FINDING_CAP)
        return calls->meaning(calls->ctx, finding->id, tag, ret_meaning);
    int len = snprintf(family, sizeof family, "family:%.*s", (int)finding->id.len, finding->id.at);
    return len < (int)sizeof family &&
           calls->meaning(calls->ctx, slice_of(family), tag, ret_meaning);
}

struct slice view_title(struct view *view, const struct finding *finding, const char **ret_tag)
{
    struct site_meaning meaning;
    const char *tag = messages_tag(view->messages);
    struct slice title = finding->title;
    if (finding->kind == FINDING_PRIOR || title.len == 0)
        title = said_of(view, "finding", finding_kind_name(finding->kind));
    else if (view_meaning(view, finding, &meaning) && strcmp(meaning.tag, tag) == 0 &&
             meaning.title.len > 0)
        title = meaning.title;
    else
        tag = "en"; /* as the bank called it when the ad was judged */
    if (ret_tag != NULL)
        *ret_tag = tag;
    return title;
}

/* ---- the ad ---- */

static void open_mark(struct view *view, const struct verdict *verdict, const struct cover *cover)
{
    struct text_buf title;
    text_buf_init(&title, 2048);
    for (size_t i = 0; i < cover->count; i++) {
        const struct finding *finding = &verdict->findings[cover->findings[i]];
        struct slice points = view_points(view, finding->points_tenths);
        struct slice name = view_title(view, finding, NULL);
        text_buf_printf(&title, "%s%.*s %.*s", i > 0 ? "; " : "", (int)name.len, name.at,
                        (int)points.len, points.at);
    }
    html_open(&view->html, "mark");
    html_put_attr(&view->html, "class",
                  cover->points_tenths > 0   ? "for"
                  : cover->points_tenths < 0 ? "against"
                                             : "none");
    html_put_attr_slice(&view->html, "title", text_buf_slice(&title));
    text_buf_release(&title);
}

/* The numbers of the findings that end here, as links to their rows. */
static void numbers_here(struct view *view, const struct verdict *verdict, int field, size_t at,
                         const struct cover *cover)
{
    for (size_t i = 0; i < cover->count; i++) {
        const struct finding *finding = &verdict->findings[cover->findings[i]];
        if (finding->end_bytes != at || !is_words(finding, field))
            continue;
        html_open(&view->html, "a");
        html_put_attr(&view->html, "class", "at");
        html_link(&view->html, "href", view_format(view, "#f%zu", cover->findings[i] + 1));
        html_int(&view->html, (int64_t)cover->findings[i] + 1);
        html_close(&view->html);
    }
}

static void marked_text(struct view *view, struct slice text, int field,
                        const struct verdict *verdict)
{
    size_t from = 0;
    size_t *cuts = arena_calloc(view->arena, 2 * verdict->findings_count + 1, sizeof *cuts);
    size_t count = cuts != NULL ? cuts_of(verdict, field, text.len, cuts) : 0;
    for (size_t i = 0; i < count; i++) {
        if (cuts[i] <= from)
            continue;
        struct cover cover = cover_of(verdict, field, from);
        struct slice piece = slice_sub(text, from, cuts[i] - from);
        if (cover.count > 0) {
            open_mark(view, verdict, &cover);
            html_text(&view->html, piece);
            html_close(&view->html);
            numbers_here(view, verdict, field, cuts[i], &cover);
        } else {
            html_text(&view->html, piece);
        }
        from = cuts[i];
    }
    html_text(&view->html, slice_from(text, from));
}

void view_ad(struct view *view, const struct slice field[POSTING_FIELD_COUNT],
             const struct verdict *verdict, bool whole)
{
    struct html *html = &view->html;
    bool cut = false;
    html_open(html, "section");
    html_put_attr(html, "class", "ad");
    html_put_attr_slice(html, "aria-label", said(view, "case.ad"));
    for (int i = 0; i < POSTING_FIELD_COUNT; i++) {
        struct slice text = whole ? field[i] : utf8_cut(field[i], SHOWN_BYTES);
        if (text.len == 0)
            continue;
        cut |= text.len < field[i].len;
        html_leaf(html, "h3", NULL,
                  said_of(view, "field", posting_field_name((enum posting_field)i)));
        html_open(html, "div");
        html_put_attr(html, "class", "words");
        html_put_attr(html, "dir", "auto");
        if (verdict->language.len > 0) /* read out as what it is; "und" is no language */
            html_put_attr_slice(html, "lang", verdict->language);
        marked_text(view, text, i, verdict);
        html_close(html);
    }
    if (cut) {
        html_open(html, "p");
        html_open(html, "a");
        html_link(html, "href",
                  view_format(view, "%.*s?whole=1", (int)view->request->path.len,
                              view->request->path.at));
        say(view, "case.whole");
        html_close(html);
        html_close(html);
    }
    html_close(html);
}

/* ---- findings and the sum ---- */

static void why_it_counts(struct view *view, const struct verdict *verdict,
                          const struct finding *finding)
{
    struct html *html = &view->html;
    struct site_meaning meaning;
    html_open(html, "div");
    html_put_attr(html, "class", "quiet");
    html_leaf(html, "code", NULL, finding->id);
    if (view_meaning(view, finding, &meaning) && meaning.rationale.len + meaning.meaning.len > 0 &&
        finding->kind != FINDING_FACT && finding->kind != FINDING_CAP) {
        html_str(html, " ");
        html_open(html, "span");
        html_put_attr(html, "lang", meaning.tag);
        html_text(html, meaning.rationale.len > 0 ? meaning.rationale : meaning.meaning);
        html_close(html);
    }
    view_sources(view, verdict, finding);
    html_close(html);
}

static void finding_row(struct view *view, const struct verdict *verdict, size_t index)
{
    struct html *html = &view->html;
    const struct finding *finding = &verdict->findings[index];
    html_open(html, "tr");
    html_put_attr_slice(html, "id", view_format(view, "f%zu", index + 1));
    html_open(html, "td");
    html_put_attr(html, "class", "number");
    html_int(html, (int64_t)index + 1);
    html_close(html);
    html_leaf(html, "td", "number", view_points(view, finding->points_tenths));
    html_open(html, "td");
    const char *tag = NULL;
    struct slice title = view_title(view, finding, &tag);
    html_open(html, "span");
    html_put_attr(html, "lang", tag);
    html_text(html, title);
    html_close(html);
    why_it_counts(view, verdict, finding);
    html_close(html);
    html_open(html, "td");
    html_leaf(html, "bdi", NULL, utf8_cut(finding->quote, 300));
    html_close(html);
    html_close(html);
}

static void sum_row(struct view *view, const char *key, struct slice value)
{
    html_open(&view->html, "tr");
    html_put_attr(&view->html, "class", "sum");
    html_leaf_str(&view->html, "td", NULL, "");
    html_leaf(&view->html, "td", "number", value);
    html_open(&view->html, "td");
    html_put_attr(&view->html, "colspan", "2");
    say(view, key);
    html_close(&view->html);
    html_close(&view->html);
}

void view_findings(struct view *view, const struct verdict *verdict)
{
    static const char *const heads[] = {"finding.number", "finding.points", "finding.title",
                                        "finding.words"};
    struct html *html = &view->html;
    int32_t sum = 0;
    say_leaf(view, "h2", NULL, "case.findings");
    view_open_wide(view);
    html_open(html, "table");
    view_heads(view, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < verdict->findings_count; i++) {
        sum += verdict->findings[i].points_tenths;
        if (verdict->findings[i].points_tenths != 0 || verdict->findings[i].quote.len > 0)
            finding_row(view, verdict, i);
    }
    int32_t millionths = verdict_probability_millionths(sum);
    sum_row(view, "sum.logit", view_points(view, sum));
    sum_row(view, "sum.probability",
            view_format(view, "%d.%d %%", millionths / 10000, millionths / 1000 % 10));
    html_close(html);
    html_close(html);
    if (sum != verdict->logit_tenths)
        say_leaf(view, "p", "wrong", "sum.differs");
    if (verdict->rules_cut_count > 0)
        say_leaf(view, "p", "quiet", "sum.lower-bound");
}

/* ---- glossary ---- */

static bool is_explained(const struct verdict *verdict, size_t index)
{
    const struct finding *finding = &verdict->findings[index];
    for (size_t i = 0; i < index; i++)
        if (slice_equal(verdict->findings[i].id, finding->id) &&
            slice_equal(verdict->findings[i].quote, finding->quote))
            return true;
    return false;
}

void view_glossary(struct view *view, const struct verdict *verdict)
{
    struct html *html = &view->html;
    size_t shown = 0;
    for (size_t i = 0; i < verdict->findings_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        struct site_meaning meaning;
        if (finding->kind != FINDING_RULE || finding->quote.len == 0 || is_explained(verdict, i) ||
            !view_meaning(view, finding, &meaning))
            continue;
        if (shown++ == 0) {
            say_leaf(view, "h2", NULL, "case.glossary");
            html_open(html, "dl");
        }
        html_open(html, "dt");
        html_open(html, "bdi");
        if (meaning.language.len > 0)
            html_put_attr_slice(html, "lang", meaning.language);
        html_text(html, utf8_cut(finding->quote, 120));
        html_close(html);
        html_str(html, " ");
        html_leaf(html, "span", "quiet", meaning.language);
        html_close(html);
        html_open(html, "dd");
        html_put_attr(html, "lang", meaning.tag);
        html_text(html, meaning.meaning.len > 0 ? meaning.meaning : finding->title);
        html_close(html);
    }
    if (shown > 0)
        html_close(html);
}

/* ---- facts ---- */

static struct slice ratio_of(struct view *view, int32_t hundredths)
{
    if (hundredths == 0)
        return said(view, "fact.unknown");
    return view_format(view, "%d.%02d \xc3\x97", hundredths / 100, hundredths % 100);
}

static const char *said_copy(struct view *view, const char *prefix, const char *name)
{
    struct slice text = said_of(view, prefix, name);
    return view_format(view, "%.*s", (int)text.len, text.at).at;
}

static void pay_facts(struct view *view, const struct salary *pay)
{
    if (pay->currency[0] == '\0') {
        view_fact(view, "fact.pay", said(view, "fact.not-stated"));
        return;
    }
    view_fact(view, "fact.pay",
              view_format(view, "%" PRId64 "\xe2\x80\x93%" PRId64 " %s / %s", pay->cents_min / 100,
                          pay->cents_max / 100, pay->currency,
                          said_copy(view, "period", pay_period_name(pay->period))));
    if (pay->usd_month_cents_max > 0)
        view_fact(view, "fact.usd-month",
                  view_format(view, "%" PRId64 "\xe2\x80\x93%" PRId64,
                              pay->usd_month_cents_min / 100, pay->usd_month_cents_max / 100));
    view_fact(view, "fact.ratio-source", ratio_of(view, pay->ratio_source_hundredths));
    view_fact(view, "fact.ratio-destination", ratio_of(view, pay->ratio_destination_hundredths));
    view_fact_in(view, "fact.baseline", pay->baseline, "en");
}

static void place_facts(struct view *view, const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->places_count && i < 12; i++) {
        const struct place_found *place = &verdict->places[i];
        struct slice role = said_of(view, "place", place_role_name(place->role));
        struct slice bait = place->bait ? said(view, "fact.bait") : SLICE_EMPTY;
        char risk[96] = "";
        struct slice words = said(view, "fact.risk");
        if (place->risk != '-')
            snprintf(risk, sizeof risk, " \xc2\xb7 %.*s %c", (int)words.len, words.at, place->risk);
        view_fact(view, "fact.place",
                  view_format(view, "%.*s (%.*s) \xc2\xb7 %.*s%s%s%.*s", (int)place->quote.len,
                              place->quote.at, (int)place->id.len, place->id.at, (int)role.len,
                              role.at, risk, bait.len > 0 ? " \xc2\xb7 " : "", (int)bait.len,
                              bait.at));
    }
}

/* Of the six items that an offer must state, those it does not. */
static void missing_items(struct view *view, const struct verdict *verdict)
{
    struct text_buf list;
    text_buf_init(&list, 4096);
    for (unsigned i = 0; i < ITEM_COUNT; i++) {
        if ((verdict->items_missing & ITEM_BIT(i)) == 0)
            continue;
        text_buf_add_str(&list, list.len > 0 ? ", " : "");
        text_buf_add_slice(&list, said_of(view, "item", item_name((enum required_item)i)));
    }
    view_fact(view, "fact.missing", list.len > 0 ? text_buf_slice(&list) : said(view, "item.none"));
    text_buf_release(&list);
}

static void other_facts(struct view *view, const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->findings_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (finding->kind == FINDING_FACT && finding->quote.len == 0 &&
            !slice_ends(finding->id, ".items-missing"))
            view_fact(view, "fact.seen", view_title(view, finding, NULL));
    }
}

void view_facts(struct view *view, const struct slice field[POSTING_FIELD_COUNT],
                const struct verdict *verdict)
{
    struct html *html = &view->html;
    const char *language =
        view_format(view, "%.*s", (int)verdict->language.len, verdict->language.at).at;
    say_leaf(view, "h2", NULL, "case.facts");
    html_open(html, "table");
    html_put_attr(html, "class", "facts");
    pay_facts(view, &verdict->salary);
    place_facts(view, verdict);
    view_fact(view, "fact.employer",
              field[POSTING_EMPLOYER].len > 0 ? utf8_cut(field[POSTING_EMPLOYER], 300)
                                              : said(view, "fact.not-stated"));
    view_fact(view, "fact.language", slice_of(said_copy(view, "tongue", language)));
    missing_items(view, verdict);
    other_facts(view, verdict);
    html_close(html);
}
