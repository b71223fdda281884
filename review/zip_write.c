/* zip_write.c - archives written, and held against what would be written; see zip.h.
 *
 *      local header, name, bytes    once a file
 *      central header, name         once a file
 *      end record
 *
 * (APPNOTE 6.3, sections 4.3.7, 4.3.12, 4.3.16.) Members are stored, not squeezed: what is large (WARC
 * members, images) is compressed already. No member of a header depends on a library, a time zone or a
 * machine, so the whole archive can be made again from its files and compared, byte for byte. */
#include "review/zip.h"

#include <string.h>
#include <time.h>
#include <zlib.h>

#define LOCAL_MARK   0x04034b50u
#define CENTRAL_MARK 0x02014b50u
#define END_MARK     0x06054b50u
#define VERSION      20u                 /* 2.0: folders in names */
#define MADE_BY      (3u << 8 | VERSION) /* Unix */
#define ATTRIBUTES   (0100640u << 16)    /* a plain file, rw-r----- */
#define MOMENT_AT    10u                 /* of time and date in a local header */

static void put16(struct text_buf *out, uint32_t value)
{
    const char bytes[2] = {(char)(value & 0xff), (char)(value >> 8 & 0xff)};
    text_buf_add(out, bytes, sizeof bytes);
}

static void put32(struct text_buf *out, uint32_t value)
{
    put16(out, value & 0xffff);
    put16(out, value >> 16);
}

/* Date and time as DOS had them, here in UTC: two seconds a step, from 1980 on. */
static uint32_t dos_moment(int64_t unix_ms)
{
    struct tm when;
    time_t at = (time_t)(unix_ms / 1000);
    if (gmtime_r(&at, &when) == NULL || when.tm_year < 80 || when.tm_year > 207)
        return 1u << 21 | 1u << 16;
    uint32_t day = (uint32_t)(when.tm_year - 80) << 9 | (uint32_t)(when.tm_mon + 1) << 5 |
                   (uint32_t)when.tm_mday;
    uint32_t second =
        (uint32_t)when.tm_hour << 11 | (uint32_t)when.tm_min << 5 | (uint32_t)when.tm_sec / 2;
    return day << 16 | second;
}

static uint32_t checksum(struct slice bytes)
{
    return (uint32_t)crc32_z(0, (const unsigned char *)bytes.at, bytes.len);
}

/* What both headers of a file share: from "version needed" to the lengths. */
static void put_common(struct text_buf *out, const struct packed_file *file, uint32_t crc,
                       uint32_t moment)
{
    put16(out, VERSION);
    put16(out, 0); /* no flags */
    put16(out, 0); /* stored */
    put32(out, moment);
    put32(out, crc);
    put32(out, (uint32_t)file->bytes.len);
    put32(out, (uint32_t)file->bytes.len);
    put16(out, (uint32_t)strlen(file->name));
    put16(out, 0); /* nothing extra */
}

static void put_central(struct text_buf *out, const struct packed_file *file, uint32_t moment,
                        uint32_t offset)
{
    put32(out, CENTRAL_MARK);
    put16(out, MADE_BY);
    put_common(out, file, checksum(file->bytes), moment);
    put16(out, 0); /* no comment */
    put16(out, 0); /* first disk */
    put16(out, 0); /* no text flag */
    put32(out, ATTRIBUTES);
    put32(out, offset);
    text_buf_add_str(out, file->name);
}

static void put_end(struct text_buf *out, size_t count, uint32_t length, uint32_t offset)
{
    put32(out, END_MARK);
    put16(out, 0);
    put16(out, 0);
    put16(out, (uint32_t)count);
    put16(out, (uint32_t)count);
    put32(out, length);
    put32(out, offset);
    put16(out, 0); /* no comment */
}

static int write_all(struct text_buf *out, const struct packed_file *files, size_t count,
                     uint32_t moment)
{
    uint32_t offsets[ZIP_FILES_MAX];
    size_t began = out->len;
    for (size_t i = 0; i < count; i++) {
        offsets[i] = (uint32_t)(out->len - began);
        put32(out, LOCAL_MARK);
        put_common(out, &files[i], checksum(files[i].bytes), moment);
        text_buf_add_str(out, files[i].name);
        text_buf_add_slice(out, files[i].bytes);
    }
    uint32_t central = (uint32_t)(out->len - began);
    for (size_t i = 0; i < count; i++)
        put_central(out, &files[i], moment, offsets[i]);
    put_end(out, count, (uint32_t)(out->len - began) - central, central);
    return text_buf_status(out);
}

static int check_size(const struct packed_file *files, size_t count, struct failure *reterr)
{
    uint64_t bytes = 0;
    if (count > ZIP_FILES_MAX)
        return failure_set(reterr, ERR_LIMIT, "more than %u files in one archive", ZIP_FILES_MAX);
    for (size_t i = 0; i < count; i++)
        bytes += files[i].bytes.len;
    return bytes <= ZIP_BYTES_MAX
               ? OK
               : failure_set(reterr, ERR_LIMIT, "the files are too large for one archive");
}

int zip_write(struct text_buf *out, const struct packed_file *files, size_t count, int64_t unix_ms,
              struct failure *reterr)
{
    int rc = check_size(files, count, reterr);
    if (rc != OK)
        return rc;
    rc = write_all(out, files, count, dos_moment(unix_ms));
    return rc == OK ? OK : failure_set(reterr, rc, "the archive is over its limit");
}

int zip_compare(struct slice archive, const struct packed_file *files, size_t count,
                size_t *ret_differs, struct failure *reterr)
{
    struct text_buf again;
    uint32_t moment = 0;
    size_t at = 0;
    int rc = check_size(files, count, reterr);
    if (rc != OK)
        return rc;
    for (size_t i = 4; i > 0 && archive.len >= MOMENT_AT + 4; i--)
        moment = moment << 8 | (unsigned char)archive.at[MOMENT_AT + i - 1];
    text_buf_init(&again, ZIP_BYTES_MAX + (1u << 20));
    rc = write_all(&again, files, count, moment);
    while (at < archive.len && at < again.len && archive.at[at] == again.at[at])
        at++;
    if (rc == OK)
        *ret_differs = at == archive.len && at == again.len ? SIZE_MAX : at;
    text_buf_release(&again);
    return rc == OK ? OK : failure_set(reterr, rc, "out of memory");
}
