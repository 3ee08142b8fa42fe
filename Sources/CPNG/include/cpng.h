#pragma once
#include <stddef.h>
#include <stdint.h>

/// Pixels of 8-bit samples: gray, gray and alpha, red, green and blue, or these and alpha.
typedef struct {
  /// The bytes from one row to the next.
  size_t stride;
  int width, height, bands;
  const uint8_t *samples;
  /// The caller frees it with cpng_free.
  void *memory;
} cpng_pixels;

/// Decodes a PNG file. Returns 0, or -1 when a chunk, checksum or pixel violates the standard
/// (ISO/IEC 15948), and for the files that libvips decodes.
///
/// libvips decodes files with 16 bits, interlacing, a transparent colour, more than `most` bytes of
/// samples, or rare chunks after the pixels.
int cpng_read(const void *bytes, size_t length, size_t most, cpng_pixels *pixels);
void cpng_free(void *memory);
