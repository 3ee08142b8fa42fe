#include "chamming.h"

// Debian builds for the first x86-64, which cannot count bits: the loader selects the best variant.
#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("avx512vpopcntdq", "avx2", "popcnt", "default")))
#else
#define CLONES
#endif

// Words of one plane that stay in the first-level cache while all probes pass over them.
enum { tile = 512 };

CLONES void hamming_nearest(
    const uint64_t *probes, size_t probe_count, const uint64_t *first, const uint64_t *second,
    const uint64_t *third, const uint64_t *fourth, size_t count, uint64_t *best) {
  for (size_t start = 0; start < count; start += tile) {
    size_t length = count - start < tile ? count - start : tile;
    const uint64_t *a = first + start, *b = second + start;
    const uint64_t *c = third + start, *d = fourth + start;
    uint64_t *restrict nearest = best + start;
    for (size_t i = 0; i < length; i++) nearest[i] = UINT64_MAX;
    for (size_t p = 0; p < probe_count; p++) {
      const uint64_t *probe = probes + 4 * p;
      const uint64_t w = probe[0], x = probe[1], y = probe[2], z = probe[3];
      for (size_t i = 0; i < length; i++) {
        uint64_t bits = (uint64_t)__builtin_popcountll(w ^ a[i]) +
            (uint64_t)__builtin_popcountll(x ^ b[i]) + (uint64_t)__builtin_popcountll(y ^ c[i]) +
            (uint64_t)__builtin_popcountll(z ^ d[i]);
        uint64_t found = bits << 16 | p;
        nearest[i] = found < nearest[i] ? found : nearest[i];
      }
    }
  }
}
