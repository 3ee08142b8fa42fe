#pragma once
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Swift sees neither O_PATH nor AT_EMPTY_PATH: glibc declares them only for GNU's dialect.
enum { ownership_path = 010000000, ownership_empty = 0x1000, ownership_no_replace = 1 };

/// Gives the entry `name` of an open directory an owner, a group and a mode, when it is of a type
/// (S_IFREG, S_IFDIR) and differs. A symbolic link is never followed, because the entry is opened
/// first. Returns 1 when it changed something, 0 when not, -1 and errno when it failed; ENOTSUP
/// for an entry of another type.
static inline int ownership_set(
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

/// Renames a file unless the new name exists; returns 0, or -1 and errno.
static inline int ownership_rename(const char *from, const char *to) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, ownership_no_replace);
}

/// Does the file operations of this thread as another user and group; returns those before in
/// `user` and `group`. Unlike with setresuid(2), the process and its connections stay who they are.
static inline void ownership_act_as(uid_t *user, gid_t *group) {
  *user = (uid_t)syscall(SYS_setfsuid, *user);
  *group = (gid_t)syscall(SYS_setfsgid, *group);
}
