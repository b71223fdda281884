/* db_whole.c - `db copy`, a whole backup and `db restore`.
 *
 * A whole backup is a folder: store.db, evidence/, contact.key, the page's accounts,
 * evidence.machine, lurewatch.yml and SHA256SUMS over them, which `sha256sum -c` reads, too. The store
 * is copied first, so its rows never cite bytes that the copied segments lack. A restore proves
 * every digest before it writes, and overwrites nothing: each file is written beside its place and
 * then named, the store last. So one that was cut short is run again, and passes over what it had
 * put back already. */
#include "app/db_verbs.h"
#include "common/clock.h"
#include "common/digest.h"
#include "common/file.h"
#include "storage/machine_name.h"
#include "storage/store_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES      4096u
#define COPY_BYTES      (64u << 10)
#define SUMS            "SHA256SUMS"
#define SUMS_NAME_AT    66u /* behind the digest and two blanks */
#define SUMS_BYTES_MAX  (16u << 20)
#define NAMES_BYTES_MAX (64u << 20)
#define PART_SUFFIX     ".part"

/* ---- copy ---- */

/* A file by whatever name, which would wait for itself; servers are told apart by their words alone. */
static bool is_same_store(const char *from, const char *to)
{
    struct slice one = slice_of(from), other = slice_of(to);
    struct stat a, b;
    if (strcmp(from, to) == 0)
        return true;
    if (!slice_starts(one, "sqlite:") || !slice_starts(other, "sqlite:"))
        return false;
    return stat(from + strlen("sqlite:"), &a) == 0 && stat(to + strlen("sqlite:"), &b) == 0 &&
           a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int db_verb_copy(struct dbing *dbing)
{
    struct failure why = {.code = OK};
    uint64_t rows = 0;
    if (dbing->path == NULL || dbing->path2 == NULL) {
        fputs("lurewatch db: copy wants two stores: lurewatch db copy sqlite:lurewatch.db "
              "postgresql://db.example/lurewatch\n",
              stderr);
        return EXIT_USAGE;
    }
    if (is_same_store(dbing->path, dbing->path2)) {
        fprintf(stderr,
                "lurewatch db: %s is the store that is to be copied: name another, new one behind "
                "it\n",
                store_shown(dbing->path2));
        return EXIT_USAGE;
    }
    int rc = store_copy(dbing->path, dbing->path2, &rows, &why);
    if (rc == ERR_CONFLICT)
        return db_cannot_create(&why);
    if (rc != OK)
        return db_failed(&why);
    return db_say(dbing,
                  "%" PRIu64 " rows copied and counted; set the configuration's store to "
                  "the copy before the next sweep",
                  rows);
}

/* ---- files ---- */

static int path_join(const char *dir, const char *name, char at[PATH_BYTES], struct failure *reterr)
{
    int len = snprintf(at, PATH_BYTES, "%s/%s", dir, name);
    return len >= 0 && (size_t)len < PATH_BYTES
               ? OK
               : failure_set(reterr, ERR_LIMIT, "%s: the path is too long", dir);
}

static int write_all(int fd, const char *at, size_t len)
{
    while (len > 0) {
        ssize_t put = write(fd, at, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return ERR_IO;
        at += put;
        len -= (size_t)put;
    }
    return OK;
}

/* Reads from to its end into to_fd (-1: nowhere) and gives the digest of what passed. */
static int pump_file(const char *from, int to_fd, const char *to, struct digest *ret_digest,
                     struct failure *reterr)
{
    static char chunk[COPY_BYTES];
    struct digest_stream *stream = NULL;
    ssize_t got = 0;
    int fd = open(from, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return file_failure(reterr, "cannot read", from, errno);
    int rc = digest_stream_create(&stream);
    while (rc == OK && (got = read(fd, chunk, sizeof chunk)) > 0) {
        digest_stream_add(stream, slice_make(chunk, (size_t)got));
        if (to_fd >= 0 && write_all(to_fd, chunk, (size_t)got) != OK)
            rc = file_failure(reterr, "cannot write", to, errno);
    }
    if (rc == OK && got < 0)
        rc = file_failure(reterr, "cannot read", from, errno);
    if (rc == OK)
        *ret_digest = digest_stream_end(stream);
    digest_stream_free(stream);
    close(fd);
    return rc;
}

/* Never over a file that is there; written beside it, synced, then named. */
static int copy_file(const char *from, const char *to, mode_t mode, struct digest *ret_digest,
                     struct failure *reterr)
{
    char part[PATH_BYTES + sizeof PART_SUFFIX];
    snprintf(part, sizeof part, "%s" PART_SUFFIX, to);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0)
        return file_failure(reterr, "cannot create", to, errno);
    int rc = pump_file(from, fd, to, ret_digest, reterr);
    if (rc == OK && fsync(fd) != 0)
        rc = file_failure(reterr, "cannot sync", to, errno);
    close(fd);
    if (rc == OK && link(part, to) != 0)
        rc = errno == EEXIST ? failure_set(reterr, ERR_CONFLICT,
                                           "%s is there already: nothing is overwritten", to)
                             : file_failure(reterr, "cannot name", to, errno);
    unlink(part);
    return rc == OK ? dir_sync_of(to, reterr) : rc;
}

/* ---- a whole backup ---- */

struct backing {
    const char *dir;
    struct text_buf sums;
    struct failure why;
    uint64_t files;
};

static int sums_add(struct backing *backing, const struct digest *digest, const char *name)
{
    char hex[DIGEST_HEX_BYTES];
    backing->files++;
    text_buf_printf(&backing->sums, "%s  %s\n", digest_hex(digest, hex), name);
    return text_buf_status(&backing->sums);
}

/* One file under its name in the folder; one that is not there is left out. */
static int back_up(struct backing *backing, const char *from, const char *name)
{
    char to[PATH_BYTES];
    struct digest digest;
    if (from[0] == '\0' || access(from, F_OK) != 0)
        return OK;
    int rc = path_join(backing->dir, name, to, &backing->why);
    if (rc == OK)
        rc = copy_file(from, to, 0600, &digest, &backing->why);
    return rc == OK ? sums_add(backing, &digest, name) : rc;
}

static int back_up_store(struct backing *backing, const char *url)
{
    char path[PATH_BYTES], target[PATH_BYTES + 8];
    struct digest digest;
    uint64_t rows = 0;
    int rc = path_join(backing->dir, "store.db", path, &backing->why);
    snprintf(target, sizeof target, "sqlite:%s", path);
    if (rc == OK && slice_starts(slice_of(url), "sqlite:"))
        rc = store_backup(url, path, &backing->why);
    else if (rc == OK)
        rc = store_copy(url, target, &rows, &backing->why);
    if (rc == OK)
        rc = pump_file(path, -1, "", &digest, &backing->why);
    return rc == OK ? sums_add(backing, &digest, "store.db") : rc;
}

static int back_up_evidence(struct backing *backing, const char *evidence)
{
    struct arena *arena = NULL;
    const char *const *names = NULL;
    size_t count = 0;
    char from[PATH_BYTES], name[512];
    if (access(evidence, F_OK) != 0)
        return OK;
    int rc = path_join(backing->dir, "evidence", from, &backing->why);
    if (rc == OK)
        rc = dir_make(from, 0700, &backing->why);
    if (rc == OK)
        rc = arena_create(NAMES_BYTES_MAX, &arena);
    if (rc == OK)
        rc = dir_list(arena, evidence, &names, &count, &backing->why);
    for (size_t i = 0; rc == OK && i < count; i++) {
        snprintf(name, sizeof name, "evidence/%.480s", names[i]);
        rc = path_join(evidence, names[i], from, &backing->why);
        if (rc == OK)
            rc = back_up(backing, from, name);
    }
    arena_free(arena);
    return rc;
}

static int back_up_all(struct backing *backing, const struct settings *settings)
{
    char path[PATH_BYTES];
    int rc = dir_make(backing->dir, 0700, &backing->why);
    if (rc == OK)
        rc = back_up_store(backing, settings->store);
    if (rc == OK)
        rc = back_up_evidence(backing, settings->evidence);
    if (rc == OK)
        rc = back_up(backing, settings->contact_key, "contact.key");
    if (rc == OK)
        rc = back_up(backing, settings->accounts, "accounts");
    snprintf(path, sizeof path, "%s.machine", settings->evidence);
    if (rc == OK)
        rc = back_up(backing, path, "evidence.machine");
    if (rc == OK)
        rc = back_up(backing, settings->file, "lurewatch.yml");
    if (rc == OK)
        rc = path_join(backing->dir, SUMS, path, &backing->why);
    return rc == OK ? file_write_atomic(path, text_buf_slice(&backing->sums), 0600, &backing->why)
                    : rc;
}

/* A backup that failed is none: what it wrote goes, and the folder, if it made that. What was there
 * before is not in the sums, as nothing is overwritten. */
static void take_back(struct backing *backing, bool is_new)
{
    struct slice sums = text_buf_slice(&backing->sums), line;
    char path[PATH_BYTES];
    while (slice_next_line(&sums, &line)) {
        int len =
            snprintf(path, sizeof path, "%s/%.*s", backing->dir,
                     (int)slice_from(line, SUMS_NAME_AT).len, slice_from(line, SUMS_NAME_AT).at);
        if (line.len > SUMS_NAME_AT && len >= 0 && (size_t)len < sizeof path)
            unlink(path);
    }
    if (is_new && path_join(backing->dir, "evidence", path, NULL) == OK) {
        rmdir(path);
        rmdir(backing->dir);
    }
}

int db_backup_whole(struct dbing *dbing)
{
    struct backing backing = {.files = 0};
    char dir[PATH_BYTES];
    snprintf(dir, sizeof dir, "%s", dbing->path);
    for (size_t len = strlen(dir); len > 1 && dir[len - 1] == '/'; len--)
        dir[len - 1] = '\0';
    backing.dir = dir;
    text_buf_init(&backing.sums, SUMS_BYTES_MAX);
    bool is_new = access(dir, F_OK) != 0;
    int rc = back_up_all(&backing, &dbing->settings);
    if (rc != OK)
        take_back(&backing, is_new);
    text_buf_release(&backing.sums);
    if (rc != OK)
        return db_cannot_create(&backing.why);
    return db_say(dbing,
                  "%s: %" PRIu64 " files with their digests; `lurewatch db restore %s` puts "
                  "them back",
                  dir, backing.files, dir);
}

/* ---- restore ---- */

struct restoring {
    const char *dir;
    const struct settings *settings;
    struct failure why;
    uint64_t files;
};

/* "evidence/x" or a name without a slash: nothing leads out of the folder. */
static bool name_is_ours(struct slice name)
{
    static const char *const known[] = {"store.db", "contact.key", "accounts", "evidence.machine",
                                        "lurewatch.yml"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (slice_is(name, known[i]))
            return true;
    return slice_starts(name, "evidence/lurewatch-") &&
           memchr(name.at + 9, '/', name.len - 9) == NULL && name.len < 256;
}

/* Where a file of the backup belongs; "" for the store and the configuration. */
static int target_of(const struct restoring *restoring, const char *name, char at[PATH_BYTES])
{
    const struct settings *settings = restoring->settings;
    at[0] = '\0';
    if (strcmp(name, "contact.key") == 0)
        snprintf(at, PATH_BYTES, "%s", settings->contact_key);
    else if (strcmp(name, "accounts") == 0)
        snprintf(at, PATH_BYTES, "%s", settings->accounts);
    else if (strcmp(name, "evidence.machine") == 0)
        snprintf(at, PATH_BYTES, "%s.machine", settings->evidence);
    else if (strncmp(name, "evidence/", 9) == 0)
        snprintf(at, PATH_BYTES, "%s/%s", settings->evidence, name + 9);
    return OK;
}

enum pass { PASS_PROVE, PASS_WRITE };

/* What stands at `to` must be what the backup has for it. */
static int place_agrees(struct restoring *restoring, const char *to, const char *hex)
{
    char found_hex[DIGEST_HEX_BYTES];
    struct digest found;
    if (to[0] == '\0' || access(to, F_OK) != 0)
        return OK;
    int rc = pump_file(to, -1, "", &found, &restoring->why);
    if (rc == OK && strcmp(digest_hex(&found, found_hex), hex) != 0)
        rc = failure_set(&restoring->why, ERR_CONFLICT,
                         "%s is there already and is another: restore overwrites nothing", to);
    return rc;
}

static int restore_one(struct restoring *restoring, enum pass pass, const char *name,
                       const char *hex)
{
    char from[PATH_BYTES], to[PATH_BYTES], found_hex[DIGEST_HEX_BYTES];
    struct digest found;
    int rc = path_join(restoring->dir, name, from, &restoring->why);
    if (rc == OK)
        rc = target_of(restoring, name, to);
    if (rc != OK)
        return rc;
    if (pass == PASS_WRITE) {
        bool stands = to[0] == '\0' || access(to, F_OK) == 0;
        restoring->files++;
        return stands ? OK : copy_file(from, to, 0600, &found, &restoring->why);
    }
    rc = place_agrees(restoring, to, hex);
    if (rc == OK)
        rc = pump_file(from, -1, "", &found, &restoring->why);
    if (rc == OK && strcmp(digest_hex(&found, found_hex), hex) != 0)
        rc = failure_set(&restoring->why, ERR_SYNTAX,
                         "%s is not what was backed up: its digest differs from " SUMS, from);
    return rc;
}

static int restore_pass(struct restoring *restoring, enum pass pass, struct slice sums)
{
    char hex[DIGEST_HEX_BYTES], name[300];
    int rc = OK;
    while (rc == OK && sums.len > 0) {
        size_t end = slice_find_char(sums, '\n');
        struct slice line = slice_make(sums.at, end < sums.len ? end : sums.len);
        sums = end < sums.len ? slice_from(sums, end + 1) : SLICE_EMPTY;
        struct slice file = line.len > SUMS_NAME_AT ? slice_from(line, SUMS_NAME_AT) : SLICE_EMPTY;
        if (!name_is_ours(file))
            return failure_set(&restoring->why, ERR_SYNTAX,
                               "%s/" SUMS ": '%.*s' is no line of a backup", restoring->dir,
                               (int)(line.len > 100 ? 100 : line.len), line.at);
        snprintf(hex, sizeof hex, "%.64s", line.at);
        snprintf(name, sizeof name, "%.*s", (int)file.len, file.at);
        rc = restore_one(restoring, pass, name, hex);
    }
    return rc;
}

/* In the evidence folder may stand what an earlier try put there, and nothing else. */
static int evidence_free(struct restoring *restoring, const char *name, struct slice sums)
{
    char line[600];
    struct slice file = slice_of(name);
    if (slice_ends(file, PART_SUFFIX))
        file.len -= strlen(PART_SUFFIX);
    snprintf(line, sizeof line, "  evidence/%.*s\n", (int)(file.len < 512 ? file.len : 512),
             file.at);
    return slice_find(sums, slice_of(line)) != SIZE_MAX
               ? OK
               : failure_set(&restoring->why, ERR_CONFLICT,
                             "%s holds files already, such as %s: restore overwrites nothing",
                             restoring->settings->evidence, name);
}

/* Nothing of others may stand where the store and the evidence go. */
static int places_free(struct restoring *restoring, struct slice sums)
{
    const struct settings *settings = restoring->settings;
    struct arena *arena = NULL;
    const char *const *names = NULL;
    size_t count = 0;
    uint32_t version = 0;
    int rc = store_look(settings->store, &version, &restoring->why);
    if (rc == OK && (version != 0 || slice_starts(slice_of(settings->store), "sqlite:")))
        return failure_set(&restoring->why, ERR_CONFLICT,
                           "a store is there already (%s): restore overwrites nothing",
                           store_shown(settings->store));
    if (rc != OK && rc != ERR_NOT_FOUND)
        return rc;
    if (arena_create(NAMES_BYTES_MAX, &arena) != OK)
        return failure_set(&restoring->why, ERR_NOMEM, "out of memory");
    rc = dir_list(arena, settings->evidence, &names, &count, &restoring->why);
    if (rc == ERR_NOT_FOUND)
        rc = OK;
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = evidence_free(restoring, names[i], sums);
    arena_free(arena);
    return rc;
}

static int restore_store(struct restoring *restoring)
{
    char from[PATH_BYTES], source[PATH_BYTES + 8];
    const char *url = restoring->settings->store;
    uint64_t rows = 0;
    int rc = path_join(restoring->dir, "store.db", from, &restoring->why);
    snprintf(source, sizeof source, "sqlite:%s", from);
    if (rc == OK && !slice_starts(slice_of(url), "sqlite:"))
        return store_copy(source, url, &rows, &restoring->why);
    return rc == OK ? store_backup(source, url + strlen("sqlite:"), &restoring->why) : rc;
}

static int restore_all(struct restoring *restoring)
{
    struct text_buf sums;
    char path[PATH_BYTES];
    text_buf_init(&sums, SUMS_BYTES_MAX);
    int rc = path_join(restoring->dir, SUMS, path, &restoring->why);
    if (rc == OK)
        rc = file_read(path, &sums, &restoring->why);
    if (rc == OK)
        rc = places_free(restoring, text_buf_slice(&sums));
    if (rc == OK)
        rc = restore_pass(restoring, PASS_PROVE, text_buf_slice(&sums));
    if (rc == OK)
        rc = dir_make(restoring->settings->evidence, 0700, &restoring->why);
    if (rc == OK)
        rc = restore_pass(restoring, PASS_WRITE, text_buf_slice(&sums));
    if (rc == OK)
        rc = restore_store(restoring);
    text_buf_release(&sums);
    return rc;
}

/* A configuration that is asked for and is not there comes out of the backup. */
static int bring_configuration(const struct dbing *dbing, struct failure *reterr)
{
    char from[PATH_BYTES];
    struct digest digest;
    if (dbing->common.config == NULL || access(dbing->common.config, F_OK) == 0)
        return OK;
    int rc = path_join(dbing->path, "lurewatch.yml", from, reterr);
    return rc == OK ? copy_file(from, dbing->common.config, 0644, &digest, reterr) : rc;
}

static bool is_backup(const char *dir)
{
    char path[PATH_BYTES];
    int len = snprintf(path, sizeof path, "%s/" SUMS, dir);
    return len >= 0 && (size_t)len < sizeof path && access(path, R_OK) == 0;
}

int db_verb_restore(struct dbing *dbing)
{
    struct restoring restoring = {.settings = &dbing->settings};
    if (dbing->path == NULL) {
        fputs("lurewatch db: restore wants the folder of a whole backup: lurewatch db restore "
              "/backup/2026-11-24\n",
              stderr);
        return EXIT_USAGE;
    }
    restoring.dir = dbing->path;
    if (bring_configuration(dbing, &restoring.why) != OK)
        return db_cannot_create(&restoring.why);
    int code = command_settings("db", &dbing->common, &dbing->settings);
    if (code != EXIT_DONE)
        return code;
    int rc = restore_all(&restoring);
    if (rc == ERR_SYNTAX)
        return db_failed(&restoring.why);
    if (rc != OK && !is_backup(restoring.dir)) {
        exit_with("db", &restoring.why);
        return EXIT_DATA; /* nothing of that name to restore from */
    }
    if (rc != OK)
        return db_cannot_create(&restoring.why);
    return db_say(dbing,
                  "%" PRIu64 " files put back, each as it was backed up; now `lurewatch db check` "
                  "and `lurewatch evidence verify`",
                  restoring.files);
}
