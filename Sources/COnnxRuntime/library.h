#pragma once

/// Loads ONNX Runtime's library from a file, or from a folder that holds one; NULL looks where the
/// system's loader does. The handle, or NULL and the reason in `fault`.
void *library_open(const char *place, char *fault, unsigned long room);
