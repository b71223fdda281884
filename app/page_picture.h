/* app/page_picture.h - a dossier's picture of the page: what the evidence holds, drawn by a browser that
 * has no network (crawler/renderer.h). It is for the eye; the evidence is the proof.
 *
 * One camera keeps its browser warm for many cases. Not for two threads at a time. */
#ifndef LUREWATCH_PAGE_PICTURE_H
#define LUREWATCH_PAGE_PICTURE_H

#include "app/settings.h"
#include "review/dossier.h"

struct camera;

#define PICTURE_WIDTH_PX   1280u
#define PICTURE_HEIGHT_MAX 8000u
#define PICTURE_BYTES_MAX  (8u << 20)
#define PICTURE_MS_MAX     20000u /* for one page; render_timeout where that is shorter */

/* Starts nothing yet. Borrows settings. *ret_camera NULL: no memory, dossiers go without. End it with
 * camera_free(). */
void camera_create(const struct settings *settings, struct camera **ret_camera);
void camera_free(struct camera *camera); /* NULL is allowed */
/* Draws the page of the record's group; waits for the browser, at most PICTURE_MS_MAX and 5 s. Never
 * fails: without a picture, why_not is told. What is given lives until the next call. */
void camera_take(struct camera *camera, struct store *store, const char *record_id,
                 struct dossier_picture *ret_picture);

#endif
