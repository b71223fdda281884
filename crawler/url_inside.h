/* crawler/url_inside.h - what the files of url.h share: percent-encode sets and a bounded writer.
 */
#ifndef LUREWATCH_URL_INSIDE_H
#define LUREWATCH_URL_INSIDE_H

#include "crawler/url.h"

/* The percent-encode sets of the URL Standard, section 1.3; bytes from 0x7F up are in all. */
enum url_set {
    URL_SET_FRAGMENT = 1,
    URL_SET_QUERY = 2, /* of special schemes: with the apostrophe */
    URL_SET_PATH = 4,
    URL_SET_USERINFO = 8
};

/* Where a URL is written before it goes to an arena: no memory is taken for one that fails. */
struct url_out {
    size_t len;
    bool full; /* URL_BYTES_MAX was reached: what is there is not all */
    char at[URL_BYTES_MAX + 1];
};

void url_out_add(struct url_out *out, const char *bytes, size_t len);
void url_out_slice(struct url_out *out, struct slice text);
/* text as UTF-8, each byte of set as %XX. */
void url_out_encoded(struct url_out *out, struct slice text, enum url_set set);

/* The host of a URL, as written there, into out in its serialised form. *ret_why (static) is set on
 * ERR_SYNTAX. Errors: ERR_SYNTAX, ERR_LIMIT. */
MUST_USE int url_host_parse(struct slice input, struct url_out *out, const char **ret_why);

#endif
