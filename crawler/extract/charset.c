/* charset.c - labels, and bytes to UTF-8 by ICU; the only file that knows ICU and uchardet here.
 *
 * ICU's own names mean other things than the web's ("gb2312" is EUC-CN there, "iso-8859-1" has no
 * euro sign), so a label is looked up in the standard's table and that names the converter. ICU's
 * data lies in its library: works without files; glibc's iconv would open modules.
 * Cost: ASCII and valid UTF-8 are borrowed, one pass; others 100-300 MB/s. */
#include "crawler/extract/charset.h"

#include "common/utf8.h"
#include "crawler/extract/charset_inside.h"
#include "crawler/extract/charset_table.h"

#include <string.h>
#include <uchardet/uchardet.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/ustring.h>

#define LABEL_BYTES_MAX 63u
#define CHUNK_UNITS     4096

/* ---- labels ---- */

/* Lower case and NUL-terminated; false when it is too long to be one. */
static bool label_fold(struct slice label, char ret_label[LABEL_BYTES_MAX + 1])
{
    label = slice_trim(label);
    if (label.len == 0 || label.len > LABEL_BYTES_MAX)
        return false;
    for (size_t i = 0; i < label.len; i++) {
        char c = label.at[i];
        ret_label[i] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    ret_label[label.len] = '\0';
    return strlen(ret_label) == label.len;
}

static const struct charset_encoding *encoding_find(struct slice label)
{
    char folded[LABEL_BYTES_MAX + 1];
    size_t low = 0, high = CHARSET_LABELS_COUNT;
    if (!label_fold(label, folded))
        return NULL;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(folded, CHARSET_LABELS[middle].label);
        if (order == 0)
            return &CHARSET_ENCODINGS[CHARSET_LABELS[middle].encoding];
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const char *charset_from_label(struct slice label)
{
    const struct charset_encoding *encoding = encoding_find(label);
    return encoding == NULL ? NULL : encoding->name;
}

const char *charset_beyond_standard(struct slice label, bool like_ascii)
{
    char folded[LABEL_BYTES_MAX + 1], back[8] = "";
    UErrorCode status = U_ZERO_ERROR;
    if (!label_fold(label, folded))
        return NULL;
    const char *name = ucnv_getStandardName(folded, "IANA", &status);
    if (U_FAILURE(status) || name == NULL)
        return NULL;
    ucnv_close(ucnv_open(name, &status)); /* some names have no table in this build of ICU */
    if (like_ascii)
        ucnv_convert("US-ASCII", name, back, sizeof back, "<?xml", 5, &status);
    return U_SUCCESS(status) && (!like_ascii || strcmp(back, "<?xml") == 0) ? name : NULL;
}

size_t charset_ebcdic_start(struct slice bytes, char *at)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t room = (int32_t)bytes.len;
    int32_t len = ucnv_convert("US-ASCII", "ibm-037", at, room, bytes.at, room, &status);
    return (size_t)(len < room ? len : room);
}

/* ---- guess ---- */

const char *charset_guess(struct slice bytes)
{
    static const struct {
        const char *theirs, *ours;
    } names[] = {{"UHC", "EUC-KR"},     {"ASCII", NULL},       {"MAC-CYRILLIC", "x-mac-cyrillic"},
                 {"VISCII", NULL},      {"Johab", NULL},       {"EUC-TW", NULL},
                 {"ISO-8859-3", NULL},  {"ISO-8859-10", NULL}, {"MAC-CENTRALEUROPE", NULL},
                 {"ISO-8859-4", NULL},  {"IBM852", NULL},      {"IBM855", NULL},
                 {"ISO-8859-13", NULL}, {"ISO-8859-16", NULL}};
    const char *found = NULL;
    uchardet_t guesser = uchardet_new();
    if (guesser == NULL)
        return NULL;
    bytes = slice_sub(bytes, 0, CHARSET_GUESS_BYTES);
    if (uchardet_handle_data(guesser, bytes.at, bytes.len) == 0) {
        uchardet_data_end(guesser);
        const char *name = uchardet_get_charset(guesser);
        size_t i = 0;
        while (i < sizeof names / sizeof names[0] && strcmp(name, names[i].theirs) != 0)
            i++;
        found =
            i < sizeof names / sizeof names[0] ? names[i].ours : charset_from_label(slice_of(name));
    }
    uchardet_delete(guesser);
    return found;
}

/* ---- conversion ---- */

static bool is_ascii(struct slice bytes)
{
    size_t i = 0;
    for (uint64_t word = 0; i + sizeof word <= bytes.len; i += sizeof word) {
        memcpy(&word, bytes.at + i, sizeof word);
        /* no byte above 0x7f and none that is 0 */
        if (((word | (word - 0x0101010101010101u)) & 0x8080808080808080u) != 0)
            return false;
    }
    for (; i < bytes.len; i++)
        if ((signed char)bytes.at[i] <= 0)
            return false;
    return true;
}

/* Does an ASCII byte mean itself? */
static bool is_ascii_superset(const struct charset_encoding *encoding)
{
    return encoding != NULL && strncmp(encoding->name, "UTF-16", 6) != 0 &&
           strncmp(encoding->name, "ISO-2022", 8) != 0 &&
           strcmp(encoding->name, "HZ-GB-2312") != 0 && strcmp(encoding->name, "replacement") != 0;
}

/* count UTF-16 units behind what was kept of the chunk before; a lead surrogate at the end is kept
 * for the next one. */
static int put_units(struct text_buf *out, UChar *units, int32_t count, int32_t *ret_kept)
{
    char bytes[3 * (CHUNK_UNITS + 1)];
    int32_t len = 0, kept = count > 0 && U16_IS_LEAD(units[count - 1]) ? 1 : 0;
    UErrorCode status = U_ZERO_ERROR;
    for (int32_t i = 0; i < count; i++)
        if (units[i] == 0)
            units[i] = UTF8_REPLACEMENT;
    u_strToUTF8WithSub(bytes, (int32_t)sizeof bytes, &len, units, count - kept, UTF8_REPLACEMENT,
                       NULL, &status);
    if (kept == 1)
        units[0] = units[count - 1];
    *ret_kept = kept;
    return text_buf_add(out, bytes, (size_t)len);
}

static int convert_all(UConverter *converter, struct slice bytes, struct text_buf *out)
{
    UChar units[CHUNK_UNITS + 1];
    const char *source = bytes.at, *end = bytes.at + bytes.len;
    UErrorCode status = U_BUFFER_OVERFLOW_ERROR;
    int32_t kept = 0;
    int rc = OK;
    while (rc == OK && status == U_BUFFER_OVERFLOW_ERROR) {
        UChar *target = units + kept;
        status = U_ZERO_ERROR;
        ucnv_toUnicode(converter, &target, units + CHUNK_UNITS, &source, end, NULL, true, &status);
        rc = put_units(out, units, (int32_t)(target - units), &kept);
    }
    if (rc == OK && kept > 0)
        rc = text_buf_add(out, "\xEF\xBF\xBD", 3);
    return rc;
}

/* What ICU puts for a bad byte of some single-byte sets is U+001A: the same to us as U+FFFD. */
static void on_bad_bytes(const void *context, UConverterToUnicodeArgs *args, const char *bytes,
                         int32_t length, UConverterCallbackReason reason, UErrorCode *status)
{
    static const UChar replacement = UTF8_REPLACEMENT;
    (void)context;
    (void)bytes;
    (void)length;
    if (reason > UCNV_IRREGULAR)
        return;
    *status = U_ZERO_ERROR;
    ucnv_cbToUWriteUChars(args, &replacement, 1, 0, status);
}

static int convert(struct arena *arena, struct slice bytes, const char *icu_name,
                   struct slice *ret_text)
{
    UErrorCode status = U_ZERO_ERROR;
    struct text_buf out;
    UConverter *converter = ucnv_open(icu_name, &status);
    char *copy = NULL;
    if (U_FAILURE(status))
        return ERR_NOMEM; /* the names are ours or ICU's own: nothing else is left */
    text_buf_init(&out, 3 * bytes.len + 16);
    ucnv_setToUCallBack(converter, on_bad_bytes, NULL, NULL, NULL, &status);
    int rc = convert_all(converter, bytes, &out);
    if (rc == OK)
        copy = arena_copy(arena, text_buf_cstr(&out), out.len);
    if (copy != NULL)
        *ret_text = slice_make(copy, out.len);
    text_buf_release(&out);
    ucnv_close(converter);
    return copy == NULL ? ERR_NOMEM : OK;
}

/* The two single-byte sets ICU lacks: x-user-defined (0x80-0xFF are U+F780-U+F7FF), ISO-8859-16. */
static uint32_t own_code(unsigned char byte, bool user_defined)
{
    if (byte == 0)
        return UTF8_REPLACEMENT;
    if (user_defined)
        return byte >= 0x80 ? 0xF700u + byte : byte;
    return byte >= 0xA0 ? CHARSET_8859_16[byte - 0xA0] : byte;
}

static int convert_own(struct arena *arena, struct slice bytes, bool user_defined,
                       struct slice *ret_text)
{
    char *out = arena_calloc(arena, bytes.len + 1, 3);
    size_t len = 0;
    if (out == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < bytes.len; i++) {
        char at[4];
        size_t count = utf8_encode(own_code((unsigned char)bytes.at[i], user_defined), at);
        memcpy(out + len, at, count);
        len += count;
    }
    *ret_text = slice_make(out, len);
    return OK;
}

int charset_to_utf8(struct arena *arena, struct slice bytes, const char *whatwg_name,
                    struct slice *ret_text)
{
    size_t bom = 0;
    const char *marked = charset_from_bom(bytes, &bom);
    const char *name = marked != NULL ? marked : whatwg_name;
    const struct charset_encoding *encoding = encoding_find(slice_of(name));
    const char *beyond = encoding != NULL ? NULL : charset_beyond_standard(slice_of(name), false);
    bytes = slice_from(bytes, bom);
    if (beyond != NULL)
        return convert(arena, bytes, beyond, ret_text);
    if (encoding == NULL)
        encoding = encoding_find(SLICE("windows-1252"));
    if (is_ascii_superset(encoding) && is_ascii(bytes)) {
        *ret_text = bytes;
        return OK;
    }
    if (strcmp(encoding->name, "UTF-8") == 0)
        return utf8_clean(arena, bytes, ret_text);
    if (strcmp(encoding->name, "replacement") == 0) {
        *ret_text = bytes.len == 0 ? SLICE_EMPTY : SLICE("\xEF\xBF\xBD");
        return OK;
    }
    if (encoding->icu[0] == '\0')
        return convert_own(arena, bytes, strcmp(encoding->name, "x-user-defined") == 0, ret_text);
    return convert(arena, bytes, encoding->icu, ret_text);
}

int charset_prepare(struct failure *reterr)
{
    for (size_t i = 0; i < CHARSET_ENCODINGS_COUNT; i++) {
        const struct charset_encoding *encoding = &CHARSET_ENCODINGS[i];
        UErrorCode status = U_ZERO_ERROR;
        if (encoding->icu[0] == '\0')
            continue;
        UConverter *converter = ucnv_open(encoding->icu, &status);
        ucnv_close(converter);
        if (U_FAILURE(status))
            return failure_set(reterr,
                               status == U_MEMORY_ALLOCATION_ERROR ? ERR_NOMEM : ERR_UNSUPPORTED,
                               "the ICU library has no converter for %s (%s): %s", encoding->name,
                               encoding->icu, u_errorName(status));
    }
    (void)charset_beyond_standard(SLICE("utf-32"), false);
    (void)charset_guess(SLICE("\xE4\xE0"));
    return OK;
}
