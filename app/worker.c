/* worker.c - the worker process; see worker.h.
 *
 * Blocking reads and writes on one descriptor: a page in, an answer out. Whatever goes wrong with a
 * page is an answer; only a broken frame or lost memory ends the process, and then the sweep starts
 * another. */
#include "app/worker.h"

#include "app/exit_code.h"
#include "app/frame.h"
#include "app/judge.h"
#include "app/sandbox.h"
#include "crawler/extract/charset.h"
#include "crawler/url.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MEMORY_KEPT_BYTES (16 << 20)

struct worker_arguments {
    int64_t memory_mib;
    struct classify_settings model;
};

static const char *const ARGUMENT_NAMES[] = {"--memory-mib", "--prior-tenths", "--watch-tenths",
                                             "--review-tenths", "--urgent-tenths"};
#define ARGUMENTS (sizeof ARGUMENT_NAMES / sizeof ARGUMENT_NAMES[0])

void worker_command_make(const struct classify_settings *model, int64_t memory_mib,
                         struct worker_command *ret_command)
{
    const int64_t values[ARGUMENTS] = {memory_mib, model->prior_tenths, model->watch_tenths,
                                       model->review_tenths, model->urgent_tenths};
    memset(ret_command, 0, sizeof *ret_command);
    size_t count = 0;
    snprintf(ret_command->text[count++], sizeof ret_command->text[0], "lurewatch");
    snprintf(ret_command->text[count++], sizeof ret_command->text[0], "worker");
    for (size_t i = 0; i < ARGUMENTS; i++) {
        snprintf(ret_command->text[count++], sizeof ret_command->text[0], "%s", ARGUMENT_NAMES[i]);
        snprintf(ret_command->text[count++], sizeof ret_command->text[0], "%" PRId64, values[i]);
    }
    for (size_t i = 0; i < count; i++)
        ret_command->argv[i] = ret_command->text[i];
}

static bool number_take(const char *value, int64_t *ret_number)
{
    return slice_to_int64(slice_of(value), ret_number) == OK;
}

static bool arguments_read(int argc, char **argv, struct worker_arguments *ret_arguments)
{
    int64_t values[ARGUMENTS] = {1024, CLASSIFY_AS_BANK, CLASSIFY_AS_BANK, CLASSIFY_AS_BANK,
                                 CLASSIFY_AS_BANK};
    for (int i = 1; i + 1 < argc; i += 2) {
        size_t which = 0;
        while (which < ARGUMENTS && strcmp(argv[i], ARGUMENT_NAMES[which]) != 0)
            which++;
        if (which == ARGUMENTS || !number_take(argv[i + 1], &values[which]))
            return false;
    }
    *ret_arguments = (struct worker_arguments){
        .memory_mib = values[0],
        .model = {(int32_t)values[1], (int32_t)values[2], (int32_t)values[3], (int32_t)values[4]}};
    return argc % 2 == 1;
}

static bool write_all(struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t done = write(WORKER_SOCKET_FD, bytes.at, bytes.len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        bytes = slice_from(bytes, (size_t)done);
    }
    return true;
}

static bool send_frame(enum frame_kind kind, uint64_t id, struct slice payload,
                       struct text_buf *out)
{
    text_buf_reset(out);
    return frame_write(out, kind, id, payload) == OK && write_all(text_buf_slice(out));
}

/* Reads until a whole frame stands in `in`. False: the peer closed, or sent nonsense. */
static bool read_frame(struct text_buf *in, struct frame *ret_frame, size_t *ret_used)
{
    static char chunk[256u << 10];
    for (;;) {
        if (frame_read(text_buf_slice(in), ret_frame, ret_used) != OK)
            return false;
        if (*ret_used > 0)
            return true;
        ssize_t got = read(WORKER_SOCKET_FD, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || text_buf_add(in, chunk, (size_t)got) != OK)
            return false;
    }
}

static int serve(struct judge *judge)
{
    struct text_buf in, out, reply;
    text_buf_init(&in, FRAME_PAYLOAD_BYTES_MAX + FRAME_HEAD_BYTES + (1u << 20));
    text_buf_init(&out, FRAME_PAYLOAD_BYTES_MAX + FRAME_HEAD_BYTES);
    text_buf_init(&reply, JUDGE_REPLY_BYTES_MAX);
    int code = EXIT_DONE;
    struct frame frame;
    size_t used = 0;
    while (read_frame(&in, &frame, &used)) {
        struct slice head, body;
        text_buf_reset(&reply);
        sandbox_page_clocks(SANDBOX_PAGE_CPU_MS, SANDBOX_PAGE_WALL_MS);
        if (frame.kind != FRAME_PAGE || frame_split_page(frame.payload, &head, &body) != OK ||
            judge_answer(judge, head, body, &reply) != OK ||
            !send_frame(FRAME_REPLY, frame.id, text_buf_slice(&reply), &out)) {
            code = EXIT_INTERNAL;
            break;
        }
        sandbox_page_clocks(0, 0);
        size_t rest = in.len - used;
        memmove(in.at, in.at + used, rest);
        text_buf_truncate(&in, rest);
    }
    text_buf_release(&in);
    text_buf_release(&out);
    text_buf_release(&reply);
    return code;
}

static int bank_map(struct slice *ret_bytes, struct failure *reterr)
{
    struct stat about;
    if (fstat(WORKER_BANK_FD, &about) != 0 || about.st_size <= 0)
        return failure_set(reterr, ERR_IO, "`worker` is started by sweep and scan, not by hand");
    void *bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, WORKER_BANK_FD, 0);
    if (bytes == MAP_FAILED)
        return failure_set(reterr, ERR_IO, "cannot map the bank: %s", strerror(errno));
    *ret_bytes = slice_make(bytes, (size_t)about.st_size);
    return OK;
}

/* Tables that libraries open on first use, while files can still be opened. */
static int tables_open(struct failure *reterr)
{
    int rc = charset_prepare(reterr);
    if (rc == OK && url_prepare() != OK)
        rc = failure_set(reterr, ERR_UNSUPPORTED, "the tables of host names cannot be opened");
    return rc;
}

int worker_lock_in(struct slice bank, const struct classify_settings *model, int64_t memory_mib,
                   struct judge **ret_judge, struct failure *reterr)
{
    int rc = judge_create(bank, model, ret_judge, reterr);
    if (rc == OK)
        rc = judge_canary(*ret_judge, reterr);
    if (rc == OK)
        rc = pattern_bank_ready(judge_pattern_bank(*ret_judge), reterr);
    if (rc == OK)
        rc = tables_open(reterr);
    if (rc == OK)
        rc = sandbox_enter(memory_mib, reterr);
    return rc;
}

/* A page's memory is given back to us for the next page, not to the system, which would hand it out
 * zeroed anew. sandbox.h has the limits. */
static void memory_keep(void)
{
    mallopt(M_MMAP_THRESHOLD, MEMORY_KEPT_BYTES);
    mallopt(M_TRIM_THRESHOLD, MEMORY_KEPT_BYTES);
}

static int worker_start(const struct worker_arguments *arguments, struct judge **ret_judge,
                        struct failure *reterr)
{
    struct slice bank;
    int rc = bank_map(&bank, reterr);
    if (rc == OK)
        rc = worker_lock_in(bank, &arguments->model, arguments->memory_mib, ret_judge, reterr);
    return rc;
}

int worker_main(int argc, char **argv)
{
    struct worker_arguments arguments;
    struct failure why = {.code = OK};
    struct judge *judge = NULL;
    struct text_buf out;
    if (argc > 1 && strcmp(argv[1], "--selftest") == 0)
        return worker_selftest(argc - 1, argv + 1);
    if (!arguments_read(argc, argv, &arguments))
        return EXIT_USAGE;
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    signal(SIGINT, SIG_IGN); /* the sweep ends us by closing the socket */
    signal(SIGTERM, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    memory_keep();
    text_buf_init(&out, 1u << 20);
    int rc = worker_start(&arguments, &judge, &why);
    if (rc != OK) {
        send_frame(FRAME_ERROR, 0, slice_of(why.text), &out);
        text_buf_release(&out);
        judge_free(judge);
        return exit_code_of(rc);
    }
    bool said = send_frame(FRAME_HELLO, 0, judge_bank(judge), &out);
    text_buf_release(&out);
    int code = said ? serve(judge) : EXIT_INTERNAL;
    judge_free(judge);
    return code;
}
