#include "cargon2.h"
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

// Argon2's memory is in huge pages: with small pages, page faults take a third of the time. On a
// system without huge pages it works too, but more slowly.

#define PAGE ((size_t)2 << 20)

// The memory of the last hash, kept for the next one: fresh memory, which the kernel clears, would
// add a twentieth to the time. It begins with its size.
static _Atomic(uint8_t *) kept;

static size_t rounded(size_t bytes) {
  return (bytes + PAGE - 1) / PAGE * PAGE;
}

static void unmap(uint8_t *memory) {
  if (memory) munmap(memory, *(size_t *)memory);
}

void cargon2_rest(void) { unmap(atomic_exchange(&kept, NULL)); }

static int take(uint8_t **memory, size_t bytes) {
  size_t size = rounded(bytes);
  uint8_t *last = atomic_exchange(&kept, NULL);
  if (last && *(size_t *)last == size) {
    *memory = last;
    return ARGON2_OK;
  }
  unmap(last);
  uint8_t *start =
      mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return ARGON2_MEMORY_ALLOCATION_ERROR;
  // A huge page begins at a multiple of its size: unmap the bytes before and after that range.
  size_t before = rounded((uintptr_t)start) - (uintptr_t)start;
  if (before) munmap(start, before);
  if (before < PAGE) munmap(start + before + size, PAGE - before);
  *memory = start + before;
  madvise(*memory, size, MADV_HUGEPAGE);
  return ARGON2_OK;
}

static void give(uint8_t *memory, size_t bytes) {
  *(size_t *)memory = rounded(bytes);
  unmap(atomic_exchange(&kept, memory));
}

int cargon2id(
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
  context.allocate_cbk = take;
  context.free_cbk = give;
  return argon2_ctx(&context, Argon2_id);
}
