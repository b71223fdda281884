/* app/judging.h - what `scan`, `extract`, `explain` and `queue find` set up: the bank, a judge in
 * this process for ads that are text already, a worker child for hostile bytes, one arena. */
#ifndef LUREWATCH_JUDGING_H
#define LUREWATCH_JUDGING_H

#include "app/command.h"
#include "app/judge.h"
#include "app/lines.h"

#define JUDGING_INPUT_BYTES_MAX (32u << 20)

#define JUDGING_FUSED_MAX 8u

struct worker_client;

struct judging {
    struct judge *judge;
    struct worker_client *client;
    struct arena *arena;               /* of one ad or page; the caller resets it */
    char fused[JUDGING_FUSED_MAX][96]; /* rules that the worker left out */
    size_t fused_count;
};

/* Loads settings and bank and makes the rest. Errors printed; an exit code. End with
 * judging_close(), whatever came. */
int judging_open(const char *command, const struct common_options *common,
                 struct judging *ret_judging);
void judging_close(struct judging *judging);

/* One ad of a worker's answer; verdict is NULL where only postings were wanted. Borrowed. */
typedef void judging_ad_fn(void *ctx, const struct posting *posting, const struct verdict *verdict);
struct judging_page { /* what the answer says of the page; borrowed from the document */
    struct json_doc *doc;
    size_t ads;
};
/* Asks the worker and gives every ad of its answer to each. *ret_page (NULL is allowed): the answer
 * itself, end it with json_free(ret_page->doc) whatever came. Errors: the worker's (a page that
 * cannot be read: its own sentence), ERR_NOMEM. */
MUST_USE int judging_ask(struct judging *judging, struct slice head, struct slice body,
                         judging_ad_fn *each, void *ctx, struct judging_page *ret_page,
                         struct failure *reterr);
/* How a picture looks, by the worker. Errors: the worker's; ERR_NOT_FOUND (it has no look: the
 * sentence says why). */
struct look;
MUST_USE int judging_look(struct judging *judging, struct slice bytes, struct look *ret_look,
                          struct failure *reterr);
/* A judge in this process, for an ad that is text. Errors: ERR_NOMEM. */
MUST_USE int judging_text(struct judging *judging, const struct posting *posting,
                          struct verdict *ret_verdict, struct failure *reterr);

/* Says on standard error which rules reached their limits so often that they were left out. */
void judging_tell_fused(const char *command, const struct judging *judging);
/* As the above, of a judge by itself. */
void judge_tell_fused(const char *command, const struct judge *judge);

/* All that is left of reader's stream. Errors: ERR_LIMIT, ERR_IO. */
MUST_USE int judging_read_all(struct line_reader *reader, struct text_buf *out,
                              struct failure *reterr);
/* A posting whose text is all of text. Errors: ERR_SYNTAX (blank), ERR_NOMEM. */
MUST_USE int judging_posting_of_text(struct judging *judging, struct slice text,
                                     struct posting *ret_posting, struct failure *reterr);
/* The same of a file in whatever encoding; a guessed one is told on standard error. Errors: ERR_SYNTAX
 * (blank; a PDF, a document, a picture, no text: the sentence says what to do), ERR_NOMEM. */
MUST_USE int judging_posting_of_file(struct judging *judging, const char *command,
                                     struct slice bytes, struct posting *ret_posting,
                                     struct failure *reterr);

#endif
