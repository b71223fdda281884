/* probe_fetch.c - the bare cost of fetching: libcurl's multi interface, keep-alive, bodies as they came.
 *
 *   probe_fetch URLS ADDRESS:PORT AT_ONCE
 *
 * URLS: lines "host /path". One request at a time for each host, as the sweep does, AT_ONCE hosts
 * at once. No parsing, no store: what is left to be faster than. */
#include "tests/bench/probe.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE_MAX 256u

struct lane { /* one host */
    CURL *easy;
    char host[128];
    char **paths;
    size_t count, next;
};

struct probe {
    CURLM *multi;
    struct curl_slist *headers, *connect_to;
    struct lane *lanes;
    size_t lanes_count, next_lane, pages, bytes, bad;
};

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct probe *probe = ctx;
    (void)bytes;
    probe->bytes += size * count;
    return size * count;
}

static struct lane *lane_of(struct probe *probe, const char *host)
{
    for (size_t i = 0; i < probe->lanes_count; i++)
        if (strcmp(probe->lanes[i].host, host) == 0)
            return &probe->lanes[i];
    struct lane *more = realloc(probe->lanes, (probe->lanes_count + 1) * sizeof *more);
    if (more == NULL)
        return NULL;
    probe->lanes = more;
    struct lane *lane = &probe->lanes[probe->lanes_count++];
    memset(lane, 0, sizeof *lane);
    snprintf(lane->host, sizeof lane->host, "%s", host);
    return lane;
}

static int urls_read(struct probe *probe, const char *file)
{
    char line[512], host[128], path[256];
    FILE *in = fopen(file, "re");
    if (in == NULL)
        return -1;
    while (fgets(line, sizeof line, in) != NULL) {
        if (sscanf(line, "%127s %255s", host, path) != 2)
            continue;
        struct lane *lane = lane_of(probe, host);
        char **more = lane == NULL ? NULL : realloc(lane->paths, (lane->count + 1) * sizeof *more);
        if (more == NULL)
            break;
        lane->paths = more;
        lane->paths[lane->count++] = strdup(path);
    }
    fclose(in);
    return 0;
}

/* The lane's next request, or the first of the next lane. False: nothing is left. */
static int lane_go(struct probe *probe, CURL *easy, struct lane *lane)
{
    char url[512];
    if (lane == NULL || lane->next == lane->count) {
        if (probe->next_lane == probe->lanes_count)
            return 0;
        lane = &probe->lanes[probe->next_lane++];
    }
    snprintf(url, sizeof url, "http://%s%s", lane->host, lane->paths[lane->next++]);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, lane);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, probe);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, probe->headers);
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, probe->connect_to);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    return curl_multi_add_handle(probe->multi, easy) == CURLM_OK;
}

static void reap(struct probe *probe)
{
    CURLMsg *message;
    int left = 0;
    while ((message = curl_multi_info_read(probe->multi, &left)) != NULL) {
        CURL *easy = message->easy_handle;
        char *lane = NULL;
        long status = 0;
        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &lane);
        probe->bad += message->data.result != CURLE_OK || status != 200;
        probe->pages++;
        curl_multi_remove_handle(probe->multi, easy);
        if (!lane_go(probe, easy, (struct lane *)(void *)lane))
            curl_easy_cleanup(easy);
    }
}

int main(int argc, char **argv)
{
    struct probe probe = {0};
    char target[128];
    if (argc != 4 || urls_read(&probe, argv[1]) != 0) {
        fprintf(stderr, "usage: probe_fetch URLS ADDRESS:PORT AT_ONCE\n");
        return 64;
    }
    size_t at_once = strtoul(argv[3], NULL, 10);
    snprintf(target, sizeof target, "::%s", argv[2]);
    curl_global_init(CURL_GLOBAL_ALL);
    probe.multi = curl_multi_init();
    curl_multi_setopt(probe.multi, CURLMOPT_MAXCONNECTS, (long)AT_ONCE_MAX);
    probe.headers = curl_slist_append(NULL, "Accept-Encoding: gzip");
    probe.connect_to = curl_slist_append(NULL, target);
    for (size_t i = 0; i < at_once && i < AT_ONCE_MAX; i++)
        lane_go(&probe, curl_easy_init(), NULL);
    for (int running = 1; running > 0;) {
        curl_multi_perform(probe.multi, &running);
        reap(&probe);
        if (running == 0) /* reaping may have begun new ones */
            curl_multi_perform(probe.multi, &running);
        curl_multi_poll(probe.multi, NULL, 0, 100, NULL);
    }
    reap(&probe);
    probe_print(probe.pages, probe.bytes, probe.pages - probe.bad);
    return probe.bad != 0;
}
