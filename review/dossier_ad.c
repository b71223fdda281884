/* dossier_ad.c - the ad's own words in a dossier, and what was done with its case, in the language of the
 * letter; see dossier_inside.h. */
#include "common/clock.h"
#include "common/utf8.h"
#include "review/dossier_inside.h"

#include <inttypes.h>
#include <string.h>

/* What stands around the ad and its history. */
struct ad_words {
    const char *intro, *clear, *masked, *address, *captured;
    const char *field[POSTING_FIELD_COUNT]; /* the text has no name */
    const char *history, *fetched;
};

static const struct ad_words ENGLISH = {.intro = "The advertisement as read from the page",
                                        .clear = ", contacts in clear",
                                        .masked = "; contacts are masked (*)",
                                        .address = "Address",
                                        .captured = "Captured (UTC)",
                                        .field = {"Title", "Text", "Pay", "Place", "Employer"},
                                        .history = "What was done with the case (UTC).",
                                        .fetched = "the page was fetched and kept"};
static const struct ad_words INDONESIAN = {
    .intro = "Iklan sebagaimana terbaca di halamannya",
    .clear = ", kontak tidak disamarkan",
    .masked = "; kontak disamarkan (*)",
    .address = "Alamat",
    .captured = "Direkam (UTC)",
    .field = {"Judul", "Teks", "Upah", "Tempat", "Pemberi kerja"},
    .history = "Yang dilakukan dengan kasus ini (UTC).",
    .fetched = "halamannya diambil dan disimpan"};

static const struct ad_words *words_of(const struct dossier *dossier)
{
    return dossier_is_indonesian(dossier) ? &INDONESIAN : &ENGLISH;
}

const char *dossier_time(int64_t unix_ms, char at[CLOCK_RFC3339_BYTES])
{
    return unix_ms == 0 ? "-" : clock_rfc3339(unix_ms, at);
}

void dossier_line(const struct dossier *dossier, struct text_buf *out, const char *name,
                  struct slice value)
{
    const char *line = letter_line(dossier->arena, value);
    if (line != NULL && line[0] != '\0')
        text_buf_printf(out, "%s: %s\n", name, line);
}

/* ---- the ad ---- */

/* Text of a stranger: control characters but line ends become blanks, so that no terminal obeys it. */
static void add_foreign(struct text_buf *out, struct slice text)
{
    for (size_t bytes = 0; text.len > 0; text = slice_from(text, bytes)) {
        uint32_t code = utf8_decode(text, &bytes);
        if ((code < ' ' && code != '\n') || (code >= 0x7f && code < 0xa0))
            text_buf_add_char(out, ' ');
        else if (code == 0x2028 || code == 0x2029)
            text_buf_add_char(out, '\n');
        else
            text_buf_add(out, text.at, bytes);
    }
}

void dossier_ad(const struct dossier *dossier, struct text_buf *out)
{
    char when[CLOCK_RFC3339_BYTES];
    const struct ad_words *words = words_of(dossier);
    const struct slice *field =
        dossier->about->unmask ? dossier->clear.posting.field : dossier->full.field;
    text_buf_printf(out, "%s%s.\n\n", words->intro,
                    dossier->about->unmask ? words->clear : words->masked);
    dossier_line(dossier, out, words->address, slice_of(dossier->full.row.url));
    text_buf_printf(out, "%s: %s\n", words->captured,
                    dossier_time(dossier->captured_unix_ms, when));
    for (int i = 0; i < POSTING_FIELD_COUNT; i++)
        if (i != POSTING_TEXT)
            dossier_line(dossier, out, words->field[i], field[i]);
    text_buf_add_char(out, '\n');
    add_foreign(out, field[POSTING_TEXT]);
    text_buf_add_char(out, '\n');
}

/* ---- history ---- */

/* What the store writes in a history: acts, states, bands, and reasons of its own. */
static const char *const HISTORY_ID[][2] = {
    {"open", "membuka kasus"},
    {"update", "mencatat versi baru"},
    {"reopen", "membuka kasus lagi"},
    {"claim", "mengambil kasus"},
    {"release", "mengembalikan kasus"},
    {"decide", "memutuskan"},
    {"first", "memutuskan sebagai yang pertama dari dua orang"},
    {"undo", "menarik keputusan"},
    {"note", "mencatat"},
    {"request", "permintaan"},
    {"purge", "menghapus karena usia"},
    {"forget", "menghapus atas permintaan"},
    {"check", "memeriksa pemberi kerja"},
    {"new", "baru"},
    {"claimed", "diambil"},
    {"confirmed", "dikonfirmasi"},
    {"dismissed", "ditolak"},
    {"unsure", "ragu"},
    {"drafted", "dirancang"},
    {"approved", "disetujui"},
    {"mailing", "sedang dikirim"},
    {"sent", "terkirim"},
    {"acknowledged", "ditanggapi"},
    {"refused", "ditolak penerima"},
    {"withdrawn", "ditarik"},
    {"clear", "biasa"},
    {"watch", "diamati"},
    {"review", "periksa"},
    {"urgent", "mendesak"},
    {"another version of the ad", "iklannya punya versi lain"},
    {"judged anew", "dinilai ulang"},
    {"a higher band than the one decided on", "tingkatnya lebih tinggi daripada saat diputuskan"},
    {"not decided in the time its text may be kept",
     "tidak diputuskan selama teksnya boleh disimpan"},
    {"the day until which the check holds is over", "masa berlaku pemeriksaannya habis"},
};

static const char *said(const struct dossier *dossier, const char *word)
{
    for (size_t i = 0; i < sizeof HISTORY_ID / sizeof HISTORY_ID[0]; i++)
        if (dossier_is_indonesian(dossier) && strcmp(HISTORY_ID[i][0], word) == 0)
            return HISTORY_ID[i][1];
    return word;
}

/* What colleagues write to one another may name who told them, or a victim: it stays in the house. Our own
 * words, and those about requests, which begin with the request's number, go along. */
static struct slice told_why(const struct audit_entry *entry)
{
    struct slice why = slice_of(entry->why);
    if (strcmp(entry->who, "lurewatch") == 0)
        return why;
    if (strcmp(entry->action, "request") != 0)
        return SLICE_EMPTY;
    size_t end = slice_find(why, SLICE(": "));
    return slice_sub(why, 0, end < why.len ? end : why.len);
}

static bool is_ours_alone(const struct audit_entry *entry)
{
    return strcmp(entry->action, "export") == 0 || strcmp(entry->action, "read") == 0;
}

/* "R-1 to sample-board" */
static void add_request(const struct dossier *dossier, struct slice why, struct text_buf *out)
{
    size_t to = slice_find(why, SLICE(" to "));
    if (!dossier_is_indonesian(dossier) || to == SIZE_MAX) {
        text_buf_add_slice(out, why);
        return;
    }
    struct slice name = slice_from(why, to + strlen(" to "));
    text_buf_printf(out, "%.*s kepada %.*s", (int)to, why.at, (int)name.len, name.at);
}

static void add_entry(const struct dossier *dossier, const struct audit_entry *entry,
                      struct text_buf *out)
{
    char when[CLOCK_RFC3339_BYTES];
    text_buf_printf(out, "%s  %s %s", dossier_time(entry->at_unix_ms, when), entry->who,
                    said(dossier, entry->action));
    if (entry->from[0] != '\0' || entry->to[0] != '\0')
        text_buf_printf(out, ": %s -> %s", said(dossier, entry->from), said(dossier, entry->to));
    const char *why = letter_line(dossier->arena, told_why(entry));
    if (why != NULL && why[0] != '\0') {
        text_buf_add_str(out, ": ");
        if (strcmp(entry->action, "request") == 0)
            add_request(dossier, slice_of(why), out);
        else
            text_buf_add_str(out, said(dossier, why));
    }
    text_buf_add_char(out, '\n');
}

void dossier_history(const struct dossier *dossier, struct text_buf *out)
{
    char when[CLOCK_RFC3339_BYTES];
    const struct ad_words *words = words_of(dossier);
    text_buf_printf(out, "%s\n\n%s  %s\n", words->history,
                    dossier_time(dossier->captured_unix_ms, when), words->fetched);
    for (size_t i = 0; i < dossier->full.history_count; i++)
        if (!is_ours_alone(&dossier->full.history[i]))
            add_entry(dossier, &dossier->full.history[i], out);
}
