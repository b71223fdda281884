/* fuzz_robots.c - any bytes as robots.txt, asked for any path by any agent. Input: agent, a line with
 * paths between blanks, the file. */
#include "crawler/robots.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static size_t lines_of(struct slice text)
{
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.at[i] == '\n' || text.at[i] == '\r' ? 1 : 0;
    return lines;
}

static void ask(const struct robots *robots, struct slice path, size_t lines)
{
    struct robots_answer answer, again;
    bool allowed = robots_allows(robots, path, &answer);
    PROMISE(allowed == answer.allowed && answer.line <= lines);
    PROMISE(answer.rule.at != NULL && answer.rule.len > 0);
    PROMISE(robots_allows(robots, path, &again) == allowed && again.line == answer.line);
    PROMISE(robots_allows(robots, path, NULL) == allowed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice body = fuzz_slice(data, size);
    struct slice agent = fuzz_line(&body), paths = fuzz_line(&body);
    struct robots *robots = NULL;
    if (robots_parse(body, agent, &robots) != OK)
        return 0;
    size_t lines = lines_of(body);
    PROMISE(robots_state(robots) == ROBOTS_RULES);
    PROMISE(robots_crawl_delay_ms(robots) <= 24u * 3600u * 1000u);
    PROMISE(robots_allows(robots, SLICE("/robots.txt"), NULL));
    ask(robots, SLICE("/"), lines);
    for (size_t i = 0; i < 16 && paths.len > 0; i++) {
        size_t end = slice_find_char(paths, ' ');
        end = end == SIZE_MAX ? paths.len : end;
        ask(robots, slice_sub(paths, 0, end), lines);
        paths = slice_from(paths, end + 1);
    }
    size_t sitemaps = 0;
    while (robots_sitemap(robots, sitemaps) != NULL)
        sitemaps++;
    PROMISE(sitemaps <= ROBOTS_SITEMAPS_MAX && sitemaps <= lines);
    robots_free(robots);
    return 0;
}
