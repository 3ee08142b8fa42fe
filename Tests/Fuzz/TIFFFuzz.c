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
  ctiff_plain page;
  if (ctiff_open_plain(start + 1, count - 1, most_bytes, &page)) return 0;
  cjpeg_wants wants = {16, 160};
  cjpeg_sink *sink = cjpeg_sink_open(page.width, page.height, page.bands, wants, NULL, 0);
  expect(sink != NULL);
  int failed = ctiff_read_plain(&page, cjpeg_sink_add, sink);
  cjpeg_plane plane;
  uint8_t *luma;
  cjpeg_picture *picture = cjpeg_sink_close(sink, &plane, &luma);
  expect(failed || picture);
  use_picture(picture, &plane, luma);
  ctiff_close_plain(&page);
  return 0;
}
