/* verbs.c - what each command takes behind its name; see verbs.h.
 *
 * Commands read their words and options through argp, one parser for all verbs of a command, and so
 * each option is known to each verb. What a verb has no use for is refused here, before anything is
 * read: `db purge dry-run` must not purge. What is missing, or no number, the verbs tell. */
#include "app/verbs.h"
#include "app/command.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MANY    4096
#define OPTIONS_MAX   32
#define NAME_SKIPS    10u /* "lurewatch " */
#define LETTER_KEYS   0x80
#define VERB_DEFAULT  "list"
#define OPTIONS_EVERY "*"

static const struct verb {
    const char *command, *name; /* name: "" of a command without verbs */
    int words_max;              /* behind the verb */
    const char *usage;          /* behind the command's name */
    const char *options;        /* names with blanks between, or OPTIONS_EVERY */
    const char *repeats;        /* which of them may stand there twice */
} VERBS[] = {
    {"sweep", "", 0, "", OPTIONS_EVERY, "source"},
    {"scan", "", WORDS_MANY, "[FILE…]", OPTIONS_EVERY, ""},
    {"extract", "", WORDS_MANY, "[FILE…]", OPTIONS_EVERY, ""},
    {"explain", "", 1, "[FILE]", OPTIONS_EVERY, ""},
    {"check-url", "", WORDS_MANY, "URL…", OPTIONS_EVERY, ""},
    {"review", "", 0, "", OPTIONS_EVERY, ""},
    {"export", "", 0, "[-o FILE]", OPTIONS_EVERY, "state"},
    {"recheck", "", 0, "[--case ID]", OPTIONS_EVERY, ""},
    {"report", "", 0, "[-o FILE]", OPTIONS_EVERY, ""},
    {"doctor", "", 0, "", OPTIONS_EVERY, ""},
    {"queue add", "", 1, "[FILE|URL]", OPTIONS_EVERY, ""},
    {"queue", "list", 0, "list", "state band task source language since limit all by-campaign",
     "state"},
    {"queue", "show", 1, "show ID", "", ""},
    {"queue", "claim", 1, "claim [ID]", "as note", ""},
    {"queue", "release", 1, "release ID", "as note", ""},
    {"queue", "decide", 2, "decide ID confirmed|dismissed|unsure", "as note campaign", ""},
    {"queue", "undo", 1, "undo ID", "as note", ""},
    {"queue", "note", 2, "note ID 'TEXT'", "as note", ""},
    {"queue", "withdraw", 1, "withdraw ID --note 'WHY'", "as note", ""},
    {"queue", "stats", 0, "stats", "", ""},
    {"queue", "find", 1, "find 'CONTACT'", "kind", ""},
    {"queue", "audit", 2, "audit [AD lure|honest]", "as note limit", ""},
    {"queue", "recall", 0, "recall", "", ""},
    {"queue", "employers", 2, "employers [add 'NAME'|remove 'NAME']", "as note until", ""},
    {"request", "list", 0, "list", "case state", "state"},
    {"request", "recipients", 0, "recipients", "", ""},
    {"request", "draft", 1, "draft CASE", "recipient language as", ""},
    {"request", "show", 1, "show REQUEST", "", ""},
    {"request", "approve", 1, "approve REQUEST", "why as", ""},
    {"request", "sent", 1, "sent REQUEST", "why as", ""},
    {"request", "acknowledged", 1, "acknowledged REQUEST", "why as", ""},
    {"request", "refused", 1, "refused REQUEST", "why as", ""},
    {"request", "withdraw", 1, "withdraw REQUEST --why 'TEXT'", "why send as", ""},
    {"patterns", "check", 1, "check [DIR]", "", ""},
    {"patterns", "list", 1, "list [DIR]", "family language status", ""},
    {"patterns", "stats", 1, "stats [FILE]", "", ""},
    {"patterns", "test", WORDS_MANY, "test FILE…", "rule pattern summary", ""},
    {"patterns", "backtest", 1, "backtest DIR", "rule", ""},
    {"patterns", "tune", 0, "tune", "write", ""},
    {"patterns", "thresholds", 0, "thresholds", "cases-per-day miss-cost false-cost days", ""},
    {"sources", "list", 0, "list", "", ""},
    {"sources", "check", 1, "check [NAME]", "fetch test-endpoint", ""},
    {"sources", "add", 1, "add URL", "name test-endpoint", ""},
    {"sources", "audit", 1, "audit HOST", "since", ""},
    {"evidence", "verify", 1, "verify [DOSSIER]", "manifest", ""},
    {"evidence", "show", 1, "show CASE|RECORD", "part as why", ""},
    {"evidence", "manifest", 0, "manifest", "", ""},
    {"evidence", "timestamp", 0, "timestamp", "", ""},
    {"db", "init", 0, "init", "", ""},
    {"db", "migrate", 0, "migrate", "", ""},
    {"db", "backup", 1, "backup FILE, or FOLDER/", "", ""},
    {"db", "restore", 1, "restore FOLDER", "", ""},
    {"db", "copy", 2, "copy STORE STORE", "", ""},
    {"db", "check", 0, "check", "", ""},
    {"db", "stats", 0, "stats", "", ""},
    {"db", "purge", 0, "purge", "dry-run as why", ""},
    {"db", "forget", 0, "forget --contact 'WORDS'", "contact kind as why", ""},
};
#define VERBS_COUNT (sizeof VERBS / sizeof VERBS[0])

/* The command line as it was given, the common options apart. */
struct given {
    const char *command;
    struct option options[OPTIONS_MAX + 1]; /* argp's, as getopt_long() wants them */
    char letters[2 * OPTIONS_MAX + 1];
    int options_count;
    unsigned times[OPTIONS_MAX];
    char **words;
    int words_count;
};

static bool names_has(const char *names, const char *name)
{
    struct slice rest = slice_of(names);
    while (rest.len > 0) {
        size_t blank = slice_find_char(rest, ' ');
        if (slice_is(slice_sub(rest, 0, blank), name))
            return true;
        rest = blank == SIZE_MAX ? SLICE_EMPTY : slice_from(rest, blank + 1);
    }
    return false;
}

static bool verb_takes(const struct verb *verb, const char *option)
{
    return strcmp(verb->options, OPTIONS_EVERY) == 0 || names_has(verb->options, option);
}

static bool is_common(const char *name)
{
    for (const struct argp_option *option = common_argp.options; option->name != NULL; option++)
        if (strcmp(option->name, name) == 0)
            return true;
    return false;
}

static void add_options(struct given *given, const struct argp_option *option)
{
    size_t letters = strlen(given->letters);
    for (; option != NULL && (option->name != NULL || option->doc != NULL); option++) {
        if (option->name == NULL || given->options_count == OPTIONS_MAX)
            continue; /* a heading */
        bool valued = option->arg != NULL;
        given->options[given->options_count++] =
            (struct option){option->name, valued, NULL, option->key};
        if (option->key >= LETTER_KEYS)
            continue;
        given->letters[letters++] = (char)option->key;
        if (valued)
            given->letters[letters++] = ':';
    }
}

/* False: an option that argp answers itself, --help or one that is not there. */
static bool read_given(struct given *given, int argc, char **argv)
{
    int key = 0;
    opterr = 0;
    optind = 0; /* anew */
    while ((key = getopt_long(argc, argv, given->letters, given->options, NULL)) != -1) {
        int at = 0;
        while (at < given->options_count && given->options[at].val != key)
            at++;
        if (at == given->options_count)
            return false;
        given->times[at]++;
    }
    given->words = argv + optind;
    given->words_count = argc - optind;
    return true;
}

/* NULL: no such verb, or none where one is wanted, which the command tells. Takes the verb off the words. */
static const struct verb *verb_of(struct given *given)
{
    const char *name = given->words_count > 0 ? given->words[0] : VERB_DEFAULT;
    for (size_t i = 0; i < VERBS_COUNT; i++) {
        const struct verb *verb = &VERBS[i];
        if (strcmp(verb->command, given->command) != 0)
            continue;
        if (verb->name[0] == '\0')
            return verb;
        if (strcmp(verb->name, name) != 0)
            continue;
        given->words += given->words_count > 0;
        given->words_count -= given->words_count > 0;
        return verb;
    }
    return NULL;
}

static int tell_word(const struct given *given, const struct verb *verb)
{
    const char *word = given->words[verb->words_max];
    fprintf(stderr, "lurewatch %s: '", given->command);
    print_safe(stderr, slice_of(word));
    fprintf(stderr, "' is one word too many; nothing was done: lurewatch %s%s%s", given->command,
            verb->usage[0] != '\0' ? " " : "", verb->usage);
    for (int i = 0; i < given->options_count; i++)
        if (strcmp(given->options[i].name, word) == 0)
            fprintf(stderr, "; an option has two dashes: --%s", word);
    fputc('\n', stderr);
    return EXIT_USAGE;
}

static int tell_option(const struct given *given, const struct verb *verb, const char *option)
{
    const char *between = " it is for ";
    fprintf(stderr, "lurewatch %s: '%s' takes no --%s, and nothing was done;", given->command,
            verb->name, option);
    for (size_t i = 0; i < VERBS_COUNT; i++) {
        if (strcmp(VERBS[i].command, given->command) != 0 || !verb_takes(&VERBS[i], option))
            continue;
        fprintf(stderr, "%s'%s'", between, VERBS[i].name);
        between = ", ";
    }
    fputc('\n', stderr);
    return EXIT_USAGE;
}

static int check(struct given *given)
{
    const struct verb *verb = verb_of(given);
    if (verb == NULL)
        return EXIT_DONE;
    if (given->words_count > verb->words_max)
        return tell_word(given, verb);
    for (int i = 0; i < given->options_count; i++) {
        const char *name = given->options[i].name;
        if (given->times[i] == 0 || is_common(name))
            continue;
        if (!verb_takes(verb, name))
            return tell_option(given, verb, name);
        if (given->times[i] > 1 && given->options[i].has_arg && !names_has(verb->repeats, name)) {
            fprintf(stderr,
                    "lurewatch %s: --%s is given twice; nothing was done: give it once, and run "
                    "the command again for the other\n",
                    given->command, name);
            return EXIT_USAGE;
        }
    }
    return EXIT_DONE;
}

int verbs_parse(const struct argp *argp, int argc, char **argv, int *ret_first, void *input)
{
    struct given given = {.command = argv[0] + NAME_SKIPS};
    char **copy = calloc((size_t)argc + 1, sizeof *copy); /* getopt_long() orders it */
    if (copy == NULL)
        return EXIT_INTERNAL;
    memcpy(copy, argv, (size_t)argc * sizeof *copy);
    add_options(&given, argp->options);
    add_options(&given, common_argp.options);
    int code = read_given(&given, argc, copy) ? check(&given) : EXIT_DONE;
    free(copy);
    if (code != EXIT_DONE)
        return code;
    return argp_parse(argp, argc, argv, 0, ret_first, input) == 0 ? EXIT_DONE : EXIT_USAGE;
}
