#pragma once
#include <stddef.h>
#include <stdint.h>

/// Decodes the first page of a TIFF file as 8-bit gray, RGB or RGBA (`*bands` is 1, 3 or 4), row by
/// row as it is stored, without applying its orientation. Free the result with ctiff_free.
///
/// NULL when libtiff cannot read all of it, or when it has more than `most` pixels.
uint8_t *ctiff_pixels(
    const void *bytes, size_t length, uint64_t most, int *width, int *height, int *bands);
void ctiff_free(void *memory);

/// Pixels of 8-bit samples: gray, gray and alpha, red, green and blue, or these and alpha; row by
/// row.
typedef struct {
  const uint8_t *samples;
  /// The bytes from one row to the next.
  size_t stride;
  int width, height, bands;
  /// To be freed with ctiff_free.
  void *memory;
} ctiff_plain;

/// Decodes the first page if it is stored as such pixels; 0, or -1 when it is not, when libtiff
/// reports any error, or when there are more than `most` bytes of samples.
int ctiff_read_plain(const void *bytes, size_t length, size_t most, ctiff_plain *pixels);
