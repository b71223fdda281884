/* explain.c - a verdict in words; see explain.h. */
#include "classifiers/explain.h"

#include "common/utf8.h"

#include <inttypes.h>

static void put_tenths(struct text_buf *out, int32_t tenths)
{
    text_buf_printf(out, "%c%d.%d", tenths < 0 ? '-' : '+', (tenths < 0 ? -tenths : tenths) / 10,
                    (tenths < 0 ? -tenths : tenths) % 10);
}

/* A quote on one line, cut at a character. */
static void put_quote(struct text_buf *out, struct slice quote, size_t most)
{
    struct slice shown = utf8_cut(quote, most);
    for (size_t i = 0; i < shown.len; i++)
        text_buf_add_char(out, (unsigned char)shown.at[i] < ' ' ? ' ' : shown.at[i]);
    if (shown.len < quote.len)
        text_buf_add_str(out, "…");
}

static const struct finding *heaviest(const struct verdict *verdict, int32_t below,
                                      const struct finding *after)
{
    const struct finding *best = NULL;
    for (size_t i = 0; i < verdict->findings_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (finding->quote.len == 0 || finding->points_tenths <= 0 ||
            finding->points_tenths > below)
            continue;
        if (finding->points_tenths == below && (after == NULL || finding <= after))
            continue;
        if (best == NULL || finding->points_tenths > best->points_tenths)
            best = finding;
    }
    return best;
}

void explain_strongest(const struct verdict *verdict, size_t most, struct text_buf *out)
{
    int32_t below = INT32_MAX;
    const struct finding *last = NULL;
    for (size_t i = 0; i < most; i++) {
        const struct finding *next = heaviest(verdict, below, last);
        if (next == NULL)
            return;
        if (i > 0)
            text_buf_add_str(out, "; ");
        put_quote(out, next->quote, 40);
        below = next->points_tenths;
        last = next;
    }
}

void explain_line(const struct posting *posting, const struct verdict *verdict,
                  struct text_buf *out)
{
    struct slice title = posting->field[POSTING_TITLE];
    text_buf_printf(out, "%-6s %3d %-15s ", band_name(verdict->band),
                    verdict_score(verdict->logit_tenths), task_name(verdict->task));
    put_quote(out, title.len > 0 ? title : posting->field[POSTING_TEXT], 60);
    text_buf_add_str(out, " | ");
    explain_strongest(verdict, 4, out);
}

static void put_findings(const struct verdict *verdict, struct text_buf *out)
{
    for (size_t i = 0; i < verdict->findings_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        text_buf_add_str(out, "  ");
        put_tenths(out, finding->points_tenths);
        text_buf_printf(out, "  %-5s %.*s", finding_kind_name(finding->kind), (int)finding->id.len,
                        finding->id.at);
        if (finding->title.len > 0)
            text_buf_printf(out, ": %.*s", (int)finding->title.len, finding->title.at);
        if (finding->quote.len > 0) {
            text_buf_printf(out, "\n         in the %s: \"",
                            posting_field_name((enum posting_field)finding->field));
            put_quote(out, finding->quote, 120);
            text_buf_add_str(out, "\"");
        }
        text_buf_add_char(out, '\n');
    }
}

static void put_pay(const struct salary *salary, struct text_buf *out)
{
    if (salary->currency[0] == '\0')
        return;
    text_buf_printf(out,
                    "pay: %s %" PRId64 " to %" PRId64 " a %s, about USD %" PRId64 " to %" PRId64
                    " a month",
                    salary->currency, salary->cents_min / 100, salary->cents_max / 100,
                    pay_period_name(salary->period), salary->usd_month_cents_min / 100,
                    salary->usd_month_cents_max / 100);
    if (salary->ratio_source_hundredths > 0)
        text_buf_printf(out, "; %d.%02d times ordinary pay at home",
                        salary->ratio_source_hundredths / 100,
                        salary->ratio_source_hundredths % 100);
    if (salary->ratio_destination_hundredths > 0)
        text_buf_printf(out, "; %d.%02d times ordinary pay there",
                        salary->ratio_destination_hundredths / 100,
                        salary->ratio_destination_hundredths % 100);
    if (salary->baseline.len > 0)
        text_buf_printf(out, " (%.*s)", (int)salary->baseline.len, salary->baseline.at);
    text_buf_add_char(out, '\n');
}

static void put_places_and_contacts(const struct verdict *verdict, struct text_buf *out)
{
    for (size_t i = 0; i < verdict->places_count; i++) {
        const struct place_found *place = &verdict->places[i];
        text_buf_printf(out, "place: %.*s (%s", (int)place->id.len, place->id.at,
                        place_role_name(place->role));
        if (place->risk != '-')
            text_buf_printf(out, ", risk %c", place->risk);
        text_buf_add_str(out, place->bait ? ", often named falsely) \"" : ") \"");
        put_quote(out, place->quote, 60);
        text_buf_add_str(out, "\"\n");
    }
    for (size_t i = 0; i < verdict->contacts_count; i++) {
        const struct contact_found *contact = &verdict->contacts[i];
        text_buf_printf(out, "contact: %s", contact_kind_name(contact->kind));
        if (contact->country[0] != '\0')
            text_buf_printf(out, " in %s", contact->country);
        text_buf_add_char(out, '\n');
    }
}

void explain_verdict(const struct posting *posting, const struct verdict *verdict,
                     struct text_buf *out)
{
    int32_t millionths = verdict_probability_millionths(verdict->logit_tenths);
    put_quote(out, posting->field[POSTING_TITLE], 200);
    text_buf_printf(out,
                    "\n%s: score %d, task %s, indicator level B%d, language %.*s\n\nfindings "
                    "(points are natural log-odds):\n",
                    band_name(verdict->band), verdict_score(verdict->logit_tenths),
                    task_name(verdict->task), verdict->indicator_level, (int)verdict->language.len,
                    verdict->language.at);
    put_findings(verdict, out);
    text_buf_add_str(out, "  ----\n  ");
    put_tenths(out, verdict->logit_tenths);
    text_buf_printf(out, "  logit; probability 1/(1+e^-logit) = 0.%06d%s\n\n",
                    millionths == 1000000 ? 999999 : millionths,
                    verdict->rules_cut_count > 0 ? "; some patterns were cut short: a lower bound"
                                                 : "");
    put_pay(&verdict->salary, out);
    put_places_and_contacts(verdict, out);
    text_buf_printf(out, "bank: %.*s\n", (int)verdict->bank.len, verdict->bank.at);
}
