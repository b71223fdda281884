/* storage/evidence.h - what proves a case: append-only WARC 1.1 segments, durable before the case.
 *
 * A page becomes three records: request, response, metadata (JSON: the text that offsets refer to,
 * the verdict, the bank). They are appended inside the store's transaction; store_commit() syncs
 * the segment and its folder before the rows that cite them, store_rollback() cuts them off. After
 * a crash evidence_open() cuts the segment back to the length the store committed, so nothing torn
 * stays. Segments are DIR/lurewatch-YYYYMMDD-NNNN-MACHINE.warc.gz, one gzip member a record; a new
 * one begins with the day (UTC) and when segment_bytes_max is passed. Each is locked by its writer,
 * so two processes write two segments. DIR has mode 700, files 600. Where machines share a store,
 * each has a folder and a name of its own (machine_name.h) and minds its own segments only.
 *
 * The store keeps of every record: segment, offset, length, WARC id, type, URL, block digest,
 * payload digest, digest of the member as stored, and a chain hash
 * SHA-256(previous chain hash of the segment, member digest).
 *
 * Until the transaction that begins a segment commits, its file ends in ".begun". Where the store
 * is older than the folder (a restored backup), nothing is cut: see evidence_repair.c. Errors:
 * those of store.h for rows and ERR_IO, ERR_FULL for files (the sentence names the file), and what
 * a call adds. */
#ifndef LUREWATCH_EVIDENCE_H
#define LUREWATCH_EVIDENCE_H

#include "common/warc.h"
#include "storage/store.h"

#define EVIDENCE_ID_BYTES              48u /* "urn:uuid:…" with NUL */
#define EVIDENCE_SEGMENT_BYTES_DEFAULT (256ull << 20)

struct evidence;

struct evidence_settings {
    const char *dir;            /* made when missing */
    uint64_t segment_bytes_max; /* 0: the default; a segment ends after the record that passes it */
    const char *software;       /* "lurewatch 0.1.0": for warcinfo */
    const char *operator_name;  /* "" or NULL: left out */
    const char *user_agent;
    const char *machine; /* machine_name.h; "" or NULL: names of segments go without */
};

/* Opens the folder for writing, for this store handle (one evidence a store). Copies settings;
 * borrows store. Gives *ret_evidence, end it with evidence_close() before store_close(). Repairs
 * what a crash left. Not inside a transaction.
 * Errors: ERR_IO (a segment is shorter than the store says: the sentence names it). */
MUST_USE int evidence_open(struct store *store, const struct evidence_settings *settings,
                           struct evidence **ret_evidence, struct failure *reterr);
void evidence_close(struct evidence *evidence); /* NULL is allowed */

/* A record whose payload came again, or that the server said still stands. */
struct evidence_same {
    const char *record_id, *url;
    int64_t at_unix_ms;
    struct digest payload;
    bool said_by_server; /* 304: no payload came */
};

struct evidence_page { /* borrowed for the call; empty slices: that record is left out */
    const char *url;
    int64_t fetched_unix_ms;
    const char *ip;             /* peer's address, NULL: not known */
    struct slice request;       /* the request head as sent, ends in an empty line */
    struct slice response_head; /* status line and fields as received, ends in an empty line */
    struct slice response_body; /* as received, still compressed */
    const char *truncated;      /* "length", "time", "disconnect"; NULL: whole */
    const char *resource_type;  /* not NULL: nobody answered, the body is a resource of that type */
    const struct evidence_same *same; /* not NULL: a revisit of it, the body is not written */
    struct slice metadata;            /* JSON */
    int64_t keep_until_unix_ms;       /* retention; 0: as long as the case */
};
struct evidence_ref {
    char request_id[EVIDENCE_ID_BYTES], response_id[EVIDENCE_ID_BYTES];
    char metadata_id[EVIDENCE_ID_BYTES]; /* each "" when left out */
};

/* Appends the page's records; only inside a transaction of the store. Errors: ERR_SYNTAX (an empty
 * URL, a line end in it), ERR_LIMIT (over WARC_BLOCK_BYTES_MAX). */
MUST_USE int evidence_append(struct evidence *evidence, const struct evidence_page *page,
                             struct evidence_ref *ret_ref);
/* Makes what was appended durable: file, then folder. store_commit() calls it. */
MUST_USE int evidence_sync(struct evidence *evidence);

struct evidence_place {
    const char *file;                   /* name in the folder; in the arena */
    const char *machine;                /* whose folder; "" unknown; in the arena */
    int64_t offset_bytes, length_bytes; /* of the gzip member */
    struct digest block, member;
};
/* The response kept for a flagged ad of the page with that URL id, to be revisited; *ret_found
 * false: none. Texts in arena. */
MUST_USE int evidence_to_revisit(struct store *store, struct arena *arena, int64_t url_id,
                                 struct evidence_same *ret_same, bool *ret_found);
/* Where a record is. ERR_NOT_FOUND. */
MUST_USE int evidence_find(struct store *store, struct arena *arena, const char *record_id,
                           struct evidence_place *ret_place);
/* The records written for the same page as record_id, which is one of them. ERR_NOT_FOUND. */
MUST_USE int evidence_group(struct store *store, const char *record_id,
                            struct evidence_ref *ret_ref);

struct evidence_totals {
    uint64_t segments, records, bytes; /* bytes as the store cites them */
};
MUST_USE int evidence_count(struct store *store, struct evidence_totals *ret_totals);

/* The record's block, its digests checked; appends to out. Whoever shows clear text to a person
 * adds an audit row "read". Errors: ERR_NOT_FOUND, ERR_SYNTAX (damaged: the sentence names file
 * and offset), ERR_LIMIT (out). */
MUST_USE int evidence_read(struct store *store, const char *dir, const char *record_id,
                           struct text_buf *out, struct failure *reterr);
/* ---- proving all of it ---- */

struct evidence_verified {
    uint64_t segments, records, bytes; /* looked at */
    uint64_t elsewhere;                /* segments of other machines */
    uint64_t purged;                   /* taken out by retention: their rows alone remain */
    uint64_t bad;                      /* told */
};
/* why: "file: the record at byte N …", borrowed. */
typedef void evidence_bad_fn(void *ctx, const char *why);

struct evidence_check {
    const char *dir;            /* the folder */
    const char *machine;        /* whose folder it is; NULL: it must hold every segment */
    evidence_bad_fn *bad;       /* told, not returned */
    evidence_bad_fn *elsewhere; /* a segment of another machine; NULL: not told */
    void *ctx;
};

/* Reads every record that the store cites and tells each that is not what was written: its bytes,
 * its digests, its place in the chain, its header against its row; files that are missing, too
 * short, or hold bytes nobody cites. Segments that a sweep is writing are read up to what it has
 * committed; of those of other machines the chain alone is proved.
 * Errors: ERR_IO (the folder), ERR_NOMEM, those of store.h. */
MUST_USE int evidence_verify(struct store *store, const struct evidence_check *check,
                             struct evidence_verified *ret_verified, struct failure *reterr);

/* For tests: the nth write or sync of a segment from now on fails with code; 0 ends that. */
void evidence_fail_nth_write(struct evidence *evidence, uint64_t nth, int code);

#endif
