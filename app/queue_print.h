/* app/queue_print.h - cases on a terminal and as JSON, for `queue` and whoever lists cases. */
#ifndef LUREWATCH_QUEUE_PRINT_H
#define LUREWATCH_QUEUE_PRINT_H

#include "app/table.h"
#include "common/json.h"
#include "storage/queue.h"
#include "storage/queue_counts.h"

/* A table of cases: number, score, band, task, place, pay, age, how many others are like it, state,
 * strongest words. Gives *ret_table, which lives in arena; rows are added by queue_table_add(). */
MUST_USE int queue_table(struct arena *arena, struct table **ret_table);
void queue_table_add(struct table *table, const struct case_row *row, int64_t now_unix_ms);
void queue_row_json(const struct case_row *row, struct json_writer *writer);
/* The same of a case that came in a table, with the line of its row; 0: none. */
void queue_sent_json(const struct case_row *row, uint64_t line, struct json_writer *writer);

/* Everything of one case: text with the words that count marked («» without colour), findings and
 * their sum, contacts by kind and tail, evidence, history. */
void queue_print_case(const struct case_full *full, FILE *out, int64_t now_unix_ms);
/* Its members, into the object that is open. */
void queue_case_members(const struct case_full *full, struct json_writer *writer);

/* On standard error: what was asked of somebody about a case that is confirmed no longer. */
void queue_warn_standing(struct store *store, struct arena *arena, const struct case_row *row);

void queue_print_stats(const struct queue_stats *stats, int64_t now_unix_ms);
void queue_stats_json(const struct queue_stats *stats, struct json_writer *writer);

#endif
