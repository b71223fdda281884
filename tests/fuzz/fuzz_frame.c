/* fuzz_frame.c - any bytes as frames from a worker: read one after the other, each written again to
 * the bytes it came from. */
#include "app/frame.h"
#include "tests/fuzz/fuzz.h"

static void check_page(struct slice payload)
{
    struct slice head, body;
    struct text_buf joined;
    if (frame_split_page(payload, &head, &body) != OK)
        return;
    PROMISE(fuzz_inside(head, payload) && fuzz_inside(body, payload));
    PROMISE(head.len + body.len + 4 == payload.len);
    text_buf_init(&joined, FRAME_PAYLOAD_BYTES_MAX);
    PROMISE(frame_join_page(&joined, head, body) == OK);
    PROMISE(slice_equal(text_buf_slice(&joined), payload));
    text_buf_release(&joined);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = fuzz_slice(data, size);
    check_page(rest);
    while (rest.len > 0) {
        struct frame frame;
        struct text_buf again;
        size_t used = 0;
        if (frame_read(rest, &frame, &used) != OK || used == 0)
            break;
        PROMISE(used <= rest.len && used == FRAME_HEAD_BYTES + frame.payload.len);
        PROMISE(fuzz_inside(frame.payload, rest));
        text_buf_init(&again, used);
        PROMISE(frame_write(&again, frame.kind, frame.id, frame.payload) == OK);
        PROMISE(slice_equal(text_buf_slice(&again), slice_sub(rest, 0, used)));
        text_buf_release(&again);
        check_page(frame.payload);
        rest = slice_from(rest, used);
    }
    return 0;
}
