/* sweep_alarms.c - what a round's figures say that a person should look at; see sweep_parts.h.
 *
 * Silence is not safety: a board that changed its pages yields nothing and fails nowhere. A round is
 * compared with the five before it: postings a list named, fields that ads had, ads that are only an
 * image; a canary's ads must all be flagged. Pages that were as before say nothing new and count
 * neither way. Rules and the machine's disk are looked at once, at the end. */
#include "app/sweep_care.h"
#include "app/sweep_parts.h"
#include "common/clock.h"

#include <inttypes.h>
#include <stdarg.h>
#include <sys/statvfs.h>

#define ROUNDS_BEFORE        5u
#define IMAGE_ONLY_BYTES_MAX 40u /* of text: hardly any */
#define RULES_TOLD_MAX       10u /* in one sweep; of more it is told how many */
#define RULES_BYTES_MAX      (256u << 20)

/* ---- counting ---- */

void alarms_count(struct source_run *run, const struct page *page)
{
    struct round_shape *shape = &run->shape;
    bool list = page->kind < URL_POSTING, done = page->outcome.state == URL_DONE;
    if (page->fused != NULL)
        snprintf(run->fused, sizeof run->fused, "%s", page->fused);
    shape->unchanged += page->unchanged;
    shape->lists += list && done && !page->unchanged;
    shape->lists_failed +=
        list && (page->outcome.state == URL_FAILED || page->outcome.state == URL_POISONED ||
                 page->outcome.state == URL_GONE);
    for (size_t i = 0; list && i < page->links_count; i++)
        shape->listed += page->links[i].kind == URL_POSTING;
    if (list && page->links_count == 0)
        shape->listed += page->ads_count;
    for (size_t i = 0; i < page->ads_count; i++) {
        const struct posting *ad = &page->ads[i].posting;
        shape->ads++;
        for (int field = 0; field < POSTING_FIELD_COUNT; field++)
            shape->with[field] += ad->field[field].len > 0;
        shape->image_only +=
            ad->images_count > 0 && ad->field[POSTING_TEXT].len < IMAGE_ONLY_BYTES_MAX;
        run->canaries++;
        run->canaries_missed += !page->ads[i].flagged;
    }
}

/* ---- raising ---- */

static void raise_alarm(struct sweep *sweep, const struct source_run *run, const char *kind,
                        const char *format, ...) PRINTF_LIKE(4, 5);
static void raise_alarm(struct sweep *sweep, const struct source_run *run, const char *kind,
                        const char *format, ...)
{
    va_list args;
    if (sweep->alarms_count == SWEEP_ALARMS_MAX)
        return;
    struct sweep_alarm *alarm = &sweep->alarms[sweep->alarms_count++];
    alarm->source = run != NULL ? run->source->name : "";
    alarm->kind = kind;
    va_start(args, format);
    vsnprintf(alarm->why, sizeof alarm->why, format, args);
    va_end(args);
}

/* ---- the figures ---- */

static void look_at_canary(struct sweep *sweep, const struct source_run *run)
{
    if (run->canaries == 0)
        raise_alarm(sweep, run, "canary",
                    "the canary pages gave no ad: extraction is broken, or the files are gone");
    else if (run->canaries_missed > 0)
        raise_alarm(sweep, run, "canary",
                    "%" PRIu64 " of %" PRIu64 " canary ads were not flagged: run `lurewatch "
                    "patterns check`",
                    run->canaries_missed, run->canaries);
}

static bool is_refused(const struct source_run *run, const struct round_shape *now)
{
    return run->counts.denied > 0 && run->counts.pages == 0 && now->lists == 0 &&
           now->lists_failed == 0 && now->unchanged == 0 && now->ads == 0;
}

static void look_at_refusal(struct sweep *sweep, const struct source_run *run,
                            const struct round_shape *now)
{
    if (is_refused(run, now))
        raise_alarm(sweep, run, "unreadable",
                    "nothing of it may be read, by robots.txt or as not public; addresses refused: "
                    "%" PRIu64 "; `lurewatch sources check %s` shows why",
                    run->counts.denied, run->source->name);
}

static void look_at_yield(struct sweep *sweep, const struct source_run *run,
                          const struct round_shape *now, const struct round_shape *before)
{
    if (now->lists == 0 && now->unchanged == 0 && now->lists_failed > 0) {
        raise_alarm(sweep, run, "unreadable", "none of its %" PRIu64 " lists could be read",
                    now->lists_failed);
        return;
    }
    if (now->lists > 0 && now->listed == 0 && now->ads == 0 && now->unchanged == 0 &&
        before->listed == 0) {
        raise_alarm(sweep, run, "yield",
                    "%" PRIu64 " of its lists could be read, and none had an ad or a link to one; "
                    "`lurewatch sources check %s --fetch` shows what is on them",
                    now->lists, run->source->name);
        return;
    }
    if (now->lists == 0 || before->lists == 0 || before->listed < 10)
        return;
    /* per list, as a round may read few of them: less than a quarter of the usual */
    if (now->listed * before->lists * 4 < before->listed * now->lists)
        raise_alarm(sweep, run, "yield",
                    "far less than usual: %" PRIu64 " postings on %" PRIu64
                    " lists, before %" PRIu64 " on %" PRIu64 "; did the site change?",
                    now->listed, now->lists, before->listed, before->lists);
}

static void look_at_fields(struct sweep *sweep, const struct source_run *run,
                           const struct round_shape *now, const struct round_shape *before)
{
    if (now->ads < 5 || before->ads < 10)
        return;
    for (int field = 0; field < POSTING_FIELD_COUNT; field++)
        if (before->with[field] * 2 >= before->ads && now->with[field] * 10 < now->ads)
            raise_alarm(sweep, run, "field",
                        "'%s' has vanished from its ads: %" PRIu64 " of %" PRIu64
                        " have it, before %" PRIu64 " of %" PRIu64,
                        posting_field_name((enum posting_field)field), now->with[field], now->ads,
                        before->with[field], before->ads);
}

static void look_at_images(struct sweep *sweep, const struct source_run *run,
                           const struct round_shape *now)
{
    if (now->image_only > 0)
        raise_alarm(sweep, run, "images",
                    "%" PRIu64 " of %" PRIu64
                    " ads show an image and hardly any text: nobody could "
                    "read them",
                    now->image_only, now->ads);
}

static int keep_alarms(struct sweep *sweep, size_t first)
{
    int rc = OK;
    for (size_t i = first; rc == OK && i < sweep->alarms_count; i++)
        rc = alarm_add(sweep->keeper.store, sweep->keeper.run_id,
                       &(struct alarm){.at_unix_ms = clock_unix_ms(),
                                       .source = sweep->alarms[i].source,
                                       .kind = sweep->alarms[i].kind,
                                       .why = sweep->alarms[i].why});
    return rc;
}

int alarms_find(struct sweep *sweep, struct source_run *run, bool round_over)
{
    struct store *store = sweep->keeper.store;
    struct round_shape now = {0}, before = {0};
    size_t first = sweep->alarms_count;
    uint32_t rounds = 0;
    int rc = round_shape_note(store, run->round.id, &run->shape);
    if (rc == OK && round_over)
        rc = round_shape_get(store, run->round.id, ROUNDS_BEFORE, &now, &before, &rounds);
    if (rc != OK)
        return rc;
    if (run->fused[0] != '\0')
        raise_alarm(sweep, run, "rule",
                    "rule %s reached its limits on page after page and was left out by a worker: "
                    "make its pattern simpler (`lurewatch patterns check`)",
                    run->fused);
    if (run->source->canary) {
        if (round_over)
            look_at_canary(sweep, run);
    } else if (round_over) {
        look_at_refusal(sweep, run, &now);
        look_at_yield(sweep, run, &now, &before);
        look_at_fields(sweep, run, &now, &before);
        look_at_images(sweep, run, &now);
    }
    return keep_alarms(sweep, first);
}

/* ---- rules ---- */

static void raise_dead(struct sweep *sweep, const struct rule_quiet *rule)
{
    const struct source_run *run = NULL;
    char last[CLOCK_RFC3339_BYTES], changed[CLOCK_RFC3339_BYTES], why[64] = "is as it was";
    if (rule->changed_unix_ms > 0)
        snprintf(why, sizeof why, "was changed on %.10s",
                 clock_rfc3339(rule->changed_unix_ms, changed));
    raise_alarm(sweep, run, "rule-dead",
                "rule %.100s fires no more: last on %.10s; since then %" PRIu64
                " new ads were read, and %" PRId64 " hits expected; its pattern %s",
                rule->name, clock_rfc3339(rule->last_hit_unix_ms, last), rule->ads,
                (rule->expected_hundredths + 50) / 100, why);
}

static void raise_all_dead(struct sweep *sweep, const struct rule_quiet *rules, size_t count)
{
    const struct source_run *run = NULL;
    for (size_t i = 0; i < count && i < RULES_TOLD_MAX; i++)
        raise_dead(sweep, &rules[i]);
    if (count > RULES_TOLD_MAX)
        raise_alarm(sweep, run, "rule-dead",
                    "%zu more rules fire no more: did something change that they share? `lurewatch "
                    "doctor` names them",
                    count - RULES_TOLD_MAX);
}

int alarms_of_rules(struct sweep *sweep)
{
    struct keeper *keeper = &sweep->keeper;
    struct arena *arena = NULL;
    struct rule_quiet *rules = NULL;
    size_t count = 0, first = sweep->alarms_count;
    if (keeper->watch == NULL)
        return OK;
    if (arena_create(RULES_BYTES_MAX, &arena) != OK)
        return ERR_NOMEM;
    int rc = store_begin(keeper->store);
    if (rc == OK)
        rc = rules_count(keeper->store, arena, keeper->run_id, clock_unix_ms(), &rules, &count);
    if (rc == OK) {
        raise_all_dead(sweep, rules, count);
        rc = keep_alarms(sweep, first);
    }
    if (rc == OK)
        rc = store_commit(keeper->store);
    if (rc != OK)
        sweep->alarms_count = first; /* nothing of it stands: the next sweep tells it */
    store_rollback(keeper->store);
    arena_free(arena);
    return rc;
}

/* ---- the machine ---- */

int alarms_of_machine(struct sweep *sweep)
{
    struct statvfs space;
    const struct source_run *run = NULL;
    const struct settings *settings = sweep->options->settings;
    size_t first = sweep->alarms_count;
    if (statvfs(settings->evidence, &space) != 0)
        return OK;
    uint64_t free_mib = (uint64_t)space.f_bavail * space.f_frsize >> 20;
    if (free_mib < (uint64_t)settings->disk_min_mib)
        raise_alarm(sweep, run, "disk",
                    "%" PRIu64 " MiB are free at %.300s, fewer than the %" PRId64
                    " of disk_min_mib: make room, sweeps stop when a write fails",
                    free_mib, settings->evidence, settings->disk_min_mib);
    return keep_alarms(sweep, first);
}
