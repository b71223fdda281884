/* crawler/source.h - sources/NAME.yml: what may be read, why, from where, how often.
 *
 *   name: example-board              # must equal the file's name
 *   title: Example Board
 *   permission:                      # without it, or past until, the source is off and says so
 *     basis: terms-allow             # terms-allow | licence | written-consent | public-feed | api
 *                                    # | test
 *     note: 'Terms of 2026-03-01, section 4'
 *     until: 2027-12-31
 *   start:
 *     - {url: 'https://board.example/jobs', as: listing}      # listing | sitemap | feed | posting
 *     - {path: 'archive'}            # a folder, a saved page or a WARC file, beside this file
 *   hosts: ['*.board.example']       # beside the hosts of start; "*." means every name below
 *   every: 6h                        # a round of the source at most this often (default 24h)
 *   delay: 2s                        # between two requests to one host at least (default 0s)
 *   hours: '22:00-05:00 +07:00'      # asked only then; the zone is UTC where none is named
 *   pages_day: 5000                  # requests of a day (UTC) at most, sweeps together
 *   pages_max: 2000                  # a sweep (default 1000)
 *   depth_max: 5                     # links away from start (default 5)
 *   country: ID                      # ISO 3166: whom the ads speak to
 *   language: id                     # BCP 47
 *   render: no                       # yes: pages are read after their scripts ran, in a browser
 *   canary: yes                      # its pages are ours, and each must be flagged; none is stored
 *   enabled: yes
 *   extract: {…}                     # rules of crawler/extract/rules.h, kept here as JSON
 *
 * Links leave the hosts of a source never. `follow` of extract sorts links: a glob ("*": any run of
 * characters) against path and query, or against the whole URL where it begins with "http"; with
 * any follow glob, links that match none are not followed. Read once, then read-only. */
#ifndef LUREWATCH_SOURCE_H
#define LUREWATCH_SOURCE_H

#include "common/text.h"

struct url;

/* What a URL is expected to be; names and order are those of the store's url_kind. */
enum source_kind { SOURCE_LISTING, SOURCE_SITEMAP, SOURCE_FEED, SOURCE_POSTING, SOURCE_KIND_COUNT };
const char *source_kind_name(enum source_kind kind);
bool source_kind_from_name(struct slice name, enum source_kind *ret_kind);

struct source_start {
    const char *url; /* canonical */
    const char *host_port;
    enum source_kind kind;
};

/* Texts are never NULL; "" where the file says nothing. All borrowed from the source. */
struct source {
    const char *file, *name, *title, *country, *language;
    const char *basis, *basis_note;
    int64_t until_unix_ms; /* the last moment of its last day, UTC; 0: no end */
    const struct source_start *start;
    size_t start_count;
    const char *const *paths; /* local starts, as found from the current folder */
    size_t paths_count;
    int64_t every_ms;
    uint32_t delay_ms, pages_max, depth_max;
    uint32_t pages_day;                   /* 0: no such limit */
    uint32_t opens_minute, closes_minute; /* of the day, UTC; equal: the whole day */
    bool enabled, render, canary;
    const char *extract_json; /* "" when there is no extract: */
};

/* Reads one file. Gives *ret_source, free with source_free().
 * Errors: ERR_SYNTAX and ERR_LIMIT ("file:line:column: why", the line and a caret), ERR_NOT_FOUND,
 * ERR_IO, ERR_NOMEM. */
MUST_USE int source_load(const char *path, struct source **ret_source, struct failure *reterr);
/* The same of text; file is what messages call it, and its base name must be NAME.yml. */
MUST_USE int source_read(struct slice text, const char *file, struct source **ret_source,
                         struct failure *reterr);
void source_free(struct source *source); /* NULL is allowed */

/* Why the source is not swept now, as a sentence that says what to do; NULL: it is on. at keeps
 * the text. Reasons: enabled: no, no permission, permission past its day. */
#define SOURCE_WHY_BYTES 512u
const char *source_off(const struct source *source, int64_t now_unix_ms, char at[SOURCE_WHY_BYTES]);
/* The same as a name that lasts: "disabled", "no-permission", "permission-ended"; NULL: it is on. */
const char *source_off_kind(const struct source *source, int64_t now_unix_ms);

/* Milliseconds until the source's hours begin: 0 now, or it has none. */
int64_t source_opens_ms(const struct source *source, int64_t now_unix_ms);

/* Does url lie on a host of the source? url as parsed or canonical. */
bool source_allows_url(const struct source *source, const struct url *url);
/* What the follow globs make of a link: true and *ret_kind for the first that matches (posting
 * before listing). False: none matches; then it is followed only where source_has_follow() is
 * false, as what the page made of it. */
bool source_link_kind(const struct source *source, const struct url *url,
                      enum source_kind *ret_kind);
bool source_has_follow(const struct source *source);

/* ---- the folder ---- */

struct source_set;

/* Reads every *.yml of dir, by name. A file that is wrong does not stop the others: it is a failure
 * of the set. Gives *ret_set, free with source_set_free(). Errors: ERR_NOT_FOUND (no folder),
 * ERR_IO, ERR_NOMEM. */
MUST_USE int source_set_load(const char *dir, struct source_set **ret_set, struct failure *reterr);
void source_set_free(struct source_set *set); /* NULL is allowed */
const struct source *source_set_at(const struct source_set *set, size_t index); /* NULL: end */
const struct source *source_set_find(const struct source_set *set, const char *name);
/* Sentence of the index-th file that is wrong; NULL past the end. */
const char *source_set_failure(const struct source_set *set, size_t index);

#endif
