#include "ccurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

// libcurl is loaded at first use. Linked, it and its 29 libraries would cost a trivial program 6 MB
// and 4 ms (assay, which has most of them, .7 MB and .8 ms), and most installations never use it.
static struct {
  __typeof__(curl_global_init) *global_init;
  __typeof__(curl_easy_init) *open;
  __typeof__(curl_easy_reset) *reset;
  __typeof__(curl_easy_setopt) *set;
  __typeof__(curl_easy_perform) *perform;
  __typeof__(curl_easy_cleanup) *close;
  __typeof__(curl_easy_strerror) *describe;
  __typeof__(curl_slist_append) *append;
  __typeof__(curl_slist_free_all) *free_list;
} api;

static int loaded = 0;

static void load(void) {
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
  int found = 1;
#define FIND(member, name) found &= (*(void **)&api.member = dlsym(library, name)) != NULL
  FIND(global_init, "curl_global_init");
  FIND(open, "curl_easy_init");
  FIND(reset, "curl_easy_reset");
  FIND(set, "curl_easy_setopt");
  FIND(perform, "curl_easy_perform");
  FIND(close, "curl_easy_cleanup");
  FIND(describe, "curl_easy_strerror");
  FIND(append, "curl_slist_append");
  FIND(free_list, "curl_slist_free_all");
#undef FIND
  loaded = found && api.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

struct ccurl {
  CURL *easy;
  struct curl_slist *headers;
  // The first setting that failed. If there is one, the request must not be sent.
  CURLcode fault;
  CURLcode last;
  char message[CURL_ERROR_SIZE];
};

#define SET(client, option, value)                                           \
  do {                                                                       \
    CURLcode code = api.set((client)->easy, option, value);                  \
    if ((client)->fault == CURLE_OK) (client)->fault = code;                 \
  } while (0)

ccurl *ccurl_open(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  if (!loaded) return NULL;
  ccurl *client = calloc(1, sizeof *client);
  if (client && !(client->easy = api.open())) {
    free(client);
    return NULL;
  }
  return client;
}

void ccurl_close(ccurl *client) {
  api.close(client->easy);
  api.free_list(client->headers);
  free(client);
}

static void set_method(ccurl *client, const char *method) {
  if (method[0] == 'H') SET(client, CURLOPT_NOBODY, 1L);
  else SET(client, CURLOPT_CUSTOMREQUEST, method);
}

void ccurl_begin(ccurl *client, const char *method, const char *address) {
  api.reset(client->easy);
  api.free_list(client->headers);
  client->headers = NULL;
  client->fault = CURLE_OK;
  client->message[0] = 0;
  SET(client, CURLOPT_ERRORBUFFER, client->message);
  SET(client, CURLOPT_URL, address);
  set_method(client, method);
  SET(client, CURLOPT_PROTOCOLS_STR, "http,https");
  SET(client, CURLOPT_SSL_VERIFYPEER, 1L);
  SET(client, CURLOPT_SSL_VERIFYHOST, 2L);
  SET(client, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  SET(client, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  SET(client, CURLOPT_FOLLOWLOCATION, 0L);
  SET(client, CURLOPT_PATH_AS_IS, 1L);
  SET(client, CURLOPT_HTTP_CONTENT_DECODING, 0L);
  // A proxy from the environment would see all signed requests.
  SET(client, CURLOPT_PROXY, "");
  // Timeouts without signals, because a signal could hit any thread of the process.
  SET(client, CURLOPT_NOSIGNAL, 1L);
}

void ccurl_header(ccurl *client, const char *line) {
  struct curl_slist *longer = api.append(client->headers, line);
  if (longer) client->headers = longer;
  else client->fault = CURLE_OUT_OF_MEMORY;
}

void ccurl_trust(ccurl *client, const char *path) {
  SET(client, CURLOPT_CAINFO, path);
  SET(client, CURLOPT_CAPATH, NULL);
}

void ccurl_limits(ccurl *client, long connect, long stall, long total) {
  SET(client, CURLOPT_CONNECTTIMEOUT, connect);
  SET(client, CURLOPT_LOW_SPEED_LIMIT, 1024L);
  SET(client, CURLOPT_LOW_SPEED_TIME, stall);
  SET(client, CURLOPT_TIMEOUT, total);
}

struct taker {
  ccurl_take take;
  void *context;
};

static size_t forward(char *bytes, size_t size, size_t count, void *user) {
  struct taker *taker = user;
  return taker->take(bytes, size * count, taker->context);
}

static ccurl_outcome outcome(CURLcode code) {
  switch (code) {
    case CURLE_OK: return ccurl_done;
    case CURLE_OPERATION_TIMEDOUT: return ccurl_timed_out;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT: return ccurl_unreachable;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_PEER_FAILED_VERIFICATION: return ccurl_untrusted;
    case CURLE_WRITE_ERROR: return ccurl_stopped;
    default: return ccurl_broken;
  }
}

ccurl_outcome ccurl_perform(ccurl *client, ccurl_take head, ccurl_take body, void *context) {
  struct taker header_taker = {head, context}, body_taker = {body, context};
  SET(client, CURLOPT_HEADERFUNCTION, forward);
  SET(client, CURLOPT_HEADERDATA, &header_taker);
  SET(client, CURLOPT_WRITEFUNCTION, forward);
  SET(client, CURLOPT_WRITEDATA, &body_taker);
  SET(client, CURLOPT_HTTPHEADER, client->headers);
  CURLcode code = client->fault;
  if (code == CURLE_OK) code = api.perform(client->easy);
  client->last = code;
  return outcome(code);
}

struct reader {
  const char *bytes;
  size_t left;
};

static size_t give(char *buffer, size_t size, size_t count, void *user) {
  struct reader *reader = user;
  size_t room = size * count, part = reader->left < room ? reader->left : room;
  memcpy(buffer, reader->bytes, part);
  reader->bytes += part;
  reader->left -= part;
  return part;
}

static size_t drop(char *bytes, size_t size, size_t count, void *user) {
  (void)bytes;
  (void)user;
  return size * count;
}

ccurl_outcome ccurl_mail(ccurl *client, const ccurl_letter *letter) {
  struct reader reader = {letter->text, letter->length};
  ccurl_begin(client, "", letter->address);
  SET(client, CURLOPT_CUSTOMREQUEST, NULL);
  SET(client, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  SET(client, CURLOPT_USE_SSL, (long)(letter->needs_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  if (letter->trust) ccurl_trust(client, letter->trust);
  if (letter->user) SET(client, CURLOPT_USERNAME, letter->user);
  if (letter->password) SET(client, CURLOPT_PASSWORD, letter->password);
  SET(client, CURLOPT_MAIL_FROM, letter->from);
  ccurl_header(client, letter->to);
  SET(client, CURLOPT_MAIL_RCPT, client->headers);
  SET(client, CURLOPT_UPLOAD, 1L);
  SET(client, CURLOPT_READFUNCTION, give);
  SET(client, CURLOPT_READDATA, &reader);
  SET(client, CURLOPT_WRITEFUNCTION, drop);
  ccurl_limits(client, 10, 30, 60);
  CURLcode code = client->fault;
  if (code == CURLE_OK) code = api.perform(client->easy);
  client->last = code;
  return outcome(code);
}

const char *ccurl_error(ccurl *client) {
  return client->message[0] ? client->message : api.describe(client->last);
}
