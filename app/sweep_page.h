/* app/sweep_page.h - one URL while it is under way, from item to outcome, for sweep*.c alone. */
#ifndef LUREWATCH_SWEEP_PAGE_H
#define LUREWATCH_SWEEP_PAGE_H

#include "app/sweep_lease.h"
#include "common/look.h"

#define PAGE_ARENA_BYTES_MAX (UINT64_C(160) << 20)

/* A request that was made, for the store. */
struct visit {
    struct visit *next;
    struct fetch_entry entry;
    struct host_row politeness;
};
/* In arena; NULL: no memory. */
struct visit *visit_make(struct arena *arena, const struct errand *errand,
                         const struct fetch_result *result);
MUST_USE int visits_store(struct keeper *keeper, const struct visit *visits);

/* One URL, from the frontier's item to the transaction that stores its outcome. Lives in arena,
 * which it owns. */
struct page_ad {
    struct posting posting;
    struct verdict verdict;
    struct digest fingerprint;
    struct sketch sketch;
    bool flagged, sampled;
    bool keep; /* set in the transaction: evidence is wanted */
    struct posting_stored stored;
    struct url_link *pictures; /* to be fetched: of a flagged ad, at hosts of its source */
    bool *pictures_wait;       /* that were not known */
    size_t pictures_count, pictures_elsewhere;
};

struct page {
    struct errand errand;
    struct sweep *sweep;
    struct source_run *run;
    struct arena *arena;
    struct sweep_host *home; /* of url */
    int64_t id;
    const char *url; /* as the store has it; errand.url is the hop */
    enum url_kind kind;
    uint32_t depth, attempts;
    int64_t referrer_id, revisit_ms; /* it had rested so long; 0: the first time */
    const char *hops[SWEEP_HOPS_MAX + 1];
    uint32_t hops_count;
    const char *robots_rule;
    struct digest *digest_before; /* NULL: none that counts */
    struct visit *visits, *visits_last;
    /* the answer */
    const char *content_type, *content_encoding, *ip;
    const char *robots_tag; /* X-Robots-Tag; "" or NULL: none */
    bool noindex;           /* it, or meta robots, asks not to be indexed: noted, we show nothing */
    const struct fetch_certificate *certificate; /* NULL: none */
    struct slice request_head, response_head, body;
    struct digest digest;
    /* what the store is told */
    struct store_job job;
    struct url_outcome outcome;
    bool unchanged;              /* ads of the page were seen as they were */
    bool lease_lost;             /* its host went to another machine meanwhile */
    struct rendering *rendering; /* while it is in the browser */
    size_t hops_open;            /* requests of its scripts that are under way */
    bool render_over;
    const char *render_why;
    bool rendered; /* body is the document as its scripts left it */
    bool local;    /* read from a file: no host, no request, no way back to the frontier */
    const char *resource_type; /* of a local page's evidence */
    const char *archived_at;   /* when its archive says it was fetched; "" unknown */
    const char *picture;       /* its type, of a URL_PICTURE that is one; NULL: none */
    const char *picture_of;    /* record of its ad, set in the transaction */
    bool has_look;
    struct look look;      /* of a picture */
    const char *no_look;   /* why it has none; NULL: it has, or nobody looked */
    const char *poison;    /* NULL: none */
    const char *page_type; /* "" when no worker read it */
    struct page_ad *ads;
    size_t ads_count;
    struct url_link *links;
    struct url_lastmod *dated; /* postings that a sitemap says were changed then */
    size_t dated_count;
    uint64_t revived;
    bool *links_new, *links_onward;
    size_t links_count, links_sure; /* from links_sure on: those that go on with the same list */
    bool newest_first;              /* such a list goes on only while all of a page is new */
    bool went_nowhere;              /* it goes on, and was not followed: it brought nothing new */
    struct round_tally tally;
    uint64_t cases_new, watch;
    bool expired, shell;
    const char *fused; /* a rule that its worker runs no more; NULL: none */
};

#endif
