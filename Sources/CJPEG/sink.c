#include <stdlib.h>
#include <string.h>

#include "planes.h"
#include "shrink.h"

struct cjpeg_sink {
  cjpeg_pixels shape;
  cjpeg_wants wants;
  const void *profile;
  size_t profile_length;
  /// The number of received rows.
  int rows;
  /// All pixels when they are read more than once, else NULL.
  uint8_t *all;
  cjpeg_picture *picture;
  shrinking shrinking;
};

static int is_simple(const cjpeg_sink *sink) {
  int bands = sink->shape.bands;
  return bands % 2 && !(sink->profile && colour_map_of(sink->profile, sink->profile_length, bands));
}

static int prepare(cjpeg_sink *sink) {
  const cjpeg_pixels *shape = &sink->shape;
  if (!is_simple(sink)) {
    sink->shape.samples = sink->all = malloc(shape->stride * (size_t)shape->height);
    return sink->all ? 0 : -1;
  }
  int factor = shrinking_factor(shape->width, shape->height, sink->wants);
  sink->picture = calloc(1, sizeof *sink->picture);
  if (!sink->picture || shrinking_begin(&sink->shrinking, shape, factor)) return -1;
  sink->picture->is_converted = 1;
  return picture_make_layers(sink->picture, &sink->shrinking);
}

static void drop(cjpeg_sink *sink) {
  shrinking_end(&sink->shrinking);
  cjpeg_close(sink->picture);
  free(sink->all);
  free(sink);
}

cjpeg_sink *cjpeg_sink_open(
    int width, int height, int bands, cjpeg_wants wants, const void *profile,
    size_t profile_length) {
  cjpeg_sink *sink = calloc(1, sizeof *sink);
  if (!sink) return NULL;
  sink->shape = (cjpeg_pixels){
      .stride = (size_t)width * bands, .width = width, .height = height, .bands = bands};
  sink->wants = wants;
  sink->profile = profile;
  sink->profile_length = profile_length;
  if (!prepare(sink)) return sink;
  drop(sink);
  return NULL;
}

void cjpeg_sink_add(void *context, const uint8_t *rows, int count) {
  cjpeg_sink *sink = context;
  size_t stride = sink->shape.stride;
  for (; count > 0 && sink->rows < sink->shape.height; count--, rows += stride) {
    int y = sink->rows++;
    if (sink->all) {
      memcpy(sink->all + y * stride, rows, stride);
      continue;
    }
    const uint8_t *row = shrinking_add(&sink->shrinking, rows);
    if (row) picture_put_row(sink->picture, y / sink->shrinking.factor, row);
  }
}

static cjpeg_picture *finish(cjpeg_sink *sink, cjpeg_plane *plane, uint8_t **luma) {
  cjpeg_picture *picture = sink->picture;
  if (sink->rows < sink->shape.height) return NULL;
  if (sink->all)
    return cjpeg_take(&sink->shape, sink->wants, sink->profile, sink->profile_length, plane, luma);
  if (picture_look(picture, sink->wants, plane, luma)) return NULL;
  if (picture_halve_chroma(picture)) {
    free(*luma);
    *luma = NULL;
    return NULL;
  }
  sink->picture = NULL;
  return picture;
}

cjpeg_picture *cjpeg_sink_close(cjpeg_sink *sink, cjpeg_plane *plane, uint8_t **luma) {
  *plane = (cjpeg_plane){0};
  *luma = NULL;
  cjpeg_picture *picture = finish(sink, plane, luma);
  drop(sink);
  return picture;
}
