#pragma once
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

extern int close_range(unsigned first, unsigned last, int flags);

/// Starts a program with `input` as its descriptor 0 and no descriptors open but 0, 1 and 2. The
/// program gets SIGTERM when this process dies, which posix_spawn cannot set up. Returns a negative
/// number and sets errno when there is no process; exit status 127 when there is no such program.
///
/// Only async-signal-safe functions are called between fork and exec.
static inline pid_t child_start(const char *program, char *const arguments[], int input) {
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  // The parent may have died before the line above.
  if (getppid() != parent) _exit(1);
  if (dup2(input, 0) < 0) _exit(126);
  if (input == 0) fcntl(0, F_SETFD, 0);
  close_range(3, UINT_MAX, 0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
  execv(program, arguments);
  _exit(127);
}
