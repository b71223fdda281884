/* fuzz_frontier.c - a sweep's day in bytes: hosts, links, helpings, answers and time in any order. No
 * host is ever asked twice at once or before its time, and no item is lost or given twice. */
#include "crawler/frontier.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define HOSTS     4u
#define ITEMS_MAX 256u

enum place { UNKNOWN, PENDING, FLYING, FINISHED };

struct day {
    struct host_gate *gate;
    struct frontier *frontier;
    int64_t now_ms;
    enum place place[ITEMS_MAX];
    uint32_t host_of[ITEMS_MAX], attempts[ITEMS_MAX], added;
    uint32_t flying[HOSTS];
    int64_t next_ms[HOSTS];
};

static const char *const hosts[HOSTS] = {"a.test", "b.test", "c.test:8080", "d.test"};
static const char *const sources[2] = {"one", "two"};

static void add(struct day *day, uint8_t byte)
{
    if (day->added == ITEMS_MAX)
        return;
    uint32_t id = day->added;
    struct frontier_item item = {.id = (int64_t)id + 1,
                                 .url = "http://a.test/x",
                                 .host = hosts[byte % HOSTS],
                                 .source = sources[byte / HOSTS % 2],
                                 .kind = (enum source_kind)(byte / 16 % SOURCE_KIND_COUNT),
                                 .not_before_unix_ms = byte > 200 ? day->now_ms + 5000 : 0,
                                 .etag = "",
                                 .last_modified = ""};
    int rc = frontier_add(day->frontier, &item);
    PROMISE(rc == OK || rc == ERR_LIMIT || rc == ERR_NOMEM || rc == ERR_NOT_FOUND);
    if (rc != OK)
        return;
    PROMISE(frontier_add(day->frontier, &item) != OK); /* that id is here already */
    day->host_of[id] = byte % HOSTS;
    day->place[id] = PENDING;
    day->added++;
}

static void next(struct day *day)
{
    struct frontier_item item;
    struct host_state state;
    if (frontier_next(day->frontier, day->now_ms, &item, &state) != OK)
        return;
    uint32_t id = (uint32_t)(item.id - 1);
    PROMISE(id < day->added && day->place[id] == PENDING);
    uint32_t host = day->host_of[id];
    PROMISE(strcmp(item.host, hosts[host]) == 0 && item.attempts == day->attempts[id]);
    PROMISE(day->flying[host] == 0 && day->now_ms >= day->next_ms[host]);
    PROMISE(state.next_allowed_unix_ms >= day->now_ms);
    day->place[id] = FLYING;
    day->flying[host]++;
}

static void answer(struct day *day, uint8_t byte)
{
    static const int statuses[] = {200, 404, 429, 503, 500, 301, 0};
    for (uint32_t i = 0; i < day->added; i++) {
        if (day->place[i] != FLYING)
            continue;
        uint32_t host = day->host_of[i];
        int http = statuses[byte % 7];
        struct host_outcome outcome = {.status = http == 0 ? ERR_NET : OK,
                                       .http_status = http,
                                       .took_ms = byte * 7u,
                                       .retry_after_ms = byte % 5 == 0 ? byte * 100 : -1};
        struct host_state state = host_gate_done(day->gate, hosts[host], &outcome, day->now_ms);
        PROMISE(state.next_allowed_unix_ms >= day->now_ms);
        if (http == 429 && outcome.retry_after_ms > 0)
            PROMISE(state.next_allowed_unix_ms >= day->now_ms + outcome.retry_after_ms);
        day->next_ms[host] = state.next_allowed_unix_ms;
        day->flying[host]--;
        if (byte & 0x80) {
            frontier_again(day->frontier, i + 1, day->now_ms + byte);
            day->place[i] = PENDING;
            day->attempts[i]++;
        } else {
            frontier_done(day->frontier, i + 1);
            day->place[i] = FINISHED;
        }
        return;
    }
}

static void feed(struct day *day, uint8_t byte)
{
    struct frontier_need need;
    if (!frontier_hungry(day->frontier, &need))
        return;
    PROMISE(need.room >= 1 && need.room <= 500);
    frontier_fed(day->frontier, &need, need.after_id, (byte & 1) != 0);
}

static void check_counts(struct day *day)
{
    struct frontier_counts counts;
    uint64_t pending = 0, flying = 0;
    for (uint32_t i = 0; i < day->added; i++) {
        pending += day->place[i] == PENDING;
        flying += day->place[i] == FLYING;
    }
    frontier_count(day->frontier, day->now_ms, &counts);
    PROMISE(counts.pending == pending && counts.in_flight == flying);
    PROMISE(!frontier_is_empty(day->frontier) || flying == 0);
    int64_t wait = frontier_wait_ms(day->frontier, day->now_ms);
    PROMISE(wait >= -1);
}

static void act(struct day *day, uint8_t what, uint8_t byte)
{
    switch (what % 8) {
    case 0:
    case 1:
        add(day, byte);
        break;
    case 2:
    case 3:
        next(day);
        break;
    case 4:
        answer(day, byte);
        break;
    case 5:
        day->now_ms += (int64_t)byte * byte;
        break;
    case 6:
        frontier_hold_host(day->frontier, hosts[byte % HOSTS], byte >= 128);
        break;
    default:
        feed(day, byte);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = fuzz_slice(data, size < 2048 ? size : 2048);
    struct host_gate_settings settings;
    struct day day = {.now_ms = INT64_C(1764000000000)};
    host_gate_settings_default(&settings);
    settings.jitter_seed = fuzz_byte(&rest);
    if (host_gate_create(&settings, &day.gate) != OK)
        return 0;
    if (frontier_create(day.gate, 200, &day.frontier) == OK) {
        bool ready = frontier_add_source(day.frontier, "one", 1000) == OK &&
                     frontier_add_source(day.frontier, "two", 20) == OK;
        for (size_t i = 0; ready && i < HOSTS; i++)
            ready = frontier_add_lane(day.frontier, "one", hosts[i]) == OK &&
                    frontier_add_lane(day.frontier, "two", hosts[i]) == OK;
        while (ready && rest.len > 0) {
            uint8_t what = fuzz_byte(&rest);
            act(&day, what, fuzz_byte(&rest));
            check_counts(&day);
        }
    }
    frontier_free(day.frontier);
    host_gate_free(day.gate);
    return 0;
}
