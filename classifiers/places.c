/* places.c - finds the places an ad names and what they are to it; see facts_parts.h.
 *
 * All spellings stand in one automaton, folded as the ads are; a hit counts when it is a whole word
 * in scripts that space their words. A spelling that ends (or begins) with '*' takes what is written
 * on to it: Russian and Nepali cases, Amharic prefixes. What it is to the ad: places_role.c. */
#include "classifiers/facts_parts.h"
#include "classifiers/literals.h"
#include "classifiers/places_parts.h"
#include "common/yaml.h"

#include <stdlib.h>
#include <string.h>

#define PLACES_MAX 48u

struct place {
    struct slice id, name;
    char risk;
    bool bait;
};

/* A spelling that means the place only beside other words, or not beside some. */
struct context {
    const struct word_list *needs, *without; /* NULL: nothing is asked */
};

struct gazetteer {
    struct arena *arena;
    struct context *contexts;
    const struct word_list *context_words; /* tag: index of contexts; NULL: none */
    struct literals *literals;
    struct place *places;
    size_t count;
};

/* Tags of the automaton: the place and which ends of the word are open. */
#define OPEN_HEAD 1u
#define OPEN_TAIL 2u
#define TAG_BITS  2u

/* While places.yml is read. */
struct gazetteer_reading {
    struct gazetteer *gazetteer;
    struct literals_builder *builder;
    struct normaliser *normaliser;
    struct arena *scratch;
    const struct yaml_doc *doc;
    struct failure *reterr;
};

/* What is_word() would say no to need not be found. */
static unsigned bounds_of(struct slice word, uint32_t open)
{
    bool head = letter_after(word, 0) && (open & OPEN_HEAD) == 0;
    bool tail = letter_before(word, word.len) && (open & OPEN_TAIL) == 0;
    return (head ? LITERAL_WORD_HEAD : 0u) | (tail ? LITERAL_WORD_TAIL : 0u);
}

static int alias_put(struct gazetteer_reading *reading, const struct yaml *node, uint32_t place,
                     struct slice *ret_folded)
{
    struct slice alias = yaml_text(node);
    struct folded folded = {.text = SLICE_EMPTY};
    uint32_t tag = place << TAG_BITS;
    if (slice_starts(alias, "*")) {
        tag |= OPEN_HEAD;
        alias = slice_from(alias, 1);
    }
    if (slice_ends(alias, "*")) {
        tag |= OPEN_TAIL;
        alias = slice_sub(alias, 0, alias.len - 1);
    }
    if (alias.len < 2)
        return yaml_fail(reading->doc, node, ERR_SYNTAX, reading->reterr,
                         "a spelling of one letter finds everything");
    arena_reset(reading->scratch);
    int rc = normalise(reading->normaliser, alias, reading->scratch, &folded);
    *ret_folded = folded.text;
    unsigned bounds = bounds_of(folded.text, tag);
    return rc == OK ? literals_add_bounded(reading->builder, folded.text, bounds, tag) : rc;
}

static int alias_add(struct gazetteer_reading *reading, const struct yaml *node)
{
    struct slice folded;
    return alias_put(reading, node, (uint32_t)reading->gazetteer->count, &folded);
}

static size_t place_index(const struct gazetteer *gazetteer, struct slice id)
{
    size_t i = 0;
    while (i < gazetteer->count && !slice_equal(gazetteer->places[i].id, id))
        i++;
    return i;
}

/* The words of a key, folded, as a list; NULL where the key is not there. */
static int context_list(struct gazetteer_reading *reading, const struct yaml *node, const char *key,
                        const struct word_list **ret_list)
{
    struct slice words = yaml_get_text(node, key);
    struct folded folded;
    *ret_list = NULL;
    if (words.len == 0)
        return OK;
    arena_reset(reading->scratch);
    int rc = normalise(reading->normaliser, words, reading->scratch, &folded);
    if (rc != OK)
        return rc;
    const struct word_row row = {
        arena_copy(reading->gazetteer->arena, folded.text.at, folded.text.len), 0};
    return row.words == NULL ? ERR_NOMEM
                             : word_list_create(reading->gazetteer->arena, &row, 1, ret_list);
}

static int context_read(struct gazetteer_reading *reading, const struct yaml *node, size_t index,
                        struct word_row *row)
{
    static const char *const keys[] = {"word", "id", "needs", "without", NULL};
    struct gazetteer *gazetteer = reading->gazetteer;
    struct slice folded = SLICE_EMPTY;
    size_t place = place_index(gazetteer, yaml_get_text(node, "id"));
    int rc = yaml_known_keys(reading->doc, node, keys, reading->reterr);
    if (rc == OK && (yaml_get(node, "word") == NULL || place == gazetteer->count))
        rc = yaml_fail(reading->doc, node, ERR_SYNTAX, reading->reterr,
                       "a context is a word, the id of a place above, and what it needs or is "
                       "without");
    if (rc == OK)
        rc = alias_put(reading, yaml_get(node, "word"), (uint32_t)place, &folded);
    if (rc != OK)
        return rc;
    *row = (struct word_row){arena_copy(gazetteer->arena, folded.at, folded.len), (int)index};
    if (row->words == NULL)
        return ERR_NOMEM;
    rc = context_list(reading, node, "needs", &gazetteer->contexts[index].needs);
    return rc == OK ? context_list(reading, node, "without", &gazetteer->contexts[index].without)
                    : rc;
}

static int contexts_read(struct gazetteer_reading *reading, const struct yaml *list)
{
    struct gazetteer *gazetteer = reading->gazetteer;
    size_t count = yaml_count(list);
    int rc = OK;
    struct word_row *rows = arena_calloc(gazetteer->arena, count + 1, sizeof *rows);
    gazetteer->contexts = arena_calloc(gazetteer->arena, count + 1, sizeof *gazetteer->contexts);
    if (rows == NULL || gazetteer->contexts == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; rc == OK && i < count; i++)
        rc = context_read(reading, yaml_at(list, i), i, &rows[i]);
    return rc == OK && count > 0
               ? word_list_create(gazetteer->arena, rows, count, &gazetteer->context_words)
               : rc;
}

static int place_read(struct gazetteer_reading *reading, const struct yaml *node)
{
    struct gazetteer *gazetteer = reading->gazetteer;
    const struct yaml_doc *doc = reading->doc;
    struct failure *reterr = reading->reterr;
    static const char *const keys[] = {"id", "name", "risk", "bait", "source", "aliases", NULL};
    struct place *place = &gazetteer->places[gazetteer->count];
    const struct yaml *aliases = yaml_get(node, "aliases");
    struct slice risk = yaml_get_text(node, "risk"), id = yaml_get_text(node, "id");
    struct slice name = yaml_get_text(node, "name");
    int rc = yaml_known_keys(doc, node, keys, reterr);
    for (size_t i = 0; rc == OK && keys[i] != NULL; i++)
        if (yaml_get(node, keys[i]) == NULL)
            rc = yaml_fail(doc, node, ERR_SYNTAX, reterr, "'%s' is missing", keys[i]);
    if (rc == OK)
        rc = yaml_bool(doc, yaml_get(node, "bait"), &place->bait, reterr);
    if (rc == OK && (risk.len != 1 || strchr("ABC-", risk.at[0]) == NULL))
        rc = yaml_fail(doc, yaml_get(node, "risk"), ERR_SYNTAX, reterr, "risk is A, B, C or -");
    if (rc != OK)
        return rc;
    place->risk = risk.at[0];
    place->id = slice_make(arena_copy(gazetteer->arena, id.at, id.len), id.len);
    place->name = slice_make(arena_copy(gazetteer->arena, name.at, name.len), name.len);
    for (size_t i = 0; rc == OK && i < yaml_count(aliases); i++)
        rc = alias_add(reading, yaml_at(aliases, i));
    gazetteer->count++;
    return rc;
}

static int places_read(struct gazetteer *gazetteer, const struct yaml_doc *doc,
                       struct failure *reterr)
{
    static const char *const keys[] = {"date", "places", "context", NULL};
    const struct yaml *list = yaml_get(yaml_root(doc), "places");
    struct gazetteer_reading reading = {.gazetteer = gazetteer, .doc = doc, .reterr = reterr};
    int rc = yaml_known_keys(doc, yaml_root(doc), keys, reterr);
    if (rc != OK)
        return rc;
    gazetteer->places = arena_calloc(gazetteer->arena, yaml_count(list) + 1, sizeof(struct place));
    if (gazetteer->places == NULL || literals_begin(&reading.builder) != OK)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    rc = normaliser_create(&reading.normaliser);
    if (rc == OK)
        rc = arena_create(1u << 20, &reading.scratch);
    for (size_t i = 0; rc == OK && i < yaml_count(list); i++)
        rc = place_read(&reading, yaml_at(list, i));
    if (rc == OK)
        rc = contexts_read(&reading, yaml_get(yaml_root(doc), "context"));
    int ended = literals_end(reading.builder, &gazetteer->literals);
    arena_free(reading.scratch);
    normaliser_free(reading.normaliser);
    if (rc == ERR_NOMEM || (rc == OK && ended != OK))
        rc = failure_set(reterr, ERR_NOMEM, "out of memory");
    return rc;
}

int gazetteer_create(const struct bank_pack *pack, struct gazetteer **ret_gazetteer,
                     struct failure *reterr)
{
    struct slice bytes;
    struct yaml_doc *doc = NULL;
    struct gazetteer *gazetteer = calloc(1, sizeof *gazetteer);
    if (gazetteer == NULL || arena_create(32u << 20, &gazetteer->arena) != OK) {
        free(gazetteer);
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    }
    const char *name = arena_printf(gazetteer->arena, "%s/places.yml", bank_pack_origin(pack));
    int rc = name != NULL ? OK : failure_set(reterr, ERR_NOMEM, "out of memory");
    if (rc == OK && !bank_pack_find(pack, "places.yml", &bytes))
        rc = failure_set(reterr, ERR_NOT_FOUND, "%s/places.yml is missing", bank_pack_origin(pack));
    if (rc == OK)
        rc = yaml_parse(bytes, name, &doc, reterr);
    if (rc == OK)
        rc = places_read(gazetteer, doc, reterr);
    yaml_free(doc);
    if (rc != OK) {
        gazetteer_free(gazetteer);
        return rc;
    }
    *ret_gazetteer = gazetteer;
    return OK;
}

void gazetteer_free(struct gazetteer *gazetteer)
{
    if (gazetteer == NULL)
        return;
    literals_free(gazetteer->literals);
    arena_free(gazetteer->arena);
    free(gazetteer);
}

/* ---- finding ---- */

struct finding_places {
    const struct gazetteer *gazetteer;
    const struct fact_input *input;
    enum posting_field field;
    struct place_found *found;
    size_t count;
    struct role_memory memory;
    uint64_t arrivals; /* bits of found */
    size_t run;        /* where the enumeration began that the last place is of */
};

static struct slice before_of(struct slice text, size_t start, size_t most)
{
    return slice_sub(text, start > most ? start - most : 0, start > most ? most : start);
}

/* "Jl. Manila No. 5": a street's name. */
static bool is_street(struct slice text, size_t start)
{
    static const char *const streets[] = {"jl. ", "jl ", "jln. ", "jln ", "jalan "};
    struct slice before = before_of(text, start, 6);
    for (size_t i = 0; i < sizeof streets / sizeof streets[0]; i++)
        if (slice_ends(before, streets[i]))
            return true;
    return false;
}

/* What stands behind end in its own sentence, at most `most` bytes. */
static struct slice sentence_after(struct slice text, size_t end, size_t most)
{
    struct slice rest = slice_sub(text, end, most);
    for (size_t i = 0; i < rest.len; i++) {
        char next = i + 1 < rest.len ? rest.at[i + 1] : ' ';
        if (rest.at[i] == '\n' ||
            (strchr(".!?", rest.at[i]) != NULL && (next == ' ' || next == '\n')))
            return slice_sub(rest, 0, i);
    }
    return rest;
}

/* "Thai-speaking", "customers in Japan", "the Philippine market": served, not worked in. */
static bool is_served(struct slice text, size_t start, size_t end)
{
    struct word_hit hit;
    if (word_at(words_of(WORDS_ROLE_AFTER), text, end, &hit) && hit.tag == PLACE_SOURCE)
        return false; /* "福建人优先" */
    return word_at(words_of(WORDS_NATIVE), text, end, &hit) ||
           has_words(sentence_after(text, end, 24), WORDS_SERVED) ||
           has_words(before_of(text, start, 28), WORDS_SERVED_BEFORE);
}

/* What the field says, or else the words beside; *ret_arrival: one lands there. */
static enum place_role role_of(struct finding_places *finding, size_t start, size_t end,
                               bool *ret_arrival)
{
    *ret_arrival = false;
    if (finding->field == POSTING_EMPLOYER)
        return PLACE_EMPLOYER_SEAT;
    if (finding->field == POSTING_PLACE)
        return PLACE_DESTINATION;
    int role =
        place_role_of(finding->input->folded[finding->field].text, start, end, &finding->memory);
    *ret_arrival = role == PLACE_ARRIVAL;
    return *ret_arrival ? PLACE_TRANSIT : (enum place_role)role;
}

static bool is_word(struct slice text, size_t start, size_t end, uint32_t open)
{
    unsigned bounds = bounds_of(slice_sub(text, start, end - start), open);
    return !((bounds & LITERAL_WORD_HEAD) != 0 && letter_before(text, start)) &&
           !((bounds & LITERAL_WORD_TAIL) != 0 && letter_after(text, end));
}

/* Does what stands around speak for the place, where a spelling asks for that? */
static bool in_context(const struct gazetteer *gazetteer, struct slice text, size_t start,
                       size_t end)
{
    struct slice word = slice_sub(text, 0, end);
    struct word_hit hit;
    if (gazetteer->context_words == NULL || !word_at(gazetteer->context_words, word, start, &hit) ||
        hit.len != end - start)
        return true;
    const struct context *context = &gazetteer->contexts[hit.tag];
    size_t wide = start > 60 ? start - 60 : 0, near = start > 24 ? start - 24 : 0;
    struct slice around = slice_sub(text, wide, end + 60 - wide);
    struct slice beside = slice_sub(text, near, end + 24 - near);
    return (context->needs == NULL || word_has(context->needs, around)) &&
           (context->without == NULL || !word_has(context->without, beside));
}

static struct place_found *known_place(struct finding_places *finding, struct slice id,
                                       enum place_role role)
{
    for (size_t i = 0; i < finding->count; i++)
        if (slice_equal(finding->found[i].id, id) && finding->found[i].role == role)
            return &finding->found[i];
    return NULL;
}

static void place_quote(struct finding_places *finding, struct place_found *found, size_t start,
                        size_t end)
{
    folded_span(&finding->input->folded[finding->field], start, end, &found->start_bytes,
                &found->end_bytes);
    found->quote = slice_sub(finding->input->posting->field[finding->field], found->start_bytes,
                             found->end_bytes - found->start_bytes);
}

/* "phnom" was found before "phnom penh": the longer spelling of the same place is its words. */
static void place_widen(struct finding_places *finding, struct place_found *found, size_t start,
                        size_t end)
{
    struct place_found wider = *found;
    if (found->field != (int)finding->field)
        return;
    place_quote(finding, &wider, start, end);
    if (wider.start_bytes <= found->start_bytes && wider.end_bytes >= found->end_bytes)
        *found = wider;
}

static bool on_place(uint32_t tag, size_t start, size_t end, void *ctx)
{
    struct finding_places *finding = ctx;
    const struct folded *folded = &finding->input->folded[finding->field];
    const struct place *place = &finding->gazetteer->places[tag >> TAG_BITS];
    if (!is_word(folded->text, start, end, tag) || is_served(folded->text, start, end) ||
        is_street(folded->text, start) || !in_context(finding->gazetteer, folded->text, start, end))
        return true;
    bool arrival = false;
    enum place_role role = role_of(finding, start, end, &arrival);
    struct place_found *known = known_place(finding, place->id, role);
    if (known != NULL) {
        place_widen(finding, known, start, end);
        return true;
    }
    const struct role_memory *memory = &finding->memory;
    finding->run = memory->goes_on ? finding->run : finding->count;
    for (size_t i = finding->run; memory->behind && !memory->before_told && i < finding->count; i++)
        finding->found[i].role = role; /* "福建、广西人优先": of both */
    finding->arrivals |= arrival ? UINT64_C(1) << finding->count : 0;
    struct place_found *found = &finding->found[finding->count++];
    *found = (struct place_found){.id = place->id,
                                  .role = role,
                                  .bait = place->bait,
                                  .risk = place->risk,
                                  .field = (int)finding->field};
    place_quote(finding, found, start, end);
    return finding->count < PLACES_MAX;
}

/* Is a work place told that is more than the country of id? */
static bool told_elsewhere(const struct finding_places *finding, struct slice id)
{
    for (size_t i = 0; i < finding->count; i++)
        if (finding->found[i].role == PLACE_DESTINATION && (finding->arrivals >> i & 1) == 0 &&
            !slice_equal(slice_sub(id, 0, finding->found[i].id.len), finding->found[i].id))
            return true;
    return false;
}

/* Where one lands is the work place unless another one is told. */
static void arrivals_settle(struct finding_places *finding)
{
    size_t kept = 0;
    uint64_t passed = 0;
    for (size_t i = 0; i < finding->count; i++)
        passed |= told_elsewhere(finding, finding->found[i].id) ? UINT64_C(1) << i : 0;
    for (size_t i = 0; i < finding->count; i++) {
        struct place_found found = finding->found[i];
        bool arrival = (finding->arrivals >> i & 1) != 0;
        if (arrival && (passed >> i & 1) == 0)
            found.role = PLACE_DESTINATION;
        if (arrival && known_place(finding, found.id, PLACE_DESTINATION) != NULL)
            continue;       /* "work in Dubai … fly to Dubai" */
        bool again = false; /* an enumeration's role came to be that of another of the same place */
        for (size_t k = 0; k < kept; k++)
            again = again || (finding->found[k].role == found.role &&
                              slice_equal(finding->found[k].id, found.id));
        if (!again)
            finding->found[kept++] = found;
    }
    finding->count = kept;
}

int places_find(const struct gazetteer *gazetteer, const struct fact_input *input,
                const struct place_found **ret_places, size_t *ret_count)
{
    static const enum posting_field order[] = {POSTING_PLACE, POSTING_TITLE, POSTING_TEXT,
                                               POSTING_EMPLOYER};
    struct finding_places finding = {.gazetteer = gazetteer, .input = input};
    finding.found = arena_calloc(input->arena, PLACES_MAX, sizeof *finding.found);
    if (finding.found == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < sizeof order / sizeof order[0] && finding.count < PLACES_MAX; i++) {
        finding.field = order[i];
        finding.memory = (struct role_memory){0};
        finding.run = finding.count;
        literals_scan(gazetteer->literals, input->folded[order[i]].text, on_place, &finding);
    }
    arrivals_settle(&finding);
    *ret_places = finding.found;
    *ret_count = finding.count;
    return OK;
}
