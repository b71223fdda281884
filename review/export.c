/* export.c - cases out as CSV or JSON lines; see export.h.
 *
 * One table of columns serves both formats: a column knows its name, what it holds and how to read
 * it from a case. Cases come in pages by key; a page is formed in one buffer and handed to the
 * sink, so memory does not grow with the queue. */
#include "common/clock.h"
#include "common/json.h"
#include "review/clear.h"
#include "review/export_inside.h"
#include "review/letter.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define PAGE_ROWS        200u
#define PAGE_ARENA_BYTES (256u << 20)
#define PAGE_TEXT_BYTES  (256u << 20)
#define NOTE_BYTES_MAX   (64u << 10)
#define MORE_BYTES_MAX   (256u << 10)

/* ---- columns ---- */

enum column_kind {
    COLUMN_TEXT,
    COLUMN_LINES,
    COLUMN_NOTE,
    COLUMN_NUMBER,
    COLUMN_MILLIONTHS,
    COLUMN_TIME,
    COLUMN_USD
};

struct cell {
    struct slice text;
    int64_t number; /* 0 means unknown for times and amounts */
};

/* What stands in the verdict, not in the row: a line each. */
struct row_more {
    struct slice rules, sources, contacts;
};

typedef struct cell column_fn(const struct case_row *row, const struct row_more *more);

static struct cell text_cell(const char *text)
{
    return (struct cell){slice_of(text), 0};
}

static struct cell number_cell(int64_t number)
{
    return (struct cell){SLICE_EMPTY, number};
}

#define TEXT_COLUMN(name, value)                                                                   \
    static struct cell name(const struct case_row *row, const struct row_more *more)               \
    {                                                                                              \
        (void)more;                                                                                \
        return text_cell(value);                                                                   \
    }
#define NUMBER_COLUMN(name, value)                                                                 \
    static struct cell name(const struct case_row *row, const struct row_more *more)               \
    {                                                                                              \
        (void)more;                                                                                \
        return number_cell(value);                                                                 \
    }

NUMBER_COLUMN(case_id, row->id)
TEXT_COLUMN(state, case_state_name(row->state))
TEXT_COLUMN(band, band_name(row->band))
NUMBER_COLUMN(score, verdict_score(row->logit_tenths))
NUMBER_COLUMN(probability, verdict_probability_millionths(row->logit_tenths))
TEXT_COLUMN(task, task_name(row->task))
NUMBER_COLUMN(indicator_level, row->indicator_level)
TEXT_COLUMN(language, row->language)
TEXT_COLUMN(title, row->title)
TEXT_COLUMN(employer, row->employer)
TEXT_COLUMN(place, row->place)
TEXT_COLUMN(pay, row->pay)
NUMBER_COLUMN(usd_month_min, row->usd_month_cents_min)
NUMBER_COLUMN(usd_month_max, row->usd_month_cents_max)
TEXT_COLUMN(strongest_words, row->strongest)
TEXT_COLUMN(indicators, row->reasons)
static struct cell rules(const struct case_row *row, const struct row_more *more)
{
    (void)row;
    return (struct cell){more->rules, 0};
}
static struct cell sources(const struct case_row *row, const struct row_more *more)
{
    (void)row;
    return (struct cell){more->sources, 0};
}
static struct cell contacts(const struct case_row *row, const struct row_more *more)
{
    (void)row;
    return (struct cell){more->contacts, 0};
}
TEXT_COLUMN(source, row->source)
TEXT_COLUMN(url, row->url)
TEXT_COLUMN(source_id, row->source_key)
NUMBER_COLUMN(first_seen, row->first_seen_unix_ms)
NUMBER_COLUMN(last_seen, row->last_seen_unix_ms)
TEXT_COLUMN(decided_by, row->decided_by)
NUMBER_COLUMN(decided_at, row->decided_unix_ms)
TEXT_COLUMN(note, row->note)
TEXT_COLUMN(evidence_file, row->evidence_file)
TEXT_COLUMN(evidence_record, row->evidence_id)
TEXT_COLUMN(evidence_sha256, row->evidence_sha256)
TEXT_COLUMN(bank, row->bank)

struct column {
    const char *name;
    enum column_kind kind;
    column_fn *read;
};

#define COLUMN(name, kind)                                                                         \
    {                                                                                              \
#name, kind, name                                                                          \
    }
static const struct column columns[] = {
    COLUMN(case_id, COLUMN_NUMBER),
    COLUMN(state, COLUMN_TEXT),
    COLUMN(band, COLUMN_TEXT),
    COLUMN(score, COLUMN_NUMBER),
    COLUMN(probability, COLUMN_MILLIONTHS),
    COLUMN(task, COLUMN_TEXT),
    COLUMN(indicator_level, COLUMN_NUMBER),
    COLUMN(language, COLUMN_TEXT),
    COLUMN(title, COLUMN_TEXT),
    COLUMN(employer, COLUMN_TEXT),
    COLUMN(place, COLUMN_TEXT),
    COLUMN(pay, COLUMN_TEXT),
    COLUMN(usd_month_min, COLUMN_USD),
    COLUMN(usd_month_max, COLUMN_USD),
    COLUMN(strongest_words, COLUMN_TEXT),
    COLUMN(indicators, COLUMN_LINES),
    COLUMN(source, COLUMN_TEXT),
    COLUMN(url, COLUMN_TEXT),
    COLUMN(source_id, COLUMN_TEXT),
    COLUMN(first_seen, COLUMN_TIME),
    COLUMN(last_seen, COLUMN_TIME),
    COLUMN(decided_by, COLUMN_TEXT),
    COLUMN(decided_at, COLUMN_TIME),
    COLUMN(note, COLUMN_NOTE),
    COLUMN(evidence_file, COLUMN_TEXT),
    COLUMN(evidence_record, COLUMN_TEXT),
    COLUMN(evidence_sha256, COLUMN_TEXT),
    COLUMN(bank, COLUMN_TEXT),
    COLUMN(rules, COLUMN_LINES),
    COLUMN(sources, COLUMN_LINES),
    COLUMN(contacts, COLUMN_LINES),
};
#define COLUMN_COUNT (sizeof columns / sizeof columns[0])

/* ---- CSV ---- */

static void csv_head(struct text_buf *out)
{
    text_buf_add_str(out, "\xef\xbb\xbf");
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        text_buf_printf(out, "%s%s", i > 0 ? "," : "", columns[i].name);
    text_buf_add_str(out, "\r\n");
}

static void csv_lines(struct text_buf *out, struct slice lines)
{
    struct text_buf joined;
    struct slice line;
    text_buf_init(&joined, 64u << 10);
    while (slice_next_line(&lines, &line)) {
        if (joined.len > 0)
            text_buf_add_str(&joined, "; ");
        text_buf_add_slice(&joined, line);
    }
    export_csv_cell(out, text_buf_slice(&joined));
    text_buf_release(&joined);
}

static void csv_note(struct text_buf *out, struct slice note)
{
    struct text_buf masked;
    text_buf_init(&masked, NOTE_BYTES_MAX);
    export_note_text(&masked, note);
    export_csv_cell(out, text_buf_slice(&masked));
    text_buf_release(&masked);
}

static void csv_value(struct text_buf *out, const struct column *column, struct cell cell)
{
    char when[CLOCK_RFC3339_BYTES];
    switch (column->kind) {
    case COLUMN_TEXT:
        export_csv_cell(out, cell.text);
        break;
    case COLUMN_LINES:
        csv_lines(out, cell.text);
        break;
    case COLUMN_NOTE:
        csv_note(out, cell.text);
        break;
    case COLUMN_NUMBER:
        text_buf_printf(out, "%lld", (long long)cell.number);
        break;
    case COLUMN_MILLIONTHS:
        text_buf_printf(out, "%lld.%06lld", (long long)(cell.number / 1000000),
                        (long long)(cell.number % 1000000));
        break;
    case COLUMN_TIME:
        if (cell.number != 0)
            text_buf_add_str(out, clock_rfc3339(cell.number, when));
        break;
    case COLUMN_USD:
        if (cell.number != 0)
            text_buf_printf(out, "%lld", (long long)((cell.number + 50) / 100));
        break;
    }
}

static void csv_row(struct text_buf *out, const struct case_row *row, const struct row_more *more)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (i > 0)
            text_buf_add_char(out, ',');
        csv_value(out, &columns[i], columns[i].read(row, more));
    }
    text_buf_add_str(out, "\r\n");
}

/* ---- JSON lines ---- */

static void json_lines(struct json_writer *writer, const char *name, struct slice lines)
{
    struct slice line;
    json_key(writer, name);
    json_open_array(writer);
    while (slice_next_line(&lines, &line))
        json_put_string(writer, line);
    json_close_array(writer);
}

static void json_note(struct json_writer *writer, const char *name, struct slice note)
{
    struct text_buf masked;
    text_buf_init(&masked, NOTE_BYTES_MAX);
    export_note_text(&masked, note);
    json_put_member_if(writer, name, text_buf_slice(&masked));
    text_buf_release(&masked);
}

static void json_value(struct json_writer *writer, const struct column *column, struct cell cell)
{
    char when[CLOCK_RFC3339_BYTES];
    switch (column->kind) {
    case COLUMN_TEXT:
        json_put_member_if(writer, column->name, cell.text);
        break;
    case COLUMN_LINES:
        json_lines(writer, column->name, cell.text);
        break;
    case COLUMN_NOTE:
        json_note(writer, column->name, cell.text);
        break;
    case COLUMN_NUMBER:
        json_put_member_int(writer, column->name, cell.number);
        break;
    case COLUMN_MILLIONTHS:
        json_key(writer, column->name);
        json_put_decimal(writer, cell.number, 6);
        break;
    case COLUMN_TIME:
        if (cell.number != 0)
            json_put_member(writer, column->name, slice_of(clock_rfc3339(cell.number, when)));
        break;
    case COLUMN_USD:
        if (cell.number != 0)
            json_put_member_int(writer, column->name, (cell.number + 50) / 100);
        break;
    }
}

static void json_row(struct text_buf *out, const struct case_row *row, const struct row_more *more)
{
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_open_object(&writer);
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        json_value(&writer, &columns[i], columns[i].read(row, more));
    json_close_object(&writer);
    text_buf_add_char(out, '\n');
}

/* ---- the walk over the cases ---- */

static int one_case(struct store *store, struct arena *arena, const struct export_filter *filter,
                    export_page_fn *page, void *ctx)
{
    struct case_row row;
    int rc = queue_get(store, arena, filter->case_id, filter->now_unix_ms, &row);
    if (rc != OK)
        return rc;
    bool wanted = filter->states == 0 || (filter->states & 1u << row.state) != 0;
    if (!wanted || row.updated_unix_ms < filter->since_unix_ms)
        return OK;
    return page(ctx, &row, 1);
}

int export_each_page(struct store *store, const struct export_filter *filter, export_page_fn *page,
                     void *ctx)
{
    struct arena *arena = NULL;
    struct case_query query = {
        .states = filter->states != 0 ? filter->states : (1u << CASE_STATE_COUNT) - 1,
        .task = -1,
        .band = -1,
        .since_unix_ms = filter->since_unix_ms,
        .now_unix_ms = filter->now_unix_ms,
        .limit = PAGE_ROWS,
    };
    int rc = arena_create(PAGE_ARENA_BYTES, &arena);
    if (rc == OK && filter->case_id != 0)
        rc = one_case(store, arena, filter, page, ctx);
    for (size_t count = PAGE_ROWS; rc == OK && filter->case_id == 0 && count == PAGE_ROWS;) {
        struct case_row *rows = NULL;
        arena_reset(arena);
        rc = queue_list(store, arena, &query, &rows, &count);
        if (rc != OK || count == 0)
            break;
        rc = page(ctx, rows, count);
        query.after_id = rows[count - 1].id;
        query.after_logit_tenths = rows[count - 1].logit_tenths;
    }
    arena_free(arena);
    return rc;
}

/* ---- export ---- */

struct export_work {
    struct store *store;
    enum export_format format;
    const struct export_filter *filter;
    struct export_more *more;
    const struct export_sink *sink;
    struct arena *arena; /* of the case at hand */
    struct failure *reterr;
    struct text_buf text;
    uint64_t count;
};

static struct slice in_arena(struct arena *arena, struct text_buf *text)
{
    const char *copy =
        text_buf_status(text) == OK ? arena_copy(arena, text_buf_cstr(text), text->len) : NULL;
    struct slice lines = copy != NULL ? slice_make(copy, text->len) : SLICE_EMPTY;
    text_buf_release(text);
    return lines;
}

static struct slice rule_lines(struct arena *arena, const struct verdict *verdict)
{
    struct text_buf lines;
    size_t count = 0;
    const struct finding **list = letter_findings(arena, verdict, LETTER_FINDINGS_MAX, &count);
    text_buf_init(&lines, MORE_BYTES_MAX);
    for (size_t i = 0; list != NULL && i < count; i++)
        text_buf_printf(&lines, "%.*s\n", (int)list[i]->id.len, list[i]->id.at);
    return in_arena(arena, &lines);
}

static struct slice source_lines(struct arena *arena, const struct citations *citations,
                                 const struct verdict *verdict)
{
    struct text_buf lines;
    struct citation pages[LETTER_SOURCES_MAX];
    size_t count = letter_pages(arena, citations, verdict, LETTER_FINDINGS_MAX, pages);
    text_buf_init(&lines, MORE_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        citation_print(&pages[i], SLICE_EMPTY, &lines);
        text_buf_add_char(&lines, '\n');
    }
    return in_arena(arena, &lines);
}

static struct slice masked_lines(struct arena *arena, const struct case_full *full)
{
    struct text_buf lines;
    text_buf_init(&lines, MORE_BYTES_MAX);
    for (size_t i = 0; i < full->contacts_count; i++) {
        const struct case_contact *contact = &full->contacts[i];
        bool is_known = contact->country[0] != '\0';
        text_buf_printf(&lines, "%s …%s%s%s%s\n", contact_kind_name(contact->kind), contact->tail,
                        is_known ? " (" : "", contact->country, is_known ? ")" : "");
    }
    return in_arena(arena, &lines);
}

static struct slice clear_lines(struct arena *arena, const struct verdict *verdict)
{
    struct text_buf lines;
    text_buf_init(&lines, MORE_BYTES_MAX);
    for (size_t i = 0; i < verdict->contacts_count; i++) {
        const struct contact_found *contact = &verdict->contacts[i];
        text_buf_printf(&lines, "%s %.*s\n", contact_kind_name(contact->kind),
                        (int)contact->value.len, contact->value.at);
    }
    return in_arena(arena, &lines);
}

static int read_contacts(struct export_work *work, const struct case_full *full,
                         struct slice *ret_lines)
{
    struct export_more *more = work->more;
    struct clear_ad clear;
    *ret_lines = masked_lines(work->arena, full);
    if (more->evidence_dir == NULL)
        return OK;
    int rc = clear_read(work->store, more->evidence_dir, work->arena, full, &clear, work->reterr);
    if (rc == ERR_NOT_FOUND && work->filter->case_id == 0) {
        more->without_evidence++;
        return OK;
    }
    if (rc == OK)
        rc = clear_note(work->store, full->row.id, &more->act, work->reterr);
    if (rc == OK)
        *ret_lines = clear_lines(work->arena, &clear.verdict);
    return rc;
}

static int read_more(struct export_work *work, const struct case_row *row,
                     struct row_more *ret_more)
{
    struct case_full full;
    arena_reset(work->arena);
    int rc = queue_show(work->store, work->arena, row->id, work->filter->now_unix_ms, &full);
    if (rc != OK)
        return store_failed(work->store, rc, work->reterr);
    *ret_more = (struct row_more){
        .rules = rule_lines(work->arena, &full.verdict),
        .sources = source_lines(work->arena, work->more->citations, &full.verdict)};
    return read_contacts(work, &full, &ret_more->contacts);
}

static int flush(struct export_work *work)
{
    int rc = text_buf_status(&work->text);
    if (rc == OK && work->text.len > 0)
        rc = work->sink->write(work->sink->ctx, work->text.at, work->text.len);
    text_buf_reset(&work->text);
    return rc;
}

static int write_page(void *ctx, const struct case_row *rows, size_t count)
{
    struct export_work *work = ctx;
    int rc = OK;
    for (size_t i = 0; rc == OK && i < count; i++) {
        struct row_more more;
        rc = read_more(work, &rows[i], &more);
        if (rc == OK && work->format == EXPORT_CSV)
            csv_row(&work->text, &rows[i], &more);
        else if (rc == OK)
            json_row(&work->text, &rows[i], &more);
    }
    work->count += count;
    return rc == OK ? flush(work) : rc;
}

static int write_all(struct export_work *work, const struct export_filter *filter)
{
    if (work->format == EXPORT_CSV)
        csv_head(&work->text); /* goes out with the first page, or the end */
    int rc = export_each_page(work->store, filter, write_page, work);
    if (rc == OK)
        rc = flush(work);
    if (rc == ERR_NOT_FOUND && work->reterr->code == OK)
        return failure_set(work->reterr, rc, "there is no case %" PRId64, filter->case_id);
    return rc == OK ? work->sink->write(work->sink->ctx, "", 0) : rc;
}

int export_cases(struct store *store, enum export_format format, const struct export_filter *filter,
                 struct export_more *more, const struct export_sink *sink, uint64_t *ret_count,
                 struct failure *reterr)
{
    struct export_work work = {.store = store,
                               .format = format,
                               .filter = filter,
                               .more = more,
                               .sink = sink,
                               .reterr = reterr};
    assert(format == EXPORT_CSV || format == EXPORT_JSONL);
    reterr->code = OK;
    text_buf_init(&work.text, PAGE_TEXT_BYTES);
    int rc = arena_create(PAGE_ARENA_BYTES, &work.arena);
    rc = rc == OK ? write_all(&work, filter) : failure_set(reterr, rc, "out of memory");
    arena_free(work.arena);
    text_buf_release(&work.text);
    if (rc == OK && ret_count != NULL)
        *ret_count = work.count;
    return rc;
}

struct note_work {
    struct store *store;
    const struct queue_act *act;
};

static int note_page(void *ctx, const struct case_row *rows, size_t count)
{
    struct note_work *work = ctx;
    int rc = OK;
    for (size_t i = 0; i < count && rc == OK; i++)
        rc = queue_exported(work->store, rows[i].id, work->act);
    return rc;
}

int export_note(struct store *store, const struct export_filter *filter,
                const struct queue_act *act)
{
    struct note_work work = {store, act};
    int rc = store_begin(store);
    if (rc != OK)
        return rc;
    rc = export_each_page(store, filter, note_page, &work);
    if (rc == OK)
        return store_commit(store);
    store_rollback(store);
    return rc;
}

/* ---- sinks ---- */

static int write_file(void *ctx, const char *bytes, size_t len)
{
    FILE *file = ctx;
    if (len > 0 ? fwrite(bytes, 1, len, file) == len : fflush(file) == 0)
        return OK;
    return errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
}

struct export_sink export_to_file(FILE *file)
{
    return (struct export_sink){write_file, file};
}

static int write_buf(void *ctx, const char *bytes, size_t len)
{
    return text_buf_add(ctx, bytes, len);
}

struct export_sink export_to_buf(struct text_buf *buf)
{
    return (struct export_sink){write_buf, buf};
}

static const char *const format_names[EXPORT_FORMAT_COUNT] = {
    "csv", "jsonl", "stix", "misp", "misp-flat", "xarf", "letter", "dossier"};

const char *export_format_name(enum export_format format)
{
    return format_names[format];
}

bool export_format_from_name(struct slice name, enum export_format *ret_format)
{
    for (int i = 0; i < EXPORT_FORMAT_COUNT; i++)
        if (slice_is(name, format_names[i])) {
            *ret_format = (enum export_format)i;
            return true;
        }
    return false;
}

bool export_format_is_exchange(enum export_format format)
{
    return format == EXPORT_STIX || format == EXPORT_MISP || format == EXPORT_MISP_FLAT ||
           format == EXPORT_XARF;
}

bool export_format_is_of_one_case(enum export_format format)
{
    return format == EXPORT_LETTER || format == EXPORT_DOSSIER;
}
