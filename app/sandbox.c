/* sandbox.c - resource limits and the system call list of a worker; see sandbox.h. The one file
 * that knows libseccomp.
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

static const int CALLS_ALLOWED[] = {
    SCMP_SYS(read),         SCMP_SYS(write),           SCMP_SYS(readv),
    SCMP_SYS(writev),       SCMP_SYS(recvfrom),        SCMP_SYS(sendto),
    SCMP_SYS(recvmsg),      SCMP_SYS(sendmsg),         SCMP_SYS(poll),
    SCMP_SYS(ppoll),        SCMP_SYS(close),           SCMP_SYS(munmap),
    SCMP_SYS(mremap),       SCMP_SYS(madvise),         SCMP_SYS(brk),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),  SCMP_SYS(rt_sigaction),
    SCMP_SYS(exit),         SCMP_SYS(exit_group),      SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),       SCMP_SYS(futex),
    SCMP_SYS(sched_yield),  SCMP_SYS(getpid),          SCMP_SYS(gettid),
    SCMP_SYS(tgkill),       SCMP_SYS(restart_syscall), SCMP_SYS(clock_nanosleep),
    SCMP_SYS(sigaltstack),  SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
    SCMP_SYS(membarrier),
};

static int limit_set(int which, rlim_t most)
{
    const struct rlimit limit = {.rlim_cur = most, .rlim_max = most};
    return setrlimit((__rlimit_resource_t)which, &limit);
}

static int limits_enter(int64_t memory_mib, struct failure *reterr)
{
    if (limit_set(RLIMIT_CORE, 0) != 0 || limit_set(RLIMIT_FSIZE, 0) != 0)
        return failure_set(reterr, ERR_UNSUPPORTED, "setrlimit: %s", strerror(errno));
#ifndef LW_SANITIZED
    if (limit_set(RLIMIT_AS, (rlim_t)memory_mib << 20) != 0)
        return failure_set(reterr, ERR_UNSUPPORTED, "setrlimit(memory): %s", strerror(errno));
#else
    (void)memory_mib;
#endif
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
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

static int filter_enter(struct failure *reterr)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL)
        return failure_set(reterr, ERR_UNSUPPORTED, "seccomp is not available");
    int rc = filter_allow_memory(filter);
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
#endif

int sandbox_enter(int64_t memory_mib, struct failure *reterr)
{
    int rc = limits_enter(memory_mib, reterr);
    return rc == OK ? filter_enter(reterr) : rc;
}
