/* app/judge.h - one page or ad, from bytes to verdicts: extract -> normalise -> match -> score.
 *
 * The same code in a worker process, in `scan` and in `extract`. Not thread-safe: one judge, one
 * thread. No files, no sockets after judge_create(). */
#ifndef LUREWATCH_JUDGE_H
#define LUREWATCH_JUDGE_H

#include "classifiers/classify.h"
#include "common/sketch.h"
#include "crawler/extract/page.h"

#define JUDGE_ARENA_BYTES_MAX (256u << 20)
#define JUDGE_REPLY_BYTES_MAX (48u << 20)

struct judge;

/* Copies bank_bytes (a bank pack). settings NULL: the bank's model. Gives *ret_judge, free with
 * judge_free(). Errors: those of bank_pack_from(), pattern_bank_compile(), classifier_create(). */
MUST_USE int judge_create(struct slice bank_bytes, const struct classify_settings *settings,
                          struct judge **ret_judge, struct failure *reterr);
void judge_free(struct judge *judge);               /* NULL is allowed */
struct slice judge_bank(const struct judge *judge); /* "<version>-<sha256 prefix>" */
const struct pattern_bank *judge_pattern_bank(const struct judge *judge);
struct matcher *
judge_matcher(struct judge *judge); /* matcher.h: what it costs, what is fused off */

/* The nth rule that this judge runs no more, because it reached its limits so often; NULL: none. */
const struct rule *judge_fused(const struct judge *judge, size_t nth);

/* Judges one ad that is text already. The verdict lives in arena. Errors: ERR_NOMEM. */
MUST_USE int judge_posting(struct judge *judge, const struct posting *posting, struct arena *arena,
                           struct verdict *ret_verdict);

/* Answers a FRAME_PAGE. head:
 *   {"url":…, "content_type":…, "content_encoding":…, "hint":"listing|posting|feed|sitemap",
 *    "rules":"the JSON of extract/rules.h", "want":"page|extract|ad|look"}
 * page: postings with verdicts; extract: postings alone; ad: body is one scan input object whose
 * html is read as a posting page and whose other members win over what the page says; look: body is
 * a picture, and the answer {"status":"ok","look":hex} or why it has none.
 * Appends to reply one JSON object:
 *   {"status":"ok|limit|unsupported|syntax|memory","why":…,"type":"job",…,"links":[{"u","k","m"}],
 *    "ads":[{"posting":{…},"verdict":{…},"fingerprint":hex,"sketch":hex}],
 *    "fused":["rule.id",…]}     only where rules are fused off (matcher.h)
 * Always answers, whatever the bytes; errors are only our own memory. Errors: ERR_NOMEM. */
MUST_USE int judge_answer(struct judge *judge, struct slice head, struct slice body,
                          struct text_buf *reply);

/* An ad that every bank must flag and a page around it; flagged: the worker is sound. Errors:
 * ERR_UNSUPPORTED (the canary was missed), ERR_NOMEM. */
MUST_USE int judge_canary(struct judge *judge, struct failure *reterr);

#endif
