/* crawler/url_suffix.h - which part of a host one registers: the Public Suffix List (libpsl). */
#ifndef LUREWATCH_URL_SUFFIX_H
#define LUREWATCH_URL_SUFFIX_H

#include "common/text.h"

struct suffix_list;

/* path NULL: the newest list the system has. Read-only afterwards, so shared by threads. Gives
 * *ret_list, free with suffix_list_free(). Errors: ERR_NOT_FOUND (no list), ERR_NOMEM. */
MUST_USE int suffix_list_load(const char *path, struct suffix_list **ret_list,
                              struct failure *reterr);
void suffix_list_free(struct suffix_list *list); /* NULL is allowed */

/* The registrable domain of a host in its URL form (lower-case ASCII): "loker.co.id" of
 * "www.loker.co.id". A slice of host; empty for an IP address, a public suffix itself, a single
 * label, or a host over 253 bytes. */
struct slice suffix_registrable(const struct suffix_list *list, struct slice host);

#endif
