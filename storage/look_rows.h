/* storage/look_rows.h - how kept pictures look (common/look.h), and which families of like pictures
 * there are. A look stays when retention takes the picture: it is a feature, no picture can be made
 * of it. Errors: those of store.h. */
#ifndef LUREWATCH_LOOK_ROWS_H
#define LUREWATCH_LOOK_ROWS_H

#include "common/digest.h"
#include "common/look.h"
#include "storage/store.h"

/* The picture of this digest looks so. Before its cases are told of it. Safe to repeat. */
MUST_USE int look_put(struct store *store, const struct digest *image, const struct look *look);

struct image_row {
    int64_t id;
    bool has_look;
    struct look look;
    int64_t edge_id; /* campaign edge of the family it looks like; 0: none yet */
};
/* The case shows the picture. Safe to repeat. */
MUST_USE int image_show(struct store *store, int64_t case_id, const struct digest *image,
                        struct image_row *ret_row);

/* The family whose first picture is nearest, LOOK_LIKE_BITS or nearer; edge_id 0: none. */
struct look_place {
    int64_t edge_id;
    unsigned full; /* bits of bands that take no more */
};
MUST_USE int look_find(struct store *store, const struct look *look, struct look_place *ret_place);
/* The picture is of that family; is_first: it is what others are compared with. */
MUST_USE int look_join(struct store *store, const struct image_row *image,
                       const struct look_place *place, bool is_first);

/* Another case that shows a picture of this one. */
struct picture_like {
    int64_t case_id;
    int bits; /* that differ, the fewest; -1: the very bytes */
};
#define PICTURE_LIKES_MAX 100u
/* At most PICTURE_LIKES_MAX, by number of the case. */
MUST_USE int pictures_like(struct store *store, struct arena *arena, int64_t case_id,
                           struct picture_like **ret_likes, size_t *ret_count);

/* A picture that the case showed. */
struct case_look {
    struct digest image;
    struct look look;
    bool has_look;
    bool joins_nobody; /* too many unlike ads show it, or what looks like it (campaigns.h) */
};
/* Of what was fetched and what was sent in. At most STORE_PAGE_MAX. */
MUST_USE int looks_of_case(struct store *store, struct arena *arena, int64_t case_id,
                           struct case_look **ret_looks, size_t *ret_count);

#endif
