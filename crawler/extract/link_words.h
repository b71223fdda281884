/* crawler/extract/link_words.h - what the words of an address and of an anchor say. */
#ifndef LUREWATCH_LINK_WORDS_H
#define LUREWATCH_LINK_WORDS_H

#include "crawler/url.h"

enum link_word {
    WORD_POSTING = 1 << 0, /* a word for job with an id or a name behind it */
    WORD_LISTING = 1 << 1, /* a word for jobs, or a search */
    WORD_PAGING = 1 << 2,  /* page 2 of something about jobs */
    WORD_ACCOUNT = 1 << 3, /* sign in, apply, share, policy: never followed as a posting */
    WORD_ARTICLE = 1 << 4  /* blog, news, advice */
};

/* A union of enum link_word. */
unsigned link_words(const struct url *url);
/* Does the address carry a page number? */
bool link_has_paging(const struct url *url);
/* Is it a query key that names a posting: id, jk, job_id? */
bool link_key_is_id(struct slice key);
/* "Next", "›", "Selanjutnya", "下一页", … */
bool link_text_is_next(struct slice text);
/* The same registrable name, roughly: the last two labels of the host are equal. */
bool url_same_site(const struct url *a, const struct url *b);

#endif
