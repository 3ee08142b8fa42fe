#include <stdlib.h>
#include <string.h>

#include "cjpeg.h"
#include "planes.h"
#include "source.h"

// One pass of libjpeg over a file; what longjmp must leave intact lies here, not on the stack.
typedef struct {
  struct jpeg_decompress_struct decoder;
  complaint complaint;
  cjpeg_picture *picture;
  uint8_t *luma;
  unsigned luma_eighths;
} pass;

// libjpeg-turbo has no vector code for the sizes in between (5, 6 and 7 eighths). The brightness is
// averaged from whole samples.
static unsigned eighths(const pass *pass, int longest) {
  const struct jpeg_decompress_struct *decoder = &pass->decoder;
  uint64_t longer = decoder->image_width > decoder->image_height ? decoder->image_width
                                                                 : decoder->image_height;
  for (unsigned few = pass->luma_eighths; few <= 4; few++)
    if (few % pass->luma_eighths == 0 && longer * few >= 8 * (uint64_t)longest) return few;
  return 8;
}

// libjpeg looks at this only when it converts the colours itself.
static int has_whole_sampling(const struct jpeg_decompress_struct *decoder) {
  for (int index = 0; index < decoder->num_components; index++) {
    const jpeg_component_info *component = &decoder->comp_info[index];
    if (decoder->max_h_samp_factor % component->h_samp_factor ||
        decoder->max_v_samp_factor % component->v_samp_factor)
      return 0;
  }
  return 1;
}

static void set_up(pass *pass, int side, int longest) {
  struct jpeg_decompress_struct *decoder = &pass->decoder;
  pass->luma_eighths = source_luma_eighths(decoder, side);
  decoder->scale_num = eighths(pass, longest);
  decoder->scale_denom = 8;
  decoder->dct_method = JDCT_ISLOW;
  decoder->out_color_space = decoder->jpeg_color_space;
  decoder->raw_data_out = TRUE;
}

static void make_layers(pass *pass) {
  struct jpeg_decompress_struct *decoder = &pass->decoder;
  cjpeg_picture *picture = pass->picture;
  picture->width = (int)decoder->image_width;
  picture->height = (int)decoder->image_height;
  picture->count = decoder->num_components;
  for (int index = 0; index < picture->count; index++) {
    const jpeg_component_info *component = &decoder->comp_info[index];
    int size = component->DCT_scaled_size, down = component->v_samp_factor;
    layer *layer = &picture->layers[index];
    int height = (int)decoder->total_iMCU_rows * down * size;
    if (layer_make(layer, (int)component->width_in_blocks * size, height))
      source_give_up((j_common_ptr)decoder);
    layer->height = (int)component->height_in_blocks * size;
    layer->across = (double)decoder->image_width * component->h_samp_factor * size /
        (decoder->max_h_samp_factor * DCTSIZE);
    layer->down = (double)decoder->image_height * down * size /
        (decoder->max_v_samp_factor * DCTSIZE);
  }
}

static void read_layers(pass *pass) {
  struct jpeg_decompress_struct *decoder = &pass->decoder;
  JSAMPROW rows[3][MAX_SAMP_FACTOR * DCTSIZE];
  JSAMPARRAY places[3] = {rows[0], rows[1], rows[2]};
  unsigned lines = decoder->max_v_samp_factor * decoder->min_DCT_scaled_size;
  for (size_t turn = 0; decoder->output_scanline < decoder->output_height; turn++) {
    for (int index = 0; index < decoder->num_components; index++) {
      const jpeg_component_info *component = &decoder->comp_info[index];
      const layer *layer = &pass->picture->layers[index];
      size_t count = component->v_samp_factor * component->DCT_scaled_size;
      for (size_t row = 0; row < count; row++)
        rows[index][row] = layer->samples + (turn * count + row) * layer->stride;
    }
    jpeg_read_raw_data(decoder, places, lines);
  }
}

static int eighth(unsigned length, unsigned eighths) { return (int)((length * eighths + 7) / 8); }

static int look(pass *pass, cjpeg_plane *plane) {
  const struct jpeg_decompress_struct *decoder = &pass->decoder;
  const cjpeg_picture *picture = pass->picture;
  blocks blocks[3];
  for (int index = 0; index < picture->count; index++) {
    const jpeg_component_info *component = &decoder->comp_info[index];
    double size = component->DCT_scaled_size, eighths = pass->luma_eighths;
    blocks[index].across = component->h_samp_factor * size / (decoder->max_h_samp_factor * eighths);
    blocks[index].down = component->v_samp_factor * size / (decoder->max_v_samp_factor * eighths);
  }
  plane->width = eighth(decoder->image_width, pass->luma_eighths);
  plane->height = eighth(decoder->image_height, pass->luma_eighths);
  return layers_look(picture->layers, picture->count, blocks, plane, &pass->luma);
}

static int run(pass *pass, const void *bytes, size_t length, int side, int longest,
    cjpeg_plane *plane) {
  struct jpeg_decompress_struct *decoder = &pass->decoder;
  decoder->err = source_listen(&pass->complaint);
  if (setjmp(pass->complaint.way_out)) return -1;
  jpeg_create_decompress(decoder);
  jpeg_mem_src(decoder, bytes, length);
  jpeg_read_header(decoder, TRUE);
  plane->rows = (int)decoder->image_height;
  plane->other = !source_has_luma(decoder);
  if (plane->other || !has_whole_sampling(decoder)) return -1;
  set_up(pass, side, longest);
  jpeg_start_decompress(decoder);
  make_layers(pass);
  read_layers(pass);
  plane->missing = source_missing_rows(decoder);
  if (look(pass, plane)) return -1;
  // All pixels may be there although the end of the file is missing. Frees the memory of `look`.
  jpeg_finish_decompress(decoder);
  return 0;
}

cjpeg_picture *cjpeg_read(
    const void *bytes, size_t length, int side, int longest, cjpeg_plane *plane, uint8_t **luma) {
  pass *pass = calloc(1, sizeof *pass);
  cjpeg_picture *picture = calloc(1, sizeof *picture);
  *plane = (cjpeg_plane){0};
  *luma = NULL;
  if (pass && picture) {
    pass->picture = picture;
    int failed = run(pass, bytes, length, side, longest, plane);
    jpeg_destroy_decompress(&pass->decoder);
    if (!failed) {
      *luma = pass->luma;
      free(pass);
      return picture;
    }
    free(pass->luma);
  }
  free(pass);
  cjpeg_close(picture);
  return NULL;
}
