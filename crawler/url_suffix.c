/* url_suffix.c - the Public Suffix List by libpsl; see url_suffix.h.
 *
 * libpsl answers nonsense for IP addresses ("3.4" for 1.2.3.4), so these are asked for first. */
#include "crawler/url_suffix.h"

#include "crawler/address.h"

#include <libpsl.h>
#include <stdlib.h>
#include <string.h>

#define HOST_BYTES_MAX 253u

struct suffix_list {
    psl_ctx_t *psl;
};

int suffix_list_load(const char *path, struct suffix_list **ret_list, struct failure *reterr)
{
    struct suffix_list *list = calloc(1, sizeof *list);
    if (list == NULL)
        return failure_set(reterr, ERR_NOMEM, "no memory for the public suffix list");
    list->psl = path != NULL ? psl_load_file(path) : psl_latest(NULL);
    if (list->psl == NULL) {
        free(list);
        return failure_set(reterr, ERR_NOT_FOUND,
                           "%s: no public suffix list there; install the package publicsuffix",
                           path != NULL ? path : "the system");
    }
    *ret_list = list;
    return OK;
}

void suffix_list_free(struct suffix_list *list)
{
    if (list == NULL)
        return;
    psl_free(list->psl);
    free(list);
}

struct slice suffix_registrable(const struct suffix_list *list, struct slice host)
{
    char name[HOST_BYTES_MAX + 1];
    struct address address;
    if (host.len > 0 && host.at[host.len - 1] == '.')
        host.len--;
    if (host.len == 0 || host.len > HOST_BYTES_MAX || address_of_host(host, &address) ||
        slice_find_char(host, '.') == SIZE_MAX)
        return SLICE_EMPTY;
    memcpy(name, host.at, host.len);
    name[host.len] = '\0';
    const char *found = psl_registrable_domain(list->psl, name);
    return found == NULL ? SLICE_EMPTY : slice_from(host, (size_t)(found - name));
}
