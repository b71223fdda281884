/* source.c - a source as the sweep asks it, and the folder of them; see source.h. The file's
 * members are read in source_yaml.c and source_extract.c. */
#include "common/clock.h"
#include "common/file.h"
#include "crawler/glob.h"
#include "crawler/source_inside.h"
#include "crawler/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SET_ARENA_BYTES_MAX (16u << 20)
#define SET_FAILURES_MAX    100u

static const char *const KIND_NAMES[SOURCE_KIND_COUNT] = {"listing", "sitemap", "feed", "posting"};

const char *source_kind_name(enum source_kind kind)
{
    return kind < SOURCE_KIND_COUNT ? KIND_NAMES[kind] : "unknown";
}

bool source_kind_from_name(struct slice name, enum source_kind *ret_kind)
{
    for (unsigned i = 0; i < SOURCE_KIND_COUNT; i++)
        if (slice_is(name, KIND_NAMES[i])) {
            *ret_kind = (enum source_kind)i;
            return true;
        }
    return false;
}

/* ---- one file ---- */

static void free_parts(struct source_parts *parts)
{
    if (parts == NULL)
        return;
    arena_free(parts->arena);
    free(parts);
}

void source_free(struct source *source)
{
    free_parts((struct source_parts *)source);
}

static int make_parts(const char *file, struct source_parts **ret_parts)
{
    struct source_parts *parts = calloc(1, sizeof *parts);
    if (parts == NULL)
        return ERR_NOMEM;
    int rc = arena_create(SOURCE_ARENA_BYTES_MAX, &parts->arena);
    const char *copy = rc == OK ? arena_copy(parts->arena, file, strlen(file)) : NULL;
    if (copy == NULL) {
        free_parts(parts);
        return ERR_NOMEM;
    }
    parts->source = (struct source){.file = copy,
                                    .name = "",
                                    .title = "",
                                    .country = "",
                                    .language = "",
                                    .basis = "",
                                    .basis_note = "",
                                    .every_ms = INT64_C(24) * 3600 * 1000,
                                    .pages_max = 1000,
                                    .depth_max = 5,
                                    .enabled = true,
                                    .extract_json = ""};
    *ret_parts = parts;
    return OK;
}

static int read_doc(struct yaml_doc *doc, const char *file, struct source **ret_source,
                    struct failure *reterr)
{
    struct source_reader reader = {.doc = doc, .reterr = reterr};
    int rc = make_parts(file, &reader.parts);
    if (rc != OK)
        return failure_set(reterr, rc, "%s: no memory", file);
    rc = source_read_root(&reader, yaml_root(doc));
    if (rc != OK) {
        free_parts(reader.parts);
        return rc;
    }
    *ret_source = &reader.parts->source;
    return OK;
}

int source_read(struct slice text, const char *file, struct source **ret_source,
                struct failure *reterr)
{
    struct yaml_doc *doc = NULL;
    int rc = yaml_parse(text, file, &doc, reterr);
    if (rc == OK)
        rc = read_doc(doc, file, ret_source, reterr);
    yaml_free(doc);
    return rc;
}

int source_load(const char *path, struct source **ret_source, struct failure *reterr)
{
    struct yaml_doc *doc = NULL;
    int rc = yaml_load(path, &doc, reterr);
    if (rc == OK)
        rc = read_doc(doc, path, ret_source, reterr);
    yaml_free(doc);
    return rc;
}

const char *source_off_kind(const struct source *source, int64_t now_unix_ms)
{
    if (!source->enabled)
        return "disabled";
    if (source->basis[0] == '\0')
        return "no-permission";
    bool ended = source->until_unix_ms != 0 && now_unix_ms > source->until_unix_ms;
    return ended ? "permission-ended" : NULL;
}

const char *source_off(const struct source *source, int64_t now_unix_ms, char at[SOURCE_WHY_BYTES])
{
    char day[CLOCK_RFC3339_BYTES];
    if (!source->enabled)
        snprintf(at, SOURCE_WHY_BYTES, "%s: off: it says enabled: no", source->name);
    else if (source->basis[0] == '\0')
        snprintf(at, SOURCE_WHY_BYTES,
                 "%s: off: no permission is stated; add permission: {basis: …} to %s once you know "
                 "why it may be read",
                 source->name, source->file);
    else if (source->until_unix_ms != 0 && now_unix_ms > source->until_unix_ms)
        snprintf(at, SOURCE_WHY_BYTES,
                 "%s: off: its permission ended on %.10s; renew it and change until: in %s",
                 source->name, clock_rfc3339(source->until_unix_ms, day), source->file);
    else
        return NULL;
    return at;
}

int64_t source_opens_ms(const struct source *source, int64_t now_unix_ms)
{
    const int64_t day_ms = INT64_C(86400000), minute_ms = 60000;
    int64_t now = now_unix_ms % day_ms, opens = source->opens_minute * minute_ms;
    int64_t closes = source->closes_minute * minute_ms;
    bool open = opens <= closes ? now >= opens && now < closes : now >= opens || now < closes;
    if (opens == closes || open)
        return 0;
    return opens > now ? opens - now : opens + day_ms - now;
}

static const struct source_parts *parts_of(const struct source *source)
{
    return (const struct source_parts *)source;
}

bool source_allows_url(const struct source *source, const struct url *url)
{
    const struct source_parts *parts = parts_of(source);
    for (size_t i = 0; i < parts->hosts_count; i++) {
        const struct source_host *host = &parts->hosts[i];
        if (!host->below && slice_equal(host->name, url->host_port))
            return true;
        if (host->below && url->host_port.len == url->host.len &&
            url->host.len > host->name.len + 1 &&
            url->host.at[url->host.len - host->name.len - 1] == '.' &&
            slice_equal(slice_from(url->host, url->host.len - host->name.len), host->name))
            return true;
    }
    return false;
}

bool source_link_kind(const struct source *source, const struct url *url,
                      enum source_kind *ret_kind)
{
    const struct source_parts *parts = parts_of(source);
    struct slice whole = url_without_fragment(url), path = url_path_query(url);
    for (size_t i = 0; i < parts->globs_count; i++) {
        const struct source_glob *glob = &parts->globs[i];
        if (glob_matches(glob->pattern, true, glob->whole ? whole : path)) {
            *ret_kind = glob->kind;
            return true;
        }
    }
    return false;
}

bool source_has_follow(const struct source *source)
{
    return parts_of(source)->globs_count > 0;
}

/* ---- the folder ---- */

struct source_set {
    struct arena *arena;
    struct source **sources;
    size_t count;
    const char **failures;
    size_t failures_count;
};

static int keep_failure(struct source_set *set, const struct failure *why)
{
    if (set->failures_count == SET_FAILURES_MAX)
        return OK;
    const char *copy = arena_copy(set->arena, why->text, strlen(why->text));
    if (copy == NULL)
        return ERR_NOMEM;
    set->failures[set->failures_count++] = copy;
    return OK;
}

static int load_one(struct source_set *set, const char *dir, const char *name)
{
    struct failure why = {0};
    const char *path = arena_printf(set->arena, "%s/%s", dir, name);
    if (path == NULL)
        return ERR_NOMEM;
    int rc = source_load(path, &set->sources[set->count], &why);
    if (rc == OK)
        set->count++;
    return rc == OK || rc == ERR_NOMEM ? rc : keep_failure(set, &why);
}

static int load_all(struct source_set *set, const char *dir, struct failure *reterr)
{
    const char *const *names = NULL;
    size_t count = 0;
    int rc = dir_list(set->arena, dir, &names, &count, reterr);
    if (rc == ERR_NOT_FOUND)
        return failure_set(reterr, rc,
                           "cannot read %s: there is no such folder; make it, with a file for "
                           "each board as samples/sources shows",
                           dir);
    if (rc != OK)
        return rc;
    set->sources = calloc(count + 1, sizeof(struct source *));
    set->failures = arena_calloc(set->arena, SET_FAILURES_MAX, sizeof(const char *));
    if (set->sources == NULL || set->failures == NULL)
        rc = ERR_NOMEM;
    for (size_t i = 0; i < count && rc == OK; i++)
        if (slice_ends(slice_of(names[i]), ".yml"))
            rc = load_one(set, dir, names[i]);
    return rc == OK ? OK : failure_set(reterr, rc, "%s: no memory for its sources", dir);
}

int source_set_load(const char *dir, struct source_set **ret_set, struct failure *reterr)
{
    struct source_set *set = calloc(1, sizeof *set);
    int rc = set == NULL ? ERR_NOMEM : arena_create(SET_ARENA_BYTES_MAX, &set->arena);
    if (rc == OK)
        rc = load_all(set, dir, reterr);
    else
        failure_set(reterr, rc, "%s: no memory for its sources", dir);
    if (rc != OK) {
        source_set_free(set);
        return rc;
    }
    *ret_set = set;
    return OK;
}

void source_set_free(struct source_set *set)
{
    if (set == NULL)
        return;
    for (size_t i = 0; i < set->count; i++)
        source_free(set->sources[i]);
    free(set->sources);
    arena_free(set->arena);
    free(set);
}

const struct source *source_set_at(const struct source_set *set, size_t index)
{
    return index < set->count ? set->sources[index] : NULL;
}

const struct source *source_set_find(const struct source_set *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->sources[i]->name, name) == 0)
            return set->sources[i];
    return NULL;
}

const char *source_set_failure(const struct source_set *set, size_t index)
{
    return index < set->failures_count ? set->failures[index] : NULL;
}
