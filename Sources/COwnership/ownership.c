#include "cownership.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// glibc declares O_PATH, AT_EMPTY_PATH and RENAME_NOREPLACE only for GNU's dialect.
enum { ownership_path = 010000000, ownership_empty = 0x1000, ownership_no_replace = 1 };

int ownership_set(
    int directory, const char *name, mode_t type, uid_t owner, gid_t group, mode_t mode) {
  const int entry = openat(directory, name, ownership_path | O_CLOEXEC | O_NOFOLLOW);
  if (entry < 0) return -1;
  struct stat facts;
  int done = fstat(entry, &facts);
  if (done == 0 && (facts.st_mode & S_IFMT) != type) {
    errno = ENOTSUP;
    done = -1;
  } else if (done == 0) {
    const int owned = facts.st_uid == owner && facts.st_gid == group;
    const int open = (facts.st_mode & 07777) == mode;
    if (!owned) done = (int)syscall(SYS_fchownat, entry, "", owner, group, ownership_empty);
    if (done == 0 && !(owned && open)) {
      char place[32];
      snprintf(place, sizeof place, "/proc/self/fd/%d", entry);
      done = chmod(place, mode);
      if (done == 0) done = 1;
    }
  }
  const int reason = errno;
  close(entry);
  errno = reason;
  return done;
}

int ownership_rename(const char *from, const char *to) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, ownership_no_replace);
}

void ownership_act_as(uid_t *user, gid_t *group) {
  *user = (uid_t)syscall(SYS_setfsuid, *user);
  *group = (gid_t)syscall(SYS_setfsgid, *group);
}
