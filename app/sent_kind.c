/* sent_kind.c - see sent_kind.h. Judged as text, each of these is a clear case of no words at all: the
 * lure in it would be lost without a word. */
#include "app/sent_kind.h"

#include "common/image_kind.h"

#define PDF_HEAD_BYTES      1024u /* of blanks before the mark */
#define CONTROLS_MIN        4u
#define CONTROLS_ONE_IN     32u
#define HEAD_NAME_BYTES_MAX 76u
#define HEAD_LINES_MAX      200u
#define OLE_WORD_STREAM     "W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0"

enum kind {
    KIND_NONE,
    KIND_PDF,
    KIND_DOCUMENT,
    KIND_WORKBOOK,
    KIND_ARCHIVE,
    KIND_MAIL,
    KIND_PICTURE
};

static const struct complaint COMPLAINTS[] = {
    [KIND_PDF] = {.kind = "pdf",
                  .why = "a PDF, which is not read here: copy its words into a text file, or let "
                         "`pdftotext` do it, and give that"},
    [KIND_DOCUMENT] = {.kind = "document",
                       .why = "a document of a word processor, which is not read here: save it as "
                              "plain text in UTF-8, or copy its words into a text file"},
    [KIND_WORKBOOK] = {.kind = "workbook",
                       .why = "a workbook of a spreadsheet program, which is not read here: save "
                              "the sheet as \"CSV UTF-8\""},
    [KIND_ARCHIVE] = {.kind = "archive",
                      .why = "a packed archive, which is not read here: unpack it, and give the "
                             "files in it one by one"},
    [KIND_MAIL] = {.kind = "mail",
                   .why = "a saved e-mail, whose words are encoded and are not read here: open it "
                          "in a mail program and copy the words of the ad into a text file"},
    [KIND_PICTURE] = {.kind = "picture",
                      .why = "a picture, whose words are not read here: type them into a text "
                             "file"}};

static bool holds(struct slice bytes, struct slice part)
{
    return slice_find(bytes, part) != SIZE_MAX;
}

/* What a zip holds is said by the names in it. */
static enum kind zip_kind(struct slice bytes)
{
    if (holds(bytes, SLICE("word/")) || holds(bytes, SLICE("opendocument.text")))
        return KIND_DOCUMENT;
    if (holds(bytes, SLICE("xl/")) || holds(bytes, SLICE("opendocument.spreadsheet")))
        return KIND_WORKBOOK;
    return KIND_ARCHIVE;
}

/* "Content-Type: value" */
static bool is_head_line(struct slice line)
{
    size_t colon = slice_find_char(line, ':');
    if (colon == 0 || colon > HEAD_NAME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < colon; i++) {
        char c = line.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-'))
            return false;
    }
    return true;
}

static bool is_encoding(struct slice line)
{
    static const char head[] = "content-transfer-encoding:";
    if (!slice_starts_nocase(line, head))
        return false;
    struct slice value = slice_trim(slice_from(line, sizeof head - 1));
    return slice_starts_nocase(value, "base64") || slice_starts_nocase(value, "quoted-printable");
}

/* A head of a message, and an encoding there or in one of its parts: a mail of plain text is words. */
static bool is_encoded_mail(struct slice bytes)
{
    struct slice line, rest = bytes;
    uint32_t heads = 0;
    bool encoded = false;
    while (slice_next_line(&rest, &line) && slice_trim(line).len > 0 && heads < HEAD_LINES_MAX) {
        bool goes_on = heads > 0 && (line.at[0] == ' ' || line.at[0] == '\t');
        if (!goes_on && !is_head_line(line))
            return false;
        encoded = encoded || is_encoding(line);
        heads++;
    }
    while (heads > 1 && !encoded && slice_next_line(&rest, &line))
        encoded = is_encoding(line);
    return encoded;
}

static enum kind kind_of(struct slice bytes)
{
    struct slice start = slice_from(bytes, slice_starts(bytes, "\xEF\xBB\xBF") ? 3 : 0);
    if (slice_starts(slice_trim(slice_sub(start, 0, PDF_HEAD_BYTES)), "%PDF-"))
        return KIND_PDF;
    if (slice_starts(bytes, "{\\rtf"))
        return KIND_DOCUMENT;
    if (slice_starts(bytes, "PK\x03\x04"))
        return zip_kind(bytes);
    if (slice_starts(bytes, "\xD0\xCF\x11\xE0"))
        return holds(bytes, SLICE(OLE_WORD_STREAM)) ? KIND_DOCUMENT : KIND_WORKBOOK;
    if (slice_starts(bytes, "\x1F\x8B") || slice_starts(bytes, "Rar!") ||
        slice_starts(bytes, "7z\xBC\xAF"))
        return KIND_ARCHIVE;
    if (image_kind(bytes) != NULL)
        return KIND_PICTURE;
    return is_encoded_mail(bytes) ? KIND_MAIL : KIND_NONE;
}

bool sent_kind_foreign(struct slice bytes, struct complaint *ret_wrong)
{
    enum kind kind = kind_of(bytes);
    if (kind != KIND_NONE)
        *ret_wrong = COMPLAINTS[kind];
    return kind != KIND_NONE;
}

bool sent_kind_is_binary(struct slice text)
{
    size_t controls = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        bool is_space = c >= '\t' && c <= '\r';
        controls += (c < ' ' && !is_space) || c == 0x7F ? 1 : 0;
    }
    return controls >= CONTROLS_MIN && controls > text.len / CONTROLS_ONE_IN;
}
