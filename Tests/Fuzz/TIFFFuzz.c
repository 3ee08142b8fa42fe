// TIFF: our reader over libtiff, our own unpacking of LZW and what follows them stay within their
// memory on any file.
//
// Input: a byte whose lowest bit chooses. 0: a file. 1: a byte for the size, the packed bytes of a
// strip.

#include <stdint.h>
#include <stdlib.h>

#include "ctiff.h"
#include "lzw.h"
#include "pixels.h"

enum { most_bytes = 1 << 20 };

static void unpack(const uint8_t *packed, size_t length, size_t size) {
  // Of exactly this size, so that a byte more is found.
  uint8_t *copy = malloc(length ? length : 1), *bytes = malloc(size);
  for (size_t index = 0; index < length; index++) copy[index] = packed[index];
  lzw_unpack(copy, length, bytes, size);
  free(copy);
  free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *start, size_t count) {
  if (count < 2) return 0;
  if (start[0] & 1) {
    unpack(start + 2, count - 2, (size_t)start[1] * 16 + 1);
    return 0;
  }
  ctiff_plain found;
  if (ctiff_read_plain(start + 1, count - 1, most_bytes, &found)) return 0;
  use_pixels(&(cjpeg_pixels){found.samples, found.stride, found.width, found.height, found.bands});
  ctiff_free(found.memory);
  return 0;
}
