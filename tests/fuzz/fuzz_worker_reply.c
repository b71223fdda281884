/* fuzz_worker_reply.c - any bytes as a worker's answer for a page: the worker read hostile bytes,
 * so what the sweep takes from it must lie within the source, the fields and the limits. */
#include "app/sweep_parts.h"
#include "crawler/extract/page.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const char SOURCE[] = "name: board\n"
                             "title: Board\n"
                             "permission: {basis: test, note: 'invented'}\n"
                             "start:\n"
                             "  - {url: 'https://board.example/jobs', as: listing}\n";

struct world {
    struct settings settings;
    struct sweep_options options;
    struct source *source;
    struct source_run run;
    struct sweep *sweep;
};

static struct world *the_world(void)
{
    static struct world world;
    if (world.sweep != NULL)
        return &world;
    PROMISE(source_read(slice_of(SOURCE), "board.yml", &world.source, NULL) == OK);
    world.sweep = calloc(1, sizeof *world.sweep);
    PROMISE(world.sweep != NULL);
    world.settings.sample_per_mille = 500;
    world.options = (struct sweep_options){.settings = &world.settings, .bank_name = "1-bank"};
    world.run.source = world.source;
    world.sweep->options = &world.options;
    return &world;
}

static void check_links(const struct page *page)
{
    PROMISE(page->links_count <= PAGE_LINKS_MAX);
    for (size_t i = 0; i < page->links_count; i++) {
        struct url url;
        PROMISE(url_parse(page->arena, slice_of(page->links[i].url), NULL, &url, NULL) == OK);
        PROMISE(source_allows_url(page->run->source, &url));
        PROMISE(slice_is(url.host_port, page->links[i].host));
        PROMISE(page->links[i].kind < URL_KIND_COUNT && page->links[i].depth == page->depth + 1);
    }
}

static void check_ads(const struct page *page)
{
    PROMISE(page->ads_count <= PAGE_POSTINGS_MAX);
    for (size_t i = 0; i < page->ads_count; i++) {
        const struct page_ad *ad = &page->ads[i];
        PROMISE(slice_starts(ad->posting.attr[POSTING_URL], "https://board.example/") ||
                slice_starts(ad->posting.attr[POSTING_URL], "http://board.example/"));
        PROMISE(ad->flagged == verdict_is_flagged(&ad->verdict) && !(ad->flagged && ad->sampled));
        for (size_t k = 0; k < ad->verdict.findings_count; k++) {
            const struct finding *finding = &ad->verdict.findings[k];
            PROMISE(finding->field == FINDING_NO_FIELD ||
                    finding->end_bytes <= ad->posting.field[finding->field].len);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world *world = the_world();
    struct arena *arena = NULL;
    struct failure why = {.code = OK};
    PROMISE(arena_create(PAGE_ARENA_BYTES_MAX, &arena) == OK);
    struct page page = {.sweep = world->sweep,
                        .run = &world->run,
                        .arena = arena,
                        .url = "https://board.example/jobs",
                        .kind = URL_LISTING,
                        .page_type = ""};
    page.errand.url = page.url;
    int rc = page_read_reply(&page, fuzz_slice(data, size), &why);
    PROMISE(rc == OK || rc == ERR_SYNTAX || rc == ERR_LIMIT || rc == ERR_NOMEM);
    PROMISE(rc == OK || why.text[0] != '\0');
    if (rc == OK) {
        check_links(&page);
        check_ads(&page);
    }
    arena_free(arena);
    return 0;
}
