#include "source.h"

#include <stdlib.h>
#include <string.h>

#include <jerror.h>

// libvips gives up at the next one, too: such a file costs much and shows nothing.
enum { most_warnings = 100 };

void source_give_up(j_common_ptr codec) { longjmp(((complaint *)codec->err)->way_out, 1); }

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
  complaint *complaint = (void *)decoder->err;
  if (level >= 0) return;
  if (decoder->err->msg_code == JWRN_JPEG_EOF) source_give_up(decoder);
  if (++complaint->warnings > most_warnings) source_give_up(decoder);
  if (decoder->err->msg_code == JWRN_HIT_MARKER) note_gap((j_decompress_ptr)decoder);
}

struct jpeg_error_mgr *source_listen(complaint *complaint) {
  struct jpeg_error_mgr *manager = jpeg_std_error(&complaint->manager);
  manager->error_exit = source_give_up;
  manager->emit_message = note;
  complaint->warnings = 0;
  memset(complaint->lacks, 0, sizeof complaint->lacks);
  return manager;
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

int source_missing_rows(j_decompress_ptr decoder) {
  const complaint *complaint = (void *)decoder->err;
  if (lacks_scans(decoder)) return (int)decoder->image_height;
  unsigned height = decoder->max_v_samp_factor * DCTSIZE, missing = 0;
  for (unsigned row = 0; row < block_rows(decoder); row++) {
    unsigned left = decoder->image_height - row * height;
    if (complaint->lacks[row]) missing += left < height ? left : height;
  }
  return (int)missing;
}

int source_has_luma(const struct jpeg_decompress_struct *decoder) {
  return decoder->jpeg_color_space == JCS_YCbCr || decoder->jpeg_color_space == JCS_GRAYSCALE;
}

unsigned source_luma_eighths(const struct jpeg_decompress_struct *decoder, int side) {
  unsigned shorter = decoder->image_width < decoder->image_height ? decoder->image_width
                                                                  : decoder->image_height;
  unsigned eighths = 1;
  while (eighths < 8 && source_has_luma(decoder) && shorter * eighths / 8 < (unsigned)side)
    eighths *= 2;
  return eighths;
}

void *source_take(j_common_ptr codec, size_t size) {
  void *memory = malloc(size);
  if (!memory) source_give_up(codec);
  return memory;
}
