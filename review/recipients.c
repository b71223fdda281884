/* recipients.c - the directory of recipients; see recipients.h. Strict: an entry that lacks a member
 * or has an unknown one is an error with its line, because a letter to the wrong desk is worse than
 * none. */
#include "review/recipients.h"
#include "common/yaml.h"
#include "review/letter_data.h"

#include <string.h>

static const char *const kind_names[LETTER_KIND_COUNT] = {"dsa16", "request", "aduankonten",
                                                          "correction"};

const char *letter_kind_name(enum letter_kind kind)
{
    return kind_names[kind];
}

bool letter_kind_from_name(struct slice name, enum letter_kind *ret_kind)
{
    for (int i = 0; i < LETTER_KIND_COUNT; i++)
        if (slice_is(name, kind_names[i])) {
            *ret_kind = (enum letter_kind)i;
            return true;
        }
    return false;
}

/* ---- the file ---- */

struct directory {
    struct arena *arena;
    const struct yaml_doc *doc;
    struct failure *reterr;
};

static const char *copy(struct directory *directory, const struct yaml *node)
{
    struct slice text = yaml_text(node);
    return arena_copy(directory->arena, text.at, text.len);
}

static int read_hosts(struct directory *directory, const struct yaml *node,
                      struct recipient *recipient)
{
    size_t count = yaml_count(node);
    if (yaml_kind_of(node) != YAML_SEQUENCE || count > RECIPIENT_HOSTS_MAX)
        return yaml_fail(directory->doc, node, ERR_SYNTAX, directory->reterr,
                         "'hosts' is a list of at most %u host names", RECIPIENT_HOSTS_MAX);
    const char **hosts = arena_calloc(directory->arena, count + 1, sizeof *hosts);
    for (size_t i = 0; hosts != NULL && i < count; i++) {
        struct slice host = yaml_text(yaml_at(node, i));
        if (host.len == 0 || slice_find_char(slice_from(host, 1), '*') != SIZE_MAX ||
            slice_find_char(host, '/') != SIZE_MAX ||
            (host.at[0] == '*' && !slice_starts(host, "*.")))
            return yaml_fail(directory->doc, yaml_at(node, i), ERR_SYNTAX, directory->reterr,
                             "a host is 'board.example' or '*.board.example'");
        hosts[i] = copy(directory, yaml_at(node, i));
    }
    recipient->hosts = hosts;
    recipient->hosts_count = count;
    return hosts != NULL ? OK : failure_set(directory->reterr, ERR_NOMEM, "out of memory");
}

static int read_texts(struct directory *directory, const struct yaml *node,
                      struct recipient *recipient)
{
    const struct {
        const char *key;
        const char **at;
        bool needed;
    } texts[] = {{"id", &recipient->id, true},
                 {"name", &recipient->name, true},
                 {"language", &recipient->language, true},
                 {"source", &recipient->source, true},
                 {"date", &recipient->date, true},
                 {"address", &recipient->address, false},
                 {"form", &recipient->form, false}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct slice text = yaml_get_text(node, texts[i].key);
        if (texts[i].needed && text.len == 0)
            return yaml_fail(directory->doc, node, ERR_SYNTAX, directory->reterr,
                             "a recipient needs '%s'", texts[i].key);
        for (size_t at = 0; at < text.len; at++)
            if ((unsigned char)text.at[at] < ' ')
                return yaml_fail(directory->doc, yaml_get(node, texts[i].key), ERR_SYNTAX,
                                 directory->reterr, "'%s' is one line", texts[i].key);
        if ((*texts[i].at = arena_copy(directory->arena, text.at, text.len)) == NULL)
            return failure_set(directory->reterr, ERR_NOMEM, "out of memory");
    }
    if (recipient->address[0] == '\0' && recipient->form[0] == '\0')
        return yaml_fail(directory->doc, node, ERR_SYNTAX, directory->reterr,
                         "a recipient needs 'address' (mail) or 'form'");
    if (recipient->address[0] != '\0' && strchr(recipient->address, '@') == NULL)
        return yaml_fail(directory->doc, yaml_get(node, "address"), ERR_SYNTAX, directory->reterr,
                         "'address' is a mail address; what else there is goes into 'form'");
    return OK;
}

static int read_recipient(struct directory *directory, const struct yaml *node,
                          struct recipient *recipient)
{
    static const char *const keys[] = {"id",      "name", "hosts", "language", "kind",
                                       "address", "form", "date",  "source",   NULL};
    int rc = yaml_known_keys(directory->doc, node, keys, directory->reterr);
    if (rc == OK)
        rc = read_texts(directory, node, recipient);
    if (rc == OK && !letter_kind_from_name(yaml_get_text(node, "kind"), &recipient->kind))
        rc = yaml_fail(directory->doc, node, ERR_SYNTAX, directory->reterr,
                       "'kind' is dsa16, request or aduankonten");
    return rc == OK ? read_hosts(directory, yaml_get(node, "hosts"), recipient) : rc;
}

static int read_all(struct directory *directory, struct recipients *ret_recipients)
{
    const struct yaml *list = yaml_get(yaml_root(directory->doc), "recipients");
    size_t count = yaml_count(list);
    if (yaml_kind_of(list) != YAML_SEQUENCE || count > RECIPIENTS_MAX)
        return yaml_fail(directory->doc, list, ERR_SYNTAX, directory->reterr,
                         "'recipients' is a list of at most %u entries", RECIPIENTS_MAX);
    struct recipient *all = arena_calloc(directory->arena, count + 1, sizeof *all);
    int rc = all != NULL ? OK : failure_set(directory->reterr, ERR_NOMEM, "out of memory");
    for (size_t i = 0; rc == OK && i < count; i++) {
        rc = read_recipient(directory, yaml_at(list, i), &all[i]);
        for (size_t earlier = 0; rc == OK && earlier < i; earlier++)
            if (strcmp(all[earlier].id, all[i].id) == 0)
                rc = yaml_fail(directory->doc, yaml_at(list, i), ERR_SYNTAX, directory->reterr,
                               "there is a recipient '%s' already", all[i].id);
    }
    if (rc == OK)
        *ret_recipients = (struct recipients){all, count};
    return rc;
}

int recipients_load(struct arena *arena, const char *folder, struct recipients *ret_recipients,
                    struct failure *reterr)
{
    char path[LETTER_PATH_BYTES];
    struct text_buf text;
    struct yaml_doc *doc = NULL;
    text_buf_init(&text, LETTER_FILE_BYTES_MAX);
    int rc = letter_data_read(folder, "recipients.yml", &text, path, reterr);
    if (rc == OK)
        rc = yaml_parse(text_buf_slice(&text), path, &doc, reterr);
    struct directory directory = {arena, doc, reterr};
    if (rc == OK)
        rc = read_all(&directory, ret_recipients);
    yaml_free(doc);
    text_buf_release(&text);
    return rc;
}

/* ---- the question ---- */

struct slice url_host_of(struct slice url)
{
    size_t scheme = slice_find(url, SLICE("://"));
    if (scheme == SIZE_MAX)
        return SLICE_EMPTY;
    struct slice rest = slice_from(url, scheme + 3);
    size_t len = 0;
    while (len < rest.len && strchr("/?#", rest.at[len]) == NULL)
        len++;
    struct slice host = slice_sub(rest, 0, len);
    size_t at = slice_find_char(host, '@');
    host = at == SIZE_MAX ? host : slice_from(host, at + 1);
    size_t colon = slice_find_char(host, ':');
    return host.len > 0 && host.at[0] != '[' && colon != SIZE_MAX ? slice_sub(host, 0, colon)
                                                                  : host;
}

bool host_fits(const char *wanted, struct slice host)
{
    struct slice pattern = slice_of(wanted);
    if (!slice_starts(pattern, "*."))
        return slice_equal_nocase(pattern, host);
    struct slice tail = slice_from(pattern, 1);
    return host.len > tail.len && slice_equal_nocase(slice_from(host, host.len - tail.len), tail);
}

const struct recipient *recipient_for_url(const struct recipients *recipients, struct slice url)
{
    struct slice host = url_host_of(url);
    for (size_t i = 0; i < recipients->count; i++)
        for (size_t at = 0; at < recipients->list[i].hosts_count; at++)
            if (host_fits(recipients->list[i].hosts[at], host))
                return &recipients->list[i];
    return NULL;
}

const struct recipient *recipient_by_id(const struct recipients *recipients, const char *id)
{
    for (size_t i = 0; i < recipients->count; i++)
        if (strcmp(recipients->list[i].id, id) == 0)
            return &recipients->list[i];
    return NULL;
}
