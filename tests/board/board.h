/* board.h - the loopback job board of tests and demo, as its own files see it.
 *
 *   board.c         options, the server (libmicrohttpd), its end
 *   board_help.c    --help: the manual
 *   board_site.c    a request to a file and its headers
 *   board_rules.c   the control files: which requests misbehave, and how
 *   board_bad.c     how: a thread that owns the connection and writes what it likes
 *   board_pages.c   pages made up on the way: link lists, calendars, session ids, bombs
 *   board_log.c     a JSON line a request
 */
#ifndef LUREWATCH_TESTS_BOARD_H
#define LUREWATCH_TESTS_BOARD_H

#include "common/text.h"

#include <pthread.h>

#define BOARD_HOST_BYTES   256u
#define BOARD_TARGET_BYTES 8192u
#define BOARD_FIELD_BYTES  512u
#define BOARD_FILE_MAX     (256u << 20)

struct request {
    int64_t start_unix_ms, start_mono_ms;
    int64_t sent_mono_ms; /* just before its last bytes were given to be sent; 0: none were */
    char method[16];
    char host[BOARD_HOST_BYTES];     /* as sent, lower case, with a port where one stands */
    char target[BOARD_TARGET_BYTES]; /* path and query, as sent */
    struct slice path, query;        /* of target */
    char agent[BOARD_FIELD_BYTES], accept_encoding[BOARD_FIELD_BYTES];
    char if_none_match[BOARD_FIELD_BYTES], if_modified_since[BOARD_FIELD_BYTES];
    unsigned peer_port; /* the same: the same connection */
};

/* ---- board_site.c ---- */

struct page { /* release with page_release() */
    int status;
    struct text_buf headers; /* "Name: value\r\n", without length and connection */
    char *body;
    size_t len;
};
void page_init(struct page *page, int status);
void page_release(struct page *page);
void page_header(struct page *page, const char *name, const char *value);
/* True: *ret_value is the value of that header. */
bool page_header_find(const struct page *page, const char *name, struct slice *ret_value);

/* What stands under root for the request; 404 and 304 are pages too. */
void site_answer(const char *root, const struct request *request, struct page *ret_page);
/* %XX decoded; false: not to be had (bad escape, NUL, or longer than out). */
bool site_unescape(struct slice text, char *out, size_t size);

/* ---- board_rules.c ---- */

#define RULE_WORDS_MAX 8u

struct behaviour { /* words[0] is its name; count 0: none, serve the file */
    size_t count;
    char words[RULE_WORDS_MAX][BOARD_FIELD_BYTES];
};

/* Another control file. False: too many. */
bool rules_add_file(const char *path);
/* What the control files, or a path that begins with "/-/", ask for. nth counts the requests of
 * rules with "times"; so it is asked once a request. */
void rules_find(const struct request *request, struct behaviour *ret_behaviour);
long behaviour_number(const struct behaviour *behaviour, size_t word, long otherwise);
const char *behaviour_word(const struct behaviour *behaviour, size_t word, const char *otherwise);

/* ---- board_bad.c, board_pages.c ---- */

struct bad {
    int fd; /* not blocking; borrowed */
    const char *root;
    struct request request;
    struct behaviour behaviour;
    int status; /* what was sent, for the log */
    uint64_t bytes;
    int64_t ends_mono_ms;
};
/* Writes the answer to bad->fd; ends by itself when the peer leaves or time is over. */
void bad_run(struct bad *bad);
/* False: the peer is gone, or time is over. */
bool bad_write(struct bad *bad, const char *bytes, size_t len);
bool bad_print(struct bad *bad, const char *format, ...) PRINTF_LIKE(2, 3);
/* Waits; false: the peer left meanwhile, or time is over. */
bool bad_wait(struct bad *bad, int64_t ms);
/* Head and body of a made-up page or stream. False: the name is none of these. */
bool bad_made_up(struct bad *bad);
/* A whole answer with its length; type may hold more header lines. */
void bad_send(struct bad *bad, int status, const char *headers, struct slice body);
const char *http_reason(int status);

/* ---- board_log.c ---- */

bool log_open(const char *path); /* NULL: no log */
void log_request_begun(void);
void log_request_over(void); /* its line, if it has one, is written */
void log_request(const struct request *request, int status, uint64_t bytes,
                 const struct behaviour *behaviour);

/* ---- board_help.c ---- */

void board_help(void);

#endif
