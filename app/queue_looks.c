/* queue_looks.c - see queue_looks.h. */
#include "app/queue_looks.h"

#include <inttypes.h>

#define LIKES_SHOWN 12u

struct shown {
    struct case_look *looks;
    struct picture_like *likes;
    size_t looks_count, likes_count;
};

static int shown_read(struct store *store, struct arena *arena, int64_t case_id,
                      struct shown *ret_shown)
{
    *ret_shown = (struct shown){.looks_count = 0};
    int rc = looks_of_case(store, arena, case_id, &ret_shown->looks, &ret_shown->looks_count);
    return rc == OK
               ? pictures_like(store, arena, case_id, &ret_shown->likes, &ret_shown->likes_count)
               : rc;
}

int queue_looks_print(struct store *store, struct arena *arena, int64_t case_id, FILE *out)
{
    struct shown shown;
    char digest[DIGEST_HEX_BYTES], hex[LOOK_HEX_BYTES];
    int rc = shown_read(store, arena, case_id, &shown);
    if (rc != OK || shown.looks_count == 0)
        return rc;
    fputs("\npictures it shows:\n", out);
    for (size_t i = 0; i < shown.looks_count; i++) {
        const struct case_look *look = &shown.looks[i];
        fprintf(out, "  sha256 %s\n  look   %s\n", digest_hex(&look->image, digest),
                look->has_look ? look_hex(&look->look, hex) : "none");
        if (look->joins_nobody)
            fputs("         so many unlike ads show it that it joins no cases\n", out);
    }
    for (size_t i = 0; i < shown.likes_count && i < LIKES_SHOWN; i++) {
        const struct picture_like *like = &shown.likes[i];
        if (like->bits < 0)
            fprintf(out, "  case %" PRId64 " shows the same picture\n", like->case_id);
        else
            fprintf(out,
                    "  case %" PRId64
                    " shows a picture that looks the same: %d of %u bits differ\n",
                    like->case_id, like->bits, LOOK_BITS);
    }
    if (shown.likes_count > LIKES_SHOWN)
        fprintf(out, "  and %zu more\n", shown.likes_count - LIKES_SHOWN);
    return OK;
}

static void put_look(struct json_writer *writer, const struct case_look *look)
{
    char digest[DIGEST_HEX_BYTES], hex[LOOK_HEX_BYTES];
    json_open_object(writer);
    json_put_member(writer, "sha256", slice_of(digest_hex(&look->image, digest)));
    if (look->has_look)
        json_put_member(writer, "look", slice_of(look_hex(&look->look, hex)));
    json_key(writer, "joins");
    json_put_bool(writer, !look->joins_nobody);
    json_close_object(writer);
}

int queue_looks_json(struct store *store, struct arena *arena, int64_t case_id,
                     struct json_writer *writer)
{
    struct shown shown;
    int rc = shown_read(store, arena, case_id, &shown);
    if (rc != OK)
        return rc;
    json_key(writer, "looks");
    json_open_array(writer);
    for (size_t i = 0; i < shown.looks_count; i++)
        put_look(writer, &shown.looks[i]);
    json_close_array(writer);
    json_key(writer, "same_pictures");
    json_open_array(writer);
    for (size_t i = 0; i < shown.likes_count; i++) {
        json_open_object(writer);
        json_put_member_int(writer, "case", shown.likes[i].case_id);
        json_key(writer, "same_bytes");
        json_put_bool(writer, shown.likes[i].bits < 0);
        if (shown.likes[i].bits >= 0)
            json_put_member_int(writer, "bits_differ", shown.likes[i].bits);
        json_close_object(writer);
    }
    json_close_array(writer);
    return OK;
}
