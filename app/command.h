/* app/command.h - what every command shares: its entry point, the common options, tables. */
#ifndef LUREWATCH_COMMAND_H
#define LUREWATCH_COMMAND_H

#include "app/exit_code.h"
#include "app/settings.h"
#include "common/cells.h"

#include <argp.h>
#include <stdio.h>

/* Runs with argv[0] = "lurewatch NAME"; returns the exit code. */
typedef int command_fn(int argc, char **argv);

int cmd_sweep(int argc, char **argv);
int cmd_scan(int argc, char **argv);
int cmd_extract(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_check_url(int argc, char **argv);
int cmd_queue(int argc, char **argv);
int cmd_queue_add(int argc, char **argv); /* argv[0] is the word add */
int cmd_review(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_request(int argc, char **argv);
int cmd_recheck(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_patterns(int argc, char **argv);
int cmd_sources(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_evidence(int argc, char **argv);
int cmd_db(int argc, char **argv);

/* Options that every command takes; a child of each command's argp, fed from its first input:
 * --config FILE, --json. */
struct common_options {
    const char *config; /* NULL: look for one */
    bool json;
};
extern const struct argp common_argp;
#define COMMON_CHILDREN                                                                            \
    {                                                                                              \
        {&common_argp, 0, "Common options:", 90},                                                  \
        {                                                                                          \
            NULL, 0, NULL, 0                                                                       \
        }                                                                                          \
    }

/* Loads the settings and, on failure, prints why. Returns an exit code; EXIT_DONE: loaded. */
int command_settings(const char *command, const struct common_options *common,
                     struct settings *ret_settings);
/* Wrong configuration: prints and returns EXIT_CONFIG. */
int command_config_failure(const char *command, const struct failure *failure);

/* Reads the pattern bank's folder. Errors printed; EXIT_CONFIG. Free with bank_pack_free(). */
struct bank_pack;
int command_bank(const char *command, const struct settings *settings, struct bank_pack **ret_pack);

/* The bank's name at `at`; the settings' thresholds are held against it. Gives *ret_watch, its rules to
 * be counted (rule_watch.h); NULL is allowed. Errors printed; EXIT_CONFIG. */
#define BANK_NAME_BYTES 128u
struct rule_watch;
int command_bank_name(const char *command, const struct settings *settings,
                      const struct bank_pack *pack, char at[BANK_NAME_BYTES],
                      struct rule_watch **ret_watch);
/* Nobody is asked for a page without a contact for site owners. Errors printed; EXIT_CONFIG. */
int command_contact(const char *command, const struct settings *settings);

/* Thresholds of the settings as the classifier wants them: logit tenths, 0 where unset. Borrows
 * the name of the settings' file. */
struct classify_settings;
void command_model(const struct settings *settings, struct classify_settings *ret_model);

/* Opens the store of the settings; flags are those of store.h. Errors printed, an exit code. A
 * store that is not there says what to do. */
struct store;
int command_store(const char *command, const struct settings *settings, unsigned flags,
                  struct store **ret_store);
/* Prints what the store's last failed call said; returns the exit code of rc. */
int command_store_failure(const char *command, const struct store *store, int rc);
/* Who acts: name, else $USER, else the login name; "" when nobody can be told. */
const char *command_who(const char *name);
/* The value of --as: a name that a history can show. An empty one, or one with control characters, ends
 * the program through argp_error(). */
const char *command_name(const char *value, struct argp_state *state);
/* Reads "2026-11-24", an RFC 3339 time, or an age such as 7d. False: neither. */
bool command_since(const char *text, int64_t now_unix_ms, int64_t *ret_unix_ms);
/* Reads the value of --state, "new,claimed" or "all", and adds its bits (1 << enum case_state) to
 * *states. Any other word ends the program through argp_error(). */
void command_states(const char *value, unsigned *states, struct argp_state *state);
/* Writes buf, which is emptied, and a line end to standard output. Errors: ERR_LIMIT, ERR_NOMEM
 * (buf's status), ERR_IO. */
struct text_buf;
MUST_USE int command_print_line(struct text_buf *buf);
/* The same; for people control characters, which an ad's words may have, become blanks. */
MUST_USE int command_print(struct text_buf *buf, bool for_programs);
/* Flushes standard output: code, or EXIT_IO with a sentence when it could not be written. A command
 * that stops for that returns EXIT_IO and leaves the sentence to this. */
int command_end(const char *command, int code);

/* ---- text for people ---- */

/* "2026-11-24 09:27" in UTC; "-" for 0. Returns at. */
#define WHEN_BYTES 32u
char *when_text(int64_t unix_ms, char at[WHEN_BYTES]);
/* "3 d", "5 h", "12 min" since; "-" for 0. Returns at. */
char *ago_text(int64_t unix_ms, int64_t now_unix_ms, char at[WHEN_BYTES]);

/* Prints text in exactly `cells` cells: cut with an ellipsis, or filled with blanks; control
 * characters and line ends become blanks. */
void print_cell(FILE *out, struct slice text, size_t cells);
/* Text for terminals: control characters but line ends and tabs become blanks. */
void print_safe(FILE *out, struct slice text);
/* The same of what stands in a line of ours: line ends and tabs become blanks, too. */
void print_words(FILE *out, struct slice text);
/* Colour only on a terminal and without NO_COLOR. */
bool colour_wanted(FILE *out);
/* Columns of the terminal, 120 when out is none. */
size_t terminal_columns(FILE *out);

#endif
