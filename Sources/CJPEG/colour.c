#include <stdlib.h>
#include <string.h>

#include <lcms2.h>

#include "planes.h"

struct colour_map {
  int count;
  /// NULL where gray alone is converted.
  cmsHTRANSFORM transform;
  uint8_t grays[256];
};

// The number of levels per channel with which a profile is tested, and the maximum difference
// that is not visible.
enum { levels = 5, unseen = 1 };

// A profile that was asked for, and its map if there is something to convert.
typedef struct {
  uint8_t *profile;
  size_t length;
  int count, is_needed;
  colour_map map;
} memory;

static uint8_t clip(int value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

// ITU-T T.871, in 65536ths.
void colour_from_rgb(
    const uint8_t *rgb, int width, uint8_t *luma, uint8_t *blue, uint8_t *red) {
  for (int x = 0; x < width; x++) {
    int r = rgb[3 * x], g = rgb[3 * x + 1], b = rgb[3 * x + 2];
    luma[x] = (uint8_t)((19595 * r + 38470 * g + 7471 * b + 32768) >> 16);
    blue[x] = clip((-11058 * r - 21710 * g + 32768 * b + (128 << 16) + 32768) >> 16);
    red[x] = clip((32768 * r - 27439 * g - 5329 * b + (128 << 16) + 32768) >> 16);
  }
}

static void to_rgb(const uint8_t *luma, const uint8_t *blue, const uint8_t *red, int width,
    uint8_t *rgb) {
  for (int x = 0; x < width; x++) {
    int y = luma[x] << 16, b = blue[x] - 128, r = red[x] - 128;
    rgb[3 * x] = clip((y + 91881 * r + 32768) >> 16);
    rgb[3 * x + 1] = clip((y - 22554 * b - 46802 * r + 32768) >> 16);
    rgb[3 * x + 2] = clip((y + 116130 * b + 32768) >> 16);
  }
}

// Whether a conversion changes none of 125 colours visibly.
static int is_seen(cmsHTRANSFORM transform) {
  uint8_t from[levels * levels * levels * 3], to[sizeof from];
  for (int index = 0; index < levels * levels * levels; index++) {
    int red = index / (levels * levels), green = index / levels % levels, blue = index % levels;
    from[3 * index] = (uint8_t)(red * 255 / (levels - 1));
    from[3 * index + 1] = (uint8_t)(green * 255 / (levels - 1));
    from[3 * index + 2] = (uint8_t)(blue * 255 / (levels - 1));
  }
  cmsDoTransform(transform, from, to, levels * levels * levels);
  for (size_t index = 0; index < sizeof from; index++)
    if (abs(from[index] - to[index]) > unseen) return 1;
  return 0;
}

// Two conversions, one to look at: only the second is prepared for many pixels.
static int prepare_colours(colour_map *map, cmsHPROFILE from, cmsHPROFILE to) {
  cmsHTRANSFORM trial = cmsCreateTransform(
      from, TYPE_RGB_8, to, TYPE_RGB_8, INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOOPTIMIZE);
  int is_needed = trial && is_seen(trial);
  if (trial) cmsDeleteTransform(trial);
  if (!is_needed) return 0;
  map->transform = cmsCreateTransform(
      from, TYPE_RGB_8, to, TYPE_RGB_8, INTENT_RELATIVE_COLORIMETRIC, 0);
  return map->transform != NULL;
}

static int prepare_grays(colour_map *map, cmsHPROFILE from, cmsHPROFILE to) {
  cmsHTRANSFORM transform = cmsCreateTransform(
      from, TYPE_GRAY_8, to, TYPE_RGB_8, INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOOPTIMIZE);
  if (!transform) return 0;
  uint8_t from_levels[256], rgb[256 * 3], blue[256], red[256];
  for (int level = 0; level < 256; level++) from_levels[level] = (uint8_t)level;
  cmsDoTransform(transform, from_levels, rgb, 256);
  cmsDeleteTransform(transform);
  colour_from_rgb(rgb, 256, map->grays, blue, red);
  return 1;
}

// A broken profile, or one for another kind of picture, is not the pixels' fault.
static int prepare(colour_map *map, const void *profile, size_t length, int count) {
  cmsHPROFILE from = cmsOpenProfileFromMem(profile, (cmsUInt32Number)length);
  cmsHPROFILE to = cmsCreate_sRGBProfile();
  cmsColorSpaceSignature space = count == 3 ? cmsSigRgbData : cmsSigGrayData;
  int is_needed = 0;
  map->count = count;
  map->transform = NULL;
  if (from && to && cmsGetColorSpace(from) == space)
    is_needed = count == 3 ? prepare_colours(map, from, to) : prepare_grays(map, from, to);
  if (from) cmsCloseProfile(from);
  if (to) cmsCloseProfile(to);
  return is_needed;
}

static int is_same(const memory *last, const void *profile, size_t length, int count) {
  return last->profile && last->count == count && last->length == length &&
      memcmp(last->profile, profile, length) == 0;
}

const colour_map *colour_map_of(const void *profile, size_t length, int count) {
  // Most pictures of one upload have the same.
  static _Thread_local memory last;
  if (length > UINT32_MAX) return NULL;
  if (!is_same(&last, profile, length, count)) {
    if (last.map.transform) cmsDeleteTransform(last.map.transform);
    free(last.profile);
    last = (memory){.profile = malloc(length), .length = length, .count = count};
    if (last.profile) memcpy(last.profile, profile, length);
    last.is_needed = prepare(&last.map, profile, length, count);
  }
  return last.is_needed ? &last.map : NULL;
}

void colour_map_row(const colour_map *map, const uint8_t *from, int width, uint8_t *to) {
  if (map->count == 3)
    cmsDoTransform(map->transform, from, to, (cmsUInt32Number)width);
  else
    for (int x = 0; x < width; x++) to[x] = map->grays[from[x]];
}

int colour_map_apply(const colour_map *map, layer *layers, int count) {
  int width = layers[0].width;
  uint8_t *rgb = malloc(3 * (size_t)width);
  if (!rgb) return -1;
  for (int y = 0; y < layers[0].height; y++) {
    uint8_t *luma = layers[0].samples + y * layers[0].stride;
    if (count == 1) {
      colour_map_row(map, luma, width, luma);
      continue;
    }
    uint8_t *blue = layers[1].samples + y * layers[1].stride;
    uint8_t *red = layers[2].samples + y * layers[2].stride;
    to_rgb(luma, blue, red, width, rgb);
    colour_map_row(map, rgb, width, rgb);
    colour_from_rgb(rgb, width, luma, blue, red);
  }
  free(rgb);
  return 0;
}
