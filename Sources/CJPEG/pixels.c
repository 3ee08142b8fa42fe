#include <stdlib.h>
#include <string.h>

#include "planes.h"
#include "shrink.h"

// Backgrounds of transparent pictures; on gray both light and dark pixels can be seen.
enum { white = 255, dark = 32, gray = 128 };
// Pixels with more luma than `most_dim` cannot be seen on white, those with less than `least_lit`
// on dark gray. `share` in a hundred of the visible part may be hard to see.
enum { most_dim = 200, least_lit = 80, share = 20 };

static int is_opaque(const cjpeg_pixels *pixels) {
  int bands = pixels->bands;
  if (bands % 2) return 1;
  for (int y = 0; y < pixels->height; y++) {
    const uint8_t *alpha = pixels->samples + (size_t)y * pixels->stride + bands - 1;
    uint8_t least = 255;
    for (int x = 0; x < pixels->width; x++) least &= alpha[(size_t)x * bands];
    if (least < 255) return 0;
  }
  return 1;
}

int picture_make_layers(cjpeg_picture *picture, const shrinking *shrinking) {
  const cjpeg_pixels *pixels = shrinking->pixels;
  picture->width = pixels->width;
  picture->height = pixels->height;
  picture->count = pixels->bands < 3 ? 1 : 3;
  for (int index = 0; index < picture->count; index++) {
    layer *layer = &picture->layers[index];
    if (layer_make(layer, shrinking->width, shrinking->height)) return -1;
    layer->across = pixels->width / (double)shrinking->factor;
    layer->down = pixels->height / (double)shrinking->factor;
  }
  return 0;
}

void picture_put_row(cjpeg_picture *picture, int y, const uint8_t *colours) {
  layer *layers = picture->layers;
  uint8_t *luma = layers[0].samples + y * layers[0].stride;
  if (picture->count == 1)
    memcpy(luma, colours, (size_t)layers[0].width);
  else
    colour_from_rgb(
        colours, layers[0].width, luma, layers[1].samples + y * layers[1].stride,
        layers[2].samples + y * layers[2].stride);
}

// Leaves out the last sample of each pixel.
static void drop_alpha(const uint8_t *pixels, int width, int bands, uint8_t *colours) {
  if (bands == 2)
    for (int x = 0; x < width; x++) colours[x] = pixels[2 * x];
  else
    for (int x = 0; x < width; x++) memcpy(colours + 3 * x, pixels + 4 * x, 3);
}

static int put_opaque(
    cjpeg_picture *picture, shrinking *shrinking, const colour_map *map) {
  int bands = shrinking->pixels->bands, width = shrinking->width;
  uint8_t *colours = malloc((size_t)width * 3);
  if (!colours) return -1;
  for (int y = 0; y < shrinking->height; y++) {
    const uint8_t *row = shrinking_row(shrinking, y);
    if (bands % 2 == 0) {
      drop_alpha(row, width, bands, colours);
      row = colours;
    }
    if (map) {
      colour_map_row(map, row, width, colours);
      row = colours;
    }
    picture_put_row(picture, y, row);
  }
  free(colours);
  return 0;
}

// The background: white, unless too much of the visible part is light; see docs/intake.md.
static int ground(const uint8_t *clear, size_t count, int bands) {
  uint64_t lights = 0, darks = 0, weight = 0;
  for (const uint8_t *pixel = clear; count > 0; count--, pixel += bands) {
    unsigned alpha = pixel[bands - 1];
    // Both sides are multiplied by alpha.
    unsigned luma = bands == 2
        ? pixel[0] * 1000u
        : pixel[0] * 299u + pixel[1] * 587u + pixel[2] * 114u;
    if (luma * 255u > most_dim * 1000u * alpha) lights += alpha;
    if (luma * 255u < least_lit * 1000u * alpha) darks += alpha;
    weight += alpha;
  }
  if (lights * 100 <= weight * share) return white;
  return darks * 100 <= weight * share ? dark : gray;
}

// Puts a picture whose colours are multiplied by alpha on a background.
static int flatten(cjpeg_picture *picture, const uint8_t *clear, int bands, int level) {
  int width = picture->layers[0].width, height = picture->layers[0].height, count = bands - 1;
  uint8_t *colours = malloc((size_t)width * 3);
  if (!colours) return -1;
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++, clear += bands)
      for (int band = 0; band < count; band++) {
        unsigned value = clear[band] + ((255u - clear[count]) * (unsigned)level + 127) / 255;
        colours[x * count + band] = (uint8_t)(value < 255 ? value : 255);
      }
    picture_put_row(picture, y, colours);
  }
  free(colours);
  return 0;
}

// The number of whole samples per block that leaves four times the wanted side, so that a truncated
// block at the edge matters little.
int picture_look(
    const cjpeg_picture *picture, cjpeg_wants wants, cjpeg_plane *plane, uint8_t **luma) {
  const layer *layers = picture->layers;
  int width = layers[0].width, height = layers[0].height, side = 4 * wants.side;
  plane->width = width < side ? width : width / (width / side);
  plane->height = height < side ? height : height / (height / side);
  blocks blocks[3];
  for (int index = 0; index < picture->count; index++) {
    blocks[index].across = layers[index].across / plane->width;
    blocks[index].down = layers[index].down / plane->height;
  }
  return layers_look(layers, picture->count, blocks, plane, luma);
}

static int put_clear(
    cjpeg_picture *picture, const shrinking *shrinking, cjpeg_wants wants, cjpeg_plane *plane,
    uint8_t **luma) {
  int bands = shrinking->pixels->bands;
  size_t row = (size_t)shrinking->width * bands;
  uint8_t *clear = malloc(row * shrinking->height);
  if (!clear) return -1;
  for (int y = 0; y < shrinking->height; y++)
    shrinking_clear_row(shrinking, y, clear + y * row);
  int level = ground(clear, (size_t)shrinking->width * shrinking->height, bands);
  // Brightness and colour are measured on white.
  int failed = flatten(picture, clear, bands, white) || picture_look(picture, wants, plane, luma) ||
      (level != white && flatten(picture, clear, bands, level));
  free(clear);
  return failed ? -1 : 0;
}

// Brightness and colour are measured on the stored colours, as for JPEG; the layers are too coarse
// for a conversion.
static int put_colours(
    cjpeg_picture *picture, shrinking *shrinking, const colour_map *map, cjpeg_wants wants,
    cjpeg_plane *plane, uint8_t **luma) {
  picture->is_converted = 1;
  return put_opaque(picture, shrinking, NULL) || picture_look(picture, wants, plane, luma) ||
      (map && put_opaque(picture, shrinking, map));
}

static int fill(
    cjpeg_picture *picture, const cjpeg_pixels *pixels, int is_clear, const colour_map *map,
    cjpeg_wants wants, cjpeg_plane *plane, uint8_t **luma) {
  shrinking shrinking;
  int factor = shrinking_factor(pixels->width, pixels->height, wants);
  if (shrinking_begin(&shrinking, pixels, factor)) return -1;
  int failed = picture_make_layers(picture, &shrinking);
  if (!failed)
    failed = is_clear ? put_clear(picture, &shrinking, wants, plane, luma)
                      : put_colours(picture, &shrinking, map, wants, plane, luma);
  if (!failed) failed = picture_halve_chroma(picture);
  shrinking_end(&shrinking);
  return failed;
}

// Converts planes in the range of video (16 to 235, chroma 16 to 240) to the full range of JPEG.
static void stretch(layer *layer, shrinking *shrinking, int top, int middle) {
  uint8_t levels[256];
  int range = top - 16, half = range / 2;
  for (int level = 0; level < 256; level++) {
    int value = (level - middle) * 255;
    int moved = (value + (value < 0 ? -half : half)) / range + (middle == 16 ? 0 : 128);
    levels[level] = (uint8_t)(moved < 0 ? 0 : moved > 255 ? 255 : moved);
  }
  for (int y = 0; y < layer->height; y++) {
    const uint8_t *row = shrinking_row(shrinking, y);
    uint8_t *samples = layer->samples + y * layer->stride;
    for (int x = 0; x < layer->width; x++) samples[x] = levels[row[x]];
  }
}

static int take_plane(
    cjpeg_picture *picture, int index, const cjpeg_pixels *plane, int factor) {
  shrinking shrinking;
  layer *layer = &picture->layers[index];
  double part = (index ? 2.0 : 1.0) * factor;
  if (shrinking_begin(&shrinking, plane, factor)) return -1;
  int failed = layer_make(layer, shrinking.width, shrinking.height);
  layer->across = picture->width / part;
  layer->down = picture->height / part;
  if (!failed) stretch(layer, &shrinking, index ? 240 : 235, index ? 128 : 16);
  shrinking_end(&shrinking);
  return failed;
}

cjpeg_picture *cjpeg_take_video(
    const cjpeg_pixels *planes, cjpeg_wants wants, cjpeg_plane *plane, uint8_t **luma) {
  *plane = (cjpeg_plane){0};
  *luma = NULL;
  cjpeg_picture *picture = calloc(1, sizeof *picture);
  if (!picture) return NULL;
  picture->width = planes[0].width;
  picture->height = planes[0].height;
  picture->count = 3;
  int factor = shrinking_factor(picture->width, picture->height, wants), failed = 0;
  for (int index = 0; index < 3 && !failed; index++)
    failed = take_plane(picture, index, &planes[index], factor);
  if (!failed && !picture_look(picture, wants, plane, luma)) return picture;
  cjpeg_close(picture);
  return NULL;
}

cjpeg_picture *cjpeg_take(
    const cjpeg_pixels *pixels, cjpeg_wants wants, const void *profile, size_t profile_length,
    cjpeg_plane *plane, uint8_t **luma) {
  *plane = (cjpeg_plane){0};
  *luma = NULL;
  int is_clear = !is_opaque(pixels);
  int count = pixels->bands < 3 ? 1 : 3;
  const colour_map *map = profile ? colour_map_of(profile, profile_length, count) : NULL;
  // The colours are multiplied by alpha before they could be converted.
  if (is_clear && map) return NULL;
  cjpeg_picture *picture = calloc(1, sizeof *picture);
  if (picture && !fill(picture, pixels, is_clear, map, wants, plane, luma)) return picture;
  free(*luma);
  *luma = NULL;
  cjpeg_close(picture);
  return NULL;
}
