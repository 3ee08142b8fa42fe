#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "planes.h"

// Debian builds for the first x86-64: the loader selects the variant for the processor.
#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif

// Weights are whole numbers of 2^-14.
enum { shift = 14, one = 1 << shift, tile = 16, lobes = 2 };

/// For each sample that is wanted, the first of those it is made of, and their weights.
typedef struct {
  int count, most;
  int *firsts, *lengths;
  int16_t *weights;
} kernel;

int layer_make(layer *layer, int width, int height) {
  layer->width = width;
  layer->height = height;
  layer->across = width;
  layer->down = height;
  layer->stride = ((size_t)width + 31) / 32 * 32;
  layer->samples = calloc(layer->stride, (size_t)height);
  return layer->samples ? 0 : -1;
}

void layer_free(layer *layer) {
  free(layer->samples);
  layer->samples = NULL;
}

static double lanczos(double x) {
  double turn = M_PI * x;
  if (fabs(x) < 1e-9) return 1;
  if (fabs(x) >= lobes) return 0;
  return sin(turn) / turn * sin(turn / lobes) / (turn / lobes);
}

// Whole weights whose sum is exactly one: what rounding leaves over goes to the largest.
static void round_weights(const double *shares, int count, int16_t *weights) {
  double sum = 0;
  int left = one, largest = 0;
  for (int index = 0; index < count; index++) sum += shares[index];
  for (int index = 0; index < count; index++) {
    weights[index] = (int16_t)lround(shares[index] / sum * one);
    left -= weights[index];
    if (shares[index] > shares[largest]) largest = index;
  }
  weights[largest] = (int16_t)(weights[largest] + left);
}

// The weights of one sample, without zeros at the ends.
static void weigh(kernel *kernel, int index, double middle, double scale, int count, double *shares) {
  int first = (int)ceil(middle - lobes * scale - 0.5), last = (int)floor(middle + lobes * scale - 0.5);
  if (first < 0) first = 0;
  if (first > count - 1) first = count - 1;
  if (last > count - 1) last = count - 1;
  if (last < first) last = first;
  int16_t *weights = kernel->weights + (size_t)index * kernel->most;
  int length = last - first + 1;
  for (int place = first; place <= last; place++)
    shares[place - first] = first == last ? 1 : lanczos((place + 0.5 - middle) / scale);
  round_weights(shares, length, weights);
  int bare = 0;
  while (bare < length - 1 && weights[bare] == 0) bare++;
  while (length > bare + 1 && weights[length - 1] == 0) length--;
  memmove(weights, weights + bare, sizeof *weights * (length - bare));
  kernel->firsts[index] = first + bare;
  kernel->lengths[index] = length - bare;
}

static void kernel_free(kernel *kernel) {
  free(kernel->firsts);
  free(kernel->lengths);
  free(kernel->weights);
}

static int kernel_make(kernel *kernel, axis axis, double extent, int count) {
  double scale = axis.step > 1 ? axis.step : 1;
  kernel->count = axis.count;
  kernel->most = (int)(2 * lobes * scale) + 2;
  kernel->firsts = malloc(sizeof *kernel->firsts * axis.count);
  kernel->lengths = malloc(sizeof *kernel->lengths * axis.count);
  kernel->weights = malloc(sizeof *kernel->weights * axis.count * kernel->most);
  double *shares = malloc(sizeof *shares * kernel->most);
  int is_made = kernel->firsts && kernel->lengths && kernel->weights && shares;
  for (int index = 0; is_made && index < axis.count; index++) {
    double middle = (index + 0.5) * axis.step;
    weigh(kernel, index, axis.is_mirrored ? extent - middle : middle, scale, count, shares);
  }
  free(shares);
  if (!is_made) kernel_free(kernel);
  return is_made ? 0 : -1;
}

static int is_identity(const kernel *kernel) {
  for (int index = 0; index < kernel->count; index++)
    if (kernel->firsts[index] != index || kernel->lengths[index] != 1) return 0;
  return 1;
}

CLONES static void add(
    int32_t *restrict sums, const uint8_t *restrict above, const uint8_t *restrict below, int16_t v,
    int16_t w, int width) {
  for (int x = 0; x < width; x++) sums[x] += v * (int16_t)above[x] + w * (int16_t)below[x];
}

CLONES static void finish(const int32_t *restrict sums, uint8_t *restrict row, int width) {
  for (int x = 0; x < width; x++) {
    int32_t value = sums[x] >> shift;
    row[x] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
  }
}

// Rows are sums of rows: the vector unit does them all along.
static int sum_rows(const layer *in, const kernel *kernel, layer *out) {
  int32_t *sums = malloc(sizeof *sums * in->width);
  if (!sums || layer_make(out, in->width, kernel->count)) {
    free(sums);
    return -1;
  }
  for (int y = 0; y < kernel->count; y++) {
    const int16_t *weights = kernel->weights + (size_t)y * kernel->most;
    const uint8_t *first = in->samples + kernel->firsts[y] * in->stride;
    int length = kernel->lengths[y];
    for (int x = 0; x < in->width; x++) sums[x] = one / 2;
    for (int k = 0; k < length; k += 2) {
      const uint8_t *above = first + k * in->stride;
      int is_pair = k + 1 < length;
      add(sums, above, is_pair ? above + in->stride : above, weights[k],
          is_pair ? weights[k + 1] : 0, in->width);
    }
    finish(sums, out->samples + y * out->stride, in->width);
  }
  free(sums);
  return 0;
}

static int transpose(const layer *in, layer *out) {
  if (layer_make(out, in->height, in->width)) return -1;
  for (int top = 0; top < in->height; top += tile)
    for (int left = 0; left < in->width; left += tile) {
      int bottom = top + tile < in->height ? top + tile : in->height;
      int right = left + tile < in->width ? left + tile : in->width;
      for (int x = left; x < right; x++) {
        uint8_t *place = out->samples + x * out->stride;
        for (int y = top; y < bottom; y++) place[y] = in->samples[y * in->stride + x];
      }
    }
  return 0;
}

static int copy(const layer *in, layer *out) {
  if (layer_make(out, in->width, in->height)) return -1;
  for (int y = 0; y < in->height; y++)
    memcpy(out->samples + y * out->stride, in->samples + y * in->stride, (size_t)in->width);
  return 0;
}

static int covered(double extent, int count) {
  int whole = (int)ceil(extent - 1e-6);
  return whole < count ? whole : count;
}

// Across is down with rows and columns exchanged, before and after.
static int resample(
    const layer *in, const kernel *across, const kernel *down, int is_transposed, layer *out) {
  layer shorter = {0}, turned = {0}, narrower = {0};
  int failed = is_identity(down) ? 0 : sum_rows(in, down, &shorter);
  const layer *whole = shorter.samples ? &shorter : in;
  if (!failed && is_identity(across)) {
    failed = is_transposed ? transpose(whole, out) : copy(whole, out);
  } else if (!failed) {
    failed = transpose(whole, &turned) || sum_rows(&turned, across, &narrower) ||
        (is_transposed ? copy(&narrower, out) : transpose(&narrower, out));
  }
  layer_free(&shorter);
  layer_free(&turned);
  layer_free(&narrower);
  return failed ? -1 : 0;
}

int layer_resample(const layer *in, axis across, axis down, int is_transposed, layer *out) {
  layer seen = *in;
  seen.width = covered(in->across, in->width);
  seen.height = covered(in->down, in->height);
  kernel columns, rows;
  if (kernel_make(&columns, across, in->across, seen.width)) return -1;
  if (kernel_make(&rows, down, in->down, seen.height)) {
    kernel_free(&columns);
    return -1;
  }
  // An identity may drop samples at the end, too.
  if (is_identity(&columns)) seen.width = columns.count;
  if (is_identity(&rows)) seen.height = rows.count;
  int failed = resample(&seen, &columns, &rows, is_transposed, out);
  kernel_free(&columns);
  kernel_free(&rows);
  return failed;
}

int layer_halve(const layer *in, layer *out) {
  if (layer_make(out, (in->width + 1) / 2, (in->height + 1) / 2)) return -1;
  out->across = in->across / 2;
  out->down = in->down / 2;
  for (int y = 0; y < out->height; y++) {
    const uint8_t *above = in->samples + 2 * y * in->stride;
    const uint8_t *below = 2 * y + 1 < in->height ? above + in->stride : above;
    uint8_t *row = out->samples + y * out->stride;
    for (int x = 0; x < in->width / 2; x++)
      row[x] = (uint8_t)((above[2 * x] + above[2 * x + 1] + below[2 * x] + below[2 * x + 1] + 2) / 4);
    if (in->width % 2) row[out->width - 1] =
        (uint8_t)((above[in->width - 1] + below[in->width - 1] + 1) / 2);
  }
  return 0;
}
