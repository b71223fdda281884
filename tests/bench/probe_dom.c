/* probe_dom.c - the cost of a tree: libxml2 parses each file into a DOM, then links and JSON-LD are found
 * in it by a walk. What most extractors do first.
 *
 *   probe_dom FILES */
#include "tests/bench/probe.h"

#include <libxml/HTMLparser.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX (1u << 20)

static size_t walk(xmlNode *node)
{
    size_t found = 0;
    for (; node != NULL; node = node->next) {
        if (node->type == XML_ELEMENT_NODE) {
            xmlChar *href = xmlGetProp(node, (const xmlChar *)"href");
            xmlChar *type = xmlGetProp(node, (const xmlChar *)"type");
            found += href != NULL;
            if (type != NULL && strcmp((const char *)type, "application/ld+json") == 0) {
                xmlChar *text = xmlNodeGetContent(node);
                found += text != NULL;
                xmlFree(text);
            }
            xmlFree(href);
            xmlFree(type);
        }
        found += walk(node->children);
    }
    return found;
}

int main(int argc, char **argv)
{
    static char bytes[FILE_BYTES_MAX];
    char path[1024];
    size_t pages = 0, total = 0, found = 0;
    FILE *list = argc == 2 ? fopen(argv[1], "re") : NULL;
    if (list == NULL) {
        fprintf(stderr, "usage: probe_dom FILES\n");
        return 64;
    }
    while (fgets(path, sizeof path, list) != NULL) {
        path[strcspn(path, "\n")] = '\0';
        FILE *in = fopen(path, "re");
        if (in == NULL)
            continue;
        size_t len = fread(bytes, 1, sizeof bytes, in);
        fclose(in);
        htmlDocPtr doc = htmlReadMemory(bytes, (int)len, path, "UTF-8",
                                        HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
                                            HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
        found += walk(xmlDocGetRootElement(doc));
        xmlFreeDoc(doc);
        pages++;
        total += len;
    }
    fclose(list);
    probe_print(pages, total, found);
    return pages == 0;
}
