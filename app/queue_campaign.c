/* queue_campaign.c - see queue_campaign.h. */
#include "app/queue_campaign.h"

#include "app/command.h"
#include "app/queue_looks.h"
#include "app/queue_print.h"
#include "common/clock.h"

#include <inttypes.h>

#define MATES_SHOWN 12u
#define LINE_BYTES  (1u << 20)

/* ---- lists ---- */

static void put_time(struct json_writer *writer, const char *key, int64_t unix_ms)
{
    char at[CLOCK_RFC3339_BYTES];
    json_put_member(writer, key, slice_of(clock_rfc3339(unix_ms, at)));
}

static int row_json(const struct campaign_row *row)
{
    struct text_buf out;
    struct json_writer writer;
    text_buf_init(&out, LINE_BYTES);
    json_writer_init(&writer, &out);
    json_open_object(&writer);
    json_put_member_int(&writer, "campaign", row->id);
    json_put_member_int(&writer, "cases", row->cases);
    json_put_member_int(&writer, "open", row->open);
    json_put_member_int(&writer, "confirmed", row->confirmed);
    json_put_member_int(&writer, "dismissed", row->dismissed);
    json_put_member_int(&writer, "employers", row->employers);
    json_put_member_int(&writer, "sources", row->sources);
    put_time(&writer, "first_seen", row->first_seen_unix_ms);
    put_time(&writer, "last_seen", row->last_seen_unix_ms);
    json_key(&writer, "strongest");
    queue_row_json(&row->strongest, &writer);
    json_close_object(&writer);
    int rc = command_print_line(&out);
    text_buf_release(&out);
    return rc;
}

static void row_cells(struct table *table, const struct campaign_row *row, int64_t now_unix_ms)
{
    char ago[WHEN_BYTES];
    table_colour(table, row->strongest.band == BAND_URGENT ? "31" : "33");
    table_addf(table, "%" PRId64, row->id);
    table_addf(table, "%u", row->open);
    table_addf(table, "%u", row->cases);
    table_addf(table, "%u/%u", row->confirmed, row->dismissed);
    table_addf(table, "%u", row->employers);
    table_addf(table, "%u", row->sources);
    table_add(table, slice_of(ago_text(row->last_seen_unix_ms, now_unix_ms, ago)));
    table_addf(table, "%d", verdict_score(row->strongest.logit_tenths));
    table_addf(table, "%" PRId64, row->strongest.id);
    table_add(table, slice_of(task_name(row->strongest.task)));
    table_add(table, slice_of(row->strongest.title));
    table_add(table, slice_of(row->strongest.strongest));
}

static int print_page(struct campaign_listing *listing, struct table *table, size_t *ret_count)
{
    struct campaign_row *rows = NULL;
    int rc = campaign_list(listing->store, listing->arena, &listing->query, &rows, ret_count);
    for (size_t i = 0; rc == OK && i < *ret_count; i++) {
        listing->query.after_logit_tenths = rows[i].strongest.logit_tenths;
        listing->query.after_id = rows[i].id;
        if (!listing->json)
            row_cells(table, &rows[i], listing->query.now_unix_ms);
        else if (row_json(&rows[i]) != OK)
            return ERR_CANCELLED; /* standard output is gone: command_end() says it */
    }
    return rc;
}

int queue_campaign_list(struct campaign_listing *listing)
{
    static const struct table_column columns[] = {
        {"campaign", 0, true}, {"open", 0, true},    {"cases", 0, true},
        {"yes/no", 0, true},   {"firms", 0, true},   {"sources", 0, true},
        {"seen", 0, true},     {"score", 0, true},   {"case", 0, true},
        {"task", 9, false},    {"title", 12, false}, {"strongest words", 16, false}};
    struct table *table = NULL;
    size_t count = 0;
    uint32_t limit = listing->all ? STORE_PAGE_MAX : listing->query.limit;
    listing->query.limit = limit;
    int rc = table_create(listing->arena, columns, sizeof columns / sizeof columns[0], &table);
    if (rc != OK)
        return EXIT_INTERNAL;
    do {
        rc = print_page(listing, table, &count);
    } while (rc == OK && listing->all && count == limit);
    if (rc == ERR_CANCELLED)
        return EXIT_IO;
    if (rc != OK)
        return command_store_failure("queue", listing->store, rc);
    if (listing->json)
        return EXIT_DONE;
    if (table_rows(table) == 0)
        puts("no campaign has open cases");
    else
        table_print(table, stdout, 0);
    if (!listing->all && count == limit)
        printf("the first %u; --all shows every one\n", limit);
    return EXIT_DONE;
}

/* ---- beside one case ---- */

static void print_past(const struct campaign_past *past, FILE *out)
{
    char when[WHEN_BYTES];
    if (past->dismissed_case_id != 0)
        fprintf(out, "  seen before: case %" PRId64 " of it was dismissed\n",
                past->dismissed_case_id);
    if (past->confirmed_case_id != 0)
        fprintf(out, "  seen before: case %" PRId64 " of it was confirmed\n",
                past->confirmed_case_id);
    if (past->gone_case_id != 0)
        fprintf(out, "  back again: the page of case %" PRId64 " was gone by %s UTC\n",
                past->gone_case_id, when_text(past->gone_unix_ms, when));
}

int queue_campaign_print(struct store *store, struct arena *arena, int64_t case_id,
                         int64_t now_unix_ms, FILE *out)
{
    struct campaign_past past;
    struct case_list mates;
    int rc = queue_looks_print(store, arena, case_id, out);
    if (rc == OK)
        rc = campaign_past(store, case_id, &past);
    if (rc == OK)
        rc = queue_mates(store, arena, case_id, now_unix_ms, MATES_SHOWN, &mates);
    if (rc != OK || past.cases < 2)
        return rc;
    fprintf(out, "\ncampaign of %u cases:\n", past.cases);
    print_past(&past, out);
    for (size_t i = 0; i < mates.count; i++) {
        const struct case_row *mate = &mates.rows[i];
        fprintf(out, "  case %" PRId64 "  %-9s  ", mate->id, case_state_name(mate->state));
        print_words(out, slice_of(mate->title));
        fputs("  ", out);
        print_words(out, slice_of(mate->url));
        fputc('\n', out);
    }
    if (past.cases - 1 > mates.count)
        fprintf(out, "  and %u more\n", past.cases - 1 - (uint32_t)mates.count);
    return OK;
}

static void put_case(struct json_writer *writer, const char *key, int64_t case_id)
{
    if (case_id != 0)
        json_put_member_int(writer, key, case_id);
}

int queue_campaign_json(struct store *store, struct arena *arena, int64_t case_id,
                        int64_t now_unix_ms, struct json_writer *writer)
{
    struct campaign_past past;
    struct case_list mates;
    int rc = queue_looks_json(store, arena, case_id, writer);
    if (rc == OK)
        rc = campaign_past(store, case_id, &past);
    if (rc == OK)
        rc = queue_mates(store, arena, case_id, now_unix_ms, STORE_PAGE_MAX, &mates);
    if (rc != OK)
        return rc;
    json_key(writer, "mates");
    json_open_object(writer);
    json_put_member_int(writer, "cases", past.cases);
    put_case(writer, "dismissed_before", past.dismissed_case_id);
    put_case(writer, "confirmed_before", past.confirmed_case_id);
    put_case(writer, "back_after", past.gone_case_id);
    if (past.gone_case_id != 0)
        put_time(writer, "gone", past.gone_unix_ms);
    json_key(writer, "list");
    json_open_array(writer);
    for (size_t i = 0; i < mates.count; i++) {
        json_open_object(writer);
        json_put_member_int(writer, "case", mates.rows[i].id);
        json_put_member(writer, "state", slice_of(case_state_name(mates.rows[i].state)));
        json_put_member(writer, "url", slice_of(mates.rows[i].url));
        json_close_object(writer);
    }
    json_close_array(writer);
    json_close_object(writer);
    return OK;
}
