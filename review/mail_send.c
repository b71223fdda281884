/* mail_send.c - the one file of this room that knows libcurl: SMTP and one kind of POST; see mail.h.
 * Blocking, with a limit on time; not for the sweep's loop. */
#include "common/file.h"
#include "review/mail.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#define CONNECT_S_MAX 20L
#define TOTAL_S_MAX   120L

struct reader {
    struct slice left;
    bool at_end; /* all of it was asked for: the server may have it */
};

static size_t give_bytes(char *at, size_t one, size_t count, void *ctx)
{
    struct reader *reader = ctx;
    size_t len = one * count < reader->left.len ? one * count : reader->left.len;
    memcpy(at, reader->left.at, len);
    reader->left = slice_from(reader->left, len);
    reader->at_end = reader->left.len == 0;
    return len;
}

static size_t drop_bytes(char *at, size_t one, size_t count, void *ctx)
{
    (void)at;
    (void)ctx;
    return one * count;
}

static int code_of(CURLcode code)
{
    switch ((int)code) {
    case CURLE_OK:
        return OK;
    case CURLE_OUT_OF_MEMORY:
        return ERR_NOMEM;
    case CURLE_OPERATION_TIMEDOUT:
        return ERR_TIMEOUT;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_USE_SSL_FAILED:
        return ERR_TLS;
    default:
        return ERR_NET;
    }
}

static int perform(CURL *curl, const char *url, struct failure *reterr)
{
    char why[CURL_ERROR_SIZE] = "";
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_S_MAX);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, TOTAL_S_MAX);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    CURLcode code = curl_easy_perform(curl);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
    if (code == CURLE_OK)
        return OK;
    long answer = 0;
    char refused[40] = "";
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    if (answer >= 400 && answer <= 599)
        snprintf(refused, sizeof refused, " (the answer was %ld)", answer);
    return failure_set(reterr, code_of(code), "%s: %s%s", url,
                       why[0] != '\0' ? why : curl_easy_strerror(code), refused);
}

/* ---- SMTP ---- */

static bool is_this_machine(const char *url)
{
    struct slice rest = slice_from(slice_of(url), strlen("smtp://"));
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t len = strlen(names[i]);
        if (slice_starts(rest, names[i]) &&
            (rest.len == len || rest.at[len] == ':' || rest.at[len] == '/'))
            return true;
    }
    return false;
}

static int set_login(CURL *curl, const struct mail_server *server, struct failure *reterr)
{
    struct text_buf password;
    struct slice rest, line = SLICE_EMPTY;
    if (server->user == NULL || server->user[0] == '\0')
        return OK;
    text_buf_init(&password, 4096);
    int rc = file_read(server->password_file, &password, reterr);
    rest = text_buf_slice(&password);
    if (rc == OK && slice_next_line(&rest, &line)) {
        char text[1024];
        snprintf(text, sizeof text, "%.*s", (int)line.len, line.at);
        curl_easy_setopt(curl, CURLOPT_USERNAME, server->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, text);
        explicit_bzero(text, sizeof text);
    }
    if (password.len > 0)
        explicit_bzero(password.at, password.len);
    text_buf_release(&password);
    return rc;
}

/* The last answer was not a refusal, though the message was given whole. */
static bool is_in_doubt(CURL *curl, const struct reader *reader)
{
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    return reader->at_end && (answer < 400 || answer > 599);
}

static int send_it(CURL *curl, const struct mail_server *server, const struct mail *mail,
                   struct reader *reader, struct failure *reterr)
{
    char from[300], to[300];
    bool local = slice_starts(slice_of(server->url), "smtp://") && is_this_machine(server->url);
    snprintf(from, sizeof from, "<%.254s>", mail->from);
    snprintf(to, sizeof to, "<%.254s>", mail->to);
    struct curl_slist *recipients = curl_slist_append(NULL, to);
    if (recipients == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    curl_easy_setopt(curl, CURLOPT_URL, server->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(local ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
    curl_easy_setopt(curl, CURLOPT_READDATA, reader);
    int rc = set_login(curl, server, reterr);
    if (rc == OK)
        rc = perform(curl, server->url, reterr);
    curl_slist_free_all(recipients);
    return rc;
}

int mail_send(const struct mail_server *server, const struct mail *mail, bool *ret_in_doubt,
              struct failure *reterr)
{
    struct text_buf message;
    if (ret_in_doubt != NULL)
        *ret_in_doubt = false;
    if (!slice_starts(slice_of(server->url), "smtp://") &&
        !slice_starts(slice_of(server->url), "smtps://"))
        return failure_set(reterr, ERR_SYNTAX,
                           "'%s' is no mail server: smtp://host:587 or smtps://host:465",
                           server->url);
    text_buf_init(&message, MAIL_BYTES_MAX);
    int rc = mail_compose(mail, &message, reterr);
    CURL *curl = rc == OK ? curl_easy_init() : NULL;
    struct reader reader = {text_buf_slice(&message), false};
    if (rc == OK)
        rc = curl != NULL ? send_it(curl, server, mail, &reader, reterr)
                          : failure_set(reterr, ERR_NOMEM, "out of memory");
    if (rc != OK && curl != NULL && ret_in_doubt != NULL)
        *ret_in_doubt = is_in_doubt(curl, &reader);
    curl_easy_cleanup(curl);
    text_buf_release(&message);
    return rc;
}

/* ---- webhook ---- */

static int post_it(CURL *curl, const char *url, struct slice json, struct failure *reterr)
{
    long status = 0;
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    if (headers == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "lurewatch/" LUREWATCH_VERSION);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, json.at);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)json.len);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_bytes);
    int rc = perform(curl, url, reterr);
    if (rc == OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    if (rc == OK && (status < 200 || status > 299))
        return failure_set(reterr, ERR_NET, "%s: answered %ld", url, status);
    return rc;
}

int webhook_post(const char *url, struct slice json, struct failure *reterr)
{
    CURL *curl = curl_easy_init();
    int rc = curl != NULL ? post_it(curl, url, json, reterr)
                          : failure_set(reterr, ERR_NOMEM, "out of memory");
    curl_easy_cleanup(curl);
    return rc;
}
