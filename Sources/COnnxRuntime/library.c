#define _GNU_SOURCE
#include "library.h"

#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// Programs link to one of these names. The package of Debian 13 has only a name with the version,
// such as libonnxruntime.so.1.21.
#define PLAIN "libonnxruntime.so"
static const char *const usual[] = {PLAIN ".1", PLAIN};
static const char versioned[] = PLAIN ".1.";
static const char cache[] = "/etc/ld.so.cache";

enum { most_names = 32, longest_name = 64, most_cache = 16 << 20 };

typedef struct {
  char names[most_names][longest_name];
  int count;
} names;

// Adds the text if it is a library name with a version.
static void add(names *found, const char *text) {
  if (strncmp(text, versioned, sizeof versioned - 1) != 0) return;
  size_t length = sizeof versioned - 1 + strspn(text + sizeof versioned - 1, "0123456789.");
  if (length == sizeof versioned - 1 || text[length] != '\0' || length >= longest_name) return;
  for (int index = 0; index < found->count; index++)
    if (strcmp(found->names[index], text) == 0) return;
  if (found->count < most_names) strcpy(found->names[found->count++], text);
}

static void look_in(const char *folder, names *found) {
  DIR *stream = opendir(folder);
  if (!stream) return;
  for (struct dirent *entry; (entry = readdir(stream));) add(found, entry->d_name);
  closedir(stream);
}

// Looks in the folders of LD_LIBRARY_PATH, of this program and of the system.
static void look_in_search_path(names *found) {
  void *self = dlopen(NULL, RTLD_NOW);
  Dl_serinfo size, *path;
  if (!self || dlinfo(self, RTLD_DI_SERINFOSIZE, &size)) return;
  if (!(path = calloc(1, size.dls_size))) return;
  *path = size;
  if (!dlinfo(self, RTLD_DI_SERINFO, path))
    for (unsigned index = 0; index < path->dls_cnt; index++)
      look_in(path->dls_serpath[index].dls_name, found);
  free(path);
}

// Looks in the cache of ldconfig(8): a table of names, each ended by NUL.
static void look_in_cache(names *found) {
  FILE *file = fopen(cache, "re");
  char *bytes = file ? malloc(most_cache) : NULL;
  if (bytes) {
    size_t count = fread(bytes, 1, most_cache - 1, file);
    bytes[count] = '\0';
    for (char *place = bytes, *next; (next = memmem(place, count - (place - bytes), versioned, sizeof versioned - 1));
         place = next + 1)
      add(found, next);
  }
  free(bytes);
  if (file) fclose(file);
}

static int newest_first(const void *one, const void *other) { return strverscmp(other, one); }

static void *load(const char *folder, const char *name) {
  char path[PATH_MAX];
  if (snprintf(path, sizeof path, "%s%s%s", folder ? folder : "", folder ? "/" : "", name) >= PATH_MAX)
    return NULL;
  return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

void *library_open(const char *place, char *fault, unsigned long room) {
  struct stat facts;
  int is_folder = place && stat(place, &facts) == 0 && S_ISDIR(facts.st_mode);
  names found = {.count = 0};
  void *handle = NULL;
  if (place && !is_folder) {
    handle = dlopen(place, RTLD_NOW | RTLD_LOCAL);
  } else {
    for (int index = 0; !handle && index < 2; index++) handle = load(place, usual[index]);
    if (!handle && is_folder) look_in(place, &found);
    if (!handle && !is_folder) {
      look_in_search_path(&found);
      look_in_cache(&found);
    }
    qsort(found.names, found.count, longest_name, newest_first);
    for (int index = 0; !handle && index < found.count; index++)
      handle = load(place, found.names[index]);
  }
  if (!handle) {
    const char *reason = dlerror();
    snprintf(fault, room, "ONNX Runtime cannot be loaded: %s", reason ? reason : "no such file");
  }
  return handle;
}
