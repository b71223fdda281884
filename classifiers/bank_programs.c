/* bank_programs.c - the rules' PCRE2 programs, turned into machine code when one is first run.
 *
 * An ad needs some dozens of the rules, and to make machine code of all is a third of a start. The
 * bank is sealed for its readers all the same: what they get for a rule never changes. */
#include "classifiers/bank.h"

#include "classifiers/bank_parts.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum program_state { PROGRAM_COMPILED, PROGRAM_READY, PROGRAM_REFUSED };
struct program {
    pcre2_code *code;
    atomic_int state;
};

struct bank_programs {
    pthread_mutex_t making;
    size_t count;
    struct program list[];
};

int bank_programs_create(size_t rules, struct bank_programs **ret_programs)
{
    struct bank_programs *programs = calloc(1, sizeof *programs + rules * sizeof programs->list[0]);
    if (programs == NULL)
        return ERR_NOMEM;
    if (pthread_mutex_init(&programs->making, NULL) != 0) {
        free(programs);
        return ERR_NOMEM;
    }
    programs->count = rules;
    *ret_programs = programs;
    return OK;
}

void bank_programs_free(struct bank_programs *programs)
{
    if (programs == NULL)
        return;
    for (size_t i = 0; i < programs->count; i++)
        pcre2_code_free(programs->list[i].code);
    pthread_mutex_destroy(&programs->making);
    free(programs);
}

void bank_program_put(struct bank_programs *programs, size_t rule, pcre2_code *code)
{
    programs->list[rule].code = code;
}

bool bank_program_is(const struct pattern_bank *bank, size_t rule)
{
    return bank->programs != NULL && bank->programs->list[rule].code != NULL;
}

static void make(struct bank_programs *programs, struct program *program)
{
    pthread_mutex_lock(&programs->making);
    if (atomic_load_explicit(&program->state, memory_order_relaxed) == PROGRAM_COMPILED) {
        bool made = pcre2_jit_compile(program->code, PCRE2_JIT_COMPLETE) == 0;
        atomic_store_explicit(&program->state, made ? PROGRAM_READY : PROGRAM_REFUSED,
                              memory_order_release);
    }
    pthread_mutex_unlock(&programs->making);
}

const pcre2_code *bank_program(const struct pattern_bank *bank, size_t rule)
{
    struct program *program = &bank->programs->list[rule];
    if (program->code == NULL)
        return NULL;
    if (atomic_load_explicit(&program->state, memory_order_acquire) == PROGRAM_COMPILED)
        make(bank->programs, program);
    return atomic_load_explicit(&program->state, memory_order_acquire) == PROGRAM_READY
               ? program->code
               : NULL;
}

static int refused(const struct rule *rule, struct failure *reterr)
{
    return failure_set(reterr, ERR_UNSUPPORTED,
                       "PCRE2 cannot compile %.*s to machine code here: is executable memory "
                       "forbidden (MemoryDenyWriteExecute)?",
                       (int)rule->id.len, rule->id.at);
}

int bank_programs_try(const struct pattern_bank *bank, struct failure *reterr)
{
    for (size_t i = 0; i < bank->rules_count; i++)
        if (bank_program_is(bank, i))
            return bank_program(bank, i) != NULL ? OK : refused(&bank->rules[i], reterr);
    return OK;
}

int pattern_bank_ready(const struct pattern_bank *bank, struct failure *reterr)
{
    for (size_t i = 0; i < bank->rules_count; i++)
        if (bank_program_is(bank, i) && bank_program(bank, i) == NULL)
            return refused(&bank->rules[i], reterr);
    return OK;
}
