/* explain.c - a verdict in words; see explain.h. */
#include "classifiers/explain.h"

#include "classifiers/explain_parts.h"
#include "common/items.h"
#include "common/utf8.h"

#include <string.h>

static void put_tenths(struct text_buf *out, int32_t tenths)
{
    text_buf_printf(out, "%c%d.%d", tenths < 0 ? '-' : '+', (tenths < 0 ? -tenths : tenths) / 10,
                    (tenths < 0 ? -tenths : tenths) % 10);
}

void explain_quote(struct text_buf *out, struct slice quote, size_t most)
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
        explain_quote(out, next->quote, 40);
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
    explain_quote(out, title.len > 0 ? title : posting->field[POSTING_TEXT], 60);
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
            explain_quote(out, finding->quote, 120);
            text_buf_add_str(out, "\"");
        }
        text_buf_add_char(out, '\n');
    }
}

/* ---- the facts, a line each ---- */

static void put_grouped(struct text_buf *out, int64_t number)
{
    if (number >= 1000) {
        put_grouped(out, number / 1000);
        text_buf_printf(out, ",%03d", (int)(number % 1000));
        return;
    }
    text_buf_printf(out, "%d", (int)number);
}

static void put_range(struct text_buf *out, const char *currency, int64_t least, int64_t most)
{
    text_buf_printf(out, "%s ", currency);
    put_grouped(out, least / 100);
    if (most / 100 != least / 100) {
        text_buf_add_str(out, " to ");
        put_grouped(out, most / 100);
    }
}

static void put_ratio(struct text_buf *out, int32_t hundredths, const char *of)
{
    if (hundredths > 0)
        text_buf_printf(out, "\n       %d.%02d times %s", hundredths / 100, hundredths % 100, of);
}

static void put_words(struct text_buf *out, const struct posting *posting, int field,
                      uint32_t start, uint32_t end)
{
    if (field == FINDING_NO_FIELD || start >= end)
        return;
    text_buf_add_str(out, ", \"");
    explain_quote(out, slice_sub(posting->field[field], start, end - start), 60);
    text_buf_add_str(out, "\"");
}

static void put_pay(const struct posting *posting, const struct salary *salary,
                    struct text_buf *out)
{
    if (salary->currency[0] == '\0') {
        text_buf_add_str(out, "  pay: none stated\n");
        return;
    }
    static const char *const bounds[] = {
        [PAY_BOUND_NONE] = "", [PAY_UP_TO] = "up to ", [PAY_FROM] = "from "};
    text_buf_printf(out, "  pay: %s", bounds[salary->bound]);
    put_range(out, salary->currency, salary->cents_min, salary->cents_max);
    text_buf_printf(out, " a %s%s%s, about ", pay_period_name(salary->period),
                    salary->tax == PAY_TAX_UNTOLD ? "" : " ", pay_tax_name(salary->tax));
    put_range(out, "USD", salary->usd_month_cents_min, salary->usd_month_cents_max);
    text_buf_add_str(out, " a month");
    put_words(out, posting, salary->field, salary->start_bytes, salary->end_bytes);
    put_ratio(out, salary->ratio_source_hundredths, "ordinary pay where its readers live");
    put_ratio(out, salary->ratio_destination_hundredths, "ordinary pay where the work is");
    if (salary->baseline.len > 0)
        text_buf_printf(out, "\n       measured against: %.*s", (int)salary->baseline.len,
                        salary->baseline.at);
    text_buf_add_char(out, '\n');
}

static void put_place(const struct place_found *place, struct text_buf *out)
{
    static const char *const roles[PLACE_ROLE_COUNT] = {[PLACE_DESTINATION] = "work place",
                                                        [PLACE_TRANSIT] = "on the way",
                                                        [PLACE_INTERVIEW] = "interview",
                                                        [PLACE_EMPLOYER_SEAT] = "employer's seat",
                                                        [PLACE_SOURCE] = "where people are from"};
    static const char risks[] = "ABC";
    static const char *const meanings[] = {"known compounds", "relay or growing", "weak"};
    const char *risk = strchr(risks, place->risk);
    text_buf_printf(out, "  place: %.*s, %s", (int)place->id.len, place->id.at, roles[place->role]);
    if (place->risk != '\0' && risk != NULL)
        text_buf_printf(out, ", risk %c (%s)", place->risk, meanings[risk - risks]);
    text_buf_add_str(out, place->bait ? ", often named while another is meant, \"" : ", \"");
    explain_quote(out, place->quote, 60);
    text_buf_add_str(out, "\"\n");
}

static void put_contact(const struct contact_found *contact, struct text_buf *out)
{
    text_buf_printf(out, "  contact: %s", contact_kind_name(contact->kind));
    if (contact->country[0] != '\0')
        text_buf_printf(out, ", a number of %s", contact->country);
    if (contact->field == FINDING_NO_FIELD)
        text_buf_add_str(out, ", behind a link of the page");
    text_buf_add_char(out, '\n');
}

static void put_employer(const struct posting *posting, const struct verdict *verdict,
                         struct text_buf *out)
{
    struct slice field = posting->field[POSTING_EMPLOYER];
    text_buf_add_str(out, "  employer: ");
    if (verdict->employer.len > 0)
        explain_quote(out, verdict->employer, 60);
    else if (field.len > 0)
        text_buf_add_str(out, "named in general words only");
    else
        text_buf_add_str(out, "not named");
    text_buf_printf(out, "\n  licence: %.*s\n",
                    verdict->licences.len > 0 ? (int)verdict->licences.len : 10,
                    verdict->licences.len > 0 ? verdict->licences.at : "none named");
}

static void put_items(const struct verdict *verdict, struct text_buf *out)
{
    const uint32_t all = ITEM_BIT(ITEM_COUNT) - 1;
    text_buf_add_str(out, "  states: ");
    items_print(verdict->items_missing, false, out);
    text_buf_add_str(out, verdict->items_missing == all ? "none of the six required items" : "");
    text_buf_add_str(out, "\n  missing: ");
    items_print(verdict->items_missing, true, out);
    text_buf_add_str(out,
                     verdict->items_missing == 0 ? "nothing of the six required items\n" : "\n");
}

static void put_facts(const struct posting *posting, const struct verdict *verdict,
                      struct text_buf *out)
{
    text_buf_add_str(out, "facts:\n");
    explain_languages(posting, verdict, out);
    explain_voice(verdict, out);
    put_pay(posting, &verdict->salary, out);
    for (size_t i = 0; i < verdict->places_count; i++)
        put_place(&verdict->places[i], out);
    for (size_t i = 0; i < verdict->contacts_count; i++)
        put_contact(&verdict->contacts[i], out);
    put_employer(posting, verdict, out);
    explain_conditions(posting, verdict, out);
    put_items(verdict, out);
}

void explain_verdict(const struct posting *posting, const struct verdict *verdict,
                     struct text_buf *out)
{
    int32_t millionths = verdict_probability_millionths(verdict->logit_tenths);
    explain_quote(out, posting->field[POSTING_TITLE], 200);
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
    put_facts(posting, verdict, out);
    text_buf_printf(out, "bank: %.*s\n", (int)verdict->bank.len, verdict->bank.at);
}
