/* review/exchange.h - cases in forms that other desks' programs read.
 *
 *   STIX 2.1   one bundle: who reports; a report and a note a case, with the ad's fields in an
 *              extension; an indicator where people confirmed it; url, and with contacts in clear
 *              user-account and email-addr, as observables. Ids are UUIDv5: the same case is the
 *              same object in every bundle
 *   MISP       one event: an object job-lure a case (review/job-lure.json), TLP and taxonomy tags
 *   XARF 4     a report a line (content/fraud, fraud_type employment), only about sites of
 *              recruiters' own: a job board is a host that was abused, not a source
 *
 * Contacts are left out unless asked for in clear. Nothing calls anybody a trafficker. */
#ifndef LUREWATCH_EXCHANGE_H
#define LUREWATCH_EXCHANGE_H

#include "review/export.h"

struct exchange_desk { /* borrowed; NULL counts as "" */
    const char *operator_name, *contact;
    const char *evidence_dir;
    bool unmask;    /* contacts from the evidence; each case gets a "read" row of act first */
    bool own_sites; /* XARF: the ads' own hosts are the recruiters' */
    struct queue_act act;
};

struct exchange_counts {
    uint64_t cases, written;
    uint64_t without_site; /* XARF: cases that name no site of the recruiter's own */
};

/* Errors: ERR_SYNTAX (XARF without a mail address as contact), ERR_NOT_FOUND (the case asked for; its
 * evidence, when unmasking), the sink's, those of store.h; each with its sentence. */
MUST_USE int export_exchange(struct store *store, enum export_format format,
                             const struct export_filter *filter, const struct exchange_desk *desk,
                             const struct export_sink *sink, struct exchange_counts *ret_counts,
                             struct failure *reterr);

#endif
