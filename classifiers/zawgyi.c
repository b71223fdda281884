/* classifiers/zawgyi.c - Zawgyi to Unicode, syllable by syllable; see zawgyi.h.
 *
 * Two questions. Is a line Zawgyi? Some sequences are impossible in one encoding and usual in the
 * other: in Unicode a vowel sign E follows its consonant and a virama stacks one of its row, in Zawgyi E
 * comes first and the virama's code is the asat. We count such places, by line, since people quote and
 * paste; a line without any goes with the rest of the text. Shan, Mon and Karen use some of the
 * code points Zawgyi took: those alone never decide. Then each Zawgyi cluster (signs before, one
 * letter, signs after) is taken apart into slots and written in the storage order of Unicode
 * Technical Note 11. All its bytes point at the cluster's first byte, and a cluster is what a
 * reader sees as one, so a hit's quote is exact.
 *
 * Cost: text without a Myanmar letter is a memchr for their first byte. tests/unit compares the
 * result with ICU's transform Zawgyi-my (CLDR), which has no map back and takes a hundred times
 * longer. */
#include "classifiers/zawgyi.h"

#include "common/utf8.h"

#include <string.h>

#define LEAD_BYTE '\xE1' /* U+1000 … U+1FFF: Myanmar, Georgian, Khmer, Vietnamese */
#define STACK_MAX 8      /* signs of one kind in a cluster: more are a heap, not a word */
#define GROWTH    9      /* bytes more: one code becomes at most four */

enum {
    MY_KA = 0x1000,
    MY_INDEPENDENT_AU = 0x102A,
    MY_E = 0x1031,
    MY_VIRAMA = 0x1039,
    MY_ASAT = 0x103A,
    MY_MEDIAL_YA = 0x103B,
    MY_MEDIAL_RA = 0x103C,
    MY_MEDIAL_WA = 0x103D,
    MY_MEDIAL_HA = 0x103E,
    MY_GREAT_SA = 0x103F,
    MY_LITTLE_SECTION = 0x104A,
    MY_SECTION = 0x104B,
};

/* Where a sign stands in a Unicode cluster. */
enum slot {
    SLOT_KINZI,
    SLOT_LETTER,
    SLOT_STACK,
    SLOT_YA,
    SLOT_RA,
    SLOT_WA,
    SLOT_HA,
    SLOT_E,
    SLOT_UPPER, /* I, II, AI */
    SLOT_LOWER, /* U, UU */
    SLOT_AA,
    SLOT_ASAT,
    SLOT_NASAL,
    SLOT_DOT,
    SLOT_VISARGA,
    SLOT_COUNT
};

struct part {
    uint16_t code;
    uint8_t slot;
};

/* What a Zawgyi sign is made of; up to three parts, ended by code 0. */
struct sign {
    uint16_t zawgyi;
    struct part parts[3];
};

static const struct sign signs[] = {
    {0x102B, {{0x102B, SLOT_AA}}},
    {0x102C, {{0x102C, SLOT_AA}}},
    {0x102D, {{0x102D, SLOT_UPPER}}},
    {0x102E, {{0x102E, SLOT_UPPER}}},
    {0x102F, {{0x102F, SLOT_LOWER}}},
    {0x1030, {{0x1030, SLOT_LOWER}}},
    {0x1031, {{0x1031, SLOT_E}}},
    {0x1032, {{0x1032, SLOT_UPPER}}},
    {0x1033, {{0x102F, SLOT_LOWER}}},
    {0x1034, {{0x1030, SLOT_LOWER}}},
    {0x1036, {{0x1036, SLOT_NASAL}}},
    {0x1037, {{0x1037, SLOT_DOT}}},
    {0x1038, {{0x1038, SLOT_VISARGA}}},
    {0x1039, {{0x103A, SLOT_ASAT}}},
    {0x103A, {{0x103B, SLOT_YA}}},
    {0x103B, {{0x103C, SLOT_RA}}},
    {0x103C, {{0x103D, SLOT_WA}}},
    {0x103D, {{0x103E, SLOT_HA}}},
    {0x105A, {{0x102B, SLOT_AA}, {0x103A, SLOT_ASAT}}},
    {0x1060, {{0x1000, SLOT_STACK}}},
    {0x1061, {{0x1001, SLOT_STACK}}},
    {0x1062, {{0x1002, SLOT_STACK}}},
    {0x1063, {{0x1003, SLOT_STACK}}},
    {0x1064, {{0x1004, SLOT_KINZI}}},
    {0x1065, {{0x1005, SLOT_STACK}}},
    {0x1066, {{0x1006, SLOT_STACK}}},
    {0x1067, {{0x1006, SLOT_STACK}}},
    {0x1068, {{0x1007, SLOT_STACK}}},
    {0x1069, {{0x1008, SLOT_STACK}}},
    {0x106C, {{0x100B, SLOT_STACK}}},
    {0x106D, {{0x100C, SLOT_STACK}}},
    {0x1070, {{0x100F, SLOT_STACK}}},
    {0x1071, {{0x1010, SLOT_STACK}}},
    {0x1072, {{0x1010, SLOT_STACK}}},
    {0x1073, {{0x1011, SLOT_STACK}}},
    {0x1074, {{0x1011, SLOT_STACK}}},
    {0x1075, {{0x1012, SLOT_STACK}}},
    {0x1076, {{0x1013, SLOT_STACK}}},
    {0x1077, {{0x1014, SLOT_STACK}}},
    {0x1078, {{0x1015, SLOT_STACK}}},
    {0x1079, {{0x1016, SLOT_STACK}}},
    {0x107A, {{0x1017, SLOT_STACK}}},
    {0x107B, {{0x1018, SLOT_STACK}}},
    {0x107C, {{0x1019, SLOT_STACK}}},
    {0x107D, {{0x103B, SLOT_YA}}},
    {0x107E, {{0x103C, SLOT_RA}}},
    {0x107F, {{0x103C, SLOT_RA}}},
    {0x1080, {{0x103C, SLOT_RA}}},
    {0x1081, {{0x103C, SLOT_RA}}},
    {0x1082, {{0x103C, SLOT_RA}}},
    {0x1083, {{0x103C, SLOT_RA}}},
    {0x1084, {{0x103C, SLOT_RA}}},
    {0x1085, {{0x101C, SLOT_STACK}}},
    {0x1087, {{0x103E, SLOT_HA}}},
    {0x1088, {{0x103E, SLOT_HA}, {0x102F, SLOT_LOWER}}},
    {0x1089, {{0x103E, SLOT_HA}, {0x1030, SLOT_LOWER}}},
    {0x108A, {{0x103D, SLOT_WA}, {0x103E, SLOT_HA}}},
    {0x108B, {{0x1004, SLOT_KINZI}, {0x102D, SLOT_UPPER}}},
    {0x108C, {{0x1004, SLOT_KINZI}, {0x102E, SLOT_UPPER}}},
    {0x108D, {{0x1004, SLOT_KINZI}, {0x1036, SLOT_NASAL}}},
    {0x108E, {{0x102D, SLOT_UPPER}, {0x1036, SLOT_NASAL}}},
    {0x1093, {{0x1018, SLOT_STACK}}},
    {0x1094, {{0x1037, SLOT_DOT}}},
    {0x1095, {{0x1037, SLOT_DOT}}},
    {0x1096, {{0x1010, SLOT_STACK}, {0x103D, SLOT_WA}}},
};

/* Letters that Zawgyi has twice or drawn as one; the second part is stacked below. */
static const uint16_t letters[][3] = {
    {0x106A, 0x1009, 0},      {0x106B, 0x100A, 0},      {0x106E, 0x100D, 0x100D},
    {0x106F, 0x100D, 0x100E}, {0x1086, 0x103F, 0},      {0x108F, 0x1014, 0},
    {0x1090, 0x101B, 0},      {0x1091, 0x100F, 0x100D}, {0x1092, 0x100B, 0x100C},
    {0x1097, 0x100B, 0x100B},
};

static const struct sign *sign_of(uint32_t code)
{
    size_t low = 0, high = sizeof signs / sizeof signs[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (signs[middle].zawgyi == code)
            return &signs[middle];
        if (signs[middle].zawgyi < code)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static const uint16_t *letter_of(uint32_t code)
{
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
        if (letters[i][0] == code)
            return letters[i];
    return NULL;
}

static bool is_letter(uint32_t code) /* in Zawgyi: digits too, zero and seven stand for letters */
{
    return (code >= MY_KA && code <= MY_INDEPENDENT_AU) || (code >= 0x1040 && code <= 0x1049) ||
           code == 0x104E || letter_of(code) != NULL;
}

static bool is_before(uint32_t code) /* written before the letter it belongs to */
{
    return code == MY_E || code == 0x103B || (code >= 0x107E && code <= 0x1084);
}

static bool is_consonant(uint32_t code)
{
    return (code >= MY_KA && code <= 0x1021) || code == MY_GREAT_SA;
}

/* The code at *at, which moves behind it; 0 at the end. */
static uint32_t next_code(struct slice text, size_t *at)
{
    size_t used = 0;
    if (*at >= text.len)
        return 0;
    uint32_t code = utf8_decode(slice_from(text, *at), &used);
    *at += used;
    return code;
}

/* ---- which encoding ---- */

static bool has_myanmar(struct slice text)
{
    const char *at = text.at, *end = text.at + text.len;
    while ((at = memchr(at, LEAD_BYTE, (size_t)(end - at))) != NULL) {
        if (end - at > 1 && (unsigned char)at[1] >= 0x80 && (unsigned char)at[1] <= 0x82)
            return true;
        at++;
    }
    return false;
}

struct tally {
    uint32_t letters;
    uint32_t impossible; /* places that Unicode has not */
    uint32_t zawgyi;     /* these, and code points more usual in Zawgyi */
    uint32_t unicode;    /* places that Zawgyi has not, or hardly */
};

static bool is_borrowed(uint32_t code) /* not the Shan letters and signs U+1075 … U+108D */
{
    return code == 0x1033 || code == 0x1034 || code == 0x105A || code == 0x1064 || code == 0x106A ||
           code == 0x106B || (code >= 0x107E && code <= 0x1080) ||
           (code >= 0x1088 && code <= 0x1097);
}

static bool ends_syllable(uint32_t code)
{
    return code == 0 || code < 0x80 || code == 0x1038 || code == MY_LITTLE_SECTION ||
           code == MY_SECTION;
}

/* Pali stacks letters of one row only, five to a row; la and sa below themselves. */
static bool may_stack(uint32_t above, uint32_t below)
{
    static const uint16_t rows[] = {0x1000, 0x1005, 0x100B, 0x1010, 0x1015, 0x101A};
    if (above == below || above == MY_ASAT) /* asat: the kinzi */
        return is_consonant(below);
    for (size_t i = 0; i + 1 < sizeof rows / sizeof rows[0]; i++)
        if (above >= rows[i] && above < rows[i + 1])
            return below >= rows[i] && below < rows[i + 1];
    return false;
}

static bool is_vowel_sign(uint32_t code)
{
    return code >= 0x102B && code <= 0x1032;
}

static bool is_extended(uint32_t code) /* letters of Shan, Mon and Karen */
{
    return code > 0x104F && code < 0x10A0;
}

static bool carries(uint32_t code)
{
    return is_consonant(code) || (code >= MY_MEDIAL_YA && code <= MY_MEDIAL_HA);
}

/* Can code not stand between before and after in Unicode? */
static bool is_impossible(uint32_t before, uint32_t code, uint32_t after)
{
    if (is_extended(before) || (is_extended(after) && after < 0x1060))
        return false;
    switch (code) {
    case MY_E:
        return !carries(before) && before != 0x1029;
    case MY_VIRAMA:
        return !may_stack(before, after);
    case MY_ASAT:
        return is_vowel_sign(after) || after == MY_MEDIAL_RA || after == MY_MEDIAL_WA;
    case MY_MEDIAL_YA:
        return !carries(before) && before != MY_ASAT;
    case MY_MEDIAL_WA:
        return is_vowel_sign(before);
    case 0x1033: /* vowels of Mon, which has its own letters */
    case 0x1034:
        return true;
    case 0x1094: /* Shan digits, here below a vowel */
    case 0x1095:
        return before >= 0x102B && before <= MY_MEDIAL_HA;
    default:
        return false;
    }
}

static void tally_place(uint32_t before, uint32_t code, uint32_t after, struct tally *tally)
{
    bool impossible = is_impossible(before, code, after);
    tally->impossible += impossible;
    tally->zawgyi += impossible || is_borrowed(code);
    if (code == MY_MEDIAL_HA || (code == MY_VIRAMA && !impossible))
        tally->unicode++;
    if (code == MY_ASAT && (before == 0x102B || before == 0x102C || ends_syllable(after)))
        tally->unicode++;
}

static struct tally tally_of(struct slice line)
{
    struct tally tally = {0};
    size_t at = 0;
    uint32_t before = 0, code = next_code(line, &at);
    while (code != 0) {
        uint32_t after = next_code(line, &at);
        tally.letters += is_consonant(code);
        if (code >= 0x102B && code <= 0x1097)
            tally_place(before, code, after, &tally);
        before = code;
        code = after;
    }
    return tally;
}

static bool is_zawgyi(struct tally tally)
{
    return tally.letters > 0 && tally.impossible > 0 && tally.zawgyi > tally.unicode;
}

/* ---- one cluster ---- */

struct cluster {
    uint16_t codes[SLOT_COUNT][STACK_MAX];
    uint8_t counts[SLOT_COUNT];
};

struct writer {
    char *bytes;
    uint32_t *origin;
    size_t len;
};

static void write_code(struct writer *writer, uint32_t code, size_t origin)
{
    size_t len = utf8_encode(code, writer->bytes + writer->len);
    for (size_t i = 0; i < len; i++)
        writer->origin[writer->len++] = (uint32_t)origin;
}

static void cluster_add(struct cluster *cluster, struct part part)
{
    uint8_t *count = &cluster->counts[part.slot];
    bool twice =
        part.slot != SLOT_STACK && *count > 0 && cluster->codes[part.slot][*count - 1] == part.code;
    if (*count < STACK_MAX && !twice) /* a sign typed twice is seen once */
        cluster->codes[part.slot][(*count)++] = part.code;
}

static void cluster_add_sign(struct cluster *cluster, const struct sign *sign)
{
    for (size_t i = 0; i < 3 && sign->parts[i].code != 0; i++)
        cluster_add(cluster, sign->parts[i]);
}

static void cluster_add_letter(struct cluster *cluster, uint32_t code)
{
    const uint16_t *letter = letter_of(code);
    cluster_add(cluster, (struct part){(uint16_t)(letter != NULL ? letter[1] : code), SLOT_LETTER});
    if (letter != NULL && letter[2] != 0)
        cluster_add(cluster, (struct part){letter[2], SLOT_STACK});
}

/* Zawgyi writers take the round letter for zero, seven for ra, and U for the letter nya. */
static void settle_letter(struct cluster *cluster)
{
    uint16_t *letter = &cluster->codes[SLOT_LETTER][0];
    bool signs_after = false;
    for (size_t slot = 0; slot < SLOT_COUNT; slot++)
        signs_after = signs_after || (slot != SLOT_LETTER && cluster->counts[slot] > 0);
    if (*letter == 0x1040 && signs_after)
        *letter = 0x101D;
    else if (*letter == 0x1047 && signs_after)
        *letter = 0x101B;
    else if (*letter == 0x1044 && signs_after)
        *letter = 0x104E;
    else if (*letter == 0x1025 && (cluster->counts[SLOT_ASAT] > 0 || cluster->counts[SLOT_AA] > 0))
        *letter = 0x1009;
    else if (*letter == 0x1025 && cluster->codes[SLOT_UPPER][0] == 0x102E) {
        *letter = 0x1026;
        cluster->counts[SLOT_UPPER] = 0;
    }
}

static void cluster_write(struct cluster *cluster, size_t origin, struct writer *writer)
{
    if (cluster->counts[SLOT_LETTER] > 0)
        settle_letter(cluster);
    for (size_t slot = 0; slot < SLOT_COUNT; slot++)
        for (size_t i = 0; i < cluster->counts[slot]; i++) {
            if (slot == SLOT_STACK)
                write_code(writer, MY_VIRAMA, origin);
            write_code(writer, cluster->codes[slot][i], origin);
            if (slot == SLOT_KINZI) {
                write_code(writer, MY_ASAT, origin);
                write_code(writer, MY_VIRAMA, origin);
            }
        }
}

/* The cluster at `at` of text; gives the offset behind it. Any other code is written as it is. */
static size_t convert_cluster(struct slice text, size_t at, struct writer *writer)
{
    struct cluster cluster = {0};
    size_t behind = at, from = at;
    uint32_t code = next_code(text, &behind);
    for (unsigned i = 0; is_before(code) && i < STACK_MAX; i++) {
        cluster_add_sign(&cluster, sign_of(code));
        from = behind;
        code = next_code(text, &behind);
    }
    if (!is_letter(code)) {
        cluster_write(&cluster, at, writer);
        if (from == at) { /* no sign before: a space, another script, a sign that lost its letter */
            const struct sign *sign = sign_of(code);
            if (sign != NULL)
                cluster_add_sign(&cluster, sign);
            if (sign != NULL)
                cluster_write(&cluster, at, writer);
            else
                write_code(writer, code, at);
            return behind;
        }
        return from;
    }
    cluster_add_letter(&cluster, code);
    const struct sign *sign;
    do {
        from = behind;
        code = next_code(text, &behind);
        sign = is_before(code) ? NULL : sign_of(code);
        if (sign != NULL)
            cluster_add_sign(&cluster, sign);
    } while (sign != NULL);
    cluster_write(&cluster, at, writer);
    return from;
}

/* ---- the text ---- */

static size_t line_end(struct slice text, size_t from)
{
    const char *end = memchr(text.at + from, '\n', text.len - from);
    return end == NULL ? text.len : (size_t)(end - text.at) + 1;
}

static void convert_lines(struct slice text, bool all, struct writer *writer)
{
    for (size_t at = 0, end; at < text.len; at = end) {
        end = line_end(text, at);
        struct slice line = slice_sub(text, at, end - at);
        struct tally tally = tally_of(line);
        bool undecided = tally.impossible == 0 && tally.unicode == 0;
        if (is_zawgyi(tally) || (undecided && all)) {
            struct slice until = slice_sub(text, 0, end);
            for (size_t place = at; place < end;)
                place = convert_cluster(until, place, writer);
        } else {
            for (size_t i = 0; i < line.len; i++) {
                writer->bytes[writer->len] = line.at[i];
                writer->origin[writer->len++] = (uint32_t)(at + i);
            }
        }
    }
}

static bool any_line_is(struct slice text)
{
    for (size_t at = 0, end; at < text.len; at = end) {
        end = line_end(text, at);
        if (is_zawgyi(tally_of(slice_sub(text, at, end - at))))
            return true;
    }
    return false;
}

/* Bytes that the text takes in Unicode, at most. */
static size_t room_for(struct slice text)
{
    size_t room = text.len + 1, at = 0;
    for (uint32_t code; (code = next_code(text, &at)) != 0 || at < text.len;)
        if (code >= 0x105A && code <= 0x1097)
            room += GROWTH;
    return room;
}

int zawgyi_convert(struct slice text, struct arena *arena, struct zawgyi *ret_zawgyi,
                   bool *ret_found)
{
    *ret_found = has_myanmar(text) && any_line_is(text);
    if (!*ret_found)
        return OK;
    size_t room = room_for(text);
    struct writer writer = {.bytes = arena_alloc(arena, room),
                            .origin = arena_calloc(arena, room, sizeof *writer.origin)};
    if (writer.bytes == NULL || writer.origin == NULL)
        return ERR_NOMEM;
    convert_lines(text, is_zawgyi(tally_of(text)), &writer);
    writer.origin[writer.len] = (uint32_t)text.len;
    *ret_zawgyi =
        (struct zawgyi){.text = slice_make(writer.bytes, writer.len), .origin = writer.origin};
    return OK;
}
