/* review/exchange.h - cases in forms that other desks' programs read.
 *
 *   STIX 2.1   one bundle: who reports, TLP; a report a case, with its findings in words and, as external
 *              references, who published what they rest on; what was
 *              observed: the url, an artifact of JSON with the ad's fields, and with contacts in
 *              clear user-account and email-addr; an indicator based on it where people confirmed
 *              it. Ids are UUIDv5: the same case is the same object in every bundle
 *   MISP       one event: an object job-lure a case (review/job-lure.json), TLP and taxonomy tags;
 *              misp-flat: the same as plain attributes, for readers that know no objects (the
 *              strict one of MISP's published schemas has no place for an object)
 *   XARF 4     a report a line (content/fraud, fraud_type employment), only about sites of
 *              recruiters' own (own_sites.h): a job board is a host that was abused, not a source
 *
 * Contacts are left out unless asked for in clear. Nothing calls anybody a trafficker. */
#ifndef LUREWATCH_EXCHANGE_H
#define LUREWATCH_EXCHANGE_H

#include "review/citations.h"
#include "review/export.h"

struct exchange_desk { /* borrowed; NULL counts as "" */
    const char *operator_name, *contact;
    const char *evidence_dir;
    const char *letters;               /* folder of own letters: which hosts are platforms (XARF) */
    const struct citations *citations; /* who published what findings rest on; NULL: not known */
    /* Why nobody out there can come to the host, by its spelling alone; NULL: it is public (XARF). */
    const char *(*host_refusal)(struct slice host);
    bool unmask;    /* contacts from the evidence; each case gets a "read" row of act first */
    bool own_sites; /* XARF: the ads' own hosts are the recruiters' */
    struct queue_act act;
};

struct exchange_counts {
    uint64_t cases, written;
    uint64_t without_site;     /* XARF: cases that name no site of the recruiter's own */
    uint64_t without_evidence; /* of many: their contacts could not be read any more */
};

/* Errors: ERR_SYNTAX (XARF without a mail address as contact), ERR_NOT_FOUND (the case asked for; its
 * evidence, when unmasking; of many such a case goes without contacts), the sink's, those of store.h;
 * each with its sentence. */
MUST_USE int export_exchange(struct store *store, enum export_format format,
                             const struct export_filter *filter, const struct exchange_desk *desk,
                             const struct export_sink *sink, struct exchange_counts *ret_counts,
                             struct failure *reterr);

#endif
