/* citations.c - patterns/sources.yml as a table, and who names what; see citations.h.
 *
 * Some hundred rows, looked up for the findings of one ad at a time: a walk is quick enough. */
#include "review/citations.h"
#include "common/arena.h"
#include "common/yaml.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES_MAX (8u << 20)
#define USES_MAX        20000u
#define DATE_BYTES_MAX  10u

struct use {
    struct slice id, sources, reason; /* one of the last two is empty */
};

struct citations {
    struct arena *arena;
    struct citation *rows;
    size_t count;
    struct use *uses; /* heap */
    size_t uses_count, uses_room;
};

/* One file while it is read. */
struct reading {
    struct citations *citations;
    struct yaml_doc *doc;
    struct failure *reterr;
};

static const char *const KINDS[CITATION_KIND_COUNT] = {"official", "press", "specialist",
                                                       "repost",   "blog",  "general"};

const char *citation_kind_name(enum citation_kind kind)
{
    return KINDS[kind];
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

bool citation_is_key(struct slice text)
{
    if (text.len < 2 || text.len > 5)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (i < 2 ? text.at[i] < 'A' || text.at[i] > 'Z' : !is_digit(text.at[i]))
            return false;
    return true;
}

/* ---- reading ---- */

static int no_memory(struct failure *reterr)
{
    return failure_set(reterr, ERR_NOMEM, "out of memory");
}

static bool keep(struct citations *citations, struct slice text, struct slice *ret_text)
{
    const char *copy = arena_copy(citations->arena, text.at, text.len);
    if (copy == NULL)
        return false;
    *ret_text = slice_make(copy, text.len);
    return true;
}

/* A web address with a host, and nothing in it that ends one in text or in markup. */
static bool is_web_url(struct slice url)
{
    size_t scheme = slice_starts(url, "https://") ? 8 : slice_starts(url, "http://") ? 7 : 0;
    struct slice rest = slice_from(url, scheme);
    if (scheme == 0 || rest.len == 0 || strchr("/?#:@", rest.at[0]) != NULL)
        return false;
    for (size_t i = 0; i < rest.len; i++)
        if ((unsigned char)rest.at[i] <= ' ' || strchr("\"'<>\\^`{|}\x7f", rest.at[i]) != NULL)
            return false;
    return true;
}

static int url_read(struct reading *reading, const struct yaml *row, const char *key,
                    struct slice *ret_url)
{
    const struct yaml *node = yaml_get(row, key);
    struct slice url = yaml_text(node);
    if (node == NULL)
        return OK;
    if (!is_web_url(url))
        return yaml_fail(reading->doc, node, ERR_SYNTAX, reading->reterr,
                         "'%s' is an address that begins with https:// or http:// and has no "
                         "blanks in it",
                         key);
    return keep(reading->citations, url, ret_url) ? OK : no_memory(reading->reterr);
}

/* 2022, 2022-08 or 2022-08-05 */
static int date_read(struct reading *reading, const struct yaml *row, struct slice *ret_date)
{
    const struct yaml *node = yaml_get(row, "date");
    struct slice date = yaml_text(node);
    bool sound = node == NULL || date.len == 4 || date.len == 7 || date.len == DATE_BYTES_MAX;
    for (size_t i = 0; sound && i < date.len; i++)
        sound = i == 4 || i == 7 ? date.at[i] == '-' : is_digit(date.at[i]);
    if (!sound)
        return yaml_fail(reading->doc, node, ERR_SYNTAX, reading->reterr,
                         "'date' is a year, a month or a day: 2022, 2022-08, 2022-08-05");
    return keep(reading->citations, date, ret_date) ? OK : no_memory(reading->reterr);
}

static int kind_read(struct reading *reading, const struct yaml *row, enum citation_kind *ret_kind)
{
    const struct yaml *node = yaml_get(row, "kind");
    for (int kind = 0; kind < CITATION_KIND_COUNT; kind++)
        if (slice_is(yaml_text(node), KINDS[kind])) {
            *ret_kind = (enum citation_kind)kind;
            return OK;
        }
    return yaml_fail(reading->doc, node != NULL ? node : row, ERR_SYNTAX, reading->reterr,
                     "'kind' is official, press, specialist, repost, blog or general");
}

/* What all rows must say. */
static int row_check(struct reading *reading, const struct yaml *name, const struct yaml *value)
{
    static const char *const keys[] = {"publisher", "kind", "url", "also", "date", "visit", NULL};
    struct failure *reterr = reading->reterr;
    if (!citation_is_key(yaml_text(name)))
        return yaml_fail(reading->doc, name, ERR_SYNTAX, reterr,
                         "a key is two capital letters and at most three digits, such as ID5");
    if (yaml_kind_of(value) != YAML_MAPPING ||
        slice_trim(yaml_get_text(value, "publisher")).len == 0)
        return yaml_fail(reading->doc, name, ERR_SYNTAX, reterr,
                         "a source wants a publisher, a kind and a url");
    return yaml_known_keys(reading->doc, value, keys, reterr);
}

static int row_read(struct reading *reading, const struct yaml *name, const struct yaml *value)
{
    struct citations *citations = reading->citations;
    struct citation *row = &citations->rows[citations->count];
    *row = (struct citation){.visit = true};
    int rc = row_check(reading, name, value);
    if (rc == OK)
        rc = kind_read(reading, value, &row->kind);
    if (rc == OK)
        rc = url_read(reading, value, "url", &row->url);
    if (rc == OK)
        rc = url_read(reading, value, "also", &row->also);
    if (rc == OK)
        rc = date_read(reading, value, &row->date);
    if (rc == OK && yaml_get(value, "visit") != NULL)
        rc = yaml_bool(reading->doc, yaml_get(value, "visit"), &row->visit, reading->reterr);
    if (rc == OK && (row->kind == CITATION_GENERAL) == (row->url.len > 0))
        rc = yaml_fail(reading->doc, name, ERR_SYNTAX, reading->reterr,
                       row->url.len > 0 ? "what has a 'url' is not of kind general"
                                        : "'url' is missing; only kind general has none");
    if (rc != OK)
        return rc;
    if (!row->visit)
        row->url = row->also = SLICE_EMPTY;
    if (!keep(citations, yaml_text(name), &row->key) ||
        !keep(citations, slice_trim(yaml_get_text(value, "publisher")), &row->publisher))
        return no_memory(reading->reterr);
    citations->count++;
    return OK;
}

static int file_read_in(struct reading *reading)
{
    static const char *const keys[] = {"sources", NULL};
    const struct yaml *root = yaml_root(reading->doc), *name = NULL, *value = NULL;
    const struct yaml *rows = yaml_get(root, "sources");
    struct citations *citations = reading->citations;
    int rc = yaml_known_keys(reading->doc, root, keys, reading->reterr);
    if (rc == OK && yaml_kind_of(rows) != YAML_MAPPING)
        rc = yaml_fail(reading->doc, root, ERR_SYNTAX, reading->reterr,
                       "'sources' is missing: it holds a row for each key");
    if (rc != OK)
        return rc;
    citations->rows = arena_calloc(citations->arena, yaml_count(rows) + 1, sizeof *citations->rows);
    if (citations->rows == NULL)
        return no_memory(reading->reterr);
    for (size_t i = 0; rc == OK && yaml_member(rows, i, &name, &value); i++)
        rc = row_read(reading, name, value);
    return rc;
}

int citations_load(const char *patterns, struct citations **ret_citations, struct failure *reterr)
{
    struct citations *citations = calloc(1, sizeof *citations);
    if (citations == NULL || arena_create(ARENA_BYTES_MAX, &citations->arena) != OK) {
        free(citations);
        return no_memory(reterr);
    }
    struct reading reading = {.citations = citations, .reterr = reterr};
    const char *path = arena_printf(citations->arena, "%s/" CITATIONS_FILE, patterns);
    int rc = path != NULL ? yaml_load(path, &reading.doc, reterr) : no_memory(reterr);
    if (rc == OK)
        rc = file_read_in(&reading);
    else if (rc == ERR_NOT_FOUND)
        rc = OK;
    yaml_free(reading.doc);
    if (rc != OK) {
        citations_free(citations);
        return rc;
    }
    *ret_citations = citations;
    return OK;
}

void citations_free(struct citations *citations)
{
    if (citations == NULL)
        return;
    arena_free(citations->arena);
    free(citations->uses);
    free(citations);
}

/* ---- finding ---- */

size_t citations_count(const struct citations *citations)
{
    return citations->count;
}

bool citations_find(const struct citations *citations, struct slice key,
                    struct citation *ret_citation)
{
    for (size_t i = 0; citations != NULL && i < citations->count; i++)
        if (slice_equal(citations->rows[i].key, key)) {
            *ret_citation = citations->rows[i];
            return true;
        }
    return false;
}

bool citation_next(struct slice *rest, struct slice *ret_source)
{
    while (rest->len > 0) {
        size_t end = 0;
        while (end < rest->len && rest->at[end] != ',' && rest->at[end] != ';')
            end++;
        *ret_source = slice_trim(slice_sub(*rest, 0, end));
        *rest = slice_from(*rest, end < rest->len ? end + 1 : end);
        if (ret_source->len > 0)
            return true;
    }
    return false;
}

/* ---- who names what ---- */

static int note(struct citations *citations, const struct use *noted)
{
    struct use use;
    if (citations->uses_count == USES_MAX)
        return ERR_LIMIT;
    if (citations->uses_count == citations->uses_room) {
        size_t room = citations->uses_room == 0 ? 256 : 2 * citations->uses_room;
        struct use *more = realloc(citations->uses, room * sizeof *more);
        if (more == NULL)
            return ERR_NOMEM;
        citations->uses = more;
        citations->uses_room = room;
    }
    if (!keep(citations, noted->id, &use.id) || !keep(citations, noted->sources, &use.sources) ||
        !keep(citations, noted->reason, &use.reason))
        return ERR_NOMEM;
    citations->uses[citations->uses_count++] = use;
    return OK;
}

int citations_note(struct citations *citations, struct slice id, struct slice sources)
{
    return note(citations, &(struct use){id, sources, SLICE_EMPTY});
}

int citations_note_reason(struct citations *citations, struct slice id, struct slice reason)
{
    return note(citations, &(struct use){id, SLICE_EMPTY, slice_trim(reason)});
}

/* Is id that of the use, or that of a rule of the idea: behind it one language? */
static bool names(struct slice use, struct slice id)
{
    if (id.len <= use.len)
        return slice_equal(use, id);
    struct slice behind = slice_from(id, use.len);
    return slice_equal(use, slice_sub(id, 0, use.len)) && behind.at[0] == '.' &&
           slice_find_char(slice_from(behind, 1), '.') == SIZE_MAX;
}

struct slice citations_of(const struct citations *citations, struct slice id)
{
    for (size_t i = 0; citations != NULL && i < citations->uses_count; i++)
        if (citations->uses[i].sources.len > 0 && names(citations->uses[i].id, id))
            return citations->uses[i].sources;
    return SLICE_EMPTY;
}

struct slice citations_reason(const struct citations *citations, struct slice id)
{
    for (size_t i = 0; citations != NULL && i < citations->uses_count; i++)
        if (citations->uses[i].reason.len > 0 && names(citations->uses[i].id, id))
            return citations->uses[i].reason;
    return SLICE_EMPTY;
}

/* ---- of a finding ---- */

static bool is_listed(struct slice list, struct slice source)
{
    struct slice other;
    while (citation_next(&list, &other))
        if (slice_equal(other, source))
            return true;
    return false;
}

static void add_sources(const struct citations *citations, const char *kind, struct slice name,
                        struct text_buf *out)
{
    struct slice source;
    struct text_buf id;
    text_buf_init(&id, 1024);
    text_buf_printf(&id, "%s%.*s", kind, (int)name.len, name.at);
    struct slice sources = citations_of(citations, text_buf_slice(&id));
    text_buf_release(&id);
    while (citation_next(&sources, &source))
        if (!is_listed(text_buf_slice(out), source))
            text_buf_printf(out, "%s%.*s", out->len > 0 ? ", " : "", (int)source.len, source.at);
}

/* The pay's baseline is "ID Jakarta office work IDR 4000000 2022; KH …". */
static void add_wages(const struct citations *citations, struct slice baseline,
                      struct text_buf *out)
{
    struct slice wage;
    while (citation_next(&baseline, &wage))
        add_sources(citations, "wage:", wage, out);
}

void citations_of_finding(const struct citations *citations, const struct verdict *verdict,
                          const struct finding *finding, struct text_buf *out)
{
    if (finding->kind == FINDING_RULE || finding->kind == FINDING_COMBO)
        add_sources(citations, "", finding->id, out);
    if (finding->kind != FINDING_FACT)
        return;
    if (slice_starts(finding->id, "fact.pay-ratio"))
        add_wages(citations, verdict->salary.baseline, out);
    for (size_t i = 0; i < verdict->places_count; i++) {
        const struct place_found *place = &verdict->places[i];
        if (slice_starts(finding->id, "fact.place-") && place->field == finding->field &&
            place->start_bytes < finding->end_bytes && finding->start_bytes < place->end_bytes)
            add_sources(citations, "place:", place->id, out);
    }
}

/* ---- in words ---- */

static void print_known(const struct citation *citation, struct text_buf *out)
{
    text_buf_add_slice(out, citation->publisher);
    text_buf_printf(out, " (%s%s%.*s%s)", citation_kind_name(citation->kind),
                    citation->date.len > 0 ? ", " : "", (int)citation->date.len, citation->date.at,
                    citation->visit ? "" : "; not to be visited");
    if (citation->url.len > 0)
        text_buf_printf(out, ": %.*s", (int)citation->url.len, citation->url.at);
    if (citation->also.len > 0)
        text_buf_printf(out, " and %.*s", (int)citation->also.len, citation->also.at);
    text_buf_printf(out, " [%.*s]", (int)citation->key.len, citation->key.at);
}

size_t citations_pages(const struct citations *citations, struct slice sources,
                       struct citation *ret_pages, size_t max)
{
    size_t count = 0;
    for (int kind = 0; kind < CITATION_KIND_COUNT; kind++) {
        struct slice rest = sources, source;
        struct citation page;
        while (count < max && citation_next(&rest, &source))
            if (citations_find(citations, source, &page) && (int)page.kind == kind &&
                page.url.len > 0)
                ret_pages[count++] = page;
    }
    return count;
}

void citation_print(const struct citation *page, struct slice kind, struct text_buf *out)
{
    text_buf_add_slice(out, page->publisher);
    text_buf_add_str(out, " (");
    text_buf_add_slice(out, kind.len > 0 ? kind : slice_of(citation_kind_name(page->kind)));
    text_buf_printf(out, "%s%.*s): ", page->date.len > 0 ? ", " : "", (int)page->date.len,
                    page->date.at);
    text_buf_add_slice(out, page->url);
}

void citations_print(const struct citations *citations, struct slice sources, const char *before,
                     struct text_buf *out)
{
    struct slice source;
    struct citation citation;
    while (citation_next(&sources, &source)) {
        text_buf_add_str(out, before);
        if (citations_find(citations, source, &citation))
            print_known(&citation, out);
        else
            text_buf_add_slice(out, source);
        text_buf_add_char(out, '\n');
    }
}
