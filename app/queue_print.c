/* queue_print.c - cases for people and programs; see queue_print.h. */
#include "app/queue_print.h"

#include "app/command.h"
#include "classifiers/explain.h"
#include "common/clock.h"
#include "storage/picture_rows.h"
#include "storage/request_rows.h"

#include <inttypes.h>
#include <string.h>

#define EXPLAIN_BYTES_MAX (4u << 20)
#define SHOWN_BYTES_MAX   (16u << 10) /* of a field on a terminal; --json has all of it */

/* ---- lists ---- */

int queue_table(struct arena *arena, struct table **ret_table)
{
    static const struct table_column columns[] = {
        {"case", 0, true},    {"score", 0, true},           {"band", 0, false},
        {"task", 9, false},   {"state", 0, false},          {"age", 0, true},
        {"alike", 0, true},   {"place", 8, false},          {"USD/month", 0, true},
        {"title", 12, false}, {"strongest words", 9, false}};
    return table_create(arena, columns, sizeof columns / sizeof columns[0], ret_table);
}

static const char *band_colour(enum band band)
{
    return band == BAND_URGENT ? "31" : band == BAND_REVIEW ? "33" : NULL;
}

static void add_pay(struct table *table, const struct case_row *row)
{
    int64_t min = row->usd_month_cents_min / 100, max = row->usd_month_cents_max / 100;
    if (max == 0)
        table_add(table, slice_of(row->pay[0] == '\0' ? "-" : "?"));
    else if (min == max)
        table_addf(table, "%" PRId64, max);
    else
        table_addf(table, "%" PRId64 "-%" PRId64, min, max);
}

void queue_table_add(struct table *table, const struct case_row *row, int64_t now_unix_ms)
{
    char ago[WHEN_BYTES];
    table_colour(table, band_colour(row->band));
    table_addf(table, "%" PRId64, row->id);
    table_addf(table, "%d", verdict_score(row->logit_tenths));
    table_addf(table, "%s%s", band_name(row->band),
               row->checked_by[0] != '\0' ? ", firm known" : "");
    table_add(table, slice_of(task_name(row->task)));
    if (row->state == CASE_CLAIMED)
        table_addf(table, "claimed:%.24s", row->claimed_by);
    else
        table_add(table, slice_of(case_state_name(row->state)));
    table_add(table, slice_of(ago_text(row->first_seen_unix_ms, now_unix_ms, ago)));
    if (row->campaign_cases > 1)
        table_addf(table, "%u", row->campaign_cases - 1);
    else
        table_add(table, SLICE("-"));
    table_add(table, slice_of(row->place[0] == '\0' ? "-" : row->place));
    add_pay(table, row);
    table_add(table, slice_of(row->title));
    table_add(table, slice_of(row->strongest));
}

static void put_time(struct json_writer *writer, const char *key, int64_t unix_ms)
{
    char at[CLOCK_RFC3339_BYTES];
    if (unix_ms != 0)
        json_put_member(writer, key, slice_of(clock_rfc3339(unix_ms, at)));
}

static void put_lines(struct json_writer *writer, const char *key, const char *lines)
{
    struct slice rest = slice_of(lines), line;
    json_key(writer, key);
    json_open_array(writer);
    while (slice_next_line(&rest, &line))
        if (line.len > 0)
            json_put_string(writer, line);
    json_close_array(writer);
}

static void put_row(const struct case_row *row, struct json_writer *writer)
{
    json_put_member_int(writer, "case", row->id);
    json_put_member(writer, "state", slice_of(case_state_name(row->state)));
    json_put_member(writer, "band", slice_of(band_name(row->band)));
    json_put_member(writer, "band_now", slice_of(band_name(row->band_now)));
    json_put_member_int(writer, "score", verdict_score(row->logit_tenths));
    json_key(writer, "logit");
    json_put_decimal(writer, row->logit_tenths, 1);
    json_put_member(writer, "task", slice_of(task_name(row->task)));
    json_put_member_int(writer, "indicator_level", row->indicator_level);
    json_put_member(writer, "language", slice_of(row->language));
    json_put_member(writer, "title", slice_of(row->title));
    json_put_member_if(writer, "employer", slice_of(row->employer));
    json_put_member_if(writer, "place", slice_of(row->place));
    json_put_member_if(writer, "pay", slice_of(row->pay));
    if (row->usd_month_cents_max > 0) {
        json_put_member_int(writer, "usd_month_min", row->usd_month_cents_min / 100);
        json_put_member_int(writer, "usd_month_max", row->usd_month_cents_max / 100);
    }
    json_put_member(writer, "strongest_words", slice_of(row->strongest));
    put_lines(writer, "reasons", row->reasons);
    json_put_member(writer, "source", slice_of(row->source));
    json_put_member(writer, "source_id", slice_of(row->source_key));
    json_put_member(writer, "url", slice_of(row->url));
    put_time(writer, "first_seen", row->first_seen_unix_ms);
    put_time(writer, "last_seen", row->last_seen_unix_ms);
    put_time(writer, "created", row->created_unix_ms);
    put_time(writer, "updated", row->updated_unix_ms);
    json_put_member_if(writer, "claimed_by", slice_of(row->claimed_by));
    put_time(writer, "claim_ends", row->lease_ends_unix_ms);
    json_put_member_if(writer, "decided_by", slice_of(row->decided_by));
    put_time(writer, "decided", row->decided_unix_ms);
    json_put_member_if(writer, "note", slice_of(row->note));
    json_put_member_int(writer, "versions", row->versions);
    json_put_member_if(writer, "evidence_file", slice_of(row->evidence_file));
    json_put_member_if(writer, "evidence_record", slice_of(row->evidence_id));
    json_put_member_if(writer, "evidence_sha256", slice_of(row->evidence_sha256));
    json_put_member(writer, "bank", slice_of(row->bank));
    json_put_member_int(writer, "campaign", row->campaign);
    json_put_member_int(writer, "campaign_cases", row->campaign_cases);
    if (row->checked_by[0] == '\0')
        return;
    json_put_member(writer, "employer_checked_by", slice_of(row->checked_by));
    put_time(writer, "employer_checked_until", row->checked_until_unix_ms);
    json_key(writer, "verdict_logit");
    json_put_decimal(writer, row->verdict_logit_tenths, 1);
}

void queue_row_json(const struct case_row *row, struct json_writer *writer)
{
    json_open_object(writer);
    put_row(row, writer);
    json_close_object(writer);
}

void queue_sent_json(const struct case_row *row, uint64_t line, struct json_writer *writer)
{
    json_open_object(writer);
    put_row(row, writer);
    if (line > 0)
        json_put_member_int(writer, "line", (int64_t)line);
    json_close_object(writer);
}

/* ---- one case for people ---- */

/* Does a finding's or contact's span begin at, or reach over, byte `at` of the field? */
static bool is_marked(const struct verdict *verdict, int field, size_t at)
{
    for (size_t i = 0; i < verdict->findings_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if (finding->field == field && finding->points_tenths != 0 && at >= finding->start_bytes &&
            at < finding->end_bytes)
            return true;
    }
    return false;
}

static void print_field(const struct case_full *full, int field, FILE *out)
{
    struct slice text = slice_sub(full->field[field], 0, SHOWN_BYTES_MAX);
    bool colour = colour_wanted(out), on = false;
    if (text.len == 0)
        return;
    fprintf(out, "\n%s:\n", posting_field_name((enum posting_field)field));
    size_t from = 0;
    for (size_t i = 0; i <= text.len; i++) {
        bool marked = i < text.len && is_marked(&full->verdict, field, i);
        bool inside_character = i < text.len && ((unsigned char)text.at[i] & 0xC0) == 0x80;
        if (i < text.len && (marked == on || inside_character))
            continue;
        print_safe(out, slice_sub(text, from, i - from));
        from = i;
        if (marked != on)
            fputs(colour ? (marked ? "\033[1;33m" : "\033[0m") : marked ? "«" : "»", out);
        on = marked;
    }
    fputs(text.len < full->field[field].len ? "…\n" : "\n", out);
}

/* Each line of it behind a margin, so that none looks like one of ours. */
static void print_lines(FILE *out, const char *text, const char *margin)
{
    struct slice rest = slice_of(text), line;
    for (bool first = true; slice_next_line(&rest, &line); first = false) {
        fputs(first ? "" : margin, out);
        print_words(out, line);
    }
}

static void print_head(const struct case_row *row, FILE *out, int64_t now_unix_ms)
{
    char first[WHEN_BYTES], last[WHEN_BYTES], ends[WHEN_BYTES];
    fprintf(out, "case %" PRId64 ": %s", row->id, case_state_name(row->state));
    if (row->state == CASE_CLAIMED) {
        fputs(" by ", out);
        print_words(out, slice_of(row->claimed_by));
        fprintf(out, " until %s UTC", when_text(row->lease_ends_unix_ms, ends));
    } else if (row->decided_by[0] != '\0' && row->state != CASE_NEW) {
        fputs(" by ", out);
        print_words(out, slice_of(row->decided_by));
        fprintf(out, " %s UTC", when_text(row->decided_unix_ms, ends));
    }
    fputs("\nurl     ", out);
    print_words(out, slice_of(row->url));
    fprintf(out, "\nsource  %s, seen %s to %s UTC (%s ago), %u version%s", row->source,
            when_text(row->first_seen_unix_ms, first), when_text(row->last_seen_unix_ms, last),
            ago_text(row->last_seen_unix_ms, now_unix_ms, ends), row->versions,
            row->versions == 1 ? "" : "s");
    if (row->checked_by[0] != '\0') {
        fputs("\nranked  last: ", out);
        print_words(out, slice_of(row->checked_by));
        fprintf(out, " checked the employer, until %s UTC; a name can be borrowed",
                when_text(row->checked_until_unix_ms, ends));
    }
    if (row->band_now != row->band)
        fprintf(out, "\nnow     the newest version is in band %s", band_name(row->band_now));
    if (row->note[0] != '\0') {
        fputs("\nnote    ", out);
        print_lines(out, row->note, "\n        ");
    }
    fputc('\n', out);
}

static void print_verdict(const struct case_full *full, FILE *out)
{
    struct posting posting;
    struct text_buf words;
    struct verdict verdict = full->verdict;
    posting_init(&posting);
    for (int i = 0; i < POSTING_FIELD_COUNT; i++)
        posting.field[i] = full->field[i];
    verdict.contacts_count = 0; /* the store has more to say of them */
    text_buf_init(&words, EXPLAIN_BYTES_MAX);
    explain_verdict(&posting, &verdict, &words);
    fputc('\n', out);
    print_safe(out, text_buf_slice(&words));
    text_buf_release(&words);
}

/* What a case without its text still says: never that nothing was found. */
static void print_what_is_left(const struct case_full *full, FILE *out)
{
    const struct verdict *verdict = &full->verdict;
    struct slice rest = slice_of(full->row.reasons), line;
    fprintf(out,
            "\nThe text and the findings are gone: %s. What is kept of them:\n"
            "%s: score %d, task %s, indicator level B%d, language ",
            strcmp(full->text_gone, "request") == 0 ? "a person's request took them"
                                                    : "the time they may be kept is over",
            band_name(verdict->band), verdict_score(verdict->logit_tenths),
            task_name(verdict->task), verdict->indicator_level);
    print_safe(out, verdict->language);
    fputc('\n', out);
    while (slice_next_line(&rest, &line)) {
        fputs("  ", out);
        print_safe(out, line);
        fputc('\n', out);
    }
}

static void print_contacts(const struct case_full *full, FILE *out)
{
    for (size_t i = 0; i < full->contacts_count; i++) {
        const struct case_contact *contact = &full->contacts[i];
        fprintf(out, "contact: %s", contact_kind_name(contact->kind));
        if (contact->country[0] != '\0')
            fprintf(out, " in %s", contact->country);
        fputs(contact->tail[0] != '\0' ? ", ends in \"" : "", out);
        print_safe(out, slice_of(contact->tail));
        fputs(contact->tail[0] != '\0' ? "\"" : "", out);
        if (contact->cases > 1)
            fprintf(out, "; named in %u%s cases", contact->cases,
                    contact->cases >= STORE_PAGE_MAX ? " or more" : "");
        fputc('\n', out);
    }
}

/* What became of one that is not kept. */
static const char *picture_note(const struct picture_row *row)
{
    if (row->purged)
        return "taken out by retention";
    return row->why[0] != '\0' ? row->why : url_state_name(row->state);
}

static void print_pictures(const struct case_full *full, FILE *out)
{
    char hex[DIGEST_HEX_BYTES];
    for (size_t i = 0; i < full->pictures_count; i++) {
        const struct picture_row *row = &full->pictures[i];
        fputs("picture: ", out);
        print_safe(out, slice_of(row->url));
        if (row->record_id[0] != '\0' && !row->purged)
            fprintf(out, "\n         record %s\n         sha256 %s\n", row->record_id,
                    digest_hex(&row->digest, hex));
        else
            fprintf(out, ": %s\n", picture_note(row));
    }
}

static void print_history(const struct case_full *full, FILE *out)
{
    char when[WHEN_BYTES];
    fputs("\nhistory (UTC):\n", out);
    for (size_t i = 0; i < full->history_count; i++) {
        const struct audit_entry *entry = &full->history[i];
        fprintf(out, "  %s  ", when_text(entry->at_unix_ms, when));
        print_words(out, slice_of(entry->who));
        fprintf(out, " %s", entry->action);
        if (entry->from[0] != '\0' || entry->to[0] != '\0')
            fprintf(out, " %s%s%s", entry->from, entry->from[0] != '\0' ? " -> " : "", entry->to);
        fputs(entry->why[0] != '\0' ? ": " : "", out);
        print_lines(out, entry->why, "\n                      ");
        fputc('\n', out);
    }
}

void queue_print_case(const struct case_full *full, FILE *out, int64_t now_unix_ms)
{
    const struct case_row *row = &full->row;
    print_head(row, out, now_unix_ms);
    for (int field = 0; field < POSTING_FIELD_COUNT; field++)
        print_field(full, field, out);
    if (full->text_gone[0] != '\0')
        print_what_is_left(full, out);
    else
        print_verdict(full, out);
    print_contacts(full, out);
    if (row->evidence_id[0] != '\0')
        fprintf(out, "evidence: %s, record %s\n          sha256 %s\n", row->evidence_file,
                row->evidence_id, row->evidence_sha256);
    print_pictures(full, out);
    print_history(full, out);
}

/* ---- one case for programs ---- */

static void put_history(const struct case_full *full, struct json_writer *writer)
{
    char hex[DIGEST_HEX_BYTES];
    json_key(writer, "history");
    json_open_array(writer);
    for (size_t i = 0; i < full->history_count; i++) {
        const struct audit_entry *entry = &full->history[i];
        json_open_object(writer);
        put_time(writer, "at", entry->at_unix_ms);
        json_put_member(writer, "who", slice_of(entry->who));
        json_put_member(writer, "action", slice_of(entry->action));
        json_put_member_if(writer, "from", slice_of(entry->from));
        json_put_member_if(writer, "to", slice_of(entry->to));
        json_put_member_if(writer, "why", slice_of(entry->why));
        json_put_member(writer, "hash", slice_of(digest_hex(&entry->hash, hex)));
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_pictures(const struct case_full *full, struct json_writer *writer)
{
    char hex[DIGEST_HEX_BYTES];
    json_key(writer, "pictures");
    json_open_array(writer);
    for (size_t i = 0; i < full->pictures_count; i++) {
        const struct picture_row *row = &full->pictures[i];
        bool kept = row->record_id[0] != '\0' && !row->purged;
        json_open_object(writer);
        json_put_member(writer, "url", slice_of(row->url));
        if (kept) {
            json_put_member(writer, "evidence_record", slice_of(row->record_id));
            json_put_member(writer, "sha256", slice_of(digest_hex(&row->digest, hex)));
        } else {
            json_put_member(writer, "not_kept", slice_of(picture_note(row)));
        }
        json_close_object(writer);
    }
    json_close_array(writer);
}

void queue_case_members(const struct case_full *full, struct json_writer *writer)
{
    put_row(&full->row, writer);
    json_put_member(writer, "fingerprint", slice_of(full->fingerprint));
    json_put_member_if(writer, "text_gone", slice_of(full->text_gone));
    json_key(writer, "fields");
    json_open_object(writer);
    for (int i = 0; i < POSTING_FIELD_COUNT; i++)
        json_put_member_if(writer, posting_field_name((enum posting_field)i), full->field[i]);
    json_close_object(writer);
    json_key(writer, "verdict");
    verdict_to_json(&full->verdict, SLICE_EMPTY, writer);
    json_key(writer, "contacts");
    json_open_array(writer);
    for (size_t i = 0; i < full->contacts_count; i++) {
        const struct case_contact *contact = &full->contacts[i];
        json_open_object(writer);
        json_put_member(writer, "kind", slice_of(contact_kind_name(contact->kind)));
        json_put_member_if(writer, "country", slice_of(contact->country));
        json_put_member_if(writer, "tail", slice_of(contact->tail));
        json_put_member_int(writer, "cases", contact->cases);
        json_close_object(writer);
    }
    json_close_array(writer);
    put_pictures(full, writer);
    put_history(full, writer);
}

/* ---- counts ---- */

void queue_stats_json(const struct queue_stats *stats, struct json_writer *writer)
{
    char at[CLOCK_RFC3339_BYTES];
    json_open_object(writer);
    for (int i = 0; i < CASE_STATE_COUNT; i++)
        json_put_member_int(writer, case_state_name((enum case_state)i),
                            (int64_t)stats->by_state[i]);
    json_key(writer, "open_by_band");
    json_open_object(writer);
    for (int i = 0; i < BAND_COUNT; i++)
        json_put_member_int(writer, band_name((enum band)i), (int64_t)stats->open_by_band[i]);
    json_close_object(writer);
    json_key(writer, "open_by_task");
    json_open_object(writer);
    for (int i = 0; i < TASK_COUNT; i++)
        json_put_member_int(writer, task_name((enum task)i), (int64_t)stats->open_by_task[i]);
    json_close_object(writer);
    json_put_member_int(writer, "decided_day", (int64_t)stats->decided_day);
    json_put_member_int(writer, "decided_week", (int64_t)stats->decided_week);
    if (stats->oldest_new_unix_ms != 0)
        json_put_member(writer, "oldest_new",
                        slice_of(clock_rfc3339(stats->oldest_new_unix_ms, at)));
    if (stats->precision_per_mille >= 0) {
        json_key(writer, "precision");
        json_put_decimal(writer, stats->precision_per_mille, 3);
    }
    json_close_object(writer);
}

void queue_print_stats(const struct queue_stats *stats, int64_t now_unix_ms)
{
    char ago[WHEN_BYTES];
    for (int i = 0; i < CASE_STATE_COUNT; i++)
        printf("%-10s %" PRIu64 "\n", case_state_name((enum case_state)i), stats->by_state[i]);
    printf("\nopen by band:");
    for (int i = BAND_COUNT - 1; i >= 0; i--)
        if (stats->open_by_band[i] > 0)
            printf("  %s %" PRIu64, band_name((enum band)i), stats->open_by_band[i]);
    printf("\nopen by task:");
    for (int i = 0; i < TASK_COUNT; i++)
        if (stats->open_by_task[i] > 0)
            printf("  %s %" PRIu64, task_name((enum task)i), stats->open_by_task[i]);
    printf("\n\ndecided in the last day %" PRIu64 ", week %" PRIu64
           "; the oldest new case waits %s\n",
           stats->decided_day, stats->decided_week,
           ago_text(stats->oldest_new_unix_ms, now_unix_ms, ago));
    if (stats->precision_per_mille >= 0)
        printf("of the cases decided, %d.%d %% were confirmed (unsure left out)\n",
               stats->precision_per_mille / 10, stats->precision_per_mille % 10);
}

/* ---- what still stands ---- */

void queue_warn_standing(struct store *store, struct arena *arena, const struct case_row *row)
{
    struct request_row *requests = NULL;
    size_t count = 0;
    const struct request_query query = {.states = 1u << REQUEST_SENT | 1u << REQUEST_ACKNOWLEDGED,
                                        .case_id = row->id,
                                        .limit = STORE_PAGE_MAX};
    if (row->state == CASE_CONFIRMED || request_list(store, arena, &query, &requests, &count) != OK)
        return;
    for (size_t i = 0; i < count; i++)
        fprintf(stderr,
                "request R-%" PRId64 " to %s still stands: where it was a mistake, `lurewatch "
                "request withdraw R-%" PRId64 " --why '…'` corrects it\n",
                requests[i].id, requests[i].name, requests[i].id);
}
