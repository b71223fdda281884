/* app/forget_notes.h - what people wrote about a contact, when a person asks to be forgotten. The trail
 * they wrote it into is chained, so it stays as it is, and is told. */
#ifndef LUREWATCH_FORGET_NOTES_H
#define LUREWATCH_FORGET_NOTES_H

#include "common/arena.h"
#include "storage/audit.h"

struct forget_note {
    const char *object, *who; /* "case" */
    int64_t object_id, at_unix_ms;
};
struct forget_notes {
    struct forget_note *list;
    size_t count;
};

/* Does a note name the contact, as typed: its letters in either case, a number by its last digits? */
bool forget_note_names(struct slice note, struct slice contact);
/* Every row of the trail whose words name it, oldest first; the note beside a case's decision, a copy of
 * them, is taken out. Errors: those of store.h. */
MUST_USE int forget_notes(struct store *store, struct arena *arena, const char *contact,
                          struct forget_notes *ret_notes);

#endif
