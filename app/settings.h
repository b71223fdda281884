/* app/settings.h - lurewatch.yml: one flat table of keys, each with its default and its help.
 *
 * Keys are added to, never renamed (DESIGN section 4); `lurewatch doctor` prints the table. Paths
 * are relative to the folder of the file they stand in. */
#ifndef LUREWATCH_SETTINGS_H
#define LUREWATCH_SETTINGS_H

#include "common/text.h"

#define SETTINGS_TEXT_BYTES 1024u

struct settings {
    char file[SETTINGS_TEXT_BYTES]; /* the file read, or "" when there is none */
    char store[SETTINGS_TEXT_BYTES];
    char evidence[SETTINGS_TEXT_BYTES];
    char contact_key[SETTINGS_TEXT_BYTES];
    char patterns[SETTINGS_TEXT_BYTES];
    char sources[SETTINGS_TEXT_BYTES];
    char letters[SETTINGS_TEXT_BYTES];       /* "": the built-in ones */
    char operator_name[SETTINGS_TEXT_BYTES]; /* who runs this installation */
    char operator_contact[SETTINGS_TEXT_BYTES];
    char smtp_url[SETTINGS_TEXT_BYTES], smtp_user[SETTINGS_TEXT_BYTES];
    char smtp_password[SETTINGS_TEXT_BYTES]; /* a file */
    char mail_from[SETTINGS_TEXT_BYTES];
    char notify_mail[SETTINGS_TEXT_BYTES], notify_webhook[SETTINGS_TEXT_BYTES];
    char review_listen[SETTINGS_TEXT_BYTES];
    char review_url[SETTINGS_TEXT_BYTES];
    char accounts[SETTINGS_TEXT_BYTES];
    char messages[SETTINGS_TEXT_BYTES];
    char stop[SETTINGS_TEXT_BYTES];                                        /* "" or "all" */
    char metrics_file[SETTINGS_TEXT_BYTES], log_json[SETTINGS_TEXT_BYTES]; /* "" or "yes" */
    char proxy[SETTINGS_TEXT_BYTES];
    char ca_file[SETTINGS_TEXT_BYTES];
    char machine[SETTINGS_TEXT_BYTES];       /* "": machine_name.h makes one */
    char second_review[SETTINGS_TEXT_BYTES]; /* none, strong, firms */
    char browser[SETTINGS_TEXT_BYTES];       /* of render: yes; "": found */
    char timestamp_url[SETTINGS_TEXT_BYTES], timestamp_ca[SETTINGS_TEXT_BYTES];
    int64_t workers, in_flight, in_flight_per_host;
    int64_t render_ms;
    int64_t connect_ms, total_ms, stall_ms, page_ms;
    int64_t body_bytes, worker_memory_mib;
    int64_t delay_min_ms, refetch_ms, claim_ms, lease_ms, send_ms;
    int64_t keep_dismissed_ms, keep_pending_ms, keep_exported_ms, keep_watch_ms, keep_sample_ms;
    int64_t prior_millionths, watch_millionths, review_millionths,
        urgent_millionths;                         /* 0: bank's */
    unsigned watch_line, review_line, urgent_line; /* of file; 0: the bank's */
    int64_t sample_per_mille, keep_pictures, disk_min_mib;
    int64_t max_pages;
    int64_t approvals, recheck_ms;
};

/* Every key's default, as if an empty file stood in folder. */
void settings_default(const char *folder, struct settings *ret_settings);
/* Finds the file (explicit, $LUREWATCH_CONFIG, ./lurewatch.yml, /etc/lurewatch/lurewatch.yml) and
 * reads it; explicit may be NULL. No file anywhere: defaults in the current folder, unless a file
 * was asked for by name. Errors: ERR_NOT_FOUND, ERR_IO, ERR_SYNTAX (file:line:column, the line and
 * a caret), ERR_LIMIT. */
MUST_USE int settings_load(const char *explicit_path, struct settings *ret_settings,
                           struct failure *reterr);
/* Where `patterns` is its default and nothing stands there: SHARE/patterns, if that is there.
 * settings_load() does it with the folder of `make install`. */
void settings_patterns_installed(struct settings *settings, const char *share);
/* A store's URL without user, password and options: for messages. Static until the next call. */
const char *store_shown(const char *url);
/* key, value now as the file would have it, default, help of key index; false past the end. */
struct settings_row {
    const char *key, *fallback, *help; /* static */
    bool is_default;
    char value[SETTINGS_TEXT_BYTES];
};
bool settings_row(const struct settings *settings, size_t index, struct settings_row *ret_row);

#endif
