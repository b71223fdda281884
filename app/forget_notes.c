/* forget_notes.c - see forget_notes.h. Cost: one pass over the trail. */
#include "app/forget_notes.h"

#include "storage/purge.h"

#include <string.h>

#define NAME_BYTES_MIN  4u
#define DIGITS_MIN      7u /* a number's */
#define DIGITS_COMPARED 8u /* its last: with its country or without */
#define PAGE_BYTES      (16u << 20)

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* The last digits of text from its end; how many there are. */
static size_t last_digits(struct slice text, char at[DIGITS_COMPARED])
{
    size_t count = 0;
    for (size_t i = text.len; i > 0 && count < DIGITS_COMPARED; i--)
        if (is_digit(text.at[i - 1]))
            at[count++] = text.at[i - 1];
    return count;
}

/* A number of a note may have blanks, dots, brackets and hyphens in it. */
static bool has_number(struct slice note, const char *last, size_t count)
{
    for (size_t end = note.len; end > 0; end--) {
        size_t found = 0;
        if (!is_digit(note.at[end - 1]) || (end < note.len && is_digit(note.at[end])))
            continue;
        for (size_t i = end; i > 0 && found < count; i--) {
            char byte = note.at[i - 1];
            if (is_digit(byte) ? byte != last[found] : memchr(" .-()/+", byte, 7) == NULL)
                break;
            found += is_digit(byte) ? 1 : 0;
        }
        if (found == count)
            return true;
    }
    return false;
}

/* "NAME" of "telegram @NAME", "https://t.me/NAME/": the last word. */
static struct slice bare_name(struct slice contact)
{
    struct slice text = slice_trim(contact);
    while (text.len > 0 && text.at[text.len - 1] == '/')
        text.len--;
    for (size_t i = text.len; i > 0; i--)
        if (memchr(" \t/", text.at[i - 1], 3) != NULL)
            return slice_from(text, i);
    return slice_from(text, slice_starts(text, "@") ? 1 : 0);
}

bool forget_note_names(struct slice note, struct slice contact)
{
    char last[DIGITS_COMPARED];
    size_t digits = last_digits(contact, last), others = 0;
    for (size_t i = 0; i < contact.len; i++)
        others += memchr("0123456789 .-()/+", contact.at[i], 17) == NULL ? 1 : 0;
    if (others == 0 && digits >= DIGITS_MIN)
        return has_number(note, last, digits);
    struct slice name = bare_name(contact);
    name = slice_from(name, slice_starts(name, "@") ? 1 : 0);
    return name.len >= NAME_BYTES_MIN && slice_find_nocase(note, name) != SIZE_MAX;
}

/* The list doubles: its room is the next power of two. */
static int keep(struct arena *arena, const struct audit_entry *entry, struct forget_notes *notes)
{
    const char *object = arena_copy(arena, entry->object, strlen(entry->object));
    const char *who = arena_copy(arena, entry->who, strlen(entry->who));
    if ((notes->count & (notes->count - 1)) == 0) {
        struct forget_note *list = arena_calloc(arena, 2 * notes->count + 1, sizeof *list);
        if (list == NULL)
            return ERR_NOMEM;
        if (notes->count > 0)
            memcpy(list, notes->list, notes->count * sizeof *list);
        notes->list = list;
    }
    if (object == NULL || who == NULL)
        return ERR_NOMEM;
    notes->list[notes->count++] =
        (struct forget_note){object, who, entry->object_id, entry->at_unix_ms};
    return OK;
}

static int look_at(struct store *store, struct arena *arena, const struct audit_entry *entry,
                   struct slice contact, struct forget_notes *notes)
{
    if (strcmp(entry->action, "forget") == 0 || !forget_note_names(slice_of(entry->why), contact))
        return OK;
    int rc = strcmp(entry->object, "case") == 0 ? purge_case_note(store, entry->object_id) : OK;
    return rc == OK ? keep(arena, entry, notes) : rc;
}

int forget_notes(struct store *store, struct arena *arena, const char *contact,
                 struct forget_notes *ret_notes)
{
    struct audit_query query = {.object = NULL, .limit = STORE_PAGE_MAX};
    struct audit_entry *rows = NULL;
    struct arena *page = NULL;
    size_t count = STORE_PAGE_MAX;
    *ret_notes = (struct forget_notes){NULL, 0};
    int rc = arena_create(PAGE_BYTES, &page);
    while (rc == OK && count == STORE_PAGE_MAX) {
        arena_reset(page);
        rc = audit_list(store, page, &query, &rows, &count);
        for (size_t i = 0; rc == OK && i < count; i++) {
            rc = look_at(store, arena, &rows[i], slice_of(contact), ret_notes);
            query.after_id = rows[i].id;
        }
    }
    arena_free(page);
    return rc;
}
