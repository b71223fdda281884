/* WARC records: what is written is read back, and what is broken is told with its place. */
#include "common/warc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

struct bytes {
    struct slice left;
    size_t step; /* at most so many at a time */
};

static int from_bytes(void *ctx, void *at, size_t len, size_t *ret_len)
{
    struct bytes *bytes = ctx;
    size_t take = len < bytes->step ? len : bytes->step;
    take = take < bytes->left.len ? take : bytes->left.len;
    memcpy(at, bytes->left.at, take);
    bytes->left = slice_from(bytes->left, take);
    *ret_len = take;
    return OK;
}

static struct warc_record record_of(enum warc_type type, const char *id, const char *block)
{
    return (struct warc_record){.type = type,
                                .id = id,
                                .date_unix_ms = 1795512345000,
                                .target_uri = type == WARC_WARCINFO ? NULL : "http://a.example/",
                                .content_type = "text/plain",
                                .block = {slice_of(block), SLICE_EMPTY}};
}

#define ID_1 "urn:uuid:00000000-0000-4000-8000-000000000001"
#define ID_2 "urn:uuid:00000000-0000-4000-8000-000000000002"

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    char big[100000];
    for (size_t i = 0; i < sizeof big - 1; i++)
        big[i] = (char)('a' + (i * 7919) % 26);
    big[sizeof big - 1] = '\0';
    for (size_t step = 1; step <= 65536; step = step * 5 + 3) {
        struct text_buf file, block;
        struct warc_written first, second;
        text_buf_init(&file, 1u << 20);
        text_buf_init(&block, 1u << 20);
        struct warc_record one = record_of(WARC_RESPONSE, ID_1, "HTTP/1.1 200 OK\r\n\r\n");
        one.block[1] = slice_of(big);
        one.content_type = "application/http;msgtype=response";
        one.has_payload = true;
        one.ip = "192.0.2.1";
        struct warc_record two = record_of(WARC_METADATA, ID_2, "");
        two.concurrent_to = ID_1;
        assert_int_equal(warc_write(&file, &one, &first), OK);
        assert_int_equal(warc_write(&file, &two, &second), OK);
        assert_int_equal(first.bytes + second.bytes, file.len);
        assert_true(first.bytes < strlen(big));
        struct bytes bytes = {text_buf_slice(&file), step};
        struct warc_reader *reader = NULL;
        struct warc_entry entry;
        struct failure why = {0};
        assert_int_equal(warc_reader_create(from_bytes, &bytes, &reader), OK);
        assert_int_equal(warc_next(reader, &entry, &why), OK);
        assert_int_equal(entry.type, WARC_RESPONSE);
        assert_int_equal(entry.version, 11);
        assert_int_equal(entry.offset, 0);
        assert_true(slice_is(entry.id, ID_1));
        assert_true(slice_is(entry.target_uri, "http://a.example/"));
        assert_true(slice_is(entry.date, "2026-11-24T09:25:45Z"));
        assert_true(slice_starts(entry.payload_digest, "sha256:"));
        assert_int_equal(warc_read_all(reader, &block, &why), OK);
        assert_int_equal(block.len, 19 + strlen(big));
        assert_string_equal(block.at + 19, big);
        assert_int_equal(warc_next(reader, &entry, &why), OK);
        assert_int_equal(entry.offset, first.bytes);
        assert_int_equal(entry.block_bytes, 0);
        assert_string_equal(warc_warning(reader), "");
        assert_int_equal(warc_next(reader, &entry, &why), ERR_NOT_FOUND);
        assert_int_equal(warc_next(reader, &entry, &why), ERR_NOT_FOUND);
        warc_reader_free(reader);
        text_buf_release(&file);
        text_buf_release(&block);
    }
}

static void what_cannot_be_written_is_refused(void **state)
{
    (void)state;
    struct text_buf file;
    struct warc_written written;
    text_buf_init(&file, 1u << 20);
    struct warc_record record = record_of(WARC_RESOURCE, ID_1, "x");
    record.target_uri = "http://a.example/ b";
    assert_int_equal(warc_write(&file, &record, &written), ERR_SYNTAX);
    record.target_uri = "http://a.example/\r\nWARC-Type: warcinfo";
    assert_int_equal(warc_write(&file, &record, &written), ERR_SYNTAX);
    record = record_of(WARC_RESOURCE, NULL, "x");
    assert_int_equal(warc_write(&file, &record, &written), ERR_SYNTAX);
    record = record_of(WARC_OTHER, ID_1, "x");
    assert_int_equal(warc_write(&file, &record, &written), ERR_SYNTAX);
    record = record_of(WARC_RESOURCE, ID_1, "x");
    record.filename = "a\nb";
    assert_int_equal(warc_write(&file, &record, &written), ERR_SYNTAX);
    assert_int_equal(file.len, 0);
    text_buf_release(&file);
    text_buf_init(&file, 40);
    record.filename = NULL;
    assert_int_equal(warc_write(&file, &record, &written), ERR_LIMIT);
    assert_int_equal(file.len, 0);
    text_buf_release(&file);
}

static void ids_are_random_uuids(void **state)
{
    (void)state;
    char one[WARC_ID_BYTES], two[WARC_ID_BYTES];
    warc_make_id(one);
    warc_make_id(two);
    assert_int_equal(strlen(one), 45);
    assert_int_equal(one[23], '4');
    assert_non_null(strchr("89ab", one[28]));
    assert_string_not_equal(one, two);
}

/* ---- plain text records, well and broken ---- */

#define HEAD(type, more, length)                                                                   \
    "WARC/1.0\r\nWARC-Type: " type "\r\nWARC-Record-ID: <" ID_1 ">\r\n"                            \
    "WARC-Date: 2026-11-24T00:00:00Z\r\n" more "Content-Length: " length "\r\n\r\n"
#define GOOD HEAD("metadata", "Content-Type: text/plain\r\n", "3") "abc\r\n\r\n"

struct walk {
    unsigned good, bad;
    char why[8][FAILURE_TEXT_BYTES];
};

static struct walk walk_over(const char *text, size_t len)
{
    struct bytes bytes = {slice_make(text, len), 11};
    struct warc_reader *reader = NULL;
    struct warc_entry entry;
    struct walk walk = {0, 0, {""}};
    assert_int_equal(warc_reader_create(from_bytes, &bytes, &reader), OK);
    for (unsigned turns = 0; turns < 50; turns++) {
        struct failure why = {0};
        int rc = warc_next(reader, &entry, &why);
        if (rc == ERR_NOT_FOUND)
            break;
        if (rc == OK) {
            walk.good++;
            continue;
        }
        assert_int_equal(rc, ERR_SYNTAX);
        if (walk.bad < 8)
            memcpy(walk.why[walk.bad], why.text, sizeof why.text);
        walk.bad++;
    }
    warc_reader_free(reader);
    return walk;
}

static void bad_between_good(const char *bad, const char *expected)
{
    char text[8192];
    snprintf(text, sizeof text, "%s%s%s", GOOD, bad, GOOD);
    struct walk walk = walk_over(text, strlen(text));
    char place[64];
    snprintf(place, sizeof place, "byte %zu:", strlen(GOOD));
    unsigned good = strcmp(expected, "digest is wrong") == 0 ? 3 : 2; /* told behind its block */
    if (walk.good != good || walk.bad != 1 || strstr(walk.why[0], expected) == NULL ||
        strstr(walk.why[0], place) == NULL)
        fail_msg("%u good, %u bad: '%s', wanted '%s' at %s", walk.good, walk.bad, walk.why[0],
                 expected, place);
}

static void a_broken_record_is_named_and_the_rest_goes_on(void **state)
{
    (void)state;
    bad_between_good("garbage in between\r\nmore\r\n", "not a WARC record");
    bad_between_good("WARC/9.9\r\n\r\n", "version");
    bad_between_good("WARC/1.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n", "WARC-Type");
    bad_between_good(HEAD("response", "", "2") "xy\r\n\r\n", "WARC-Target-URI");
    bad_between_good(HEAD("metadata", "WARC-Date: 2026-11-24T00:00:00Z\r\n", "2") "xy\r\n\r\n",
                     "twice");
    bad_between_good(HEAD("metadata", "", "-2") "\r\n", "Content-Length");
    bad_between_good(HEAD("metadata", "no field\r\n", "2") "xy\r\n\r\n", "without a field name");
    bad_between_good(HEAD("metadata", "WARC-Block-Digest: sha1:XYZ\r\n", "2") "xy\r\n\r\n",
                     "no digest");
    bad_between_good(HEAD("metadata",
                          "WARC-Block-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n",
                          "2") "xy\r\n\r\n",
                     "digest is wrong");
    bad_between_good(
        HEAD("continuation", "WARC-Target-URI: http://a.example/\r\n", "2") "xy\r\n\r\n",
        "WARC-Segment-Number");
}

static void digests_of_others_are_checked(void **state)
{
    (void)state;
    static const char *const well[] = {
        "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5", /* of "abc" */
        "sha1:a9993e364706816aba3e25717850c26c9cd0d89d",
        "sha-256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "sha256:XJ4BNP4PAHH6UQKBIDPF3LRCEOYAGYNDSYLXVHFUCD7WD4QACWWQ====",
        "whirlpool:whatever",
    };
    for (size_t i = 0; i < sizeof well / sizeof well[0]; i++) {
        char text[1024];
        snprintf(text, sizeof text,
                 "WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <" ID_1 ">\r\n"
                 "WARC-Date: 2026-11-24T00:00:00.123Z\r\nWARC-Block-Digest: %s\r\n"
                 "Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n",
                 well[i]);
        struct walk walk = walk_over(text, strlen(text));
        if (walk.good != 1 || walk.bad != 0)
            fail_msg("%s: %s", well[i], walk.why[0]);
        strstr(text, "abc")[1] = 'x';
        walk = walk_over(text, strlen(text));
        assert_int_equal(walk.bad, i < 4 ? 1 : 0);
    }
}

static void folded_lines_and_other_spellings_are_read(void **state)
{
    (void)state;
    static const char text[] = "warc/1.0\nwarc-type: METADATA\nWARC-Record-ID:\n <" ID_1 ">\n"
                               "warc-date: 2026-11-24t00:00:00z\nX-Note: one\n\ttwo\n  three\n"
                               "content-length: 0\nWARC-Target-URI: <http://a.example/>\n\n\n\n";
    struct bytes bytes = {slice_of(text), 3};
    struct warc_reader *reader = NULL;
    struct warc_entry entry;
    struct failure why = {0};
    assert_int_equal(warc_reader_create(from_bytes, &bytes, &reader), OK);
    if (warc_next(reader, &entry, &why) != OK)
        fail_msg("%s", why.text);
    assert_int_equal(entry.type, WARC_METADATA);
    assert_true(slice_is(entry.id, ID_1));
    assert_true(slice_is(entry.target_uri, "http://a.example/"));
    bool found = false;
    for (size_t i = 0; i < entry.fields_count; i++)
        found = found || (slice_is(entry.fields[i].name, "X-Note") &&
                          slice_is(entry.fields[i].value, "one two three"));
    assert_true(found);
    assert_int_equal(warc_next(reader, &entry, &why), ERR_NOT_FOUND);
    warc_reader_free(reader);
}

static void every_cut_of_a_file_ends_well(void **state)
{
    (void)state;
    struct text_buf file;
    struct warc_written written;
    text_buf_init(&file, 1u << 20);
    struct warc_record record = record_of(WARC_METADATA, ID_1, "some text some text some text");
    assert_int_equal(warc_write(&file, &record, &written), OK);
    assert_int_equal(warc_write(&file, &record, &written), OK);
    for (size_t len = 0; len < file.len; len++) {
        struct walk walk = walk_over(file.at, len);
        assert_true(walk.good <= 2 && walk.bad <= 2);
        if (len < file.len / 2 && len > 3)
            assert_true(walk.bad >= 1);
    }
    for (size_t at = 0; at < file.len; at++) { /* and every flipped bit of the first record */
        file.at[at] = (char)(file.at[at] ^ 0x10);
        struct walk walk = walk_over(file.at, file.len);
        assert_true(walk.good <= 2);
        file.at[at] = (char)(file.at[at] ^ 0x10);
    }
    text_buf_release(&file);
}

static void an_empty_file_has_no_records(void **state)
{
    (void)state;
    struct walk walk = walk_over("", 0);
    assert_int_equal(walk.good + walk.bad, 0);
    walk = walk_over("\r\n\r\n\r\n", 6);
    assert_int_equal(walk.good + walk.bad, 0);
    char *header = malloc(WARC_HEADER_BYTES_MAX + 1000);
    memset(header, 'a', WARC_HEADER_BYTES_MAX + 1000);
    memcpy(header, "WARC/1.0\r\nX: ", 13);
    walk = walk_over(header, WARC_HEADER_BYTES_MAX + 1000);
    assert_int_equal(walk.good, 0);
    assert_true(walk.bad >= 1);
    assert_non_null(strstr(walk.why[0], "64 KiB"));
    free(header);
}

static void many_records_in_one_member_are_told_and_read(void **state)
{
    (void)state;
    static const char text[] = GOOD GOOD GOOD;
    unsigned char packed[4096];
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)text;
    z.avail_in = sizeof text - 1;
    z.next_out = packed;
    z.avail_out = sizeof packed;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t len = sizeof packed - z.avail_out;
    deflateEnd(&z);
    struct walk walk = walk_over((const char *)packed, len);
    assert_int_equal(walk.good, 3);
    assert_int_equal(walk.bad, 1);
    assert_non_null(strstr(walk.why[0], "member"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(what_cannot_be_written_is_refused),
        cmocka_unit_test(ids_are_random_uuids),
        cmocka_unit_test(a_broken_record_is_named_and_the_rest_goes_on),
        cmocka_unit_test(digests_of_others_are_checked),
        cmocka_unit_test(folded_lines_and_other_spellings_are_read),
        cmocka_unit_test(every_cut_of_a_file_ends_well),
        cmocka_unit_test(an_empty_file_has_no_records),
        cmocka_unit_test(many_records_in_one_member_are_told_and_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
