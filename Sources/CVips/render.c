#include "cvips.h"

#include <vips/vips.h>

#include "samples.h"

// A picture that is kept has no more pixels than these.
static const double most_kept = 16e6;

// Converts CMYK by the picture's profile, or by libvips's own. vips_thumbnail would be some levels
// off, and would multiply alpha into inks as if these were light.
static int inks(VipsImage *in, VipsImage **out) {
  if (in->Type != VIPS_INTERPRETATION_CMYK) return vips_copy(in, out, NULL);
  if (vips_icc_transform(in, out, "srgb", "embedded", TRUE, "input_profile", "cmyk", NULL)) {
    // A broken profile, or one for another kind of picture, is not the pixels' fault.
    if (!vips_image_remove(in, VIPS_META_ICC_NAME)) return -1;
    if (vips_icc_transform(in, out, "srgb", "input_profile", "cmyk", NULL)) return -1;
  }
  vips_image_remove(*out, VIPS_META_ICC_NAME);
  return 0;
}

// Colours cost most where there are most pixels; only transparency must come before the average.
static int shrink(VipsImage *in, int across, int down, VipsImage **steps) {
  VipsInterpretation space =
      vips_image_get_bands(in) < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
  if (vips_image_hasalpha(in))
    return inks(in, &steps[0]) || vips_colourspace(steps[0], &steps[1], space, NULL) ||
        cvips_flatten(steps[1], cvips_white, &steps[2]) ||
        vips_shrink(steps[2], &steps[3], across, down, NULL);
  return vips_shrink(in, &steps[0], across, down, NULL) || cvips_stretch(steps[0], &steps[1]) ||
      vips_colourspace(steps[1], &steps[3], space, NULL);
}

uint8_t *cvips_pixels(cvips_picture *picture, int side, int *width, int *height, int *bands) {
  VipsImage *scope = vips_image_new(), *in = (VipsImage *)picture;
  VipsImage **steps = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 6);
  int across = VIPS_MAX(1, in->Xsize / side), down = VIPS_MAX(1, in->Ysize / side);
  uint8_t *pixels = NULL;
  size_t size = 0;
  if (!cvips_plain(in, &steps[0]) && !shrink(steps[0], across, down, &steps[1]) &&
      !vips_cast_uchar(steps[4], &steps[5], NULL)) {
    pixels = vips_image_write_to_memory(steps[5], &size);
    *width = steps[5]->Xsize;
    *height = steps[5]->Ysize;
    *bands = steps[5]->Bands;
  }
  g_object_unref(scope);
  return pixels;
}

// The factor by which whole blocks are averaged before the costly steps.
static int rough_factor(VipsImage *in, int longest, int side) {
  int shorter = VIPS_MIN(in->Xsize, in->Ysize);
  int wanted = 2 * VIPS_MAX(in->Xsize, in->Ysize) / (3 * longest);
  // A thin picture must keep at least one pixel.
  int factor = VIPS_MAX(1, VIPS_MIN(wanted, shorter / (4 * side)));
  while (factor < shorter &&
      (double)in->Xsize * in->Ysize / ((double)factor * factor) > most_kept)
    factor++;
  return factor;
}

// Rows and columns that are left over make blocks of their own, so that all are decoded.
static int blocks(VipsImage *in, int factor, VipsImage **out) {
  return vips_shrink(in, out, factor, factor, "ceil", TRUE, NULL);
}

// The colour of transparent pixels must not affect the others.
static int clear_blocks(VipsImage *in, int factor, VipsImage **steps) {
  return inks(in, &steps[0]) || vips_premultiply(steps[0], &steps[1], NULL) ||
      blocks(steps[1], factor, &steps[2]) || vips_unpremultiply(steps[2], &steps[3], NULL) ||
      vips_cast(steps[3], &steps[4], steps[0]->BandFmt, NULL);
}

cvips_picture *cvips_keep(cvips_picture *picture, int longest, int side) {
  VipsImage *scope = vips_image_new(), *in = (VipsImage *)picture, *kept = NULL;
  VipsImage **steps = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 6);
  int factor = rough_factor(in, longest, side);
  if (!cvips_plain(in, &steps[0])) {
    int failed = factor < 2 ? vips_copy(steps[0], &steps[5], NULL)
        : vips_image_hasalpha(steps[0]) ? clear_blocks(steps[0], factor, &steps[1])
                                        : blocks(steps[0], factor, &steps[5]);
    if (!failed) kept = vips_image_copy_memory(steps[5]);
  }
  g_object_unref(scope);
  return (cvips_picture *)kept;
}

// The size of a preview, upright.
typedef struct {
  int width, height;
} extent;

// Reduces 16 bits to 8. lcms2 transforms 16 bits by a table of few points, which is up to 6 levels
// off with libvips 8.16; its transform of 8 bits by a matrix is exact.
static int to_bytes(VipsImage *in, VipsImage **out) {
  int is_gray = in->Type == VIPS_INTERPRETATION_GREY16;
  if (!is_gray && in->Type != VIPS_INTERPRETATION_RGB16) return vips_copy(in, out, NULL);
  VipsImage *bytes;
  if (vips_msb(in, &bytes, NULL)) return -1;
  int failed = vips_copy(
      bytes, out, "interpretation", is_gray ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB,
      NULL);
  g_object_unref(bytes);
  return failed;
}

// A kept picture may have a row or a column more than its size says: what is shrunk gets the exact
// one, what is not stays as it is. For a picture without a profile, an export profile gives wrong
// colours in libvips 8.14, and costs 50 ms.
static int thumbnail(VipsImage *in, extent wanted, VipsImage **out) {
  int longest = VIPS_MAX(wanted.width, wanted.height);
  int is_near = VIPS_MAX(in->Xsize, in->Ysize) <= longest + longest / 4;
  int width = is_near ? longest : wanted.width, height = is_near ? longest : wanted.height;
  VipsSize size = is_near ? VIPS_SIZE_DOWN : VIPS_SIZE_FORCE;
  if (!vips_image_get_typeof(in, VIPS_META_ICC_NAME))
    return vips_thumbnail_image(in, out, width, "height", height, "size", size, NULL);
  VipsImage *bytes;
  if (to_bytes(in, &bytes)) return -1;
  int failed = vips_thumbnail_image(
      bytes, out, width, "height", height, "size", size, "export_profile", "srgb", NULL);
  g_object_unref(bytes);
  return failed;
}

static int convert(VipsImage *in, extent wanted, VipsImage **steps) {
  if (cvips_plain(in, &steps[0]) || inks(steps[0], &steps[1]) || cvips_stretch(steps[1], &steps[2]))
    return -1;
  if (thumbnail(steps[2], wanted, &steps[3])) {
    if (!vips_image_remove(steps[2], VIPS_META_ICC_NAME)) return -1;
    if (thumbnail(steps[2], wanted, &steps[3])) return -1;
  }
  return vips_colourspace(steps[3], &steps[4], VIPS_INTERPRETATION_sRGB, NULL) ||
      vips_cast_uchar(steps[4], &steps[5], NULL) || cvips_show(steps[5], &steps[6]);
}

uint8_t *cvips_preview(cvips_picture *picture, int *width, int *height) {
  VipsImage *scope = vips_image_new();
  VipsImage **steps = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 7);
  uint8_t *pixels = NULL;
  size_t size = 0;
  extent wanted = {*width, *height};
  if (!convert((VipsImage *)picture, wanted, steps) && steps[6]->Bands == 3) {
    *width = steps[6]->Xsize;
    *height = steps[6]->Ysize;
    pixels = vips_image_write_to_memory(steps[6], &size);
  }
  g_object_unref(scope);
  return pixels;
}

static int square(VipsImage *in, int side, int is_cropped, VipsImage **steps) {
  VipsInteresting crop = is_cropped ? VIPS_INTERESTING_CENTRE : VIPS_INTERESTING_NONE;
  VipsSize size = is_cropped ? VIPS_SIZE_BOTH : VIPS_SIZE_FORCE;
  int factor = 2 * VIPS_MIN(in->Xsize, in->Ysize) / (3 * side);
  if (cvips_plain(in, &steps[0])) return -1;
  if (factor < 2 || vips_image_hasalpha(steps[0])
          ? vips_copy(steps[0], &steps[1], NULL)
          : vips_shrink(steps[0], &steps[1], factor, factor, NULL))
    return -1;
  // The profile is ignored: a model needs no exact colours, and a broken profile is not a fault.
  vips_image_remove(steps[1], VIPS_META_ICC_NAME);
  return cvips_stretch(steps[1], &steps[2]) ||
      vips_thumbnail_image(
             steps[2], &steps[3], side, "height", side, "size", size, "crop", crop, NULL) ||
      vips_colourspace(steps[3], &steps[4], VIPS_INTERPRETATION_sRGB, NULL) ||
      vips_cast_uchar(steps[4], &steps[5], NULL) || cvips_show(steps[5], &steps[6]);
}

uint8_t *cvips_square(cvips_picture *picture, int side, int is_cropped, size_t *length) {
  VipsImage *scope = vips_image_new();
  VipsImage **steps = (VipsImage **)vips_object_local_array(VIPS_OBJECT(scope), 7);
  uint8_t *pixels = NULL;
  if (!square((VipsImage *)picture, side, is_cropped, steps) && steps[6]->Bands == 3)
    pixels = vips_image_write_to_memory(steps[6], length);
  g_object_unref(scope);
  return pixels;
}
