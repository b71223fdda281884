/* sources_add.c - `lurewatch sources add URL`: looks at a site as a sweep would, and writes down what
 * it found as a source that is off; see sources.h.
 *
 * At most five requests: robots.txt, the address, one posting, a sitemap, each after the gate. The
 * draft guesses; a person decides why the site may be read, and fills it in. */
#include "app/sources_look.h"
#include "common/clock.h"
#include "common/file.h"
#include "crawler/url.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define DRAFT_BYTES_MAX 65536u
#define NAME_BYTES_MAX  64u

struct draft {
    struct looker looker;
    struct url url;
    const char *name, *file;
    struct look page, posting, sitemap;
    bool has_posting, has_sitemap;
    enum link_kind postings; /* the links that proved to be postings */
    const char *sitemap_why; /* "" */
    struct text_buf out;
};

/* "www.jobs.example" -> "jobs-example" */
static const char *name_of(struct arena *arena, struct slice host)
{
    char name[NAME_BYTES_MAX + 1];
    size_t len = 0;
    if (slice_starts(host, "www."))
        host = slice_from(host, 4);
    for (size_t i = 0; i < host.len && len < NAME_BYTES_MAX; i++) {
        char c = host.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain)
            name[len++] = c;
        else if (len > 0 && name[len - 1] != '-')
            name[len++] = '-';
    }
    while (len > 0 && name[len - 1] == '-')
        len--;
    return len > 0 ? arena_copy(arena, name, len) : "board";
}

/* ---- looking ---- */

static void sitemap_look(struct draft *draft)
{
    struct arena *arena = draft->looker.ask->arena;
    struct failure why = {.code = OK};
    struct url url;
    const char *host = arena_copy(arena, draft->url.host_port.at, draft->url.host_port.len);
    const char *named = host != NULL ? visitor_sitemap(draft->looker.visitor, host, 0) : NULL;
    if (named == NULL)
        named = arena_printf(arena, "%.*s://%s/sitemap.xml", (int)draft->url.scheme.len,
                             draft->url.scheme.at, host != NULL ? host : "");
    draft->sitemap_why = "";
    if (named == NULL || url_read_canonical(arena, slice_of(named), &url, NULL) != OK)
        return;
    int rc = look_at(&draft->looker, url.href.at, SOURCE_SITEMAP, &draft->sitemap, &why);
    draft->has_sitemap = rc == OK && strcmp(draft->sitemap.type, "sitemap") == 0;
    if (!draft->has_sitemap) {
        const char *text = rc != OK ? why.text : "it is no sitemap";
        const char *copy = arena_printf(arena, "%s: %s", url.href.at, text);
        draft->sitemap_why = copy != NULL ? copy : "";
    }
}

static int site_look(struct draft *draft, struct failure *reterr)
{
    struct failure why = {.code = OK};
    int rc = look_at(&draft->looker, draft->url.href.at, SOURCE_LISTING, &draft->page, reterr);
    if (rc != OK)
        return rc;
    draft->postings = draft->page.links[LINK_POSTING] > 0 ? LINK_POSTING : LINK_LISTING;
    const char *first = draft->page.first[draft->postings];
    draft->has_posting =
        first != NULL && draft->page.ads == 0 &&
        look_at(&draft->looker, first, SOURCE_LISTING, &draft->posting, &why) == OK &&
        (draft->postings == LINK_POSTING || strcmp(draft->posting.type, "job") == 0);
    sitemap_look(draft);
    return OK;
}

/* ---- writing ---- */

static void put_quoted(struct draft *draft, const char *text)
{
    text_buf_add_char(&draft->out, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            text_buf_add_char(&draft->out, '\'');
        text_buf_add_char(&draft->out, (unsigned char)*text < ' ' ? ' ' : *text);
    }
    text_buf_add_char(&draft->out, '\'');
}

/* A comment on one line. */
static void put_comment(struct draft *draft, const char *what, const char *text)
{
    text_buf_printf(&draft->out, "#   %s", what);
    for (size_t i = 0; text[i] != '\0' && i < 300; i++)
        text_buf_add_char(&draft->out, (unsigned char)text[i] < ' ' ? ' ' : text[i]);
    text_buf_add_char(&draft->out, '\n');
}

static void put_findings(struct draft *draft)
{
    const struct look *page = &draft->page;
    struct text_buf *out = &draft->out;
    put_comment(draft, "robots.txt: ", page->robots_rule);
    put_comment(draft, "the page is: ", page->type);
    if (page->note[0] != '\0')
        put_comment(draft, "note: ", page->note);
    text_buf_printf(out, "#   links to postings: %zu, to other lists: %zu\n",
                    page->links[LINK_POSTING], page->links[LINK_LISTING] + page->links[LINK_NEXT]);
    if (page->ads > 0)
        text_buf_printf(out, "#   postings on the page itself: %zu, read by %s\n", page->ads,
                        page->source_type);
    if (draft->has_posting) {
        put_comment(draft, "a posting: ", draft->posting.url);
        put_comment(draft, "  read by: ",
                    draft->posting.ads > 0 ? draft->posting.source_type
                                           : "nothing: fields: may be needed");
        put_comment(draft, "  its title: ", draft->posting.title);
    }
    if (page->first[LINK_FEED] != NULL)
        put_comment(draft, "a feed: ", page->first[LINK_FEED]);
    if (draft->has_sitemap)
        put_comment(draft, "a sitemap: ", draft->sitemap.url);
    else if (draft->sitemap_why[0] != '\0')
        put_comment(draft, "no sitemap: ", draft->sitemap_why);
}

static void put_start(struct draft *draft, const char *url, const char *as, bool on)
{
    text_buf_add_str(&draft->out, on ? "  - {url: " : "#  - {url: ");
    put_quoted(draft, url);
    text_buf_printf(&draft->out, ", as: %s}\n", as);
}

static const char *start_kind(const struct look *page)
{
    if (strcmp(page->type, "feed") == 0 || strcmp(page->type, "sitemap") == 0)
        return page->type;
    return strcmp(page->type, "job") == 0 && page->links[LINK_POSTING] < 3 ? "posting" : "listing";
}

static void put_draft(struct draft *draft)
{
    const struct look *page = &draft->page;
    struct text_buf *out = &draft->out;
    char when[CLOCK_RFC3339_BYTES];
    text_buf_printf(out, "# A first draft, written by `lurewatch sources add` on %.10s. Found:\n",
                    clock_rfc3339(clock_unix_ms(), when));
    put_findings(draft);
    text_buf_printf(
        out,
        "# It is off until permission says why it may be read: look at the site's terms.\n"
        "# Then `lurewatch sources check %s` and `lurewatch sources check %s --fetch`.\n"
        "name: %s\ntitle: ",
        draft->name, draft->name, draft->name);
    put_quoted(draft,
               arena_copy(draft->looker.ask->arena, draft->url.host.at, draft->url.host.len));
    text_buf_add_str(out, "\n#permission:\n"
                          "#  basis: terms-allow # terms-allow | licence | written-consent | "
                          "public-feed | api\n"
                          "#  note: 'where it is written, and when it was read'\n"
                          "#  until: 2027-12-31\nstart:\n");
    put_start(draft, draft->url.href.at, start_kind(page), true);
    if (page->first[LINK_FEED] != NULL)
        put_start(draft, page->first[LINK_FEED], "feed", false);
    if (draft->has_sitemap)
        put_start(draft, draft->sitemap.url, "sitemap", false);
    text_buf_add_str(out, "every: 12h\ndelay: 2s\npages_max: 500\n#country: ID\n#language: id\n");
    const char *prefix = page->prefix[draft->postings];
    if (draft->has_posting && prefix != NULL && strlen(prefix) > 1) {
        const char *glob = arena_printf(draft->looker.ask->arena, "%s*", prefix);
        text_buf_add_str(out, "#extract:\n#  follow:\n#    posting: [");
        put_quoted(draft, glob != NULL ? glob : "/");
        text_buf_add_str(out, "]\n");
    }
}

static int draft_write(struct draft *draft, struct failure *reterr)
{
    struct source *source = NULL;
    put_draft(draft);
    int rc = text_buf_status(&draft->out);
    if (rc != OK)
        return failure_set(reterr, rc, "out of memory");
    rc = source_read(text_buf_slice(&draft->out), draft->file, &source, reterr);
    source_free(source);
    if (rc == OK)
        rc = dir_make(draft->looker.ask->settings->sources, 0755, reterr);
    return rc == OK ? file_write_atomic(draft->file, text_buf_slice(&draft->out), 0644, reterr)
                    : rc;
}

/* ---- the verb ---- */

static int draft_make(struct draft *draft, struct failure *reterr)
{
    int rc = site_look(draft, reterr);
    if (rc == OK)
        rc = draft_write(draft, reterr);
    if (rc != OK)
        return rc;
    look_print(&draft->page);
    if (draft->has_posting)
        look_print(&draft->posting);
    if (draft->has_sitemap)
        look_print(&draft->sitemap);
    printf("written: %s\nIt is off: fill in permission: once you know why the site may be read.\n",
           draft->file);
    return OK;
}

/* Asked before the site is: a name that cannot be written down is no reason to visit anybody. */
static bool is_source_name(const char *name)
{
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return len > 0 && len <= NAME_BYTES_MAX && name[len] == '\0' && name[0] != '-';
}

int sources_add(const struct sources_ask *ask, const char *url, const char *name)
{
    struct draft draft = {.looker = {.delay_ms = 1000}};
    struct failure why = {.code = OK};
    if (url == NULL) {
        fputs("lurewatch sources: add wants an address: sources add https://board.example/jobs\n",
              stderr);
        return EXIT_USAGE;
    }
    if (name != NULL && !is_source_name(name)) {
        fprintf(stderr,
                "lurewatch sources: --name is made of a-z, 0-9 and '-', such as example-board, "
                "and has 1 to %u characters\n",
                NAME_BYTES_MAX);
        return EXIT_USAGE;
    }
    if (url_read_canonical(ask->arena, slice_of(url), &draft.url, &why) != OK) {
        exit_with("sources", &why);
        return EXIT_DATA; /* ftp://, too: what was given, not what is there */
    }
    draft.name = name != NULL ? name : name_of(ask->arena, draft.url.host);
    draft.file = draft.name == NULL
                     ? NULL
                     : arena_printf(ask->arena, "%s/%s.yml", ask->settings->sources, draft.name);
    if (draft.file == NULL)
        return EXIT_INTERNAL;
    if (access(draft.file, F_OK) == 0 || errno != ENOENT) {
        fprintf(stderr, "lurewatch sources: %s is there already; --name NAME writes another\n",
                draft.file);
        return EXIT_CANNOT_CREATE;
    }
    text_buf_init(&draft.out, DRAFT_BYTES_MAX);
    draft.looker.source = draft.name;
    int code = looker_open(&draft.looker, ask);
    int rc = code == EXIT_DONE ? draft_make(&draft, &why) : OK;
    looker_close(&draft.looker);
    text_buf_release(&draft.out);
    return rc == OK ? code : exit_with("sources", &why);
}
