/* app/notify.h - tells the desk, by mail or webhook, when a sweep found something, failed or raised
 * an alarm. Says nothing when there is nothing to say. A message that cannot be sent is a warning in
 * the log, never another exit code. Contacts in titles are masked. */
#ifndef LUREWATCH_NOTIFY_H
#define LUREWATCH_NOTIFY_H

#include "app/settings.h"

/* After a sweep that began at since_unix_ms: new cases, alarms, an error. With neither notify_mail
 * nor notify_webhook set it does nothing. */
void notify_sweep(const struct settings *settings, int64_t since_unix_ms, int exit_code);
/* A message of a command's own; lines end in \n. id names it: the same for the same message. */
struct notice {
    const char *id, *subject, *body;
    struct slice json; /* for the webhook */
};
void notify(const struct settings *settings, const struct notice *notice);

#endif
