/* url_canonical.c - one name for each page; see url_canonical() in url.h.
 *
 * The lists hold only what is known never to choose a page: click and campaign marks of the large
 * advertising networks and mailers, and session ids that servers put into URLs by themselves. */
#include "crawler/url_inside.h"

#include <string.h>

/* Names, folded to lower case; an asterisk at the end stands for any rest. */
static const char *const DROPPED[] = {
    "utm_*",      "gclid",     "gclsrc",      "dclid",         "gbraid",        "wbraid",
    "srsltid",    "_ga",       "_gl",         "fbclid",        "fb_action_*",   "igshid",
    "igsh",       "msclkid",   "twclid",      "ttclid",        "li_fat_id",     "yclid",
    "_openstat",  "zanpid",    "epik",        "mc_cid",        "mc_eid",        "_hsenc",
    "_hsmi",      "__hstc",    "__hssc",      "__hsfp",        "hsctatracking", "mkt_tok",
    "vero_id",    "vero_conv", "oly_anon_id", "oly_enc_id",    "wickedid",      "_kx",
    "rb_clickid", "phpsessid", "jsessionid",  "aspsessionid*", "cfid",          "cftoken",
    "oscsid",     "zenid",
};

static bool is_dropped(struct slice name)
{
    for (size_t i = 0; i < sizeof DROPPED / sizeof DROPPED[0]; i++) {
        size_t len = strlen(DROPPED[i]);
        bool open = DROPPED[i][len - 1] == '*';
        struct slice known = slice_make(DROPPED[i], open ? len - 1 : len);
        struct slice head = open ? slice_sub(name, 0, known.len) : name;
        if (slice_equal_nocase(head, known))
            return true;
    }
    return false;
}

static bool is_unreserved(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

/* Does out end in a "%" or "%h" that is no escape? A hexadecimal digit behind it would make it one. */
static bool ends_in_half_escape(const struct url_out *out)
{
    return (out->len > 0 && out->at[out->len - 1] == '%') ||
           (out->len > 1 && out->at[out->len - 2] == '%');
}

/* %xx in upper case; decoded where it stands for an unreserved character, unless that would make
 * an escape of what was none ("%%37e"). */
static void add_evened(struct url_out *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        int high = text.at[i] == '%' && i + 2 < text.len ? hex_value(text.at[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text.at[i + 2]) : -1;
        if (low < 0) {
            url_out_add(out, text.at + i, 1);
            continue;
        }
        i += 2;
        int byte = high * 16 + low;
        char plain = (char)byte;
        char coded[3] = {'%', "0123456789ABCDEF"[high], "0123456789ABCDEF"[low]};
        if (is_unreserved(byte) && !(hex_value(plain) >= 0 && ends_in_half_escape(out)))
            url_out_add(out, &plain, 1);
        else
            url_out_add(out, coded, sizeof coded);
    }
}

/* Takes ";jsessionid=…" out of the path that stands in out since from. */
static void drop_path_session(struct url_out *out, size_t from)
{
    static const struct slice mark = {";jsessionid=", 12};
    for (;;) {
        struct slice path = slice_make(out->at + from, out->len - from);
        size_t at = slice_find_nocase(path, mark);
        if (at == SIZE_MAX)
            return;
        size_t end = at + mark.len;
        while (end < path.len && path.at[end] != '/' && path.at[end] != ';')
            end++;
        memmove(out->at + from + at, out->at + from + end, path.len - end);
        out->len -= end - at;
    }
}

static void add_query(struct url_out *out, struct slice query)
{
    struct url_out even;
    even.len = 0;
    even.full = false;
    add_evened(&even, query);
    struct slice rest = slice_make(even.at, even.len);
    bool first = true;
    while (rest.len > 0) {
        size_t amp = slice_find_char(rest, '&');
        struct slice member = slice_sub(rest, 0, amp == SIZE_MAX ? rest.len : amp);
        rest = amp == SIZE_MAX ? SLICE_EMPTY : slice_from(rest, amp + 1);
        size_t equals = slice_find_char(member, '=');
        if (member.len == 0 ||
            is_dropped(slice_sub(member, 0, equals == SIZE_MAX ? member.len : equals)))
            continue;
        url_out_add(out, first ? "?" : "&", 1);
        url_out_slice(out, member);
        first = false;
    }
}

static void add_host_port(struct url_out *out, const struct url *url, bool keep_dots)
{
    struct slice host = url->host;
    while (!keep_dots && host.len > 1 && host.at[host.len - 1] == '.')
        host.len--;
    url_out_slice(out, host);
    url_out_slice(out, slice_from(url->host_port, url->host.len));
}

static int canonical_parse(struct arena *arena, const struct url *url, bool keep_dots,
                           struct url *ret_url)
{
    struct url_out out;
    out.len = 0;
    out.full = false;
    url_out_slice(&out, url->scheme);
    url_out_add(&out, "://", 3);
    add_host_port(&out, url, keep_dots);
    size_t path_from = out.len;
    add_evened(&out, url->path);
    drop_path_session(&out, path_from);
    add_query(&out, url->query);
    /* What was taken out may have left a dot segment: the parser has the last word. */
    return url_parse(arena, slice_make(out.at, out.len), NULL, ret_url, NULL);
}

/* The parser only ever shortens what it took before, and takes it again; but "x.2.." is a name, and
 * "x.2" a bad IPv4 address: such a host keeps its dots. */
int url_canonical(struct arena *arena, const struct url *url, struct url *ret_url)
{
    struct url canonical;
    int rc = canonical_parse(arena, url, false, &canonical);
    if (rc == ERR_SYNTAX)
        rc = canonical_parse(arena, url, true, &canonical);
    if (rc == OK)
        *ret_url = canonical;
    return rc;
}

int url_read_canonical(struct arena *arena, struct slice input, struct url *ret_url,
                       struct failure *reterr)
{
    struct url url;
    int rc = url_parse(arena, input, NULL, &url, reterr);
    if (rc != OK)
        return rc;
    rc = url_canonical(arena, &url, ret_url);
    if (rc == ERR_NOMEM)
        failure_set(reterr, rc, "no memory for a URL");
    return rc;
}
