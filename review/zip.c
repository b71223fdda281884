/* zip.c - the one file that knows libarchive; see zip.h. Members are stored, not squeezed: what is
 * large (WARC members, images) is compressed already, and stored bytes do not depend on a version of
 * zlib. */
#include "review/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>

static const char *why_of(struct archive *archive)
{
    const char *why = archive_error_string(archive);
    return why != NULL ? why : "no reason given";
}

/* ---- writing ---- */

static la_ssize_t take_bytes(struct archive *archive, void *ctx, const void *bytes, size_t len)
{
    struct text_buf *out = ctx;
    if (text_buf_add(out, bytes, len) == OK)
        return (la_ssize_t)len;
    archive_set_error(archive, ENOMEM, "the archive is over its limit");
    return -1;
}

static int write_file(struct archive *archive, const struct packed_file *file, int64_t unix_ms,
                      struct failure *reterr)
{
    struct archive_entry *entry = archive_entry_new();
    if (entry == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    archive_entry_set_pathname(entry, file->name);
    archive_entry_set_size(entry, (la_int64_t)file->bytes.len);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0640);
    archive_entry_set_mtime(entry, (time_t)(unix_ms / 1000), 0);
    int rc = archive_write_header(archive, entry) == ARCHIVE_OK ? OK : ERR_IO;
    if (rc == OK && file->bytes.len > 0 &&
        archive_write_data(archive, file->bytes.at, file->bytes.len) != (la_ssize_t)file->bytes.len)
        rc = ERR_IO;
    if (rc != OK)
        failure_set(reterr, rc, "%s: cannot be packed: %s", file->name, why_of(archive));
    archive_entry_free(entry);
    return rc;
}

int zip_write(struct text_buf *out, const struct packed_file *files, size_t count, int64_t unix_ms,
              struct failure *reterr)
{
    if (count > ZIP_FILES_MAX)
        return failure_set(reterr, ERR_LIMIT, "more than %u files in one archive", ZIP_FILES_MAX);
    struct archive *archive = archive_write_new();
    int rc = archive != NULL ? OK : failure_set(reterr, ERR_NOMEM, "out of memory");
    if (rc == OK && (archive_write_set_format_zip(archive) != ARCHIVE_OK ||
                     archive_write_zip_set_compression_store(archive) != ARCHIVE_OK ||
                     archive_write_set_bytes_in_last_block(archive, 1) != ARCHIVE_OK ||
                     archive_write_open(archive, out, NULL, take_bytes, NULL) != ARCHIVE_OK))
        rc = failure_set(reterr, ERR_IO, "cannot begin an archive: %s", why_of(archive));
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = write_file(archive, &files[i], unix_ms, reterr);
    if (rc == OK && archive_write_close(archive) != ARCHIVE_OK)
        rc = failure_set(reterr, ERR_IO, "cannot end the archive: %s", why_of(archive));
    if (archive != NULL)
        archive_write_free(archive);
    return rc == OK ? text_buf_status(out) : rc;
}

/* ---- reading ---- */

static bool name_is_safe(const char *name)
{
    if (name == NULL || name[0] == '\0' || name[0] == '/' || strlen(name) > 200)
        return false;
    for (const char *at = name; *at != '\0'; at++)
        if ((unsigned char)*at <= ' ' || (unsigned char)*at > 126 || *at == '\\' || *at == ':')
            return false;
    return strstr(name, "..") == NULL;
}

static int read_bytes(struct archive *archive, struct arena *arena, struct packed_file *file,
                      struct failure *reterr)
{
    struct text_buf bytes;
    char part[16384];
    la_ssize_t got;
    int rc = OK;
    text_buf_init(&bytes, ZIP_BYTES_MAX);
    while ((got = archive_read_data(archive, part, sizeof part)) > 0)
        if (text_buf_add(&bytes, part, (size_t)got) != OK)
            break;
    if (got < 0)
        rc = failure_set(reterr, ERR_SYNTAX, "%s: %s", file->name, why_of(archive));
    else if (text_buf_status(&bytes) != OK)
        rc = failure_set(reterr, ERR_LIMIT, "%s: too large", file->name);
    const char *copy = rc == OK ? arena_copy(arena, text_buf_cstr(&bytes), bytes.len) : NULL;
    if (rc == OK && copy == NULL)
        rc = failure_set(reterr, ERR_LIMIT, "%s: the archive is too large", file->name);
    if (rc == OK)
        file->bytes = slice_make(copy, bytes.len);
    text_buf_release(&bytes);
    return rc;
}

static int read_entry(struct archive_entry *entry, struct arena *arena, struct packed_file *files,
                      size_t *count)
{
    const char *name = archive_entry_pathname(entry);
    if (archive_entry_filetype(entry) == AE_IFDIR)
        return OK;
    if (*count == ZIP_FILES_MAX)
        return ERR_LIMIT;
    if (!name_is_safe(name) || archive_entry_filetype(entry) != AE_IFREG)
        return ERR_SYNTAX;
    for (size_t i = 0; i < *count; i++)
        if (strcmp(files[i].name, name) == 0)
            return ERR_SYNTAX;
    files[*count].name = arena_copy(arena, name, strlen(name));
    if (files[*count].name == NULL)
        return ERR_NOMEM;
    (*count)++;
    return OK;
}

static int read_all(struct archive *archive, struct arena *arena, struct packed_file *files,
                    size_t *ret_count, struct failure *reterr)
{
    struct archive_entry *entry = NULL;
    int rc = OK, got = ARCHIVE_OK;
    size_t count = 0;
    while (rc == OK && (got = archive_read_next_header(archive, &entry)) == ARCHIVE_OK) {
        size_t before = count;
        rc = read_entry(entry, arena, files, &count);
        if (rc != OK)
            failure_set(reterr, rc, "the archive holds a file it should not, number %zu",
                        before + 1);
        else if (count > before)
            rc = read_bytes(archive, arena, &files[before], reterr);
    }
    if (rc == OK && got != ARCHIVE_EOF)
        rc = failure_set(reterr, ERR_SYNTAX, "no zip that can be read: %s", why_of(archive));
    *ret_count = count;
    return rc;
}

int zip_read(struct arena *arena, struct slice bytes, struct packed_file **ret_files,
             size_t *ret_count, struct failure *reterr)
{
    size_t count = 0;
    struct packed_file *files = arena_calloc(arena, ZIP_FILES_MAX, sizeof *files);
    struct archive *archive = archive_read_new();
    int rc =
        files != NULL && archive != NULL ? OK : failure_set(reterr, ERR_NOMEM, "out of memory");
    if (rc == OK && (archive_read_support_format_zip(archive) != ARCHIVE_OK ||
                     archive_read_open_memory(archive, bytes.at, bytes.len) != ARCHIVE_OK))
        rc = failure_set(reterr, ERR_SYNTAX, "no zip that can be read: %s", why_of(archive));
    if (rc == OK)
        rc = read_all(archive, arena, files, &count, reterr);
    if (archive != NULL)
        archive_read_free(archive);
    if (rc == OK) {
        *ret_files = files;
        *ret_count = count;
    }
    return rc;
}
