/* sources_audit.c - `lurewatch sources audit HOST`: what we took from a host, when, why, and which
 * rule of its robots.txt allowed it; see sources.h.
 *
 * Two walks over the rows of the host: the first counts, the second prints. */
#include "app/sources.h"

#include "common/clock.h"
#include "common/json.h"
#include "crawler/url.h"
#include "storage/host_rows.h"

#include <inttypes.h>
#include <string.h>

#define HOST_ARENA_BYTES (1u << 20)
#define STATUS_CLASSES   7u /* no answer, 1xx … 5xx, not modified */

struct audit {
    const struct sources_ask *ask;
    struct store *store;
    const char *host;
    int64_t since_unix_ms;
    struct text_buf line;
    /* counted */
    uint64_t requests, bytes, robots, status[STATUS_CLASSES];
    int64_t first_unix_ms, last_unix_ms, gap_ms_min, ended_unix_ms;
};

static void count(struct audit *audit, const struct fetch_entry *entry)
{
    int class = entry->http_status / 100;
    if (entry->http_status == 304)
        class = 6;
    audit->status[class >= 0 && class < (int)STATUS_CLASSES ? class : 0]++;
    audit->bytes += entry->bytes;
    audit->robots += strcmp(entry->kind, "robots") == 0;
    if (audit->requests++ == 0)
        audit->first_unix_ms = entry->started_unix_ms;
    else if (audit->gap_ms_min < 0 ||
             entry->started_unix_ms - audit->ended_unix_ms < audit->gap_ms_min)
        audit->gap_ms_min = entry->started_unix_ms - audit->ended_unix_ms;
    audit->ended_unix_ms = entry->started_unix_ms + entry->took_ms;
    audit->last_unix_ms = entry->started_unix_ms;
}

static void print_text(const struct fetch_entry *entry)
{
    char when[CLOCK_RFC3339_BYTES];
    printf("%s  %3d  %8" PRIu64 "  %6u ms  %-8s  ", clock_rfc3339(entry->started_unix_ms, when),
           entry->http_status, entry->bytes, entry->took_ms, entry->kind);
    print_safe(stdout, slice_of(entry->url));
    printf("\n%22s", "");
    print_safe(stdout, slice_of(entry->robots_rule));
    fputs("; source ", stdout);
    print_safe(stdout, slice_of(entry->source));
    if (entry->referrer[0] != '\0') {
        fputs("; found on ", stdout);
        print_safe(stdout, slice_of(entry->referrer));
    }
    if (strcmp(entry->outcome, "ok") != 0) {
        fputs("; ", stdout);
        print_safe(stdout, slice_of(entry->outcome));
    }
    putchar('\n');
}

static int print_json(struct audit *audit, const struct fetch_entry *entry)
{
    struct json_writer writer;
    char when[CLOCK_RFC3339_BYTES];
    json_writer_init(&writer, &audit->line);
    json_open_object(&writer);
    json_put_member(&writer, "at", slice_of(clock_rfc3339(entry->started_unix_ms, when)));
    json_put_member(&writer, "host", slice_of(entry->host));
    json_put_member(&writer, "url", slice_of(entry->url));
    json_put_member(&writer, "kind", slice_of(entry->kind));
    json_put_member(&writer, "source", slice_of(entry->source));
    json_put_member_if(&writer, "referrer", slice_of(entry->referrer));
    json_put_member(&writer, "robots_rule", slice_of(entry->robots_rule));
    json_put_member_int(&writer, "status", entry->http_status);
    json_put_member_int(&writer, "bytes", (int64_t)entry->bytes);
    json_put_member_int(&writer, "took_ms", entry->took_ms);
    json_put_member(&writer, "outcome", slice_of(entry->outcome));
    json_close_object(&writer);
    return command_print_line(&audit->line);
}

/* Walks the rows, printing or counting. */
static int walk(struct audit *audit, bool print)
{
    struct fetch_query query = {
        .host = audit->host, .since_unix_ms = audit->since_unix_ms, .limit = STORE_PAGE_MAX};
    struct fetch_entry *rows = NULL;
    size_t found = STORE_PAGE_MAX;
    int rc = OK;
    while (rc == OK && found == STORE_PAGE_MAX) {
        arena_reset(audit->ask->arena);
        rc = fetch_list(audit->store, audit->ask->arena, &query, &rows, &found);
        for (size_t i = 0; rc == OK && i < found; i++) {
            if (!print)
                count(audit, &rows[i]);
            else if (audit->ask->common->json)
                rc = print_json(audit, &rows[i]);
            else
                print_text(&rows[i]);
            query.after_id = rows[i].id;
        }
    }
    return rc;
}

static void print_summary(const struct audit *audit)
{
    static const char *const names[STATUS_CLASSES] = {"no answer", "1xx", "2xx",         "3xx",
                                                      "4xx",       "5xx", "not modified"};
    char first[WHEN_BYTES], last[WHEN_BYTES];
    print_safe(stdout, slice_of(audit->host));
    if (audit->requests == 0) {
        puts(": no request on record");
        return;
    }
    printf(": %" PRIu64 " request%s, %" PRIu64 " of them for robots.txt, %" PRIu64
           " bytes, from %s "
           "to %s UTC\n",
           audit->requests, audit->requests == 1 ? "" : "s", audit->robots, audit->bytes,
           when_text(audit->first_unix_ms, first), when_text(audit->last_unix_ms, last));
    fputs("  answers:", stdout);
    for (unsigned i = 0; i < STATUS_CLASSES; i++)
        if (audit->status[i] > 0)
            printf(" %s %" PRIu64, names[i], audit->status[i]);
    if (audit->gap_ms_min >= 0)
        printf("; shortest pause between two requests %" PRId64 " ms", audit->gap_ms_min);
    putchar('\n');
}

/* A host as it is on record, of what a site's owner writes: "Board.example", "board.example:80", a URL. */
static int host_of(struct arena *arena, const char *words, const char **ret_host,
                   struct failure *reterr)
{
    struct url url;
    struct slice text = slice_trim(slice_of(words));
    const char *scheme = slice_find(text, SLICE("://")) != SIZE_MAX ? ""
                         : slice_ends(text, ":443")                 ? "https://"
                                                                    : "http://";
    const char *address = arena_printf(arena, "%s%.*s", scheme, (int)text.len, text.at);
    if (address == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    int rc = url_read_canonical(arena, slice_of(address), &url, reterr);
    if (rc != OK)
        return failure_prefix(reterr, "'%s' is no host: board.example is wanted, or a URL of it",
                              words);
    *ret_host = arena_copy(arena, url.host_port.at, url.host_port.len);
    return *ret_host != NULL ? OK : failure_set(reterr, ERR_NOMEM, "out of memory");
}

static int audit_host(struct audit *audit)
{
    int code = command_store("sources", audit->ask->settings, STORE_READ_ONLY, &audit->store);
    if (code != EXIT_DONE)
        return code;
    text_buf_init(&audit->line, 1u << 20);
    int rc = audit->ask->common->json ? OK : walk(audit, false);
    if (rc == OK && !audit->ask->common->json)
        print_summary(audit);
    if (rc == OK)
        rc = walk(audit, true);
    if (rc == ERR_NOT_FOUND)
        rc = OK; /* a host that nobody asked */
    code = rc == OK ? EXIT_DONE : command_store_failure("sources", audit->store, rc);
    text_buf_release(&audit->line);
    store_close(audit->store);
    return code;
}

int sources_audit(const struct sources_ask *ask, const char *host, const char *since)
{
    struct audit audit = {.ask = ask, .gap_ms_min = -1};
    if (host == NULL) {
        fputs("lurewatch sources: audit wants a host: sources audit board.example --since 30d\n",
              stderr);
        return EXIT_USAGE;
    }
    if (since != NULL && !command_since(since, clock_unix_ms(), &audit.since_unix_ms)) {
        fprintf(stderr, "lurewatch sources: --since wants a day or an age such as 7d, not '%s'\n",
                since);
        return EXIT_USAGE;
    }
    struct arena *arena = NULL;
    struct failure why = {.code = OK};
    if (arena_create(HOST_ARENA_BYTES, &arena) != OK)
        return EXIT_INTERNAL;
    int rc = host_of(arena, host, &audit.host, &why);
    int code = rc == OK ? audit_host(&audit) : exit_with("sources", &why);
    arena_free(arena);
    return rc == OK || rc == ERR_NOMEM ? code : EXIT_USAGE;
}
