#include <stdlib.h>
#include <string.h>

#include "chroma.h"
#include "planes.h"

static int first_of(double step, int index, int count) {
  int first = (int)(index * step);
  return first < count ? first : count - 1;
}

static int behind(double step, int index, int first, int count) {
  int last = (int)((index + 1) * step);
  return last <= first ? first + 1 : last < count ? last : count;
}

// The averages of one row of blocks.
static void average(
    const layer *layer, blocks blocks, int y, int width, uint32_t *sums, uint8_t *line) {
  int top = first_of(blocks.down, y, layer->height);
  int bottom = behind(blocks.down, y, top, layer->height);
  memset(sums, 0, sizeof *sums * layer->width);
  for (int row = top; row < bottom; row++) {
    const uint8_t *samples = layer->samples + row * layer->stride;
    for (int x = 0; x < layer->width; x++) sums[x] += samples[x];
  }
  for (int x = 0; x < width; x++) {
    int left = first_of(blocks.across, x, layer->width);
    int right = behind(blocks.across, x, left, layer->width);
    unsigned count = (unsigned)(right - left) * (unsigned)(bottom - top);
    uint64_t sum = 0;
    for (int place = left; place < right; place++) sum += sums[place];
    line[x] = (uint8_t)((sum + count / 2) / count);
  }
}

// The first rows of most pictures already show that they have colour.
static int colour(
    const layer *layers, const blocks *blocks, int width, int height, uint32_t *sums,
    uint8_t *lines) {
  chroma seen = {.few = (size_t)width * height / 100};
  for (int y = 0; y < height && !chroma_is_known(&seen); y++) {
    average(&layers[1], blocks[1], y, width, sums, lines);
    average(&layers[2], blocks[2], y, width, sums, lines + width);
    for (int x = 0; x < width; x++) chroma_add(&seen, lines[x], lines[width + x]);
  }
  return chroma_most(&seen);
}

int layers_look(
    const layer *layers, int count, const blocks *blocks, cjpeg_plane *plane, uint8_t **luma) {
  int width = plane->width, height = plane->height, widest = 0;
  for (int index = 0; index < count; index++)
    if (layers[index].width > widest) widest = layers[index].width;
  uint32_t *sums = malloc(sizeof *sums * widest);
  uint8_t *lines = malloc(2 * (size_t)width);
  uint8_t *pixels = malloc((size_t)width * height);
  int is_made = sums && lines && pixels;
  if (is_made) {
    for (int y = 0; y < height; y++)
      average(&layers[0], blocks[0], y, width, sums, pixels + (size_t)y * width);
    plane->colour = count == 3 ? colour(layers, blocks, width, height, sums, lines) : 0;
    *luma = pixels;
  } else {
    free(pixels);
  }
  free(sums);
  free(lines);
  return is_made ? 0 : -1;
}
