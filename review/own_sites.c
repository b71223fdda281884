/* own_sites.c - see own_sites.h. Some hundred hosts, looked through for each link of an ad. */
#include "review/own_sites.h"
#include "common/arena.h"
#include "common/yaml.h"
#include "review/letter_data.h"
#include "review/recipients.h"

#include <stdlib.h>

#define ARENA_BYTES_MAX (8u << 20)
#define HOSTS_MAX       2000u

struct own_sites {
    struct arena *arena;
    struct recipients platforms;
    struct slice *shared;
    size_t shared_count;
};

/* ---- reading ---- */

static int read_shared(struct own_sites *sites, const struct yaml_doc *doc, struct failure *reterr)
{
    static const char *const keys[] = {"hosts", NULL};
    const struct yaml *root = yaml_root(doc), *list = yaml_get(root, "hosts");
    size_t count = yaml_count(list);
    int rc = yaml_known_keys(doc, root, keys, reterr);
    if (rc != OK)
        return rc;
    if (yaml_kind_of(list) != YAML_SEQUENCE || count > HOSTS_MAX)
        return yaml_fail(doc, root, ERR_SYNTAX, reterr,
                         "'hosts' is a list of at most %u host names", HOSTS_MAX);
    sites->shared = arena_calloc(sites->arena, count + 1, sizeof *sites->shared);
    for (size_t i = 0; sites->shared != NULL && i < count; i++) {
        struct slice host = yaml_text(yaml_at(list, i));
        if (!host_is_domain(host))
            return yaml_fail(doc, yaml_at(list, i), ERR_SYNTAX, reterr,
                             "a host is 'forms.example', in lower case and without '*'");
        const char *copy = arena_copy(sites->arena, host.at, host.len);
        if (copy == NULL)
            return failure_set(reterr, ERR_NOMEM, "out of memory");
        sites->shared[sites->shared_count++] = slice_make(copy, host.len);
    }
    return sites->shared != NULL ? OK : failure_set(reterr, ERR_NOMEM, "out of memory");
}

static int load(struct own_sites *sites, const char *folder, struct failure *reterr)
{
    char path[LETTER_PATH_BYTES];
    struct text_buf text;
    struct yaml_doc *doc = NULL;
    int rc = recipients_load(sites->arena, folder, &sites->platforms, reterr);
    if (rc != OK)
        return rc;
    text_buf_init(&text, LETTER_FILE_BYTES_MAX);
    rc = letter_data_read(folder, "shared.yml", &text, path, reterr);
    if (rc == OK)
        rc = yaml_parse(text_buf_slice(&text), path, &doc, reterr);
    if (rc == OK)
        rc = read_shared(sites, doc, reterr);
    yaml_free(doc);
    text_buf_release(&text);
    return rc;
}

int own_sites_load(const char *folder, struct own_sites **ret_sites, struct failure *reterr)
{
    struct own_sites *sites = calloc(1, sizeof *sites);
    if (sites == NULL || arena_create(ARENA_BYTES_MAX, &sites->arena) != OK) {
        free(sites);
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    }
    int rc = load(sites, folder, reterr);
    if (rc == OK)
        *ret_sites = sites;
    else
        own_sites_free(sites);
    return rc;
}

void own_sites_free(struct own_sites *sites)
{
    if (sites == NULL)
        return;
    arena_free(sites->arena);
    free(sites);
}

/* ---- the question ---- */

bool host_is_domain(struct slice host)
{
    bool dot = false, letter = false;
    for (size_t i = 0; i < host.len; i++) {
        char byte = host.at[i];
        bool lower = byte >= 'a' && byte <= 'z';
        if (!lower && !(byte >= '0' && byte <= '9') && byte != '-' && byte != '.')
            return false;
        dot |= byte == '.';
        letter = lower && (letter || byte != '.'); /* the last label is letters */
    }
    return dot && letter && host.at[0] != '.';
}

/* host is name, or below it */
static bool is_below(struct slice host, struct slice name)
{
    return slice_equal(host, name) ||
           (host.len > name.len && host.at[host.len - name.len - 1] == '.' &&
            slice_equal(slice_from(host, host.len - name.len), name));
}

static bool is_platform(const struct own_sites *sites, struct slice host)
{
    for (size_t i = 0; i < sites->platforms.count; i++)
        for (size_t at = 0; at < sites->platforms.list[i].hosts_count; at++)
            if (host_fits(sites->platforms.list[i].hosts[at], host))
                return true;
    for (size_t i = 0; i < sites->shared_count; i++)
        if (is_below(host, sites->shared[i]))
            return true;
    return false;
}

bool own_sites_has(const struct own_sites *sites, struct slice host, struct slice board)
{
    if (slice_starts(board, "www."))
        board = slice_from(board, 4);
    return !is_platform(sites, host) && !is_below(host, board) && !is_below(board, host);
}
