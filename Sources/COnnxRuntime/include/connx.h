#pragma once
#include <stddef.h>
#include <stdint.h>

/// A model that ONNX Runtime has loaded. Any number of threads may run it at once.
typedef struct connx connx;

/// Opens the library, by its file's path, or its folder's; NULL: where the loader looks. Opens a
/// model of one float input. NULL with a sentence in `fault` (512 bytes) when either fails. Each
/// run takes one thread.
connx *connx_open(const char *library, const char *model, char *fault);
void connx_close(connx *model);

/// The library's version.
const char *connx_version(const connx *model);

/// Runs the model on one tensor and copies the first output, up to `room` numbers; how many there
/// are, or -1 with a sentence in `fault` (512 bytes).
ptrdiff_t connx_run(
    const connx *model, const float *input, const int64_t *shape, size_t rank, float *output,
    size_t room, char *fault);
