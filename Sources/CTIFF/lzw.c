#include "lzw.h"

#include <string.h>

enum { clear = 256, end = 257, first = 258, longest = 12, most = 1 << longest };
// The number of bytes per step when a string is copied.
enum { step = 8 };

/// A string of the table: a range of the bytes that are already unpacked.
typedef struct {
  uint32_t place, length;
} string;

typedef struct {
  string table[most];
  /// The number of codes in use, with the clear code and the end code.
  uint32_t known;
  int width;
} strings;

// Reads eight bytes as a big-endian number; bytes beyond the end are 0.
static inline uint64_t eight(const uint8_t *bytes, size_t length, size_t place) {
  uint64_t value = 0;
  if (length - place >= sizeof value)
    memcpy(&value, bytes + place, sizeof value);
  else
    memcpy(&value, bytes + place, length - place);
  return __builtin_bswap64(value);
}

static void forget(strings *strings) {
  strings->known = first;
  strings->width = 9;
}

// Adds the last string with the next byte. Returns -1 when the table is full, else 0.
static inline int learn(strings *strings, string last) {
  if (strings->known == most) return -1;
  strings->table[strings->known++] = (string){last.place, last.length + 1};
  // TIFF widens the codes one code early (TIFF 6.0, page 61).
  if (strings->known == (1u << strings->width) - 1 && strings->width < longest) strings->width++;
  return 0;
}

// Copies whole steps; the bytes after the string are overwritten later.
static inline void copy(uint8_t *to, const uint8_t *from, uint32_t length) {
  uint32_t done = 0;
  do {
    uint64_t bytes;
    memcpy(&bytes, from + done, step);
    memcpy(to + done, &bytes, step);
    done += step;
  } while (done < length);
}

static inline void copy_bytes(uint8_t *to, const uint8_t *from, size_t length) {
  for (size_t index = 0; index < length; index++) to[index] = from[index];
}

int lzw_unpack(const uint8_t *packed, size_t length, uint8_t *bytes, size_t size) {
  strings strings;
  string last = {0, 0};
  // The bytes of the codes below 256, with room for a whole step.
  uint8_t singles[clear + step] = {0};
  uint64_t bit = 0, bits = (uint64_t)length * 8;
  size_t place = 0;
  if (size > UINT32_MAX) return -1;
  for (int code = 0; code < clear; code++) {
    strings.table[code] = (string){0, 1};
    singles[code] = (uint8_t)code;
  }
  forget(&strings);
  while (place < size) {
    // Most codes are known strings and are followed by another code.
    uint32_t width = (uint32_t)strings.width, most_known = (1u << width) - 2;
    while (last.length > 0 && strings.known < most_known && length - bit / 8 >= sizeof(uint64_t)) {
      uint32_t code =
          (uint32_t)(eight(packed, length, bit / 8) << bit % 8 >> (64 - width));
      if (code >= strings.known || (code | 1) == end) break;
      string found = strings.table[code];
      if (size - place < (size_t)found.length + step) break;
      bit += width;
      strings.table[strings.known++] = (string){last.place, last.length + 1};
      copy(bytes + place, code < clear ? singles + code : bytes + found.place, found.length);
      last = (string){(uint32_t)place, found.length};
      place += found.length;
    }
    if (bits - bit < (unsigned)strings.width) return -1;
    uint64_t window = eight(packed, length, bit / 8) << bit % 8;
    uint32_t code = (uint32_t)(window >> (64 - strings.width));
    if (bit == 0 && code != clear) return -1;
    bit += (unsigned)strings.width;
    if (code == clear) {
      forget(&strings);
      last.length = 0;
      continue;
    }
    if (last.length > 0 && learn(&strings, last)) return -1;
    if (code == end || code >= strings.known || (last.length == 0 && code > clear)) return -1;
    string found = strings.table[code];
    const uint8_t *from = code < clear ? singles + code : bytes + found.place;
    size_t left = size - place;
    // The newest string overlaps its own copy.
    if (code + 1 == strings.known || left < (size_t)found.length + step)
      copy_bytes(bytes + place, from, found.length < left ? found.length : left);
    else
      copy(bytes + place, from, found.length);
    last = (string){(uint32_t)place, found.length};
    place += found.length;
  }
  return 0;
}
