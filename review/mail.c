/* mail.c - a message in words that every mail program reads; see mail.h. Pure. */
#include "review/mail.h"

#include <string.h>
#include <time.h>

#define LINE_LEN       76u
#define WORD_BYTES_MAX 42u /* of a subject's encoded word: 56 base64 characters and 12 around */

/* ---- parts ---- */

void mail_add_base64(struct text_buf *out, struct slice bytes, size_t line_len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t column = 0;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t word = (uint32_t)(unsigned char)bytes.at[i] << 16;
        if (left > 1)
            word |= (uint32_t)(unsigned char)bytes.at[i + 1] << 8;
        if (left > 2)
            word |= (unsigned char)bytes.at[i + 2];
        const char four[4] = {digits[word >> 18], digits[word >> 12 & 63],
                              left > 1 ? digits[word >> 6 & 63] : '=',
                              left > 2 ? digits[word & 63] : '='};
        text_buf_add(out, four, 4);
        column += 4;
        if (line_len > 0 && column >= line_len && left > 3) {
            text_buf_add_str(out, "\r\n");
            column = 0;
        }
    }
}

static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || (unsigned char)*text > 126)
            return false;
    return true;
}

/* Encoded words, each whole characters, one a line. A long ASCII subject is folded at blanks by the
 * same means: encoded, so that no reader joins it wrongly. */
static void add_subject(struct text_buf *out, const char *subject)
{
    struct slice rest = slice_of(subject);
    text_buf_add_str(out, "Subject: ");
    if (is_plain(subject) && rest.len <= LINE_LEN - 10) {
        text_buf_printf(out, "%s\r\n", subject);
        return;
    }
    for (bool first = true; rest.len > 0; first = false) {
        size_t len = rest.len < WORD_BYTES_MAX ? rest.len : WORD_BYTES_MAX;
        while (len > 0 && len < rest.len && ((unsigned char)rest.at[len] & 0xc0) == 0x80)
            len--;
        text_buf_add_str(out, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
        mail_add_base64(out, slice_sub(rest, 0, len), 0);
        text_buf_add_str(out, "?=");
        rest = slice_from(rest, len > 0 ? len : 1);
    }
    text_buf_add_str(out, "\r\n");
}

static void add_date(struct text_buf *out, int64_t unix_ms)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(unix_ms / 1000);
    struct tm at;
    if (gmtime_r(&seconds, &at) == NULL)
        return;
    text_buf_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[at.tm_wday],
                    at.tm_mday, months[at.tm_mon], at.tm_year + 1900, at.tm_hour, at.tm_min,
                    at.tm_sec);
}

static void add_text_part(struct text_buf *out, const char *body)
{
    struct text_buf lines;
    struct slice rest = slice_of(body), line;
    text_buf_init(&lines, MAIL_BYTES_MAX);
    while (slice_next_line(&rest, &line)) {
        text_buf_add_slice(&lines, line);
        text_buf_add_str(&lines, "\r\n");
    }
    text_buf_add_str(out, "Content-Type: text/plain; charset=utf-8\r\n"
                          "Content-Transfer-Encoding: base64\r\n\r\n");
    mail_add_base64(out, text_buf_slice(&lines), LINE_LEN);
    text_buf_add_str(out, "\r\n");
    text_buf_release(&lines);
}

static void add_attachment(struct text_buf *out, const struct mail *mail)
{
    text_buf_printf(out,
                    "Content-Type: %s; name=\"%s\"\r\n"
                    "Content-Disposition: attachment; filename=\"%s\"\r\n"
                    "Content-Transfer-Encoding: base64\r\n\r\n",
                    mail->attachment_type, mail->attachment_name, mail->attachment_name);
    mail_add_base64(out, mail->attachment, LINE_LEN);
    text_buf_add_str(out, "\r\n");
}

/* ---- the message ---- */

bool mail_address_is_sound(const char *address)
{
    size_t ats = 0;
    struct slice text = slice_of(address);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte <= ' ' || byte > 126 || strchr("<>()[]\\,;:\"", byte) != NULL)
            return false;
        ats += byte == '@';
    }
    return ats == 1 && text.at[0] != '@' && text.at[text.len - 1] != '@' && text.len <= 254;
}

static bool name_is_sound(const char *name)
{
    for (; *name != '\0'; name++)
        if ((unsigned char)*name <= ' ' || (unsigned char)*name > 126 ||
            strchr("\"\\/<>@", *name) != NULL)
            return false;
    return true;
}

int mail_compose(const struct mail *mail, struct text_buf *out, struct failure *reterr)
{
    static const char boundary[] = "lurewatch-part-7f3a9c51e2";
    bool attached = mail->attachment.len > 0;
    if (!mail_address_is_sound(mail->from) || !mail_address_is_sound(mail->to))
        return failure_set(reterr, ERR_SYNTAX, "'%s' is no mail address",
                           mail_address_is_sound(mail->from) ? mail->to : mail->from);
    if (!name_is_sound(mail->id) || (attached && !name_is_sound(mail->attachment_name)))
        return failure_set(reterr, ERR_SYNTAX, "'%s' cannot name a message", mail->id);
    text_buf_printf(out, "From: %s\r\nTo: %s\r\n", mail->from, mail->to);
    add_subject(out, mail->subject);
    add_date(out, mail->date_unix_ms);
    text_buf_printf(out, "Message-ID: <%s%s>\r\nMIME-Version: 1.0\r\n", mail->id,
                    strchr(mail->from, '@'));
    if (attached) {
        text_buf_printf(out, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n",
                        boundary, boundary);
        add_text_part(out, mail->body);
        text_buf_printf(out, "--%s\r\n", boundary);
        add_attachment(out, mail);
        text_buf_printf(out, "--%s--\r\n", boundary);
    } else {
        add_text_part(out, mail->body);
    }
    int rc = text_buf_status(out);
    return rc == OK ? OK : failure_set(reterr, rc, "the message is too large");
}
