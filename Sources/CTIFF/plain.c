#include <stdlib.h>
#include <string.h>

#include "ctiff.h"
#include "file.h"
#include "lzw.h"

typedef struct {
  TIFF *tiff;
  const ctiff_file *file;
  ctiff_plain *pixels;
  uint8_t *samples;
  uint16_t compression, predictor;
} reading;

static uint16_t number(TIFF *tiff, uint32_t tag) {
  uint16_t value = 0;
  return TIFFGetFieldDefaulted(tiff, tag, &value) ? value : 0;
}

// Compressions that keep every sample as it is.
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

// The samples of a pixel, 0 when they are not plain: the last of two or four is alpha, and the
// colours are not multiplied by it.
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
  ctiff_plain *pixels = reading->pixels;
  uint32_t width, height;
  reading->compression = number(tiff, TIFFTAG_COMPRESSION);
  reading->predictor = PREDICTOR_NONE;
  if (reading->compression != COMPRESSION_NONE && reading->compression != COMPRESSION_PACKBITS)
    reading->predictor = number(tiff, TIFFTAG_PREDICTOR);
  pixels->bands = bands_of(tiff);
  if (!pixels->bands || !is_lossless(reading->compression) ||
      !TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width) ||
      !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height) || width == 0 || width > INT32_MAX ||
      height == 0 || height > INT32_MAX)
    return -1;
  pixels->width = (int)width;
  pixels->height = (int)height;
  pixels->stride = (size_t)width * pixels->bands;
  return height > most / pixels->stride ? -1 : 0;
}

// Adds up the differences of a row; see TIFF 6.0, section 14.
static void add_up(uint8_t *row, size_t length, size_t step) {
  for (size_t x = step; x < length; x++) row[x] = (uint8_t)(row[x] + row[x - step]);
}

// libtiff's own unpacking takes three times as long.
static int unpack_lzw(const reading *reading, uint32_t strip, uint8_t *rows, size_t size) {
  const ctiff_file *file = reading->file;
  size_t stride = reading->pixels->stride;
  uint64_t place = TIFFGetStrileOffset(reading->tiff, strip);
  uint64_t length = TIFFGetStrileByteCount(reading->tiff, strip);
  if (reading->compression != COMPRESSION_LZW || place > file->length ||
      length > file->length - place || lzw_unpack(file->bytes + place, length, rows, size))
    return -1;
  if (reading->predictor == PREDICTOR_HORIZONTAL)
    for (size_t row = 0; row < size; row += stride)
      add_up(rows + row, stride, (size_t)reading->pixels->bands);
  return reading->predictor <= PREDICTOR_HORIZONTAL ? 0 : -1;
}

static int read_strips(const reading *reading) {
  uint32_t height = (uint32_t)reading->pixels->height, rows = 0;
  TIFFGetFieldDefaulted(reading->tiff, TIFFTAG_ROWSPERSTRIP, &rows);
  if (rows == 0) return -1;
  for (uint32_t strip = 0, top = 0; top < height; strip++) {
    uint32_t count = height - top < rows ? height - top : rows;
    size_t size = count * reading->pixels->stride;
    uint8_t *place = reading->samples + top * reading->pixels->stride;
    if (unpack_lzw(reading, strip, place, size) &&
        TIFFReadEncodedStrip(reading->tiff, strip, place, (tmsize_t)size) != (tmsize_t)size)
      return -1;
    top += count;
  }
  return 0;
}

static void put_tile(
    const ctiff_plain *pixels, const uint8_t *tile, size_t row, uint32_t left, uint32_t top,
    uint32_t high, uint8_t *samples) {
  size_t start = (size_t)left * pixels->bands, rest = pixels->stride - start;
  for (uint32_t y = 0; y < high && top + y < (uint32_t)pixels->height; y++)
    memcpy(
        samples + (top + y) * pixels->stride + start, tile + y * row, rest < row ? rest : row);
}

static int read_tiles(const reading *reading) {
  TIFF *tiff = reading->tiff;
  const ctiff_plain *pixels = reading->pixels;
  uint32_t across = 0, down = 0;
  tmsize_t size = TIFFTileSize(tiff);
  if (!TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &across) ||
      !TIFFGetField(tiff, TIFFTAG_TILELENGTH, &down) || across == 0 || down == 0)
    return -1;
  size_t row = (size_t)across * pixels->bands;
  if (size <= 0 || (size_t)size / row < down) return -1;
  uint8_t *tile = malloc((size_t)size);
  int failed = !tile;
  for (uint64_t top = 0; top < (uint64_t)pixels->height && !failed; top += down)
    for (uint64_t left = 0; left < (uint64_t)pixels->width && !failed; left += across) {
      uint32_t index = TIFFComputeTile(tiff, (uint32_t)left, (uint32_t)top, 0, 0);
      failed = TIFFReadEncodedTile(tiff, index, tile, size) != size;
      if (!failed)
        put_tile(pixels, tile, row, (uint32_t)left, (uint32_t)top, down, reading->samples);
    }
  free(tile);
  return failed ? -1 : 0;
}

static int read_page(reading *reading, size_t most) {
  ctiff_plain *pixels = reading->pixels;
  if (describe(reading, most)) return -1;
  pixels->memory = reading->samples = malloc(pixels->stride * (size_t)pixels->height);
  pixels->samples = reading->samples;
  if (!pixels->memory) return -1;
  return TIFFIsTiled(reading->tiff) ? read_tiles(reading) : read_strips(reading);
}

int ctiff_read_plain(const void *bytes, size_t length, size_t most, ctiff_plain *pixels) {
  ctiff_file file = {.bytes = bytes, .length = length};
  *pixels = (ctiff_plain){0};
  TIFF *tiff = ctiff_open(&file);
  if (!tiff) return -1;
  reading reading = {.tiff = tiff, .file = &file, .pixels = pixels};
  int failed = read_page(&reading, most);
  TIFFClose(tiff);
  if (!failed && !file.is_wrong) return 0;
  free(pixels->memory);
  *pixels = (ctiff_plain){0};
  return -1;
}
