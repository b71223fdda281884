/* review/httpd_listen.h - the socket a server listens on: loopback or Unix, never another. */
#ifndef LUREWATCH_HTTPD_LISTEN_H
#define LUREWATCH_HTTPD_LISTEN_H

#include "common/err.h"

/* Opens, binds and listens; see httpd_start() for where and the errors. Gives *ret_fd. A socket
 * file nobody listens on any more is taken over. *ret_port: 0 for a Unix socket. */
MUST_USE int listen_on(const char *where, int *ret_fd, unsigned *ret_port, struct failure *reterr);
/* Is where an address to listen on? Nothing is opened. Errors: ERR_SYNTAX, ERR_DENIED (others could
 * reach it). */
MUST_USE int listen_check(const char *where, struct failure *reterr);
/* Removes the socket file of a Unix socket. */
void listen_done(const char *where);

#endif
