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

/// A page whose pixels are of 8-bit samples: gray, gray and alpha, red, green and blue, or these
/// and alpha.
typedef struct {
  int width, height, bands;
  /// The open file.
  void *file;
} ctiff_plain;

/// Receives consecutive rows.
typedef void ctiff_put(void *context, const uint8_t *rows, int count);

/// Opens the first page. Returns 0, or -1 when the page has another kind of pixels or more than
/// `most` bytes of samples, or when libtiff reports an error.
int ctiff_open_plain(const void *bytes, size_t length, size_t most, ctiff_plain *page);
/// Decodes all rows from the top. Returns 0, or -1 at the first error.
int ctiff_read_plain(const ctiff_plain *page, ctiff_put *put, void *context);
void ctiff_close_plain(ctiff_plain *page);
