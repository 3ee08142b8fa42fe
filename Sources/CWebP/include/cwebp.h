#pragma once
#include <stddef.h>
#include <stdint.h>

/// A plane of pixels with `bands` samples each, stored row by row.
typedef struct {
  const uint8_t *samples;
  /// The bytes from one row to the next.
  size_t stride;
  int width, height, bands;
} cwebp_plane;

/// A decoded picture: brightness, Cb and Cr in the range of video, the chroma halved both ways, or
/// one plane of red, green and blue, perhaps with alpha.
typedef struct {
  int count;
  cwebp_plane planes[3];
  /// The caller frees it with cwebp_free.
  void *memory;
} cwebp_pixels;

/// Decodes a WebP file with one picture that fills its canvas. Returns 0, or -1 when the file is
/// damaged, has another kind, or more than `most` bytes of samples.
int cwebp_read(const void *bytes, size_t length, size_t most, cwebp_pixels *pixels);
void cwebp_free(void *memory);
