/* literals.c - many byte strings found in one pass, by their first bytes; see literals.h.
 *
 * Literals hang by their heads: the first four bytes, or all of a shorter one. At each byte of the
 * text a table by two bytes says how long the heads are that may begin so, and a bit whether any
 * does; only then a hash table is asked. From a head on the literals are a tree whose edges are
 * strings, so that what follows is compared once for all literals that begin alike. An Aho-Corasick
 * automaton does it in one look-up a byte, but its table is tens of megabytes for the words of a
 * bank in many scripts, and misses the cache at each step; what is looked at here stays small.
 * Literals that only begin words are not looked for within words, which is most of a text.
 * Cost: about 1 ns a byte of text and 5 ns a head that begins there, whatever the count of
 * literals; 60 bytes a literal. */
#include "classifiers/literals.h"

#include <stdlib.h>
#include <string.h>

#define LITERALS_MAX   (1u << 24)
#define TEXT_BYTES_MAX (1u << 30)
#define HEAD_MAX       4u
#define PAIRS          65536u
#define BITS_MIN       65536u
#define BITS_MAX       (1u << 22)

struct entry {
    uint32_t text_at, len, tag;
    uint32_t bounds;
};

struct literals_builder {
    char *text;
    size_t text_len, text_room;
    struct entry *entries;
    size_t count, room;
};

/* A head, or a string behind another node; what ends there, and what may follow. */
struct node {
    uint32_t label_at, label_len; /* in literals->text; 0 bytes at a head */
    uint32_t kids, kids_count;    /* nodes next to each other, by first byte */
    uint32_t kids_mask;           /* a bit for each first byte, by its last five bits */
    uint32_t ends, ends_count;    /* literals that end here: entries next to each other */
};

struct slot {
    uint32_t key, node; /* node counts from 1; 0: free */
};

struct table { /* of one head length */
    struct slot *slots;
    uint64_t *bits;
    uint32_t mask, shift; /* shift: from a hash to a bit */
};

struct literals {
    char *text;
    struct entry *entries;
    size_t count;
    struct node *nodes;
    unsigned char *firsts; /* the first byte of each node's label */
    size_t nodes_count;
    struct table of[HEAD_MAX + 1];
    /* by two bytes: bit n-1, a head of n bytes may begin so; bit n+3: only where a word begins */
    unsigned char pairs[PAIRS];
};

/* ---- building ---- */

/* items with room for `need`; NULL: no memory, and items stay as they are. */
static void *grown(void *items, size_t *room, size_t need, size_t item_bytes)
{
    if (need <= *room)
        return items;
    size_t wanted = *room * 2 > need ? *room * 2 : need + 256;
    void *more = realloc(items, wanted * item_bytes);
    if (more != NULL)
        *room = wanted;
    return more;
}

int literals_begin(struct literals_builder **ret_builder)
{
    struct literals_builder *builder = calloc(1, sizeof *builder);
    if (builder == NULL)
        return ERR_NOMEM;
    *ret_builder = builder;
    return OK;
}

int literals_add_bounded(struct literals_builder *builder, struct slice literal, unsigned bounds,
                         uint32_t tag)
{
    if (literal.len == 0)
        return OK;
    if (builder->count >= LITERALS_MAX || literal.len > TEXT_BYTES_MAX - builder->text_len)
        return ERR_LIMIT;
    size_t text_need = builder->text_len + literal.len;
    char *text = grown(builder->text, &builder->text_room, text_need, 1);
    if (text == NULL)
        return ERR_NOMEM;
    builder->text = text;
    struct entry *entries =
        grown(builder->entries, &builder->room, builder->count + 1, sizeof *entries);
    if (entries == NULL)
        return ERR_NOMEM;
    builder->entries = entries;
    memcpy(builder->text + builder->text_len, literal.at, literal.len);
    builder->entries[builder->count++] =
        (struct entry){(uint32_t)builder->text_len, (uint32_t)literal.len, tag, bounds};
    builder->text_len += literal.len;
    return OK;
}

int literals_add(struct literals_builder *builder, struct slice literal, uint32_t tag)
{
    return literals_add_bounded(builder, literal, 0, tag);
}

static uint32_t head_of(const char *at, uint32_t len)
{
    uint32_t key = 0;
    memcpy(&key, at, len);
    return key;
}

static uint32_t head_len(const struct entry *entry)
{
    return entry->len < HEAD_MAX ? entry->len : HEAD_MAX;
}

static int by_text(const void *a, const void *b, void *ctx)
{
    const struct entry *left = a, *right = b;
    const char *text = ctx;
    uint32_t left_len = head_len(left), right_len = head_len(right);
    if (left_len != right_len)
        return left_len < right_len ? -1 : 1;
    uint32_t both = left->len < right->len ? left->len : right->len;
    int order = memcmp(text + left->text_at, text + right->text_at, both);
    if (order != 0)
        return order;
    if (left->len != right->len)
        return left->len < right->len ? -1 : 1;
    return left->tag < right->tag ? -1 : left->tag > right->tag;
}

static uint32_t hash_of(uint32_t key)
{
    return key * 2654435761u;
}

static struct slot *slot_find(const struct table *table, uint32_t key)
{
    uint32_t at = (key * 2246822519u) >> 8;
    for (;; at++) {
        struct slot *slot = &table->slots[at & table->mask];
        if (slot->node == 0 || slot->key == key)
            return slot;
    }
}

static bool bit_of(const struct table *table, uint32_t key)
{
    uint32_t bit = hash_of(key) >> table->shift;
    return (table->bits[bit / 64] >> (bit % 64) & 1) != 0;
}

static bool table_make(struct table *table, size_t entries)
{
    size_t slots = 16, bits = BITS_MIN;
    uint32_t shift = 16;
    while (slots < 2 * entries)
        slots *= 2;
    for (; bits < 16 * entries && bits < BITS_MAX; bits *= 2)
        shift--;
    table->slots = calloc(slots, sizeof *table->slots);
    table->bits = calloc(bits / 64, sizeof *table->bits);
    table->mask = (uint32_t)slots - 1;
    table->shift = shift;
    return table->slots != NULL && table->bits != NULL;
}

/* Which two bytes begin the literal, and may it begin anywhere? */
static void pair_note(struct literals *literals, const struct entry *entry)
{
    const unsigned char *text = (const unsigned char *)literals->text + entry->text_at;
    unsigned bit = head_len(entry) - 1 + ((entry->bounds & LITERAL_WORD_HEAD) != 0 ? 4 : 0);
    if (entry->len > 1)
        literals->pairs[text[0] * 256u + text[1]] |= (unsigned char)(1u << bit);
    for (unsigned second = 0; entry->len == 1 && second < 256; second++)
        literals->pairs[text[0] * 256u + second] |= (unsigned char)(1u << bit);
}

/* The node of entries [from,to), which are alike in their first `depth` bytes: what ends there. The
 * others, behind it, are the kids' to be. Returns their first. */
static size_t node_open(struct literals *literals, size_t number, size_t from, size_t depth)
{
    struct node *node = &literals->nodes[number];
    size_t to = from;
    while (to < literals->count && literals->entries[to].len == depth &&
           memcmp(literals->text + literals->entries[to].text_at,
                  literals->text + literals->entries[from].text_at, depth) == 0)
        to++;
    node->ends = (uint32_t)from;
    node->ends_count = (uint32_t)(to - from);
    return to;
}

/* What waits to be opened: entries [from,to) alike in `depth` bytes. */
struct span {
    uint32_t from, to, depth;
};

static void kid_add(struct literals *literals, struct span *spans, size_t parent, struct span kid)
{
    const struct entry *first = &literals->entries[kid.from],
                       *last = &literals->entries[kid.to - 1];
    const char *a = literals->text + first->text_at, *b = literals->text + last->text_at;
    uint32_t depth = kid.depth + 1, most = first->len < last->len ? first->len : last->len;
    struct node *node = &literals->nodes[parent];
    unsigned char byte = (unsigned char)a[kid.depth];
    while (depth < most && a[depth] == b[depth])
        depth++;
    node->kids_mask |= 1u << (byte & 31);
    node->kids_count++;
    literals->firsts[literals->nodes_count] = byte;
    literals->nodes[literals->nodes_count] =
        (struct node){.label_at = first->text_at + kid.depth, .label_len = depth - kid.depth};
    spans[literals->nodes_count++] = (struct span){kid.from, kid.to, depth};
}

/* Opens a node: notes what ends there, and hangs the others under it by their next byte. */
static void node_fill(struct literals *literals, struct span *spans, size_t number)
{
    const struct span span = spans[number];
    size_t from = node_open(literals, number, span.from, span.depth);
    literals->nodes[number].kids = (uint32_t)literals->nodes_count;
    while (from < span.to) {
        size_t to = from;
        char byte = literals->text[literals->entries[from].text_at + span.depth];
        while (to < span.to && literals->text[literals->entries[to].text_at + span.depth] == byte)
            to++;
        kid_add(literals, spans, number, (struct span){(uint32_t)from, (uint32_t)to, span.depth});
        from = to;
    }
}

/* A node for each head of len bytes among entries [from,to). */
static bool heads_make(struct literals *literals, struct span *spans, size_t from, size_t to)
{
    uint32_t len = from < to ? head_len(&literals->entries[from]) : 0;
    struct table *table = &literals->of[len];
    if (from == to)
        return true;
    if (!table_make(table, to - from))
        return false;
    for (size_t i = from; i < to; i++) {
        uint32_t key = head_of(literals->text + literals->entries[i].text_at, len);
        uint32_t bit = hash_of(key) >> table->shift;
        struct slot *slot = slot_find(table, key);
        pair_note(literals, &literals->entries[i]);
        if (slot->node == 0) {
            spans[literals->nodes_count] = (struct span){(uint32_t)i, (uint32_t)i, len};
            *slot = (struct slot){key, (uint32_t)++literals->nodes_count};
            table->bits[bit / 64] |= UINT64_C(1) << (bit % 64);
        }
        spans[slot->node - 1].to = (uint32_t)i + 1;
    }
    return true;
}

static int tree_make(struct literals *literals)
{
    size_t room = 3 * literals->count + 1;
    struct span *spans = calloc(room, sizeof *spans);
    literals->nodes = calloc(room, sizeof *literals->nodes);
    literals->firsts = calloc(room, 1);
    bool made = spans != NULL && literals->nodes != NULL && literals->firsts != NULL;
    for (size_t from = 0, to = 0; made && from < literals->count; from = to) {
        uint32_t len = head_len(&literals->entries[from]);
        while (to < literals->count && head_len(&literals->entries[to]) == len)
            to++;
        made = heads_make(literals, spans, from, to);
    }
    for (size_t i = 0; made && i < literals->nodes_count; i++) /* grows as it goes */
        node_fill(literals, spans, i);
    free(spans);
    return made ? OK : ERR_NOMEM;
}

int literals_end(struct literals_builder *builder, struct literals **ret_literals)
{
    struct literals *literals = calloc(1, sizeof *literals);
    int rc = literals == NULL ? ERR_NOMEM : OK;
    if (rc == OK) {
        literals->text = builder->text;
        literals->entries = builder->entries;
        literals->count = builder->count;
        builder->text = NULL;
        builder->entries = NULL;
        if (literals->count > 0)
            qsort_r(literals->entries, literals->count, sizeof *literals->entries, by_text,
                    literals->text);
        rc = tree_make(literals);
    }
    free(builder->text);
    free(builder->entries);
    free(builder);
    if (rc != OK) {
        literals_free(literals);
        return rc;
    }
    *ret_literals = literals;
    return OK;
}

void literals_free(struct literals *literals)
{
    if (literals == NULL)
        return;
    for (uint32_t len = 1; len <= HEAD_MAX; len++) {
        free(literals->of[len].slots);
        free(literals->of[len].bits);
    }
    free(literals->nodes);
    free(literals->firsts);
    free(literals->text);
    free(literals->entries);
    free(literals);
}

/* ---- scanning ---- */

struct looking {
    const struct literals *literals;
    struct slice text;
    size_t at;
    bool within; /* a letter stands before `at` */
    literals_hit_fn *hit;
    void *ctx;
};

/* All that ends at the node, whose strings end before text[end]. */
static bool report(const struct looking *looking, const struct node *node, size_t end)
{
    bool goes_on = end < looking->text.len && ascii_is_letter(looking->text.at[end]);
    unsigned broken =
        (looking->within ? LITERAL_WORD_HEAD : 0u) | (goes_on ? LITERAL_WORD_TAIL : 0u);
    const struct entry *entry = &looking->literals->entries[node->ends];
    for (uint32_t i = 0; i < node->ends_count; i++)
        if ((entry[i].bounds & broken) == 0 &&
            !looking->hit(entry[i].tag, looking->at, end, looking->ctx))
            return false;
    return true;
}

/* The kid whose label stands at text[from]; NULL: none does. */
static const struct node *follow(const struct literals *literals, const struct node *node,
                                 struct slice text, size_t from)
{
    if (from >= text.len || (node->kids_mask >> (text.at[from] & 31) & 1) == 0)
        return NULL;
    const unsigned char *firsts = literals->firsts + node->kids;
    const unsigned char *first = memchr(firsts, text.at[from], node->kids_count);
    if (first == NULL)
        return NULL;
    const struct node *kid = &literals->nodes[node->kids + (size_t)(first - firsts)];
    bool stands = kid->label_len <= text.len - from &&
                  memcmp(literals->text + kid->label_at, text.at + from, kid->label_len) == 0;
    return stands ? kid : NULL;
}

static bool walk(const struct looking *looking, uint32_t number, size_t from)
{
    const struct node *node = &looking->literals->nodes[number];
    while (node != NULL) {
        if (node->ends_count > 0 && !report(looking, node, from))
            return false;
        node = follow(looking->literals, node, looking->text, from);
        from += node != NULL ? node->label_len : 0;
    }
    return true;
}

/* lengths: of the heads that may begin at looking->at, a bit each. */
static bool look(const struct looking *looking, unsigned lengths)
{
    static const uint32_t masks[HEAD_MAX + 1] = {0, 0xff, 0xffff, 0xffffff, 0xffffffff};
    size_t left = looking->text.len - looking->at;
    uint32_t most = left < HEAD_MAX ? (uint32_t)left : HEAD_MAX, head = 0;
    if (most == HEAD_MAX)
        memcpy(&head, looking->text.at + looking->at, HEAD_MAX);
    else
        memcpy(&head, looking->text.at + looking->at, most);
    for (uint32_t len = 1; len <= most; len++) {
        const struct table *table = &looking->literals->of[len];
        uint32_t key = head & masks[len];
        if ((lengths >> (len - 1) & 1) == 0 || !bit_of(table, key))
            continue;
        const struct slot *slot = slot_find(table, key);
        if (slot->node != 0 && !walk(looking, slot->node - 1, looking->at + len))
            return false;
    }
    return true;
}

void literals_scan(const struct literals *literals, struct slice text, literals_hit_fn *hit,
                   void *ctx)
{
    struct looking looking = {.literals = literals, .text = text, .hit = hit, .ctx = ctx};
    const unsigned char *bytes = (const unsigned char *)text.at;
    for (size_t at = 0; at < text.len; at++) {
        unsigned second = at + 1 < text.len ? bytes[at + 1] : 0;
        unsigned lengths = literals->pairs[bytes[at] * 256u + second];
        if (lengths == 0)
            continue;
        looking.within = at > 0 && ascii_is_letter(text.at[at - 1]);
        lengths = (lengths | (looking.within ? 0 : lengths >> 4)) & 0xF;
        looking.at = at;
        if (lengths != 0 && !look(&looking, lengths))
            return;
    }
}
