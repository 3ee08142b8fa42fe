#include "cjpeg.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jerror.h>
#include <jpeglib.h>

typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf way_out;
} complaint;

static void give_up(j_common_ptr decoder) { longjmp(((complaint *)decoder->err)->way_out, 1); }

// Warnings pass as they do in libvips, but for the file that ends too early.
static void note(j_common_ptr decoder, int level) {
  if (level < 0 && decoder->err->msg_code == JWRN_JPEG_EOF) give_up(decoder);
}

static int has_luma(const struct jpeg_decompress_struct *decoder) {
  return decoder->jpeg_color_space == JCS_YCbCr || decoder->jpeg_color_space == JCS_GRAYSCALE ||
      decoder->jpeg_color_space == JCS_RGB;
}

static void set_up(struct jpeg_decompress_struct *decoder, int side) {
  unsigned shorter = decoder->image_width < decoder->image_height ? decoder->image_width
                                                                  : decoder->image_height;
  unsigned eighths = 1;
  while (eighths < 8 && shorter * eighths / 8 < (unsigned)side) eighths *= 2;
  decoder->scale_num = eighths;
  decoder->scale_denom = 8;
  decoder->dct_method = JDCT_IFAST;
  decoder->do_fancy_upsampling = FALSE;
  decoder->out_color_space = JCS_GRAYSCALE;
}

uint8_t *cjpeg_luma(
    const void *bytes, size_t length, int side, int *width, int *height, int *other) {
  struct jpeg_decompress_struct decoder;
  complaint complaint;
  uint8_t *volatile pixels = NULL;
  *other = 0;
  decoder.err = jpeg_std_error(&complaint.manager);
  complaint.manager.error_exit = give_up;
  complaint.manager.emit_message = note;
  if (setjmp(complaint.way_out)) {
    jpeg_destroy_decompress(&decoder);
    free(pixels);
    return NULL;
  }
  jpeg_create_decompress(&decoder);
  jpeg_mem_src(&decoder, bytes, length);
  jpeg_read_header(&decoder, TRUE);
  if (!has_luma(&decoder)) {
    *other = 1;
    jpeg_destroy_decompress(&decoder);
    return NULL;
  }
  set_up(&decoder, side);
  jpeg_start_decompress(&decoder);
  pixels = malloc((size_t)decoder.output_width * decoder.output_height);
  if (!pixels) give_up((j_common_ptr)&decoder);
  while (decoder.output_scanline < decoder.output_height) {
    JSAMPROW row = pixels + (size_t)decoder.output_scanline * decoder.output_width;
    jpeg_read_scanlines(&decoder, &row, 1);
  }
  *width = (int)decoder.output_width;
  *height = (int)decoder.output_height;
  jpeg_destroy_decompress(&decoder);
  return pixels;
}

void cjpeg_free(void *memory) { free(memory); }
