#pragma once
#include <stddef.h>
#include <stdint.h>

/// The nearest of some probes for each of many hashes of 256 bits. The probes stand one after the
/// other, four words each; the hashes in four planes of `count` words, one plane for each word.
/// `best[i]` becomes the least `distance << 16 | probe`.
void hamming_nearest(
    const uint64_t *probes, size_t probe_count, const uint64_t *first, const uint64_t *second,
    const uint64_t *third, const uint64_t *fourth, size_t count, uint64_t *best);
