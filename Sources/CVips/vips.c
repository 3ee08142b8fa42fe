#define _GNU_SOURCE
#include "cvips.h"

#include <string.h>

#include <vips/vips.h>
#include <vips/vector.h>

static VipsImage *image(cvips_picture *picture) { return (VipsImage *)picture; }

int cvips_start(const char *program) {
  if (VIPS_INIT(program)) return -1;
  // The vector code is compiled at run time, and the sandbox forbids executable memory.
  vips_vector_set_enabled(FALSE);
  vips_block_untrusted_set(TRUE);
  vips_operation_block_set("VipsForeignLoad", TRUE);
  vips_operation_block_set("VipsForeignLoadJpegBuffer", FALSE);
  vips_operation_block_set("VipsForeignLoadPngBuffer", FALSE);
  vips_operation_block_set("VipsForeignLoadWebpBuffer", FALSE);
  vips_operation_block_set("VipsForeignLoadTiffBuffer", FALSE);
  vips_operation_block_set("VipsForeignLoadNsgifBuffer", FALSE);
  vips_concurrency_set(1);
  vips_cache_set_max(0);
  return 0;
}

void cvips_prepare(void) {
  static const char *const names[] = {
      "VipsThumbnailImage", "VipsResize", "VipsShrink", "VipsShrinkh",
      "VipsShrinkv", "VipsReduce", "VipsReduceh", "VipsReducev", "VipsColourspace", "VipsCopy",
      "VipsCast", "VipsFlatten", "VipsExtractBand", "VipsAutorot", "VipsIccTransform", "VipsEmbed",
      "VipsLinecache", "VipsSequential", "VipsPremultiply", "VipsUnpremultiply", "VipsBandjoin",
      "VipsRegion", "VipsImage", "VipssRGB2scRGB", "VipsscRGB2sRGB", "VipsLinear"};
  for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
    GType type = g_type_from_name(names[index]);
    // Never released: libvips would make an unused class again.
    if (type) g_type_class_ref(type);
  }
}

#define STRICT "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, NULL

static int load(
    void *start, size_t length, cvips_format format, const cvips_part *part, VipsImage **out) {
  int page = part->page, count = part->count;
  switch (format) {
    case cvips_jpeg:
      return vips_jpegload_buffer(start, length, out, "shrink", (int)part->shrink, STRICT);
    case cvips_png: return vips_pngload_buffer(start, length, out, STRICT);
    case cvips_webp:
      return vips_webpload_buffer(
          start, length, out, "page", page, "n", count, "scale", 1 / part->shrink, STRICT);
    case cvips_tiff:
      return vips_tiffload_buffer(start, length, out, "page", page, "n", count, STRICT);
    case cvips_gif:
      return vips_gifload_buffer(start, length, out, "page", page, "n", count, STRICT);
  }
  return -1;
}

cvips_picture *cvips_open(
    const void *bytes, size_t length, cvips_format format, const cvips_part *part) {
  VipsImage *out = NULL;
  return load((void *)bytes, length, format, part, &out) ? NULL : (cvips_picture *)out;
}

cvips_picture *cvips_wrap(const void *pixels, int width, int height, int bands) {
  size_t size = (size_t)width * height * bands;
  VipsImage *plain =
      vips_image_new_from_memory(pixels, size, width, height, bands, VIPS_FORMAT_UCHAR);
  VipsImage *out = NULL;
  if (!plain) return NULL;
  VipsInterpretation space = bands < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
  if (vips_copy(plain, &out, "interpretation", space, NULL)) out = NULL;
  g_object_unref(plain);
  return (cvips_picture *)out;
}

void cvips_close(cvips_picture *picture) { g_object_unref(image(picture)); }
int cvips_width(cvips_picture *picture) { return vips_image_get_width(image(picture)); }
int cvips_height(cvips_picture *picture) { return vips_image_get_height(image(picture)); }
int cvips_orientation(cvips_picture *picture) { return vips_image_get_orientation(image(picture)); }
void cvips_turn(cvips_picture *picture, int orientation) {
  vips_image_set_int(image(picture), VIPS_META_ORIENTATION, orientation);
}
int cvips_frames(cvips_picture *picture) { return vips_image_get_n_pages(image(picture)); }

static int discard(VipsRegion *region, void *sequence, void *a, void *b, gboolean *stop) {
  (void)region, (void)sequence, (void)a, (void)b, (void)stop;
  return 0;
}

int cvips_decode(cvips_picture *picture) {
  return vips_sink(image(picture), NULL, discard, NULL, NULL, NULL);
}

void cvips_free(void *memory) { g_free(memory); }

char **cvips_names(cvips_picture *picture) { return vips_image_get_fields(image(picture)); }
void cvips_free_names(char **names) { g_strfreev(names); }

const char *cvips_text(cvips_picture *picture, const char *name) {
  const char *text = NULL;
  GType type = vips_image_get_typeof(image(picture), name);
  if (type != VIPS_TYPE_REF_STRING && type != G_TYPE_STRING) return NULL;
  return vips_image_get_string(image(picture), name, &text) ? NULL : text;
}

const void *cvips_blob(cvips_picture *picture, const char *name, size_t *length) {
  const void *bytes = NULL;
  if (vips_image_get_typeof(image(picture), name) != VIPS_TYPE_BLOB) return NULL;
  return vips_image_get_blob(image(picture), name, &bytes, length) ? NULL : bytes;
}

int cvips_contains(const void *bytes, size_t length, const void *mark, size_t mark_length) {
  return memmem(bytes, length, mark, mark_length) != NULL;
}

const char *cvips_error(void) { return vips_error_buffer(); }
void cvips_clear(void) { vips_error_clear(); }
