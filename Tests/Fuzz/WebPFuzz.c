// WebP: our reader over libwebp and what follows it stay within their memory on any file.

#include <stdint.h>

#include "cwebp.h"
#include "pixels.h"

enum { most_bytes = 1 << 20 };

static cjpeg_pixels plane_of(const cwebp_plane *plane) {
  return (cjpeg_pixels){plane->samples, plane->stride, plane->width, plane->height, plane->bands};
}

int LLVMFuzzerTestOneInput(const uint8_t *start, size_t count) {
  cwebp_pixels found;
  if (cwebp_read(start, count, most_bytes, &found)) return 0;
  expect(found.count == 1 || found.count == 3);
  cjpeg_pixels planes[3];
  for (int index = 0; index < found.count; index++) planes[index] = plane_of(&found.planes[index]);
  if (found.count == 1) {
    use_pixels(planes);
  } else {
    cjpeg_plane plane;
    uint8_t *luma;
    cjpeg_picture *picture = cjpeg_take_video(planes, (cjpeg_wants){16, 160}, &plane, &luma);
    use_picture(picture, &plane, luma);
  }
  cwebp_free(found.memory);
  return 0;
}
