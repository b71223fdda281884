/* review/dossier.h - one case as one zip that leaves the house and proves itself: nothing of ours
 * is needed to check it.
 *
 *   README.txt              what this is, for whoever opens it, in English and Indonesian
 *   SHA256SUMS              digests of all other files (sha256sum -c)
 *   letter.txt              the request, where a recipient is known
 *   ad.txt                  the ad's text, contacts masked unless asked for
 *   findings.txt            every finding in words: rule, points, reason and sources; the sum
 *   case.json               the same for programs
 *   history.txt             what was done with the case, by whom, when; it and the two others in
 *                           English, or in Indonesian where the letter is
 *   evidence/excerpt.warc.gz  the WARC records of the page, byte for byte as they were written
 *   evidence/manifest.json  where each record lies, its digests, and the chain over them
 *   evidence/stamp.tsr      a time stamp of an authority (RFC 3161), where one covers the records
 *   evidence/stamp.txt      what it stamps: the digests of the segment's members, a line each; their
 *                           chain is the stamped hash, and the excerpt's members are among them
 *   page.png                the page as a browser draws the kept bytes, where the caller has one
 *
 * The same case gives the same bytes: times are those of the case, and what the export itself adds
 * to the history is left out; page.png alone is as its browser and fonts make it. The excerpt (and so
 * the picture) holds the page as it was, contacts in clear: that is what the digests are of. */
#ifndef LUREWATCH_DOSSIER_H
#define LUREWATCH_DOSSIER_H

#include "review/letter.h"
#include "review/zip.h"

#define DOSSIER_BYTES_MAX (512u << 20)
#define DOSSIER_PICTURE   "page.png"

struct dossier_picture {  /* borrowed */
    struct slice png;     /* empty: there is none */
    const char *drawn_by; /* "HeadlessChrome/142.0.1.2" */
    const char *why_not;  /* NULL or "": nobody asked for one */
};

struct dossier_about { /* all borrowed */
    int64_t case_id;
    const struct letter_desk *desk;
    const char *evidence_dir;
    const struct recipient *recipient; /* NULL: no letter */
    const char *request;               /* "R-4"; NULL or "": none yet */
    const char *approved_by;           /* NULL or "": nobody yet */
    bool unmask;                       /* contacts in ad.txt as the page had them */
    struct dossier_picture picture;
    int64_t now_unix_ms; /* for leases alone */
};

/* Appends the zip to out. Errors: ERR_NOT_FOUND (no such case; its evidence is gone), ERR_SYNTAX
 * (evidence is damaged: nothing leaves), those of letter.h, zip.h and store.h; each with its
 * sentence. */
MUST_USE int dossier_write(struct store *store, const struct dossier_about *about,
                           struct text_buf *out, struct failure *reterr);
/* "lurewatch-case-12.zip"; at needs 40 bytes. Returns at. */
char *dossier_name(int64_t case_id, char at[40]);

#endif
