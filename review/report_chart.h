/* review/report_chart.h - charts of the report as SVG within HTML. Told apart by place and by
 * brightness, not by colour alone, and every number stands beside its bar. */
#ifndef LUREWATCH_REPORT_CHART_H
#define LUREWATCH_REPORT_CHART_H

#include "review/report_sink.h"

/* Flagged, confirmed and removed of each group. The sink has HTML. */
void chart_groups(struct report_sink *sink, const struct report *report, enum report_by by);
/* The quartiles of pay against the norm, by task, as boxes on a line. */
void chart_ratios(struct report_sink *sink, const struct report *report);

#endif
