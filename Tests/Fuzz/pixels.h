#pragma once
#include <stdlib.h>

#include "cjpeg.h"

static void expect(int holds) {
  if (!holds) abort();
}

// Makes previews of a picture, which is closed.
static void use_picture(cjpeg_picture *picture, const cjpeg_plane *plane, uint8_t *luma) {
  cjpeg_wish wishes[] = {{160, 80}, {40, 85}};
  cjpeg_file files[2];
  if (!picture) return;
  expect(plane->width > 0 && plane->height > 0 && plane->colour <= 16);
  expect(luma[(size_t)plane->width * plane->height - 1] <= 255);
  if (!cjpeg_previews(picture, 1, NULL, 0, wishes, 2, files))
    for (int index = 0; index < 2; index++) {
      expect(files[index].length > 100 && files[index].bytes[0] == 0xff);
      cjpeg_free(files[index].bytes);
    }
  cjpeg_free(luma);
  cjpeg_close(picture);
}

// Takes decoded pixels, reading all of them.
static inline void use_pixels(const cjpeg_pixels *pixels) {
  cjpeg_plane plane;
  uint8_t *luma;
  use_picture(cjpeg_take(pixels, (cjpeg_wants){16, 160}, NULL, 0, &plane, &luma), &plane, luma);
}
