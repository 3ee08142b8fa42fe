#pragma once
#include <sys/types.h>

/// Whether this process has one thread: only then may it fork, for the locks of others stay locked.
int zygote_is_alone(void);

/// Forks a child of this process's own parent, which reaps it: 0 in the child, its id here, or -1
/// and errno.
pid_t zygote_fork(void);
