/* evidence.c - pages into records, inside the store's transaction; see evidence.h.
 *
 *     store_begin -> evidence_append ... -> store_commit: sync file, sync folder, COMMIT
 *                                           store_rollback: the store says where the file ends
 *
 * After a rollback, and after a commit that failed, nobody but the store knows which it was: so the
 * next append reads the segment's length from its row and cuts the file to that.
 * Cost: a page is deflated once; one fsync a transaction, two when a segment begins. */
#include "common/clock.h"
#include "common/file.h"
#include "storage/evidence_inside.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MEMBER_BYTES_MAX (WARC_BLOCK_BYTES_MAX + (16u << 20))
#define HEAD_BYTES_MAX   (1u << 20)

int evidence_turn(struct evidence *evidence)
{
    struct db_faults *faults = &evidence->faults;
    faults->writes++;
    return faults->fail_at == 0 || faults->writes < faults->fail_at ? OK : faults->code;
}

void evidence_fail_nth_write(struct evidence *evidence, uint64_t nth, int code)
{
    evidence->faults.fail_at = nth == 0 ? 0 : evidence->faults.writes + nth;
    evidence->faults.code = code;
}

/* ---- the transaction's end ---- */

static int sync_it(struct evidence *evidence, struct failure *reterr)
{
    char path[SEGMENT_PATH_BYTES];
    int rc = segment_path(evidence->dir, evidence->segment.name, path, reterr);
    if (rc != OK)
        return rc;
    if (evidence->dirty && evidence->segment.fd >= 0) {
        rc = evidence_turn(evidence);
        if (rc != OK)
            return failure_set(reterr, rc, "%s: syncing failed", path);
        if (fsync(evidence->segment.fd) != 0)
            return file_failure(reterr, "cannot sync", path, errno);
        evidence->dirty = false;
    }
    if (evidence->dir_dirty) {
        rc = evidence_turn(evidence);
        if (rc != OK)
            return failure_set(reterr, rc, "%s: syncing failed", evidence->dir);
        rc = dir_sync_of(path, reterr);
        evidence->dir_dirty = rc != OK;
    }
    return rc;
}

int evidence_sync(struct evidence *evidence)
{
    return sync_it(evidence, store_failure_at(evidence->store));
}

static int before_commit(void *ctx, struct failure *reterr)
{
    struct evidence *evidence = ctx;
    if (evidence->broken)
        return failure_set(reterr, ERR_IO, "%s: evidence of this transaction could not be written",
                           evidence->dir);
    return sync_it(evidence, reterr);
}

static void after_commit(void *ctx)
{
    struct evidence *evidence = ctx;
    evidence->fresh = true;
    segment_name_file(evidence);
}

static void after_rollback(void *ctx)
{
    struct evidence *evidence = ctx;
    evidence->fresh = true;
    evidence->broken = false;
    evidence->stale = true;
}

/* ---- life ---- */

static char *copy_of(const char *text)
{
    return strdup(text != NULL ? text : "");
}

int evidence_open(struct store *store, const struct evidence_settings *settings,
                  struct evidence **ret_evidence, struct failure *reterr)
{
    assert(!store_in_transaction(store));
    struct evidence *made = calloc(1, sizeof *made);
    if (made == NULL)
        return failure_set(reterr, ERR_NOMEM, "%s: no memory", settings->dir);
    made->store = store;
    made->segment.fd = -1;
    made->fresh = true;
    made->dir = copy_of(settings->dir);
    made->software = copy_of(settings->software);
    made->operator_name = copy_of(settings->operator_name);
    made->user_agent = copy_of(settings->user_agent);
    made->machine = copy_of(settings->machine);
    made->segment_bytes_max = settings->segment_bytes_max != 0 ? settings->segment_bytes_max
                                                               : EVIDENCE_SEGMENT_BYTES_DEFAULT;
    text_buf_init(&made->member, MEMBER_BYTES_MAX);
    int rc = OK;
    if (made->dir == NULL || made->software == NULL || made->operator_name == NULL ||
        made->user_agent == NULL || made->machine == NULL)
        rc = failure_set(reterr, ERR_NOMEM, "%s: no memory", settings->dir);
    if (rc == OK)
        rc = dir_make(made->dir, 0700, reterr);
    if (rc == OK)
        rc = segments_repair(made, clock_unix_ms(), reterr);
    if (rc != OK) {
        evidence_close(made);
        return rc;
    }
    const struct store_barrier barrier = {before_commit, after_commit, after_rollback, made};
    store_set_barrier(store, &barrier);
    *ret_evidence = made;
    return OK;
}

void evidence_close(struct evidence *evidence)
{
    if (evidence == NULL)
        return;
    store_rollback(evidence->store);
    store_set_barrier(evidence->store, NULL);
    segment_drop(evidence);
    text_buf_release(&evidence->member);
    free(evidence->dir);
    free(evidence->software);
    free(evidence->operator_name);
    free(evidence->user_agent);
    free(evidence->machine);
    free(evidence);
}

/* ---- pages ---- */

static void put_renamed(struct text_buf *out, struct slice line)
{
    if (slice_starts_nocase(line, "transfer-encoding:"))
        text_buf_add_str(out, "X-Archive-Orig-");
    text_buf_add_slice(out, line);
    text_buf_add_str(out, "\r\n");
}

void evidence_http_head(struct text_buf *out, struct slice head)
{
    struct slice line;
    bool first = true;
    while (slice_next_line(&head, &line)) {
        if (line.len == 0)
            break;
        if (first && (slice_starts_nocase(line, "HTTP/2") || slice_starts_nocase(line, "HTTP/3"))) {
            size_t blank = slice_find_char(line, ' ');
            struct slice rest = slice_from(line, blank == SIZE_MAX ? line.len : blank);
            text_buf_add_str(out, "HTTP/1.1");
            text_buf_add_slice(out, rest);
            text_buf_add_str(out, "\r\n");
        } else {
            put_renamed(out, line);
        }
        first = false;
    }
    text_buf_add_str(out, "\r\n");
}

static int append_http(struct evidence *evidence, const struct evidence_page *page,
                       struct warc_record *record, struct slice head)
{
    struct text_buf text;
    text_buf_init(&text, HEAD_BYTES_MAX);
    evidence_http_head(&text, head);
    int rc = text_buf_status(&text);
    record->block[0] = text_buf_slice(&text);
    if (rc == OK)
        rc = segment_write(evidence, record, page->keep_until_unix_ms);
    else
        store_say(evidence->store, rc, "%s: an HTTP head of over 1 MiB", page->url);
    text_buf_release(&text);
    return rc;
}

/* WARC 1.1, 6.7: the head alone, and what it is the same as. */
static void make_revisit(struct warc_record *record, const struct evidence_same *same)
{
    record->type = WARC_REVISIT;
    record->profile = same->said_by_server
                          ? "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
                          : "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";
    record->refers_to = same->record_id;
    record->refers_to_uri = same->url;
    record->refers_to_unix_ms = same->at_unix_ms;
    record->payload_was = same->said_by_server ? NULL : &same->payload;
    record->block[1] = SLICE_EMPTY;
    record->has_payload = false;
}

static int append_records(struct evidence *evidence, const struct evidence_page *page,
                          const struct evidence_ref *ref)
{
    struct warc_record record = {
        .type = WARC_REQUEST,
        .id = ref->request_id,
        .date_unix_ms = page->fetched_unix_ms,
        .target_uri = page->url,
        .content_type = "application/http;msgtype=request",
        .ip = page->ip,
        .warcinfo_id = evidence->segment.warcinfo_id,
        .concurrent_to = ref->response_id,
        .block = {SLICE_EMPTY, SLICE_EMPTY},
    };
    int rc = OK;
    if (ref->request_id[0] != '\0')
        rc = append_http(evidence, page, &record, page->request);
    if (rc == OK && ref->response_id[0] != '\0') {
        bool resource = page->resource_type != NULL;
        record.type = resource ? WARC_RESOURCE : WARC_RESPONSE;
        record.id = ref->response_id;
        record.content_type = resource ? page->resource_type : "application/http;msgtype=response";
        record.concurrent_to = NULL;
        record.truncated = page->truncated;
        record.block[0] = resource ? page->response_body : SLICE_EMPTY;
        record.block[1] = resource ? SLICE_EMPTY : page->response_body;
        record.has_payload = !resource;
        if (page->same != NULL)
            make_revisit(&record, page->same);
        rc = resource ? segment_write(evidence, &record, page->keep_until_unix_ms)
                      : append_http(evidence, page, &record, page->response_head);
    }
    if (rc == OK && ref->metadata_id[0] != '\0') {
        record.refers_to = record.refers_to_uri = record.profile = NULL;
        record.payload_was = NULL;
        record.type = WARC_METADATA;
        record.id = ref->metadata_id;
        record.content_type = "application/json";
        record.concurrent_to = ref->response_id;
        record.truncated = NULL;
        record.ip = NULL;
        record.has_payload = false;
        record.block[0] = page->metadata;
        record.block[1] = SLICE_EMPTY;
        rc = segment_write(evidence, &record, page->keep_until_unix_ms);
    }
    return rc;
}

int evidence_append(struct evidence *evidence, const struct evidence_page *page,
                    struct evidence_ref *ret_ref)
{
    assert(store_in_transaction(evidence->store));
    struct evidence_ref ref = {"", "", ""};
    if (page->url == NULL || page->url[0] == '\0')
        return store_say(evidence->store, ERR_SYNTAX, "evidence without a URL");
    if (page->request.len > 0)
        warc_make_id(ref.request_id);
    if (page->response_head.len > 0 || page->resource_type != NULL)
        warc_make_id(ref.response_id);
    if (page->metadata.len > 0)
        warc_make_id(ref.metadata_id);
    int rc = segment_prepare(evidence, page->fetched_unix_ms);
    if (rc == OK)
        rc = append_records(evidence, page, &ref);
    if (rc == OK)
        rc = db_run(store_db(evidence->store), "UPDATE segments SET bytes = ?2 WHERE id = ?1",
                    DB_WITH(db_int(evidence->segment.id), db_int(evidence->segment.bytes)));
    if (rc != OK) {
        evidence->broken = true;
        return rc;
    }
    *ret_ref = ref;
    return OK;
}
