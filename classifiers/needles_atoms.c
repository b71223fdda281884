/* needles_atoms.c - escapes and classes of a pattern; see needles.h. What is few characters becomes that
 * many words; what is not read makes the reader lost. */
#include "classifiers/needles_inside.h"

#include <string.h>

#define CLASS_MAX 16u /* letters of a class that become words */

static struct part part_digits(struct reader *reader)
{
    static const char digits[] = "0123456789";
    struct part part = {.few = true, .most = 1, .words = needles_words_room(reader, 10)};
    for (size_t i = 0; part.words.list != NULL && i < 10; i++)
        part.words.list[part.words.count++] = slice_make(digits + i, 1);
    return part;
}

/* "x7e" as its one ASCII byte; at NULL: not so, and nothing is taken. */
static struct slice take_hex(struct reader *reader)
{
    struct slice hex = slice_sub(reader->text, reader->at, 3), none = {NULL, 0};
    int high = hex.len == 3 && hex.at[0] == 'x' ? hex_value(hex.at[1]) : -1;
    int low = high >= 0 ? hex_value(hex.at[2]) : -1;
    if (high > 7 || low < 0)
        return none;
    char *byte = arena_alloc(reader->arena, 1);
    if (byte == NULL) {
        reader->no_memory = true;
        return none;
    }
    *byte = (char)(high * 16 + low);
    reader->lost = reader->lost || *byte == '\x01' || *byte == '\x02'; /* our marks */
    reader->at += 3;
    return slice_make(byte, 1);
}

/* "n" as its line end; at NULL: no control character. */
static struct slice take_control(struct reader *reader)
{
    static const char kinds[] = "nrtf", bytes[] = "\n\r\t\f";
    const char *kind = strchr(kinds, needles_peek(reader));
    if (kind == NULL)
        return (struct slice){NULL, 0};
    reader->at++;
    return slice_make(bytes + (kind - kinds), 1);
}

/* Escapes that are no character. False: kind is none of them. */
static bool escape_class(struct reader *reader, char kind, struct part *ret_part)
{
    if (strchr("bBAzZG", kind) != NULL) {
        *ret_part = needles_part_empty(reader);
    } else if (kind == 'd') { /* folded text has no digits but these */
        *ret_part = part_digits(reader);
    } else if (strchr("wWsSDhHvVNRX", kind) != NULL) {
        bool one = kind != 'X' && kind != 'R';
        *ret_part = needles_part_unknown(one ? CHAR_BYTES : NEEDLE_BACK_NONE);
        ret_part->head_apart = ret_part->tail_apart = kind == 'W' || kind == 's';
    } else if (kind == 'p' || kind == 'P') {
        if (reader->at + 1 < reader->text.len && reader->text.at[reader->at + 1] == '{')
            needles_skip_past(reader, '}');
        else
            reader->at += 2;
        *ret_part = needles_part_unknown(CHAR_BYTES);
        return true;
    } else {
        return false;
    }
    reader->at++;
    return true;
}

/* Behind a "\": a class, a place, or a character that stands for itself. */
struct part needles_read_escape(struct reader *reader)
{
    char kind = needles_peek(reader), small = (char)(kind | 0x20);
    struct part part;
    if (kind == '\0')
        return needles_part_empty(reader);
    if (escape_class(reader, kind, &part))
        return part;
    struct slice byte = take_hex(reader);
    if (byte.at == NULL)
        byte = take_control(reader);
    if (byte.at != NULL)
        return needles_part_word(reader, byte);
    if ((small >= 'a' && small <= 'z') || (kind >= '0' && kind <= '9')) {
        reader->lost = true; /* \o{101}, \1, \Q, \K …: not read */
        reader->at++;
        return needles_part_unknown(NEEDLE_BACK_NONE);
    }
    return needles_part_word(reader, needles_take_char(reader));
}

/* Past the member at reader; true: one plain character, in *ret_char. */
static bool read_member(struct reader *reader, struct slice *ret_char)
{
    if (needles_looking_at(reader, "[:") || needles_looking_at(reader, "[.") ||
        needles_looking_at(reader, "[=")) {
        reader->lost = true;
        reader->at = reader->text.len;
        return false;
    }
    if (needles_peek(reader) == '\\') {
        reader->at++;
        struct part part = needles_read_escape(reader);
        if (part.few && part.words.count == 1 && part.words.list[0].len > 0)
            *ret_char = part.words.list[0];
        return part.few && part.words.count == 1 && part.words.list[0].len > 0;
    }
    *ret_char = needles_take_char(reader);
    return true;
}

/* The letters from first to last, if they are few and ASCII; else the class is not few any more. */
static void add_range(struct reader *reader, struct part *part, struct slice first,
                      struct slice last)
{
    bool ascii = first.len == 1 && last.len == 1 && (unsigned char)last.at[0] < 0x80;
    size_t count = ascii && last.at[0] >= first.at[0] ? (size_t)(last.at[0] - first.at[0]) + 1 : 0;
    if (!part->few || count == 0 || part->words.count + count > CLASS_MAX) {
        part->few = false;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        char *letter = arena_alloc(reader->arena, 1);
        if (letter == NULL) {
            reader->no_memory = true;
            return;
        }
        *letter = (char)(first.at[0] + (char)i);
        reader->lost = reader->lost || *letter == '\x01' || *letter == '\x02';
        part->words.list[part->words.count++] = slice_make(letter, 1);
    }
}

/* A member or a range, added while the class is few. */
static void class_add(struct reader *reader, struct part *part)
{
    struct slice letter = SLICE_EMPTY, last = SLICE_EMPTY;
    bool plain = read_member(reader, &letter);
    bool range = needles_peek(reader) == '-' && reader->at + 1 < reader->text.len &&
                 reader->text.at[reader->at + 1] != ']';
    if (range) {
        reader->at++;
        plain = read_member(reader, &last) && plain;
    }
    if (!plain || (!range && part->words.count == CLASS_MAX))
        part->few = false;
    else if (range)
        add_range(reader, part, letter, last);
    else if (part->few)
        part->words.list[part->words.count++] = letter;
}

struct part needles_read_class(struct reader *reader)
{
    struct part part = {
        .few = true, .most = CHAR_BYTES, .words = needles_words_room(reader, CLASS_MAX)};
    bool negated = needles_peek(reader) == '^', first = true;
    bool apart = needles_looking_at(reader, "^\\p{L}") || needles_looking_at(reader, "^\\w");
    reader->at += negated ? 1 : 0;
    part.few = part.words.list != NULL;
    for (; !needles_at_end(reader) && (needles_peek(reader) != ']' || first); first = false)
        class_add(reader, &part);
    reader->at++;
    if (part.few && !negated && part.words.count > 0)
        return part;
    part = needles_part_unknown(CHAR_BYTES);
    part.head_apart = part.tail_apart = apart;
    return part;
}
