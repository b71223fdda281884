/* jobposting.c - fields of a schema.org JobPosting; see jobposting.h.
 *
 * Pay is printed as people write it ("IDR 5000000-7000000 per month"), places as one line of
 * address parts, and what an ad tells beside its description (duties, benefits, hours) is added
 * under it, each with its name, unless the description says it already. */
#include "crawler/extract/jobposting.h"

#include "crawler/extract/html_text.h"
#include "crawler/extract/posting_images.h"

#include <string.h>

#define PART_BYTES_MAX 2000u
#define PLACES_MAX     20u
#define LINE_BYTES_MAX (16u << 10)
#define TEXT_BYTES_MAX (2u << 20)
#define VALUES_MAX     40u
#define LINKS_MAX      32u

struct reader {
    struct arena *arena;
    const struct things *things;
    const struct thing *job;
    const struct url *base;
    struct posting *posting;
};

bool thing_is_job(const struct thing *thing)
{
    return thing_is(thing, "JobPosting");
}

/* ---- values ---- */

/* A plain value as one line; a thing by its name or value. */
static int prop_line(const struct reader *reader, const struct thing_prop *prop,
                     struct slice *ret_text)
{
    static const char *const names[] = {"name", "value", "legalName", "@id"};
    *ret_text = SLICE_EMPTY;
    for (int depth = 0; prop != NULL && prop->thing != NULL && depth < 3; depth++) {
        const struct thing *thing = things_resolve(reader->things, prop->thing);
        prop = NULL;
        for (size_t i = 0; i < sizeof names / sizeof names[0] && prop == NULL; i++)
            prop = thing_get(thing, names[i]);
    }
    if (prop == NULL || prop->thing != NULL || prop->text.len == 0)
        return OK;
    struct slice text = prop->text;
    if (prop->is_html) {
        int rc = html_fragment_text(reader->arena, text, &text);
        if (rc != OK)
            return rc;
    }
    return html_line(reader->arena, text, false, ret_text);
}

static int member_line(const struct reader *reader, const struct thing *thing, const char *name,
                       struct slice *ret_text)
{
    return prop_line(reader, thing_get(thing, name), ret_text);
}

static int prop_text(const struct reader *reader, const struct thing_prop *prop,
                     struct slice *ret_text)
{
    if (prop->thing != NULL)
        return prop_line(reader, prop, ret_text);
    *ret_text = prop->text;
    return prop->is_html ? html_fragment_text(reader->arena, prop->text, ret_text) : OK;
}

static bool is_word_byte(char byte)
{
    char small = (char)(byte | 0x20);
    return (small >= 'a' && small <= 'z') || (byte >= '0' && byte <= '9');
}

/* Does the part stand in the line, and not within a word ("KE" in "Lakeview")? */
static bool part_stands(struct slice line, struct slice part)
{
    for (size_t from = 0, at; from < line.len; from = at + 1) {
        at = slice_find_nocase(slice_from(line, from), part);
        if (at == SIZE_MAX)
            return false;
        at += from;
        size_t end = at + part.len;
        bool head = at > 0 && is_word_byte(part.at[0]) && is_word_byte(line.at[at - 1]);
        bool tail =
            end < line.len && is_word_byte(part.at[part.len - 1]) && is_word_byte(line.at[end]);
        if (!head && !tail)
            return true;
    }
    return false;
}

/* Adds a part to a line of parts unless it stands there already. */
static void part_add(struct text_buf *line, const char *separator, struct slice part)
{
    part = slice_trim(part);
    if (part.len == 0 || part.len > PART_BYTES_MAX || part_stands(text_buf_slice(line), part))
        return;
    if (line->len > 0)
        text_buf_add_str(line, separator);
    text_buf_add_slice(line, part);
}

static int line_set(const struct reader *reader, struct text_buf *line, enum posting_field field)
{
    int rc = line->status == ERR_NOMEM ? ERR_NOMEM : OK;
    if (rc == OK && line->len > 0)
        rc = posting_set(reader->posting, reader->arena, field, text_buf_slice(line));
    text_buf_release(line);
    return rc;
}

/* ---- title, ids, dates ---- */

static int plain_read(const struct reader *reader)
{
    static const struct {
        const char *name;
        enum posting_attr attr;
    } attrs[] = {{"identifier", POSTING_ID},
                 {"datePosted", POSTING_POSTED_AT},
                 {"validThrough", POSTING_VALID_THROUGH},
                 {"inLanguage", POSTING_LANG}};
    struct slice text;
    const struct thing_prop *title = thing_get(reader->job, "title");
    if (title == NULL)
        title = thing_get(reader->job, "name");
    int rc = prop_line(reader, title, &text);
    if (rc == OK)
        rc = posting_set(reader->posting, reader->arena, POSTING_TITLE, text);
    for (size_t i = 0; rc == OK && i < sizeof attrs / sizeof attrs[0]; i++) {
        const struct thing_prop *prop = thing_get(reader->job, attrs[i].name);
        if (prop == NULL)
            continue;
        if (prop->thing != NULL && thing_get(prop->thing, "value") != NULL)
            prop = thing_get(prop->thing, "value");
        rc = prop_line(reader, prop, &text);
        if (rc == OK)
            rc = posting_set_attr(reader->posting, reader->arena, attrs[i].attr, text);
    }
    return rc;
}

static int employment_read(const struct reader *reader)
{
    struct text_buf line;
    struct slice text;
    int rc = OK;
    text_buf_init(&line, PART_BYTES_MAX);
    const struct thing_prop *prop = thing_get(reader->job, "employmentType");
    for (; rc == OK && prop != NULL; prop = thing_next(prop->next, "employmentType")) {
        rc = prop_line(reader, prop, &text);
        if (rc == OK)
            part_add(&line, ", ", text);
    }
    if (rc == OK)
        rc = posting_set_attr(reader->posting, reader->arena, POSTING_EMPLOYMENT,
                              text_buf_slice(&line));
    text_buf_release(&line);
    return rc;
}

/* ---- places ---- */

static int address_add(const struct reader *reader, const struct thing_prop *address,
                       struct text_buf *line)
{
    static const char *const parts[] = {"streetAddress", "addressLocality", "addressRegion",
                                        "postalCode", "addressCountry"};
    struct text_buf one;
    struct slice text;
    int rc = OK;
    text_buf_init(&one, LINE_BYTES_MAX);
    if (address->thing == NULL) {
        rc = prop_line(reader, address, &text);
        if (rc == OK)
            part_add(&one, ", ", text);
    } else {
        const struct thing *thing = things_resolve(reader->things, address->thing);
        for (size_t i = 0; rc == OK && i < sizeof parts / sizeof parts[0]; i++) {
            rc = member_line(reader, thing, parts[i], &text);
            if (rc == OK)
                part_add(&one, ", ", text);
        }
        if (rc == OK && one.len == 0) {
            rc = member_line(reader, thing, "name", &text);
            if (rc == OK)
                part_add(&one, ", ", text);
        }
    }
    part_add(line, "; ", text_buf_slice(&one));
    text_buf_release(&one);
    return rc;
}

static int place_add(const struct reader *reader, const struct thing_prop *prop,
                     struct text_buf *line)
{
    if (prop->thing == NULL)
        return address_add(reader, prop, line);
    const struct thing *place = things_resolve(reader->things, prop->thing);
    const struct thing_prop *address = thing_get(place, "address");
    if (address != NULL)
        return address_add(reader, address, line);
    return address_add(reader, prop, line); /* an address, or a place with a name */
}

static int places_read(const struct reader *reader)
{
    static const char *const names[] = {"jobLocation", "applicantLocationRequirements"};
    struct text_buf line;
    unsigned count = 0;
    int rc = OK;
    text_buf_init(&line, LINE_BYTES_MAX);
    for (size_t i = 0; i < 2 && (i == 0 || line.len == 0); i++) {
        const struct thing_prop *prop = thing_get(reader->job, names[i]);
        for (; rc == OK && prop != NULL && count < PLACES_MAX; count++) {
            rc = place_add(reader, prop, &line);
            prop = thing_next(prop->next, names[i]);
        }
    }
    return rc == OK ? line_set(reader, &line, POSTING_PLACE) : (text_buf_release(&line), rc);
}

/* ---- pay ---- */

/* "5000000.00" -> "5000000"; text stays text. */
static struct slice number_trim(struct slice text)
{
    size_t point = slice_find_char(text, '.');
    if (point == SIZE_MAX || text.len - point > 3)
        return text;
    for (size_t i = point + 1; i < text.len; i++)
        if (text.at[i] != '0')
            return text;
    return text.len - point == 3 || text.len - point == 2 ? slice_sub(text, 0, point) : text;
}

static int amount_add(const struct reader *reader, const struct thing *value, struct text_buf *line,
                      struct slice *ret_unit)
{
    struct slice low, high, exact;
    int rc = member_line(reader, value, "minValue", &low);
    if (rc == OK)
        rc = member_line(reader, value, "maxValue", &high);
    if (rc == OK)
        rc = member_line(reader, value, "value", &exact);
    if (rc == OK)
        rc = member_line(reader, value, "unitText", ret_unit);
    if (rc == OK && ret_unit->len == 0)
        rc = member_line(reader, value, "unitCode", ret_unit);
    if (rc != OK)
        return rc;
    if (line->len > 0)
        text_buf_add_char(line, ' ');
    if (low.len > 0 && high.len > 0 && !slice_equal(low, high)) {
        text_buf_add_slice(line, number_trim(low));
        text_buf_add_char(line, '-');
        text_buf_add_slice(line, number_trim(high));
    } else if (low.len > 0 || high.len > 0) {
        text_buf_add_slice(line, number_trim(low.len > 0 ? low : high));
    } else {
        text_buf_add_slice(line, number_trim(exact));
    }
    return OK;
}

static void unit_add(struct text_buf *line, struct slice unit)
{
    if (unit.len == 0 || unit.len > 24)
        return;
    text_buf_add_str(line, " per ");
    for (size_t i = 0; i < unit.len; i++)
        text_buf_add_char(
            line, (char)(unit.at[i] >= 'A' && unit.at[i] <= 'Z' ? unit.at[i] | 0x20 : unit.at[i]));
}

static bool has_digit(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] >= '0' && text.at[i] <= '9')
            return true;
    return false;
}

/* A MonetaryAmount, a QuantitativeValue, or plain text. */
static int pay_one(const struct reader *reader, const struct thing_prop *prop,
                   struct text_buf *line)
{
    struct slice currency, unit = SLICE_EMPTY, text;
    const struct thing *pay =
        prop->thing == NULL ? NULL : things_resolve(reader->things, prop->thing);
    int rc = member_line(reader, pay, "currency", &currency);
    if (rc == OK && currency.len == 0)
        rc = member_line(reader, reader->job, "salaryCurrency", &currency);
    if (rc != OK)
        return rc;
    if (pay == NULL) {
        rc = prop_line(reader, prop, &text);
        if (rc == OK && slice_find_nocase(text, currency) == SIZE_MAX)
            text_buf_printf(line, "%.*s ", (int)currency.len, currency.at);
        text_buf_add_slice(line, number_trim(text));
        if (rc == OK)
            rc = member_line(reader, reader->job, "salaryUnit", &unit);
        unit_add(line, unit);
        return rc;
    }
    text_buf_add_slice(line, currency);
    const struct thing_prop *value = thing_get(pay, "value");
    const struct thing *inner =
        value != NULL && value->thing != NULL ? things_resolve(reader->things, value->thing) : pay;
    rc = amount_add(reader, inner, line, &unit);
    if (rc == OK && unit.len == 0 && inner != pay)
        rc = member_line(reader, pay, "unitText", &unit);
    unit_add(line, unit);
    return rc;
}

static int pay_read(const struct reader *reader)
{
    static const char *const names[] = {"baseSalary", "estimatedSalary", "salary"};
    struct text_buf line, one;
    int rc = OK;
    text_buf_init(&line, LINE_BYTES_MAX);
    text_buf_init(&one, LINE_BYTES_MAX);
    for (size_t i = 0; i < 3 && line.len == 0; i++) {
        const struct thing_prop *prop = thing_get(reader->job, names[i]);
        for (unsigned count = 0; rc == OK && prop != NULL && count < 8; count++) {
            text_buf_reset(&one);
            rc = pay_one(reader, prop, &one);
            if (rc == OK && has_digit(text_buf_slice(&one)))
                part_add(&line, "; ", text_buf_slice(&one));
            else if (rc == OK && prop->thing == NULL)
                part_add(&line, "; ", prop->text);
            prop = thing_next(prop->next, names[i]);
        }
    }
    text_buf_release(&one);
    return rc == OK ? line_set(reader, &line, POSTING_PAY) : (text_buf_release(&line), rc);
}

/* ---- text ---- */

/* Adds every value of a property that the text does not hold already; label NULL: none. */
static int text_add(const struct reader *reader, const char *name, const char *label,
                    struct text_buf *text)
{
    struct slice part;
    unsigned added = 0;
    const struct thing_prop *prop = thing_get(reader->job, name);
    for (unsigned count = 0; prop != NULL && count < VALUES_MAX; count++) {
        int rc = prop_text(reader, prop, &part);
        if (rc != OK)
            return rc;
        prop = thing_next(prop->next, name);
        if (part.len == 0 || slice_find_nocase(text_buf_slice(text), part) != SIZE_MAX)
            continue;
        if (text->len > 0)
            text_buf_add_str(text, added > 0 && label != NULL ? "\n" : "\n\n");
        if (label != NULL)
            text_buf_printf(text, "%s: ", label);
        text_buf_add_slice(text, part);
        added++;
    }
    return OK;
}

static int text_read(const struct reader *reader)
{
    static const char *const more[][2] = {{"responsibilities", "Responsibilities"},
                                          {"qualifications", "Qualifications"},
                                          {"skills", "Skills"},
                                          {"experienceRequirements", "Experience"},
                                          {"educationRequirements", "Education"},
                                          {"jobBenefits", "Benefits"},
                                          {"benefits", "Benefits"},
                                          {"incentiveCompensation", "Incentives"},
                                          {"incentives", "Incentives"},
                                          {"workHours", "Hours"},
                                          {"specialCommitments", "Commitments"}};
    struct text_buf text;
    text_buf_init(&text, TEXT_BYTES_MAX);
    int rc = text_add(reader, "description", NULL, &text);
    for (size_t i = 0; rc == OK && i < sizeof more / sizeof more[0]; i++)
        rc = text_add(reader, more[i][0], more[i][1], &text);
    if (rc == OK && text.status == ERR_NOMEM)
        rc = ERR_NOMEM;
    if (rc == OK)
        rc = posting_set(reader->posting, reader->arena, POSTING_TEXT, text_buf_slice(&text));
    text_buf_release(&text);
    return rc;
}

/* ---- employer and links ---- */

static int employer_read(const struct reader *reader)
{
    struct slice text;
    const struct thing_prop *prop = thing_get(reader->job, "hiringOrganization");
    if (prop == NULL)
        prop = thing_get(reader->job, "employmentUnit");
    int rc = prop_line(reader, prop, &text);
    return rc == OK ? posting_set(reader->posting, reader->arena, POSTING_EMPLOYER, text) : rc;
}

static int link_add(const struct reader *reader, struct posting_link *links, size_t *count,
                    const char *scheme, struct slice value)
{
    struct url url;
    value = slice_trim(value);
    if (value.len == 0 || value.len > PART_BYTES_MAX || *count == LINKS_MAX)
        return OK;
    struct slice href = value;
    if (scheme != NULL) {
        bool given = slice_starts_nocase(value, scheme);
        const char *made =
            arena_printf(reader->arena, "%s%.*s", given ? "" : scheme, (int)value.len, value.at);
        if (made == NULL)
            return ERR_NOMEM;
        href = slice_of(made);
    } else {
        int rc = url_parse(reader->arena, value, reader->base, &url, NULL);
        if (rc != OK)
            return rc == ERR_NOMEM ? rc : OK;
        href = url.href;
    }
    links[(*count)++] = (struct posting_link){.url = href, .text = SLICE_EMPTY};
    return OK;
}

static int links_read(const struct reader *reader)
{
    struct posting_link *links = arena_calloc(reader->arena, LINKS_MAX, sizeof *links);
    size_t count = 0;
    if (links == NULL)
        return ERR_NOMEM;
    const struct thing_prop *contact = thing_get(reader->job, "applicationContact");
    const struct thing_prop *employer = thing_get(reader->job, "hiringOrganization");
    const struct thing *from[] = {
        contact == NULL ? NULL : things_resolve(reader->things, contact->thing),
        employer == NULL ? NULL : things_resolve(reader->things, employer->thing)};
    static const struct {
        const char *name, *scheme;
    } props[] = {{"telephone", "tel:"}, {"email", "mailto:"}, {"url", NULL}, {"sameAs", NULL}};
    int rc = OK;
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; rc == OK && k < sizeof props / sizeof props[0]; k++) {
            const struct thing_prop *prop = thing_get(from[i], props[k].name);
            if (prop != NULL && prop->thing == NULL)
                rc = link_add(reader, links, &count, props[k].scheme, prop->text);
        }
    reader->posting->links = links;
    reader->posting->links_count = count;
    return rc;
}

static int url_read(const struct reader *reader)
{
    struct url url;
    const struct thing_prop *prop = thing_get(reader->job, "url");
    if (prop == NULL || prop->thing != NULL || prop->text.len == 0)
        return OK;
    int rc = url_parse(reader->arena, prop->text, reader->base, &url, NULL);
    if (rc == OK)
        reader->posting->attr[POSTING_URL] = url_without_fragment(&url);
    return rc == ERR_NOMEM ? rc : OK;
}

static int images_read(const struct reader *reader)
{
    return posting_images_of_job(reader->arena, reader->things, reader->job, reader->base,
                                 reader->posting);
}

int jobposting_read(struct arena *arena, const struct things *things, const struct thing *job,
                    const struct url *base, struct posting *ret_posting)
{
    static const char *const source[THING_SYNTAX_COUNT] = {"json-ld", "microdata", "rdfa"};
    struct posting posting;
    struct reader reader = {
        .arena = arena, .things = things, .job = job, .base = base, .posting = &posting};
    int (*const steps[])(const struct reader *) = {plain_read, employment_read, places_read,
                                                   pay_read,   text_read,       employer_read,
                                                   links_read, images_read,     url_read};
    int rc = OK;
    posting_init(&posting);
    for (size_t i = 0; rc == OK && i < sizeof steps / sizeof steps[0]; i++)
        rc = steps[i](&reader);
    if (rc != OK)
        return rc;
    posting.attr[POSTING_SOURCE_TYPE] = slice_of(source[job->syntax]);
    posting.origin = ORIGIN_JOB_PAGE;
    *ret_posting = posting;
    return OK;
}

/* ---- several sources of one posting ---- */

static int lists_join(struct arena *arena, struct posting *into, const struct posting *from)
{
    size_t count = into->links_count + from->links_count;
    if (from->links_count > 0) {
        struct posting_link *links = arena_calloc(arena, count, sizeof *links);
        if (links == NULL)
            return ERR_NOMEM;
        if (into->links_count > 0)
            memcpy(links, into->links, into->links_count * sizeof *links);
        memcpy(links + into->links_count, from->links, from->links_count * sizeof *links);
        into->links = links;
        into->links_count = count < POSTING_LIST_MAX ? count : POSTING_LIST_MAX;
    }
    return posting_images_join(arena, into, from);
}

int posting_join(struct arena *arena, struct posting *into, const struct posting *from)
{
    bool used = false;
    for (int i = 0; i < POSTING_FIELD_COUNT; i++)
        if (into->field[i].len == 0 && from->field[i].len > 0) {
            into->field[i] = from->field[i];
            used = true;
        }
    for (int i = 0; i < POSTING_ATTR_COUNT; i++)
        if (into->attr[i].len == 0 && i != POSTING_SOURCE_TYPE)
            into->attr[i] = from->attr[i];
    into->cut = into->cut || from->cut;
    if (into->origin == ORIGIN_UNKNOWN)
        into->origin = from->origin;
    struct slice was = into->attr[POSTING_SOURCE_TYPE], more = from->attr[POSTING_SOURCE_TYPE];
    if (was.len == 0) {
        into->attr[POSTING_SOURCE_TYPE] = more;
    } else if (used && more.len > 0 && slice_find(was, more) == SIZE_MAX) {
        const char *both =
            arena_printf(arena, "%.*s+%.*s", (int)was.len, was.at, (int)more.len, more.at);
        if (both == NULL)
            return ERR_NOMEM;
        into->attr[POSTING_SOURCE_TYPE] = slice_of(both);
    }
    return lists_join(arena, into, from);
}
