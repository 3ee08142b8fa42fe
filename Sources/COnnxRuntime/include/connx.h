#pragma once
#include <stddef.h>
#include <stdint.h>

/// A model that ONNX Runtime has loaded. Several threads may run it at the same time.
typedef struct connx connx;

/// Loads the library and opens a model with one float input. `library` is the path of the file or
/// of its folder; NULL means the loader's search path. Returns NULL and a sentence in `fault` (512
/// bytes) on failure. Each run uses one thread.
connx *connx_open(const char *library, const char *model, char *fault);
void connx_close(connx *model);

/// The library's version.
const char *connx_version(const connx *model);

/// Runs the model on one tensor and copies at most `room` numbers of the first output. Returns
/// their count, or -1 and a sentence in `fault` (512 bytes).
ptrdiff_t connx_run(
    const connx *model, const float *input, const int64_t *shape, size_t rank, float *output,
    size_t room, char *fault);
