#pragma once
#include <stdint.h>

#include <tiffio.h>

/// Reads a page's samples of any width, scaled to 8 bits: the first as gray, or the first three as
/// colours (`*bands` is 1 or 3). NULL when libtiff cannot read all of them.
uint8_t *ctiff_samples(TIFF *tiff, uint32_t width, uint32_t height, int *bands);
