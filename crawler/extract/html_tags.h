/* crawler/extract/html_tags.h - the elements we know by name, and what each does to text. */
#ifndef LUREWATCH_HTML_TAGS_H
#define LUREWATCH_HTML_TAGS_H

#include "common/text.h"

enum html_class {
    HTML_INLINE = 0,        /* text runs on */
    HTML_BLOCK = 1 << 0,    /* begins and ends a line */
    HTML_PARA = 1 << 1,     /* a blank line around it */
    HTML_VOID = 1 << 2,     /* has no content and no end tag */
    HTML_RAW = 1 << 3,      /* content is text to its end tag */
    HTML_CLOSES_P = 1 << 4, /* its start ends an open paragraph */
    HTML_SPECIAL = 1 << 5,  /* stops the search for an open inline element */
    HTML_UNSEEN = 1 << 6,   /* never shown: script, style, template, … */
    HTML_RCDATA = 1 << 7    /* raw, but with character references */
};

/* name, flags. In the order of the alphabet. */
#define HTML_TAGS(TAG)                                                                             \
    TAG(a, 0)                                                                                      \
    TAG(abbr, 0)                                                                                   \
    TAG(address, B | P | S)                                                                        \
    TAG(applet, S)                                                                                 \
    TAG(area, V)                                                                                   \
    TAG(article, B | P | S)                                                                        \
    TAG(aside, B | P | S)                                                                          \
    TAG(audio, 0)                                                                                  \
    TAG(b, 0)                                                                                      \
    TAG(base, V)                                                                                   \
    TAG(blockquote, G | P | S)                                                                     \
    TAG(body, B | S)                                                                               \
    TAG(br, V)                                                                                     \
    TAG(button, S)                                                                                 \
    TAG(canvas, 0)                                                                                 \
    TAG(caption, B | S)                                                                            \
    TAG(center, B | P | S)                                                                         \
    TAG(cite, 0)                                                                                   \
    TAG(code, 0)                                                                                   \
    TAG(col, V)                                                                                    \
    TAG(colgroup, S)                                                                               \
    TAG(dd, B | P | S)                                                                             \
    TAG(del, 0)                                                                                    \
    TAG(details, B | P | S)                                                                        \
    TAG(dialog, B | P | S)                                                                         \
    TAG(dir, G | P | S)                                                                            \
    TAG(div, B | P | S)                                                                            \
    TAG(dl, G | P | S)                                                                             \
    TAG(dt, B | P | S)                                                                             \
    TAG(em, 0)                                                                                     \
    TAG(embed, V)                                                                                  \
    TAG(fieldset, B | P | S)                                                                       \
    TAG(figcaption, B | P | S)                                                                     \
    TAG(figure, B | P | S)                                                                         \
    TAG(font, 0)                                                                                   \
    TAG(footer, B | P | S)                                                                         \
    TAG(form, B | P | S)                                                                           \
    TAG(frame, V)                                                                                  \
    TAG(frameset, S)                                                                               \
    TAG(h1, G | P | S)                                                                             \
    TAG(h2, G | P | S)                                                                             \
    TAG(h3, G | P | S)                                                                             \
    TAG(h4, G | P | S)                                                                             \
    TAG(h5, G | P | S)                                                                             \
    TAG(h6, G | P | S)                                                                             \
    TAG(head, S | U)                                                                               \
    TAG(header, B | P | S)                                                                         \
    TAG(hgroup, B | P | S)                                                                         \
    TAG(hr, B | P | V)                                                                             \
    TAG(html, S)                                                                                   \
    TAG(i, 0)                                                                                      \
    TAG(iframe, R | S | U)                                                                         \
    TAG(img, V)                                                                                    \
    TAG(input, V)                                                                                  \
    TAG(ins, 0)                                                                                    \
    TAG(label, 0)                                                                                  \
    TAG(legend, B)                                                                                 \
    TAG(li, B | P | S)                                                                             \
    TAG(link, V)                                                                                   \
    TAG(main, B | P | S)                                                                           \
    TAG(map, 0)                                                                                    \
    TAG(mark, 0)                                                                                   \
    TAG(math, 0)                                                                                   \
    TAG(menu, G | P | S)                                                                           \
    TAG(meta, V)                                                                                   \
    TAG(nav, B | P | S)                                                                            \
    TAG(noembed, R | U)                                                                            \
    TAG(noframes, R | U)                                                                           \
    TAG(noscript, R | U)                                                                           \
    TAG(object, S)                                                                                 \
    TAG(ol, G | P | S)                                                                             \
    TAG(optgroup, B)                                                                               \
    TAG(option, B)                                                                                 \
    TAG(p, G | P | S)                                                                              \
    TAG(param, V)                                                                                  \
    TAG(picture, 0)                                                                                \
    TAG(pre, G | P | S)                                                                            \
    TAG(q, 0)                                                                                      \
    TAG(s, 0)                                                                                      \
    TAG(script, R | S | U)                                                                         \
    TAG(section, B | P | S)                                                                        \
    TAG(select, S)                                                                                 \
    TAG(small, 0)                                                                                  \
    TAG(source, V)                                                                                 \
    TAG(span, 0)                                                                                   \
    TAG(strong, 0)                                                                                 \
    TAG(style, R | S | U)                                                                          \
    TAG(sub, 0)                                                                                    \
    TAG(summary, B | P | S)                                                                        \
    TAG(sup, 0)                                                                                    \
    TAG(svg, U)                                                                                    \
    TAG(table, G | P | S)                                                                          \
    TAG(tbody, B | S)                                                                              \
    TAG(td, S)                                                                                     \
    TAG(template, S | U)                                                                           \
    TAG(textarea, R | C | S)                                                                       \
    TAG(tfoot, B | S)                                                                              \
    TAG(th, S)                                                                                     \
    TAG(thead, B | S)                                                                              \
    TAG(time, 0)                                                                                   \
    TAG(title, R | C | S | U)                                                                      \
    TAG(tr, B | S)                                                                                 \
    TAG(track, V)                                                                                  \
    TAG(u, 0)                                                                                      \
    TAG(ul, G | P | S)                                                                             \
    TAG(video, 0)                                                                                  \
    TAG(wbr, V)                                                                                    \
    TAG(xmp, R | P | S)

enum html_tag {
    TAG_OTHER,
#define HTML_TAG_ROW(name, flags) TAG_##name,
    HTML_TAGS(HTML_TAG_ROW)
#undef HTML_TAG_ROW
        TAG_COUNT
};

/* TAG_OTHER when it is none of ours. Letter case does not matter. */
enum html_tag html_tag_of(struct slice name);
/* A union of enum html_class. */
unsigned html_tag_class(enum html_tag tag);

#endif
