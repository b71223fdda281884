/* explain_conditions.c - what an ad asks and offers, its voice and its languages, in words; see
 * explain_parts.h. A line each for what is asked, offered and binding; nothing told, no line. */
#include "classifiers/explain_parts.h"

#include <string.h>

enum heading { HEADING_ASKS, HEADING_OFFERS, HEADING_BINDS };

/* %s: the value, or the words of the number. */
static const struct {
    enum heading heading;
    const char *name, *number_unit;
} LINES[CONDITION_KIND_COUNT] = {
    [CONDITION_AGE] = {HEADING_ASKS, "age", ""},
    [CONDITION_SEX] = {HEADING_ASKS, "sex", ""},
    [CONDITION_NATIONALITY] = {HEADING_ASKS, "one nationality", ""},
    [CONDITION_EXPERIENCE] = {HEADING_ASKS, "experience", " years"},
    [CONDITION_SCHOOLING] = {HEADING_ASKS, "schooling", ""},
    [CONDITION_LANGUAGE] = {HEADING_ASKS, "language", ""},
    [CONDITION_TYPING] = {HEADING_ASKS, "typing", " words a minute"},
    [CONDITION_TICKET] = {HEADING_OFFERS, "ticket", ""},
    [CONDITION_LODGING] = {HEADING_OFFERS, "lodging", ""},
    [CONDITION_MEALS] = {HEADING_OFFERS, "meals", ""},
    [CONDITION_VISA] = {HEADING_OFFERS, "visa", ""},
    [CONDITION_PAPERS] = {HEADING_OFFERS, "papers handled", ""},
    [CONDITION_ADVANCE] = {HEADING_OFFERS, "advance", ""},
    [CONDITION_BONUS] = {HEADING_OFFERS, "bonus", "%"},
    [CONDITION_COMMISSION] = {HEADING_OFFERS, "commission", "%"},
    [CONDITION_PENALTY] = {HEADING_BINDS, "penalty for leaving", ""},
    [CONDITION_SHIFT] = {HEADING_BINDS, "shift", " hours a day"},
    [CONDITION_DAYS_OFF] = {HEADING_BINDS, "days off", ""},
};

/* What a value means, where the word alone does not say it. */
static const char *value_words(const struct condition_found *found)
{
    if (found->kind == CONDITION_VISA && strcmp(found->value, "none") == 0)
        return "none needed, it says";
    if (found->kind == CONDITION_SCHOOLING && strcmp(found->value, "none") == 0)
        return "none asked";
    if (found->kind == CONDITION_EXPERIENCE && strcmp(found->value, "none") == 0)
        return "none asked";
    return found->value;
}

static void put_number(const struct condition_found *found, struct text_buf *out)
{
    text_buf_printf(out, " %d", (int)found->least);
    if (found->most != found->least)
        text_buf_printf(out, " to %d", (int)found->most);
    text_buf_add_str(out, LINES[found->kind].number_unit);
}

static void put_condition(const struct posting *posting, const struct condition_found *found,
                          struct text_buf *out)
{
    const char *value = value_words(found);
    text_buf_add_str(out, LINES[found->kind].name);
    if (found->has_number)
        put_number(found, out);
    if (found->kind == CONDITION_DAYS_OFF && value[0] != '\0')
        text_buf_printf(out, " a %s", value);
    else if (value[0] != '\0' && !(found->has_number && found->kind == CONDITION_EXPERIENCE))
        text_buf_printf(out, ": %s", value);
    if (found->field == FINDING_NO_FIELD || found->start_bytes >= found->end_bytes)
        return;
    text_buf_add_str(out, " (\"");
    explain_quote(out,
                  slice_sub(posting->field[found->field], found->start_bytes,
                            found->end_bytes - found->start_bytes),
                  40);
    text_buf_add_str(out, "\")");
}

static void put_heading(const struct posting *posting, const struct conditions *conditions,
                        enum heading heading, struct text_buf *out)
{
    static const char *const labels[] = {"  asks: ", "  offers: ", "  binds: "};
    const char *joiner = labels[heading];
    for (size_t i = 0; i < conditions->count; i++) {
        const struct condition_found *found = &conditions->list[i];
        if (LINES[found->kind].heading != heading)
            continue;
        text_buf_add_str(out, joiner);
        put_condition(posting, found, out);
        joiner = "; ";
    }
    if (joiner != labels[heading])
        text_buf_add_char(out, '\n');
}

void explain_conditions(const struct posting *posting, const struct verdict *verdict,
                        struct text_buf *out)
{
    put_heading(posting, &verdict->conditions, HEADING_ASKS, out);
    put_heading(posting, &verdict->conditions, HEADING_OFFERS, out);
    put_heading(posting, &verdict->conditions, HEADING_BINDS, out);
}

/* "id; en from "We are hiring…"": the languages of the text in their order, each where it begins. */
void explain_languages(const struct posting *posting, const struct verdict *verdict,
                       struct text_buf *out)
{
    const struct language_parts *parts = &verdict->languages;
    text_buf_printf(out, "  language: %.*s", (int)verdict->language.len, verdict->language.at);
    size_t others = 0;
    for (size_t i = 0; i < parts->count; i++)
        others += slice_equal(parts->list[i].language, verdict->language) ? 0 : 1;
    for (size_t i = 0; others > 0 && i < parts->count; i++) {
        const struct language_part *part = &parts->list[i];
        text_buf_printf(out, "%s%.*s from \"", i == 0 ? "; in parts: " : ", ",
                        (int)part->language.len, part->language.at);
        explain_quote(out,
                      slice_sub(posting->field[part->field], part->start_bytes,
                                part->end_bytes - part->start_bytes),
                      24);
        text_buf_add_str(out, "\"");
    }
    text_buf_add_char(out, '\n');
}

void explain_voice(const struct verdict *verdict, struct text_buf *out)
{
    static const char *const words[][2] = {
        {"applicant", "speaks to applicants"},
        {"reports", "reports"},
        {"warns", "warns"},
        {"forbids", "forbids"},
        {"states-law", "states the law"},
        {"tells-own-case", "tells somebody's own case"},
        {"asks-advice", "asks for advice"},
        {"offers-service", "advertises a service"},
        {"seeks-work", "looks for work"},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (slice_is(verdict->voice, words[i][0]))
            text_buf_printf(out, "  voice: %s\n", words[i][1]);
}
