#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <libdeflate.h>

#include "cpng.h"
#include "filters.h"

enum { signature_size = 8, header_size = 13, frame_size = 12 };
// Deflate compresses at most 1,032 to 1.
enum { most_inflation = 1032 };

/// One chunk with a valid checksum.
typedef struct {
  const uint8_t *name, *content;
  uint32_t length;
} chunk;

typedef struct {
  const uint8_t *bytes;
  size_t length, place;
  cpng_pixels *pixels;
  /// The compressed pixels, and the copy that joins them when they are in several chunks.
  const uint8_t *packed;
  size_t packed_length;
  uint8_t *copy;
} reading;

static uint32_t big(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int is_named(const chunk *chunk, const char *name) {
  return memcmp(chunk->name, name, 4) == 0;
}

// Reads the next chunk. Returns -1 at the end, and when the chunk is truncated or its checksum is
// wrong.
static int next(reading *reading, chunk *chunk) {
  if (reading->length - reading->place < frame_size) return -1;
  const uint8_t *start = reading->bytes + reading->place;
  size_t left = reading->length - reading->place - frame_size;
  chunk->length = big(start);
  chunk->name = start + 4;
  chunk->content = start + 8;
  if (chunk->length > left || chunk->length > INT32_MAX) return -1;
  if (libdeflate_crc32(0, chunk->name, chunk->length + 4) != big(chunk->content + chunk->length))
    return -1;
  reading->place += frame_size + (size_t)chunk->length;
  return 0;
}

static int read_header(reading *reading) {
  chunk header;
  reading->place = signature_size;
  if (reading->length < signature_size || next(reading, &header) || !is_named(&header, "IHDR") ||
      header.length != header_size)
    return -1;
  const uint8_t *content = header.content;
  static const int bands[] = {1, 0, 3, 0, 2, 0, 4};
  uint32_t width = big(content), height = big(content + 4);
  int kind = content[9];
  // 8 bits, and the only methods of compression, filtering and interlacing that are read here.
  if (content[8] != 8 || kind > 6 || !bands[kind] || content[10] || content[11] || content[12])
    return -1;
  if (width == 0 || width > INT32_MAX || height == 0 || height > INT32_MAX) return -1;
  reading->pixels->width = (int)width;
  reading->pixels->height = (int)height;
  reading->pixels->bands = bands[kind];
  reading->pixels->stride = (size_t)width * bands[kind] + 1;
  return 0;
}

// Whether a chunk may stand before the pixels. The names of critical chunks begin with a capital.
static int is_plain(const reading *reading, const chunk *chunk) {
  if (is_named(chunk, "tRNS")) return 0;
  return chunk->name[0] & 0x20 || (is_named(chunk, "PLTE") && reading->pixels->bands > 2);
}

// Whether a chunk after the pixels needs no check.
static int is_harmless(const chunk *chunk) {
  return is_named(chunk, "tEXt") || is_named(chunk, "tIME") || is_named(chunk, "eXIf");
}

// Finds the compressed pixels, which are in consecutive chunks.
static int find_pixels(reading *reading, chunk *chunk, int *count) {
  do {
    if (next(reading, chunk)) return -1;
  } while (!is_named(chunk, "IDAT") && is_plain(reading, chunk));
  if (!is_named(chunk, "IDAT")) return -1;
  reading->packed = chunk->content;
  for (*count = 0; is_named(chunk, "IDAT"); (*count)++) {
    reading->packed_length += chunk->length;
    if (next(reading, chunk)) return -1;
  }
  return 0;
}

static int read_end(reading *reading, chunk *chunk) {
  while (is_harmless(chunk))
    if (next(reading, chunk)) return -1;
  return is_named(chunk, "IEND") && chunk->length == 0 ? 0 : -1;
}

static int join(reading *reading, int count) {
  if (count == 1) return 0;
  uint8_t *place = reading->copy = malloc(reading->packed_length + 1);
  if (!place) return -1;
  const uint8_t *content = reading->packed;
  size_t left = reading->packed_length;
  for (; count > 0; count--) {
    uint32_t length = big(content - 8);
    // The file may change while it is read.
    if (length > left) return -1;
    memcpy(place, content, length);
    left -= length;
    place += length;
    content += length + frame_size;
  }
  reading->packed = reading->copy;
  return left == 0 ? 0 : -1;
}

static int inflate_all(const uint8_t *packed, size_t length, uint8_t *rows, size_t size) {
  struct libdeflate_decompressor *inflator = libdeflate_alloc_decompressor();
  if (!inflator) return -1;
  size_t used = 0;
  enum libdeflate_result result =
      libdeflate_zlib_decompress_ex(inflator, packed, length, rows, size, &used, NULL);
  libdeflate_free_decompressor(inflator);
  return result == LIBDEFLATE_SUCCESS && used == length ? 0 : -1;
}

// A picture of many megapixels in large pages costs a hundredth of the page faults.
static void *allocate(size_t size) {
  const size_t page = 2 << 20;
  if (size < 4 * page) return malloc(size);
  void *memory = aligned_alloc(page, (size + page - 1) / page * page);
  if (memory) madvise(memory, size, MADV_HUGEPAGE);
  return memory;
}

static int read_pixels(reading *reading, size_t most) {
  cpng_pixels *pixels = reading->pixels;
  size_t size;
  if (__builtin_mul_overflow(pixels->stride, (size_t)pixels->height, &size) || size > most)
    return -1;
  // zlib refuses distances beyond a small window, libdeflate does not.
  if (reading->packed_length < 2 || size / most_inflation > reading->packed_length ||
      reading->packed[0] != 0x78)
    return -1;
  uint8_t *rows = allocate(size + filters_slack);
  if (!rows) return -1;
  pixels->memory = rows;
  pixels->samples = rows + 1;
  return inflate_all(reading->packed, reading->packed_length, rows, size) ||
          filters_undo(rows, pixels->stride - 1, pixels->height, pixels->bands)
      ? -1
      : 0;
}

int cpng_read(const void *bytes, size_t length, size_t most, cpng_pixels *pixels) {
  reading reading = {.bytes = bytes, .length = length, .pixels = pixels};
  chunk chunk;
  int count;
  *pixels = (cpng_pixels){0};
  int failed = read_header(&reading) || find_pixels(&reading, &chunk, &count) ||
      read_end(&reading, &chunk) || join(&reading, count) || read_pixels(&reading, most);
  free(reading.copy);
  if (!failed) return 0;
  free(pixels->memory);
  *pixels = (cpng_pixels){0};
  return -1;
}

void cpng_free(void *memory) { free(memory); }
