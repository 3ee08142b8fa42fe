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
  return decoder->jpeg_color_space == JCS_YCbCr || decoder->jpeg_color_space == JCS_GRAYSCALE;
}

static void set_up(struct jpeg_decompress_struct *decoder, int side, int with_colour) {
  unsigned shorter = decoder->image_width < decoder->image_height ? decoder->image_width
                                                                  : decoder->image_height;
  unsigned eighths = 1;
  while (eighths < 8 && shorter * eighths / 8 < (unsigned)side) eighths *= 2;
  decoder->scale_num = eighths;
  decoder->scale_denom = 8;
  decoder->dct_method = JDCT_IFAST;
  decoder->do_fancy_upsampling = FALSE;
  decoder->out_color_space =
      with_colour && decoder->jpeg_color_space == JCS_YCbCr ? JCS_YCbCr : JCS_GRAYSCALE;
}

// How many pixels are how far from gray.
typedef struct {
  size_t counts[17];
  size_t few;
} chroma;

static void count(chroma *seen, const uint8_t *pixels, unsigned width) {
  for (const uint8_t *pixel = pixels; pixel < pixels + 3 * (size_t)width; pixel += 3) {
    int blue = abs(pixel[1] - 128), red = abs(pixel[2] - 128);
    int more = blue > red ? blue : red;
    seen->counts[more < 16 ? more : 16]++;
  }
}

static int most(const chroma *seen) {
  size_t above = 0;
  for (int level = 16; level > 0; level--)
    if ((above += seen->counts[level]) > seen->few) return level;
  return 0;
}

// The rest of the chroma is not transformed when it cannot change the answer: most pictures are
// known for coloured by their first rows.
static void spare_chroma(struct jpeg_decompress_struct *decoder) {
  decoder->comp_info[1].component_needed = FALSE;
  decoder->comp_info[2].component_needed = FALSE;
}

static int read_colour(struct jpeg_decompress_struct *decoder, uint8_t *pixels, uint8_t *row) {
  unsigned width = decoder->output_width;
  chroma seen = {.few = (size_t)width * decoder->output_height / 100};
  while (decoder->output_scanline < decoder->output_height) {
    uint8_t *line = pixels + (size_t)decoder->output_scanline * width;
    jpeg_read_scanlines(decoder, &row, 1);
    for (unsigned x = 0; x < width; x++) line[x] = row[3 * x];
    if (seen.counts[16] > seen.few) continue;
    count(&seen, row, width);
    if (seen.counts[16] > seen.few) spare_chroma(decoder);
  }
  return most(&seen);
}

static void read_luma(struct jpeg_decompress_struct *decoder, uint8_t *pixels) {
  while (decoder->output_scanline < decoder->output_height) {
    JSAMPROW row = pixels + (size_t)decoder->output_scanline * decoder->output_width;
    jpeg_read_scanlines(decoder, &row, 1);
  }
}

uint8_t *cjpeg_luma(
    const void *bytes, size_t length, int side, int *width, int *height, int *other, int *colour) {
  struct jpeg_decompress_struct decoder;
  complaint complaint;
  uint8_t *volatile pixels = NULL, *volatile row = NULL;
  *other = 0;
  if (colour) *colour = 0;
  decoder.err = jpeg_std_error(&complaint.manager);
  complaint.manager.error_exit = give_up;
  complaint.manager.emit_message = note;
  if (setjmp(complaint.way_out)) {
    jpeg_destroy_decompress(&decoder);
    free(row);
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
  set_up(&decoder, side, colour != NULL);
  jpeg_start_decompress(&decoder);
  pixels = malloc((size_t)decoder.output_width * decoder.output_height);
  if (!pixels) give_up((j_common_ptr)&decoder);
  if (decoder.out_color_components == 3) {
    row = malloc((size_t)decoder.output_width * 3);
    if (!row) give_up((j_common_ptr)&decoder);
    *colour = read_colour(&decoder, pixels, row);
    free(row);
  } else {
    read_luma(&decoder, pixels);
  }
  *width = (int)decoder.output_width;
  *height = (int)decoder.output_height;
  jpeg_destroy_decompress(&decoder);
  return pixels;
}

void cjpeg_free(void *memory) { free(memory); }
