/* timestamp.c - see timestamp.h. A query carries the SHA-256 and a random nonce and asks for the
 * authority's certificate, so that the answer can be proved years later by itself. */
#include "app/timestamp.h"

#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <string.h>

#define ASK_SECONDS 30L
#define NONCE_BITS  64

/* ---- the query ---- */

static TS_MSG_IMPRINT *imprint_make(const struct digest *digest)
{
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *algorithm = X509_ALGOR_new();
    unsigned char bytes[DIGEST_BYTES];
    memcpy(bytes, digest->bytes, sizeof bytes);
    bool made = imprint != NULL && algorithm != NULL &&
                X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1 &&
                TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 &&
                TS_MSG_IMPRINT_set_msg(imprint, bytes, (int)sizeof bytes) == 1;
    X509_ALGOR_free(algorithm);
    if (made)
        return imprint;
    TS_MSG_IMPRINT_free(imprint);
    return NULL;
}

static ASN1_INTEGER *nonce_make(void)
{
    BIGNUM *number = BN_new();
    ASN1_INTEGER *nonce = NULL;
    if (number != NULL && BN_rand(number, NONCE_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1)
        nonce = BN_to_ASN1_INTEGER(number, NULL);
    BN_free(number);
    return nonce;
}

static TS_REQ *request_make(const struct digest *digest, bool with_nonce)
{
    TS_REQ *request = TS_REQ_new();
    TS_MSG_IMPRINT *imprint = imprint_make(digest);
    ASN1_INTEGER *nonce = with_nonce ? nonce_make() : NULL;
    bool made = request != NULL && imprint != NULL && (nonce != NULL || !with_nonce) &&
                TS_REQ_set_version(request, 1) == 1 &&
                TS_REQ_set_msg_imprint(request, imprint) == 1 &&
                (nonce == NULL || TS_REQ_set_nonce(request, nonce) == 1) &&
                TS_REQ_set_cert_req(request, 1) == 1;
    TS_MSG_IMPRINT_free(imprint);
    ASN1_INTEGER_free(nonce);
    if (made)
        return request;
    TS_REQ_free(request);
    return NULL;
}

/* ---- over HTTP ---- */

static size_t on_bytes(char *at, size_t size, size_t count, void *ctx)
{
    return text_buf_add(ctx, at, size * count) == OK ? size * count : 0;
}

static void post_options(CURL *curl, const char *url, struct slice query, struct curl_slist *fields)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, query.at);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)query.len);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, ASK_SECONDS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
}

static int post(const char *url, struct slice query, struct text_buf *answer,
                struct failure *reterr)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *fields =
        curl_slist_append(NULL, "Content-Type: application/timestamp-query");
    int rc = OK;
    if (curl == NULL || fields == NULL) {
        rc = failure_set(reterr, ERR_NOMEM, "out of memory");
        goto out;
    }
    post_options(curl, url, query, fields);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    CURLcode code = curl_easy_perform(curl);
    if (code == CURLE_OPERATION_TIMEDOUT)
        rc = failure_set(reterr, ERR_TIMEOUT, "%s: no answer within %ld s", url, ASK_SECONDS);
    else if (code != CURLE_OK)
        rc = failure_set(reterr, ERR_NET, "%s: %s", url, curl_easy_strerror(code));
out:
    curl_slist_free_all(fields);
    curl_easy_cleanup(curl);
    return rc;
}

/* ---- the answer ---- */

static int64_t time_of(TS_RESP *response)
{
    const ASN1_GENERALIZEDTIME *time = TS_TST_INFO_get_time(TS_RESP_get_tst_info(response));
    struct tm tm;
    if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1)
        return 0;
    return (int64_t)timegm(&tm) * 1000;
}

static bool store_use(TS_VERIFY_CTX *context, const char *ca_file)
{
    X509_STORE *store = X509_STORE_new();
    if (store == NULL || X509_STORE_load_file(store, ca_file) != 1) {
        X509_STORE_free(store);
        return false;
    }
    TS_VERIFY_CTX_set_store(context, store); /* takes it */
    return true;
}

static int prove(TS_RESP *response, TS_REQ *request, const char *ca_file, struct failure *reterr)
{
    TS_VERIFY_CTX *context = TS_REQ_to_TS_VERIFY_CTX(request, NULL);
    char why[256] = "";
    if (context == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    unsigned flags = TS_VFY_VERSION | TS_VFY_IMPRINT;
    if (TS_REQ_get_nonce(request) != NULL)
        flags |= (unsigned)TS_VFY_NONCE;
    bool proved = true;
    if (ca_file != NULL && ca_file[0] != '\0') {
        flags |= (unsigned)TS_VFY_SIGNATURE;
        proved = store_use(context, ca_file);
    }
    TS_VERIFY_CTX_set_flags(context, (int)flags);
    ERR_clear_error();
    proved = proved && TS_RESP_verify_response(context, response) == 1;
    if (!proved)
        ERR_error_string_n(ERR_peek_last_error(), why, sizeof why);
    TS_VERIFY_CTX_free(context);
    return proved ? OK : failure_set(reterr, ERR_SYNTAX, "the time stamp does not hold: %s", why);
}

static int check(struct slice token, TS_REQ *request, const char *ca_file, int64_t *ret_unix_ms,
                 struct failure *reterr)
{
    const unsigned char *at = (const unsigned char *)token.at;
    TS_RESP *response = d2i_TS_RESP(NULL, &at, (long)token.len);
    if (response == NULL)
        return failure_set(reterr, ERR_SYNTAX, "not a time stamp (RFC 3161)");
    int rc = prove(response, request, ca_file, reterr);
    if (rc == OK)
        *ret_unix_ms = time_of(response);
    TS_RESP_free(response);
    return rc;
}

int timestamp_check(struct slice token, const char *ca_file, const struct digest *digest,
                    int64_t *ret_unix_ms, struct failure *reterr)
{
    TS_REQ *request = request_make(digest, false);
    if (request == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    int rc = check(token, request, ca_file, ret_unix_ms, reterr);
    TS_REQ_free(request);
    return rc;
}

int timestamp_ask(const char *url, const char *ca_file, const struct digest *digest,
                  struct text_buf *ret_token, int64_t *ret_unix_ms, struct failure *reterr)
{
    TS_REQ *request = request_make(digest, true);
    unsigned char *query = NULL;
    int len = request != NULL ? i2d_TS_REQ(request, &query) : 0;
    size_t before = ret_token->len;
    int rc = len > 0 ? post(url, slice_make((const char *)query, (size_t)len), ret_token, reterr)
                     : failure_set(reterr, ERR_NOMEM, "out of memory");
    if (rc == OK)
        rc = check(slice_from(text_buf_slice(ret_token), before), request, ca_file, ret_unix_ms,
                   reterr);
    if (rc == ERR_SYNTAX)
        failure_prefix(reterr, "%s", url);
    OPENSSL_free(query);
    TS_REQ_free(request);
    return rc;
}
