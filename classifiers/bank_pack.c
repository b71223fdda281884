/* bank_pack.c - patterns/ as bytes; see bank_pack.h for the form. */
#include "classifiers/bank_pack.h"

#include "common/arena.h"
#include "common/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILES_MAX        20000u
#define FOLDER_DEPTH_MAX 4

struct bank_pack {
    struct text_buf bytes;
    struct bank_file *files;
    size_t files_count;
    char *origin;
};

static void number_put(struct text_buf *out, uint64_t value)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        text_buf_add_char(out, (char)(value >> shift & 0xFF));
}

/* Translations of what the bank says and the addresses of its sources change no verdict: they stay
 * out of its digest. */
static bool changes_verdicts(const char *above, const char *name)
{
    return above[0] != '\0' ||
           (strcmp(name, BANK_PACK_WORDS_FOLDER) != 0 && strcmp(name, BANK_PACK_SOURCES_FILE) != 0);
}

static bool name_belongs(const char *name)
{
    struct slice text = slice_of(name);
    return slice_ends(text, ".yml") || slice_ends(text, ".txt");
}

struct reading {
    struct arena *arena;
    struct bank_pack *pack;
    const char *dir;
    struct failure *reterr;
};

static int file_add(struct reading *reading, const char *full, const char *relative)
{
    struct text_buf text;
    text_buf_init(&text, BANK_PACK_BYTES_MAX);
    int rc = file_read(full, &text, reading->reterr);
    if (rc == OK) {
        struct text_buf *out = &reading->pack->bytes;
        text_buf_add(out, relative, strlen(relative) + 1);
        number_put(out, text.len);
        rc = text_buf_add_slice(out, text_buf_slice(&text));
        if (rc != OK)
            failure_set(reading->reterr, rc, "%s: the bank is longer than %u bytes", reading->dir,
                        BANK_PACK_BYTES_MAX);
    }
    text_buf_release(&text);
    return rc;
}

static int folder_add(struct reading *reading, const char *relative, int depth)
{
    const char *const *names = NULL;
    size_t count = 0;
    const char *slash = relative[0] == '\0' ? "" : "/";
    const char *full = arena_printf(reading->arena, "%s%s%s", reading->dir, slash, relative);
    if (full == NULL)
        return failure_set(reading->reterr, ERR_NOMEM, "out of memory");
    int rc = dir_list(reading->arena, full, &names, &count, reading->reterr);
    for (size_t i = 0; rc == OK && i < count; i++) {
        struct stat about;
        const char *path = arena_printf(reading->arena, "%s/%s", full, names[i]);
        const char *inside = arena_printf(reading->arena, "%s%s%s", relative, slash, names[i]);
        if (path == NULL || inside == NULL)
            return failure_set(reading->reterr, ERR_NOMEM, "out of memory");
        if (stat(path, &about) != 0 || !changes_verdicts(relative, names[i]))
            continue;
        if (S_ISDIR(about.st_mode) && depth < FOLDER_DEPTH_MAX)
            rc = folder_add(reading, inside, depth + 1);
        else if (S_ISREG(about.st_mode) && name_belongs(names[i]))
            rc = file_add(reading, path, inside);
    }
    return rc;
}

static bool number_get(struct slice bytes, uint64_t *ret_value)
{
    *ret_value = 0;
    for (size_t i = 0; i < 8 && i < bytes.len; i++)
        *ret_value = *ret_value << 8 | (unsigned char)bytes.at[i];
    return bytes.len >= 8;
}

/* Finds the files inside pack->bytes. */
static int pack_index(struct bank_pack *pack, struct failure *reterr)
{
    struct slice rest = text_buf_slice(&pack->bytes);
    size_t room = 0;
    while (rest.len > 0) {
        uint64_t len = 0;
        size_t end = slice_find_char(rest, '\0');
        if (end == SIZE_MAX || end == 0 || !number_get(slice_from(rest, end + 1), &len) ||
            len > rest.len - end - 9)
            return failure_set(reterr, ERR_SYNTAX, "the packed bank is damaged");
        if (pack->files_count == FILES_MAX)
            return failure_set(reterr, ERR_LIMIT, "the bank has over %u files", FILES_MAX);
        if (pack->files_count == room) {
            room = room == 0 ? 256 : room * 2;
            struct bank_file *more = realloc(pack->files, room * sizeof *more);
            if (more == NULL)
                return failure_set(reterr, ERR_NOMEM, "out of memory");
            pack->files = more;
        }
        pack->files[pack->files_count++] =
            (struct bank_file){slice_sub(rest, 0, end), slice_sub(rest, end + 9, (size_t)len)};
        rest = slice_from(rest, end + 9 + (size_t)len);
    }
    return OK;
}

static struct bank_pack *pack_new(const char *origin)
{
    struct bank_pack *pack = calloc(1, sizeof *pack);
    if (pack == NULL)
        return NULL;
    text_buf_init(&pack->bytes, BANK_PACK_BYTES_MAX);
    pack->origin = strdup(origin);
    if (pack->origin == NULL) {
        free(pack);
        return NULL;
    }
    return pack;
}

int bank_pack_load(const char *dir, struct bank_pack **ret_pack, struct failure *reterr)
{
    struct reading reading = {.dir = dir, .reterr = reterr};
    struct bank_pack *pack = pack_new(dir);
    if (pack == NULL || arena_create(64u << 20, &reading.arena) != OK) {
        bank_pack_free(pack);
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    }
    reading.pack = pack;
    int rc = folder_add(&reading, "", 0);
    if (rc == ERR_NOT_FOUND)
        rc = failure_set(reterr, rc,
                         "%s: there is no such folder of patterns; name it with `patterns:` in "
                         "lurewatch.yml, or go to the folder that has it",
                         dir);
    if (rc == OK)
        rc = pack_index(pack, reterr);
    if (rc == OK && pack->files_count == 0)
        rc = failure_set(reterr, ERR_NOT_FOUND,
                         "%s: no pattern files here; is `patterns:` in lurewatch.yml right?", dir);
    arena_free(reading.arena);
    if (rc != OK) {
        bank_pack_free(pack);
        return rc;
    }
    *ret_pack = pack;
    return OK;
}

int bank_pack_from(struct slice bytes, struct bank_pack **ret_pack, struct failure *reterr)
{
    struct bank_pack *pack = pack_new("patterns");
    if (pack == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    int rc = text_buf_add_slice(&pack->bytes, bytes);
    if (rc != OK)
        failure_set(reterr, rc, "the packed bank is longer than %u bytes", BANK_PACK_BYTES_MAX);
    if (rc == OK)
        rc = pack_index(pack, reterr);
    if (rc != OK) {
        bank_pack_free(pack);
        return rc;
    }
    *ret_pack = pack;
    return OK;
}

static void put_file(struct text_buf *out, const char *path, struct slice bytes)
{
    text_buf_add(out, path, strlen(path) + 1);
    number_put(out, bytes.len);
    text_buf_add_slice(out, bytes);
}

int bank_pack_with(const struct bank_pack *pack, const char *path, struct slice bytes,
                   struct bank_pack **ret_pack, struct failure *reterr)
{
    struct text_buf out;
    bool placed = false;
    text_buf_init(&out, BANK_PACK_BYTES_MAX);
    for (size_t i = 0; i < pack->files_count; i++) {
        struct bank_file file = pack->files[i];
        int order = strcmp(file.path.at, path); /* a pack's paths end with NUL */
        if (order >= 0 && !placed) {
            put_file(&out, path, bytes);
            placed = true;
        }
        if (order != 0)
            put_file(&out, file.path.at, file.bytes);
    }
    if (!placed)
        put_file(&out, path, bytes);
    int rc = text_buf_status(&out);
    if (rc != OK)
        failure_set(reterr, rc, "the bank is longer than %u bytes", BANK_PACK_BYTES_MAX);
    else
        rc = bank_pack_from(text_buf_slice(&out), ret_pack, reterr);
    text_buf_release(&out);
    return rc;
}

void bank_pack_free(struct bank_pack *pack)
{
    if (pack == NULL)
        return;
    text_buf_release(&pack->bytes);
    free(pack->files);
    free(pack->origin);
    free(pack);
}

struct slice bank_pack_bytes(const struct bank_pack *pack)
{
    return text_buf_slice(&pack->bytes);
}

size_t bank_pack_count(const struct bank_pack *pack)
{
    return pack->files_count;
}

struct bank_file bank_pack_at(const struct bank_pack *pack, size_t index)
{
    return pack->files[index];
}

bool bank_pack_find(const struct bank_pack *pack, const char *path, struct slice *ret_bytes)
{
    for (size_t i = 0; i < pack->files_count; i++)
        if (slice_is(pack->files[i].path, path)) {
            *ret_bytes = pack->files[i].bytes;
            return true;
        }
    return false;
}

struct digest bank_pack_digest(const struct bank_pack *pack)
{
    return digest_of(text_buf_slice(&pack->bytes));
}

const char *bank_pack_origin(const struct bank_pack *pack)
{
    return pack->origin;
}
