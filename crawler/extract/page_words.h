/* crawler/extract/page_words.h - words that tell what a page is: an ad that is over, an ad, a shell that
 * wants a script. In the languages of the boards. ASCII letter case matters not. */
#ifndef LUREWATCH_PAGE_WORDS_H
#define LUREWATCH_PAGE_WORDS_H

#include "common/text.h"

/* The words by which the text says that the ad is over, static; empty: it does not. */
struct slice page_words_over(struct slice text);
/* Do title and text together hold at least enough different words that ads are made of? */
bool page_words_of_job(struct slice title, struct slice text, unsigned enough);
/* Does what stands in <noscript> ask for a script? */
bool page_words_ask_script(struct slice noscript);

#endif
