/* main.c - the table of commands. Everything a command does is in its cmd_*.c. */
#include "app/command.h"
#include "app/worker.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    command_fn *run;
    const char *help;
} COMMANDS[] = {
    {"sweep", cmd_sweep,
     "fetch the sources that are due, judge their postings, queue the few that matter"},
    {"scan", cmd_scan, "score ads from files or standard input"},
    {"extract", cmd_extract, "show the postings found in saved pages, feeds and answers"},
    {"explain", cmd_explain, "show one ad's findings, its words, points and arithmetic"},
    {"check-url", cmd_check_url, "may this be fetched, and if not, why"},
    {"queue", cmd_queue,
     "the cases for people: list, show, claim, decide, undo, find, audit, recall"},
    {"review", cmd_review, "the page for reviewers: the day's list, cases, keys"},
    {"export", cmd_export, "cases as rows, letters or dossiers; mails approved requests"},
    {"request", cmd_request,
     "what is asked of whom: draft, approve, sent, acknowledged, refused, withdraw"},
    {"recheck", cmd_recheck, "are exported ads still up: looks again, tells what is gone or back"},
    {"report", cmd_report, "counts by month, board, place, task and language; text, HTML, CSV"},
    {"patterns", cmd_patterns,
     "the pattern bank: check, list, stats, test, backtest, tune, thresholds"},
    {"sources", cmd_sources, "the sources: list, check, add, audit"},
    {"evidence", cmd_evidence, "the kept pages: verify every one, show one, manifest, timestamp"},
    {"db", cmd_db, "the store: init, migrate, backup, restore, copy, check, purge, forget, stats"},
    {"doctor", cmd_doctor, "is this installation sound, and why is nothing being fetched"},
};
#define COMMANDS_COUNT (sizeof COMMANDS / sizeof COMMANDS[0])

static void print_help(FILE *out)
{
    fputs("Usage: lurewatch COMMAND [OPTION…]\n\n"
          "Watches public job boards for ads that lure people into overseas gambling and scam\n"
          "compounds, and puts the few that matter in a queue, each explained, with evidence.\n\n",
          out);
    for (size_t i = 0; i < COMMANDS_COUNT; i++)
        fprintf(out, "  %-10s %s\n", COMMANDS[i].name, COMMANDS[i].help);
    fputs("\n`lurewatch COMMAND --help` says more. Configuration: --config FILE, else\n"
          "$LUREWATCH_CONFIG, ./lurewatch.yml, /etc/lurewatch/lurewatch.yml.\n",
          out);
}

/* A sanitizer would look for leaks in files that the worker's box shuts: such builds end at once. */
static int worker(int argc, char **argv)
{
    int code = worker_main(argc, argv);
#ifdef LW_SANITIZED
    fflush(NULL);
    _exit(code);
#endif
    return code;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "help") == 0 || strcmp(name, "-h") == 0) {
        print_help(stdout);
        return EXIT_DONE;
    }
    if (strcmp(name, "--version") == 0) {
        puts("lurewatch " LUREWATCH_VERSION);
        return EXIT_DONE;
    }
    if (strcmp(name, "worker") == 0)
        return worker(argc - 1, argv + 1);
    for (size_t i = 0; i < COMMANDS_COUNT; i++) {
        if (strcmp(name, COMMANDS[i].name) != 0)
            continue;
        char title[64];
        snprintf(title, sizeof title, "lurewatch %s", name);
        argv[1] = title;
        return COMMANDS[i].run(argc - 1, argv + 1);
    }
    fprintf(stderr, "lurewatch: there is no command '%s'; `lurewatch --help` lists them\n", name);
    return EXIT_USAGE;
}
