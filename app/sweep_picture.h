/* app/sweep_picture.h - pictures of flagged ads, for sweep*.c alone.
 *
 * A picture goes the way of a page: a pending URL, the gate of its host, robots.txt, the address
 * policy, a turn of the source's budget, a row of the fetches. Its first bytes must be those of a
 * picture, then it is evidence. A worker sees how it looks (common/look.h): what it dies of costs the
 * look alone. What a source's file does not name it has no permission for, so pictures on other hosts
 * are noted and left where they are. */
#ifndef LUREWATCH_SWEEP_PICTURE_H
#define LUREWATCH_SWEEP_PICTURE_H

#include "app/sweep_parts.h"

/* Which pictures the flagged ads of the page name. */
void pictures_find(struct page *page);
/* On the store's thread, after the ad was put: its case shows them. */
MUST_USE int pictures_add(struct page *page, struct keeper *keeper, struct page_ad *ad);
/* Lanes of those that wait; notes the others. */
void pictures_follow(struct page *page);
/* Where the page's URL is marked as a picture, it is asked for as one. */
void picture_begin(struct page *page);
/* Its bytes are there: page->picture is their type, and a worker is asked for the look. Ends with
 * page_finish() or page_drop(). */
void picture_take(struct page *page);
/* A picture from before keep_pictures was set to 0. */
bool picture_unwanted(const struct sweep *sweep, const char *url);

#endif
