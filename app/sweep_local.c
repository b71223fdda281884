/* sweep_local.c - a source's files, swept like a board: folders, saved pages, WARC files.
 *
 *     list of files -> one page at a time, on a thread of the pool -> its row -> worker -> page_store()
 *
 * Nothing is asked of anybody, so there is no host, no gate and no audit row. A file's row in the
 * store is named by its path (and, in a WARC file, by the record's offset) and remembers the digest:
 * a sweep that was killed, and every later one, passes over what was judged as it is. Evidence is
 * kept as a resource record. */
#include "app/sweep_local.h"
#include "app/http_message.h"
#include "app/scan_warc.h"
#include "common/file.h"
#include "common/warc.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uv.h>

#define LIST_ARENA_BYTES_MAX (256u << 20)
#define FILES_MAX            500000u
#define FOLDERS_DEEP_MAX     32u
#define SAVED_FROM_BYTES     4096u /* of a saved page, where its address may stand */

struct local_walk {
    uv_work_t work;
    struct sweep *sweep;
    struct source_run *run;
    struct arena *arena;  /* of the list */
    struct text_buf list; /* of const char * */
    size_t next;
    bool listed, reading, ended;
    uint64_t passed; /* files that hold no page */
    /* the WARC file that is open */
    FILE *in;
    struct warc_reader *records;
    const char *in_path;
    struct text_buf block, chunks;
    /* what the last reading gave */
    struct local_page page; /* arena NULL: none */
    char why[256];          /* a file that cannot be read; "": none */
    int status;             /* of our own memory */
};

static size_t files_count(const struct local_walk *walk)
{
    return walk->list.len / sizeof(const char *);
}

static const char *file_at(const struct local_walk *walk, size_t index)
{
    const char *path = NULL;
    memcpy(&path, walk->list.at + index * sizeof path, sizeof path);
    return path;
}

/* ---- the list ---- */

static int list_add(struct local_walk *walk, const char *path, unsigned depth);

static int list_folder(struct local_walk *walk, const char *path, unsigned depth)
{
    const char *const *names = NULL;
    size_t count = 0;
    struct failure why = {.code = OK};
    int rc = depth < FOLDERS_DEEP_MAX ? dir_list(walk->arena, path, &names, &count, &why) : OK;
    if (rc != OK && rc != ERR_NOMEM)
        return OK; /* a folder that may not be read is passed over, as a file is */
    for (size_t i = 0; rc == OK && i < count; i++) {
        const char *below = arena_printf(walk->arena, "%s/%s", path, names[i]);
        rc = below != NULL ? list_add(walk, below, depth + 1) : ERR_NOMEM;
    }
    return rc;
}

static int list_add(struct local_walk *walk, const char *path, unsigned depth)
{
    struct stat info;
    if (lstat(path, &info) != 0) {
        if (depth == 0)
            snprintf(walk->why, sizeof walk->why, "cannot be read: %s", strerror(errno));
        return OK;
    }
    if (S_ISDIR(info.st_mode))
        return list_folder(walk, path, depth);
    if (!S_ISREG(info.st_mode) || files_count(walk) >= FILES_MAX)
        return OK;
    const char *full = realpath(path, NULL);
    const char *copy = full != NULL ? arena_copy(walk->arena, full, strlen(full)) : NULL;
    free((void *)(uintptr_t)full);
    if (copy == NULL)
        return ERR_NOMEM;
    return text_buf_add(&walk->list, (const char *)&copy, sizeof copy);
}

static int list_make(struct local_walk *walk)
{
    const struct source *source = walk->run->source;
    int rc = OK;
    for (size_t i = 0; rc == OK && i < source->paths_count; i++)
        rc = list_add(walk, source->paths[i], 0);
    walk->listed = true;
    return rc;
}

/* ---- one page of a file ---- */

/* NULL: the file's name says nothing of a page. */
static const char *type_of(const char *path)
{
    static const struct {
        const char *end, *type;
    } types[] = {{".html", "text/html"},
                 {".htm", "text/html"},
                 {".xhtml", "application/xhtml+xml"},
                 {".xml", "application/xml"},
                 {".rss", "application/rss+xml"},
                 {".atom", "application/atom+xml"},
                 {".json", "application/json"},
                 {".txt", "text/plain"}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct slice name = slice_of(path), end = slice_of(types[i].end);
        if (name.len > end.len && slice_equal_nocase(slice_from(name, name.len - end.len), end))
            return types[i].type;
    }
    return NULL;
}

static bool is_warc(const char *path)
{
    return slice_ends(slice_of(path), ".warc") || slice_ends(slice_of(path), ".warc.gz");
}

/* The path as a URL; number: of the record, or negative. */
static const char *file_url(struct arena *arena, const char *path, int64_t number)
{
    struct text_buf text;
    text_buf_init(&text, URL_STORED_BYTES_MAX * 3);
    text_buf_add_str(&text, "file://");
    for (const char *at = path; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte > ' ' && byte < 0x7f && strchr("%#?\"<>", byte) == NULL)
            text_buf_add_char(&text, *at);
        else
            text_buf_printf(&text, "%%%02X", byte);
    }
    if (number >= 0)
        text_buf_printf(&text, "#%lld", (long long)number);
    const char *copy = text_buf_status(&text) == ERR_NOMEM
                           ? NULL
                           : arena_copy(arena, text_buf_cstr(&text), text.len);
    text_buf_release(&text);
    return copy;
}

/* "<!-- saved from url=(0031)https://board.example/job/1 -->", as browsers write it. */
static const char *saved_from(struct arena *arena, struct slice body)
{
    struct slice head = slice_sub(body, 0, SAVED_FROM_BYTES);
    struct url url;
    size_t at = slice_find(head, SLICE("saved from url=("));
    if (at == SIZE_MAX)
        return NULL;
    head = slice_from(head, at);
    head = slice_from(head, slice_find_char(head, ')') + 1);
    size_t end = 0;
    while (end < head.len && (unsigned char)head.at[end] > ' ')
        end++;
    return url_read_canonical(arena, slice_sub(head, 0, end), &url, NULL) == OK ? url.href.at
                                                                                : NULL;
}

/* Begins walk->page with its arena. */
static int page_make(struct local_walk *walk, const char *path, int64_t number)
{
    struct local_page page = {.content_type = "", .content_encoding = "", .archived_at = ""};
    page.head = page.body = SLICE_EMPTY;
    int rc = arena_create(PAGE_ARENA_BYTES_MAX, &page.arena);
    if (rc != OK)
        return rc;
    page.url = page.target = file_url(page.arena, path, number);
    if (page.url == NULL) {
        arena_free(page.arena);
        return ERR_NOMEM;
    }
    walk->page = page;
    return OK;
}

static int copy_slice(struct arena *arena, struct slice text, struct slice *ret_copy)
{
    const char *copy = arena_copy(arena, text.at, text.len);
    *ret_copy = copy != NULL ? slice_make(copy, text.len) : SLICE_EMPTY;
    return copy != NULL ? OK : ERR_NOMEM;
}

static int read_page(struct local_walk *walk, const char *path)
{
    struct failure why = {.code = OK};
    const char *type = type_of(path);
    if (type == NULL) {
        walk->passed++;
        return OK;
    }
    text_buf_reset(&walk->block);
    int read = file_read(path, &walk->block, &why);
    int rc = page_make(walk, path, -1);
    if (rc != OK)
        return rc;
    struct local_page *page = &walk->page;
    page->content_type = page->resource_type = type;
    if (read != OK) {
        page->why = arena_printf(page->arena, "%s", why.text);
        return OK;
    }
    rc = copy_slice(page->arena, text_buf_slice(&walk->block), &page->body);
    const char *from = rc == OK ? saved_from(page->arena, page->body) : NULL;
    if (from != NULL)
        page->target = from;
    return rc;
}

/* ---- a WARC file ---- */

static int take_bytes(void *ctx, void *at, size_t len, size_t *ret_len)
{
    FILE *in = ctx;
    *ret_len = fread(at, 1, len, in);
    return *ret_len == 0 && ferror(in) ? ERR_IO : OK;
}

static void warc_close(struct local_walk *walk)
{
    warc_reader_free(walk->records);
    if (walk->in != NULL)
        fclose(walk->in);
    walk->records = NULL;
    walk->in = NULL;
}

static int warc_open(struct local_walk *walk, const char *path)
{
    walk->in_path = path;
    walk->in = fopen(path, "rbe");
    if (walk->in == NULL) {
        snprintf(walk->why, sizeof walk->why, "cannot be read: %s", strerror(errno));
        return OK;
    }
    return warc_reader_create(take_bytes, walk->in, &walk->records);
}

/* The record's page, if it holds one. */
static int record_take(struct local_walk *walk, const struct warc_entry *entry)
{
    struct http_message message = {.status = 200};
    struct failure why = {.code = OK};
    struct slice block = text_buf_slice(&walk->block);
    message.content_type = entry->content_type;
    message.content_encoding = SLICE_EMPTY;
    message.body = block;
    bool answered = entry->type == WARC_RESPONSE;
    if (answered && http_message_split(block, &walk->chunks, &message, &why) != OK)
        return OK;
    if (message.status < 200 || message.status > 299 ||
        !scan_warc_is_page(message.content_type, message.body))
        return OK;
    int rc = page_make(walk, walk->in_path, (int64_t)entry->offset);
    if (rc != OK)
        return rc;
    struct local_page *page = &walk->page;
    struct slice type, encoding, date, target;
    rc = copy_slice(page->arena, message.body, &page->body);
    if (rc == OK)
        rc = copy_slice(page->arena, message.content_type, &type);
    if (rc == OK)
        rc = copy_slice(page->arena, message.content_encoding, &encoding);
    if (rc == OK)
        rc = copy_slice(page->arena, entry->date, &date);
    if (rc == OK)
        rc = copy_slice(page->arena, entry->target_uri, &target);
    if (rc != OK)
        return rc;
    page->content_type = type.at;
    page->content_encoding = encoding.at;
    page->archived_at = date.at;
    if (target.len > 0)
        page->target = target.at;
    page->resource_type = message.content_encoding.len == 0 ? type.at : "application/octet-stream";
    if (page->resource_type[0] == '\0')
        page->resource_type = "application/octet-stream";
    return OK;
}

/* Up to the next record with a page, or the end of the file. */
static int read_record(struct local_walk *walk)
{
    int rc = OK;
    while (rc == OK && walk->page.arena == NULL && walk->records != NULL) {
        struct warc_entry entry;
        struct failure why = {.code = OK};
        int got = warc_next(walk->records, &entry, &why);
        bool wanted = got == OK && (entry.type == WARC_RESOURCE ||
                                    (entry.type == WARC_RESPONSE &&
                                     slice_starts_nocase(entry.content_type, "application/http")));
        text_buf_reset(&walk->block);
        if (wanted)
            got = warc_read_all(walk->records, &walk->block, &why);
        if (got == ERR_NOMEM)
            rc = got;
        else if (got != OK && got != ERR_SYNTAX && got != ERR_LIMIT)
            warc_close(walk); /* the end, or the disk's trouble */
        else if (got != OK)
            snprintf(walk->why, sizeof walk->why, "%.200s", why.text);
        else if (wanted)
            rc = record_take(walk, &entry);
        if (walk->why[0] != '\0')
            break;
    }
    return rc;
}

/* ---- reading, on a thread of the pool ---- */

static void on_work(uv_work_t *work)
{
    struct local_walk *walk = work->data;
    int rc = walk->listed ? OK : list_make(walk);
    while (rc == OK && walk->page.arena == NULL && walk->why[0] == '\0') {
        if (walk->records != NULL) {
            rc = read_record(walk);
            continue;
        }
        if (walk->next >= files_count(walk)) {
            walk->ended = true;
            break;
        }
        const char *path = file_at(walk, walk->next++);
        walk->in_path = path;
        rc = is_warc(path) ? warc_open(walk, path) : read_page(walk, path);
    }
    walk->status = rc;
}

static void on_read(uv_work_t *work, int status)
{
    struct local_walk *walk = work->data;
    struct sweep *sweep = walk->sweep;
    struct local_page page = walk->page;
    walk->page.arena = NULL;
    walk->reading = false;
    sweep->busy--;
    if (walk->why[0] != '\0')
        run_note(walk->run, walk->why, walk->in_path != NULL ? walk->in_path : "the source's path");
    walk->why[0] = '\0';
    if (walk->status != OK) {
        walk->ended = true;
        sweep_fail(sweep, walk->status, "out of memory to read files");
    }
    if (page.arena != NULL && (status != 0 || sweep->stop != STOP_NOT)) {
        walk->next -= walk->records == NULL; /* read again when the sweep is resumed */
        arena_free(page.arena);
    } else if (page.arena != NULL) {
        page_begin_local(sweep, walk->run, &page);
    }
    if (walk->ended && walk->passed > 0)
        run_note(walk->run, "files that hold no page were passed over",
                 walk->run->source->paths[0]);
}

/* ---- from the pump ---- */

static int walk_make(struct sweep *sweep, struct source_run *run)
{
    struct local_walk *walk = calloc(1, sizeof *walk);
    if (walk == NULL || arena_create(LIST_ARENA_BYTES_MAX, &walk->arena) != OK) {
        free(walk);
        return ERR_NOMEM;
    }
    walk->sweep = sweep;
    walk->run = run;
    walk->work.data = walk;
    text_buf_init(&walk->list, FILES_MAX * sizeof(const char *));
    text_buf_init(&walk->block, SCAN_WARC_PAGE_BYTES_MAX);
    text_buf_init(&walk->chunks, SCAN_WARC_PAGE_BYTES_MAX);
    run->walk = walk;
    if (sweep->local_home == NULL) {
        sweep->local_home = calloc(1, sizeof *sweep->local_home + sizeof LOCAL_HOST);
        if (sweep->local_home == NULL)
            return ERR_NOMEM;
        memcpy(sweep->local_home->name, LOCAL_HOST, sizeof LOCAL_HOST);
        sweep->local_home->lease.held = true;
    }
    return OK;
}

bool locals_pump(struct sweep *sweep, bool has_room)
{
    bool more = false;
    for (size_t i = 0; i < sweep->runs_count && sweep->stop == STOP_NOT; i++) {
        struct source_run *run = &sweep->runs[i];
        if (!run->due || run->source->paths_count == 0 || sweep->options->rechecks)
            continue;
        if (run->walk == NULL && walk_make(sweep, run) != OK) {
            sweep_fail(sweep, ERR_NOMEM, "out of memory");
            return false;
        }
        struct local_walk *walk = run->walk;
        more |= !walk->ended;
        if (walk->ended || walk->reading || !has_room)
            continue;
        walk->reading = true;
        sweep->busy++;
        if (uv_queue_work(sweep_uv(sweep), &walk->work, on_work, on_read) != 0) {
            sweep->busy--;
            walk->reading = false;
            sweep_fail(sweep, ERR_NOMEM, "cannot read files");
        }
    }
    return more;
}

bool local_has_more(const struct source_run *run)
{
    return run->due && run->source->paths_count > 0 && (run->walk == NULL || !run->walk->ended);
}

void locals_free(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->runs_count; i++) {
        struct local_walk *walk = sweep->runs[i].walk;
        if (walk == NULL)
            continue;
        warc_close(walk);
        text_buf_release(&walk->list);
        text_buf_release(&walk->block);
        text_buf_release(&walk->chunks);
        arena_free(walk->arena);
        free(walk);
    }
    free(sweep->local_home);
}
