/* contact_key.c - the key file and the keyed hash of a contact; see contact_key.h.
 *
 * A new key is written whole to a file of another name, synced, and linked to its place: link()
 * fails where a key is already, so of two processes that make one at the same time both read the
 * same. */
#include "storage/contact_key.h"
#include "common/file.h"
#include "common/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE_BYTES    (2 * DIGEST_BYTES + 1) /* hexadecimal digits and a line end */
#define VALUE_BYTES_USUAL 2048u

static int parse(const char *path, struct slice text, struct contact_key *ret_key,
                 struct failure *reterr)
{
    struct contact_key key;
    bool well = text.len == KEY_FILE_BYTES && text.at[KEY_FILE_BYTES - 1] == '\n';
    for (size_t i = 0; well && i < DIGEST_BYTES; i++) {
        int high = hex_value(text.at[2 * i]), low = hex_value(text.at[2 * i + 1]);
        well = high >= 0 && low >= 0;
        key.bytes[i] = (uint8_t)((high << 4 | low) & 0xff);
    }
    if (!well)
        return failure_set(reterr, ERR_SYNTAX,
                           "%s: not a contact key (64 hexadecimal digits and a line end): put the "
                           "right file back from a backup; with another key no contact is found "
                           "again",
                           path);
    *ret_key = key;
    return OK;
}

static int read_open(int fd, const char *path, struct contact_key *ret_key, struct failure *reterr)
{
    struct stat about;
    char text[KEY_FILE_BYTES + 1];
    if (fstat(fd, &about) != 0)
        return file_failure(reterr, "cannot read", path, errno);
    if (!S_ISREG(about.st_mode))
        return failure_set(reterr, ERR_DENIED, "%s: the contact key must be a plain file", path);
    if ((about.st_mode & 077) != 0)
        return failure_set(reterr, ERR_DENIED,
                           "%s: the contact key can be read by others (mode %03o): chmod 600 '%s'",
                           path, about.st_mode & 0777u, path);
    ssize_t got = read(fd, text, sizeof text);
    if (got < 0)
        return file_failure(reterr, "cannot read", path, errno);
    return parse(path, slice_make(text, (size_t)got), ret_key, reterr);
}

static int read_key(const char *path, struct contact_key *ret_key, struct failure *reterr)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ELOOP)
        return failure_set(reterr, ERR_DENIED,
                           "%s: the contact key is a symbolic link: name the file itself", path);
    if (fd < 0)
        return file_failure(reterr, "cannot read the contact key", path, errno);
    int rc = read_open(fd, path, ret_key, reterr);
    close(fd);
    return rc;
}

static int make_key(const char *path, struct failure *reterr)
{
    struct digest secret;
    char hex[DIGEST_HEX_BYTES + 1];
    size_t length = slice_of(path).len;
    char *fresh = malloc(length + 16);
    if (fresh == NULL)
        return failure_set(reterr, ERR_NOMEM, "%s: no memory", path);
    snprintf(fresh, length + 16, "%s.%ld.new", path, (long)getpid());
    digest_random(secret.bytes, sizeof secret.bytes);
    digest_hex(&secret, hex);
    hex[DIGEST_HEX_BYTES - 1] = '\n';
    int rc = file_write_atomic(fresh, slice_make(hex, KEY_FILE_BYTES), 0600, reterr);
    if (rc == OK && link(fresh, path) != 0 && errno != EEXIST)
        rc = file_failure(reterr, "cannot create the contact key", path, errno);
    unlink(fresh);
    if (rc == OK)
        rc = dir_sync_of(path, reterr);
    free(fresh);
    return rc;
}

int contact_key_load(const char *path, bool create, struct contact_key *ret_key,
                     struct failure *reterr)
{
    int rc = read_key(path, ret_key, reterr);
    if (rc != ERR_NOT_FOUND || !create)
        return rc;
    rc = make_key(path, reterr);
    return rc == OK ? read_key(path, ret_key, reterr) : rc;
}

/* Letters in either case are one: a handle is, and of codes and addresses none is likely to differ
 * from another by it. */
static struct digest value_digest(struct slice value)
{
    char usual[VALUE_BYTES_USUAL];
    char *small = value.len > sizeof usual ? malloc(value.len) : usual;
    if (small == NULL) /* found again where it is written so */
        return digest_of(value);
    ascii_small(small, value);
    struct digest made = digest_of(slice_make(small, value.len));
    if (small != usual)
        free(small);
    return made;
}

struct digest contact_key_hash(const struct contact_key *key, enum contact_kind kind,
                               struct slice value)
{
    struct slice secret = slice_make((const char *)key->bytes, sizeof key->bytes);
    const char *space = slice_starts(value, "+") ? "tel" : contact_kind_name(kind);
    /* The hash of the value keeps the input short whatever an ad holds. */
    struct digest inner = value_digest(value);
    char message[64 + DIGEST_BYTES] = {0};
    size_t length = slice_of(space).len < 64 ? slice_of(space).len : 64;
    memcpy(message, space, length);
    memcpy(message + 64, inner.bytes, sizeof inner.bytes);
    return digest_hmac(secret, slice_make(message, sizeof message));
}

char *contact_tail(struct slice value, char at[CONTACT_TAIL_BYTES])
{
    size_t characters = utf8_count(value), from = 0;
    size_t wanted = characters < 5 ? 0 : characters > 8 ? 3 : 2;
    for (size_t left = characters; left > wanted; left--) {
        size_t step = 1;
        utf8_decode(slice_from(value, from), &step);
        from += step;
    }
    struct slice tail = utf8_cut(slice_from(value, from), CONTACT_TAIL_BYTES - 1);
    memcpy(at, tail.at, tail.len);
    at[tail.len] = '\0';
    return at;
}
