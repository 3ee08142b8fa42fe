// JPEG: one pass over any bytes, with any profile and orientation, stays within its memory, and
// makes previews of the accepted files.
//
// Input: a byte for the orientation, one for the profile's length in units of 32 bytes, the
// profile, the file.

#include <stdint.h>
#include <stdlib.h>

#include "cjpeg.h"

enum { most_pixels = 1 << 18, side = 64 };

// The decoder's outline refuses larger pictures before libjpeg reads them.
static int is_large(const uint8_t *bytes, size_t length) {
  for (size_t place = 0; place + 9 < length; place++) {
    if (bytes[place] != 0xff || bytes[place + 1] < 0xc0 || bytes[place + 1] > 0xcf) continue;
    uint32_t height = bytes[place + 5] << 8 | bytes[place + 6];
    uint32_t width = bytes[place + 7] << 8 | bytes[place + 8];
    if ((uint64_t)width * height > most_pixels) return 1;
  }
  return 0;
}

static void expect(int holds) {
  if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *start, size_t count) {
  if (count < 2) return 0;
  size_t profile = (size_t)start[1] * 32;
  if (profile > count - 2) return 0;
  const uint8_t *file = start + 2 + profile;
  size_t length = count - 2 - profile;
  if (is_large(file, length)) return 0;
  cjpeg_plane plane;
  uint8_t *luma;
  cjpeg_picture *picture = cjpeg_read(file, length, side, 160, &plane, &luma);
  if (!picture) return 0;
  expect(plane.width > 0 && plane.height > 0 && plane.missing <= plane.rows && plane.colour <= 16);
  expect(luma[(size_t)plane.width * plane.height - 1] <= 255);
  cjpeg_wish wishes[] = {{160, 80}, {40, 85}};
  cjpeg_file files[2];
  const void *icc = profile ? start + 2 : NULL;
  if (!cjpeg_previews(picture, start[0] % 8 + 1, icc, profile, wishes, 2, files))
    for (int index = 0; index < 2; index++) {
      expect(files[index].length > 100 && files[index].bytes[0] == 0xff);
      cjpeg_plane shown;
      uint8_t *again = cjpeg_luma(files[index].bytes, files[index].length, side, 1, &shown);
      // The written preview is a complete picture.
      expect(again && shown.missing == 0);
      cjpeg_free(again);
      cjpeg_free(files[index].bytes);
    }
  cjpeg_free(luma);
  cjpeg_close(picture);
  return 0;
}
