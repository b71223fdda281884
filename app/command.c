/* command.c - what every command shares; see command.h. */
#include "app/command.h"
#include "app/rule_watch.h"

#include "classifiers/bank.h"
#include "classifiers/bank_pack.h"
#include "classifiers/classify.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/utf8.h"
#include "storage/queue_second.h"
#include "storage/store.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define NAME_BYTES_MAX 200u

enum { OPTION_CONFIG = 0x100, OPTION_JSON };

static error_t parse_common(int key, char *value, struct argp_state *state)
{
    struct common_options *common = state->input;
    switch (key) {
    case OPTION_CONFIG:
        common->config = value;
        return 0;
    case OPTION_JSON:
        common->json = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option common_list[] = {
    {"config", OPTION_CONFIG, "FILE", 0,
     "read this file instead of $LUREWATCH_CONFIG, ./lurewatch.yml or /etc/lurewatch/lurewatch.yml",
     0},
    {"json", OPTION_JSON, NULL, 0, "print JSON for programs instead of text for people", 0},
    {0}};

const struct argp common_argp = {.options = common_list, .parser = parse_common};

int command_config_failure(const char *command, const struct failure *failure)
{
    exit_with(command, failure);
    return EXIT_CONFIG;
}

int command_settings(const char *command, const struct common_options *common,
                     struct settings *ret_settings)
{
    struct failure why = {.code = OK};
    if (settings_load(common->config, ret_settings, &why) != OK)
        return command_config_failure(command, &why);
    return EXIT_DONE;
}

int command_bank(const char *command, const struct settings *settings, struct bank_pack **ret_pack)
{
    struct failure why = {.code = OK};
    if (bank_pack_load(settings->patterns, ret_pack, &why) != OK)
        return command_config_failure(command, &why);
    return EXIT_DONE;
}

static int32_t logit_tenths(int64_t millionths)
{
    if (millionths <= 0)
        return CLASSIFY_AS_BANK;
    double p = (double)millionths / 1e6;
    return (int32_t)lround(10.0 * log(p / (1.0 - p)));
}

int command_contact(const char *command, const struct settings *settings)
{
    struct failure why;
    if (settings->operator_contact[0] != '\0')
        return EXIT_DONE;
    failure_set(&why, ERR_SYNTAX,
                "%s: 'contact' is missing: site owners must be able to reach you; set it to a mail "
                "address or a page, such as contact: desk@example.org",
                settings->file[0] != '\0' ? settings->file : "lurewatch.yml");
    return command_config_failure(command, &why);
}

void command_model(const struct settings *settings, struct classify_settings *ret_model)
{
    *ret_model = (struct classify_settings){
        .prior_tenths = logit_tenths(settings->prior_millionths),
        .watch_tenths = logit_tenths(settings->watch_millionths),
        .review_tenths = logit_tenths(settings->review_millionths),
        .urgent_tenths = logit_tenths(settings->urgent_millionths),
        .file = settings->file[0] != '\0' ? settings->file : NULL,
        .watch_line = settings->watch_line,
        .review_line = settings->review_line,
        .urgent_line = settings->urgent_line,
    };
}

int command_bank_name(const char *command, const struct settings *settings,
                      const struct bank_pack *pack, char at[BANK_NAME_BYTES],
                      struct rule_watch **ret_watch)
{
    struct pattern_bank *bank = NULL;
    struct classify_settings model;
    struct failure why = {.code = OK};
    command_model(settings, &model);
    int rc = pattern_bank_compile(pack, &bank, &why);
    if (rc == OK) {
        struct slice name = bank_version(bank);
        snprintf(at, BANK_NAME_BYTES, "%.*s", (int)name.len, name.at);
        rc = classify_bands_check(bank, &model, &why);
    }
    if (rc == OK && ret_watch != NULL && rule_watch_create(bank, ret_watch) != OK)
        rc = failure_set(&why, ERR_NOMEM, "out of memory");
    pattern_bank_free(bank);
    return rc == OK ? EXIT_DONE : command_config_failure(command, &why);
}

int command_store(const char *command, const struct settings *settings, unsigned flags,
                  struct store **ret_store)
{
    struct failure why = {.code = OK};
    enum queue_second second = SECOND_NONE;
    int rc = store_open(settings->store, flags, ret_store, &why);
    if (rc == OK) {
        if (queue_second_from_name(slice_of(settings->second_review), &second))
            queue_second_set(*ret_store, second);
        return EXIT_DONE;
    }
    exit_with(command, &why);
    if (rc == ERR_NOT_FOUND)
        return EXIT_UNAVAILABLE;
    return rc == ERR_SYNTAX ? EXIT_CONFIG : exit_code_of(rc);
}

int command_store_failure(const char *command, const struct store *store, int rc)
{
    struct failure why = {.code = OK};
    store_failed(store, rc, &why);
    why.code = rc;
    return exit_with(command, &why);
}

static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 ||
           (code >= 0x200B && code <= 0x200F) || (code >= 0x202A && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

static bool is_name(const char *name)
{
    struct slice text = slice_of(name);
    for (size_t i = 0, used; i < text.len; i += used) {
        uint32_t code = utf8_decode(slice_from(text, i), &used);
        if (is_control(code) || code == UTF8_REPLACEMENT)
            return false;
    }
    return slice_trim(text).len > 0 && text.len <= NAME_BYTES_MAX;
}

const char *command_name(const char *value, struct argp_state *state)
{
    if (!is_name(value))
        argp_error(state,
                   "--as wants the name of a person, for the history: one line of at most %u bytes "
                   "in UTF-8, without control characters",
                   NAME_BYTES_MAX);
    return value;
}

const char *command_who(const char *name)
{
    if (name == NULL || name[0] == '\0')
        name = getenv("USER");
    if (name != NULL && is_name(name))
        return name;
    const struct passwd *entry = getpwuid(getuid());
    return entry != NULL && entry->pw_name != NULL ? entry->pw_name : "";
}

bool command_since(const char *text, int64_t now_unix_ms, int64_t *ret_unix_ms)
{
    int64_t age_ms = 0;
    if (clock_parse_iso(slice_of(text), ret_unix_ms) == OK)
        return true;
    if (clock_parse_duration(slice_of(text), &age_ms) != OK)
        return false;
    *ret_unix_ms = now_unix_ms - age_ms;
    return true;
}

void command_states(const char *value, unsigned *states, struct argp_state *state)
{
    struct slice rest = slice_of(value);
    while (rest.len > 0) {
        size_t comma = slice_find_char(rest, ',');
        struct slice name = slice_trim(slice_sub(rest, 0, comma));
        enum case_state one;
        rest = comma == SIZE_MAX ? SLICE_EMPTY : slice_from(rest, comma + 1);
        if (slice_is(name, "all"))
            *states = (1u << CASE_STATE_COUNT) - 1;
        else if (case_state_from_name(name, &one))
            *states |= 1u << one;
        else
            argp_error(state,
                       "--state is new, claimed, confirmed, dismissed, unsure or all, not '%.*s'",
                       (int)name.len, name.at);
    }
}

int command_print_line(struct text_buf *buf)
{
    text_buf_add_char(buf, '\n');
    int rc = text_buf_status(buf);
    if (rc == OK && fwrite(buf->at, 1, buf->len, stdout) != buf->len)
        rc = ERR_IO;
    text_buf_reset(buf);
    return rc;
}

int command_print(struct text_buf *buf, bool for_programs)
{
    if (for_programs)
        return command_print_line(buf);
    int rc = text_buf_status(buf);
    if (rc == OK) {
        print_words(stdout, text_buf_slice(buf));
        rc = putchar('\n') == EOF || ferror(stdout) != 0 ? ERR_IO : OK;
    }
    text_buf_reset(buf);
    return rc;
}

int command_end(const char *command, int code)
{
    bool broken_before = ferror(stdout) != 0;
    errno = 0;
    if (fflush(stdout) == 0 && !broken_before)
        return code;
    if (code != EXIT_DONE && code != EXIT_IO)
        return code; /* said already, and it came first */
    log_error("%s: standard output: %s", command,
              errno != 0 ? strerror(errno) : "it cannot be written: a full disk, or nobody reads");
    return EXIT_IO;
}

char *when_text(int64_t unix_ms, char at[WHEN_BYTES])
{
    char full[CLOCK_RFC3339_BYTES];
    clock_rfc3339(unix_ms, full);
    snprintf(at, WHEN_BYTES, "%.10s %.5s", full, full + 11);
    if (unix_ms == 0)
        snprintf(at, WHEN_BYTES, "-");
    return at;
}

char *ago_text(int64_t unix_ms, int64_t now_unix_ms, char at[WHEN_BYTES])
{
    int64_t minutes = (now_unix_ms - unix_ms) / 60000;
    if (minutes < 0)
        minutes = 0;
    if (unix_ms == 0)
        snprintf(at, WHEN_BYTES, "-");
    else if (minutes < 60)
        snprintf(at, WHEN_BYTES, "%" PRId64 " min", minutes);
    else if (minutes < 48 * 60)
        snprintf(at, WHEN_BYTES, "%" PRId64 " h", minutes / 60);
    else
        snprintf(at, WHEN_BYTES, "%" PRId64 " d", minutes / (24 * 60));
    return at;
}

/* ---- tables ---- */

static void put_code(FILE *out, uint32_t code)
{
    char bytes[4];
    if (is_control(code))
        code = ' ';
    fwrite(bytes, 1, utf8_encode(code, bytes), out);
}

void print_cell(FILE *out, struct slice text, size_t cells)
{
    bool fits = text_cells(text) <= cells;
    size_t room = fits || cells == 0 ? cells : cells - 1, used_cells = 0;
    for (size_t i = 0, used; i < text.len; i += used) {
        uint32_t code = utf8_decode(slice_from(text, i), &used);
        size_t wide = code_cells(code);
        if (used_cells + wide > room)
            break;
        put_code(out, code);
        used_cells += wide;
    }
    if (!fits && cells > 0) {
        fputs("…", out);
        used_cells++;
    }
    for (; used_cells < cells; used_cells++)
        fputc(' ', out);
}

void print_safe(FILE *out, struct slice text)
{
    for (size_t i = 0, used; i < text.len; i += used) {
        uint32_t code = utf8_decode(slice_from(text, i), &used);
        if (code == '\n' || code == '\t')
            fputc((int)code, out);
        else
            put_code(out, code);
    }
}

void print_words(FILE *out, struct slice text)
{
    for (size_t i = 0, used; i < text.len; i += used)
        put_code(out, utf8_decode(slice_from(text, i), &used));
}

bool colour_wanted(FILE *out)
{
    const char *no_colour = getenv("NO_COLOR");
    return (no_colour == NULL || no_colour[0] == '\0') && isatty(fileno(out));
}

size_t terminal_columns(FILE *out)
{
    struct winsize size = {0};
    const char *stated = getenv("COLUMNS");
    int64_t columns = 0;
    if (isatty(fileno(out)) && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
        return size.ws_col;
    if (stated != NULL && slice_to_int64(slice_of(stated), &columns) == OK && columns >= 40 &&
        columns <= 1000)
        return (size_t)columns;
    return 120;
}
