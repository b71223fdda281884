/* worker_selftest.c - a worker that tries to get out of its box; see worker.h.
 *
 * The same steps as any worker up to the lock, then one ad (phone numbers of several countries, so
 * that no library needs a file after all), then every way out we know, by raw system calls: libraries
 * might refuse before the kernel does. */
#include "app/exit_code.h"
#include "app/judge.h"
#include "app/sandbox.h"
#include "app/worker.h"
#include "classifiers/bank_pack.h"
#include "common/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MEMORY_MIB 1024

static void print_line(const char *text)
{
    if (write(STDOUT_FILENO, text, strlen(text)) < 0)
        _exit(EXIT_INTERNAL);
}

/* Inherited before the lock, as a worker inherits its socket. */
static int pair[2] = {-1, -1};
static pid_t parent;

/* ---- ways out: each gives what its system call gave ---- */

static long try_open(void)
{
    return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY, 0);
}

static long try_create(void)
{
    return syscall(SYS_openat, AT_FDCWD, "/tmp/lurewatch-selftest", O_CREAT | O_WRONLY, 0600);
}

static long try_unlink(void)
{
    return syscall(SYS_unlinkat, AT_FDCWD, "/tmp/lurewatch-selftest", 0);
}

static long try_list(void)
{
    return syscall(SYS_openat, AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY, 0);
}

static long try_socket(void)
{
    return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
}

static long try_unix_socket(void)
{
    return syscall(SYS_socket, AF_UNIX, SOCK_DGRAM, 0);
}

static long try_connect(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return syscall(SYS_connect, pair[0], &to, sizeof to);
}

static long try_send_descriptor(void)
{
    char byte = 'x', space[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    return syscall(SYS_sendmsg, pair[0], &message, 0);
}

static long try_fork(void)
{
    return syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

static long try_fork_newly(void)
{
    uint64_t arguments[8] = {0};
    arguments[4] = SIGCHLD;
    return syscall(SYS_clone3, arguments, sizeof arguments);
}

static long try_exec(void)
{
    char *const argv[] = {NULL};
    return syscall(SYS_execve, "/bin/true", argv, argv);
}

static long try_read_memory(void)
{
    static char here[16];
    struct iovec local = {here, sizeof here}, remote = {here, sizeof here};
    return syscall(SYS_process_vm_readv, parent, &local, 1, &remote, 1, 0);
}

static long try_trace(void)
{
    return syscall(SYS_ptrace, PTRACE_ATTACH, parent, NULL, NULL);
}

static long try_signal(void)
{
    return syscall(SYS_kill, parent, 0);
}

static long try_signal_thread(void)
{
    return syscall(SYS_tgkill, parent, parent, 0);
}

static long try_code_map(void)
{
    return syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static long try_code_protect(void)
{
    static char page[8192];
    uintptr_t at = ((uintptr_t)page + 4095) & ~(uintptr_t)4095;
    return syscall(SYS_mprotect, at, 4096, PROT_READ | PROT_EXEC);
}

static long try_memory_file(void)
{
    return syscall(SYS_memfd_create, "x", 0);
}

static long try_raise_limit(void)
{
    struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY};
    return syscall(SYS_prlimit64, 0, RLIMIT_AS, &more, NULL);
}

static long try_be_dumpable(void)
{
    return syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static long try_namespace(void)
{
    return syscall(SYS_unshare, CLONE_NEWUSER);
}

static long try_other_user(void)
{
    return syscall(SYS_setuid, 1);
}

static const struct {
    const char *name;
    long (*attempt)(void);
} WAYS[] = {
    {"open a file", try_open},
    {"create a file", try_create},
    {"remove a file", try_unlink},
    {"list a folder", try_list},
    {"make a socket", try_socket},
    {"make a local socket", try_unix_socket},
    {"connect", try_connect},
    {"send a message with a descriptor", try_send_descriptor},
    {"fork", try_fork},
    {"fork by clone3", try_fork_newly},
    {"run a program", try_exec},
    {"read another process's memory", try_read_memory},
    {"trace another process", try_trace},
    {"signal another process", try_signal},
    {"signal another process's thread", try_signal_thread},
    {"map executable memory", try_code_map},
    {"make memory executable", try_code_protect},
    {"make a file of memory", try_memory_file},
    {"raise its memory limit", try_raise_limit},
    {"become dumpable", try_be_dumpable},
    {"enter a namespace", try_namespace},
    {"become another user", try_other_user},
};

#ifdef LW_SANITIZED /* the sanitizers need what the box forbids */
#define IS_SANITIZED true
#else
#define IS_SANITIZED false
#endif

/* ---- before and after the lock ---- */

static bool judge_numbers(struct judge *judge)
{
    static const char ad[] =
        "{\"title\":\"Lowongan admin\",\"text\":\"Gaji 8jt, WA 0812-3456-7890, +855 12 345 678, "
        "+95 9 250 123 456, 电话 138 1234 5678, โทร 081-234-5678\"}";
    struct text_buf reply;
    text_buf_init(&reply, 1u << 20);
    bool judged = judge_answer(judge, SLICE("{\"want\":\"ad\"}"), slice_of(ad), &reply) == OK &&
                  slice_find(text_buf_slice(&reply), SLICE("+85512345678")) != SIZE_MAX;
    text_buf_release(&reply);
    return judged;
}

static int ways_tried(void)
{
    int code = EXIT_DONE;
    for (size_t i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++) {
        char line[160];
        errno = 0;
        long got = WAYS[i].attempt();
        bool shut = got < 0 && (errno == EPERM || errno == EACCES);
        if (got == 0 && strncmp(WAYS[i].name, "fork", 4) == 0)
            _exit(0); /* the child that should not be */
        snprintf(line, sizeof line, "%s the box: no way to %s%s%s\n", shut ? "ok" : "not ok",
                 WAYS[i].name, shut ? "" : ": ",
                 shut      ? ""
                 : got < 0 ? strerror(errno)
                           : "done");
        print_line(line);
        code = shut ? code : EXIT_INTERNAL;
    }
    return code;
}

/* Overruns a limit; comes back only if there is none. */
static void overrun(const char *what)
{
    if (strcmp(what, "memory") == 0) {
        void *space = malloc((size_t)MEMORY_MIB << 20);
        print_line(space == NULL ? "ok the box: memory has its limit\n" : "not ok memory: given\n");
        free(space);
        return;
    }
    if (strcmp(what, "crash") == 0)
        raise(SIGSEGV);
    bool spin = strcmp(what, "cpu") == 0;
    sandbox_page_clocks(spin ? 300 : 0, spin ? 0 : 300);
    for (int64_t until = clock_mono_ms() + 20000; clock_mono_ms() < until;)
        if (!spin)
            usleep(10000);
    print_line("not ok the clocks: twenty seconds went by\n");
}

static int bank_open(const char *dir, struct judge **ret_judge, struct failure *reterr)
{
    struct bank_pack *pack = NULL;
    struct classify_settings model = CLASSIFY_ALL_AS_BANK;
    int rc = bank_pack_load(dir, &pack, reterr);
    if (rc == OK)
        rc = worker_lock_in(bank_pack_bytes(pack), &model, MEMORY_MIB, ret_judge, reterr);
    bank_pack_free(pack);
    return rc;
}

int worker_selftest(int argc, char **argv)
{
    struct judge *judge = NULL;
    struct failure why = {.code = OK};
    if (argc < 2)
        return EXIT_USAGE;
    parent = getppid();
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return EXIT_INTERNAL;
    int rc = bank_open(argv[1], &judge, &why);
    if (rc != OK) {
        fprintf(stderr, "lurewatch worker: %s\n", why.text);
        judge_free(judge);
        return exit_code_of(rc);
    }
    int code = EXIT_DONE;
    if (!IS_SANITIZED && argc > 2)
        overrun(argv[2]);
    else if (!IS_SANITIZED)
        code = ways_tried();
    bool judged = judge_numbers(judge);
    print_line(judged ? "ok the box: an ad is judged inside it\n"
                      : "not ok the box: an ad cannot be judged inside it\n");
    judge_free(judge);
    return judged ? code : EXIT_INTERNAL;
}
