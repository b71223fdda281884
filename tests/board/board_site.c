/* board_site.c - a request to a file under the root, with the headers it goes out with.
 *
 *   ROOT/HOST/…  when that folder is there, else ROOT/…      HOST: without port, lower case
 *
 * Of "/jobs?page=2" the first of these files that is there: jobs?page=2, jobs?page=2.html, jobs,
 * jobs.html, jobs/index.html; before them what the file `_map` of the site says. `_headers` adds,
 * replaces and removes headers. Both are read anew for each request: tests change them. Names that
 * begin with "_" or "." are not served, but for .well-known. */
#include "tests/board/board.h"

#include "common/clock.h"
#include "common/file.h"
#include "crawler/glob.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define PATH_BYTES  4096u
#define TABLE_BYTES (4u << 20)

/* ---- pages ---- */

void page_init(struct page *page, int status)
{
    *page = (struct page){.status = status};
    text_buf_init(&page->headers, 64u << 10);
}

void page_release(struct page *page)
{
    text_buf_release(&page->headers);
    free(page->body);
    page->body = NULL;
    page->len = 0;
}

/* Where the line of that header stands in the headers. */
static bool header_line(const struct page *page, struct slice name, size_t *ret_from,
                        size_t *ret_len)
{
    struct slice rest = text_buf_slice(&page->headers), line;
    const char *start = rest.at;
    while (slice_next_line(&rest, &line)) {
        size_t colon = slice_find_char(line, ':');
        if (colon == SIZE_MAX || !slice_equal_nocase(slice_sub(line, 0, colon), name))
            continue;
        *ret_from = (size_t)(line.at - start);
        *ret_len = line.len + 2;
        return true;
    }
    return false;
}

static void header_remove(struct page *page, struct slice name)
{
    size_t from, len;
    if (!header_line(page, name, &from, &len))
        return;
    char *at = page->headers.at;
    memmove(at + from, at + from + len, page->headers.len - from - len);
    text_buf_truncate(&page->headers, page->headers.len - len);
}

void page_header(struct page *page, const char *name, const char *value)
{
    header_remove(page, slice_of(name));
    if (value[0] != '\0')
        text_buf_printf(&page->headers, "%s: %s\r\n", name, value);
}

bool page_header_find(const struct page *page, const char *name, struct slice *ret_value)
{
    size_t from, len;
    if (!header_line(page, slice_of(name), &from, &len))
        return false;
    struct slice line = slice_sub(text_buf_slice(&page->headers), from, len);
    *ret_value = slice_trim(slice_from(line, strlen(name) + 1));
    return true;
}

static void page_simple(struct page *page, int status)
{
    page_release(page);
    page_init(page, status);
    page_header(page, "Content-Type", "text/html; charset=utf-8");
    struct text_buf body;
    text_buf_init(&body, 4096);
    text_buf_printf(&body, "<!doctype html><title>%d</title><h1>%d %s</h1>\n", status, status,
                    http_reason(status));
    page->body = text_buf_take(&body, &page->len);
}

/* ---- names of files ---- */

bool site_unescape(struct slice text, char *out, size_t size)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '%') {
            char hex[3] = {0};
            char *end = NULL;
            if (i + 2 >= text.len)
                return false;
            memcpy(hex, text.at + i + 1, 2);
            c = (char)strtoul(hex, &end, 16);
            if (*end != '\0')
                return false;
            i += 2;
        }
        if (c == '\0' || len + 1 >= size)
            return false;
        out[len++] = c;
    }
    out[len] = '\0';
    return true;
}

/* No step out of the folder, no file that is ours. */
static bool path_is_served(const char *path)
{
    for (const char *at = path; (at = strchr(at, '/')) != NULL; at++) {
        bool hidden = at[1] == '.' || at[1] == '_';
        if (hidden && strncmp(at + 1, ".well-known", 11) != 0)
            return false;
    }
    return true;
}

static bool is_kind(const char *path, mode_t kind)
{
    struct stat st;
    return stat(path, &st) == 0 && (st.st_mode & S_IFMT) == kind;
}

/* The folder of the request's host. */
static void site_folder(const char *root, const struct request *request, char *out)
{
    char host[BOARD_HOST_BYTES];
    size_t len = strcspn(request->host, ":");
    memcpy(host, request->host, len);
    host[len] = '\0';
    snprintf(out, PATH_BYTES, "%s/%s", root, host);
    if (len == 0 || host[0] == '.' || host[0] == '_' || strchr(host, '/') != NULL ||
        !is_kind(out, S_IFDIR))
        snprintf(out, PATH_BYTES, "%s", root);
}

/* The file that `_map` names for the target: "TARGET FILE" a line. */
static bool mapped(const char *folder, const struct request *request, char *out)
{
    char path[PATH_BYTES + 16];
    struct text_buf text;
    struct slice rest, line;
    bool found = false;
    snprintf(path, sizeof path, "%s/_map", folder);
    text_buf_init(&text, TABLE_BYTES);
    if (file_read(path, &text, NULL) == OK) {
        rest = text_buf_slice(&text);
        while (!found && slice_next_line(&rest, &line)) {
            line = slice_trim(line);
            size_t space = slice_find_char(line, ' ');
            if (line.len == 0 || line.at[0] == '#' || space == SIZE_MAX)
                continue;
            struct slice file = slice_trim(slice_from(line, space));
            found = slice_equal(slice_sub(line, 0, space), slice_of(request->target));
            if (found && snprintf(out, PATH_BYTES, "%s/%.*s", folder, (int)file.len, file.at) >=
                             (int)PATH_BYTES)
                out[0] = '\0';
        }
    }
    text_buf_release(&text);
    return found && is_kind(out, S_IFREG);
}

static bool file_of(const char *folder, const struct request *request, char *out)
{
    static const char *const ends[] = {"", ".html", "/index.html", "index.html"};
    char path[2048], query[2048];
    if (mapped(folder, request, out))
        return true;
    if (!site_unescape(request->path, path, sizeof path) ||
        !site_unescape(request->query, query, sizeof query) || !path_is_served(path))
        return false;
    for (size_t with_query = query[0] != '\0' ? 2 : 1; with_query-- > 0;)
        for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
            int len = snprintf(out, PATH_BYTES, "%s%s%s%s%s", folder, path, with_query ? "?" : "",
                               with_query ? query : "", ends[i]);
            if (len < (int)PATH_BYTES && is_kind(out, S_IFREG) && strchr(query, '/') == NULL)
                return true;
        }
    return false;
}

/* ---- headers ---- */

static const char *type_of(const char *path)
{
    static const char *const types[][2] = {
        {".html", "text/html"},
        {".htm", "text/html"},
        {".xml", "application/xml"},
        {".rss", "application/rss+xml"},
        {".atom", "application/atom+xml"},
        {".json", "application/json"},
        {".txt", "text/plain; charset=utf-8"},
        {".css", "text/css"},
        {".js", "text/javascript"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".gif", "image/gif"},
        {".svg", "image/svg+xml"},
        {".gz", "application/gzip"},
        {".pdf", "application/pdf"},
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (slice_ends(slice_of(path), types[i][0]))
            return types[i][1];
    return "text/html"; /* "jobs?page=2" */
}

/* "_headers": a pattern for path and query on a line, below it indented "Name: value" lines. */
static void headers_of_site(const char *folder, const struct request *request, struct page *page)
{
    char path[PATH_BYTES + 16];
    struct text_buf text;
    struct slice rest, line;
    bool applies = false;
    snprintf(path, sizeof path, "%s/_headers", folder);
    text_buf_init(&text, TABLE_BYTES);
    if (file_read(path, &text, NULL) == OK) {
        rest = text_buf_slice(&text);
        while (slice_next_line(&rest, &line)) {
            bool indented = line.len > 0 && (line.at[0] == ' ' || line.at[0] == '\t');
            size_t colon = slice_find_char(line, ':');
            if (!indented && line.len > 0 && line.at[0] != '#') {
                applies = glob_matches(slice_trim(line), true, slice_of(request->target));
            } else if (indented && applies && colon != SIZE_MAX) {
                char name[128], value[BOARD_FIELD_BYTES];
                struct slice n = slice_trim(slice_sub(line, 0, colon));
                struct slice v = slice_trim(slice_from(line, colon + 1));
                snprintf(name, sizeof name, "%.*s", (int)n.len, n.at);
                snprintf(value, sizeof value, "%.*s", (int)v.len, v.at);
                page_header(page, name, value);
            }
        }
    }
    text_buf_release(&text);
}

static void validators(struct page *page, const struct stat *st)
{
    char text[64];
    struct tm tm;
    snprintf(text, sizeof text, "\"%llx-%llx\"", (unsigned long long)st->st_size,
             (unsigned long long)st->st_mtim.tv_sec * 1000000000u +
                 (unsigned long long)st->st_mtim.tv_nsec);
    page_header(page, "ETag", text);
    gmtime_r(&st->st_mtim.tv_sec, &tm);
    strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    page_header(page, "Last-Modified", text);
}

static bool unchanged(const struct page *page, const struct request *request)
{
    struct slice value;
    int64_t ours, theirs;
    if (request->if_none_match[0] != '\0')
        return page_header_find(page, "ETag", &value) &&
               slice_find(slice_of(request->if_none_match), value) != SIZE_MAX;
    if (request->if_modified_since[0] == '\0' || !page_header_find(page, "Last-Modified", &value))
        return false;
    return clock_parse_http(value, &ours) == OK &&
           clock_parse_http(slice_of(request->if_modified_since), &theirs) == OK && ours <= theirs;
}

/* A sibling that is compressed already, where the client takes it: path grows by its ending. */
static void coded_sibling(const struct request *request, char *path, struct page *page)
{
    static const char *const codings[][2] = {{"br", ".br"}, {"zstd", ".zst"}, {"gzip", ".gz"}};
    size_t len = strlen(path);
    for (size_t i = 0; i < sizeof codings / sizeof codings[0]; i++) {
        if (slice_find_nocase(slice_of(request->accept_encoding), slice_of(codings[i][0])) ==
                SIZE_MAX ||
            len + 5 >= PATH_BYTES)
            continue;
        snprintf(path + len, 5, "%s", codings[i][1]);
        if (is_kind(path, S_IFREG)) {
            page_header(page, "Content-Encoding", codings[i][0]);
            page_header(page, "Vary", "Accept-Encoding");
            return;
        }
        path[len] = '\0';
    }
}

void site_answer(const char *root, const struct request *request, struct page *ret_page)
{
    char folder[PATH_BYTES], path[PATH_BYTES];
    struct stat st;
    page_init(ret_page, 200);
    site_folder(root, request, folder);
    if (!file_of(folder, request, path)) {
        page_simple(ret_page, 404);
        return;
    }
    page_header(ret_page, "Content-Type", type_of(path));
    coded_sibling(request, path, ret_page);
    if (stat(path, &st) == 0)
        validators(ret_page, &st);
    headers_of_site(folder, request, ret_page);
    if (unchanged(ret_page, request)) {
        ret_page->status = 304;
        page_header(ret_page, "Content-Type", "");
        page_header(ret_page, "Content-Encoding", "");
        return;
    }
    struct text_buf body;
    text_buf_init(&body, BOARD_FILE_MAX);
    if (file_read(path, &body, NULL) != OK)
        page_simple(ret_page, 500);
    else
        ret_page->body = text_buf_take(&body, &ret_page->len);
    text_buf_release(&body);
}
