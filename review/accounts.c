/* accounts.c - the accounts file and its yescrypt hashes; see accounts.h. The only file that knows
 * crypt.h. A check costs what yescrypt costs, some 20 ms, on purpose. */
#include "review/accounts.h"
#include "common/digest.h"
#include "common/file.h"

#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BYTES_MAX (512u << 10)
#define HASH_BYTES     256u

struct account {
    char name[ACCOUNT_NAME_BYTES];
    enum role role;
    char hash[HASH_BYTES];
};

struct accounts {
    struct account *list;
    size_t count;
    struct stat as_read;
};

static const char *const role_names[ROLE_COUNT] = {"viewer", "reviewer", "second-reviewer",
                                                   "administrator"};

const char *role_name(enum role role)
{
    return role < ROLE_COUNT ? role_names[role] : "unknown";
}

bool role_from_name(struct slice name, enum role *ret_role)
{
    for (unsigned role = 0; role < ROLE_COUNT; role++)
        if (slice_is(name, role_names[role])) {
            *ret_role = (enum role)role;
            return true;
        }
    return false;
}

/* ---- reading ---- */

static bool name_is_sound(struct slice name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@-";
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] == '\0' || strchr(allowed, name.at[i]) == NULL)
            return false;
    return name.len > 0 && name.len < ACCOUNT_NAME_BYTES;
}

static bool read_account(struct slice line, struct account *account)
{
    size_t colon = slice_find_char(line, ':');
    if (colon == SIZE_MAX)
        return false;
    struct slice name = slice_sub(line, 0, colon), rest = slice_from(line, colon + 1);
    colon = slice_find_char(rest, ':');
    if (colon == SIZE_MAX || !name_is_sound(name) ||
        !role_from_name(slice_sub(rest, 0, colon), &account->role))
        return false;
    struct slice hash = slice_from(rest, colon + 1);
    if (!slice_starts(hash, "$y$") || hash.len >= HASH_BYTES)
        return false;
    snprintf(account->name, sizeof account->name, "%.*s", (int)name.len, name.at);
    snprintf(account->hash, sizeof account->hash, "%.*s", (int)hash.len, hash.at);
    return true;
}

static int read_lines(struct accounts *accounts, struct slice text, const char *path,
                      struct failure *reterr)
{
    struct slice line;
    for (unsigned number = 1; slice_next_line(&text, &line); number++) {
        line = slice_trim(line);
        if (line.len == 0 || line.at[0] == '#')
            continue;
        if (accounts->count == ACCOUNTS_MAX)
            return failure_set(reterr, ERR_LIMIT, "%s: over %u accounts", path, ACCOUNTS_MAX);
        if (!read_account(line, &accounts->list[accounts->count]))
            return failure_set(reterr, ERR_SYNTAX,
                               "%s:%u: a line is NAME:ROLE:HASH, the role viewer, reviewer, "
                               "second-reviewer or administrator, the hash of yescrypt ($y$)",
                               path, number);
        accounts->count++;
    }
    return OK;
}

/* Opens without following a link and reads; others must not be able to. */
static int read_private(const char *path, struct text_buf *out, struct stat *ret_stat,
                        struct failure *reterr)
{
    char chunk[4096];
    int rc = OK;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ELOOP ? failure_set(reterr, ERR_DENIED, "%s is a symbolic link", path)
                              : file_failure(reterr, "cannot read", path, errno);
    if (fstat(fd, ret_stat) != 0 || !S_ISREG(ret_stat->st_mode))
        rc = failure_set(reterr, ERR_DENIED, "%s is no plain file", path);
    else if ((ret_stat->st_mode & 077) != 0)
        rc = failure_set(reterr, ERR_DENIED, "%s can be read by others: chmod 600 %s", path, path);
    while (rc == OK) {
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            rc = file_failure(reterr, "cannot read", path, errno);
        if (got <= 0)
            break;
        if (text_buf_add(out, chunk, (size_t)got) != OK)
            rc = failure_set(reterr, out->status, "%s is longer than %u bytes", path,
                             FILE_BYTES_MAX);
    }
    close(fd);
    return rc;
}

int accounts_load(const char *path, struct accounts **ret_accounts, struct failure *reterr)
{
    struct text_buf text;
    struct accounts *accounts = calloc(1, sizeof *accounts);
    text_buf_init(&text, FILE_BYTES_MAX);
    if (accounts != NULL)
        accounts->list = calloc(ACCOUNTS_MAX, sizeof *accounts->list);
    int rc = accounts == NULL || accounts->list == NULL
                 ? failure_set(reterr, ERR_NOMEM, "out of memory")
                 : read_private(path, &text, &accounts->as_read, reterr);
    if (rc == OK)
        rc = read_lines(accounts, text_buf_slice(&text), path, reterr);
    if (text.at != NULL)
        explicit_bzero(text.at, text.len);
    text_buf_release(&text);
    if (rc == OK)
        *ret_accounts = accounts;
    else
        accounts_free(accounts);
    return rc;
}

void accounts_free(struct accounts *accounts)
{
    if (accounts == NULL)
        return;
    if (accounts->list != NULL)
        explicit_bzero(accounts->list, ACCOUNTS_MAX * sizeof *accounts->list);
    free(accounts->list);
    free(accounts);
}

size_t accounts_count(const struct accounts *accounts)
{
    return accounts->count;
}

const char *accounts_name(const struct accounts *accounts, size_t index, enum role *ret_role)
{
    *ret_role = accounts->list[index].role;
    return accounts->list[index].name;
}

bool accounts_changed(const struct accounts *accounts, const char *path)
{
    struct stat now;
    const struct stat *then = &accounts->as_read;
    return stat(path, &now) != 0 || now.st_ino != then->st_ino || now.st_dev != then->st_dev ||
           now.st_size != then->st_size || now.st_mtim.tv_sec != then->st_mtim.tv_sec ||
           now.st_mtim.tv_nsec != then->st_mtim.tv_nsec;
}

static struct account *find(const struct accounts *accounts, const char *name)
{
    for (size_t i = 0; i < accounts->count; i++)
        if (strcmp(accounts->list[i].name, name) == 0)
            return &accounts->list[i];
    return NULL;
}

bool accounts_role(const struct accounts *accounts, const char *name, enum role *ret_role)
{
    const struct account *account = find(accounts, name);
    if (account != NULL)
        *ret_role = account->role;
    return account != NULL;
}

bool accounts_mark(const struct accounts *accounts, const char *name, struct digest *ret_mark)
{
    const struct account *account = find(accounts, name);
    if (account != NULL)
        *ret_mark = digest_of(slice_of(account->hash));
    return account != NULL;
}

/* ---- hashes ---- */

static bool hash_of(const char *password, const char *setting, char at[HASH_BYTES])
{
    struct crypt_data *data = calloc(1, sizeof *data);
    const char *hash = data != NULL ? crypt_r(password, setting, data) : NULL;
    bool well = hash != NULL && hash[0] == '$' && strlen(hash) < HASH_BYTES;
    if (well)
        snprintf(at, HASH_BYTES, "%s", hash);
    if (data != NULL)
        explicit_bzero(data, sizeof *data);
    free(data);
    return well;
}

static bool same_bytes(const char *a, const char *b)
{
    size_t len = strlen(a);
    unsigned differs = len != strlen(b);
    for (size_t i = 0; i < len && !differs; i++)
        differs |= (unsigned char)a[i] ^ (unsigned char)b[i];
    return differs == 0;
}

bool accounts_check(const struct accounts *accounts, const char *name, const char *password)
{
    /* of no password; so that a wrong name costs the same time */
    static const char nobody[] =
        "$y$j9T$lurewatch/nobody/here/$0000000000000000000000000000000000000000000";
    char hash[HASH_BYTES];
    const struct account *account = find(accounts, name);
    if (strlen(password) > ACCOUNT_PASSWORD_MAX)
        return false;
    bool hashed = hash_of(password, account != NULL ? account->hash : nobody, hash);
    return hashed && account != NULL && same_bytes(hash, account->hash);
}

/* ---- writing ---- */

static int save(const char *path, const struct accounts *accounts, struct failure *reterr)
{
    struct text_buf text;
    text_buf_init(&text, FILE_BYTES_MAX);
    for (size_t i = 0; i < accounts->count; i++)
        if (accounts->list[i].name[0] != '\0')
            text_buf_printf(&text, "%s:%s:%s\n", accounts->list[i].name,
                            role_name(accounts->list[i].role), accounts->list[i].hash);
    int rc = text_buf_status(&text);
    rc = rc == OK
             ? file_write_atomic(path, text_buf_slice(&text), 0600, reterr)
             : failure_set(reterr, rc, "%s would be longer than %u bytes", path, FILE_BYTES_MAX);
    text_buf_release(&text);
    return rc;
}

static int hash_new(const char *password, struct account *account, struct failure *reterr)
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    char seed[32];
    digest_random(seed, sizeof seed);
    if (crypt_gensalt_rn("$y$", 0, seed, sizeof seed, setting, sizeof setting) == NULL ||
        !hash_of(password, setting, account->hash))
        return failure_set(
            reterr, ERR_UNSUPPORTED,
            "this system's libcrypt has no yescrypt; install libcrypt1 4.4 or newer");
    return OK;
}

static int check_words(const char *name, const char *password, struct failure *reterr)
{
    size_t len = strlen(password);
    if (!name_is_sound(slice_of(name)))
        return failure_set(reterr, ERR_SYNTAX,
                           "a name is 1 to %u letters, digits and . _ @ - of ASCII",
                           ACCOUNT_NAME_BYTES - 1);
    if (len < ACCOUNT_PASSWORD_MIN || len > ACCOUNT_PASSWORD_MAX)
        return failure_set(reterr, ERR_SYNTAX, "a password has %u to %u bytes, this one %zu",
                           ACCOUNT_PASSWORD_MIN, ACCOUNT_PASSWORD_MAX, len);
    return OK;
}

/* The file as it is, or no accounts where there is none. */
static int load_or_begin(const char *path, struct accounts **ret_accounts, struct failure *reterr)
{
    int rc = accounts_load(path, ret_accounts, reterr);
    if (rc != ERR_NOT_FOUND)
        return rc;
    struct accounts *fresh = calloc(1, sizeof *fresh);
    if (fresh != NULL)
        fresh->list = calloc(ACCOUNTS_MAX, sizeof *fresh->list);
    if (fresh == NULL || fresh->list == NULL) {
        accounts_free(fresh);
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    }
    *ret_accounts = fresh;
    return OK;
}

int accounts_put(const char *path, const char *name, enum role role, const char *password,
                 bool *ret_is_new, struct failure *reterr)
{
    struct accounts *accounts = NULL;
    int rc = check_words(name, password, reterr);
    if (rc == OK)
        rc = load_or_begin(path, &accounts, reterr);
    if (rc != OK)
        return rc;
    struct account *account = find(accounts, name);
    bool is_new = account == NULL;
    if (is_new && accounts->count == ACCOUNTS_MAX) {
        rc = failure_set(reterr, ERR_LIMIT, "%s: over %u accounts", path, ACCOUNTS_MAX);
        goto out;
    }
    if (is_new)
        account = &accounts->list[accounts->count++];
    snprintf(account->name, sizeof account->name, "%s", name);
    account->role = role;
    rc = hash_new(password, account, reterr);
    if (rc == OK)
        rc = save(path, accounts, reterr);
    if (rc == OK)
        *ret_is_new = is_new;
out:
    accounts_free(accounts);
    return rc;
}

int accounts_remove(const char *path, const char *name, struct failure *reterr)
{
    struct accounts *accounts = NULL;
    int rc = accounts_load(path, &accounts, reterr);
    if (rc != OK)
        return rc;
    struct account *account = find(accounts, name);
    if (account == NULL) {
        rc = failure_set(reterr, ERR_NOT_FOUND, "%s has no account '%s'", path, name);
    } else {
        account->name[0] = '\0';
        rc = save(path, accounts, reterr);
    }
    accounts_free(accounts);
    return rc;
}
