#pragma once
#include <fcntl.h>
#include <sys/socket.h>

// glibc declares both only when GNU's extensions are requested before the first include.
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
extern int pipe2(int ends[2], int flags);

/// Accepts the next connection, closed on exec; returns -1 and errno when there is none.
static inline int pool_accept(int listening) { return accept4(listening, 0, 0, SOCK_CLOEXEC); }

/// Makes a non-blocking pipe, closed on exec; returns 0, or -1 and errno.
static inline int pool_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC | O_NONBLOCK); }
