/* fetchone_world.h - the world fetchone lives in: names from a file, connections watched. */
#ifndef LUREWATCH_TESTS_FETCHONE_WORLD_H
#define LUREWATCH_TESTS_FETCHONE_WORLD_H

#include <stdbool.h>

/* From now on getaddrinfo() answers from the file, and from nothing else. Its lines:
 * "NAME DELAY_MS ADDRESS…"; no address: there is no such name. False: it cannot be read. */
bool world_names(const char *path);
/* From now on every connect() prints {"connect":"ADDRESS:PORT"}, and those out of 127.0.0.0/8 fail
 * as an unreachable network does, without a packet. */
void world_watch_connect(void);

#endif
