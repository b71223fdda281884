/* storage/evidence_inside.h - what evidence.c, evidence_segment.c and evidence_read.c share. */
#ifndef LUREWATCH_EVIDENCE_INSIDE_H
#define LUREWATCH_EVIDENCE_INSIDE_H

#include "storage/evidence.h"
#include "storage/store_inside.h"

#define SEGMENT_NAME_BYTES 96u
#define SEGMENT_DAY_BYTES  24u
/* A segment's file has this behind its name until the transaction that began it has committed. */
#define BEGUN_SUFFIX       ".begun"
#define SEGMENT_PATH_BYTES 4096u

/* The segment we write, held by a lock on its file. */
struct segment {
    int fd;     /* -1: none */
    int64_t id; /* 0: the store has no row of it (yet, or after a rollback) */
    char name[SEGMENT_NAME_BYTES];
    bool begun;    /* its file still carries BEGUN_SUFFIX */
    int64_t bytes; /* where the next record goes */
    struct digest chain;
    char warcinfo_id[WARC_ID_BYTES]; /* "": its warcinfo record is not written yet */
};

struct evidence {
    struct store *store; /* borrowed */
    char *dir, *software, *operator_name, *user_agent, *machine;
    uint64_t segment_bytes_max;
    struct segment segment;
    bool fresh;  /* nothing appended in this transaction */
    bool stale;  /* rolled back: the store says where the segment ends */
    bool broken; /* an append failed: this transaction must not commit */
    bool dirty, dir_dirty;
    struct db_faults faults;
    struct text_buf member;
};

/* The segment this transaction writes: the one held, brought back to what the store says, or a new
 * one where the day or the size asks for it. */
MUST_USE int segment_prepare(struct evidence *evidence, int64_t now_unix_ms);
/* What a crash left: cuts or closes open segments nobody holds; takes up today's. */
MUST_USE int segments_repair(struct evidence *evidence, int64_t now_unix_ms,
                             struct failure *reterr);
void segment_drop(struct evidence *evidence); /* closes the file, forgets the segment */
/* After a commit: a segment that was begun in it gets its name. */
void segment_name_file(struct evidence *evidence);
/* "lurewatch-20261124-", how the names of that day's (UTC) segments begin. */
void segment_day(int64_t unix_ms, char at[SEGMENT_DAY_BYTES]);
/* Reads chain and warcinfo of the segment held from the store. */
MUST_USE int segment_read_end(struct evidence *evidence);
/* Cuts the file to what the store cites. ERR_IO: it is shorter than that. */
MUST_USE int segment_cut(struct evidence *evidence, int fd, const char *name, int64_t bytes);
/* Appends one record and its row. */
MUST_USE int segment_write(struct evidence *evidence, const struct warc_record *record,
                           int64_t keep_until_unix_ms);
/* Counts a write or sync of the segment; not OK: it has to fail. */
int evidence_turn(struct evidence *evidence);
/* dir/name at `at`; ERR_LIMIT when too long. */
MUST_USE int segment_path(const char *dir, const char *name, char at[SEGMENT_PATH_BYTES],
                          struct failure *reterr);
/* An HTTP head as it may stand before the body we keep: the transfer coding is undone by then, so
 * its field is renamed X-Archive-Orig-Transfer-Encoding; HTTP/2 and HTTP/3 status lines are
 * spelled HTTP/1.1, which is all WARC readers know. Appends to out. */
void evidence_http_head(struct text_buf *out, struct slice head);
/* The place's bytes into at, which has room for place->length_bytes. Digests are not looked at. */
MUST_USE int segment_read_member(const char *path, const struct evidence_place *place, char *at,
                                 struct failure *reterr);

#endif
