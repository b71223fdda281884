/* url.c - the URL parser of the WHATWG URL Standard (section 4.4), for http and https; see url.h.
 *
 * The standard's state machine, written as the few straight steps that remain for these schemes:
 * scheme, authority (or the base's), path with its dot segments, query, fragment. Each step writes
 * its part of the result and notes where it stands; the arena is asked once, at the end. */
#include "crawler/url_inside.h"

#include <assert.h>
#include <string.h>

struct span {
    size_t from, len;
};

struct builder {
    struct slice input; /* as given, for messages */
    struct slice rest;  /* not read yet */
    const char *why;
    struct span scheme, username, password, host, host_port, path, query, fragment;
    uint16_t port; /* in force */
    bool has_query, has_fragment;
    struct url_out out;
};

static struct span span_since(const struct builder *b, size_t from)
{
    return (struct span){from, b->out.len - from};
}

static void write_text(struct builder *b, const char *text)
{
    url_out_add(&b->out, text, strlen(text));
}

static struct span write_copy(struct builder *b, struct slice text)
{
    size_t from = b->out.len;
    url_out_slice(&b->out, text);
    return span_since(b, from);
}

static bool is_slash(char c)
{
    return c == '/' || c == '\\';
}

/* Offset of the first byte of rest that is in stops, or its length. */
static size_t span_until(struct slice rest, const char *stops)
{
    for (size_t at = 0; at < rest.len; at++)
        for (const char *stop = stops; *stop != '\0'; stop++)
            if (rest.at[at] == *stop)
                return at;
    return rest.len;
}

/* ---- the input: no white space around it, no tab or line end in it ---- */

static struct slice strip(struct slice input, char *scratch)
{
    while (input.len > 0 && (unsigned char)input.at[0] <= ' ')
        input = slice_from(input, 1);
    while (input.len > 0 && (unsigned char)input.at[input.len - 1] <= ' ')
        input.len--;
    if (span_until(input, "\t\r\n") == input.len)
        return input;
    size_t len = 0;
    for (size_t i = 0; i < input.len; i++)
        if (input.at[i] != '\t' && input.at[i] != '\r' && input.at[i] != '\n')
            scratch[len++] = input.at[i];
    return slice_make(scratch, len);
}

/* ---- scheme ---- */

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Length of the scheme that input begins with, its colon not counted; 0: none. */
static size_t scheme_length(struct slice input)
{
    if (input.len == 0 || !is_alpha(input.at[0]))
        return 0;
    for (size_t i = 1; i < input.len; i++) {
        char c = input.at[i];
        if (c == ':')
            return i;
        if (!is_alpha(c) && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.')
            return 0;
    }
    return 0;
}

/* ---- authority ---- */

static uint16_t default_port(const struct builder *b)
{
    return b->scheme.len == 5 ? 443 : 80;
}

static int write_port(struct builder *b, struct slice digits)
{
    uint32_t port = 0;
    b->port = default_port(b);
    if (digits.len == 0)
        return OK;
    b->why = "the port is not a number up to 65535";
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return ERR_SYNTAX;
        port = port * 10 + (uint32_t)(digits.at[i] - '0');
        if (port > UINT16_MAX)
            return ERR_SYNTAX;
    }
    if (port == default_port(b))
        return OK;
    b->port = (uint16_t)port;
    char text[7] = ":";
    size_t len = 1;
    for (uint32_t scale = 10000; scale > 0; scale /= 10)
        if (port >= scale || scale == 1)
            text[len++] = (char)('0' + port / scale % 10);
    url_out_add(&b->out, text, len);
    return OK;
}

static void write_userinfo(struct builder *b, struct slice userinfo)
{
    size_t colon = slice_find_char(userinfo, ':');
    struct slice name = slice_sub(userinfo, 0, colon == SIZE_MAX ? userinfo.len : colon);
    struct slice secret = colon == SIZE_MAX ? SLICE_EMPTY : slice_from(userinfo, colon + 1);
    size_t from = b->out.len;
    url_out_encoded(&b->out, name, URL_SET_USERINFO);
    b->username = span_since(b, from);
    if (secret.len > 0) {
        write_text(b, ":");
        from = b->out.len;
        url_out_encoded(&b->out, secret, URL_SET_USERINFO);
        b->password = span_since(b, from);
    }
    if (name.len > 0 || secret.len > 0)
        write_text(b, "@");
}

/* Offset of the colon before the port, or the length: colons in brackets are the host's. */
static size_t port_colon(struct slice host)
{
    bool in_brackets = false;
    for (size_t i = 0; i < host.len; i++) {
        if (host.at[i] == '[')
            in_brackets = true;
        else if (host.at[i] == ']')
            in_brackets = false;
        else if (host.at[i] == ':' && !in_brackets)
            return i;
    }
    return host.len;
}

static int read_authority(struct builder *b)
{
    struct slice authority = slice_sub(b->rest, 0, span_until(b->rest, "/\\?#"));
    b->rest = slice_from(b->rest, authority.len);
    size_t at_sign = authority.len;
    while (at_sign > 0 && authority.at[at_sign - 1] != '@')
        at_sign--;
    if (at_sign > 0) {
        write_userinfo(b, slice_sub(authority, 0, at_sign - 1));
        authority = slice_from(authority, at_sign);
    }
    size_t colon = port_colon(authority);
    b->why = "it has no host";
    if (colon == 0)
        return ERR_SYNTAX;
    size_t from = b->out.len;
    int rc = url_host_parse(slice_sub(authority, 0, colon), &b->out, &b->why);
    if (rc != OK)
        return rc;
    b->host = span_since(b, from);
    rc = write_port(b, slice_from(authority, colon + 1));
    b->host_port = span_since(b, from);
    return rc;
}

static void copy_authority(struct builder *b, const struct url *base)
{
    if (base->username.len > 0 || base->password.len > 0) {
        b->username = write_copy(b, base->username);
        if (base->password.len > 0) {
            write_text(b, ":");
            b->password = write_copy(b, base->password);
        }
        write_text(b, "@");
    }
    b->host_port = write_copy(b, base->host_port);
    b->host = (struct span){b->host_port.from, base->host.len};
    b->port = base->port;
}

/* ---- path, query, fragment ---- */

/* How many dots a segment means, "%2e" counting as one: 1, 2, or 0 for anything else. */
static unsigned dots_of(struct slice segment)
{
    unsigned dots = 0;
    while (segment.len > 0) {
        if (segment.at[0] == '.')
            segment = slice_from(segment, 1);
        else if (slice_starts_nocase(segment, "%2e"))
            segment = slice_from(segment, 3);
        else
            return 0;
        if (++dots > 2)
            return 0;
    }
    return dots;
}

static void drop_segment(struct builder *b)
{
    size_t len = b->out.len;
    while (len > b->path.from && b->out.at[len - 1] != '/')
        len--;
    b->out.len = len > b->path.from ? len - 1 : b->path.from;
}

/* Adds the segments of rest, up to a query or fragment, behind what stands of the path. */
static void read_path(struct builder *b)
{
    if (b->rest.len > 0 && is_slash(b->rest.at[0]))
        b->rest = slice_from(b->rest, 1);
    for (bool more = true; more;) {
        size_t len = span_until(b->rest, "/\\?#");
        struct slice segment = slice_sub(b->rest, 0, len);
        more = len < b->rest.len && is_slash(b->rest.at[len]);
        b->rest = slice_from(b->rest, more ? len + 1 : len);
        unsigned dots = dots_of(segment);
        if (dots == 2)
            drop_segment(b);
        if (dots != 0 && more)
            continue;
        write_text(b, "/");
        if (dots == 0)
            url_out_encoded(&b->out, segment, URL_SET_PATH);
    }
    b->path = span_since(b, b->path.from);
}

static void read_query(struct builder *b)
{
    if (b->rest.len == 0 || b->rest.at[0] != '?')
        return;
    size_t len = span_until(b->rest, "#");
    write_text(b, "?");
    size_t from = b->out.len;
    url_out_encoded(&b->out, slice_sub(b->rest, 1, len - 1), URL_SET_QUERY);
    b->query = span_since(b, from);
    b->has_query = true;
    b->rest = slice_from(b->rest, len);
}

static void read_fragment(struct builder *b)
{
    if (b->rest.len == 0)
        return;
    assert(b->rest.at[0] == '#');
    write_text(b, "#");
    size_t from = b->out.len;
    url_out_encoded(&b->out, slice_from(b->rest, 1), URL_SET_FRAGMENT);
    b->fragment = span_since(b, from);
    b->has_fragment = true;
}

/* ---- the standard's states, joined ---- */

static void skip_slashes(struct builder *b)
{
    while (b->rest.len > 0 && is_slash(b->rest.at[0]))
        b->rest = slice_from(b->rest, 1);
}

static int read_absolute(struct builder *b)
{
    skip_slashes(b);
    int rc = read_authority(b);
    if (rc != OK)
        return rc;
    b->path.from = b->out.len;
    read_path(b);
    return OK;
}

/* The scheme is base's and written already; rest is what stands behind it. */
static int read_relative(struct builder *b, const struct url *base)
{
    char first = b->rest.len > 0 ? b->rest.at[0] : '\0';
    if (is_slash(first) && b->rest.len > 1 && is_slash(b->rest.at[1]))
        return read_absolute(b);
    copy_authority(b, base);
    b->path.from = b->out.len;
    if (is_slash(first)) {
        read_path(b);
        return OK;
    }
    b->path = write_copy(b, base->path);
    if (b->rest.len == 0 || first == '#') {
        if (base->has_query) {
            write_text(b, "?");
            b->query = write_copy(b, base->query);
            b->has_query = true;
        }
    } else if (first != '?') {
        drop_segment(b);
        read_path(b);
    }
    return OK;
}

static void write_scheme(struct builder *b, struct slice scheme)
{
    b->scheme = write_copy(b, scheme);
    write_text(b, "://");
}

static int read_url(struct builder *b, const struct url *base)
{
    size_t len = scheme_length(b->rest);
    if (len == 0) {
        b->why = "it is relative, and there is no page it stands on; write http:// or https://";
        if (base == NULL)
            return ERR_SYNTAX;
        write_scheme(b, base->scheme);
        return read_relative(b, base);
    }
    struct slice scheme = slice_sub(b->rest, 0, len);
    b->rest = slice_from(b->rest, len + 1);
    b->why = "only http and https are read";
    if (slice_equal_nocase(scheme, SLICE("http")))
        scheme = SLICE("http");
    else if (slice_equal_nocase(scheme, SLICE("https")))
        scheme = SLICE("https");
    else
        return ERR_UNSUPPORTED;
    write_scheme(b, scheme);
    if (base != NULL && slice_equal(base->scheme, scheme) && !slice_starts(b->rest, "//"))
        return read_relative(b, base);
    return read_absolute(b);
}

static struct slice span_in(const char *at, struct span span)
{
    return span.len == 0 ? SLICE_EMPTY : slice_make(at + span.from, span.len);
}

static int give(const struct builder *b, struct arena *arena, struct url *ret_url)
{
    const char *at = arena_copy(arena, b->out.at, b->out.len);
    if (at == NULL)
        return ERR_NOMEM;
    *ret_url = (struct url){.href = slice_make(at, b->out.len),
                            .scheme = span_in(at, b->scheme),
                            .username = span_in(at, b->username),
                            .password = span_in(at, b->password),
                            .host = span_in(at, b->host),
                            .host_port = span_in(at, b->host_port),
                            .port = b->port,
                            .path = span_in(at, b->path),
                            .query = span_in(at, b->query),
                            .fragment = span_in(at, b->fragment),
                            .has_query = b->has_query,
                            .has_fragment = b->has_fragment};
    return OK;
}

static void builder_init(struct builder *b, struct slice input)
{
    memset(b, 0, offsetof(struct builder, out));
    b->input = input;
    b->out.len = 0;
    b->out.full = false;
    b->why = "";
}

int url_parse(struct arena *arena, struct slice input, const struct url *base, struct url *ret_url,
              struct failure *reterr)
{
    struct builder b;
    char scratch[URL_BYTES_MAX];
    builder_init(&b, input);
    int rc = ERR_LIMIT;
    if (input.len <= URL_BYTES_MAX) {
        b.rest = strip(input, scratch);
        rc = read_url(&b, base);
    }
    if (rc == OK) {
        read_query(&b);
        read_fragment(&b);
        rc = b.out.full ? ERR_LIMIT : give(&b, arena, ret_url);
    }
    if (rc == OK)
        return OK;
    if (rc == ERR_LIMIT)
        b.why = "it is longer than 8192 bytes";
    else if (rc == ERR_NOMEM)
        b.why = "no memory";
    bool cut = input.len > 200;
    return failure_set(reterr, rc, "URL '%.*s%s': %s", (int)(cut ? 200 : input.len), input.at,
                       cut ? "…" : "", b.why);
}

struct slice url_path_query(const struct url *url)
{
    size_t len = url->path.len;
    if (url->has_query)
        len += 1 + url->query.len;
    return slice_make(url->path.at, len);
}

struct slice url_without_fragment(const struct url *url)
{
    struct slice path_query = url_path_query(url);
    return slice_make(url->href.at, (size_t)(path_query.at - url->href.at) + path_query.len);
}

const char *url_origin(struct arena *arena, const struct url *url)
{
    return arena_printf(arena, "%.*s://%.*s", (int)url->scheme.len, url->scheme.at,
                        (int)url->host_port.len, url->host_port.at);
}
