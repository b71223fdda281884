/* posting.c - an advertisement's fields; see posting.h. The JSON forms are in posting_json.c. */
#include "common/posting.h"

#include "common/utf8.h"

static const char *const FIELD_NAMES[POSTING_FIELD_COUNT] = {"title", "text", "pay", "place",
                                                             "employer"};

const char *posting_field_name(enum posting_field field)
{
    return FIELD_NAMES[field];
}

bool posting_field_from_name(struct slice name, enum posting_field *ret_field)
{
    for (int i = 0; i < POSTING_FIELD_COUNT; i++)
        if (slice_is(name, FIELD_NAMES[i])) {
            *ret_field = (enum posting_field)i;
            return true;
        }
    return false;
}

void posting_init(struct posting *ret_posting)
{
    *ret_posting = (struct posting){0};
    for (int i = 0; i < POSTING_FIELD_COUNT; i++)
        ret_posting->field[i] = SLICE_EMPTY;
    for (int i = 0; i < POSTING_ATTR_COUNT; i++)
        ret_posting->attr[i] = SLICE_EMPTY;
    ret_posting->hidden = SLICE_EMPTY;
}

/* Cleaned, trimmed, cut and owned by arena. */
static int text_keep(struct arena *arena, struct slice text, struct slice *ret_text, bool *ret_cut)
{
    struct slice clean;
    int rc = utf8_clean(arena, slice_trim(text), &clean);
    if (rc != OK)
        return rc;
    struct slice kept = utf8_cut(clean, POSTING_FIELD_BYTES_MAX);
    if (kept.len < clean.len)
        *ret_cut = true;
    char *copy = arena_copy(arena, kept.at, kept.len);
    if (copy == NULL)
        return ERR_NOMEM;
    *ret_text = slice_make(copy, kept.len);
    return OK;
}

int posting_set(struct posting *posting, struct arena *arena, enum posting_field field,
                struct slice text)
{
    return text_keep(arena, text, &posting->field[field], &posting->cut);
}

int posting_set_attr(struct posting *posting, struct arena *arena, enum posting_attr attr,
                     struct slice text)
{
    return text_keep(arena, text, &posting->attr[attr], &posting->cut);
}

int posting_check(const struct posting *posting)
{
    return posting->field[POSTING_TITLE].len + posting->field[POSTING_TEXT].len > 0 ? OK
                                                                                    : ERR_SYNTAX;
}

/* Feeds text with ASCII upper case folded and each run of white space as one blank. */
static void fingerprint_field(struct digest_stream *stream, struct slice text)
{
    char chunk[512 + 1];
    size_t used = 0;
    bool blank = false;
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.at[i];
        bool space = byte == ' ' || (byte >= '\t' && byte <= '\r');
        if (space && blank)
            continue;
        blank = space;
        if (byte >= 'A' && byte <= 'Z')
            byte = (char)(byte - 'A' + 'a');
        chunk[used++] = space ? ' ' : byte;
        if (used == sizeof chunk - 1) {
            digest_stream_add(stream, slice_make(chunk, used));
            used = 0;
        }
    }
    chunk[used] = '\0'; /* fields do not run into one another */
    digest_stream_add(stream, slice_make(chunk, used + 1));
}

struct digest posting_fingerprint(const struct posting *posting)
{
    struct digest_stream *stream = NULL;
    struct digest none = {{0}};
    if (digest_stream_create(&stream) != OK)
        return none;
    for (int i = 0; i < POSTING_FIELD_COUNT; i++)
        fingerprint_field(stream, posting->field[i]);
    struct digest digest = digest_stream_end(stream);
    digest_stream_free(stream);
    return digest;
}
