/* fuzz_url.c - any bytes as a URL, alone and against a base. What was parsed parses again to itself,
 * and a canonical form is its own canonical form. Input: base, then the reference. */
#include "crawler/url.h"
#include "tests/fuzz/fuzz.h"

static void check_parts(const struct url *url)
{
    struct slice href = url->href;
    const struct slice parts[] = {url->scheme,    url->username, url->password, url->host,
                                  url->host_port, url->path,     url->query,    url->fragment};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        PROMISE(parts[i].at != NULL && fuzz_inside(parts[i], href));
    PROMISE(href.len > 0 && href.len <= URL_BYTES_MAX && href.at[href.len] == '\0');
    PROMISE(slice_is(url->scheme, "http") || slice_is(url->scheme, "https"));
    PROMISE(url->host.len > 0 && slice_starts(url->path, "/"));
    for (size_t i = 0; i < href.len; i++)
        PROMISE(href.at[i] > 0x20 && href.at[i] < 0x7F);
}

static void check_again(struct arena *arena, const struct url *url)
{
    struct url again, canonical, twice;
    PROMISE(url_parse(arena, url->href, NULL, &again, NULL) == OK);
    PROMISE(slice_equal(again.href, url->href) && slice_equal(again.host, url->host));
    PROMISE(again.port == url->port && slice_equal(again.path, url->path));
    PROMISE(url_canonical(arena, url, &canonical) == OK);
    check_parts(&canonical);
    PROMISE(!canonical.has_fragment && canonical.username.len == 0);
    PROMISE(url_read_canonical(arena, canonical.href, &twice, NULL) == OK);
    PROMISE(slice_equal(twice.href, canonical.href));
    PROMISE(slice_starts(url_path_query(url), "/") && url_origin(arena, url) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice reference = fuzz_slice(data, size);
    struct slice first = fuzz_line(&reference);
    struct failure why = {0};
    struct arena *arena = NULL;
    struct url base, url;
    if (arena_create(4u << 20, &arena) != OK)
        return 0;
    int rc = url_parse(arena, first, NULL, &base, &why);
    PROMISE(rc == OK || (rc == why.code && why.text[0] != '\0'));
    if (rc == OK) {
        check_parts(&base);
        check_again(arena, &base);
    }
    if (url_parse(arena, reference, rc == OK ? &base : NULL, &url, NULL) == OK) {
        check_parts(&url);
        check_again(arena, &url);
    }
    arena_free(arena);
    return 0;
}
