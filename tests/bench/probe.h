/* probe.h - what the probes of the bench print: one JSON line with pages, bytes and CPU time. */
#ifndef LUREWATCH_BENCH_PROBE_H
#define LUREWATCH_BENCH_PROBE_H

#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>

static inline int64_t probe_cpu_us(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (int64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
           used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

static inline void probe_print(size_t pages, size_t bytes, size_t found)
{
    printf("{\"pages\":%zu,\"bytes\":%zu,\"found\":%zu,\"cpu_us\":%lld}\n", pages, bytes, found,
           (long long)probe_cpu_us());
}

#endif
