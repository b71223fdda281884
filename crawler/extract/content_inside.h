/* crawler/extract/content_inside.h - what the steps of content.c share; for content*.c only. */
#ifndef LUREWATCH_CONTENT_INSIDE_H
#define LUREWATCH_CONTENT_INSIDE_H

#include "crawler/extract/content.h"
#include "crawler/extract/content_marks.h"

/* What stands in a subtree, without what was dropped of it. */
struct node_stat {
    uint32_t text;    /* characters, runs of white space count one, wide ones two */
    uint32_t linked;  /* of it within links */
    uint32_t heading; /* of it within headings */
    uint32_t listed;  /* of it within lists */
    uint32_t commas;
    uint32_t paragraphs, images, items, inputs, embeds;
};

struct content_work {
    struct arena *arena;
    const struct html_tree *tree;
    const struct html_facts *facts;
    struct node_stat *stats;
    uint8_t *drop;
    uint16_t *marks; /* of class and id together */
    int8_t *weight;  /* -50 … 50 by class and id */
    bool *link;      /* an <a> that leads somewhere else */
    float *score;    /* NAN: no candidate */
    bool *taken;     /* siblings that belong to the main text; children of root */
    uint32_t root;
    bool strip_unlikely, weigh_classes, clean;
    bool is_ad;
    bool has_main; /* the page says where its content is: <main> */
};

/* content_stat.c */
MUST_USE int content_work_init(struct arena *arena, const struct html_tree *tree,
                               const struct html_facts *facts, struct content_work *ret_work);
/* Clears drops and counts again, without the hidden and the never shown. */
void content_work_reset(struct content_work *work);
/* Leaves the subtree out, and its counts of all that is around it. */
void content_drop(struct content_work *work, uint32_t node);
/* Counts the subtree afresh, whatever was dropped of it. */
struct node_stat content_measure(const struct content_work *work, uint32_t node);
double content_link_density(const struct content_work *work, uint32_t node);
bool content_is_element(const struct content_work *work, uint32_t node, enum html_tag tag);
/* The child behind `child` within parent's subtree; parent's end when there is none. First child:
 * parent + 1, when that is below the end. */
uint32_t content_next(const struct content_work *work, uint32_t child);

/* content_score.c: drops what is unlikely (frames, bylines, the title again). */
void content_drop_unlikely(struct content_work *work);
/* Drops what is unlikely, scores, chooses work->root. */
void content_choose(struct content_work *work);
/* content_clean.c: drops within work->root what is no part of the text. */
void content_clean(struct content_work *work);

/* content_related.c: "Similar jobs" and what stands under it. */
void content_drop_related(struct content_work *work);

#endif
