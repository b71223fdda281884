/* board_pages.c - pages and streams that are made up while they are sent; see --help. */
#include "tests/board/board.h"

#include "common/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <zlib.h>

#define HTML_200 "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
#define PIECE    65536u

/* ---- streams without end ---- */

static void do_endless_body(struct bad *bad)
{
    char piece[PIECE];
    memset(piece, 'y', sizeof piece);
    bool going = bad_print(bad, HTML_200 "\r\n");
    while (going)
        going = bad_write(bad, piece, sizeof piece);
}

static void do_endless_chunked(struct bad *bad)
{
    char piece[PIECE];
    memset(piece, 'y', sizeof piece);
    bool going = bad_print(bad, HTML_200 "Transfer-Encoding: chunked\r\n\r\n");
    while (going)
        going = bad_print(bad, "%zx\r\n", sizeof piece) && bad_write(bad, piece, sizeof piece) &&
                bad_print(bad, "\r\n");
}

static void do_endless_head(struct bad *bad)
{
    bool going = bad_print(bad, HTML_200);
    for (unsigned i = 0; going; i++)
        going = bad_print(bad, "X-%u: %0900d\r\n", i, 0);
}

static void do_huge_line(struct bad *bad)
{
    bool going = bad_print(bad, HTML_200 "X-Huge: ");
    while (going)
        going = bad_print(bad, "%09000d", 0);
}

static void do_endless_1xx(struct bad *bad)
{
    bool going = true;
    while (going)
        going = bad_print(bad, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
}

/* bomb MIB: as many zero bytes, gzip */
static void do_bomb(struct bad *bad)
{
    long mib = behaviour_number(&bad->behaviour, 1, 200);
    unsigned char *in = calloc(1, 1u << 20), out[PIECE];
    z_stream z = {0};
    if (in == NULL || deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(in);
        return;
    }
    bool going = bad_print(bad, HTML_200 "Content-Encoding: gzip\r\n\r\n");
    for (long i = 0; going && i <= mib; i++) {
        int flush = i == mib ? Z_FINISH : Z_NO_FLUSH;
        z.next_in = in;
        z.avail_in = i == mib ? 0 : 1u << 20;
        do {
            z.next_out = out;
            z.avail_out = sizeof out;
            deflate(&z, flush);
            going = bad_write(bad, (const char *)out, sizeof out - z.avail_out);
        } while (going && z.avail_out == 0);
    }
    deflateEnd(&z);
    free(in);
}

/* ---- pages ---- */

static void send_html(struct bad *bad, struct text_buf *body)
{
    if (text_buf_status(body) == OK)
        bad_send(bad, 200, "Content-Type: text/html; charset=utf-8\r\n", text_buf_slice(body));
    text_buf_release(body);
}

/* robots KIB: a robots.txt of that size, with a rule before and after what is in between */
static void do_robots(struct bad *bad)
{
    size_t bytes = (size_t)behaviour_number(&bad->behaviour, 1, 600) << 10;
    struct text_buf body;
    text_buf_init(&body, 64u << 20);
    text_buf_add_str(&body, "User-agent: *\nDisallow: /first/\n");
    while (body.len < bytes && text_buf_status(&body) == OK)
        text_buf_add_str(&body, "# a comment that fills, and fills, and fills the file ........\n");
    text_buf_add_str(&body, "Disallow: /last/\n");
    if (text_buf_status(&body) == OK)
        bad_send(bad, 200, "Content-Type: text/plain\r\n", text_buf_slice(&body));
    text_buf_release(&body);
}

/* long-url BYTES: a page with one link as long as that, and one that is usual */
static void do_long_url(struct bad *bad)
{
    size_t bytes = (size_t)behaviour_number(&bad->behaviour, 1, 1 << 20);
    struct text_buf body;
    text_buf_init(&body, 64u << 20);
    text_buf_add_str(&body, "<!doctype html><title>Long</title><a href=\"/");
    for (size_t i = 0; i < bytes && text_buf_status(&body) == OK; i++)
        text_buf_add_char(&body, 'a');
    text_buf_add_str(&body, "\">long</a> <a href=\"/-/leaf/short\">short</a>\n");
    send_html(bad, &body);
}

/* links N: a page with N links to leaves */
static void do_links(struct bad *bad)
{
    long count = behaviour_number(&bad->behaviour, 1, 100000);
    struct text_buf body;
    text_buf_init(&body, 64u << 20);
    text_buf_add_str(&body, "<!doctype html><title>Links</title><ul>\n");
    for (long i = 0; i < count && text_buf_status(&body) == OK; i++)
        text_buf_printf(&body, "<li><a href=\"/-/leaf/%ld\">ad %ld</a>\n", i, i);
    text_buf_add_str(&body, "</ul>\n");
    send_html(bad, &body);
}

static void do_leaf(struct bad *bad)
{
    struct text_buf body;
    text_buf_init(&body, 1u << 20);
    text_buf_printf(&body,
                    "<!doctype html><title>Shop assistant %s</title><h1>Shop assistant</h1><p>A "
                    "small shop looks for help on weekends. Ask at the counter.</p>\n",
                    behaviour_word(&bad->behaviour, 1, ""));
    send_html(bad, &body);
}

/* sitemap N: a sitemap of N leaves, written as it goes; 20 million are two gigabytes */
static void do_sitemap(struct bad *bad)
{
    long count = behaviour_number(&bad->behaviour, 1, 20000000);
    bool going = bad_print(bad, "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"
                                "Connection: close\r\n\r\n<?xml version=\"1.0\"?>\n"
                                "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    char piece[PIECE];
    for (long i = 0; going && i < count;) {
        size_t len = 0;
        for (; i < count && len + 512 < sizeof piece; i++)
            len += (size_t)snprintf(piece + len, 512,
                                    "<url><loc>http://%.256s/-/leaf/%ld</loc><lastmod>2026-01-01"
                                    "</lastmod></url>\n",
                                    bad->request.host, i);
        going = bad_write(bad, piece, len);
    }
    if (going)
        bad_print(bad, "</urlset>\n");
}

/* xml-bomb: ten entities of ten each, nine deep */
static void do_xml_bomb(struct bad *bad)
{
    struct text_buf body;
    text_buf_init(&body, 1u << 20);
    text_buf_add_str(&body, "<?xml version=\"1.0\"?>\n<!DOCTYPE rss [<!ENTITY a0 \"lol\">\n");
    for (int level = 1; level < 10; level++) {
        text_buf_printf(&body, "<!ENTITY a%d \"", level);
        for (int i = 0; i < 10; i++)
            text_buf_printf(&body, "&a%d;", level - 1);
        text_buf_add_str(&body, "\">\n");
    }
    text_buf_add_str(&body, "]><rss version=\"2.0\"><channel><item><title>&a9;</title>"
                            "<link>/-/leaf/1</link></item></channel></rss>\n");
    if (text_buf_status(&body) == OK)
        bad_send(bad, 200, "Content-Type: application/rss+xml\r\n", text_buf_slice(&body));
    text_buf_release(&body);
}

/* calendar: every page leads to the next day, for ever */
static void do_calendar(struct bad *bad)
{
    struct slice query = bad->request.query;
    int64_t day = 0;
    struct text_buf body;
    text_buf_init(&body, 1u << 20);
    if (slice_starts(query, "day=") && slice_to_int64(slice_from(query, 4), &day) != OK)
        day = 0;
    text_buf_printf(
        &body,
        "<!doctype html><title>Day %lld</title><p>No events.</p>"
        "<a href=\"?day=%lld\">before</a> <a rel=\"next\" href=\"?day=%lld\">next</a>\n",
        (long long)day, (long long)day - 1, (long long)day + 1);
    send_html(bad, &body);
}

/* session: the same three pages under a new name each time */
static void do_session(struct bad *bad)
{
    unsigned long long id = 0;
    struct text_buf body;
    text_buf_init(&body, 1u << 20);
    if (getrandom(&id, sizeof id, 0) != (ssize_t)sizeof id)
        id = (unsigned long long)clock_unix_ms();
    text_buf_printf(&body,
                    "<!doctype html><title>List</title>"
                    "<a href=\"?p=1&amp;sid=%016llx\">1</a> <a href=\"?p=2&amp;sid=%016llx\">2</a> "
                    "<a href=\"?p=3&amp;PHPSESSID=%016llx\">3</a>\n",
                    id, id, id);
    send_html(bad, &body);
}

static const struct {
    const char *name;
    void (*run)(struct bad *bad);
} makers[] = {
    {"endless-body", do_endless_body},
    {"endless-chunked", do_endless_chunked},
    {"endless-head", do_endless_head},
    {"huge-line", do_huge_line},
    {"endless-1xx", do_endless_1xx},
    {"bomb", do_bomb},
    {"robots", do_robots},
    {"long-url", do_long_url},
    {"links", do_links},
    {"leaf", do_leaf},
    {"sitemap", do_sitemap},
    {"xml-bomb", do_xml_bomb},
    {"calendar", do_calendar},
    {"session", do_session},
};

bool bad_made_up(struct bad *bad)
{
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++)
        if (strcmp(makers[i].name, bad->behaviour.words[0]) == 0) {
            makers[i].run(bad);
            return true;
        }
    return false;
}
