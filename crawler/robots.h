/* crawler/robots.h - robots.txt by RFC 9309: what a site asks of us, and which line said so.
 *
 * Parsed for one product token: only the groups that speak to us are kept, merged (RFC 9309
 * 2.2.1), or the groups of "*" where none names us. The longest rule that matches decides; of two
 * equally long the Allow does. "*" and "$" are special; octets are compared after percent-encoding
 * is evened out. Beyond the RFC: Crawl-delay, Sitemap, a byte order mark, lines ended by CR alone,
 * spaces before the colon, a missing colon between two words, common misspellings, and an Allow of
 * index.html that speaks for its folder too.
 * Cost: parsing one pass; a question is linear in the rules and the path, no backtracking. */
#ifndef LUREWATCH_ROBOTS_H
#define LUREWATCH_ROBOTS_H

#include "common/arena.h"
#include "common/text.h"

#define ROBOTS_BYTES_MAX     (500u << 10) /* read; the rest is ignored, as the RFC allows */
#define ROBOTS_UNPACKED_MAX  (2u << 20)   /* of a packed one; past it: not read */
#define ROBOTS_SITEMAPS_MAX  1000u
#define ROBOTS_REDIRECTS_MAX 5u /* hops to follow for it; more: unavailable */
#define ROBOTS_FRESH_MS_MAX  (INT64_C(24) * 3600 * 1000) /* then it is fetched again */
#define ROBOTS_RETRY_MS      (INT64_C(30) * 60 * 1000)   /* after a disallow-all by failure */

struct robots;

enum robots_state {
    ROBOTS_RULES,       /* there is a file, its rules count */
    ROBOTS_ALLOW_ALL,   /* "unavailable": 4xx, or a redirect that leads nowhere */
    ROBOTS_DISALLOW_ALL /* "unreachable": 5xx, 429, no answer: ask again later */
};

/* Reads a robots.txt for the product token agent ("lurewatch"; a longer User-Agent value is cut at
 * its token, RFC 9309 2.2.1). Never fails for what stands in the file. Copies what it keeps; gives
 * *ret_robots, free with robots_free(). Errors: ERR_NOMEM. */
MUST_USE int robots_parse(struct slice body, struct slice agent, struct robots **ret_robots);
/* From an answer: http_status 2xx reads body; other 3xx and 4xx allow all; 429, 5xx and 0 (no
 * answer) disallow all. Errors: ERR_NOMEM. */
MUST_USE int robots_from_answer(int http_status, struct slice body, struct slice agent,
                                struct robots **ret_robots);
/* The file behind a body as it came: we ask for it plain, but some servers pack it all the same, and
 * what they packed forbids as much. *ret_file borrows body or lives in arena, cut at
 * ROBOTS_BYTES_MAX. Errors: those of inflate_body(), with *reterr; then the file was not read. */
MUST_USE int robots_unpack(struct arena *arena, struct slice body, const char *content_encoding,
                           struct slice *ret_file, struct failure *reterr);
void robots_free(struct robots *robots); /* NULL is allowed */

enum robots_state robots_state(const struct robots *robots);
/* How long the answer may be trusted: ROBOTS_FRESH_MS_MAX, or ROBOTS_RETRY_MS after a failure. */
int64_t robots_fresh_ms(const struct robots *robots);

/* What decided. rule is for people and for the audit: "Disallow: /private/" as the line reads, "no
 * rule", or a state in words ("robots.txt answered 503"); borrowed until robots_free(). */
struct robots_answer {
    bool allowed;
    uint32_t line; /* 1-based; 0: no line decided */
    struct slice rule;
};
/* May the agent fetch path_query (url_path_query())? /robots.txt itself always. ret_answer may be
 * NULL. */
bool robots_allows(const struct robots *robots, struct slice path_query,
                   struct robots_answer *ret_answer);

/* Crawl-delay of our group in milliseconds, 0: none. At most a day. */
uint32_t robots_crawl_delay_ms(const struct robots *robots);
/* "Sitemap:" lines of the whole file, as written, borrowed. NULL past the end. */
const char *robots_sitemap(const struct robots *robots, size_t index);

/* The product token at the start of a User-Agent value: letters, digits, "_" and "-". The RFC knows
 * no digits, but files do: "MJ12bot" is not "MJ". May be empty. */
struct slice robots_product_token(struct slice user_agent);

#endif
