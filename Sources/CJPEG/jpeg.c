#include "cjpeg.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

// A height has 16 bits, and a row of blocks has at least 8 rows of pixels.
enum { most_block_rows = 65536 / DCTSIZE };

typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf way_out;
  // The rows of blocks (of all components) for which some data is missing.
  uint8_t lacks[most_block_rows];
} complaint;

static void give_up(j_common_ptr decoder) { longjmp(((complaint *)decoder->err)->way_out, 1); }

static unsigned block_rows(j_decompress_ptr decoder) {
  unsigned height = decoder->max_v_samp_factor * DCTSIZE;
  return (decoder->image_height + height - 1) / height;
}

// The row after the last one without data, when the decoder meets a marker before it has all
// blocks. After a restart marker it goes on with the data; at any other marker it stops, and there
// is no data for the rest of the scan.
static unsigned end_of_gap(j_decompress_ptr decoder) {
  int marker = decoder->unread_marker;
  unsigned row = decoder->input_iMCU_row, interval = decoder->restart_interval;
  if (interval == 0 || marker < 0xd0 || marker > 0xd7) return block_rows(decoder);
  uint64_t across = decoder->MCUs_per_row;
  if (decoder->comps_in_scan == 1) across *= decoder->cur_comp_info[0]->v_samp_factor;
  uint64_t next = (row * across / interval + 1) * interval;
  return (unsigned)((next - 1) / across) + 1;
}

static void note_gap(j_decompress_ptr decoder) {
  complaint *complaint = (void *)decoder->err;
  unsigned end = end_of_gap(decoder), last = block_rows(decoder);
  for (unsigned row = decoder->input_iMCU_row; row < end && row < last && row < most_block_rows; row++)
    complaint->lacks[row] = 1;
}

// Warnings pass as they do in libvips, but for the file that ends too early.
static void note(j_common_ptr decoder, int level) {
  if (level >= 0) return;
  if (decoder->err->msg_code == JWRN_JPEG_EOF) give_up(decoder);
  if (decoder->err->msg_code == JWRN_HIT_MARKER) note_gap((j_decompress_ptr)decoder);
}

// Whether a component has no scan, or a progressive file has begun a coefficient and never refined
// it. A coefficient that no scan has begun may be zero: then nothing is missing.
static int lacks_scans(j_decompress_ptr decoder) {
  for (int component = 0; component < decoder->num_components; component++) {
    if (!decoder->comp_info[component].quant_table) return 1;
    for (int place = 0; decoder->coef_bits && place < DCTSIZE2; place++)
      if (decoder->coef_bits[component][place] > 0) return 1;
  }
  return 0;
}

static int missing_rows(j_decompress_ptr decoder) {
  const complaint *complaint = (void *)decoder->err;
  if (lacks_scans(decoder)) return (int)decoder->image_height;
  unsigned height = decoder->max_v_samp_factor * DCTSIZE, missing = 0;
  for (unsigned row = 0; row < block_rows(decoder); row++) {
    unsigned left = decoder->image_height - row * height;
    if (complaint->lacks[row]) missing += left < height ? left : height;
  }
  return (int)missing;
}

static int has_luma(const struct jpeg_decompress_struct *decoder) {
  return decoder->jpeg_color_space == JCS_YCbCr || decoder->jpeg_color_space == JCS_GRAYSCALE;
}

static void set_up(struct jpeg_decompress_struct *decoder, int side, int with_colour) {
  unsigned shorter = decoder->image_width < decoder->image_height ? decoder->image_width
                                                                  : decoder->image_height;
  unsigned eighths = 1;
  while (eighths < 8 && has_luma(decoder) && shorter * eighths / 8 < (unsigned)side) eighths *= 2;
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

// Decodes a picture without brightness of its own, only to find missing data.
static void read_others(struct jpeg_decompress_struct *decoder, uint8_t *row) {
  while (decoder->output_scanline < decoder->output_height) jpeg_read_scanlines(decoder, &row, 1);
}

static void *take(j_common_ptr decoder, size_t size) {
  void *memory = malloc(size);
  if (!memory) give_up(decoder);
  return memory;
}

uint8_t *cjpeg_luma(
    const void *bytes, size_t length, int side, int with_colour, cjpeg_plane *plane) {
  struct jpeg_decompress_struct decoder;
  complaint complaint;
  uint8_t *volatile pixels = NULL, *volatile row = NULL;
  *plane = (cjpeg_plane){0};
  memset(complaint.lacks, 0, sizeof complaint.lacks);
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
  plane->rows = (int)decoder.image_height;
  plane->other = !has_luma(&decoder);
  set_up(&decoder, side, with_colour);
  if (plane->other) decoder.out_color_space = decoder.jpeg_color_space;
  jpeg_start_decompress(&decoder);
  size_t width = decoder.output_width;
  if (decoder.out_color_components > 1)
    row = take((j_common_ptr)&decoder, width * decoder.out_color_components);
  if (!plane->other) pixels = take((j_common_ptr)&decoder, width * decoder.output_height);
  if (plane->other)
    read_others(&decoder, row);
  else if (row)
    plane->colour = read_colour(&decoder, pixels, row);
  else
    read_luma(&decoder, pixels);
  plane->missing = missing_rows(&decoder);
  plane->width = (int)width;
  plane->height = (int)decoder.output_height;
  jpeg_destroy_decompress(&decoder);
  free(row);
  return pixels;
}

void cjpeg_free(void *memory) { free(memory); }
