#define _GNU_SOURCE
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the system call filter knows x86_64 and aarch64"
#endif

// The low half of an argument: both architectures are little-endian.
#define ARGUMENT(n) offsetof(struct seccomp_data, args[n])
#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)
#define REFUSE RETURN(SECCOMP_RET_ERRNO | EPERM)
#define ALLOW(name) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), RETURN(SECCOMP_RET_ALLOW)
// Allowed when the argument, masked, equals a value.
#define ALLOW_IF(name, n, mask, value) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 5), LOAD(ARGUMENT(n)), \
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask), \
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1), RETURN(SECCOMP_RET_ALLOW), REFUSE

static int filter_system_calls(void) {
  uint32_t self = (uint32_t)getpid();
  struct sock_filter rules[] = {
      LOAD(offsetof(struct seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
      RETURN(SECCOMP_RET_KILL_PROCESS),
      LOAD(offsetof(struct seccomp_data, nr)),
      // The socket to the parent and the file it sent. Nothing opens: the bytes come mapped.
      ALLOW(recvmsg), ALLOW(sendto), ALLOW(read), ALLOW(write), ALLOW(writev), ALLOW(close),
      ALLOW(fstat), ALLOW_IF(newfstatat, 3, 0xffffffff, AT_EMPTY_PATH), ALLOW(lseek),
      // Memory, never executable.
      ALLOW(brk), ALLOW(munmap), ALLOW(mremap), ALLOW(madvise),
      ALLOW_IF(mmap, 2, PROT_EXEC, 0), ALLOW_IF(mprotect, 2, PROT_EXEC, 0),
      // Threads, but no processes. glibc takes clone when clone3 is missing.
      ALLOW_IF(clone, 0, CLONE_THREAD, CLONE_THREAD),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone3, 0, 1),
      RETURN(SECCOMP_RET_ERRNO | ENOSYS),
      ALLOW(futex), ALLOW(set_robust_list), ALLOW(rseq), ALLOW(sched_yield),
      ALLOW(sched_getaffinity), ALLOW(gettid), ALLOW(getpid), ALLOW(exit), ALLOW(exit_group),
      ALLOW_IF(prctl, 0, 0xffffffff, PR_SET_NAME),
      // Signals to itself: abort(3) is one.
      ALLOW(rt_sigaction), ALLOW(rt_sigprocmask), ALLOW(rt_sigreturn), ALLOW(sigaltstack),
      ALLOW(restart_syscall), ALLOW_IF(tgkill, 0, 0xffffffff, self),
      // Time and limits, its own only.
      ALLOW(clock_gettime), ALLOW(clock_nanosleep), ALLOW(nanosleep), ALLOW(getrusage),
      ALLOW(setitimer), ALLOW_IF(prlimit64, 0, 0xffffffff, 0), ALLOW(getrandom),
      REFUSE,
  };
  struct sock_fprog program = {.len = sizeof rules / sizeof *rules, .filter = rules};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

static int limit(int resource, uint64_t value) {
  struct rlimit both = {.rlim_cur = value, .rlim_max = value};
  return setrlimit(resource, &both);
}

int confine_limits(uint64_t address_space) {
  // A service's stop signal reaches the whole control group; the files in hand are finished
  // first, and the end of the parent's socket is what ends a child.
  signal(SIGTERM, SIG_IGN);
  signal(SIGINT, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  // Each further arena would reserve 64 MB of the address space.
  mallopt(M_ARENA_MAX, 1);
  if (limit(RLIMIT_AS, address_space) || limit(RLIMIT_CORE, 0) || limit(RLIMIT_FSIZE, 0) ||
      limit(RLIMIT_NOFILE, 16))
    return -1;
  // No PR_SET_PDEATHSIG: it fires when the thread that spawned us ends, not the process.
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int confine_process(uint64_t address_space) {
  return confine_limits(address_space) ? -1 : filter_system_calls();
}

int confine_file(uint32_t cpu_seconds, uint32_t wall_seconds) {
  struct rusage used;
  struct rlimit cpu;
  struct itimerval wall = {.it_value = {.tv_sec = wall_seconds}};
  if (getrusage(RUSAGE_SELF, &used) || getrlimit(RLIMIT_CPU, &cpu)) return -1;
  rlim_t spent = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec);
  cpu.rlim_cur = spent + 1 + cpu_seconds;
  if (setrlimit(RLIMIT_CPU, &cpu)) return -1;
  return setitimer(ITIMER_REAL, &wall, NULL);
}

int confine_rest(void) {
  struct itimerval never = {0};
  return setitimer(ITIMER_REAL, &never, NULL);
}
