// PNG: our reader over libdeflate and what follows it stay within their memory, on files whose sums
// are made right and on filtered rows of any bytes.
//
// Input: a byte whose lowest bit chooses. 0: a file. 1: a byte for the width, one for the kind of
// pixels, the filtered rows.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>

#include "cpng.h"
#include "pixels.h"

enum { signature_size = 8, frame_size = 12, most_bytes = 1 << 20 };

static const uint8_t signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

static uint32_t big(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void put(uint8_t *bytes, uint32_t value) {
  for (int index = 0; index < 4; index++) bytes[index] = (uint8_t)(value >> (24 - 8 * index));
}

static void make_sums_right(uint8_t *file, size_t length) {
  size_t place = signature_size;
  while (place + frame_size <= length && big(file + place) <= length - place - frame_size) {
    size_t size = big(file + place);
    put(file + place + 8 + size, libdeflate_crc32(0, file + place + 4, size + 4));
    place += frame_size + size;
  }
}

static size_t add(uint8_t *file, size_t length, const char *name, const void *content, size_t size) {
  put(file + length, (uint32_t)size);
  memcpy(file + length + 4, name, 4);
  memcpy(file + length + 8, content, size);
  return length + frame_size + size;
}

// A file of one chunk of pixels; NULL when there is not one row.
static uint8_t *made_of_rows(const uint8_t *rows, size_t count, size_t *length) {
  static const uint8_t kinds[] = {0, 4, 2, 6};
  if (count < 2) return NULL;
  uint32_t width = rows[0] + 1u, bands = rows[1] % 4 + 1u;
  uint32_t height = (uint32_t)((count - 2) / (width * bands + 1));
  if (height == 0) return NULL;
  size_t size = (size_t)height * (width * bands + 1), room = size + size / 8 + 4096;
  uint8_t *file = malloc(room + 256), *packed = malloc(room), header[13] = {0};
  struct libdeflate_compressor *deflator = libdeflate_alloc_compressor(1);
  size_t packed_length = libdeflate_zlib_compress(deflator, rows + 2, size, packed, room);
  libdeflate_free_compressor(deflator);
  put(header, width);
  put(header + 4, height);
  header[8] = 8;
  header[9] = kinds[bands - 1];
  memcpy(file, signature, signature_size);
  *length = add(file, signature_size, "IHDR", header, sizeof header);
  *length = add(file, *length, "IDAT", packed, packed_length);
  *length = add(file, *length, "IEND", "", 0);
  free(packed);
  return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *start, size_t count) {
  if (count < 2) return 0;
  size_t length = count - 1;
  uint8_t *file = start[0] & 1 ? made_of_rows(start + 1, count - 1, &length) : malloc(length);
  if (!file) return 0;
  if (!(start[0] & 1)) memcpy(file, start + 1, length);
  make_sums_right(file, length);
  cpng_pixels found;
  if (!cpng_read(file, length, most_bytes, &found)) {
    use_pixels(&(cjpeg_pixels){found.samples, found.stride, found.width, found.height, found.bands});
    cpng_free(found.memory);
  } else if (start[0] & 1) {
    // Only the filters can be wrong.
    expect(found.memory == NULL);
  }
  free(file);
  return 0;
}
