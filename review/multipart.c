/* multipart.c - posted forms with files; see multipart.h.
 *
 *     --boundary CRLF
 *     Content-Disposition: form-data; name="image"; filename="a.png" CRLF
 *     (other fields, which are not looked at) CRLF
 *     CRLF
 *     bytes CRLF
 *     --boundary--
 *
 * Browsers write exactly this, so anything else is refused: no preamble, no part without a name, no
 * name twice, no transfer encoding, no bare line ends. The rule of RFC 2046 that a boundary occurs
 * in no content makes one search for "CRLF--boundary" find the end of each part. */
#include "review/multipart.h"
#include "common/utf8.h"

#define BOUNDARY_BYTES_MAX 70u /* RFC 2046, 5.1.1 */
#define HEAD_BYTES_MAX     4096u
#define NAME_BYTES_MAX     64u

struct part {
    struct slice name, content;
    bool is_file, is_named; /* is_named: the file has a name, so one was chosen */
};

struct parts {
    struct slice rest;      /* of the body */
    struct slice delimiter; /* CRLF--boundary */
};

/* ---- parameters: ; name=token; name="quoted \" string" ---- */

static bool is_token(char byte)
{
    return byte > ' ' && byte < 0x7F && strchr("()<>@,;:\\\"/[]?={}", byte) == NULL;
}

static struct slice take_token(struct slice *rest)
{
    size_t len = 0;
    while (len < rest->len && is_token(rest->at[len]))
        len++;
    struct slice token = slice_sub(*rest, 0, len);
    *rest = slice_from(*rest, len);
    return token;
}

/* What stands between the quotes, as it stands there. */
static bool take_quoted(struct slice *rest, struct slice *ret_value)
{
    size_t end = 1;
    while (end < rest->len && rest->at[end] != '"')
        end += rest->at[end] == '\\' && end + 1 < rest->len && rest->at[end + 1] == '"' ? 2 : 1;
    if (end >= rest->len)
        return false;
    *ret_value = slice_sub(*rest, 1, end - 1);
    *rest = slice_from(*rest, end + 1);
    return true;
}

static void skip_blanks(struct slice *rest)
{
    while (rest->len > 0 && (rest->at[0] == ' ' || rest->at[0] == '\t'))
        *rest = slice_from(*rest, 1);
}

/* False: there is no further one that is written right; *rest is empty at a right end. */
static bool take_parameter(struct slice *rest, struct slice *ret_name, struct slice *ret_value)
{
    struct slice at = *rest;
    skip_blanks(&at);
    if (at.len == 0)
        *rest = at;
    if (!slice_starts(at, ";"))
        return false;
    at = slice_from(at, 1);
    skip_blanks(&at);
    *ret_name = take_token(&at);
    if (ret_name->len == 0 || !slice_starts(at, "="))
        return false;
    at = slice_from(at, 1);
    if (slice_starts(at, "\"")) {
        if (!take_quoted(&at, ret_value))
            return false;
    } else {
        *ret_value = take_token(&at);
        if (ret_value->len == 0)
            return false;
    }
    *rest = at;
    return true;
}

/* ---- the boundary ---- */

#define TYPE "multipart/form-data"

bool multipart_is(struct slice content_type)
{
    struct slice rest = slice_from(content_type, sizeof TYPE - 1);
    return slice_starts_nocase(content_type, TYPE) &&
           (rest.len == 0 || rest.at[0] == ';' || rest.at[0] == ' ' || rest.at[0] == '\t');
}

static bool is_boundary(struct slice text)
{
    static const char allowed[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'()+_,-./:=? ";
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '\0' || strchr(allowed, text.at[i]) == NULL)
            return false;
    return text.len > 0 && text.len <= BOUNDARY_BYTES_MAX && text.at[text.len - 1] != ' ';
}

static int find_boundary(struct arena *arena, struct slice content_type,
                         struct slice *ret_delimiter)
{
    struct slice rest = slice_from(content_type, sizeof TYPE - 1), name, value;
    struct slice boundary = SLICE_EMPTY;
    while (take_parameter(&rest, &name, &value)) {
        if (!slice_equal_nocase(name, SLICE("boundary")))
            continue;
        if (boundary.len > 0)
            return ERR_SYNTAX;
        boundary = value;
    }
    if (rest.len > 0 || !is_boundary(boundary))
        return ERR_SYNTAX;
    const char *text = arena_printf(arena, "\r\n--%.*s", (int)boundary.len, boundary.at);
    if (text == NULL)
        return ERR_NOMEM;
    *ret_delimiter = slice_of(text);
    return OK;
}

/* ---- a part ---- */

static bool read_disposition(struct slice value, struct part *part)
{
    struct slice rest = value, name, text;
    if (!slice_equal_nocase(take_token(&rest), SLICE("form-data")))
        return false;
    while (take_parameter(&rest, &name, &text)) {
        if (slice_equal_nocase(name, SLICE("name"))) {
            if (part->name.len > 0 || text.len == 0 || text.len > NAME_BYTES_MAX)
                return false;
            part->name = text;
        } else if (slice_starts_nocase(name, "filename")) {
            part->is_file = true;
            part->is_named = part->is_named || text.len > 0;
        }
    }
    return rest.len == 0 && part->name.len > 0;
}

/* Contents are as they are: RFC 7578, 4.7 has no other encoding. */
static bool is_plain(struct slice encoding)
{
    return slice_equal_nocase(encoding, SLICE("binary")) ||
           slice_equal_nocase(encoding, SLICE("8bit")) ||
           slice_equal_nocase(encoding, SLICE("7bit"));
}

/* head: its lines, each with its end. */
static bool read_head(struct slice head, struct part *part)
{
    while (head.len > 0) {
        size_t end = slice_find(head, SLICE("\r\n"));
        struct slice line = slice_sub(head, 0, end), value;
        head = slice_from(head, end + 2);
        for (size_t i = 0; i < line.len; i++)
            if ((unsigned char)line.at[i] < ' ' && line.at[i] != '\t')
                return false;
        struct slice name = take_token(&line);
        if (name.len == 0 || !slice_starts(line, ":"))
            return false;
        value = slice_trim(slice_from(line, 1));
        if (slice_equal_nocase(name, SLICE("content-disposition"))) {
            if (part->name.len > 0 || !read_disposition(value, part))
                return false;
        } else if (slice_equal_nocase(name, SLICE("content-transfer-encoding")) &&
                   !is_plain(value)) {
            return false;
        }
    }
    return part->name.len > 0;
}

/* At a part's head; then behind the delimiter at its end. */
static enum form_flaw take_part(struct parts *parts, struct part *ret_part)
{
    struct part part = {.name = SLICE_EMPTY, .content = SLICE_EMPTY};
    size_t end = slice_find(slice_sub(parts->rest, 0, HEAD_BYTES_MAX), SLICE("\r\n\r\n"));
    if (end == SIZE_MAX)
        return parts->rest.len < HEAD_BYTES_MAX ? FORM_UNFINISHED : FORM_MALFORMED;
    if (!read_head(slice_sub(parts->rest, 0, end + 2), &part))
        return FORM_MALFORMED;
    parts->rest = slice_from(parts->rest, end + 4);
    end = slice_find(parts->rest, parts->delimiter);
    if (end == SIZE_MAX)
        return FORM_UNFINISHED;
    part.content = slice_sub(parts->rest, 0, end);
    parts->rest = slice_from(parts->rest, end + parts->delimiter.len);
    *ret_part = part;
    return FORM_SOUND;
}

/* Behind a delimiter: goes on behind its line. */
static enum form_flaw end_delimiter(struct parts *parts, bool *ret_last)
{
    *ret_last = slice_is(parts->rest, "--") || slice_is(parts->rest, "--\r\n");
    if (*ret_last)
        return FORM_SOUND;
    if (parts->rest.len < 2)
        return FORM_UNFINISHED;
    if (!slice_starts(parts->rest, "\r\n"))
        return FORM_MALFORMED;
    parts->rest = slice_from(parts->rest, 2);
    return FORM_SOUND;
}

/* ---- the form ---- */

static bool is_known(const struct form *form, struct slice name)
{
    for (size_t i = 0; i < form->count; i++)
        if (slice_equal(form->fields[i].name, name))
            return true;
    for (size_t i = 0; i < form->files_count; i++)
        if (slice_equal(form->files[i].name, name))
            return true;
    return false;
}

static int keep_part(struct arena *arena, const struct part *part, struct form *form)
{
    struct form_field field = {.value = part->content};
    int rc = utf8_clean(arena, part->name, &field.name);
    if (rc != OK)
        return rc;
    if (is_known(form, field.name)) {
        form->flaw = FORM_REPEATED;
        return OK;
    }
    if (part->is_file) {
        if (!part->is_named && part->content.len == 0)
            return OK;
        if (form->files_count == FORM_FILES_MAX)
            return ERR_LIMIT;
        form->files[form->files_count++] = field;
        return OK;
    }
    if (form->count == FORM_FIELDS_MAX)
        return ERR_LIMIT;
    rc = utf8_clean(arena, part->content, &field.value);
    form->fields[form->count] = field;
    form->count += rc == OK ? 1 : 0;
    return rc;
}

int multipart_parse(struct arena *arena, struct slice content_type, struct slice body,
                    struct form *ret_form)
{
    struct parts parts = {.rest = body};
    bool last = false;
    ret_form->count = ret_form->files_count = 0;
    int rc = multipart_is(content_type) ? find_boundary(arena, content_type, &parts.delimiter)
                                        : ERR_SYNTAX;
    if (rc == ERR_NOMEM)
        return rc;
    struct slice first = rc == OK ? slice_from(parts.delimiter, 2) : SLICE_EMPTY;
    struct slice begins = slice_sub(body, 0, first.len);
    ret_form->flaw = FORM_MALFORMED;
    if (rc != OK || !slice_equal(begins, slice_sub(first, 0, begins.len)))
        return OK;
    parts.rest = slice_from(body, first.len); /* the first one has no line before it */
    ret_form->flaw = begins.len < first.len ? FORM_UNFINISHED : end_delimiter(&parts, &last);
    while (ret_form->flaw == FORM_SOUND && !last) {
        struct part part;
        ret_form->flaw = take_part(&parts, &part);
        if (ret_form->flaw != FORM_SOUND)
            break;
        rc = keep_part(arena, &part, ret_form);
        if (rc != OK)
            return rc;
        if (ret_form->flaw == FORM_SOUND)
            ret_form->flaw = end_delimiter(&parts, &last);
    }
    return OK;
}
