/* app/verbs.h - what each command takes behind its name: verbs, words, options; the one table of it. */
#ifndef LUREWATCH_VERBS_H
#define LUREWATCH_VERBS_H

#include "common/err.h"

#include <argp.h>

/* argp_parse() behind a check of the command line against the table: a word too many, an option that
 * the verb does not take, or one that is given twice where only the last would count is told on
 * stderr, and nothing is done. argv[0] is "lurewatch NAME". ret_first: the first word's place in argv,
 * which parsing orders; NULL is allowed. Returns EXIT_DONE or EXIT_USAGE. */
MUST_USE int verbs_parse(const struct argp *argp, int argc, char **argv, int *ret_first,
                         void *input);

#endif
