#pragma once
#include <sys/types.h>

/// Whether this process has one thread. Only then may it fork: in the child, locks that other
/// threads hold would stay locked for ever.
int zygote_is_alone(void);

/// Forks a child of this process's own parent, which reaps it: 0 in the child, its id here, or -1
/// and errno.
pid_t zygote_fork(void);
