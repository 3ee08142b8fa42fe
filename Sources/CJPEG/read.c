#include <stdlib.h>
#include <string.h>

#include "chroma.h"
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

// The averages of one row of blocks of samples.
typedef struct {
  const layer *layer;
  double across, down;
  uint16_t *sums;
} blocks;

static int first_of(double step, int index, int count) {
  int first = (int)(index * step);
  return first < count ? first : count - 1;
}

static int behind(double step, int index, int first, int count) {
  int last = (int)((index + 1) * step);
  return last <= first ? first + 1 : last < count ? last : count;
}

static void average(const blocks *blocks, int y, int width, uint8_t *line) {
  const layer *layer = blocks->layer;
  int top = first_of(blocks->down, y, layer->height);
  int bottom = behind(blocks->down, y, top, layer->height);
  memset(blocks->sums, 0, sizeof *blocks->sums * layer->width);
  for (int row = top; row < bottom; row++) {
    const uint8_t *samples = layer->samples + row * layer->stride;
    for (int x = 0; x < layer->width; x++) blocks->sums[x] += samples[x];
  }
  for (int x = 0; x < width; x++) {
    int left = first_of(blocks->across, x, layer->width);
    int right = behind(blocks->across, x, left, layer->width);
    unsigned sum = 0, count = (right - left) * (bottom - top);
    for (int place = left; place < right; place++) sum += blocks->sums[place];
    line[x] = (uint8_t)((sum + count / 2) / count);
  }
}

static blocks blocks_of(const pass *pass, int index, uint16_t *sums) {
  const struct jpeg_decompress_struct *decoder = &pass->decoder;
  const jpeg_component_info *component = &decoder->comp_info[index];
  double size = component->DCT_scaled_size, eighths = pass->luma_eighths;
  return (blocks){
      .layer = &pass->picture->layers[index],
      .across = component->h_samp_factor * size / (decoder->max_h_samp_factor * eighths),
      .down = component->v_samp_factor * size / (decoder->max_v_samp_factor * eighths),
      .sums = sums};
}

// The first rows of most pictures already show that they have colour.
static int colour(const pass *pass, int width, int height, uint16_t *sums, uint8_t *lines) {
  chroma seen = {.few = (size_t)width * height / 100};
  blocks blue = blocks_of(pass, 1, sums), red = blocks_of(pass, 2, sums);
  for (int y = 0; y < height && !chroma_is_known(&seen); y++) {
    average(&blue, y, width, lines);
    average(&red, y, width, lines + width);
    for (int x = 0; x < width; x++) chroma_add(&seen, lines[x], lines[width + x]);
  }
  return chroma_most(&seen);
}

static int eighth(unsigned length, unsigned eighths) { return (int)((length * eighths + 7) / 8); }

static int look(pass *pass, cjpeg_plane *plane) {
  const cjpeg_picture *picture = pass->picture;
  int width = plane->width = eighth(pass->decoder.image_width, pass->luma_eighths);
  int height = plane->height = eighth(pass->decoder.image_height, pass->luma_eighths);
  int widest = 0;
  for (int index = 0; index < picture->count; index++)
    if (picture->layers[index].width > widest) widest = picture->layers[index].width;
  uint16_t *sums = malloc(sizeof *sums * widest);
  uint8_t *lines = malloc(2 * (size_t)width);
  pass->luma = malloc((size_t)width * height);
  int is_made = sums && lines && pass->luma;
  if (is_made) {
    blocks luma = blocks_of(pass, 0, sums);
    for (int y = 0; y < height; y++) average(&luma, y, width, pass->luma + (size_t)y * width);
    if (picture->count == 3) plane->colour = colour(pass, width, height, sums, lines);
  }
  free(sums);
  free(lines);
  return is_made ? 0 : -1;
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
