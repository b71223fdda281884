/* review/exchange_inside.h - what exchange.c and the forms (stix.c, misp.c, xarf.c) share. */
#ifndef LUREWATCH_EXCHANGE_INSIDE_H
#define LUREWATCH_EXCHANGE_INSIDE_H

#include "common/uuid5.h"
#include "review/clear.h"
#include "review/exchange.h"
#include "review/id_set.h"
#include "review/letter.h"
#include "review/own_sites.h"

struct exchange_form;
struct exchange {
    struct store *store;
    const struct exchange_form *form;
    const struct exchange_desk *desk;
    struct text_buf text; /* goes to the sink after each case */
    struct json_writer writer;
    struct arena *arena; /* of the case at hand */
    struct exchange_counts counts;
    struct digest_stream *names; /* of all cases written, for the id of the whole */
    struct id_set ids;           /* STIX: of the observables written */
    int ids_status;
    struct own_sites *own_sites; /* XARF */
    int64_t latest_unix_ms;
    int64_t now_unix_ms;
    struct failure *reterr;
};

struct exchange_case {
    const struct case_full *full;
    const struct clear_ad *clear;         /* NULL: masked */
    const struct contact_found *contacts; /* in clear; count 0 when masked */
    size_t contacts_count;
    const struct posting *posting; /* as the page had it; NULL: not read */
};

struct exchange_form {
    int (*begin)(struct exchange *exchange);
    int (*one)(struct exchange *exchange, const struct exchange_case *one);
    void (*end)(struct exchange *exchange);
    bool wants_clear; /* reads the evidence even when contacts stay masked */
};
extern const struct exchange_form STIX_FORM, MISP_FORM, MISP_FLAT_FORM, XARF_FORM;

/* UUIDs of ours: what ("report", "event") and name decide. Returns at. */
char *exchange_uuid(const char *what, const char *name, char at[UUID_TEXT_BYTES]);
/* The id of the whole: of everything written so far. */
char *exchange_uuid_of_all(struct exchange *exchange, const char *what, char at[UUID_TEXT_BYTES]);
/* "2026-11-24T09:27:03.125Z". Returns at. */
#define EXCHANGE_TIME_BYTES 32u
char *exchange_time(int64_t unix_ms, char at[EXCHANGE_TIME_BYTES]);
/* A contact's address as the ad writes it (rules read it in lower case), with a scheme. In the case's
 * arena; NULL: it is none, or no memory. */
const char *exchange_site(struct exchange *exchange, const struct exchange_case *one,
                          const struct contact_found *contact);
/* Findings in words, a line each. In the case's arena; "" without memory. */
const char *exchange_findings(struct exchange *exchange, const struct case_full *full);
/* The pages that those findings rest on; as letter_pages(). */
size_t exchange_pages(struct exchange *exchange, const struct case_full *full,
                      struct citation ret_pages[LETTER_SOURCES_MAX]);
/* "Recruitment advertisement that matches published indicators: gambling". */
const char *exchange_title(struct exchange *exchange, const struct case_full *full);

#endif
