/* The fetcher's promises: each callback once and later, its limits, and an end at any moment. The
 * server is a socket that listens and never answers. */
#include "crawler/fetcher.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

struct world {
    uv_loop_t loop;
    struct fetcher *fetcher;
    struct fetcher_settings settings;
    int listener;
    char url[64], other_url[64];
    unsigned ended, closed;
    int last_status;
    char last_why[256];
    bool close_in_done, get_in_done, inside_get;
};

static void world_listen(struct world *world)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    world->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(world->listener, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(world->listener, 16), 0);
    assert_int_equal(getsockname(world->listener, (struct sockaddr *)&at, &len), 0);
    char endpoint[32];
    snprintf(endpoint, sizeof endpoint, "127.0.0.1:%u", (unsigned)ntohs(at.sin_port));
    assert_int_equal(address_parse_endpoint(slice_of(endpoint), &world->settings.policy, NULL), OK);
}

static void world_begin(struct world *world)
{
    *world = (struct world){.settings = {.in_flight_max = 3,
                                         .in_flight_per_host_max = 2,
                                         .connect_ms_max = 10000,
                                         .total_ms_max = 10000,
                                         .stall_ms_max = 10000,
                                         .head_bytes_max = 1000,
                                         .body_bytes_max = 1000,
                                         .user_agent = "test",
                                         .all_names_are_test_endpoint = true}};
    world_listen(world);
    snprintf(world->url, sizeof world->url, "http://a.example/x");
    snprintf(world->other_url, sizeof world->other_url, "https://b.example/y");
    assert_int_equal(uv_loop_init(&world->loop), 0);
}

static void world_create(struct world *world)
{
    struct failure failure = {0};
    assert_int_equal(fetcher_create(&world->loop, &world->settings, &world->fetcher, &failure), OK);
}

static void on_closed(void *ctx)
{
    struct world *world = ctx;
    world->closed++;
    world->fetcher = NULL;
}

static void on_done(const struct fetch_result *result, void *ctx)
{
    struct world *world = ctx;
    assert_false(world->inside_get);
    assert_non_null(result->url);
    assert_non_null(result->content_type);
    world->ended++;
    world->last_status = result->status;
    snprintf(world->last_why, sizeof world->last_why, "%s", result->why);
    if (world->get_in_done) {
        struct fetch_request request = {.url = world->other_url};
        world->get_in_done = false;
        assert_int_equal(fetcher_get(world->fetcher, &request, on_done, world), OK);
    }
    if (world->close_in_done) {
        world->close_in_done = false;
        fetcher_close(world->fetcher, on_closed, world);
    }
}

static int get(struct world *world, const char *url)
{
    struct fetch_request request = {.url = url};
    world->inside_get = true;
    int rc = fetcher_get(world->fetcher, &request, on_done, world);
    world->inside_get = false;
    return rc;
}

/* Closes, if nobody did, and checks that nothing is left on the loop. */
static void world_end(struct world *world)
{
    if (world->fetcher != NULL && world->closed == 0)
        fetcher_close(world->fetcher, on_closed, world);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    assert_int_equal(world->closed, 1);
    assert_int_equal(uv_loop_close(&world->loop), 0);
    close(world->listener);
}

static void no_setting_may_be_nought(void **state)
{
    struct world world;
    struct failure failure = {0};
    (void)state;
    world_begin(&world);
    world.settings.stall_ms_max = 0;
    assert_int_equal(fetcher_create(&world.loop, &world.settings, &world.fetcher, &failure),
                     ERR_LIMIT);
    assert_non_null(strstr(failure.text, "stall_ms_max"));
    world.settings.stall_ms_max = 1;
    world.settings.user_agent = "";
    assert_int_equal(fetcher_create(&world.loop, &world.settings, &world.fetcher, &failure),
                     ERR_SYNTAX);
    world.settings.user_agent = "test";
    world.settings.policy.allow_test_endpoint = false;
    assert_int_equal(fetcher_create(&world.loop, &world.settings, &world.fetcher, &failure),
                     ERR_SYNTAX);
    assert_int_equal(uv_loop_close(&world.loop), 0);
    close(world.listener);
}

static void other_schemes_are_refused_at_once(void **state)
{
    static const char *const urls[] = {
        "file:///etc/passwd", "ftp://a.example/", "/x", "", "http://", "javascript:alert(1)"};
    struct world world;
    (void)state;
    world_begin(&world);
    world_create(&world);
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
        assert_int_equal(get(&world, urls[i]), ERR_SYNTAX);
    assert_int_equal(fetcher_in_flight(world.fetcher), 0);
    world_end(&world);
    assert_int_equal(world.ended, 0);
}

static void a_refused_address_is_told_later(void **state)
{
    struct world world;
    (void)state;
    world_begin(&world);
    world_create(&world);
    assert_int_equal(get(&world, "http://10.0.0.1/"), OK);
    assert_int_equal(world.ended, 0);
    assert_int_equal(fetcher_in_flight(world.fetcher), 1);
    uv_run(&world.loop, UV_RUN_DEFAULT);
    assert_int_equal(world.ended, 1);
    assert_int_equal(world.last_status, ERR_DENIED);
    assert_non_null(strstr(world.last_why, "private"));
    world_end(&world);
}

static void in_flight_has_limits(void **state)
{
    struct world world;
    (void)state;
    world_begin(&world);
    world_create(&world);
    assert_int_equal(get(&world, world.url), OK);
    assert_int_equal(get(&world, world.url), OK);
    assert_int_equal(get(&world, world.url), ERR_LIMIT); /* of the host */
    assert_int_equal(get(&world, world.other_url), OK);
    assert_int_equal(get(&world, "http://c.example/"), ERR_LIMIT); /* of all */
    assert_int_equal(fetcher_in_flight(world.fetcher), 3);
    world_end(&world);
    assert_int_equal(world.ended, 3);
}

static void closing_cancels_what_runs(void **state)
{
    struct world world;
    (void)state;
    world_begin(&world);
    world_create(&world);
    assert_int_equal(get(&world, world.url), OK);
    assert_int_equal(get(&world, world.other_url), OK);
    for (int i = 0; i < 5; i++)
        uv_run(&world.loop, UV_RUN_NOWAIT);
    assert_int_equal(world.ended, 0);
    fetcher_close(world.fetcher, on_closed, &world);
    assert_int_equal(get(&world, world.url), ERR_CANCELLED);
    uv_run(&world.loop, UV_RUN_DEFAULT);
    assert_int_equal(world.ended, 2);
    assert_int_equal(world.last_status, ERR_CANCELLED);
    world_end(&world);
}

static void closing_from_a_callback(void **state)
{
    struct world world;
    (void)state;
    world_begin(&world);
    world_create(&world);
    world.close_in_done = true;
    assert_int_equal(get(&world, "http://192.168.0.1/"), OK);
    assert_int_equal(get(&world, world.url), OK);
    assert_int_equal(get(&world, world.other_url), OK);
    uv_run(&world.loop, UV_RUN_DEFAULT);
    assert_int_equal(world.ended, 3);
    world_end(&world);
}

static void asking_from_a_callback(void **state)
{
    struct world world;
    (void)state;
    world_begin(&world);
    world.settings.stall_ms_max = 200;
    world_create(&world);
    world.get_in_done = true;
    assert_int_equal(get(&world, world.url), OK);
    uv_run(&world.loop, UV_RUN_DEFAULT);
    assert_int_equal(world.ended, 2);
    assert_int_equal(world.last_status, ERR_TIMEOUT);
    assert_string_equal(world.last_why, "no line of the head for 200 ms");
    world_end(&world);
}

static void closing_nothing(void **state)
{
    struct world world = {0};
    (void)state;
    fetcher_close(NULL, on_closed, &world);
    assert_int_equal(world.closed, 1);
    fetcher_close(NULL, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_setting_may_be_nought),
        cmocka_unit_test(other_schemes_are_refused_at_once),
        cmocka_unit_test(a_refused_address_is_told_later),
        cmocka_unit_test(in_flight_has_limits),
        cmocka_unit_test(closing_cancels_what_runs),
        cmocka_unit_test(closing_from_a_callback),
        cmocka_unit_test(asking_from_a_callback),
        cmocka_unit_test(closing_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
