/* machine_name.c - see machine_name.h. Two sweeps that start at once make the file once: it is
 * linked into place, and whoever comes second reads what the first wrote. */
#include "storage/machine_name.h"

#include "common/file.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define PATH_BYTES 4096u

static bool is_name(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len < MACHINE_NAME_BYTES && name[0] != '.' && name[0] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") == len;
}

static int check(const char *name, const char *where, char at[MACHINE_NAME_BYTES],
                 struct failure *reterr)
{
    if (!is_name(name))
        return failure_set(
            reterr, ERR_SYNTAX,
            "%s: the machine's name is 1 to %u of a-z, 0-9, '.' and '-', not '%.60s'", where,
            MACHINE_NAME_BYTES - 1, name);
    snprintf(at, MACHINE_NAME_BYTES, "%s", name);
    return OK;
}

/* "desk-3fa92c": the host's name as far as it may be used, and letters nobody else has. */
static void invent(char at[MACHINE_NAME_BYTES])
{
    char host[MACHINE_NAME_BYTES - 8] = "";
    unsigned char drawn[3] = {0};
    size_t len = 0;
    if (gethostname(host, sizeof host - 1) != 0)
        host[0] = '\0';
    for (const char *byte = host; *byte != '\0' && *byte != '.'; byte++)
        if (isalnum((unsigned char)*byte) != 0)
            at[len++] = (char)tolower((unsigned char)*byte);
    if (getrandom(drawn, sizeof drawn, 0) != (ssize_t)sizeof drawn)
        drawn[0] = (unsigned char)getpid();
    snprintf(at + len, MACHINE_NAME_BYTES - len, "%s%02x%02x%02x", len > 0 ? "-" : "m", drawn[0],
             drawn[1], drawn[2]);
}

static int read_file(const char *path, char at[MACHINE_NAME_BYTES], struct failure *reterr)
{
    struct text_buf text;
    text_buf_init(&text, 256);
    int rc = file_read(path, &text, reterr);
    if (rc == OK) {
        char line[256];
        snprintf(line, sizeof line, "%s", text_buf_cstr(&text));
        line[strcspn(line, "\r\n")] = '\0';
        rc = check(line, path, at, reterr);
    }
    text_buf_release(&text);
    return rc;
}

static int make_file(const char *path, struct failure *reterr)
{
    char name[MACHINE_NAME_BYTES], line[MACHINE_NAME_BYTES + 1], fresh[PATH_BYTES + 32];
    invent(name);
    snprintf(line, sizeof line, "%s\n", name);
    snprintf(fresh, sizeof fresh, "%s.%d", path, (int)getpid());
    int rc = file_write_atomic(fresh, slice_of(line), 0644, reterr);
    if (rc != OK)
        return rc;
    if (link(fresh, path) != 0 && errno != EEXIST)
        rc = file_failure(reterr, "cannot make", path, errno);
    unlink(fresh);
    return rc == OK ? dir_sync_of(path, reterr) : rc;
}

int machine_name(const char *configured, const char *evidence_dir, bool create,
                 char at[MACHINE_NAME_BYTES], struct failure *reterr)
{
    char path[PATH_BYTES];
    at[0] = '\0';
    if (configured != NULL && configured[0] != '\0')
        return check(configured, "machine", at, reterr);
    int len = snprintf(path, sizeof path, "%s.machine", evidence_dir);
    if (len < 0 || (size_t)len >= sizeof path)
        return failure_set(reterr, ERR_LIMIT, "%s: the path is too long", evidence_dir);
    if (access(path, F_OK) != 0) {
        if (!create)
            return OK;
        int rc = make_file(path, reterr);
        if (rc != OK)
            return rc;
    }
    return read_file(path, at, reterr);
}
