/* dossier_check.c - a dossier proved by itself; see dossier_check.h. Everything read here is a
 * stranger's: limits hold, names do not lead anywhere, nothing is written. */
#include "review/dossier_check.h"
#include "common/file.h"
#include "common/json.h"
#include "common/warc.h"
#include "review/dossier_inside.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define ARENA_BYTES_MAX (1u << 30)
#define MANIFEST_DEPTH  16

struct checking {
    struct arena *arena;
    struct packed_file *files;
    size_t count;
    struct text_buf archive; /* empty: a folder */
    dossier_bad_fn *bad;
    void *ctx;
    struct dossier_checked seen;
};

static void tell(struct checking *checking, const char *format, ...) PRINTF_LIKE(2, 3);
static void tell(struct checking *checking, const char *format, ...)
{
    struct failure why;
    va_list args;
    va_start(args, format);
    failure_set_v(&why, ERR_SYNTAX, format, args);
    va_end(args);
    checking->seen.bad++;
    checking->bad(checking->ctx, why.text);
}

static const struct packed_file *file_named(const struct checking *checking, struct slice name)
{
    for (size_t i = 0; i < checking->count; i++)
        if (slice_is(name, checking->files[i].name))
            return &checking->files[i];
    return NULL;
}

static bool digest_is(struct slice bytes, struct slice hex)
{
    char at[DIGEST_HEX_BYTES];
    struct digest digest = digest_of(bytes);
    return slice_is(hex, digest_hex(&digest, at));
}

/* ---- reading ---- */

/* Dates and places of the archive itself stand in no sum: it is made again and compared. What its files
 * are found to be says more, so this is told only where they are sound. */
static int check_frame(struct checking *checking, struct failure *reterr)
{
    size_t differs = SIZE_MAX;
    if (checking->archive.len == 0 || checking->seen.bad > 0)
        return OK;
    int rc = zip_compare(text_buf_slice(&checking->archive), checking->files, checking->count,
                         &differs, reterr);
    if (rc == OK && differs != SIZE_MAX)
        tell(checking,
             "byte %zu of the zip is not as lurewatch packs it: it was damaged, or packed anew by "
             "another program; then unpack it and verify the folder",
             differs);
    return rc;
}

static int read_zip(struct checking *checking, const char *path, struct failure *reterr)
{
    struct text_buf bytes;
    text_buf_init(&bytes, ZIP_BYTES_MAX);
    int rc = file_read(path, &bytes, reterr);
    if (rc == OK)
        rc = zip_read(checking->arena, text_buf_slice(&bytes), &checking->files, &checking->count,
                      reterr);
    if (rc == OK)
        checking->archive = bytes;
    else
        text_buf_release(&bytes);
    return rc == OK ? OK : failure_prefix(reterr, "%s", path);
}

static int read_one(struct checking *checking, const char *path, const char *name,
                    struct failure *reterr)
{
    struct text_buf bytes;
    text_buf_init(&bytes, ZIP_BYTES_MAX);
    int rc = file_read(path, &bytes, reterr);
    struct packed_file *file = &checking->files[checking->count];
    file->name = arena_copy(checking->arena, name, strlen(name));
    const char *copy = arena_copy(checking->arena, text_buf_cstr(&bytes), bytes.len);
    if (rc == OK && (copy == NULL || file->name == NULL))
        rc = failure_set(reterr, ERR_LIMIT, "%s: too large", path);
    if (rc == OK) {
        file->bytes = slice_make(copy, bytes.len);
        checking->count++;
    }
    text_buf_release(&bytes);
    return rc;
}

/* The folder and its evidence/. */
static int read_folder(struct checking *checking, const char *path, const char *below,
                       struct failure *reterr)
{
    char folder[4096], file[4400], name[512];
    const char *const *names = NULL;
    size_t count = 0;
    struct stat what;
    snprintf(folder, sizeof folder, "%s%s%s", path, below[0] != '\0' ? "/" : "", below);
    int rc = dir_list(checking->arena, folder, &names, &count, reterr);
    for (size_t i = 0; rc == OK && i < count; i++) {
        snprintf(file, sizeof file, "%s/%.250s", folder, names[i]);
        snprintf(name, sizeof name, "%s%s%.250s", below, below[0] != '\0' ? "/" : "", names[i]);
        if (stat(file, &what) != 0)
            continue;
        if (checking->count == ZIP_FILES_MAX)
            rc = failure_set(reterr, ERR_LIMIT, "%s: too many files for a dossier", path);
        else if (S_ISREG(what.st_mode))
            rc = read_one(checking, file, name, reterr);
        else if (S_ISDIR(what.st_mode) && below[0] == '\0' && strcmp(names[i], "evidence") == 0)
            rc = read_folder(checking, path, "evidence", reterr);
    }
    return rc;
}

/* ---- digests of files ---- */

static void check_sums(struct checking *checking, struct slice sums)
{
    struct slice line;
    bool listed[ZIP_FILES_MAX] = {false};
    while (slice_next_line(&sums, &line)) {
        if (line.len < 67 || line.at[64] != ' ')
            continue;
        struct slice name = slice_from(line, 66);
        const struct packed_file *file = file_named(checking, name);
        if (file == NULL) {
            tell(checking, "%.*s: missing", (int)name.len, name.at);
            continue;
        }
        checking->seen.files++;
        listed[file - checking->files] = true;
        if (!digest_is(file->bytes, slice_sub(line, 0, 64)))
            tell(checking, "%s: not the file that was packed (SHA-256)", file->name);
    }
    for (size_t i = 0; i < checking->count; i++)
        if (!listed[i] && strcmp(checking->files[i].name, DOSSIER_SUMS) != 0)
            tell(checking, "%s: not part of the dossier", checking->files[i].name);
}

/* ---- records ---- */

/* The record in its member: readable, of that id, with that block. */
static void check_member(struct checking *checking, const struct json *row, struct slice member)
{
    struct slice left = member;
    struct warc_reader *reader = NULL;
    struct warc_entry entry;
    struct failure why = {.code = OK};
    struct text_buf block;
    struct slice id = json_get_string(row, "id");
    text_buf_init(&block, WARC_BLOCK_BYTES_MAX);
    int rc = warc_reader_create(warc_from_slice, &left, &reader);
    if (rc == OK)
        rc = warc_next(reader, &entry, &why);
    if (rc == OK && !slice_equal(entry.id, id))
        tell(checking, "%.*s: another record lies in its place", (int)id.len, id.at);
    if (rc == OK)
        rc = warc_read_all(reader, &block, &why);
    if (rc != OK)
        tell(checking, "%.*s: cannot be read: %s", (int)id.len, id.at, why.text);
    else if (!digest_is(text_buf_slice(&block), json_get_string(row, "block")))
        tell(checking, "%.*s: its block is not what was captured", (int)id.len, id.at);
    warc_reader_free(reader);
    text_buf_release(&block);
}

static void check_records(struct checking *checking, const struct json *records,
                          struct slice excerpt)
{
    struct digest chain = {{0}};
    char hex[DIGEST_HEX_BYTES];
    uint64_t next = 0;
    for (size_t i = 0; i < json_count(records); i++) {
        const struct json *row = json_at(records, i);
        struct slice id = json_get_string(row, "id");
        int64_t offset = json_int(json_get(row, "offset"), -1);
        int64_t length = json_int(json_get(row, "length"), -1);
        if (offset < 0 || length <= 0 || (uint64_t)offset != next ||
            (uint64_t)length > excerpt.len - next) {
            tell(checking, "%.*s: the manifest places it where no record can be", (int)id.len,
                 id.at);
            return;
        }
        struct slice member = slice_sub(excerpt, (size_t)offset, (size_t)length);
        struct digest digest = digest_of(member);
        chain = dossier_chain(&chain, &digest);
        next += (uint64_t)length;
        checking->seen.records++;
        if (!digest_is(member, json_get_string(row, "member")))
            tell(checking, "%.*s: not the bytes that were kept", (int)id.len, id.at);
        else
            check_member(checking, row, member);
        if (!slice_is(json_get_string(row, "chain"), digest_hex(&chain, hex)))
            tell(checking, "%.*s: the chain breaks here", (int)id.len, id.at);
    }
    if (next != excerpt.len)
        tell(checking, DOSSIER_EXCERPT ": holds bytes that no record of the manifest names");
}

/* ---- the time stamp ---- */

/* Are the copied members (all but the excerpt's own warcinfo) among the stamped ones, in order? */
static bool stamp_covers(const struct json *records, struct slice list)
{
    size_t wanted = 1, count = json_count(records);
    struct slice line;
    while (wanted < count && slice_next_line(&list, &line))
        if (slice_equal(line, json_get_string(json_at(records, wanted), "member")))
            wanted++;
    return wanted == count;
}

static bool hex_digest(struct slice hex, struct digest *ret_digest)
{
    if (hex.len != 2 * DIGEST_BYTES)
        return false;
    for (size_t i = 0; i < hex.len; i++) {
        int nibble = hex_value(hex.at[i]);
        if (nibble < 0)
            return false;
        uint8_t *byte = &ret_digest->bytes[i / 2];
        unsigned whole = i % 2 == 0 ? (unsigned)nibble << 4 : (unsigned)*byte | (unsigned)nibble;
        *byte = (uint8_t)whole;
    }
    return true;
}

static void check_stamp(struct checking *checking, const struct json *records)
{
    const struct packed_file *stamp = file_named(checking, SLICE(DOSSIER_STAMP));
    const struct packed_file *list = file_named(checking, SLICE(DOSSIER_STAMPED));
    struct digest chain = {{0}}, member;
    struct slice line;
    if (stamp == NULL && list == NULL)
        return;
    if (stamp == NULL || list == NULL) {
        tell(checking, "the time stamp is not whole: " DOSSIER_STAMP " and " DOSSIER_STAMPED
                       " belong together");
        return;
    }
    for (struct slice rest = list->bytes; slice_next_line(&rest, &line);) {
        if (!hex_digest(line, &member)) {
            tell(checking, DOSSIER_STAMPED ": a line is no digest");
            return;
        }
        chain = dossier_chain(&chain, &member);
    }
    digest_hex(&chain, checking->seen.stamped);
    if (slice_find(stamp->bytes, slice_make((const char *)chain.bytes, sizeof chain.bytes)) ==
        SIZE_MAX)
        tell(checking, DOSSIER_STAMP ": stamps another hash than the chain of " DOSSIER_STAMPED);
    if (!stamp_covers(records, list->bytes))
        tell(checking, DOSSIER_STAMPED ": does not hold the records of the excerpt");
}

static int check_all(struct checking *checking, const char *path, struct failure *reterr)
{
    const struct packed_file *sums = file_named(checking, SLICE(DOSSIER_SUMS));
    const struct packed_file *manifest = file_named(checking, SLICE(DOSSIER_MANIFEST));
    const struct packed_file *excerpt = file_named(checking, SLICE(DOSSIER_EXCERPT));
    struct json_doc *doc = NULL;
    if (sums == NULL || manifest == NULL || excerpt == NULL)
        return failure_set(reterr, ERR_SYNTAX,
                           "%s: no dossier: " DOSSIER_SUMS ", " DOSSIER_MANIFEST
                           " and " DOSSIER_EXCERPT " are expected in it",
                           path);
    check_sums(checking, sums->bytes);
    int rc = json_parse(manifest->bytes, true, MANIFEST_DEPTH, &doc, reterr);
    if (rc != OK)
        return failure_prefix(reterr, "%s: " DOSSIER_MANIFEST, path);
    const struct json *root = json_root(doc);
    if (!slice_is(json_get_string(root, "format"), DOSSIER_FORMAT))
        rc = failure_set(reterr, ERR_SYNTAX, "%s: a dossier of another kind", path);
    else {
        check_records(checking, json_get(root, "records"), excerpt->bytes);
        check_stamp(checking, json_get(root, "records"));
    }
    json_free(doc);
    return rc;
}

int dossier_check(const char *path, dossier_bad_fn *bad, void *ctx,
                  struct dossier_checked *ret_checked, struct failure *reterr)
{
    struct checking checking = {.bad = bad, .ctx = ctx};
    struct stat what;
    text_buf_init(&checking.archive, ZIP_BYTES_MAX);
    if (stat(path, &what) != 0)
        return failure_set(reterr, ERR_NOT_FOUND, "%s: there is no such file or folder", path);
    int rc = arena_create(ARENA_BYTES_MAX, &checking.arena);
    if (rc != OK)
        return failure_set(reterr, rc, "out of memory");
    if (S_ISDIR(what.st_mode)) {
        checking.files = arena_calloc(checking.arena, ZIP_FILES_MAX, sizeof *checking.files);
        rc = checking.files != NULL ? read_folder(&checking, path, "", reterr)
                                    : failure_set(reterr, ERR_NOMEM, "out of memory");
    } else {
        rc = read_zip(&checking, path, reterr);
    }
    if (rc == OK)
        rc = check_all(&checking, path, reterr);
    if (rc == OK)
        rc = check_frame(&checking, reterr);
    text_buf_release(&checking.archive);
    arena_free(checking.arena);
    if (rc == OK)
        *ret_checked = checking.seen;
    return rc;
}
