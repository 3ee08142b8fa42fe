#include "connx.h"
#include "library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ONNX Runtime's C interface is a table of functions that is only appended to: functions of version
// 1 keep their places. Debian 12 has no package of it, so nothing is linked and no header is used;
// this struct declares the functions that are called. A status is NULL on success.
typedef void status;

typedef struct {
  void *gap0[2];
  const char *(*message)(const status *);
  status *(*create_environment)(int level, const char *name, void **out);
  void *gap4[3];
  status *(*create_session)(const void *environment, const char *path, const void *options, void **out);
  void *gap8[1];
  status *(*run)(void *session, const void *options, const char *const *input_names,
                 const void *const *inputs, size_t input_count, const char *const *output_names,
                 size_t output_count, void **outputs);
  status *(*create_options)(void **out);
  void *gap11[12];
  status *(*set_optimization)(void *options, int level);
  status *(*set_threads)(void *options, int count);
  void *gap25[5];
  status *(*input_count)(const void *session, size_t *out);
  void *gap31[5];
  status *(*input_name)(const void *session, size_t index, void *allocator, char **out);
  status *(*output_name)(const void *session, size_t index, void *allocator, char **out);
  void *gap38[11];
  status *(*create_tensor)(const void *memory, void *data, size_t size, const int64_t *shape,
                           size_t rank, int type, void **out);
  void *gap50[1];
  status *(*tensor_data)(void *tensor, void **out);
  void *gap52[8];
  status *(*element_type)(const void *description, int *out);
  void *gap61[3];
  status *(*element_count)(const void *description, size_t *out);
  status *(*type_and_shape)(const void *tensor, void **out);
  void *gap66[3];
  status *(*create_memory)(int allocator, int kind, void **out);
  void *gap70[6];
  status *(*allocator_free)(void *allocator, void *memory);
  void *gap77[1];
  status *(*default_allocator)(void **out);
  void *gap79[13];
  void (*release_environment)(void *);
  void (*release_status)(status *);
  void (*release_memory)(void *);
  void (*release_session)(void *);
  void (*release_value)(void *);
  void *gap97[2];
  void (*release_description)(void *);
  void (*release_options)(void *);
} functions;

_Static_assert(offsetof(functions, create_tensor) == 49 * sizeof(void *), "CreateTensorWithDataAsOrtValue");
_Static_assert(offsetof(functions, release_options) == 100 * sizeof(void *), "ReleaseSessionOptions");

typedef struct {
  const functions *(*table)(uint32_t version);
  const char *(*version)(void);
} entry;

enum { first_version = 1, errors_only = 3, all_optimizations = 99, arena = 1, of_default_kind = 0 };
enum { of_floats = 1, most_fault = 512 };

struct connx {
  const functions *api;
  const char *version;
  void *environment, *session, *memory;
  char *input, *output;
};

static int failed(const functions *api, status *status, char *fault) {
  if (!status) return 0;
  snprintf(fault, most_fault, "%s", api->message(status));
  api->release_status(status);
  return 1;
}

// Never unloaded: its threads may live as long as the process.
static const entry *library(const char *path, char *fault) {
  void *handle = library_open(path, fault, most_fault);
  if (!handle) return NULL;
  const entry *(*base)(void) = NULL;
  *(void **)&base = dlsym(handle, "OrtGetApiBase");
  const entry *found = base ? base() : NULL;
  if (!found)
    snprintf(fault, most_fault, "%s is not ONNX Runtime", path ? path : "libonnxruntime.so");
  return found;
}

// Copies a name into memory of our own.
static char *name_of(
    const functions *api, status *(*get)(const void *, size_t, void *, char **), void *session,
    char *fault) {
  void *allocator = NULL;
  char *theirs = NULL, *ours = NULL;
  if (failed(api, api->default_allocator(&allocator), fault) ||
      failed(api, get(session, 0, allocator, &theirs), fault))
    return NULL;
  ours = strdup(theirs);
  failed(api, api->allocator_free(allocator, theirs), fault);
  return ours;
}

static int load(connx *model, const char *path, char *fault) {
  const functions *api = model->api;
  void *options = NULL;
  size_t inputs = 0;
  int bad = failed(api, api->create_environment(errors_only, "assay", &model->environment), fault) ||
      failed(api, api->create_options(&options), fault) ||
      failed(api, api->set_threads(options, 1), fault) ||
      failed(api, api->set_optimization(options, all_optimizations), fault) ||
      failed(api, api->create_session(model->environment, path, options, &model->session), fault) ||
      failed(api, api->create_memory(arena, of_default_kind, &model->memory), fault) ||
      failed(api, api->input_count(model->session, &inputs), fault);
  if (options) api->release_options(options);
  if (bad) return -1;
  if (inputs != 1) {
    snprintf(fault, most_fault, "the model has %zu inputs, not one", inputs);
    return -1;
  }
  model->input = name_of(api, api->input_name, model->session, fault);
  model->output = name_of(api, api->output_name, model->session, fault);
  return model->input && model->output ? 0 : -1;
}

connx *connx_open(const char *path, const char *file, char *fault) {
  const entry *entry = library(path, fault);
  connx *model = entry ? calloc(1, sizeof *model) : NULL;
  if (!model) return NULL;
  model->version = entry->version();
  model->api = entry->table(first_version);
  if (!model->api) snprintf(fault, most_fault, "ONNX Runtime has no interface of version 1");
  if (model->api && !load(model, file, fault)) return model;
  connx_close(model);
  return NULL;
}

void connx_close(connx *model) {
  if (model->session) model->api->release_session(model->session);
  if (model->memory) model->api->release_memory(model->memory);
  if (model->environment) model->api->release_environment(model->environment);
  free(model->input);
  free(model->output);
  free(model);
}

const char *connx_version(const connx *model) { return model->version; }

static ptrdiff_t copy(
    const functions *api, void *value, float *output, size_t room, char *fault) {
  void *description = NULL, *data = NULL;
  size_t count = 0;
  int type = 0;
  int bad = failed(api, api->type_and_shape(value, &description), fault) ||
      failed(api, api->element_type(description, &type), fault) ||
      failed(api, api->element_count(description, &count), fault) ||
      failed(api, api->tensor_data(value, &data), fault);
  if (description) api->release_description(description);
  if (bad) return -1;
  if (type != of_floats) {
    snprintf(fault, most_fault, "the model's output is not of 32-bit floating-point numbers");
    return -1;
  }
  memcpy(output, data, (count < room ? count : room) * sizeof *output);
  return (ptrdiff_t)count;
}

ptrdiff_t connx_run(
    const connx *model, const float *input, const int64_t *shape, size_t rank, float *output,
    size_t room, char *fault) {
  const functions *api = model->api;
  size_t size = sizeof *input;
  for (size_t index = 0; index < rank; index++) size *= (size_t)shape[index];
  void *tensor = NULL, *value = NULL;
  ptrdiff_t count = -1;
  if (!failed(
          api,
          api->create_tensor(model->memory, (void *)input, size, shape, rank, of_floats, &tensor),
          fault)) {
    const char *inputs[] = {model->input}, *outputs[] = {model->output};
    const void *tensors[] = {tensor};
    if (!failed(api, api->run(model->session, NULL, inputs, tensors, 1, outputs, 1, &value), fault))
      count = copy(api, value, output, room, fault);
  }
  if (value) api->release_value(value);
  if (tensor) api->release_value(tensor);
  return count;
}
