#pragma once
#include <poll.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

// Swift cannot import the CMSG macros that SCM_RIGHTS needs.

/// Sends one packet with one open descriptor; returns the bytes sent, or -1 and errno.
static inline ssize_t descriptors_send(
    int socket, const void *bytes, size_t length, int descriptor) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control;
  memset(&control, 0, sizeof control);
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
  struct msghdr message = {
      .msg_iov = &part,
      .msg_iovlen = 1,
      .msg_control = control.bytes,
      .msg_controllen = sizeof control.bytes};
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
  return sendmsg(socket, &message, MSG_NOSIGNAL);
}

/// Receives one packet; `*descriptor` is -1 when there is none. Returns 0 at the end of the stream.
static inline ssize_t descriptors_receive(
    int socket, void *bytes, size_t capacity, int *descriptor) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec part = {.iov_base = bytes, .iov_len = capacity};
  struct msghdr message = {
      .msg_iov = &part,
      .msg_iovlen = 1,
      .msg_control = control.bytes,
      .msg_controllen = sizeof control.bytes};
  *descriptor = -1;
  ssize_t count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  if (count < 0) return count;
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  if (rights && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS &&
      rights->cmsg_len == CMSG_LEN(sizeof(int)))
    memcpy(descriptor, CMSG_DATA(rights), sizeof *descriptor);
  return count;
}

/// Makes a connected pair of packet sockets, closed on exec; returns 0, or -1 and errno.
static inline int descriptors_pair(int pair[2]) {
  return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

/// Makes a counting semaphore that poll(2) can wait for; returns the descriptor, or -1 and errno.
static inline int descriptors_semaphore(unsigned int count) {
  return eventfd(count, EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK);
}

// spawn.h declares it only when GNU's extensions are requested before the first include.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);

/// Makes a new program start without the descriptors from `first` on; returns 0 or an error number.
static inline int descriptors_close_from(posix_spawn_file_actions_t *actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

// The C library declares it only for GNU's dialect.

/// Writes the descriptor's whole file system to disk; returns 0, or -1 and errno.
static inline int descriptors_sync_file_system(int descriptor) {
  return (int)syscall(SYS_syncfs, descriptor);
}
