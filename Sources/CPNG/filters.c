#include "filters.h"

#include <stdlib.h>
#include <string.h>

enum { none, left, up, mean, paeth };

static inline uint8_t nearest(int a, int b, int c) {
  int from_a = abs(b - c), from_b = abs(a - c), from_c = abs(a + b - 2 * c);
  int least = from_a < from_b ? from_a : from_b;
  if (from_c < least) return (uint8_t)c;
  return (uint8_t)(from_a <= from_b ? a : b);
}

static void undo_up(uint8_t *restrict row, const uint8_t *restrict above, size_t length) {
  for (size_t x = 0; x < length; x++) row[x] = (uint8_t)(row[x] + above[x]);
}

// With a constant step the compiler keeps the previous pixel in registers.
static inline __attribute__((always_inline)) void undo_left(
    uint8_t *row, size_t length, const int step) {
  uint8_t before[4] = {0};
  for (size_t x = 0; x + step <= length; x += step)
    for (int band = 0; band < step; band++)
      row[x + band] = before[band] = (uint8_t)(row[x + band] + before[band]);
}

static inline __attribute__((always_inline)) void undo_mean(
    uint8_t *restrict row, const uint8_t *restrict above, size_t length, const int step) {
  uint8_t before[4] = {0};
  for (size_t x = 0; x + step <= length; x += step)
    for (int band = 0; band < step; band++)
      row[x + band] = before[band] =
          (uint8_t)(row[x + band] + (before[band] + above[x + band]) / 2);
}

static inline __attribute__((always_inline)) void undo_paeth(
    uint8_t *restrict row, const uint8_t *restrict above, size_t length, const int step) {
  int before[4] = {0}, corner[4] = {0};
  for (size_t x = 0; x + step <= length; x += step)
    for (int band = 0; band < step; band++) {
      int over = above[x + band];
      uint8_t value = (uint8_t)(row[x + band] + nearest(before[band], over, corner[band]));
      row[x + band] = value;
      before[band] = value;
      corner[band] = over;
    }
}

// One pixel of each of two rows, as numbers with room for sums.
typedef int16_t pair __attribute__((vector_size(16)));
typedef uint8_t octet __attribute__((vector_size(8)));

static inline pair widened(uint32_t one, uint32_t other) {
  uint64_t both = one | (uint64_t)other << 32;
  octet bytes;
  memcpy(&bytes, &both, sizeof bytes);
  return __builtin_convertvector(bytes, pair);
}

static inline pair magnitude(pair value) {
  pair sign = value >> 15;
  return (value ^ sign) - sign;
}

// The Paeth filter for both rows at once.
static inline pair restored(pair stored, pair a, pair b, pair c) {
  pair to_a = b - c, to_b = a - c;
  pair from_a = magnitude(to_a), from_b = magnitude(to_b), from_c = magnitude(to_a + to_b);
  pair is_a = (from_a <= from_b) & (from_a <= from_c), is_b = from_b <= from_c;
  pair found = (is_a & a) | (~is_a & ((is_b & b) | (~is_b & c)));
  return (stored + found) & 255;
}

static inline uint32_t four(const uint8_t *bytes) {
  uint32_t four;
  memcpy(&four, bytes, sizeof four);
  return four;
}

static inline void put(pair pixels, uint8_t *one, uint8_t *other, const int step) {
  octet bytes = __builtin_convertvector(pixels, octet);
  uint64_t both;
  memcpy(&both, &bytes, sizeof both);
  uint32_t first = (uint32_t)both, second = (uint32_t)(both >> 32);
  if (one) memcpy(one, &first, (size_t)step);
  if (other) memcpy(other, &second, (size_t)step);
}

// Undoes the Paeth filter of two rows together, the lower one a pixel behind: each pixel depends on
// the one before, so that one row alone would leave the processor idle. Reads up to
// `filters_slack` bytes beyond each row.
static inline __attribute__((always_inline)) void undo_two_paeth(
    uint8_t *row, uint8_t *below, const uint8_t *above, size_t length, const int step) {
  pair nothing = {0}, before = {0}, corner = {0};
  size_t end = length / step * step;
  for (size_t x = 0; x <= end; x += step) {
    pair stored = widened(x < end ? four(row + x) : 0, x > 0 ? four(below + x - step) : 0);
    pair over = x < end ? widened(four(above + x), 0) : nothing;
    over = __builtin_shufflevector(over, before, 0, 1, 2, 3, 8, 9, 10, 11);
    before = restored(stored, before, over, corner);
    corner = over;
    put(before, x < end ? row + x : NULL, x > 0 ? below + x - step : NULL, step);
  }
}

static inline __attribute__((always_inline)) int undo(
    uint8_t *row, const uint8_t *above, size_t length, const int step) {
  switch (row[-1]) {
    case none: return 0;
    case left: undo_left(row, length, step); return 0;
    case up: undo_up(row, above, length); return 0;
    case mean: undo_mean(row, above, length, step); return 0;
    case paeth: undo_paeth(row, above, length, step); return 0;
    default: return -1;
  }
}

static int undo_row(uint8_t *row, const uint8_t *above, size_t length, int step) {
  switch (step) {
    case 1: return undo(row, above, length, 1);
    case 2: return undo(row, above, length, 2);
    case 3: return undo(row, above, length, 3);
    default: return undo(row, above, length, 4);
  }
}

static void undo_two_rows(
    uint8_t *row, uint8_t *below, const uint8_t *above, size_t length, int step) {
  switch (step) {
    case 1: undo_two_paeth(row, below, above, length, 1); break;
    case 2: undo_two_paeth(row, below, above, length, 2); break;
    case 3: undo_two_paeth(row, below, above, length, 3); break;
    default: undo_two_paeth(row, below, above, length, 4); break;
  }
}

int filters_undo(uint8_t *rows, size_t length, int height, int step) {
  uint8_t *nothing = calloc(1, length + filters_slack);
  const uint8_t *above = nothing;
  int failed = !nothing;
  for (int y = 0; y < height && !failed; y++) {
    uint8_t *row = rows + (size_t)y * (length + 1) + 1, *below = row + length + 1;
    if (y + 1 < height && row[-1] == paeth && below[-1] == paeth) {
      undo_two_rows(row, below, above, length, step);
      above = below;
      y++;
    } else {
      failed = undo_row(row, above, length, step);
      above = row;
    }
  }
  free(nothing);
  return failed ? -1 : 0;
}
