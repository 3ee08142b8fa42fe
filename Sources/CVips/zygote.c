#define _GNU_SOURCE
#include "zygote.h"

#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int zygote_is_alone(void) {
  struct stat tasks;
  // A folder has two links and one more for each folder in it; here each thread has a folder.
  return stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink == 3;
}

pid_t zygote_fork(void) {
  // fork(3) knows no CLONE_PARENT. A program of one thread needs only this of the other things that
  // fork(3) does: glibc caches the thread's id, which the kernel must write anew in the child.
  int *thread = NULL;
  unsigned long flags = CLONE_PARENT | SIGCHLD;
  if (prctl(PR_GET_TID_ADDRESS, &thread) == 0 && thread)
    flags |= CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
#if defined(__x86_64__)
  return (pid_t)syscall(SYS_clone, flags, NULL, NULL, thread, NULL);
#else
  return (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, thread);
#endif
}
