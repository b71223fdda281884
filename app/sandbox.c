/* sandbox.c - resource limits, Landlock and the system call list of a worker; see sandbox.h. The one
 * file that knows libseccomp.
 *
 * Landlock first (its own calls are not on the list): all rights over files, ports, abstract sockets
 * and signals that this kernel knows of are handled, and none is given back.
 *
 * What is not on the list fails with EPERM, as if the file or socket were forbidden: the libraries
 * then report an error and the page is lost, not the process. */
#include "app/sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static const int CALLS_ALLOWED[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(close),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(futex),
    SCMP_SYS(sched_yield),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(membarrier),
};

/* Standard input, output and error, the socket, the bank while it is read. */
#define DESCRIPTORS_MAX 5

static int limit_set(int which, rlim_t most)
{
    const struct rlimit limit = {.rlim_cur = most, .rlim_max = most};
    return setrlimit((__rlimit_resource_t)which, &limit);
}

static int limits_enter(int64_t memory_mib, struct failure *reterr)
{
    if (limit_set(RLIMIT_CORE, 0) != 0 || limit_set(RLIMIT_FSIZE, 0) != 0 ||
        limit_set(RLIMIT_NOFILE, DESCRIPTORS_MAX) != 0)
        return failure_set(reterr, ERR_UNSUPPORTED, "setrlimit: %s", strerror(errno));
#ifndef LW_SANITIZED
    if (limit_set(RLIMIT_AS, (rlim_t)memory_mib << 20) != 0)
        return failure_set(reterr, ERR_UNSUPPORTED, "setrlimit(memory): %s", strerror(errno));
#else
    (void)memory_mib;
#endif
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return failure_set(reterr, ERR_UNSUPPORTED, "prctl: %s", strerror(errno));
    return OK;
}

#ifndef LW_SANITIZED
/* mmap and mprotect, but never executable: patterns were compiled before. */
static int filter_allow_memory(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp not_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    int rc = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, &not_exec);
    if (rc == 0)
        rc = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, &not_exec);
    return rc;
}

/* Signals to itself only: abort() and the clocks' end. */
static int filter_allow_self(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp self = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid());
    int rc = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &self);
    static const int clocks[] = {ITIMER_REAL, ITIMER_PROF};
    for (size_t i = 0; rc == 0 && i < sizeof clocks / sizeof clocks[0]; i++) {
        const struct scmp_arg_cmp clock = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)clocks[i]);
        rc = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(setitimer), 1, &clock);
    }
    return rc;
}

/* The kernel's struct landlock_ruleset_attr as of ABI 6; older ones take a shorter one. */
struct landlock_rights {
    uint64_t files, ports, scopes;
};
#define LANDLOCK_ABI_FLAG 1u

/* Rights over files that each ABI knows: 13 bits, and one more with each of 2, 3 and 5. */
static struct landlock_rights landlock_all(long abi, size_t *ret_bytes)
{
    unsigned files = abi >= 5 ? 16 : abi >= 3 ? 15 : abi >= 2 ? 14 : 13;
    struct landlock_rights all = {.files = (UINT64_C(1) << files) - 1};
    *ret_bytes = sizeof all.files;
    if (abi >= 4) {
        all.ports = 3; /* bind, connect */
        *ret_bytes += sizeof all.ports;
    }
    if (abi >= 6) {
        all.scopes = 3; /* abstract sockets, signals */
        *ret_bytes += sizeof all.scopes;
    }
    return all;
}

/* A kernel without Landlock leaves the filter alone in charge. */
static int landlock_enter(struct failure *reterr)
{
    size_t bytes = 0;
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_ABI_FLAG);
    if (abi < 1)
        return OK;
    struct landlock_rights all = landlock_all(abi, &bytes);
    int fd = (int)syscall(SYS_landlock_create_ruleset, &all, bytes, 0);
    if (fd < 0)
        return failure_set(reterr, ERR_UNSUPPORTED, "landlock: %s", strerror(errno));
    long rc = syscall(SYS_landlock_restrict_self, fd, 0);
    int why = errno;
    close(fd);
    if (rc != 0)
        return failure_set(reterr, ERR_UNSUPPORTED, "landlock: %s", strerror(why));
    return OK;
}

static int filter_enter(struct failure *reterr)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL)
        return failure_set(reterr, ERR_UNSUPPORTED, "seccomp is not available");
    int rc = filter_allow_memory(filter);
    if (rc == 0)
        rc = filter_allow_self(filter);
    for (size_t i = 0; rc == 0 && i < sizeof CALLS_ALLOWED / sizeof CALLS_ALLOWED[0]; i++)
        rc = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, CALLS_ALLOWED[i], 0, NULL);
    if (rc == 0)
        rc = seccomp_load(filter);
    seccomp_release(filter);
    if (rc != 0)
        return failure_set(reterr, ERR_UNSUPPORTED, "seccomp: %s", strerror(-rc));
    return OK;
}
#else
/* Sanitizers open /proc and map what they like when they report; the limits above stay. */
static int filter_enter(struct failure *reterr)
{
    (void)reterr;
    (void)CALLS_ALLOWED;
    return OK;
}

static int landlock_enter(struct failure *reterr)
{
    (void)reterr;
    return OK;
}
#endif

int sandbox_enter(int64_t memory_mib, struct failure *reterr)
{
    /* before the limit on descriptors: a rule set is one */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return failure_set(reterr, ERR_UNSUPPORTED, "prctl: %s", strerror(errno));
    int rc = landlock_enter(reterr);
    if (rc == OK)
        rc = limits_enter(memory_mib, reterr);
    return rc == OK ? filter_enter(reterr) : rc;
}

static void clock_set(int which, int64_t ms)
{
    const struct itimerval once = {
        .it_value = {.tv_sec = (time_t)(ms / 1000), .tv_usec = (suseconds_t)(ms % 1000 * 1000)}};
    setitimer((__itimer_which_t)which, &once, NULL);
}

void sandbox_page_clocks(int64_t cpu_ms, int64_t wall_ms)
{
    clock_set(ITIMER_PROF, cpu_ms);
    clock_set(ITIMER_REAL, wall_ms);
}
