#pragma once
#include <sys/types.h>

/// Gives the entry `name` of an open directory an owner, a group and a mode, when it is of a type
/// (S_IFREG, S_IFDIR) and differs. A symbolic link is never followed, because the entry is opened
/// first. Returns 1 when it changed something, 0 when not, -1 and errno when it failed; ENOTSUP
/// for an entry of another type.
int ownership_set(
    int directory, const char *name, mode_t type, uid_t owner, gid_t group, mode_t mode);

/// Renames a file unless the new name exists; returns 0, or -1 and errno.
int ownership_rename(const char *from, const char *to);

/// Does the file operations of this thread as another user and group; returns those before in
/// `user` and `group`. Unlike with setresuid(2), the process and its connections stay who they are.
void ownership_act_as(uid_t *user, gid_t *group);
