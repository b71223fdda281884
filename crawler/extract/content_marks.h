/* crawler/extract/content_marks.h - what the class, id and role of an element say of its content. */
#ifndef LUREWATCH_CONTENT_MARKS_H
#define LUREWATCH_CONTENT_MARKS_H

#include "common/text.h"

enum content_mark {
    MARK_UNLIKELY = 1 << 0, /* comment, sidebar, menu, … */
    MARK_MAYBE = 1 << 1,    /* article, main, … : not dropped for an unlikely word */
    MARK_POSITIVE = 1 << 2,
    MARK_NEGATIVE = 1 << 3,
    MARK_SHARE = 1 << 4,
    MARK_BYLINE = 1 << 5,
    MARK_NEVER = 1 << 6,  /* cookie notice, similar ads, newsletter: whatever else it is called */
    MARK_LEAD = 1 << 7,   /* a text's first paragraph, set apart: intro, lead, standfirst */
    MARK_CAPTION = 1 << 8 /* says what a picture shows and who took it */
};

/* A union of enum content_mark for a class or id attribute. One pass. */
unsigned content_marks(struct slice names);
/* Roles that hold no main text: navigation, dialog, … */
bool content_role_is_chrome(struct slice role);

#endif
