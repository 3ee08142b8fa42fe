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
