#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

// The number of pixels at each distance from gray.
typedef struct {
  size_t counts[17];
  // One hundredth of the pixels, which may be farther from gray than the answer.
  size_t few;
} chroma;

static inline void chroma_add(chroma *seen, uint8_t blue, uint8_t red) {
  int from_blue = abs(blue - 128), from_red = abs(red - 128);
  int more = from_blue > from_red ? from_blue : from_red;
  seen->counts[more < 16 ? more : 16]++;
}

// More pixels cannot change the answer.
static inline int chroma_is_known(const chroma *seen) { return seen->counts[16] > seen->few; }

static inline int chroma_most(const chroma *seen) {
  size_t above = 0;
  for (int level = 16; level > 0; level--)
    if ((above += seen->counts[level]) > seen->few) return level;
  return 0;
}
