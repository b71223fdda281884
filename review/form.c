/* form.c - urlencoded names and values; see form.h. */
#include "review/form.h"
#include "common/utf8.h"

#include <string.h>

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte = (char)(byte | 0x20);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static int decode(struct arena *arena, struct slice text, struct slice *ret_text)
{
    char *at = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    if (at == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.at[i];
        int high = byte == '%' && i + 2 < text.len ? hex_digit(text.at[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text.at[i + 2]) : -1;
        if (byte == '%' && low >= 0) {
            at[len++] = (char)(high * 16 + low);
            i += 2;
        } else {
            at[len++] = byte == '+' ? ' ' : byte == '%' ? (char)0xFF : byte;
        }
    }
    return utf8_clean(arena, slice_make(at, len), ret_text);
}

int form_parse(struct arena *arena, struct slice text, struct form *ret_form)
{
    ret_form->count = ret_form->files_count = 0;
    ret_form->flaw = FORM_SOUND;
    while (text.len > 0) {
        size_t end = slice_find_char(text, '&');
        struct slice pair = slice_sub(text, 0, end == SIZE_MAX ? text.len : end);
        text = end == SIZE_MAX ? SLICE_EMPTY : slice_from(text, end + 1);
        if (pair.len == 0)
            continue;
        if (ret_form->count == FORM_FIELDS_MAX)
            return ERR_LIMIT;
        struct form_field *field = &ret_form->fields[ret_form->count++];
        size_t equals = slice_find_char(pair, '=');
        struct slice value = equals == SIZE_MAX ? SLICE_EMPTY : slice_from(pair, equals + 1);
        int rc =
            decode(arena, slice_sub(pair, 0, equals == SIZE_MAX ? pair.len : equals), &field->name);
        if (rc == OK)
            rc = decode(arena, value, &field->value);
        if (rc != OK)
            return rc;
    }
    return OK;
}

struct slice form_get(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (slice_is(form->fields[i].name, name))
            return form->fields[i].value;
    return SLICE_EMPTY;
}

void form_set(struct form *form, const char *name, struct slice value)
{
    size_t at = 0;
    while (at < form->count && !slice_is(form->fields[at].name, name))
        at++;
    if (at == FORM_FIELDS_MAX)
        return;
    form->count += at == form->count ? 1 : 0;
    form->fields[at] = (struct form_field){slice_of(name), value};
}

bool form_file(const struct form *form, const char *name, struct slice *ret_bytes)
{
    *ret_bytes = SLICE_EMPTY;
    for (size_t i = 0; i < form->files_count; i++) {
        if (!slice_is(form->files[i].name, name))
            continue;
        *ret_bytes = form->files[i].value;
        return true;
    }
    return false;
}

const char *form_text(const struct form *form, struct arena *arena, const char *name)
{
    struct slice value = form_get(form, name);
    return arena_copy(arena, value.at, value.len);
}

int64_t form_int(const struct form *form, const char *name, int64_t fallback)
{
    int64_t value = 0;
    return slice_to_int64(form_get(form, name), &value) == OK ? value : fallback;
}

void form_encode(struct text_buf *out, struct slice text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != '\0' && strchr(plain, text.at[i]) != NULL)
            text_buf_add_char(out, text.at[i]);
        else
            text_buf_printf(out, "%%%02X", (unsigned)(unsigned char)text.at[i]);
    }
}
