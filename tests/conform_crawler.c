/* conform_crawler.c - the kinds robots, url and address of build/conform. */
#include "crawler/address.h"
#include "crawler/robots.h"
#include "crawler/url.h"
#include "tests/conform.h"

#include <stdlib.h>

void conform_url(const struct json *in, struct arena *arena, struct json_writer *out)
{
    struct url base, url;
    struct failure why = {0};
    struct slice base_text = json_get_string(in, "base");
    const struct url *on = NULL;
    int rc = OK;
    if (base_text.len > 0) {
        rc = url_parse(arena, base_text, NULL, &base, &why);
        on = &base;
    }
    if (rc == OK)
        rc = url_parse(arena, json_get_string(in, "input"), on, &url, &why);
    json_key(out, "ok");
    json_put_bool(out, rc == OK);
    if (rc == OK)
        json_put_member(out, "href", url.href);
    else
        json_put_member(out, "error", slice_of(why.text));
}

void conform_address(const struct json *in, struct arena *arena, struct json_writer *out)
{
    struct url url;
    struct failure why = {0};
    int rc = url_parse(arena, json_get_string(in, "url"), NULL, &url, &why);
    if (rc == OK)
        rc = address_refuse_url(NULL, &url, &why);
    json_key(out, "refused");
    json_put_bool(out, rc != OK);
    json_put_member_if(out, "reason", slice_of(rc != OK ? why.text : ""));
}

/* The path of a URL as a crawler would ask for it. What is no URL, or is longer than one of ours,
 * is cut behind its host by hand. */
static struct slice path_asked(struct arena *arena, struct slice text)
{
    struct url url;
    if (url_parse(arena, text, NULL, &url, NULL) == OK)
        return url_path_query(&url);
    size_t scheme = slice_find(text, SLICE("://"));
    struct slice rest = scheme == SIZE_MAX ? text : slice_from(text, scheme + 3);
    size_t slash = slice_find_char(rest, '/');
    return slash == SIZE_MAX ? SLICE("/") : slice_from(rest, slash);
}

void conform_robots(const struct json *in, struct arena *arena, struct json_writer *out)
{
    struct robots *robots = NULL;
    struct robots_answer answer;
    struct slice path = path_asked(arena, json_get_string(in, "url"));
    int rc = robots_parse(conform_bytes(in, "robots_b64", arena), json_get_string(in, "user_agent"),
                          &robots);
    if (rc != OK) {
        json_put_member(out, "error", slice_of(err_name(rc)));
        return;
    }
    json_key(out, "allowed");
    json_put_bool(out, robots_allows(robots, path, &answer));
    json_put_member_int(out, "line", answer.line);
    json_put_member(out, "rule", answer.rule);
    json_key(out, "crawl_delay");
    uint32_t delay_ms = robots_crawl_delay_ms(robots);
    if (delay_ms == 0)
        json_put_null(out);
    else
        json_put_decimal(out, delay_ms % 1000 == 0 ? delay_ms / 1000 : delay_ms,
                         delay_ms % 1000 == 0 ? 0 : 3);
    json_key(out, "sitemaps");
    json_open_array(out);
    for (size_t i = 0; robots_sitemap(robots, i) != NULL; i++)
        json_put_cstr(out, robots_sitemap(robots, i));
    json_close_array(out);
    robots_free(robots);
}
