/* review/report_tables.h - the report's sentences, tables and charts, written into a sink. */
#ifndef LUREWATCH_REPORT_TABLES_H
#define LUREWATCH_REPORT_TABLES_H

#include "review/report_sink.h"

/* All of the report but its title. Errors show in the status of the sink's buffer. */
void report_put(struct report_sink *sink, const struct report *report);

#endif
