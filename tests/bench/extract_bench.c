/* extract_bench.c - the cost of reading a page: extract_page() beside libxml2's own parse of the same
 * bytes into a tree. Each file is read ROUNDS times; the median counts. libxml2 is called with the
 * options that this tree uses it with.
 *
 *   extract_bench FILES      one line a file, then the median of the ratios and of the times
 *   extract_bench -q FILES   the last line only
 *   extract_bench -n FILES   so too, of the pages without their JSON-LD: a tree is needed then */
#include "crawler/extract/page.h"

#include <libxml/HTMLparser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS          15
#define FILES_MAX       4096
#define FILE_BYTES_MAX  (16u << 20)
#define ARENA_BYTES_MAX (256u << 20)

struct measured {
    double extract_us, parse_us;
};

static double now_us(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return count == 0 ? 0.0 : values[count / 2];
}

static double extract_once(struct arena *arena, struct slice body, const char **ret_type)
{
    struct page_output output = {0};
    struct page_input input = {.body = body,
                               .url = "https://board.example/page",
                               .content_type = "text/html",
                               .content_encoding = ""};
    double began = now_us();
    arena_reset(arena);
    int rc = extract_page(arena, &input, &output, NULL);
    *ret_type = rc == OK ? page_type_name(output.type) : err_name(rc);
    return now_us() - began;
}

static double parse_once(struct slice body)
{
    double began = now_us();
    htmlDocPtr doc =
        htmlReadMemory(body.at, (int)body.len, NULL, "UTF-8",
                       HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                           HTML_PARSE_NONET | HTML_PARSE_COMPACT | HTML_PARSE_NODEFDTD);
    xmlFreeDoc(doc);
    return now_us() - began;
}

static struct measured measure(struct arena *arena, struct slice body, const char **ret_type)
{
    double extract[ROUNDS], parse[ROUNDS];
    /* One after the other: the heap that one leaves is not for the other to tidy. */
    for (int i = 0; i < ROUNDS; i++)
        extract[i] = extract_once(arena, body, ret_type);
    for (int i = 0; i < ROUNDS; i++)
        parse[i] = parse_once(body);
    return (struct measured){median(extract, ROUNDS), median(parse, ROUNDS)};
}

/* Cuts the JSON-LD blocks out of the bytes, which are ours. */
static size_t jsonld_cut(char *bytes, size_t len)
{
    static const char open[] = "<script type=\"application/ld+json\">", close[] = "</script>";
    char *from;
    while ((from = memmem(bytes, len, open, sizeof open - 1)) != NULL) {
        size_t left = len - (size_t)(from - bytes);
        char *to = memmem(from, left, close, sizeof close - 1);
        if (to == NULL)
            break;
        to += sizeof close - 1;
        memmove(from, to, left - (size_t)(to - from));
        len -= (size_t)(to - from);
    }
    return len;
}

static struct slice file_read(const char *path, bool cut)
{
    FILE *file = fopen(path, "rb");
    char *bytes = file == NULL ? NULL : malloc(FILE_BYTES_MAX);
    size_t len = bytes == NULL ? 0 : fread(bytes, 1, FILE_BYTES_MAX, file);
    if (file != NULL)
        fclose(file);
    if (cut && bytes != NULL)
        len = jsonld_cut(bytes, len);
    return bytes == NULL ? SLICE_EMPTY : slice_make(bytes, len);
}

int main(int argc, char **argv)
{
    static double ratios[FILES_MAX], extracts[FILES_MAX], parses[FILES_MAX];
    bool cut = argc > 1 && strcmp(argv[1], "-n") == 0;
    bool quiet = cut || (argc > 1 && strcmp(argv[1], "-q") == 0);
    struct arena *arena = NULL;
    size_t count = 0;
    if (arena_create(ARENA_BYTES_MAX, &arena) != OK)
        return EXIT_FAILURE;
    for (int i = quiet ? 2 : 1; i < argc && count < FILES_MAX; i++) {
        const char *type = "";
        struct slice body = file_read(argv[i], cut);
        if (body.len == 0)
            continue;
        struct measured one = measure(arena, body, &type);
        extracts[count] = one.extract_us;
        parses[count] = one.parse_us;
        ratios[count++] = one.extract_us / one.parse_us;
        if (!quiet)
            printf("%9.1f us %9.1f us  %5.2f  %-8s %7zu %s\n", one.extract_us, one.parse_us,
                   one.extract_us / one.parse_us, type, body.len, argv[i]);
        char *bytes = (char *)(uintptr_t)body.at;
        free(bytes);
    }
    printf(
        "extract %.1f us, libxml2's parse %.1f us, extract / parse %.2f (medians of %zu pages)\n",
        median(extracts, count), median(parses, count), median(ratios, count), count);
    arena_free(arena);
    return EXIT_SUCCESS;
}
