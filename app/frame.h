/* app/frame.h - the messages between the sweep and its workers: length-prefixed frames.
 *
 *   4 bytes  length of what follows, big-endian
 *   1 byte   kind
 *   8 bytes  page id, set by the sweep, given back unchanged
 *   rest     payload
 *
 * Frames from a worker are outside bytes: the reader limits and checks everything. */
#ifndef LUREWATCH_FRAME_H
#define LUREWATCH_FRAME_H

#include "common/text.h"

#define FRAME_HEAD_BYTES        13u
#define FRAME_PAYLOAD_BYTES_MAX (64u << 20)

enum frame_kind {
    FRAME_HELLO = 'H', /* worker -> sweep: {"bank":…,"canary":"urgent"}: ready and locked in */
    FRAME_PAGE = 'P',  /* sweep -> worker: 4 bytes length of a JSON head, the head, the body */
    FRAME_REPLY = 'R', /* worker -> sweep: JSON */
    FRAME_ERROR = 'E'  /* worker -> sweep: why it cannot start, as text; then it ends */
};

struct frame {
    enum frame_kind kind;
    uint64_t id;
    struct slice payload; /* borrowed from the bytes given to frame_read() */
};

/* Appends a frame. Errors: ERR_LIMIT (payload too long, or the buffer's own limit), ERR_NOMEM. */
MUST_USE int frame_write(struct text_buf *out, enum frame_kind kind, uint64_t id,
                         struct slice payload);
/* Reads the frame at the start of bytes. *ret_used: its whole length, or 0 when more bytes are
 * needed. Errors: ERR_LIMIT (a length over FRAME_PAYLOAD_BYTES_MAX), ERR_SYNTAX (kind, length). */
MUST_USE int frame_read(struct slice bytes, struct frame *ret_frame, size_t *ret_used);

/* Splits the payload of a FRAME_PAGE. Errors: ERR_SYNTAX. */
MUST_USE int frame_split_page(struct slice payload, struct slice *ret_head, struct slice *ret_body);
/* Appends head and body as one payload. */
MUST_USE int frame_join_page(struct text_buf *out, struct slice head, struct slice body);

#endif
