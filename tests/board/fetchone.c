/* fetchone.c - fetches URLs with the crawler's fetcher and prints a JSON line for each: a window
 * on it for tests and for people.
 *
 *   fetchone [OPTION…] URL…      options: --help
 *
 * URLs are fetched as many at a time as --at-once says; lines come in the order of their ends. */
#include "common/json.h"
#include "crawler/fetcher.h"
#include "tests/board/fetchone_world.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct run {
    struct fetcher *fetcher;
    char **urls;
    int next, count;
    bool identity, show_body, show_heads, quiet;
    const char *etag, *last_modified;
    int64_t beats; /* of a 10 ms timer: is the loop alive? */
    uint64_t beat_gap_ms_max, last_beat_ms;
    uv_timer_t heart;
    unsigned failed;
};

static void put_texts(struct json_writer *w, const struct run *run, const struct fetch_result *r)
{
    json_put_member_if(w, "content_type", slice_of(r->content_type));
    json_put_member_if(w, "content_encoding", slice_of(r->content_encoding));
    json_put_member_if(w, "location", slice_of(r->location));
    json_put_member_if(w, "etag", slice_of(r->etag));
    json_put_member_if(w, "last_modified", slice_of(r->last_modified));
    json_put_member_if(w, "retry_after", slice_of(r->retry_after));
    json_put_member_if(w, "robots_tag", slice_of(r->robots_tag));
    if (run->show_heads) {
        json_put_member(w, "request_head", r->request_head);
        json_put_member(w, "response_head", r->response_head);
    }
    if (run->show_body)
        json_put_member(w, "body", r->body);
}

static void print_result(struct run *run, const struct fetch_result *r)
{
    static const char *const cuts[] = {"", "length", "time", "disconnect"};
    struct text_buf buf;
    struct json_writer w;
    char peer[ADDRESS_TEXT_BYTES];
    text_buf_init(&buf, 64u << 20);
    json_writer_init(&w, &buf);
    json_open_object(&w);
    json_put_member(&w, "url", slice_of(r->url));
    json_put_member(&w, "status", slice_of(r->status == OK ? "ok" : err_name(r->status)));
    json_put_member_if(&w, "why", slice_of(r->why));
    json_put_member_int(&w, "http_status", r->http_status);
    json_put_member_if(&w, "cut", slice_of(cuts[r->cut]));
    if (r->has_peer)
        json_put_member(&w, "peer", slice_of(address_text(&r->peer, peer)));
    if (r->certificate != NULL) {
        json_put_member(&w, "subject", slice_of(r->certificate->subject));
        json_put_member(&w, "certificate_sha256", slice_of(r->certificate->sha256));
    }
    json_put_member_int(&w, "body_bytes", (int64_t)r->body.len);
    json_put_member_int(&w, "bytes_received", (int64_t)r->bytes_received);
    json_put_member_int(&w, "started_unix_ms", r->started_unix_ms);
    json_put_member_int(&w, "took_ms", r->took_ms);
    put_texts(&w, run, r);
    json_close_object(&w);
    puts(text_buf_cstr(&buf));
    text_buf_release(&buf);
}

static void go_on(struct run *run);

static void on_done(const struct fetch_result *result, void *ctx)
{
    struct run *run = ctx;
    if (result->status != OK)
        run->failed++;
    if (!run->quiet)
        print_result(run, result);
    go_on(run);
}

static void print_refused(const char *url, int rc)
{
    struct text_buf buf;
    struct json_writer w;
    text_buf_init(&buf, 1u << 20);
    json_writer_init(&w, &buf);
    json_open_object(&w);
    json_put_member(&w, "url", slice_of(url));
    json_put_member(&w, "status", slice_of(err_name(rc)));
    json_put_member(&w, "why", SLICE("refused at once"));
    json_close_object(&w);
    puts(text_buf_cstr(&buf));
    text_buf_release(&buf);
}

static void go_on(struct run *run)
{
    while (run->next < run->count) {
        struct fetch_request request = {.url = run->urls[run->next],
                                        .etag = run->etag,
                                        .last_modified = run->last_modified,
                                        .identity = run->identity};
        int rc = fetcher_get(run->fetcher, &request, on_done, run);
        if (rc == ERR_LIMIT)
            return;
        if (rc != OK) {
            run->failed++;
            print_refused(request.url, rc);
        }
        run->next++;
    }
    if (fetcher_in_flight(run->fetcher) == 0) {
        uv_timer_stop(&run->heart);
        uv_close((uv_handle_t *)&run->heart, NULL);
        fetcher_close(run->fetcher, NULL, NULL);
    }
}

static void on_beat(uv_timer_t *timer)
{
    struct run *run = timer->data;
    uint64_t now_ms = uv_hrtime() / 1000000u;
    if (run->last_beat_ms != 0 && now_ms - run->last_beat_ms > run->beat_gap_ms_max)
        run->beat_gap_ms_max = now_ms - run->last_beat_ms;
    run->last_beat_ms = now_ms;
}

static void usage(void)
{
    puts("usage: fetchone [OPTION…] URL…\n"
         "  --endpoint A:P     the one address that may be reached although it is refused to all\n"
         "  --map-all          every name leads to the endpoint; https is spoken as http\n"
         "  --connect-ms N --total-ms N --stall-ms N      time limits (10000, 60000, 20000)\n"
         "  --head-bytes N --body-bytes N                 size limits (262144, 8388608)\n"
         "  --at-once N        downloads at a time, in all and to a host (8)\n"
         "  --ca FILE          certificates to trust, alone\n"
         "  --proxy URL        through a proxy\n"
         "  --names FILE       names lead where its lines \"NAME DELAY_MS ADDRESS…\" say, no "
         "others\n"
         "  --watch            tells each connect(); those out of 127.0.0.0/8 fail, unsent\n"
         "  --etag V --last-modified V                    conditional\n"
         "  --identity         ask for no compression\n"
         "  --heads, --body    show them\n"
         "  --quiet            no line a URL\n"
         "  --gap              at the end, the longest time the loop stood still: {\"gap_ms\":N}");
}

enum option_code {
    OPT_HELP = 1,
    OPT_ENDPOINT,
    OPT_MAP,
    OPT_CONNECT,
    OPT_TOTAL,
    OPT_STALL,
    OPT_HEAD,
    OPT_BODY,
    OPT_AT_ONCE,
    OPT_CA,
    OPT_PROXY,
    OPT_ETAG,
    OPT_MODIFIED,
    OPT_IDENTITY,
    OPT_HEADS,
    OPT_SHOW_BODY,
    OPT_QUIET,
    OPT_GAP,
    OPT_NAMES,
    OPT_WATCH
};

static const struct option options[] = {{"help", no_argument, NULL, OPT_HELP},
                                        {"endpoint", required_argument, NULL, OPT_ENDPOINT},
                                        {"map-all", no_argument, NULL, OPT_MAP},
                                        {"connect-ms", required_argument, NULL, OPT_CONNECT},
                                        {"total-ms", required_argument, NULL, OPT_TOTAL},
                                        {"stall-ms", required_argument, NULL, OPT_STALL},
                                        {"head-bytes", required_argument, NULL, OPT_HEAD},
                                        {"body-bytes", required_argument, NULL, OPT_BODY},
                                        {"at-once", required_argument, NULL, OPT_AT_ONCE},
                                        {"ca", required_argument, NULL, OPT_CA},
                                        {"proxy", required_argument, NULL, OPT_PROXY},
                                        {"etag", required_argument, NULL, OPT_ETAG},
                                        {"last-modified", required_argument, NULL, OPT_MODIFIED},
                                        {"identity", no_argument, NULL, OPT_IDENTITY},
                                        {"heads", no_argument, NULL, OPT_HEADS},
                                        {"body", no_argument, NULL, OPT_SHOW_BODY},
                                        {"quiet", no_argument, NULL, OPT_QUIET},
                                        {"gap", no_argument, NULL, OPT_GAP},
                                        {"names", required_argument, NULL, OPT_NAMES},
                                        {"watch", no_argument, NULL, OPT_WATCH},
                                        {NULL, 0, NULL, 0}};

struct choices {
    struct fetcher_settings settings;
    bool gap;
};

static uint32_t number(const char *text)
{
    return (uint32_t)strtoul(text, NULL, 10);
}

static bool take_number(int code, struct fetcher_settings *settings)
{
    switch (code) {
    case OPT_CONNECT:
        settings->connect_ms_max = number(optarg);
        return true;
    case OPT_TOTAL:
        settings->total_ms_max = number(optarg);
        return true;
    case OPT_STALL:
        settings->stall_ms_max = number(optarg);
        return true;
    case OPT_HEAD:
        settings->head_bytes_max = number(optarg);
        return true;
    case OPT_BODY:
        settings->body_bytes_max = number(optarg);
        return true;
    case OPT_AT_ONCE:
        settings->in_flight_max = settings->in_flight_per_host_max = number(optarg);
        return true;
    default:
        return false;
    }
}

static bool take_flag(int code, struct run *run, struct choices *choices)
{
    switch (code) {
    case OPT_MAP:
        choices->settings.all_names_are_test_endpoint = true;
        return true;
    case OPT_IDENTITY:
        run->identity = true;
        return true;
    case OPT_HEADS:
        run->show_heads = true;
        return true;
    case OPT_SHOW_BODY:
        run->show_body = true;
        return true;
    case OPT_QUIET:
        run->quiet = true;
        return true;
    case OPT_WATCH:
        world_watch_connect();
        return true;
    case OPT_GAP:
        choices->gap = true;
        return true;
    default:
        return false;
    }
}

/* False: usage was shown. */
static bool take_option(int code, struct run *run, struct choices *choices)
{
    if (take_number(code, &choices->settings) || take_flag(code, run, choices))
        return true;
    struct failure failure = {0};
    switch (code) {
    case OPT_ENDPOINT:
        if (address_parse_endpoint(slice_of(optarg), &choices->settings.policy, &failure) == OK)
            return true;
        fprintf(stderr, "fetchone: %s\n", failure.text);
        return false;
    case OPT_NAMES:
        return world_names(optarg);
    case OPT_CA:
        choices->settings.ca_file = optarg;
        return true;
    case OPT_PROXY:
        choices->settings.proxy = optarg;
        return true;
    case OPT_ETAG:
        run->etag = optarg;
        return true;
    case OPT_MODIFIED:
        run->last_modified = optarg;
        return true;
    default:
        usage();
        return false;
    }
}

int main(int argc, char **argv)
{
    struct run run = {0};
    struct choices choices = {.settings = {.in_flight_max = 8,
                                           .in_flight_per_host_max = 8,
                                           .connect_ms_max = 10000,
                                           .total_ms_max = 60000,
                                           .stall_ms_max = 20000,
                                           .head_bytes_max = 256u << 10,
                                           .body_bytes_max = 8u << 20,
                                           .user_agent = "lurewatch-test/1 (+mailto:a@b.example)"}};
    int code;
    while ((code = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!take_option(code, &run, &choices))
            return code == OPT_HELP ? 0 : 64;
    struct failure failure = {0};
    uv_loop_t loop;
    uv_loop_init(&loop);
    if (fetcher_create(&loop, &choices.settings, &run.fetcher, &failure) != OK) {
        fprintf(stderr, "fetchone: %s\n", failure.text);
        uv_loop_close(&loop);
        return 64;
    }
    run.urls = argv + optind;
    run.count = argc - optind;
    uv_timer_init(&loop, &run.heart);
    run.heart.data = &run;
    uv_timer_start(&run.heart, on_beat, 0, 10);
    go_on(&run);
    uv_run(&loop, UV_RUN_DEFAULT);
    if (choices.gap)
        printf("{\"gap_ms\":%llu}\n", (unsigned long long)run.beat_gap_ms_max);
    return uv_loop_close(&loop) == 0 ? run.failed > 0 : 70;
}
