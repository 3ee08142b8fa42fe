#pragma once

/// Loads ONNX Runtime's library from a file, or from a folder that contains it; NULL means the
/// loader's search path. Returns the handle, or NULL and the reason in `fault`.
void *library_open(const char *place, char *fault, unsigned long room);
