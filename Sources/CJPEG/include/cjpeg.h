#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct {
  int width, height;
  /// Whether the file has no brightness channel of its own.
  int other;
  /// How far Cb or Cr are from gray in all but 1 % of the pixels, 16 for 16 and more; 0 unless asked.
  int colour;
  /// Rows of pixels in the file, and how many of them have no data, whole or in part.
  int rows, missing;
} cjpeg_plane;

/// The brightness of a JPEG file, decoded by libjpeg at 1/8, 1/4, 1/2 or all of its size: the
/// smallest whose shorter side is `side` or more. Width times height bytes, to be freed with
/// cjpeg_free. NULL when the file is damaged or cut, or is of another kind.
uint8_t *cjpeg_luma(
    const void *bytes, size_t length, int side, int with_colour, cjpeg_plane *plane);
void cjpeg_free(void *memory);
