#include <math.h>
#include <stdlib.h>

#include "cjpeg.h"
#include "planes.h"

void cjpeg_close(cjpeg_picture *picture) {
  if (!picture) return;
  for (int index = 0; index < picture->count; index++) layer_free(&picture->layers[index]);
  free(picture);
}

int picture_halve_chroma(cjpeg_picture *picture) {
  for (int index = 1; index < picture->count; index++) {
    layer whole = picture->layers[index];
    if (layer_halve(&whole, &picture->layers[index])) {
      picture->layers[index] = whole;
      return -1;
    }
    layer_free(&whole);
  }
  return 0;
}

cjpeg_picture *cjpeg_wrap(const uint8_t *pixels, int width, int height) {
  cjpeg_picture *picture = calloc(1, sizeof *picture);
  if (!picture) return NULL;
  picture->width = width;
  picture->height = height;
  picture->count = 3;
  for (int index = 0; index < 3; index++)
    if (layer_make(&picture->layers[index], width, height)) {
      cjpeg_close(picture);
      return NULL;
    }
  layer *layers = picture->layers;
  for (int y = 0; y < height; y++)
    colour_from_rgb(
        pixels + 3 * (size_t)y * width, width, layers[0].samples + y * layers[0].stride,
        layers[1].samples + y * layers[1].stride, layers[2].samples + y * layers[2].stride);
  if (!picture_halve_chroma(picture)) return picture;
  cjpeg_close(picture);
  return NULL;
}

static int shrunk(int length, int longest, int longer) {
  if (longer <= longest) return length;
  int wanted = (int)lround((double)length * longest / longer);
  return wanted > 0 ? wanted : 1;
}

// EXIF's orientations (CIPA DC-008): the stored columns or rows are mirrored, then exchanged.
static int mirrors_columns(int orientation) {
  return orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
}

static int mirrors_rows(int orientation) {
  return orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
}

// Scales one layer to this number of pixels across and down.
static int scale(
    const layer *in, double across, double down, int orientation, layer *out) {
  axis columns = {(int)ceil(across), in->across / across, mirrors_columns(orientation)};
  axis rows = {(int)ceil(down), in->down / down, mirrors_rows(orientation)};
  int is_turned = orientation >= 5;
  if (layer_resample(in, columns, rows, is_turned, out)) return -1;
  out->across = is_turned ? down : across;
  out->down = is_turned ? across : down;
  return 0;
}

static cjpeg_picture *smaller(
    const cjpeg_picture *in, int longest, int orientation, const colour_map *map) {
  cjpeg_picture *out = calloc(1, sizeof *out);
  if (!out) return NULL;
  int longer = in->width > in->height ? in->width : in->height;
  int width = shrunk(in->width, longest, longer), height = shrunk(in->height, longest, longer);
  out->width = orientation >= 5 ? height : width;
  out->height = orientation >= 5 ? width : height;
  out->count = in->count;
  int failed = 0;
  for (int index = 0; index < in->count && !failed; index++) {
    // Colours are converted pixel by pixel, and halved then.
    double part = index == 0 || map ? 1 : 2;
    failed = scale(&in->layers[index], width / part, height / part, orientation, &out->layers[index]);
  }
  if (!failed && map)
    failed = colour_map_apply(map, out->layers, out->count) || picture_halve_chroma(out);
  if (!failed) return out;
  cjpeg_close(out);
  return NULL;
}

int cjpeg_previews(
    const cjpeg_picture *picture, int orientation, const void *profile, size_t profile_length,
    const cjpeg_wish *wishes, int count, cjpeg_file *files) {
  const colour_map *map = profile && !picture->is_converted
      ? colour_map_of(profile, profile_length, picture->count)
      : NULL;
  cjpeg_picture *last = NULL;
  int made = 0;
  for (; made < count; made++) {
    const cjpeg_picture *source = last ? last : picture;
    cjpeg_picture *next =
        smaller(source, wishes[made].longest, last ? 1 : orientation, last ? NULL : map);
    cjpeg_close(last);
    last = next;
    if (!next || layers_encode(
            next->layers, next->count, next->width, next->height, wishes[made].quality,
            &files[made].bytes, &files[made].length))
      break;
  }
  cjpeg_close(last);
  if (made == count) return 0;
  while (made > 0) free(files[--made].bytes);
  return -1;
}
