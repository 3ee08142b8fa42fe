#include <stdlib.h>
#include <string.h>

#include "planes.h"
#include "source.h"

typedef struct {
  struct jpeg_compress_struct encoder;
  complaint complaint;
  /// Rows with the last sample repeated until a block is full.
  uint8_t *padded;
  unsigned char *file;
  unsigned long length;
} writing;

static size_t padded_width(int width) { return ((size_t)width + 15) / 16 * 16 + 16; }

static void set_up(writing *writing, int count, int width, int height, int quality) {
  struct jpeg_compress_struct *encoder = &writing->encoder;
  encoder->image_width = (JDIMENSION)width;
  encoder->image_height = (JDIMENSION)height;
  encoder->input_components = count;
  encoder->in_color_space = count == 3 ? JCS_YCbCr : JCS_GRAYSCALE;
  jpeg_set_defaults(encoder);
  jpeg_set_quality(encoder, quality, TRUE);
  encoder->dct_method = JDCT_ISLOW;
  encoder->raw_data_in = TRUE;
}

// One row of blocks of one layer; rows below the last repeat it.
static void pad(const layer *layer, int top, int count, uint8_t *room, JSAMPROW *rows) {
  size_t width = padded_width(layer->width);
  for (int row = 0; row < count; row++) {
    int y = top + row < layer->height ? top + row : layer->height - 1;
    const uint8_t *samples = layer->samples + y * layer->stride;
    uint8_t *place = rows[row] = room + row * width;
    memcpy(place, samples, (size_t)layer->width);
    memset(place + layer->width, samples[layer->width - 1], width - (size_t)layer->width);
  }
}

static void write_layers(writing *writing, const layer *layers, int count) {
  struct jpeg_compress_struct *encoder = &writing->encoder;
  JSAMPROW rows[3][2 * DCTSIZE];
  JSAMPARRAY places[3] = {rows[0], rows[1], rows[2]};
  size_t room = padded_width(layers[0].width) * 2 * DCTSIZE;
  writing->padded = source_take((j_common_ptr)encoder, room * count);
  int high = count == 3 ? 2 * DCTSIZE : DCTSIZE;
  while (encoder->next_scanline < encoder->image_height) {
    int top = (int)encoder->next_scanline;
    pad(&layers[0], top, high, writing->padded, rows[0]);
    for (int index = 1; index < count; index++)
      pad(&layers[index], top / 2, DCTSIZE, writing->padded + index * room, rows[index]);
    jpeg_write_raw_data(encoder, places, (JDIMENSION)high);
  }
}

static int run(writing *writing, const layer *layers, int count, int width, int height, int quality) {
  struct jpeg_compress_struct *encoder = &writing->encoder;
  encoder->err = source_listen(&writing->complaint);
  if (setjmp(writing->complaint.way_out)) return -1;
  jpeg_create_compress(encoder);
  jpeg_mem_dest(encoder, &writing->file, &writing->length);
  set_up(writing, count, width, height, quality);
  jpeg_start_compress(encoder, TRUE);
  write_layers(writing, layers, count);
  jpeg_finish_compress(encoder);
  return 0;
}

int layers_encode(
    const layer *layers, int count, int width, int height, int quality, uint8_t **file,
    size_t *length) {
  writing *writing = calloc(1, sizeof *writing);
  if (!writing) return -1;
  int failed = run(writing, layers, count, width, height, quality);
  jpeg_destroy_compress(&writing->encoder);
  if (failed) {
    free(writing->file);
  } else {
    *file = writing->file;
    *length = writing->length;
  }
  free(writing->padded);
  free(writing);
  return failed;
}
