/* fetcher_tls.c - the certificate a server showed, for the evidence.
 *
 * libcurl tells it (CURLINFO_CERTINFO) to the download whose handshake it was; those that follow on
 * the same connection are told nothing. So the last one of each host and port is held, in as many
 * slots as a sweep has hosts at once; a host that shares a slot takes it over. Cost: a copy of some
 * 2 KiB a handshake, a look-up a download. */
#include "crawler/fetcher_inside.h"

#include "common/digest.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS            1024u
#define HELD_BYTES_MAX   (64u << 10)
#define HELD_NAME_BYTES  264u
#define DER_BYTES_MAX    (48u << 10)
#define CERTIFICATES_MAX 16

struct held {
    char name[HELD_NAME_BYTES]; /* host:port; "" free */
    char *texts;                /* what certificate points into */
    struct fetch_certificate certificate;
};

struct fetch_certificates {
    struct held slot[SLOTS];
};

void fetch_certificates_free(struct fetch_certificates *certificates)
{
    for (size_t i = 0; certificates != NULL && i < SLOTS; i++)
        free(certificates->slot[i].texts);
    free(certificates);
}

/* ---- fingerprint ---- */

static int sextet(char c)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c == '\0' ? NULL : strchr(letters, c);
    return at == NULL ? -1 : (int)(at - letters);
}

/* SHA-256 over the DER bytes between the lines of a PEM block, in hex; "" when it is none. */
static void fingerprint(struct slice pem, char at[DIGEST_HEX_BYTES])
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    unsigned char *der = malloc(DER_BYTES_MAX);
    size_t from = slice_find(pem, slice_of(begin)), len = 0;
    unsigned bits = 0;
    int held = 0;
    at[0] = '\0';
    for (size_t i = from == SIZE_MAX ? pem.len : from + strlen(begin);
         der != NULL && i < pem.len && pem.at[i] != '-' && len < DER_BYTES_MAX; i++) {
        int six = sextet(pem.at[i]);
        if (six < 0)
            continue;
        bits = bits << 6 | (unsigned)six;
        held += 6;
        if (held >= 8) {
            held -= 8;
            der[len++] = (unsigned char)(bits >> held);
        }
    }
    if (len > 0) {
        const struct digest digest = digest_of(slice_make((const char *)der, len));
        digest_hex(&digest, at);
    }
    free(der);
}

/* ---- what curl tells ---- */

/* The value of "Name:value" in the list, "" when it is not there. */
static struct slice value_of(const struct curl_slist *list, const char *name)
{
    for (; list != NULL; list = list->next) {
        struct slice line = slice_of(list->data);
        if (slice_starts(line, name) && line.len > strlen(name) && line.at[strlen(name)] == ':')
            return slice_trim(slice_from(line, strlen(name) + 1));
    }
    return SLICE_EMPTY;
}

static void held_fill(struct held *held, const struct curl_certinfo *info)
{
    static const char *const names[] = {"Subject", "Issuer", "Start date", "Expire date", "Cert"};
    char hex[DIGEST_HEX_BYTES];
    struct text_buf texts;
    size_t start[sizeof names / sizeof names[0] + 1];
    const size_t count = sizeof names / sizeof names[0];
    text_buf_init(&texts, HELD_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        start[i] = texts.len;
        text_buf_add_slice(&texts, value_of(info->certinfo[0], names[i]));
        text_buf_add(&texts, "", 1);
    }
    start[count] = texts.len;
    fingerprint(value_of(info->certinfo[0], "Cert"), hex);
    text_buf_add(&texts, hex, strlen(hex) + 1);
    free(held->texts);
    held->texts = text_buf_status(&texts) == OK ? malloc(texts.len) : NULL;
    if (held->texts != NULL) {
        memcpy(held->texts, texts.at, texts.len);
        held->certificate = (struct fetch_certificate){.subject = held->texts + start[0],
                                                       .issuer = held->texts + start[1],
                                                       .valid_from = held->texts + start[2],
                                                       .valid_until = held->texts + start[3],
                                                       .pem = held->texts + start[4],
                                                       .sha256 = held->texts + start[5]};
    }
    text_buf_release(&texts);
}

static struct held *slot_of(struct fetch_certificates *certificates, const char *name)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (const char *at = name; *at != '\0'; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619u;
    return &certificates->slot[hash % SLOTS];
}

const struct fetch_certificate *fetch_certificate_of(struct fetch *fetch)
{
    struct fetcher *fetcher = fetch->fetcher;
    struct curl_certinfo *info = NULL;
    char name[HELD_NAME_BYTES];
    if (!fetch->sent || !slice_is(fetch->parsed.scheme, "https"))
        return NULL;
    if (fetcher->certificates == NULL)
        fetcher->certificates = calloc(1, sizeof *fetcher->certificates);
    if (fetcher->certificates == NULL)
        return NULL;
    snprintf(name, sizeof name, "%.*s:%u", (int)fetch->parsed.host.len, fetch->parsed.host.at,
             (unsigned)fetch->parsed.port);
    struct held *held = slot_of(fetcher->certificates, name);
    if (curl_easy_getinfo(fetch->easy, CURLINFO_CERTINFO, &info) == CURLE_OK && info != NULL &&
        info->num_of_certs > 0 && info->num_of_certs <= CERTIFICATES_MAX) {
        snprintf(held->name, sizeof held->name, "%s", name);
        held_fill(held, info);
    }
    return held->texts != NULL && strcmp(held->name, name) == 0 ? &held->certificate : NULL;
}
