#pragma once
#include <fcntl.h>
#include <sys/socket.h>

// glibc shows both only to who asked for GNU's extensions before the first include of all.
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
extern int pipe2(int ends[2], int flags);

/// The next connection, closed on exec; -1 and errno when there is none.
static inline int pool_accept(int listening) { return accept4(listening, 0, 0, SOCK_CLOEXEC); }

/// A non-blocking pipe, closed on exec; 0, or -1 and errno.
static inline int pool_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC | O_NONBLOCK); }
