#include "ctiff.h"

#include <stdlib.h>

#include "file.h"
#include "samples.h"

static int begin(TIFF *tiff, uint64_t most, uint32_t *width, uint32_t *height) {
  return TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, width) &&
      TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, height) && *width > 0 && *height > 0 &&
      *width <= INT32_MAX && *height <= INT32_MAX && (uint64_t)*width * *height <= most;
}

// libtiff treats an extra sample of unknown meaning as alpha.
static int is_opaque(TIFF *tiff) {
  uint16_t count = 0, *kinds = NULL;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds);
  return count > 0 && kinds[0] == EXTRASAMPLE_UNSPECIFIED;
}

// libtiff returns colours that are multiplied by alpha.
static void unmultiply(uint8_t *pixel) {
  for (int channel = 0; pixel[3] && channel < 3; channel++) {
    unsigned colour = (pixel[channel] * 255u + pixel[3] / 2) / pixel[3];
    pixel[channel] = (uint8_t)(colour < 255 ? colour : 255);
  }
}

// Reads kinds that libtiff itself converts: old JPEG, subsampled YCbCr, logarithmic light, …
static uint8_t *colours(TIFF *tiff, size_t count, int *bands) {
  char reason[1024];
  TIFFRGBAImage image;
  if (!TIFFRGBAImageOK(tiff, reason) || !TIFFRGBAImageBegin(&image, tiff, 1, reason)) return NULL;
  // The caller applies the orientation, as for all formats.
  image.req_orientation = image.orientation;
  uint8_t *pixels = calloc(count, 4);
  int whole = pixels && TIFFRGBAImageGet(&image, (uint32_t *)pixels, image.width, image.height);
  *bands = image.alpha && !is_opaque(tiff) ? 4 : 3;
  TIFFRGBAImageEnd(&image);
  if (!whole) {
    free(pixels);
    return NULL;
  }
  for (size_t index = 0; *bands == 4 && index < count; index++) unmultiply(pixels + index * 4);
  for (size_t index = 1; *bands == 3 && index < count; index++)
    for (int channel = 0; channel < 3; channel++)
      pixels[index * 3 + channel] = pixels[index * 4 + channel];
  return pixels;
}

static uint8_t *page(TIFF *tiff, uint64_t most, int *width, int *height, int *bands) {
  uint32_t across, down;
  if (!begin(tiff, most, &across, &down)) return NULL;
  *width = (int)across;
  *height = (int)down;
  uint8_t *pixels = colours(tiff, (size_t)across * down, bands);
  return pixels ? pixels : ctiff_samples(tiff, across, down, bands);
}

uint8_t *ctiff_pixels(
    const void *bytes, size_t length, uint64_t most, int *width, int *height, int *bands) {
  ctiff_file file = {.bytes = bytes, .length = length};
  TIFF *tiff = ctiff_open(&file);
  if (!tiff) return NULL;
  uint8_t *pixels = page(tiff, most, width, height, bands);
  TIFFClose(tiff);
  return pixels;
}

void ctiff_free(void *memory) { free(memory); }
