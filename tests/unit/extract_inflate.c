/* Content codings: what servers send, what they send wrongly, and bombs. */
#include "crawler/extract/inflate.h"
#include "tests/unit/extract_fixture.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#define LIMIT (1u << 20)

static const char text[] =
    "Customer service wanted, ticket and visa paid. Customer service wanted.";

/* text by zlib in the form that window_bits means. */
static struct slice packed(struct arena *arena, struct slice what, int window_bits)
{
    z_stream stream = {0};
    size_t room = what.len + 1024;
    char *out = arena_alloc(arena, room);
    assert_non_null(out);
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    stream.next_in = (z_const Bytef *)(uintptr_t)what.at;
    stream.avail_in = (uInt)what.len;
    stream.next_out = (Bytef *)out;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return slice_make(out, room - stream.avail_out);
}

static struct slice joined(struct arena *arena, struct slice a, struct slice b)
{
    char *out = arena_alloc(arena, a.len + b.len);
    memcpy(out, a.at, a.len);
    memcpy(out + a.len, b.at, b.len);
    return slice_make(out, a.len + b.len);
}

static void assert_unpacks(struct arena *arena, struct slice body, const char *coding,
                           const char *wanted)
{
    struct slice got = SLICE_EMPTY;
    struct failure why = {0};
    if (inflate_body(arena, body, coding, LIMIT, &got, &why) != OK)
        fail_msg("%s: %s", coding, why.text);
    assert_slice(got, wanted);
}

static void each_coding_is_undone(void **state)
{
    struct slice plain = slice_of(text);
    assert_unpacks(*state, plain, "", text);
    assert_unpacks(*state, plain, "identity", text);
    assert_unpacks(*state, packed(*state, plain, MAX_WBITS + 16), "gzip", text);
    assert_unpacks(*state, packed(*state, plain, MAX_WBITS + 16), " X-GZIP ", text);
    assert_unpacks(*state, packed(*state, plain, MAX_WBITS), "deflate", text);
    assert_unpacks(*state, packed(*state, plain, -MAX_WBITS), "deflate", text);
}

static void br_and_zstd(void **state)
{
    char frame[256];
    size_t len = ZSTD_compress(frame, sizeof frame, text, sizeof text - 1, 3);
    struct slice one = slice_make(frame, len);
    assert_unpacks(*state, one, "zstd", text);
    assert_unpacks(*state, joined(*state, one, one), "zstd",
                   "Customer service wanted, ticket and visa paid. Customer service wanted."
                   "Customer service wanted, ticket and visa paid. Customer service wanted.");
    assert_unpacks(*state, slice_make("\x0b\x02\x80hello\x03", 9), "br", "hello");
}

static void several_codings_in_a_row(void **state)
{
    struct slice inner = packed(*state, slice_of(text), MAX_WBITS);
    assert_unpacks(*state, packed(*state, inner, MAX_WBITS + 16), "deflate, gzip", text);
}

static void several_gzip_members_are_one_body(void **state)
{
    struct slice a = packed(*state, SLICE("one "), MAX_WBITS + 16);
    struct slice b = packed(*state, SLICE("two"), MAX_WBITS + 16);
    assert_unpacks(*state, joined(*state, a, b), "gzip", "one two");
    assert_unpacks(*state, joined(*state, joined(*state, a, b), SLICE("trailing junk")), "gzip",
                   "one two");
}

static void gzip_without_its_header_and_header_without_gzip(void **state)
{
    struct slice body = packed(*state, slice_of(text), MAX_WBITS + 16);
    assert_unpacks(*state, body, "", text);
    assert_unpacks(*state, slice_of(text), "gzip", text);
    assert_unpacks(*state, body, "deflate", text);
    assert_unpacks(*state, SLICE_EMPTY, "gzip", "");
    assert_unpacks(*state, SLICE_EMPTY, "deflate", "");
}

/* Text that does not shrink, so that a cut comes late in it. */
static struct slice noise(struct arena *arena, size_t len)
{
    char *out = arena_alloc(arena, len);
    uint32_t seed = 7;
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525u + 1013904223u;
        out[i] = (char)('a' + (seed >> 24) % 26);
    }
    return slice_make(out, len);
}

static void a_body_cut_short_gives_what_came(void **state)
{
    struct slice plain = noise(*state, 20000), got = SLICE_EMPTY;
    struct slice body = packed(*state, plain, MAX_WBITS + 16);
    assert_int_equal(
        inflate_body(*state, slice_sub(body, 0, body.len / 2), "gzip", LIMIT, &got, NULL), OK);
    assert_true(got.len > 5000);
    assert_memory_equal(got.at, plain.at, got.len);
    /* checksum spoilt: all of it */
    char *spoilt = arena_copy(*state, body.at, body.len);
    spoilt[body.len - 6] ^= 1;
    assert_int_equal(inflate_body(*state, slice_make(spoilt, body.len), "gzip", LIMIT, &got, NULL),
                     OK);
    assert_int_equal(got.len, plain.len);
}

static void what_is_broken_is_said(void **state)
{
    struct slice got = SLICE("untouched");
    struct failure why = {0};
    struct slice body = packed(*state, noise(*state, 20000), MAX_WBITS + 16);
    char *broken = arena_copy(*state, body.at, body.len);
    broken[10] = '\x07'; /* a block of a kind that does not exist */
    assert_int_equal(inflate_body(*state, slice_make(broken, body.len), "gzip", LIMIT, &got, &why),
                     ERR_SYNTAX);
    assert_non_null(strstr(why.text, "gzip data is broken"));
    assert_int_equal(inflate_body(*state, slice_sub(body, 0, 12), "gzip", LIMIT, &got, &why),
                     ERR_SYNTAX);
    assert_non_null(strstr(why.text, "cut short"));
    assert_int_equal(inflate_body(*state, SLICE("no brotli \xff\xff"), "br", LIMIT, &got, &why),
                     ERR_SYNTAX);
    assert_int_equal(inflate_body(*state, SLICE("no zstd"), "zstd", LIMIT, &got, &why), ERR_SYNTAX);
    assert_slice(got, "untouched");
}

static void an_unknown_coding_is_named(void **state)
{
    struct slice got = SLICE_EMPTY;
    struct failure why = {0};
    assert_int_equal(inflate_body(*state, SLICE("x"), "gzip, sdch", LIMIT, &got, &why),
                     ERR_UNSUPPORTED);
    assert_non_null(strstr(why.text, "\"sdch\""));
    assert_int_equal(
        inflate_body(*state, SLICE("x"), "gzip,gzip,gzip,gzip,gzip", LIMIT, &got, &why), ERR_LIMIT);
}

static void a_bomb_stops_at_the_limit(void **state)
{
    size_t len = 4 * LIMIT;
    char *zeros = calloc(1, len), frame[4096];
    struct slice got = SLICE_EMPTY, bomb = SLICE_EMPTY;
    struct failure why = {0};
    bomb = packed(*state, slice_make(zeros, len), MAX_WBITS + 16);
    size_t zstd = ZSTD_compress(frame, sizeof frame, zeros, len, 3);
    free(zeros);
    assert_int_equal(inflate_body(*state, bomb, "gzip", LIMIT, &got, &why), ERR_LIMIT);
    assert_non_null(strstr(why.text, "larger than 1048576 bytes"));
    assert_int_equal(inflate_body(*state, bomb, "", LIMIT, &got, &why), ERR_LIMIT);
    assert_int_equal(inflate_body(*state, slice_make(frame, zstd), "zstd", LIMIT, &got, &why),
                     ERR_LIMIT);
    assert_int_equal(inflate_body(*state, bomb, "gzip", 4 * LIMIT, &got, &why), OK);
    assert_int_equal(got.len, len);
    assert_int_equal(inflate_body(*state, slice_of(text), "", 10, &got, &why), ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {WITH_ARENA(each_coding_is_undone),
                                       WITH_ARENA(br_and_zstd),
                                       WITH_ARENA(several_codings_in_a_row),
                                       WITH_ARENA(several_gzip_members_are_one_body),
                                       WITH_ARENA(gzip_without_its_header_and_header_without_gzip),
                                       WITH_ARENA(a_body_cut_short_gives_what_came),
                                       WITH_ARENA(what_is_broken_is_said),
                                       WITH_ARENA(an_unknown_coding_is_named),
                                       WITH_ARENA(a_bomb_stops_at_the_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
