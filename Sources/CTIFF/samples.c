#include "samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Some programs store the largest possible number for a missing value.
static const double most = 1e30;

typedef struct {
  uint32_t width, height;
  // The size of a strip or tile.
  uint32_t part_width, part_height;
  tmsize_t part_size, row_size;
  uint16_t bits, samples, format, photometric;
  int is_tiled, is_separate, bands, is_real;
  uint16_t *map[3];
  // The smallest and the largest real number, once they are known.
  double low, high;
} layout;

static int describe(TIFF *tiff, layout *page) {
  uint16_t planes;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &page->bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &page->samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &page->format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planes);
  page->is_separate = planes == PLANARCONFIG_SEPARATE && page->samples > 1;
  page->bands = page->samples < 3 ? 1 : 3;
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &page->photometric))
    page->photometric = page->bands == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
  if (page->photometric == PHOTOMETRIC_PALETTE) {
    if (page->bits > 16 || page->samples != 1) return 0;
    if (!TIFFGetField(tiff, TIFFTAG_COLORMAP, &page->map[0], &page->map[1], &page->map[2])) return 0;
    page->bands = 3;
  }
  // Each read takes 8 bytes, and the number may begin at any bit of the first byte.
  return page->bits > 0 && (page->bits <= 56 || page->bits == 64) && page->samples > 0;
}

static int measure(TIFF *tiff, layout *page) {
  page->is_tiled = TIFFIsTiled(tiff);
  if (page->is_tiled) {
    if (!TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &page->part_width) ||
        !TIFFGetField(tiff, TIFFTAG_TILELENGTH, &page->part_height))
      return 0;
    page->part_size = TIFFTileSize(tiff);
    page->row_size = TIFFTileRowSize(tiff);
  } else {
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &page->part_height);
    page->part_width = page->width;
    page->part_size = TIFFStripSize(tiff);
    page->row_size = TIFFScanlineSize(tiff);
  }
  if (page->part_height > page->height && !page->is_tiled) page->part_height = page->height;
  int stored = page->is_separate ? 1 : page->samples;
  // Subsampled rows are shorter than this code reads.
  return page->part_width > 0 && page->part_height > 0 && page->part_size > 0 &&
      (uint64_t)page->row_size >= ((uint64_t)page->part_width * stored * page->bits + 7) / 8 &&
      (uint64_t)page->part_size >= (uint64_t)page->row_size * page->part_height;
}

// libtiff returns numbers of whole bytes in this machine's byte order, other widths in file order.
static uint64_t number(const uint8_t *row, uint64_t place, unsigned bits) {
  uint64_t value = 0, start = place * bits;
  if (bits % 8 == 0) {
    memcpy(&value, row + start / 8, bits / 8);
    return value;
  }
  memcpy(&value, row + start / 8, sizeof value);
  return __builtin_bswap64(value) << start % 8 >> (64 - bits);
}

static double real(uint64_t value, unsigned bits) {
  if (bits == 64) {
    double number;
    memcpy(&number, &value, 8);
    return number;
  }
  // 16-bit reals have 5 bits of exponent, 24-bit reals have 7; libtiff converts neither.
  unsigned exponent_bits = bits == 16 ? 5 : bits == 24 ? 7 : 8;
  unsigned fraction_bits = bits - 1 - exponent_bits;
  int exponent = (int)(value >> fraction_bits & ((1u << exponent_bits) - 1));
  if (exponent == (1 << exponent_bits) - 1) return INFINITY;
  double fraction = (double)(value & ((1ull << fraction_bits) - 1)) / (double)(1ull << fraction_bits);
  double size = ldexp(fraction + (exponent ? 1 : 0), (exponent ? exponent : 1) - (1 << (exponent_bits - 1)) + 1);
  return value >> (bits - 1) ? -size : size;
}

// Converts reals like samples.c of CVips does for 32 bits: numbers in 0…1 stay, others are scaled
// from the smallest to the largest; colours are linear light.
static uint8_t shown(const layout *page, double number) {
  int is_share = page->low >= 0 && page->high <= 1;
  double low = is_share ? 0 : page->low, high = is_share ? 1 : page->high;
  if (!(fabs(number) < most)) number = 0;
  double share = high > low ? (number - low) / (high - low) : 0.5;
  share = share > 0 ? share < 1 ? share : 1 : 0;
  if (page->bands == 3)
    share = share <= 0.0031308 ? 12.92 * share : 1.055 * pow(share, 1 / 2.4) - 0.055;
  return (uint8_t)(255 * share + 0.5);
}

static uint8_t scaled(const layout *page, uint64_t value) {
  unsigned bits = page->bits;
  if (page->is_real) return shown(page, real(value, bits));
  if (page->format == SAMPLEFORMAT_INT) value ^= 1ull << (bits - 1);
  return (uint8_t)(bits < 8 ? value * 255 / ((1ull << bits) - 1) : value >> (bits - 8));
}

static uint64_t sample(const layout *page, const uint8_t *row, uint32_t x, int channel) {
  return number(row, page->is_separate ? x : (uint64_t)x * page->samples + channel, page->bits);
}

static int has_black(const layout *page) {
  return page->photometric == PHOTOMETRIC_SEPARATED && page->samples >= 4;
}

static void blacken(const layout *page, uint64_t black, uint8_t *pixel) {
  for (int channel = 0; channel < 3; channel++)
    pixel[channel] = (uint8_t)(pixel[channel] * (255 - scaled(page, black)) / 255);
}

static void place(const layout *page, const uint8_t *row, uint32_t x, int band, uint8_t *pixel) {
  if (page->map[0]) {
    uint64_t index = number(row, x, page->bits);
    for (int channel = 0; channel < 3; channel++) pixel[channel] = page->map[channel][index] >> 8;
    return;
  }
  int first = page->is_separate ? band : 0, end = page->is_separate ? band + 1 : page->bands;
  for (int channel = first; channel < end && channel < page->bands; channel++) {
    uint8_t value = scaled(page, sample(page, row, x, channel));
    pixel[channel] = page->photometric == PHOTOMETRIC_MINISWHITE ||
            page->photometric == PHOTOMETRIC_SEPARATED
        ? 255 - value
        : value;
  }
  // The planes are read in order, so the colours are complete when black is read.
  if (has_black(page) && (!page->is_separate || band == 3))
    blacken(page, sample(page, row, x, 3), pixel);
}

static void weigh(layout *page, const uint8_t *row, uint32_t x, int band) {
  int first = page->is_separate ? band : 0, end = page->is_separate ? band + 1 : page->bands;
  for (int channel = first; channel < end && channel < page->bands; channel++) {
    double value = real(sample(page, row, x, channel), page->bits);
    if (!(fabs(value) < most)) value = 0;
    page->low = fmin(page->low, value);
    page->high = fmax(page->high, value);
  }
}

// When `pixels` is NULL, it only finds the range of the numbers.
static void spread(
    layout *page, const uint8_t *part, uint64_t left, uint64_t top, int band, uint8_t *pixels) {
  if (band >= page->bands + has_black(page)) return;
  for (uint32_t y = 0; y < page->part_height && top + y < page->height; y++)
    for (uint32_t x = 0; x < page->part_width && left + x < page->width; x++) {
      const uint8_t *row = part + y * page->row_size;
      if (pixels)
        place(page, row, x, band, pixels + ((top + y) * page->width + left + x) * page->bands);
      else
        weigh(page, row, x, band);
    }
}

static int read_all(TIFF *tiff, layout *page, uint8_t *part, uint8_t *pixels) {
  int planes = page->is_separate ? page->samples : 1;
  for (int plane = 0; plane < planes; plane++)
    for (uint64_t top = 0; top < page->height; top += page->part_height)
      for (uint64_t left = 0; left < page->width; left += page->part_width) {
        tmsize_t got = page->is_tiled
            ? TIFFReadEncodedTile(
                  tiff, TIFFComputeTile(tiff, (uint32_t)left, (uint32_t)top, 0, plane), part, page->part_size)
            : TIFFReadEncodedStrip(tiff, TIFFComputeStrip(tiff, (uint32_t)top, plane), part, -1);
        if (got < 0) return 0;
        spread(page, part, left, top, plane, pixels);
      }
  return 1;
}

static int is_real(const layout *page) {
  unsigned bits = page->bits;
  return page->format == SAMPLEFORMAT_IEEEFP && !page->map[0] &&
      (bits == 16 || bits == 24 || bits == 32 || bits == 64);
}

uint8_t *ctiff_samples(TIFF *tiff, uint32_t width, uint32_t height, int *bands) {
  layout page = {.width = width, .height = height};
  if (!describe(tiff, &page) || !measure(tiff, &page)) return NULL;
  uint8_t *part = calloc((size_t)page.part_size + sizeof(uint64_t), 1);
  uint8_t *pixels = calloc((size_t)width * height, page.bands);
  page.is_real = is_real(&page);
  page.low = INFINITY;
  page.high = -INFINITY;
  if (!part || !pixels || (page.is_real && !read_all(tiff, &page, part, NULL)) ||
      !read_all(tiff, &page, part, pixels)) {
    free(pixels);
    pixels = NULL;
  }
  free(part);
  *bands = page.bands;
  return pixels;
}
