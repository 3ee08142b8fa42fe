#include "cvips.h"

#include <vips/vips.h>

static const int quality = 80;
// Of 0 to 6; the default 4 takes twice the time for 2 % of the bytes.
static const int effort = 2;

// Scientific files carry more bands than a screen has colours: the first stand for the rest.
static int few_bands(VipsImage *in, VipsImage **out) {
  int bands = vips_image_get_bands(in);
  if (vips_colourspace_issupported(in) && bands <= 5) return vips_copy(in, out, NULL);
  return vips_extract_band(in, out, 0, "n", bands < 3 ? 1 : 3, NULL);
}

static int flatten(VipsImage *in, VipsImage **out) {
  double white[] = {255};
  VipsArrayDouble *background = vips_array_double_new(white, 1);
  int failed = vips_flatten(in, out, "background", background, NULL);
  vips_area_unref(VIPS_AREA(background));
  return failed;
}

// Colours cost most where there are most pixels; only transparency must come before the average.
static int shrink(VipsImage *in, int across, int down, VipsImage **steps) {
  VipsInterpretation space =
      vips_image_get_bands(in) < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
  if (vips_image_hasalpha(in))
    return vips_colourspace(in, &steps[0], space, NULL) || flatten(steps[0], &steps[1]) ||
        vips_shrink(steps[1], &steps[2], across, down, NULL);
  return vips_shrink(in, &steps[0], across, down, NULL) ||
      vips_colourspace(steps[0], &steps[2], space, NULL);
}

uint8_t *cvips_pixels(cvips_picture *picture, int side, int *width, int *height, int *bands) {
  VipsImage *scope = vips_image_new(), *in = (VipsImage *)picture;
  VipsImage **steps = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 5);
  int across = VIPS_MAX(1, in->Xsize / side), down = VIPS_MAX(1, in->Ysize / side);
  uint8_t *pixels = NULL;
  size_t size = 0;
  if (!few_bands(in, &steps[0]) && !shrink(steps[0], across, down, &steps[1]) &&
      !vips_cast_uchar(steps[3], &steps[4], NULL)) {
    pixels = vips_image_write_to_memory(steps[4], &size);
    *width = steps[4]->Xsize;
    *height = steps[4]->Ysize;
    *bands = steps[4]->Bands;
  }
  g_object_unref(scope);
  return pixels;
}

// Averages whole blocks before the costly steps, down to one and a half of what is wanted.
static int roughly(VipsImage *in, int longest, VipsImage **out) {
  int factor = 2 * VIPS_MAX(in->Xsize, in->Ysize) / (3 * longest);
  // The colour of what is transparent must not bleed into the rest.
  if (factor < 2 || vips_image_hasalpha(in)) return vips_copy(in, out, NULL);
  return vips_shrink(in, out, VIPS_MIN(factor, in->Xsize), VIPS_MIN(factor, in->Ysize), NULL);
}

static int thumbnail(VipsImage *in, int longest, VipsImage **out) {
  return vips_thumbnail_image(
      in, out, longest, "height", longest, "size", VIPS_SIZE_DOWN, "export_profile", "srgb", NULL);
}

static int convert(VipsImage *in, int longest, VipsImage **steps) {
  if (few_bands(in, &steps[0]) || roughly(steps[0], longest, &steps[1])) return -1;
  if (thumbnail(steps[1], longest, &steps[2])) {
    // A broken profile, or one for another kind of picture, is not the pixels' fault.
    if (!vips_image_remove(steps[1], VIPS_META_ICC_NAME)) return -1;
    if (thumbnail(steps[1], longest, &steps[2])) return -1;
  }
  return vips_colourspace(steps[2], &steps[3], VIPS_INTERPRETATION_sRGB, NULL) ||
      vips_cast_uchar(steps[3], &steps[4], NULL);
}

uint8_t *cvips_preview(cvips_picture *picture, int longest, size_t *length) {
  VipsImage *scope = vips_image_new();
  VipsImage **steps = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 5);
  void *file = NULL;
  if (!convert((VipsImage *)picture, longest, steps)) {
    // Else one frame could be taken for a strip of several.
    vips_image_remove(steps[4], VIPS_META_PAGE_HEIGHT);
    vips_image_remove(steps[4], VIPS_META_N_PAGES);
    if (vips_webpsave_buffer(steps[4], &file, length, "Q", quality, "effort", effort, NULL))
      file = NULL;
  }
  g_object_unref(scope);
  return file;
}

static int square(VipsImage *in, int side, int is_cropped, VipsImage **steps) {
  VipsInteresting crop = is_cropped ? VIPS_INTERESTING_CENTRE : VIPS_INTERESTING_NONE;
  VipsSize size = is_cropped ? VIPS_SIZE_BOTH : VIPS_SIZE_FORCE;
  int factor = 2 * VIPS_MIN(in->Xsize, in->Ysize) / (3 * side);
  if (few_bands(in, &steps[0])) return -1;
  if (factor < 2 || vips_image_hasalpha(in) ? vips_copy(steps[0], &steps[1], NULL)
                                            : vips_shrink(steps[0], &steps[1], factor, factor, NULL))
    return -1;
  // A profile is left aside: what a model sees need not be exact, and a broken one is no fault.
  vips_image_remove(steps[1], VIPS_META_ICC_NAME);
  if (vips_thumbnail_image(
          steps[1], &steps[2], side, "height", side, "size", size, "crop", crop, NULL) ||
      vips_colourspace(steps[2], &steps[3], VIPS_INTERPRETATION_sRGB, NULL))
    return -1;
  if (vips_image_hasalpha(steps[3]) ? flatten(steps[3], &steps[4])
                                    : vips_copy(steps[3], &steps[4], NULL))
    return -1;
  return vips_cast_uchar(steps[4], &steps[5], NULL);
}

uint8_t *cvips_square(cvips_picture *picture, int side, int is_cropped, size_t *length) {
  VipsImage *scope = vips_image_new();
  VipsImage **steps = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 6);
  uint8_t *pixels = NULL;
  if (!square((VipsImage *)picture, side, is_cropped, steps) && steps[5]->Bands == 3)
    pixels = vips_image_write_to_memory(steps[5], length);
  g_object_unref(scope);
  return pixels;
}
