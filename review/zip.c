/* zip.c - archives read; see zip.h. The one file that knows libarchive: what comes in may be packed by
 * any program. */
#include "review/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

static const char *why_of(struct archive *archive)
{
    const char *why = archive_error_string(archive);
    return why != NULL ? why : "no reason given";
}

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
