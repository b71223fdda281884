/* literals.c - Aho-Corasick over bytes (CACM 18(6), 1975); see literals.h.
 *
 * The builder keeps a trie as child lists; literals_end() turns it into a dense table over the
 * bytes that occur at all (byte classes), so that a scan is one look-up a byte. Cost: states x
 * classes x 4 bytes; 2,000 literals of 8 bytes take about 4 MB at worst. */
#include "classifiers/literals.h"

#include <stdlib.h>
#include <string.h>

#define STATES_MAX (1u << 26)
#define NONE       UINT32_MAX

struct trie_node {
    uint32_t first_child, next_sibling, first_output;
    unsigned char byte;
};

struct output {
    uint32_t tag, len, next;
};

struct literals_builder {
    struct trie_node *nodes;
    size_t nodes_count, nodes_room;
    struct output *outputs;
    size_t outputs_count, outputs_room;
};

struct literals {
    uint32_t *next;      /* [state * classes + class] */
    uint32_t *output_of; /* first output of a state, or NONE */
    uint32_t *output_up; /* nearest suffix state with an output, or 0 */
    struct output *outputs;
    uint32_t states, classes;
    uint16_t class_of[256];
};

static void *grow(void *items, size_t *room, size_t need, size_t item_bytes)
{
    if (need <= *room)
        return items;
    size_t wanted = *room == 0 ? 256 : *room * 2;
    void *more = realloc(items, wanted * item_bytes);
    if (more != NULL)
        *room = wanted;
    return more;
}

static uint32_t node_add(struct literals_builder *builder, unsigned char byte)
{
    struct trie_node *more = grow(builder->nodes, &builder->nodes_room, builder->nodes_count + 1,
                                  sizeof *builder->nodes);
    if (more == NULL || builder->nodes_count >= STATES_MAX)
        return NONE;
    builder->nodes = more;
    builder->nodes[builder->nodes_count] = (struct trie_node){NONE, NONE, NONE, byte};
    return (uint32_t)builder->nodes_count++;
}

int literals_begin(struct literals_builder **ret_builder)
{
    struct literals_builder *builder = calloc(1, sizeof *builder);
    if (builder == NULL)
        return ERR_NOMEM;
    if (node_add(builder, 0) == NONE) {
        free(builder);
        return ERR_NOMEM;
    }
    *ret_builder = builder;
    return OK;
}

static uint32_t child_find(const struct literals_builder *builder, uint32_t node,
                           unsigned char byte)
{
    uint32_t child = builder->nodes[node].first_child;
    while (child != NONE && builder->nodes[child].byte != byte)
        child = builder->nodes[child].next_sibling;
    return child;
}

int literals_add(struct literals_builder *builder, struct slice literal, uint32_t tag)
{
    uint32_t node = 0;
    if (literal.len == 0)
        return OK;
    for (size_t i = 0; i < literal.len; i++) {
        unsigned char byte = (unsigned char)literal.at[i];
        uint32_t child = child_find(builder, node, byte);
        if (child == NONE) {
            child = node_add(builder, byte);
            if (child == NONE)
                return builder->nodes_count >= STATES_MAX ? ERR_LIMIT : ERR_NOMEM;
            builder->nodes[child].next_sibling = builder->nodes[node].first_child;
            builder->nodes[node].first_child = child;
        }
        node = child;
    }
    struct output *more = grow(builder->outputs, &builder->outputs_room, builder->outputs_count + 1,
                               sizeof *builder->outputs);
    if (more == NULL)
        return ERR_NOMEM;
    builder->outputs = more;
    builder->outputs[builder->outputs_count] =
        (struct output){tag, (uint32_t)literal.len, builder->nodes[node].first_output};
    builder->nodes[node].first_output = (uint32_t)builder->outputs_count++;
    return OK;
}

/* Class 0 is every byte that no literal has. */
static void classes_assign(const struct literals_builder *builder, struct literals *literals)
{
    literals->classes = 1;
    for (size_t i = 1; i < builder->nodes_count; i++) {
        uint16_t *class_of = &literals->class_of[builder->nodes[i].byte];
        if (*class_of == 0)
            *class_of = (uint16_t)literals->classes++;
    }
}

/* Breadth first: a state's failure state is nearer to the root and so already complete. */
static void automaton_fill(const struct literals_builder *builder, struct literals *literals,
                           uint32_t *queue, uint32_t *fail)
{
    size_t head = 0, tail = 0;
    queue[tail++] = 0;
    while (head < tail) {
        uint32_t state = queue[head++];
        uint32_t *row = &literals->next[(size_t)state * literals->classes];
        const uint32_t *fail_row = &literals->next[(size_t)fail[state] * literals->classes];
        if (state != 0)
            memcpy(row, fail_row, literals->classes * sizeof *row);
        uint32_t child = builder->nodes[state].first_child;
        for (; child != NONE; child = builder->nodes[child].next_sibling) {
            uint16_t class_of = literals->class_of[builder->nodes[child].byte];
            fail[child] = state == 0 ? 0 : fail_row[class_of];
            row[class_of] = child;
            queue[tail++] = child;
        }
        uint32_t up = fail[state];
        literals->output_of[state] = builder->nodes[state].first_output;
        literals->output_up[state] =
            state == 0 || literals->output_of[up] != NONE ? up : literals->output_up[up];
    }
}

static struct literals *automaton_make(struct literals_builder *builder)
{
    struct literals *literals = calloc(1, sizeof *literals);
    size_t states = builder->nodes_count;
    uint32_t *queue = calloc(states, sizeof *queue);
    uint32_t *fail = calloc(states, sizeof *fail);
    if (literals != NULL) {
        classes_assign(builder, literals);
        literals->states = (uint32_t)states;
        literals->next = calloc(states * literals->classes, sizeof *literals->next);
        literals->output_of = calloc(states, sizeof *literals->output_of);
        literals->output_up = calloc(states, sizeof *literals->output_up);
    }
    if (literals == NULL || queue == NULL || fail == NULL || literals->next == NULL ||
        literals->output_of == NULL || literals->output_up == NULL) {
        literals_free(literals);
        literals = NULL;
    } else {
        automaton_fill(builder, literals, queue, fail);
        literals->outputs = builder->outputs;
        builder->outputs = NULL;
    }
    free(queue);
    free(fail);
    return literals;
}

int literals_end(struct literals_builder *builder, struct literals **ret_literals)
{
    struct literals *literals = automaton_make(builder);
    free(builder->nodes);
    free(builder->outputs);
    free(builder);
    if (literals == NULL)
        return ERR_NOMEM;
    *ret_literals = literals;
    return OK;
}

void literals_free(struct literals *literals)
{
    if (literals == NULL)
        return;
    free(literals->next);
    free(literals->output_of);
    free(literals->output_up);
    free(literals->outputs);
    free(literals);
}

static bool report(const struct literals *literals, uint32_t state, size_t end,
                   literals_hit_fn *hit, void *ctx)
{
    for (; state != 0; state = literals->output_up[state]) {
        uint32_t at = literals->output_of[state];
        for (; at != NONE; at = literals->outputs[at].next)
            if (!hit(literals->outputs[at].tag, end - literals->outputs[at].len, end, ctx))
                return false;
    }
    return true;
}

void literals_scan(const struct literals *literals, struct slice text, literals_hit_fn *hit,
                   void *ctx)
{
    const uint32_t classes = literals->classes;
    uint32_t state = 0;
    for (size_t i = 0; i < text.len; i++) {
        state =
            literals->next[(size_t)state * classes + literals->class_of[(unsigned char)text.at[i]]];
        if (literals->output_of[state] == NONE && literals->output_up[state] == 0)
            continue;
        if (!report(literals, state, i + 1, hit, ctx))
            return;
    }
}
