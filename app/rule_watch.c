/* rule_watch.c - see rule_watch.h. Cost for an ad: a look into a hash table for each finding. */
#include "app/rule_watch.h"

#include "crawler/name_table.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES_MAX (16u << 20)

struct rule_watch {
    struct arena *arena; /* names */
    struct rule_stand *rules;
    uint64_t *seen; /* one a rule: the ad that it was counted for last */
    size_t count;
    uint64_t ads;
    struct name_table by_name; /* values: of `rules` */
};

static int names_keep(struct rule_watch *watch, const struct pattern_bank *bank)
{
    for (size_t i = 0; i < bank_rules_count(bank); i++) {
        const struct rule *rule = bank_rule(bank, i);
        if (rule->status != RULE_ACTIVE && rule->status != RULE_SHADOW)
            continue;
        const char *name = arena_copy(watch->arena, rule->id.at, rule->id.len);
        if (name == NULL)
            return ERR_NOMEM;
        struct rule_stand *stand = &watch->rules[watch->count++];
        stand->name = slice_make(name, rule->id.len);
        if (bank_rule_digest(bank, i, &stand->digest) != OK)
            return ERR_NOMEM;
    }
    return OK;
}

int rule_watch_create(const struct pattern_bank *bank, struct rule_watch **ret_watch)
{
    struct rule_watch *watch = calloc(1, sizeof *watch);
    size_t room = bank_rules_count(bank) + 1;
    if (watch == NULL)
        return ERR_NOMEM;
    watch->rules = calloc(room, sizeof *watch->rules);
    watch->seen = calloc(room, sizeof *watch->seen);
    int rc = watch->rules == NULL || watch->seen == NULL ? ERR_NOMEM : OK;
    if (rc == OK)
        rc = arena_create(ARENA_BYTES_MAX, &watch->arena);
    if (rc == OK)
        rc = names_keep(watch, bank);
    if (rc != OK) {
        rule_watch_free(watch);
        return ERR_NOMEM;
    }
    *ret_watch = watch;
    return OK;
}

void rule_watch_free(struct rule_watch *watch)
{
    if (watch == NULL)
        return;
    name_table_release(&watch->by_name);
    arena_free(watch->arena);
    free(watch->seen);
    free(watch->rules);
    free(watch);
}

int rule_watch_begin(struct rule_watch *watch, struct store *store, int64_t run_id,
                     int64_t now_unix_ms)
{
    int rc = rules_stand(store, watch->rules, watch->count, run_id, now_unix_ms);
    name_table_release(&watch->by_name);
    watch->by_name = (struct name_table){0};
    for (size_t i = 0; rc == OK && i < watch->count; i++)
        rc = name_table_put(&watch->by_name, watch->rules[i].name, &watch->rules[i]);
    return rc;
}

int rule_watch_ad(struct rule_watch *watch, const struct verdict *verdict, struct rule_hits *hits)
{
    if (hits->hits == NULL)
        hits->hits = calloc(watch->count + 1, sizeof *hits->hits);
    if (hits->hits == NULL)
        return ERR_NOMEM;
    hits->ads++;
    watch->ads++;
    for (size_t i = 0; i < verdict->findings_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        const struct rule_stand *rule =
            finding->kind == FINDING_RULE ? name_table_get(&watch->by_name, finding->id) : NULL;
        size_t number = rule != NULL ? (size_t)(rule - watch->rules) : 0;
        if (rule == NULL || watch->seen[number] == watch->ads)
            continue;
        watch->seen[number] = watch->ads;
        hits->hits[number]++;
    }
    return OK;
}

void rule_watch_drop(const struct rule_watch *watch, struct rule_hits *hits)
{
    if (hits->hits != NULL)
        memset(hits->hits, 0, watch->count * sizeof *hits->hits);
    hits->ads = 0;
}

int rule_watch_note(struct rule_watch *watch, struct store *store, const char *source,
                    struct rule_hits *hits)
{
    if (hits->ads == 0)
        return OK;
    int rc = rule_note(store, source, hits->ads, watch->rules, hits->hits, watch->count);
    rule_watch_drop(watch, hits);
    return rc;
}
