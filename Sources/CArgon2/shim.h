#pragma once
#include <argon2.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

// Argon2's memory in huge pages, taken and given back with each hash: with small ones a third of
// the time goes into their faults. Where the system has none it works as well, only dearer.

#define CARGON2_PAGE ((size_t)2 << 20)

static inline size_t cargon2_rounded(size_t bytes) {
  return (bytes + CARGON2_PAGE - 1) / CARGON2_PAGE * CARGON2_PAGE;
}

static inline int cargon2_take(uint8_t **memory, size_t bytes) {
  size_t size = cargon2_rounded(bytes);
  uint8_t *start =
      mmap(NULL, size + CARGON2_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return ARGON2_MEMORY_ALLOCATION_ERROR;
  // A huge page begins at a multiple of its size: what lies before and behind goes at once.
  size_t before = cargon2_rounded((uintptr_t)start) - (uintptr_t)start;
  if (before) munmap(start, before);
  if (before < CARGON2_PAGE) munmap(start + before + size, CARGON2_PAGE - before);
  *memory = start + before;
  madvise(*memory, size, MADV_HUGEPAGE);
  return ARGON2_OK;
}

static inline void cargon2_give(uint8_t *memory, size_t bytes) {
  munmap(memory, cargon2_rounded(bytes));
}

/// The Argon2id digest, version 1.3, of a secret: `ARGON2_OK`, or why there is none.
static inline int cargon2id(
    uint32_t passes, uint32_t kibibytes, uint32_t lanes, const uint8_t *secret, uint32_t length,
    const uint8_t *salt, uint32_t salt_length, uint8_t *digest, uint32_t digest_length) {
  argon2_context context;
  memset(&context, 0, sizeof context);
  context.out = digest;
  context.outlen = digest_length;
  context.pwd = (uint8_t *)secret;
  context.pwdlen = length;
  context.salt = (uint8_t *)salt;
  context.saltlen = salt_length;
  context.t_cost = passes;
  context.m_cost = kibibytes;
  context.lanes = context.threads = lanes;
  context.version = ARGON2_VERSION_13;
  context.allocate_cbk = cargon2_take;
  context.free_cbk = cargon2_give;
  return argon2_ctx(&context, Argon2_id);
}
