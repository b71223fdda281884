/* sources_look.c - one page of a site in a few numbers; see sources_look.h. */
#include "app/sources_look.h"

#include "common/json.h"
#include "crawler/url.h"

#include <string.h>

int looker_open(struct looker *looker, const struct sources_ask *ask)
{
    struct failure why = {.code = OK};
    looker->ask = ask;
    looker->rules = "";
    if (ask->settings->operator_contact[0] == '\0') {
        failure_set(&why, ERR_SYNTAX,
                    "%s: 'contact' is missing: site owners must be able to reach you",
                    ask->settings->file[0] != '\0' ? ask->settings->file : "lurewatch.yml");
        return command_config_failure("sources", &why);
    }
    int code = judging_open("sources", ask->common, &looker->judging);
    if (code != EXIT_DONE)
        return code;
    return visitor_open(ask->settings, &ask->policy, &looker->visitor, &why) == OK
               ? EXIT_DONE
               : exit_with("sources", &why);
}

void looker_close(struct looker *looker)
{
    visitor_close(looker->visitor);
    judging_close(&looker->judging);
}

/* ---- what the worker says ---- */

static const char *keep(struct looker *looker, struct slice text)
{
    const char *copy = arena_copy(looker->ask->arena, text.at, text.len);
    return copy != NULL ? copy : "";
}

/* Shortens *prefix to what it shares with the path of url, up to a "/". */
static void prefix_join(const char **prefix, const struct looker *looker, const struct url *url)
{
    struct slice path = url->path;
    size_t same = 0, end = 0;
    if ((*prefix) == NULL) {
        (*prefix) = arena_copy(looker->ask->arena, path.at, path.len);
        same = path.len;
    }
    for (; (*prefix) != NULL && (*prefix)[same] != '\0' && same < path.len &&
           (*prefix)[same] == path.at[same];
         same++)
        ;
    for (size_t i = 0; i < same; i++)
        if (path.at[i] == '/')
            end = i + 1;
    (*prefix) = arena_copy(looker->ask->arena, path.at, end);
}

static void links_read(struct looker *looker, const struct json *list, struct look *look)
{
    struct url self, url;
    if (url_read_canonical(looker->ask->arena, slice_of(look->url), &self, NULL) != OK)
        return;
    for (size_t i = 0; i < json_count(list); i++) {
        enum link_kind kind;
        const struct json *node = json_at(list, i);
        if (!link_kind_from_name(json_get_string(node, "k"), &kind) ||
            url_read_canonical(looker->ask->arena, json_get_string(node, "u"), &url, NULL) != OK ||
            !slice_equal(url.host_port, self.host_port))
            continue;
        if (look->links[kind]++ == 0)
            look->first[kind] = url.href.at;
        prefix_join(&look->prefix[kind], looker, &url);
    }
}

struct ad_note {
    struct looker *looker;
    struct look *look;
};

static void on_ad(void *ctx, const struct posting *posting, const struct verdict *verdict)
{
    (void)verdict;
    struct ad_note *note = ctx;
    if (note->look->ads++ > 0)
        return;
    note->look->title = keep(note->looker, posting->field[POSTING_TITLE]);
    note->look->source_type = keep(note->looker, posting->attr[POSTING_SOURCE_TYPE]);
}

static int page_read(struct looker *looker, const struct visitor_answer *answer,
                     enum source_kind kind, struct look *look, struct failure *reterr)
{
    struct text_buf head;
    struct json_writer writer;
    struct judging_page page = {0};
    struct ad_note note = {looker, look};
    text_buf_init(&head, 1u << 20);
    json_writer_init(&writer, &head);
    json_open_object(&writer);
    json_put_member(&writer, "want", SLICE("extract"));
    json_put_member(&writer, "url", slice_of(answer->url));
    json_put_member(&writer, "hint", slice_of(source_kind_name(kind)));
    json_put_member_if(&writer, "content_type", slice_of(answer->content_type));
    json_put_member_if(&writer, "content_encoding", slice_of(answer->content_encoding));
    json_put_member_if(&writer, "rules", slice_of(looker->rules));
    json_close_object(&writer);
    arena_reset(looker->judging.arena);
    int rc = text_buf_status(&head);
    if (rc == OK)
        rc = judging_ask(&looker->judging, text_buf_slice(&head), answer->body, on_ad, &note, &page,
                         reterr);
    if (rc == OK) {
        const struct json *root = json_root(page.doc);
        look->type = keep(looker, json_get_string(root, "type"));
        look->note = keep(looker, json_get_string(root, "note"));
        links_read(looker, json_get(root, "links"), look);
        json_free(page.doc);
    }
    text_buf_release(&head);
    return rc;
}

int look_at(struct looker *looker, const char *url, enum source_kind kind, struct look *ret_look,
            struct failure *reterr)
{
    struct look look = {.type = "", .note = "", .title = "", .source_type = ""};
    struct visitor_answer answer;
    const struct visitor_ask ask = {.url = url,
                                    .source = looker->source,
                                    .kind = source_kind_name(kind),
                                    .delay_ms = looker->delay_ms};
    int rc = visitor_get(looker->visitor, looker->ask->arena, &ask, &answer, reterr);
    if (rc != OK)
        return rc;
    look.url = answer.url;
    look.robots_rule = answer.robots_rule;
    look.http_status = answer.http_status;
    if (answer.http_status < 200 || answer.http_status > 299)
        return failure_set(reterr, ERR_NET, "%s answered %d", answer.url, answer.http_status);
    rc = page_read(looker, &answer, kind, &look, reterr);
    if (rc == OK)
        *ret_look = look;
    return rc;
}

/* ---- for people ---- */

static void print_line(const char *name, const char *text)
{
    printf("  %-12s ", name);
    print_safe(stdout, slice_of(text));
    putchar('\n');
}

void look_print(const struct look *look)
{
    print_safe(stdout, slice_of(look->url));
    putchar('\n');
    print_line("robots.txt", look->robots_rule);
    print_line("page", look->type);
    if (look->note[0] != '\0')
        print_line("note", look->note);
    for (int kind = LINK_POSTING; kind <= LINK_NEXT; kind++)
        if (look->links[kind] > 0) {
            printf("  %-12s %zu link%s, the first ", link_kind_name((enum link_kind)kind),
                   look->links[kind], look->links[kind] == 1 ? "" : "s");
            print_safe(stdout, slice_of(look->first[kind]));
            putchar('\n');
        }
    if (look->ads > 0) {
        printf("  %-12s %zu, the first read by %s: ", "postings", look->ads,
               look->source_type[0] != '\0' ? look->source_type : "its text");
        print_safe(stdout, slice_of(look->title));
        putchar('\n');
    }
}

int sources_fetch(const struct sources_ask *ask, const struct source *source)
{
    struct looker looker = {.source = source->name};
    struct look list, posting;
    struct failure why = {.code = OK};
    if (source->start_count == 0) {
        printf("%s: reads files, there is nothing to fetch\n", source->name);
        return EXIT_DONE;
    }
    int code = looker_open(&looker, ask);
    looker.rules = source->extract_json;
    looker.delay_ms = source->delay_ms;
    int rc = code == EXIT_DONE
                 ? look_at(&looker, source->start[0].url, source->start[0].kind, &list, &why)
                 : OK;
    if (code == EXIT_DONE && rc == OK) {
        look_print(&list);
        if (list.first[LINK_POSTING] != NULL && list.ads == 0) {
            rc = look_at(&looker, list.first[LINK_POSTING], SOURCE_POSTING, &posting, &why);
            if (rc == OK)
                look_print(&posting);
        }
    }
    looker_close(&looker);
    return rc == OK ? code : exit_with("sources", &why);
}
