#include "cjpeg.h"

#include <stdlib.h>

#include "chroma.h"
#include "source.h"

static void set_up(struct jpeg_decompress_struct *decoder, int side, int with_colour) {
  decoder->scale_num = source_luma_eighths(decoder, side);
  decoder->scale_denom = 8;
  decoder->dct_method = JDCT_IFAST;
  decoder->do_fancy_upsampling = FALSE;
  decoder->out_color_space =
      with_colour && decoder->jpeg_color_space == JCS_YCbCr ? JCS_YCbCr : JCS_GRAYSCALE;
}

// The rest of the chroma is not transformed when it cannot change the answer: the first rows of
// most pictures already show that they have colour.
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
    if (chroma_is_known(&seen)) continue;
    for (unsigned x = 0; x < width; x++) chroma_add(&seen, row[3 * x + 1], row[3 * x + 2]);
    if (chroma_is_known(&seen)) spare_chroma(decoder);
  }
  return chroma_most(&seen);
}

static void read_luma(struct jpeg_decompress_struct *decoder, uint8_t *pixels) {
  while (decoder->output_scanline < decoder->output_height) {
    JSAMPROW row = pixels + (size_t)decoder->output_scanline * decoder->output_width;
    jpeg_read_scanlines(decoder, &row, 1);
  }
}

// Decodes a picture without brightness of its own, only to find missing data.
static void read_others(struct jpeg_decompress_struct *decoder, uint8_t *row) {
  while (decoder->output_scanline < decoder->output_height) jpeg_read_scanlines(decoder, &row, 1);
}

uint8_t *cjpeg_luma(
    const void *bytes, size_t length, int side, int with_colour, cjpeg_plane *plane) {
  struct jpeg_decompress_struct decoder;
  complaint complaint;
  uint8_t *volatile pixels = NULL, *volatile row = NULL;
  *plane = (cjpeg_plane){0};
  decoder.err = source_listen(&complaint);
  if (setjmp(complaint.way_out)) {
    jpeg_destroy_decompress(&decoder);
    free(row);
    free(pixels);
    return NULL;
  }
  jpeg_create_decompress(&decoder);
  jpeg_mem_src(&decoder, bytes, length);
  jpeg_read_header(&decoder, TRUE);
  plane->rows = (int)decoder.image_height;
  plane->other = !source_has_luma(&decoder);
  set_up(&decoder, side, with_colour);
  if (plane->other) decoder.out_color_space = decoder.jpeg_color_space;
  jpeg_start_decompress(&decoder);
  size_t width = decoder.output_width;
  if (decoder.out_color_components > 1)
    row = source_take((j_common_ptr)&decoder, width * decoder.out_color_components);
  if (!plane->other) pixels = source_take((j_common_ptr)&decoder, width * decoder.output_height);
  if (plane->other)
    read_others(&decoder, row);
  else if (row)
    plane->colour = read_colour(&decoder, pixels, row);
  else
    read_luma(&decoder, pixels);
  plane->missing = source_missing_rows(&decoder);
  plane->width = (int)width;
  plane->height = (int)decoder.output_height;
  jpeg_destroy_decompress(&decoder);
  free(row);
  return pixels;
}

void cjpeg_free(void *memory) { free(memory); }
