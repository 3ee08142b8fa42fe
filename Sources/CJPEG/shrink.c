#include "shrink.h"

#include <stdlib.h>
#include <string.h>

// The maximum number of pixels of a kept picture.
static const double most_kept = 16e6;
// Shares of a block are whole numbers of 2^-24.
enum { shift = 24 };

// At least 1.5 times the side of the preview and 4 times that of the brightness, as in cvips_keep.
int shrinking_factor(int width, int height, cjpeg_wants wants) {
  int shorter = width < height ? width : height, longer = width < height ? height : width;
  int wanted = (int)(2 * (int64_t)longer / (3 * (int64_t)wants.longest));
  int most = shorter / (4 * wants.side);
  int factor = wanted < most ? wanted : most;
  if (factor < 1) factor = 1;
  while (factor < shorter && (double)width * height / ((double)factor * factor) > most_kept)
    factor++;
  return factor;
}

int shrinking_begin(shrinking *shrinking, const cjpeg_pixels *pixels, int factor) {
  *shrinking = (struct shrinking){.pixels = pixels, .factor = factor};
  // The sums of a column have 16 bits.
  if (factor > 256) return -1;
  shrinking->width = (pixels->width + factor - 1) / factor;
  shrinking->height = (pixels->height + factor - 1) / factor;
  shrinking->sums = malloc(sizeof *shrinking->sums * pixels->width * pixels->bands);
  shrinking->row = malloc((size_t)shrinking->width * pixels->bands);
  if (shrinking->sums && shrinking->row) return 0;
  shrinking_end(shrinking);
  return -1;
}

void shrinking_end(shrinking *shrinking) {
  free(shrinking->sums);
  free(shrinking->row);
  shrinking->sums = NULL;
  shrinking->row = NULL;
}

static const uint8_t *line(const cjpeg_pixels *pixels, int y) {
  return pixels->samples + (size_t)y * pixels->stride;
}

static int rows_of(const shrinking *shrinking, int y) {
  int left = shrinking->pixels->height - y * shrinking->factor;
  return left < shrinking->factor ? left : shrinking->factor;
}

static int columns_of(const shrinking *shrinking, int x) {
  int left = shrinking->pixels->width - x * shrinking->factor;
  return left < shrinking->factor ? left : shrinking->factor;
}

static void add_up(
    uint16_t *restrict sums, const uint8_t *restrict pixels, int count, int is_first) {
  if (is_first)
    for (int x = 0; x < count; x++) sums[x] = pixels[x];
  else
    for (int x = 0; x < count; x++) sums[x] += pixels[x];
}

// With constant arguments the compiler makes this fast.
static inline __attribute__((always_inline)) void average(
    const uint16_t *restrict sums, int width, int factor, int bands, int rows,
    uint8_t *restrict out) {
  uint32_t share = (1u << shift) / (uint32_t)(factor * rows);
  for (int x = 0; x < width; x++)
    for (int band = 0; band < bands; band++) {
      uint32_t sum = 0;
      for (int column = 0; column < factor; column++)
        sum += sums[(x * factor + column) * bands + band];
      out[x * bands + band] = (uint8_t)(((uint64_t)sum * share + (1 << (shift - 1))) >> shift);
    }
}

static inline __attribute__((always_inline)) void average_bands(
    const shrinking *shrinking, int width, int factor, int rows) {
  const uint16_t *sums = shrinking->sums;
  switch (shrinking->pixels->bands) {
    case 1: average(sums, width, factor, 1, rows, shrinking->row); break;
    case 2: average(sums, width, factor, 2, rows, shrinking->row); break;
    case 3: average(sums, width, factor, 3, rows, shrinking->row); break;
    default: average(sums, width, factor, 4, rows, shrinking->row); break;
  }
}

static void average_row(const shrinking *shrinking, int rows) {
  int factor = shrinking->factor, bands = shrinking->pixels->bands;
  int whole = shrinking->pixels->width / factor;
  if (factor == 2 && rows == 2)
    average_bands(shrinking, whole, 2, 2);
  else
    average_bands(shrinking, whole, factor, rows);
  if (whole < shrinking->width)
    average(
        shrinking->sums + (size_t)whole * factor * bands, 1, columns_of(shrinking, whole), bands,
        rows, shrinking->row + (size_t)whole * bands);
}

const uint8_t *shrinking_add(shrinking *shrinking, const uint8_t *pixels) {
  const cjpeg_pixels *all = shrinking->pixels;
  int factor = shrinking->factor, place = shrinking->next++ % factor;
  if (factor == 1) return pixels;
  add_up(shrinking->sums, pixels, all->width * all->bands, place == 0);
  if (place + 1 < factor && shrinking->next < all->height) return NULL;
  average_row(shrinking, place + 1);
  return shrinking->row;
}

const uint8_t *shrinking_row(shrinking *shrinking, int y) {
  const uint8_t *row = NULL;
  for (shrinking->next = y * shrinking->factor; !row;)
    row = shrinking_add(shrinking, line(shrinking->pixels, shrinking->next));
  return row;
}

void shrinking_clear_row(const shrinking *shrinking, int y, uint8_t *out) {
  int factor = shrinking->factor, rows = rows_of(shrinking, y), bands = shrinking->pixels->bands;
  for (int x = 0; x < shrinking->width; x++, out += bands) {
    int columns = columns_of(shrinking, x);
    uint32_t sums[4] = {0}, count = (uint32_t)(rows * columns);
    for (int row = 0; row < rows; row++) {
      const uint8_t *pixel =
          line(shrinking->pixels, y * factor + row) + (size_t)x * factor * bands;
      for (int column = 0; column < columns; column++, pixel += bands) {
        uint32_t alpha = pixel[bands - 1];
        for (int band = 0; band < bands - 1; band++) sums[band] += pixel[band] * alpha;
        sums[bands - 1] += alpha;
      }
    }
    for (int band = 0; band < bands - 1; band++)
      out[band] = (uint8_t)((sums[band] + 255 * count / 2) / (255 * count));
    out[bands - 1] = (uint8_t)((sums[bands - 1] + count / 2) / count);
  }
}
