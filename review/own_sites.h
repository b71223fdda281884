/* review/own_sites.h - is what an ad links to a site of the recruiter's own? Not the board that carries the
 * ad, no platform of recipients.yml, and no host where anybody may put a page or a link (shared.yml): who
 * reports those as the source of abuse accuses whoever was abused. */
#ifndef LUREWATCH_OWN_SITES_H
#define LUREWATCH_OWN_SITES_H

#include "common/text.h"

struct own_sites;

/* Reads both files (folder as letter_data_read()). Gives *ret_sites, free with own_sites_free().
 * Errors: ERR_SYNTAX (file:line: why), ERR_LIMIT, ERR_NOMEM, those of letter_data_read(). */
MUST_USE int own_sites_load(const char *folder, struct own_sites **ret_sites,
                            struct failure *reterr);
void own_sites_free(struct own_sites *sites); /* NULL is allowed */
/* host, in lower case, of an address in an ad that stands at board. */
bool own_sites_has(const struct own_sites *sites, struct slice host, struct slice board);
/* "kantor.example": letters, digits and hyphens, and a last label of letters. */
bool host_is_domain(struct slice host);

#endif
