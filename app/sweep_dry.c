/* sweep_dry.c - `sweep --dry-run`: what would be fetched now; nothing is asked, nothing stored. */
#include "app/command.h"
#include "app/sweep_parts.h"
#include "common/clock.h"
#include "common/json.h"

#include <inttypes.h>
#include <string.h>

#define DRY_ARENA_BYTES_MAX (64u << 20)
#define DRY_URLS_SHOWN      20u

struct dry {
    const struct sweep_options *options;
    struct store *store; /* NULL: there is none yet */
    struct arena *arena;
    struct text_buf line;
    struct json_writer writer;
};

static bool is_asked(const struct sweep_options *options, const char *name)
{
    bool asked = options->only_count == 0;
    for (size_t i = 0; i < options->only_count; i++)
        asked |= strcmp(options->only[i], name) == 0;
    return asked;
}

static void dry_url(struct dry *dry, const char *kind, const char *url)
{
    if (dry->options->json) {
        json_open_object(&dry->writer);
        json_put_member(&dry->writer, "kind", slice_of(kind));
        json_put_member(&dry->writer, "url", slice_of(url));
        json_close_object(&dry->writer);
        return;
    }
    printf("  %-8s ", kind);
    print_safe(stdout, slice_of(url));
    putchar('\n');
}

/* The start addresses that the store does not know yet, then what waits in it. */
static int dry_urls(struct dry *dry, const struct source *source)
{
    const struct url_query query = {.source = source->name, .limit = DRY_URLS_SHOWN};
    struct url_row *rows = NULL, known;
    size_t count = 0;
    int rc = OK;
    for (size_t i = 0; i < source->start_count; i++) {
        const struct source_start *start = &source->start[i];
        bool is_known = dry->store != NULL &&
                        url_get(dry->store, dry->arena, start->url, &known) == OK &&
                        known.state == URL_PENDING;
        if (!is_known)
            dry_url(dry, source_kind_name(start->kind), start->url);
    }
    for (size_t i = 0; i < source->paths_count; i++)
        dry_url(dry, "files", source->paths[i]);
    if (dry->store != NULL)
        rc = urls_pending(dry->store, dry->arena, &query, &rows, &count);
    for (size_t i = 0; rc == OK && i < count; i++)
        dry_url(dry, url_kind_name(rows[i].kind), rows[i].url);
    return rc == ERR_NOT_FOUND ? OK : rc;
}

static int dry_due(struct dry *dry, const struct source *source, struct round *ret_round)
{
    int64_t every_ms = dry->options->only_count > 0 ? 0 : source->every_ms;
    *ret_round = (struct round){.due = true};
    if (dry->store == NULL)
        return OK;
    int rc = round_peek(dry->store, source->name, every_ms, clock_unix_ms(), ret_round);
    return rc == ERR_NOT_FOUND ? OK : rc;
}

static int dry_text(struct dry *dry, const struct source *source, const struct round *round)
{
    char when[CLOCK_RFC3339_BYTES];
    if (!round->due) {
        printf("%s: not due before %s\n", source->name,
               clock_rfc3339(round->next_due_unix_ms, when));
        return OK;
    }
    printf("%s: would %s, at most %u pages, at least %u ms between two requests to a host\n",
           source->name, round->resumed ? "go on" : "begin", source->pages_max, source->delay_ms);
    if (round->pending > DRY_URLS_SHOWN)
        printf("  %" PRIu64 " addresses wait in the store; the first of them:\n", round->pending);
    return dry_urls(dry, source);
}

static int dry_json(struct dry *dry, const struct source *source, const struct round *round)
{
    char when[CLOCK_RFC3339_BYTES];
    int rc = OK;
    text_buf_reset(&dry->line);
    json_writer_init(&dry->writer, &dry->line);
    json_open_object(&dry->writer);
    json_put_member(&dry->writer, "source", slice_of(source->name));
    json_put_member(&dry->writer, "status", round->due ? SLICE("due") : SLICE("not due"));
    if (!round->due)
        json_put_member(&dry->writer, "next_due",
                        slice_of(clock_rfc3339(round->next_due_unix_ms, when)));
    json_put_member_int(&dry->writer, "pending", (int64_t)round->pending);
    json_key(&dry->writer, "urls");
    json_open_array(&dry->writer);
    if (round->due)
        rc = dry_urls(dry, source);
    json_close_array(&dry->writer);
    json_close_object(&dry->writer);
    printf("%s\n", text_buf_cstr(&dry->line));
    return rc;
}

static int dry_source(struct dry *dry, const struct source *source)
{
    char why[SOURCE_WHY_BYTES];
    struct round round;
    if (!is_asked(dry->options, source->name) || source_off(source, clock_unix_ms(), why) != NULL)
        return OK; /* the command says which are off */
    int rc = dry_due(dry, source, &round);
    if (rc != OK)
        return rc;
    return dry->options->json ? dry_json(dry, source, &round) : dry_text(dry, source, &round);
}

int sweep_dry_run(const struct sweep_options *options)
{
    struct dry dry = {.options = options};
    struct failure why = {.code = OK};
    text_buf_init(&dry.line, 4u << 20);
    int rc = store_open(options->settings->store, STORE_READ_ONLY, &dry.store, &why);
    if (rc == ERR_NOT_FOUND)
        rc = OK;
    if (rc == OK)
        rc = arena_create(DRY_ARENA_BYTES_MAX, &dry.arena);
    for (size_t i = 0; rc == OK && source_set_at(options->sources, i) != NULL; i++) {
        rc = dry_source(&dry, source_set_at(options->sources, i));
        if (rc != OK && dry.store != NULL)
            store_failed(dry.store, rc, &why);
    }
    int code = rc == OK ? EXIT_DONE : exit_with("sweep", &why);
    text_buf_release(&dry.line);
    arena_free(dry.arena);
    store_close(dry.store);
    return code;
}
