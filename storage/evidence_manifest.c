/* evidence_manifest.c - the manifest written from the rows, and the folder proved by it; see
 * evidence_manifest.h. Rows come in pages by id. Cost of proving: one pass over the files. */
#include "storage/evidence_manifest.h"
#include "common/file.h"
#include "storage/evidence_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES_MAX 2048u
#define CHUNK_BYTES    (64u << 10)
#define FIRST_LINE     "lurewatch-evidence 1"

/* ---- written ---- */

struct writing {
    struct store *store;
    manifest_write_fn *write;
    void *ctx;
    struct text_buf line;
    struct digest chain; /* of the present segment */
    struct digest_stream *ends;
    uint64_t segments, records;
};

static int put_line(struct writing *writing)
{
    text_buf_add_char(&writing->line, '\n');
    int rc = text_buf_status(&writing->line);
    if (rc == OK)
        rc = writing->write(writing->ctx, text_buf_slice(&writing->line));
    text_buf_reset(&writing->line);
    return rc;
}

static int put_record(struct writing *writing, struct db_rows *rows)
{
    struct digest member = {{0}}, chain = {{0}};
    char member_hex[DIGEST_HEX_BYTES], chain_hex[DIGEST_HEX_BYTES];
    struct slice id = row_slice(rows, 3), type = row_slice(rows, 4), why = row_slice(rows, 6);
    int64_t purged = row_int(rows, 5);
    row_digest(rows, 7, &member);
    row_digest(rows, 8, &chain);
    text_buf_printf(&writing->line, "%s %" PRId64 " %" PRId64 " %s %s ",
                    purged != 0 ? "gone" : "record", purged != 0 ? purged : row_int(rows, 1),
                    row_int(rows, 2), digest_hex(&member, member_hex),
                    digest_hex(&chain, chain_hex));
    text_buf_add_slice(&writing->line, type);
    text_buf_add_char(&writing->line, ' ');
    text_buf_add_slice(&writing->line, id);
    if (purged != 0) {
        text_buf_add_char(&writing->line, ' ');
        text_buf_add_slice(&writing->line, why);
    }
    writing->chain = chain;
    writing->records++;
    return put_line(writing);
}

static int put_records(struct writing *writing, int64_t segment_id)
{
    struct db *db = store_db(writing->store);
    int64_t after = 0;
    size_t seen = 0;
    int rc = OK;
    do {
        seen = 0;
        struct db_rows *rows = db_query(
            db,
            "SELECT id, offset_bytes, length_bytes, record_id, type, purged, purged_why, member,"
            " chain FROM records WHERE segment_id = ?1 AND id > ?2 ORDER BY id LIMIT 500",
            DB_WITH(db_int(segment_id), db_int(after)));
        while (rc == OK && db_next(rows)) {
            after = row_int(rows, 0);
            rc = put_record(writing, rows);
            seen++;
        }
        int end = db_end(db, rows);
        rc = rc != OK ? rc : end;
    } while (rc == OK && seen == 500);
    return rc;
}

static int put_stamps(struct writing *writing, int64_t segment_id)
{
    struct db *db = store_db(writing->store);
    int rc = OK;
    struct db_rows *rows =
        db_query(db, "SELECT at, authority FROM stamps WHERE segment_id = ?1 ORDER BY id",
                 DB_WITH(db_int(segment_id)));
    while (rc == OK && db_next(rows)) {
        text_buf_printf(&writing->line, "stamp %" PRId64 " ", row_int(rows, 0));
        text_buf_add_slice(&writing->line, row_slice(rows, 1));
        rc = put_line(writing);
    }
    int end = db_end(db, rows);
    return rc != OK ? rc : end;
}

/* The segment behind after_id; *ret_id 0: none is left. */
static int put_segment_line(struct writing *writing, int64_t after_id, int64_t *ret_id)
{
    struct db *db = store_db(writing->store);
    struct db_rows *rows = db_query(
        db, "SELECT id, name, machine, bytes FROM segments WHERE id > ?1 ORDER BY id LIMIT 1",
        DB_WITH(db_int(after_id)));
    *ret_id = 0;
    if (db_next(rows)) {
        struct slice machine = row_slice(rows, 2);
        *ret_id = row_int(rows, 0);
        text_buf_add_str(&writing->line, "segment ");
        text_buf_add_slice(&writing->line, row_slice(rows, 1));
        text_buf_add_char(&writing->line, ' ');
        text_buf_add_slice(&writing->line, machine.len > 0 ? machine : SLICE("-"));
        text_buf_printf(&writing->line, " %" PRId64, row_int(rows, 3));
    }
    return db_end(db, rows);
}

static int put_segments(struct writing *writing)
{
    int64_t id = 0;
    for (;;) {
        int rc = put_segment_line(writing, id, &id);
        if (rc != OK || id == 0)
            return rc;
        memset(&writing->chain, 0, sizeof writing->chain);
        writing->segments++;
        rc = put_line(writing);
        if (rc == OK)
            rc = put_records(writing, id);
        if (rc == OK)
            rc = put_stamps(writing, id);
        if (rc != OK)
            return rc;
        digest_stream_add(writing->ends,
                          slice_make((const char *)writing->chain.bytes, DIGEST_BYTES));
    }
}

int evidence_manifest(struct store *store, manifest_write_fn *write, void *ctx)
{
    struct writing writing = {.store = store, .write = write, .ctx = ctx};
    char hex[DIGEST_HEX_BYTES];
    if (digest_stream_create(&writing.ends) != OK)
        return store_no_memory(store);
    text_buf_init(&writing.line, LINE_BYTES_MAX);
    text_buf_add_str(&writing.line, FIRST_LINE);
    int rc = put_line(&writing);
    if (rc == OK)
        rc = put_segments(&writing);
    if (rc == OK) {
        struct digest all = digest_stream_end(writing.ends);
        text_buf_printf(&writing.line, "end %" PRIu64 " %" PRIu64 " %s", writing.segments,
                        writing.records, digest_hex(&all, hex));
        rc = put_line(&writing);
    }
    digest_stream_free(writing.ends);
    text_buf_release(&writing.line);
    return rc;
}

/* ---- proved ---- */

#define WORDS_MAX 8u

struct proving {
    const struct evidence_check *check;
    struct evidence_verified result;
    char name[SEGMENT_NAME_BYTES];
    int fd;
    bool elsewhere;
    int64_t end;
    struct digest chain;
    struct digest_stream *ends;
    bool any_segment, ended;
    uint64_t line;
    struct slice words[WORDS_MAX];
    size_t words_count;
};

static void tell(struct proving *proving, const char *format, ...) PRINTF_LIKE(2, 3);

static void tell(struct proving *proving, const char *format, ...)
{
    struct failure said;
    va_list args;
    va_start(args, format);
    failure_set_v(&said, ERR_SYNTAX, format, args);
    va_end(args);
    proving->result.bad++;
    if (proving->check->bad != NULL)
        proving->check->bad(proving->check->ctx, said.text);
}

static void split(struct proving *proving, struct slice line)
{
    proving->words_count = 0;
    while (line.len > 0 && proving->words_count < WORDS_MAX) {
        bool last = proving->words_count + 1 == WORDS_MAX;
        size_t end = last ? line.len : slice_find_char(line, ' ');
        end = end < line.len ? end : line.len;
        proving->words[proving->words_count++] = slice_make(line.at, end);
        line = end < line.len ? slice_from(line, end + 1) : SLICE_EMPTY;
    }
}

static bool digest_read(struct slice hex, struct digest *ret_digest)
{
    char found[DIGEST_HEX_BYTES];
    if (hex.len != 2 * sizeof ret_digest->bytes)
        return false;
    for (size_t i = 0; i < sizeof ret_digest->bytes; i++) {
        char pair[3] = {hex.at[2 * i], hex.at[2 * i + 1], '\0'};
        ret_digest->bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return slice_is(hex, digest_hex(ret_digest, found));
}

static void segment_done(struct proving *proving)
{
    if (proving->any_segment)
        digest_stream_add(proving->ends,
                          slice_make((const char *)proving->chain.bytes, DIGEST_BYTES));
    if (proving->fd >= 0)
        close(proving->fd);
    proving->fd = -1;
}

static int segment_open(struct proving *proving, struct failure *reterr)
{
    char path[SEGMENT_PATH_BYTES];
    struct slice name = proving->words[1], machine = proving->words[2];
    const char *ours = proving->check->machine;
    segment_done(proving);
    if (name.len >= sizeof proving->name || memchr(name.at, '/', name.len) != NULL)
        return failure_set(reterr, ERR_SYNTAX, "line %" PRIu64 ": that is no segment",
                           proving->line);
    snprintf(proving->name, sizeof proving->name, "%.*s", (int)name.len, name.at);
    memset(&proving->chain, 0, sizeof proving->chain);
    proving->any_segment = true;
    proving->end = 0;
    proving->result.segments++;
    proving->elsewhere = ours != NULL && !slice_is(machine, "-") && !slice_is(machine, ours);
    if (proving->elsewhere) {
        proving->result.elsewhere++;
        return OK;
    }
    int rc = segment_path(proving->check->dir, proving->name, path, reterr);
    if (rc == OK && (proving->fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
        tell(proving, "%s: the segment cannot be read (%s)", path, strerror(errno));
    return rc;
}

static bool bytes_digest(struct proving *proving, int64_t offset, int64_t length,
                         struct digest *ret_digest)
{
    static char chunk[CHUNK_BYTES];
    struct digest_stream *stream = NULL;
    bool whole = length >= 0 && digest_stream_create(&stream) == OK;
    while (whole && length > 0) {
        size_t want = length < (int64_t)sizeof chunk ? (size_t)length : sizeof chunk;
        ssize_t got = pread(proving->fd, chunk, want, offset);
        whole = got > 0;
        if (whole) {
            digest_stream_add(stream, slice_make(chunk, (size_t)got));
            offset += got;
            length -= got;
        }
    }
    if (whole)
        *ret_digest = digest_stream_end(stream);
    digest_stream_free(stream);
    return whole;
}

static int record_prove(struct proving *proving, bool gone, struct failure *reterr)
{
    struct digest member, chain, found, chained;
    char both[2 * DIGEST_BYTES];
    int64_t offset = 0, length = 0;
    if (!proving->any_segment || proving->words_count < 7 ||
        slice_to_int64(proving->words[1], &offset) != OK ||
        slice_to_int64(proving->words[2], &length) != OK ||
        !digest_read(proving->words[3], &member) || !digest_read(proving->words[4], &chain))
        return failure_set(reterr, ERR_SYNTAX, "line %" PRIu64 ": that is no record",
                           proving->line);
    proving->result.records++;
    proving->result.purged += gone;
    memcpy(both, proving->chain.bytes, DIGEST_BYTES);
    memcpy(both + DIGEST_BYTES, member.bytes, DIGEST_BYTES);
    chained = digest_of(slice_make(both, sizeof both));
    if (memcmp(chained.bytes, chain.bytes, DIGEST_BYTES) != 0)
        tell(proving, "%s: the chain breaks at line %" PRIu64 " of the manifest", proving->name,
             proving->line);
    proving->chain = chain;
    if (gone || proving->fd < 0)
        return OK;
    if (offset != proving->end)
        tell(proving, "%s: the record at byte %" PRId64 " does not begin where the one before ends",
             proving->name, offset);
    proving->end = offset + length;
    proving->result.bytes += (uint64_t)length;
    if (!bytes_digest(proving, offset, length, &found) ||
        memcmp(found.bytes, member.bytes, DIGEST_BYTES) != 0)
        tell(proving,
             "%s/%s: the record at byte %" PRId64 " (%.*s): not the bytes that were written",
             proving->check->dir, proving->name, offset, (int)proving->words[6].len,
             proving->words[6].at);
    return OK;
}

static int end_prove(struct proving *proving, struct failure *reterr)
{
    struct digest said, found;
    if (proving->words_count != 4 || !digest_read(proving->words[3], &said))
        return failure_set(reterr, ERR_SYNTAX, "line %" PRIu64 ": that is no end", proving->line);
    segment_done(proving);
    proving->any_segment = false;
    proving->ended = true;
    found = digest_stream_end(proving->ends);
    if (memcmp(said.bytes, found.bytes, DIGEST_BYTES) != 0)
        tell(proving, "the manifest's last line does not fit what stands before it");
    return OK;
}

static int line_prove(struct proving *proving, struct slice line, struct failure *reterr)
{
    split(proving, line);
    struct slice verb = proving->words_count > 0 ? proving->words[0] : SLICE_EMPTY;
    if (proving->line == 1 && !slice_is(line, FIRST_LINE))
        return failure_set(reterr, ERR_SYNTAX, "line 1: not a manifest of lurewatch");
    if (proving->line == 1 || slice_is(verb, "stamp"))
        return OK;
    if (slice_is(verb, "segment") && proving->words_count == 4)
        return segment_open(proving, reterr);
    if (slice_is(verb, "record") || slice_is(verb, "gone"))
        return record_prove(proving, slice_is(verb, "gone"), reterr);
    if (slice_is(verb, "end"))
        return end_prove(proving, reterr);
    return failure_set(reterr, ERR_SYNTAX, "line %" PRIu64 ": no word of a manifest",
                       proving->line);
}

int evidence_manifest_verify(struct slice manifest, const struct evidence_check *check,
                             struct evidence_verified *ret_verified, struct failure *reterr)
{
    struct proving proving = {.check = check, .fd = -1};
    struct slice line;
    int rc = digest_stream_create(&proving.ends);
    while (rc == OK && slice_next_line(&manifest, &line)) {
        proving.line++;
        if (proving.ended)
            rc = failure_set(reterr, ERR_SYNTAX, "line %" PRIu64 ": behind the end", proving.line);
        else
            rc = line_prove(&proving, line, reterr);
    }
    if (rc == OK && !proving.ended)
        tell(&proving, "the manifest has no end: it was cut short");
    if (proving.fd >= 0)
        close(proving.fd);
    digest_stream_free(proving.ends);
    if (rc == OK)
        *ret_verified = proving.result;
    return rc;
}
