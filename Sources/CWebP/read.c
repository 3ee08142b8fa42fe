#include <stdlib.h>

#include <webp/decode.h>
#include <webp/demux.h>

#include "cwebp.h"

typedef struct {
  WebPData file;
  int width, height, has_alpha;
} picture;

// Finds the only picture of a file, which must fill the canvas. libvips checks the same.
static int find(const WebPDemuxer *file, picture *picture) {
  uint32_t flags = WebPDemuxGetI(file, WEBP_FF_FORMAT_FLAGS);
  uint32_t width = WebPDemuxGetI(file, WEBP_FF_CANVAS_WIDTH);
  uint32_t height = WebPDemuxGetI(file, WEBP_FF_CANVAS_HEIGHT);
  WebPIterator frame;
  if (flags & ANIMATION_FLAG || WebPDemuxGetI(file, WEBP_FF_FRAME_COUNT) != 1) return -1;
  if (!WebPDemuxGetFrame(file, 1, &frame)) return -1;
  int is_whole = frame.complete && frame.x_offset == 0 && frame.y_offset == 0 && frame.width > 0 &&
      frame.height > 0 && (uint32_t)frame.width == width && (uint32_t)frame.height == height;
  picture->file = frame.fragment;
  picture->width = frame.width;
  picture->height = frame.height;
  picture->has_alpha = (flags & ALPHA_FLAG) != 0;
  WebPDemuxReleaseIterator(&frame);
  return is_whole ? 0 : -1;
}

// Places the planes one after the other; returns their size in bytes.
static size_t lay_out(const picture *picture, int is_coloured, cwebp_pixels *pixels) {
  size_t size = 0;
  pixels->count = is_coloured ? 1 : 3;
  for (int index = 0; index < pixels->count; index++) {
    cwebp_plane *plane = &pixels->planes[index];
    plane->width = index ? (picture->width + 1) / 2 : picture->width;
    plane->height = index ? (picture->height + 1) / 2 : picture->height;
    plane->bands = is_coloured ? 3 + picture->has_alpha : 1;
    plane->stride = (size_t)plane->width * plane->bands;
    size += plane->stride * plane->height;
  }
  return size;
}

static void put_colours(WebPDecBuffer *output, uint8_t *place, const cwebp_pixels *pixels) {
  const cwebp_plane *plane = pixels->planes;
  output->colorspace = plane->bands == 4 ? MODE_RGBA : MODE_RGB;
  output->u.RGBA.rgba = place;
  output->u.RGBA.stride = (int)plane->stride;
  output->u.RGBA.size = plane->stride * plane->height;
}

static void put_planes(WebPDecBuffer *output, uint8_t *place, const cwebp_pixels *pixels) {
  size_t sizes[3];
  for (int index = 0; index < 3; index++)
    sizes[index] = pixels->planes[index].stride * pixels->planes[index].height;
  WebPYUVABuffer *planes = &output->u.YUVA;
  output->colorspace = MODE_YUV;
  planes->y = place;
  planes->u = place + sizes[0];
  planes->v = place + sizes[0] + sizes[1];
  planes->y_stride = (int)pixels->planes[0].stride;
  planes->u_stride = planes->v_stride = (int)pixels->planes[1].stride;
  planes->y_size = sizes[0];
  planes->u_size = sizes[1];
  planes->v_size = sizes[2];
}

static int decode(const picture *picture, size_t most, cwebp_pixels *pixels) {
  WebPDecoderConfig config;
  const WebPData *file = &picture->file;
  if (!WebPInitDecoderConfig(&config) ||
      WebPGetFeatures(file->bytes, file->size, &config.input) != VP8_STATUS_OK ||
      config.input.width != picture->width || config.input.height != picture->height)
    return -1;
  // Lossless files have RGB pixels.
  int is_coloured = config.input.format != 1 || picture->has_alpha;
  size_t size = lay_out(picture, is_coloured, pixels);
  if (size > most) return -1;
  uint8_t *place = pixels->memory = malloc(size);
  if (!place) return -1;
  for (int index = 0; index < pixels->count; index++) {
    cwebp_plane *plane = &pixels->planes[index];
    plane->samples = place;
    place += plane->stride * plane->height;
  }
  config.output.is_external_memory = 1;
  (is_coloured ? put_colours : put_planes)(&config.output, pixels->memory, pixels);
  int status = WebPDecode(file->bytes, file->size, &config);
  WebPFreeDecBuffer(&config.output);
  return status == VP8_STATUS_OK ? 0 : -1;
}

int cwebp_read(const void *bytes, size_t length, size_t most, cwebp_pixels *pixels) {
  WebPData data = {bytes, length};
  picture picture;
  *pixels = (cwebp_pixels){0};
  WebPDemuxer *file = WebPDemux(&data);
  if (!file) return -1;
  int failed = find(file, &picture) || decode(&picture, most, pixels);
  WebPDemuxDelete(file);
  if (!failed) return 0;
  free(pixels->memory);
  *pixels = (cwebp_pixels){0};
  return -1;
}

void cwebp_free(void *memory) { free(memory); }
