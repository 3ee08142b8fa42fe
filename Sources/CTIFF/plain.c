#include <stdlib.h>
#include <string.h>

#include "ctiff.h"
#include "file.h"
#include "lzw.h"

typedef struct {
  TIFF *tiff;
  ctiff_file file;
  int bands;
  uint32_t width, height;
  size_t stride;
  uint16_t compression, predictor;
} reading;

static uint16_t number(TIFF *tiff, uint32_t tag) {
  uint16_t value = 0;
  return TIFFGetFieldDefaulted(tiff, tag, &value) ? value : 0;
}

// Lossless compressions.
static int is_lossless(uint16_t compression) {
  switch (compression) {
    case COMPRESSION_NONE:
    case COMPRESSION_LZW:
    case COMPRESSION_PACKBITS:
    case COMPRESSION_DEFLATE:
    case COMPRESSION_ADOBE_DEFLATE: return 1;
    default: return 0;
  }
}

// Returns the number of samples per pixel, or 0 when the page is not plain. The last of two or four
// samples is alpha, which the colours are not multiplied by.
static int bands_of(TIFF *tiff) {
  uint16_t samples = number(tiff, TIFFTAG_SAMPLESPERPIXEL), photometric, count = 0, *kinds = NULL;
  if (number(tiff, TIFFTAG_BITSPERSAMPLE) != 8 || samples < 1 || samples > 4 ||
      number(tiff, TIFFTAG_SAMPLEFORMAT) != SAMPLEFORMAT_UINT ||
      number(tiff, TIFFTAG_PLANARCONFIG) != PLANARCONFIG_CONTIG ||
      number(tiff, TIFFTAG_FILLORDER) != FILLORDER_MSB2LSB ||
      !TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric) ||
      photometric != (samples < 3 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB))
    return 0;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds);
  if (samples % 2) return count == 0 ? samples : 0;
  return count == 1 && kinds[0] == EXTRASAMPLE_UNASSALPHA ? samples : 0;
}

static int describe(reading *reading, size_t most) {
  TIFF *tiff = reading->tiff;
  reading->compression = number(tiff, TIFFTAG_COMPRESSION);
  reading->predictor = PREDICTOR_NONE;
  if (reading->compression != COMPRESSION_NONE && reading->compression != COMPRESSION_PACKBITS)
    reading->predictor = number(tiff, TIFFTAG_PREDICTOR);
  reading->bands = bands_of(tiff);
  if (!reading->bands || !is_lossless(reading->compression) ||
      !TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &reading->width) ||
      !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &reading->height))
    return -1;
  reading->stride = (size_t)reading->width * reading->bands;
  return reading->width == 0 || reading->width > INT32_MAX || reading->height == 0 ||
          reading->height > INT32_MAX || reading->height > most / reading->stride
      ? -1
      : 0;
}

// With a constant step the compiler keeps the previous pixel in registers.
static inline __attribute__((always_inline)) void add_pixels(
    uint8_t *row, size_t length, const int step) {
  uint8_t before[4] = {0};
  for (size_t x = 0; x + step <= length; x += step)
    for (int band = 0; band < step; band++)
      row[x + band] = before[band] = (uint8_t)(row[x + band] + before[band]);
}

// Adds up the differences of a row; see TIFF 6.0, section 14.
static void add_up(uint8_t *row, size_t length, int step) {
  switch (step) {
    case 1: add_pixels(row, length, 1); break;
    case 2: add_pixels(row, length, 2); break;
    case 3: add_pixels(row, length, 3); break;
    default: add_pixels(row, length, 4); break;
  }
}

// libtiff's own unpacking takes 1.4 to 1.7 times as long.
static int unpack_lzw(const reading *reading, uint32_t strip, uint8_t *rows, size_t size) {
  const ctiff_file *file = &reading->file;
  uint64_t place = TIFFGetStrileOffset(reading->tiff, strip);
  uint64_t length = TIFFGetStrileByteCount(reading->tiff, strip);
  if (reading->compression != COMPRESSION_LZW || place > file->length ||
      length > file->length - place || lzw_unpack(file->bytes + place, length, rows, size))
    return -1;
  if (reading->predictor == PREDICTOR_HORIZONTAL)
    for (size_t row = 0; row < size; row += reading->stride)
      add_up(rows + row, reading->stride, reading->bands);
  return reading->predictor <= PREDICTOR_HORIZONTAL ? 0 : -1;
}

static int read_strips(const reading *reading, ctiff_put *put, void *context) {
  uint32_t height = reading->height, most = 0;
  TIFFGetFieldDefaulted(reading->tiff, TIFFTAG_ROWSPERSTRIP, &most);
  if (most > height) most = height;
  uint8_t *rows = most > 0 ? malloc(most * reading->stride) : NULL;
  int failed = !rows;
  for (uint32_t strip = 0, top = 0; top < height && !failed; strip++) {
    uint32_t count = height - top < most ? height - top : most;
    size_t size = count * reading->stride;
    failed = unpack_lzw(reading, strip, rows, size) &&
        TIFFReadEncodedStrip(reading->tiff, strip, rows, (tmsize_t)size) != (tmsize_t)size;
    if (!failed) put(context, rows, (int)count);
    top += count;
  }
  free(rows);
  return failed ? -1 : 0;
}

// Decodes one row of tiles.
typedef struct {
  uint32_t across, down;
  tmsize_t size;
  uint8_t *tile, *rows;
} tiles;

static int read_row(const reading *reading, const tiles *tiles, uint32_t top, uint32_t count) {
  size_t wide = (size_t)tiles->across * reading->bands;
  for (uint64_t left = 0; left < reading->width; left += tiles->across) {
    uint32_t index = TIFFComputeTile(reading->tiff, (uint32_t)left, top, 0, 0);
    if (TIFFReadEncodedTile(reading->tiff, index, tiles->tile, tiles->size) != tiles->size)
      return -1;
    size_t start = left * reading->bands, rest = reading->stride - start;
    for (uint32_t y = 0; y < count; y++)
      memcpy(
          tiles->rows + y * reading->stride + start, tiles->tile + y * wide,
          rest < wide ? rest : wide);
  }
  return 0;
}

static int read_tiles(const reading *reading, ctiff_put *put, void *context) {
  TIFF *tiff = reading->tiff;
  tiles tiles = {.size = TIFFTileSize(tiff)};
  if (!TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &tiles.across) ||
      !TIFFGetField(tiff, TIFFTAG_TILELENGTH, &tiles.down) || tiles.across == 0 ||
      tiles.down == 0 || tiles.size <= 0 ||
      (uint64_t)tiles.size / ((uint64_t)tiles.across * reading->bands) < tiles.down)
    return -1;
  uint32_t high = tiles.down < reading->height ? tiles.down : reading->height;
  tiles.tile = malloc((size_t)tiles.size);
  tiles.rows = malloc(high * reading->stride);
  int failed = !tiles.tile || !tiles.rows;
  for (uint32_t top = 0; top < reading->height && !failed;) {
    uint32_t left = reading->height - top, count = left < high ? left : high;
    failed = read_row(reading, &tiles, top, count);
    if (!failed) put(context, tiles.rows, (int)count);
    top += count;
  }
  free(tiles.tile);
  free(tiles.rows);
  return failed ? -1 : 0;
}

int ctiff_open_plain(const void *bytes, size_t length, size_t most, ctiff_plain *page) {
  reading *reading = calloc(1, sizeof *reading);
  *page = (ctiff_plain){.file = reading};
  if (!reading) return -1;
  reading->file = (ctiff_file){.bytes = bytes, .length = length};
  reading->tiff = ctiff_open(&reading->file);
  if (!reading->tiff || describe(reading, most) || reading->file.is_wrong) {
    ctiff_close_plain(page);
    return -1;
  }
  page->width = (int)reading->width;
  page->height = (int)reading->height;
  page->bands = reading->bands;
  return 0;
}

int ctiff_read_plain(const ctiff_plain *page, ctiff_put *put, void *context) {
  const reading *reading = page->file;
  int failed = (TIFFIsTiled(reading->tiff) ? read_tiles : read_strips)(reading, put, context);
  return failed || reading->file.is_wrong ? -1 : 0;
}

void ctiff_close_plain(ctiff_plain *page) {
  reading *reading = page->file;
  if (reading && reading->tiff) TIFFClose(reading->tiff);
  free(reading);
  *page = (ctiff_plain){0};
}
