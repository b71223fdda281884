/* Rules become machine code when they are first run: by whichever thread, or at once before a box
 * that forbids it; and a system that forbids it from the start is told at the start. */
#include "classifiers/bank_check.h"
#include "classifiers/bank_parts.h"
#include "classifiers/matcher.h"
#include "tests/pack.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define RULES   300u /* more than one piece of PCRE2's executable memory holds */
#define THREADS 4u

static struct bank_pack *pack;

static void add_rule(struct text_buf *bytes, unsigned nth)
{
    char path[64];
    struct text_buf rule;
    text_buf_init(&rule, 1u << 12);
    snprintf(path, sizeof path, "gambling/r%03u.yml", nth);
    text_buf_printf(&rule,
                    "idea: gambling.r%03u\ntitle: T\ndescription: D\nrationale: R\nsources: [S]\n"
                    "weight: 1\nfield: any\nlevel: none\nlanguages:\n  en:\n    status: active\n"
                    "    date: 2026-11-25\n    pattern: 'word%03u[a-z]{1,9}'\n    examples:\n"
                    "      match: ['a', 'b', 'c']\n      not_match: ['d', 'e', 'f']\n",
                    nth, nth);
    pack_add(bytes, path, text_buf_slice(&rule));
    text_buf_release(&rule);
}

static int pack_make(void **state)
{
    struct text_buf bytes;
    struct failure why = {.code = OK};
    (void)state;
    text_buf_init(&bytes, 1u << 20);
    pack_add(&bytes, "families.yml",
             SLICE("version: 't1'\nprior: 0.001\nbands: {watch: 0.05, review: 0.5, urgent: 0.95}\n"
                   "combos_cap: 3.0\nfamilies:\n"
                   "  - {name: gambling, title: G, cap: 3.0, task: gambling}\n"));
    for (unsigned i = 0; i < RULES; i++)
        add_rule(&bytes, i);
    pack_add(
        &bytes, "signals.yml",
        SLICE("signals:\n  - {id: fact.m, title: M, kind: truth, family: gambling, weight: 0}\n"));
    int rc = bank_pack_from(text_buf_slice(&bytes), &pack, &why);
    text_buf_release(&bytes);
    return rc;
}

static int pack_end(void **state)
{
    (void)state;
    bank_pack_free(pack);
    return 0;
}

static struct pattern_bank *compiled(void)
{
    struct pattern_bank *bank = NULL;
    struct failure why = {.code = OK};
    if (pattern_bank_compile(pack, &bank, &why) != OK)
        fail_msg("%s", why.text);
    return bank;
}

/* How many of the rules hit a text that has a word for each. */
static size_t rules_hit(const struct pattern_bank *bank)
{
    struct matcher *matcher = NULL;
    size_t hit = 0;
    if (matcher_create(bank, &MATCHER_LIMITS_DEFAULT, &matcher) != OK)
        return 0;
    for (size_t i = 0; i < RULES; i++) {
        char text[32];
        bool cut = false;
        snprintf(text, sizeof text, "say word%03zuxyz", i);
        hit += matcher_try(matcher, bank_rule(bank, i), slice_of(text), &cut) && !cut;
    }
    matcher_free(matcher);
    return hit;
}

static void *reads(void *bank)
{
    return (void *)rules_hit(bank);
}

static void threads_may_run_a_rule_for_the_first_time_together(void **state)
{
    pthread_t threads[THREADS];
    struct pattern_bank *bank = compiled();
    (void)state;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, reads, bank), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *hit = NULL;
        assert_int_equal(pthread_join(threads[i], &hit), 0);
        assert_int_equal((size_t)hit, RULES);
    }
    pattern_bank_free(bank);
}

/* mmap and mprotect with PROT_EXEC fail from here on. */
static bool forbid_executable_memory(void)
{
    struct sock_filter lines[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 2),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)};
    const struct sock_fprog filter = {sizeof lines / sizeof lines[0], lines};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/* In a child that gets no more executable memory: its status. */
static int without_executable_memory(int (*then)(struct pattern_bank *), struct pattern_bank *bank)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(forbid_executable_memory() ? then(bank) : 99);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int hits_all(struct pattern_bank *bank)
{
    return rules_hit(bank) == RULES ? 0 : 1;
}

static bool says_refused(int rc, const struct failure *why)
{
    return rc == ERR_UNSUPPORTED && strstr(why->text, "MemoryDenyWriteExecute") != NULL;
}

static void count_one(void *told, enum bank_check_kind kind, const char *text)
{
    (void)kind;
    (void)text;
    *(unsigned *)told += 1;
}

/* By whoever wants a bank, who gets none; and by its check, which does not blame the rules. */
static int is_refused(struct pattern_bank *none)
{
    struct failure why = {.code = OK}, checked = {.code = OK};
    struct pattern_bank *bank = none;
    struct bank_check_result result;
    unsigned told = 0;
    int rc = pattern_bank_compile(pack, &bank, &why);
    pattern_bank_free(bank); /* as callers do, whether it went well or not */
    int check_rc = bank_check(pack, count_one, &told, &result, &checked);
    return says_refused(rc, &why) && bank == NULL && says_refused(check_rc, &checked) && told == 0
               ? 0
               : 1;
}

static int is_cut(struct pattern_bank *bank)
{
    struct failure why = {.code = OK};
    int rc = pattern_bank_ready(bank, &why);
    return rules_hit(bank) < RULES && rc == ERR_UNSUPPORTED ? 0 : 1;
}

static void a_bank_made_ready_asks_for_no_more_executable_memory(void **state)
{
    struct pattern_bank *bank = compiled();
    struct failure why = {.code = OK};
    (void)state;
    int late = without_executable_memory(is_cut, bank);
    assert_int_equal(pattern_bank_ready(bank, &why), OK);
    int ready = without_executable_memory(hits_all, bank);
    pattern_bank_free(bank);
    assert_int_equal(late, 0);
    assert_int_equal(ready, 0);
}

static void a_system_that_forbids_it_is_told_at_the_start(void **state)
{
    (void)state;
    assert_int_equal(without_executable_memory(is_refused, NULL), 0);
}

/* More literals than are noted one by one: what comes behind them is found all the same. */
static void a_field_full_of_literals_is_matched_to_its_end(void **state)
{
    const size_t count = 100000;
    struct pattern_bank *bank = compiled();
    struct matcher *matcher = NULL;
    struct normaliser *normaliser = NULL;
    struct arena *arena = NULL;
    struct folded folded[POSTING_FIELD_COUNT];
    struct hits hits;
    struct text_buf text;
    (void)state;
    text_buf_init(&text, 4u << 20);
    for (size_t i = 0; i < count; i++)
        text_buf_add_str(&text, i % 2 == 0 ? "word000 " : "word001.");
    size_t first = text.len;
    text_buf_add_str(&text, "word299xyz word001xyz");
    assert_int_equal(normaliser_create(&normaliser), OK);
    assert_int_equal(arena_create(64u << 20, &arena), OK);
    assert_int_equal(matcher_create(bank, &MATCHER_LIMITS_DEFAULT, &matcher), OK);
    for (size_t i = 0; i < POSTING_FIELD_COUNT; i++)
        assert_int_equal(normalise(normaliser,
                                   i == POSTING_TEXT ? text_buf_slice(&text) : SLICE_EMPTY, arena,
                                   &folded[i]),
                         OK);
    assert_int_equal(matcher_run(matcher, folded, arena, &hits), OK);
    assert_int_equal(hits.count, 2);
    assert_int_equal(hits.rules_cut_count, 0);
    assert_int_equal(hits.list[0].rule->index, 1);
    assert_int_equal(hits.list[0].start_bytes, first + 11);
    assert_int_equal(hits.list[1].rule->index, 299);
    assert_int_equal(hits.list[1].start_bytes, first);
    matcher_free(matcher);
    normaliser_free(normaliser);
    arena_free(arena);
    text_buf_release(&text);
    pattern_bank_free(bank);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* first, while PCRE2 has no executable memory of an earlier bank to give */
        cmocka_unit_test(a_system_that_forbids_it_is_told_at_the_start),
        cmocka_unit_test(a_bank_made_ready_asks_for_no_more_executable_memory),
        cmocka_unit_test(a_field_full_of_literals_is_matched_to_its_end),
        cmocka_unit_test(threads_may_run_a_rule_for_the_first_time_together)};
    return cmocka_run_group_tests(tests, pack_make, pack_end);
}
