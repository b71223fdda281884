/* evidence_prove.c - see evidence_prove.h. */
#include "app/evidence_prove.h"
#include "app/timestamp.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/log.h"
#include "storage/evidence_manifest.h"
#include "storage/stamp_rows.h"

#include <inttypes.h>
#include <string.h>

#define MANIFEST_BYTES_MAX (1u << 30)
#define ARENA_BYTES_MAX    (UINT64_C(600) << 20)

/* ---- manifest ---- */

static int to_stdout(void *ctx, struct slice text)
{
    (void)ctx;
    return fwrite(text.at, 1, text.len, stdout) == text.len ? OK : ERR_IO;
}

int evidence_print_manifest(struct store *store)
{
    int rc = evidence_manifest(store, to_stdout, NULL);
    return rc == OK || rc == ERR_IO ? exit_code_of(rc)
                                    : command_store_failure("evidence", store, rc);
}

int evidence_prove_manifest(const char *path, const struct evidence_check *check,
                            struct evidence_verified *ret_verified, struct failure *reterr)
{
    struct text_buf text;
    text_buf_init(&text, MANIFEST_BYTES_MAX);
    int rc = file_read(path, &text, reterr);
    if (rc == OK)
        rc = evidence_manifest_verify(text_buf_slice(&text), check, ret_verified, reterr);
    if (rc == ERR_SYNTAX)
        failure_prefix(reterr, "%s", path);
    text_buf_release(&text);
    return rc;
}

/* ---- stamps ---- */

static int stamp_one(struct store *store, const struct settings *settings, struct stamp *stamp)
{
    struct failure why = {.code = OK};
    struct text_buf token;
    char when[CLOCK_RFC3339_BYTES];
    text_buf_init(&token, TIMESTAMP_BYTES_MAX);
    int rc = timestamp_ask(settings->timestamp_url, settings->timestamp_ca, &stamp->chain, &token,
                           &stamp->at_unix_ms, &why);
    stamp->authority = settings->timestamp_url;
    stamp->token = text_buf_slice(&token);
    int code = rc == OK ? EXIT_DONE : exit_with("evidence", &why);
    if (rc == OK && (rc = stamp_add(store, stamp)) != OK)
        code = command_store_failure("evidence", store, rc);
    if (code == EXIT_DONE)
        printf("%s: stamped %s\n", stamp->segment, clock_rfc3339(stamp->at_unix_ms, when));
    text_buf_release(&token);
    return code;
}

int evidence_stamp(struct store *store, const struct settings *settings, const char *machine)
{
    struct arena *arena = NULL;
    struct stamp *rows = NULL;
    size_t count = 0;
    if (settings->timestamp_url[0] == '\0') {
        log_error("evidence: no time stamp authority is configured: set timestamp_url to the "
                  "address of one (RFC 3161)");
        return EXIT_CONFIG;
    }
    if (arena_create(ARENA_BYTES_MAX, &arena) != OK)
        return EXIT_INTERNAL;
    int rc = stamps_due(store, arena, machine, &rows, &count);
    int code = rc == OK ? EXIT_DONE : command_store_failure("evidence", store, rc);
    for (size_t i = 0; code == EXIT_DONE && i < count; i++)
        code = stamp_one(store, settings, &rows[i]);
    if (code == EXIT_DONE && count == 0)
        puts("every segment has its time stamp");
    arena_free(arena);
    return code;
}

static int prove_one(struct store *store, const struct settings *settings,
                     const struct stamp *stamp, struct failure *reterr)
{
    int64_t at = 0;
    bool fits = false;
    int rc = stamp_fits(store, stamp, &fits);
    if (rc != OK)
        return store_failed(store, rc, reterr);
    if (!fits)
        return failure_set(reterr, ERR_SYNTAX, "its hash is none of the segment's chain");
    return timestamp_check(stamp->token, settings->timestamp_ca, &stamp->chain, &at, reterr);
}

struct stamp_page {
    const struct stamp *rows;
    size_t count;
};

static int page_verify(struct store *store, const struct settings *settings,
                       const struct evidence_check *check, const struct stamp_page *page,
                       struct failure *reterr)
{
    struct failure why = {.code = OK}, said;
    int rc = OK;
    for (size_t i = 0; rc == OK && i < page->count; i++) {
        rc = prove_one(store, settings, &page->rows[i], &why);
        if (rc != OK && reterr != NULL)
            *reterr = why;
        if (rc != ERR_SYNTAX)
            continue;
        failure_set(&said, rc, "%s: a time stamp of %s: %.600s", page->rows[i].segment,
                    page->rows[i].authority, why.text);
        check->bad(check->ctx, said.text);
        rc = OK;
    }
    return rc;
}

int evidence_stamps_verify(struct store *store, const struct settings *settings,
                           const struct evidence_check *check, uint64_t *ret_stamps,
                           struct failure *reterr)
{
    struct arena *arena = NULL;
    struct stamp *rows = NULL;
    size_t count = 0;
    int64_t after = 0;
    *ret_stamps = 0;
    if (arena_create(ARENA_BYTES_MAX, &arena) != OK)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    int rc = OK;
    do {
        arena_reset(arena);
        rc = stamps_list(store, arena, &after, &rows, &count);
        if (rc != OK)
            store_failed(store, rc, reterr);
        else
            rc = page_verify(store, settings, check, &(struct stamp_page){rows, count}, reterr);
        *ret_stamps += rc == OK ? count : 0;
    } while (rc == OK && count > 0);
    arena_free(arena);
    return rc;
}
