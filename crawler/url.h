/* crawler/url.h - URLs of the web: parsing, resolving, and the form that names a page.
 *
 * The WHATWG URL Standard for http and https, which are all we fetch; other schemes are refused by
 * name. Hosts are turned to ASCII by UTS #46 as that standard says. Pure and thread-safe. The
 * first host with letters outside ASCII opens ICU's tables: url_prepare() does that beforehand, for
 * a process that is about to give up its files.
 * Cost: one pass over the input, under a microsecond for a usual link. */
#ifndef LUREWATCH_URL_H
#define LUREWATCH_URL_H

#include "common/arena.h"
#include "common/text.h"

#define URL_BYTES_MAX 8192u /* of the input, and of the result */

/* A parsed URL. Every slice lies inside href, which is NUL-terminated and lives in the arena of
 * the call that made it (or, for a url that was copied as a struct, still there). */
struct url {
    struct slice href;   /* all of it, as the standard serialises it */
    struct slice scheme; /* "http" or "https" */
    struct slice username, password;
    struct slice host;      /* lower-case ASCII; IPv6 in brackets; never empty */
    struct slice host_port; /* the politeness key: host, or host:port where the port is not the
                               scheme's own */
    uint16_t port;          /* in force: 80 or 443 where none stands */
    struct slice path;      /* begins with "/" */
    struct slice query;     /* without its "?" */
    struct slice fragment;  /* without its "#" */
    bool has_query, has_fragment; /* "?" or "#" stands there, if only with nothing behind it */
};

/* Reads input, relative to base when there is one (NULL: input must be absolute). input is UTF-8;
 * ill-formed bytes count as U+FFFD. Spaces around it, tabs and line ends in it are dropped, as
 * browsers do. *ret_url is untouched on failure; *reterr (NULL is allowed) says what is wrong.
 * Errors: ERR_SYNTAX, ERR_UNSUPPORTED (another scheme, named), ERR_LIMIT (URL_BYTES_MAX),
 * ERR_NOMEM (memory or the arena's limit). */
MUST_USE int url_parse(struct arena *arena, struct slice input, const struct url *base,
                       struct url *ret_url, struct failure *reterr);

/* The form that names the page: two spellings of one page give one canonical href. As parsed, and
 *   - no fragment, no user or password, no dot at the host's end, no "?" with nothing behind it;
 *   - %xx in upper case, and decoded where the character is unreserved (RFC 3986 6.2.2);
 *   - without the query members that only track the visitor (utm_*, gclid, fbclid, …) and the
 *     session ids of well-known servers (jsessionid, phpsessid, aspsessionid…, cfid, cftoken), in
 *     the query and as ";jsessionid=" in the path, and without empty members ("a&&b"). All others
 *     keep their place and order.
 * The standard's own rules did the rest: lower-case host, default port dropped, dot segments.
 * url and *ret_url may be the same. Errors: ERR_NOMEM. */
MUST_USE int url_canonical(struct arena *arena, const struct url *url, struct url *ret_url);
/* url_parse() without base and url_canonical() in one. Errors: as url_parse(). */
MUST_USE int url_read_canonical(struct arena *arena, struct slice input, struct url *ret_url,
                                struct failure *reterr);

/* Path and query as they stand in href, "/jobs?page=2": what robots.txt speaks of. */
struct slice url_path_query(const struct url *url);
/* href up to, without, its fragment. */
struct slice url_without_fragment(const struct url *url);
/* "https://host:port" without a default port, as RFC 6454 serialises it; in the arena.
 * NULL: no memory. */
const char *url_origin(struct arena *arena, const struct url *url);

/* A domain as it stands in a URL: UTS #46 to ASCII (non-transitional, with the WHATWG settings),
 * or an IP address in its one serialised form ("127.0.0.1", "[::1]"). input: UTF-8, without percent
 * signs. *ret_host lives in arena. Errors: ERR_SYNTAX, ERR_LIMIT, ERR_NOMEM. */
MUST_USE int url_host_to_ascii(struct arena *arena, struct slice input, struct slice *ret_host,
                               struct failure *reterr);

/* Opens what the first international host would open. Errors: ERR_IO (ICU's data is missing). */
MUST_USE int url_prepare(void);

#endif
