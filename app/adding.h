/* app/adding.h - what `queue add` knows while it makes cases of what somebody sent in, and how one ad
 * becomes one. */
#ifndef LUREWATCH_ADDING_H
#define LUREWATCH_ADDING_H

#include "app/complaint.h"
#include "app/judging.h"
#include "crawler/address.h"
#include "storage/contact_key.h"
#include "storage/evidence.h"
#include "storage/look_rows.h"

enum add_form { ADD_AUTO, ADD_TEXT, ADD_CSV, ADD_JSONL, ADD_HTML, ADD_ARRAY };

struct adding {
    struct common_options common;
    struct settings settings;
    struct address_policy policy;
    const char *what; /* a file, an address, "-" or NULL */
    const char *url, *as, *note, *source, *image;
    bool complaints;
    enum add_form form;
    struct judging judging;
    struct arena *arena; /* of the run */
    struct store *store;
    struct evidence *evidence;
    struct contact_key key;
    struct text_buf whole, out, picture;
    int64_t now_unix_ms;
    uint64_t added;
    int64_t began_mono_ms, max_time_ms; /* 0: no end */
    uint64_t line;                      /* of a table or JSON lines, where the row at hand begins */
    bool any_row;
    int code;
    bool bad;
    /* the bytes that the ad at hand came in, and what they are */
    struct slice raw;
    const char *raw_type, *page_url;
    struct look look; /* of the picture */
    bool has_look;
};

/* Says why something is no case, on standard error and for programs that asked. */
void adding_tell(const struct adding *adding, const struct complaint *complaint);
/* The same of one ad, or of all where none can be read: the command ends with 65. */
void adding_tell_wrong(struct adding *adding, const struct complaint *wrong);
void adding_tell_bad(struct adding *adding, const char *kind, const char *where, uint64_t line,
                     const char *why);
/* The end of the command: its exit code. kind NULL: by the code. */
int adding_fail(const struct adding *adding, const char *kind, const struct failure *why);
/* The ad becomes a case, whatever its band, with evidence, and is told. adding->code says how it went. */
void adding_put(struct adding *adding, const struct posting *given, const struct verdict *verdict);

#endif
