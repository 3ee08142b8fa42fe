#pragma once
#include <stddef.h>
#include <stdint.h>

/// Pixels of 8-bit samples: gray, gray and alpha, red, green and blue, or these and alpha.
typedef struct {
  /// The bytes from one row to the next.
  size_t stride;
  int width, height, bands;
  const uint8_t *samples;
  /// To be freed with cpng_free.
  void *memory;
} cpng_pixels;

/// Decodes a PNG file whose chunks, sums and pixels are all as the standard (ISO/IEC 15948) says;
/// 0, or -1 for every other file.
///
/// Others may be whole, too: those of 16 bits, interlaced ones, those with a transparent colour,
/// those with more than `most` bytes of samples, and those with rare chunks behind the pixels.
int cpng_read(const void *bytes, size_t length, size_t most, cpng_pixels *pixels);
void cpng_free(void *memory);
