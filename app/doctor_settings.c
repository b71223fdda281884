/* doctor_settings.c - values of the configuration that only fail where they are used, perhaps months later
 * and perhaps unseen: addresses, files and folders; see doctor.h. Nothing is asked of a server. */
#include "app/doctor.h"

#include "review/httpd_listen.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCHEMES_MAX 6u

static void say_wrong(struct doctor *doctor, const char *key, const char *value, const char *why)
{
    doctor_say(doctor, DOCTOR_WRONG, "setting", "%s: %s: %s", key, value, why);
}

/* ---- addresses ---- */

static const char *const WEB[SCHEMES_MAX] = {"http://", "https://"};
static const char *const MAIL[SCHEMES_MAX] = {"smtp://", "smtps://"};
static const char *const PROXY[SCHEMES_MAX] = {"http://",    "https://",  "socks4://",
                                               "socks4a://", "socks5://", "socks5h://"};

static struct slice without_scheme(struct slice text, const char *const *schemes, bool *ret_found)
{
    *ret_found = false;
    for (size_t i = 0; i < SCHEMES_MAX && schemes[i] != NULL; i++)
        if (slice_starts_nocase(text, schemes[i])) {
            *ret_found = true;
            return slice_from(text, strlen(schemes[i]));
        }
    return text;
}

/* "host", "host:587", "[::1]:587", with or without "user:password@" before and "/path" behind. */
static bool is_authority(struct slice text)
{
    int64_t port = 1;
    struct slice host = slice_sub(text, 0, slice_find_char(text, '/'));
    size_t at = slice_find_char(host, '@');
    host = slice_from(host, at == SIZE_MAX ? 0 : at + 1);
    size_t end = slice_starts(host, "[") ? slice_find_char(host, ']') : slice_find_char(host, ':');
    if (slice_starts(host, "["))
        end = end == SIZE_MAX ? 0 : end + 1;
    struct slice name = slice_sub(host, 0, end), rest = slice_from(host, name.len);
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] <= ' ' || strchr("\"'<>\\^`{|}?#,;!$&()*+=~%", name.at[i]) != NULL)
            return false;
    if (rest.len > 0 && (rest.at[0] != ':' || slice_to_int64(slice_from(rest, 1), &port) != OK))
        return false;
    return name.len > 0 && port > 0 && port <= 65535;
}

/* bare: a host by itself will do. */
static void check_address(struct doctor *doctor, const char *key, const char *value,
                          const char *const *schemes, bool bare, const char *wants)
{
    bool has_scheme = false;
    if (value[0] == '\0')
        return;
    struct slice rest = without_scheme(slice_of(value), schemes, &has_scheme);
    if ((!has_scheme && !bare) || !is_authority(rest))
        say_wrong(doctor, key, value, wants);
}

static void check_addresses(struct doctor *doctor)
{
    const struct settings *settings = &doctor->settings;
    struct failure why = {.code = OK};
    check_address(doctor, "proxy", settings->proxy, PROXY, true,
                  "no proxy; it is written http://host:3128 or socks5h://host:1080, and without it "
                  "nothing can be fetched");
    check_address(doctor, "smtp_url", settings->smtp_url, MAIL, false,
                  "no mail server; it is written smtp://host:587 or smtps://host:465, and without "
                  "it nothing can be sent");
    check_address(doctor, "notify_webhook", settings->notify_webhook, WEB, false,
                  "no http:// or https:// address, so nothing is posted there");
    check_address(doctor, "timestamp_url", settings->timestamp_url, WEB, false,
                  "no http:// or https:// address, so no time stamp can be had");
    check_address(doctor, "review_url", settings->review_url, WEB, false,
                  "no http:// or https:// address of the page");
    if (listen_check(settings->review_listen, &why) != OK)
        doctor_say(doctor, DOCTOR_WRONG, "setting", "review_listen: %s", why.text);
    if (settings->notify_mail[0] != '\0' &&
        (settings->smtp_url[0] == '\0' || settings->mail_from[0] == '\0'))
        doctor_say(doctor, DOCTOR_WRONG, "setting",
                   "notify_mail: nothing can be mailed to %s: '%s' is missing",
                   settings->notify_mail, settings->smtp_url[0] == '\0' ? "smtp_url" : "mail_from");
}

/* ---- files and folders ---- */

static void check_file(struct doctor *doctor, const char *key, const char *path)
{
    struct stat status;
    if (path[0] == '\0')
        return;
    if (stat(path, &status) != 0 || access(path, R_OK) != 0)
        say_wrong(doctor, key, path,
                  errno == ENOENT ? "there is no such file: put it there, or correct the path"
                                  : "this account cannot read it");
    else if (S_ISDIR(status.st_mode))
        say_wrong(doctor, key, path, "a folder, where a file is wanted");
}

static void check_folder(struct doctor *doctor, const char *key, const char *path)
{
    struct stat status;
    if (path[0] == '\0')
        return;
    if (stat(path, &status) != 0)
        say_wrong(doctor, key, path,
                  errno == ENOENT ? "there is no such folder: make it, or correct the path"
                                  : "this account cannot read it");
    else if (!S_ISDIR(status.st_mode))
        say_wrong(doctor, key, path, "a file, where a folder is wanted");
}

const char *doctor_parent_trouble(struct doctor *doctor, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *folder =
        slash == NULL ? "."
                      : arena_copy(doctor->arena, path, slash == path ? 1 : (size_t)(slash - path));
    struct stat status;
    if (folder == NULL)
        return "out of memory";
    if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode))
        return arena_printf(doctor->arena, "the folder %s is not there: make it", folder);
    if (access(folder, W_OK | X_OK) != 0)
        return arena_printf(doctor->arena, "this account cannot write into %s", folder);
    return NULL;
}

static void check_paths(struct doctor *doctor)
{
    const struct settings *settings = &doctor->settings;
    check_file(doctor, "ca_file", settings->ca_file);
    check_file(doctor, "timestamp_ca", settings->timestamp_ca);
    check_file(doctor, "smtp_password", settings->smtp_password);
    check_folder(doctor, "letters", settings->letters);
    if (settings->browser[0] != '\0' && access(settings->browser, X_OK) != 0)
        say_wrong(doctor, "browser", settings->browser, "no program that this account can run");
    const char *trouble = settings->metrics_file[0] == '\0'
                              ? NULL
                              : doctor_parent_trouble(doctor, settings->metrics_file);
    if (trouble != NULL)
        say_wrong(doctor, "metrics_file", settings->metrics_file, trouble);
}

void doctor_settings(struct doctor *doctor)
{
    size_t before = doctor->lines_count;
    check_addresses(doctor);
    check_paths(doctor);
    if (doctor->lines_count == before)
        doctor_say(doctor, DOCTOR_OK, "settings", "the addresses, files and folders they name");
}
