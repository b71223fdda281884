/* crawler/extract/page_type.h - what kind of page this is: job, list, article, over, empty, shell.
 */
#ifndef LUREWATCH_PAGE_TYPE_H
#define LUREWATCH_PAGE_TYPE_H

#include "crawler/extract/html_facts.h"
#include "crawler/extract/page.h"
#include "crawler/extract/state_data.h"

struct page_signs {
    const struct html_facts *facts;
    const struct things *things;
    const struct page_input *input;
    struct slice source;               /* the page as decoded, scripts and all */
    const struct state_posting *state; /* of a script's data; NULL: none was looked for */
    struct slice title, text;          /* of the main content; may be empty */
    size_t posting_links;              /* that look like a list */
    size_t jobs_found;                 /* JobPosting things */
    uint32_t linked_percent;           /* of the main text */
    bool has_picture;                  /* in the main content */
};

/* Is the page an empty frame that a script fills? */
bool page_is_shell(const struct html_facts *facts);
/* Also says why, in *ret_note (static or in arena). */
enum page_type page_type_of(struct arena *arena, const struct page_signs *signs,
                            struct slice *ret_note);
/* Do title and text use enough words of job ads? */
bool page_speaks_of_job(struct slice title, struct slice text);

#endif
