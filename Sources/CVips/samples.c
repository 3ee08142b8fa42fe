#include "samples.h"

#include "cvips.h"

// Set when the file says that the band after the colours is not alpha.
static const char *const opaque = "assay-opaque";
// Some programs write the largest possible number where a value is missing.
static const double most = 1e30;

void cvips_forget_alpha(cvips_picture *picture) {
  vips_image_set_int((VipsImage *)picture, opaque, 1);
}

static int has_plain_samples(VipsImage *in) {
  return in->BandFmt == VIPS_FORMAT_UCHAR || in->BandFmt == VIPS_FORMAT_USHORT;
}

// Whether the range of the numbers is not fixed by their kind, as it is for L, a and b.
static int has_free_range(VipsImage *in) {
  switch (in->Type) {
    case VIPS_INTERPRETATION_MULTIBAND:
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16:
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB16:
    case VIPS_INTERPRETATION_scRGB: return !has_plain_samples(in);
    default: return 0;
  }
}

// Scientific files may have more bands than a screen has colours: only the first are used.
static int colours(VipsImage *in) {
  if (!vips_colourspace_issupported(in)) return in->Bands < 3 ? 1 : 3;
  int count = in->Type == VIPS_INTERPRETATION_CMYK ? 4 : 3;
  if (in->Type == VIPS_INTERPRETATION_B_W || in->Type == VIPS_INTERPRETATION_GREY16) count = 1;
  return VIPS_MIN(in->Bands, count);
}

// Replaces numbers beyond a bound, and NaN, by zero. It does not use vips_abs, which compiles code
// at its first use.
static int bounded(VipsImage *in, VipsOperationRelational side, double bound, VipsImage **out) {
  VipsImage *zero = vips_image_new_from_image1(in, 0), *is_within = NULL;
  int failed = !zero || vips_relational_const1(in, &is_within, side, bound, NULL) ||
      vips_ifthenelse(is_within, in, zero, out, NULL);
  VIPS_UNREF(is_within);
  VIPS_UNREF(zero);
  return failed;
}

int cvips_plain(VipsImage *in, VipsImage **out) {
  int count = colours(in);
  int is_clear = has_plain_samples(in) && !vips_image_get_typeof(in, opaque) &&
      vips_colourspace_issupported(in) && in->Bands == count + 1;
  VipsImage *few, *below;
  if (vips_extract_band(in, &few, 0, "n", count + is_clear, NULL)) return -1;
  if (few->BandFmt != VIPS_FORMAT_FLOAT && few->BandFmt != VIPS_FORMAT_DOUBLE) {
    *out = few;
    return 0;
  }
  int failed = bounded(few, VIPS_OPERATION_RELATIONAL_LESS, most, &below);
  g_object_unref(few);
  if (failed) return -1;
  failed = bounded(below, VIPS_OPERATION_RELATIONAL_MORE, -most, out);
  g_object_unref(below);
  return failed;
}

// Numbers within 0 and 1 are only multiplied by 255; libvips's scRGB has 0 to 1 and keeps it.
static int scale(VipsImage *in, double low, double high, VipsImage **out) {
  double top = in->Type == VIPS_INTERPRETATION_scRGB ? 1 : 255;
  if (low >= 0 && high <= 1 && !vips_band_format_isint(in->BandFmt)) (low = 0, high = 1);
  double factor = high > low ? top / (high - low) : 0;
  double start = high > low ? -low * factor : top / 2;
  VipsImage *scaled, *named;
  if (vips_linear1(in, &scaled, factor, start, NULL)) return -1;
  VipsInterpretation space = in->Type == VIPS_INTERPRETATION_scRGB ? in->Type
      : in->Bands < 3                                               ? VIPS_INTERPRETATION_B_W
                                                                    : VIPS_INTERPRETATION_sRGB;
  int failed = vips_copy(scaled, &named, "interpretation", space, NULL);
  g_object_unref(scaled);
  if (failed) return -1;
  if (space == VIPS_INTERPRETATION_scRGB) {
    *out = named;
    return 0;
  }
  failed = vips_cast_uchar(named, out, NULL);
  g_object_unref(named);
  return failed;
}

int cvips_stretch(VipsImage *in, VipsImage **out) {
  if (!has_free_range(in)) return vips_copy(in, out, NULL);
  // The file can be read only once, from top to bottom; the shrunken picture is small.
  VipsImage *kept = vips_image_copy_memory(in);
  if (!kept) return -1;
  double low, high;
  int failed = vips_min(kept, &low, NULL) || vips_max(kept, &high, NULL) ||
      scale(kept, low, high, out);
  g_object_unref(kept);
  return failed;
}

int cvips_flatten(VipsImage *in, int background, VipsImage **out) {
  double level = background;
  VipsArrayDouble *levels = vips_array_double_new(&level, 1);
  int failed = vips_flatten(in, out, "background", levels, NULL);
  vips_area_unref(VIPS_AREA(levels));
  return failed;
}

// Pixels with more luma than `light` cannot be seen on white, those with less than `dark` on dark
// gray.
static const double light = 200, dark = 80;
// Both can be seen on this gray.
static const int cvips_gray = 128;
// The largest share of the visible part that may be hard to see.
static const double share = 0.2;

// The background: white, unless too much of the visible part is light; see docs/intake.md.
static int ground(VipsImage *in) {
  double lights = 0, darks = 0, weight = 0;
  for (int y = 0; y < in->Ysize; y++) {
    const uint8_t *pixel = VIPS_IMAGE_ADDR(in, 0, y);
    for (int x = 0; x < in->Xsize; x++, pixel += 4) {
      double luma = 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
      if (luma > light) lights += pixel[3];
      if (luma < dark) darks += pixel[3];
      weight += pixel[3];
    }
  }
  if (lights <= weight * share) return cvips_white;
  return darks <= weight * share ? cvips_dark : cvips_gray;
}

int cvips_show(VipsImage *in, VipsImage **out) {
  if (!vips_image_hasalpha(in) || in->Bands != 4) return vips_copy(in, out, NULL);
  VipsImage *kept = vips_image_copy_memory(in);
  if (!kept) return -1;
  int failed = cvips_flatten(kept, ground(kept), out);
  g_object_unref(kept);
  return failed;
}
