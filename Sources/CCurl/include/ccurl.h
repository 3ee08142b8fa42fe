#pragma once
#include <stddef.h>

/// One HTTP client: it keeps its connection between requests. For one thread at a time.
typedef struct ccurl ccurl;

typedef enum {
  ccurl_done,
  ccurl_timed_out,
  /// No address, or nobody listens there.
  ccurl_unreachable,
  /// TLS failed, or the certificate is not the host's.
  ccurl_untrusted,
  /// One of our own callbacks ended the transfer.
  ccurl_stopped,
  /// The answer ended early or is no HTTP.
  ccurl_broken,
} ccurl_outcome;

/// Takes bytes of the answer; a return value other than `length` ends the transfer.
typedef size_t (*ccurl_take)(const char *bytes, size_t length, void *context);

/// A client; NULL when libcurl is not installed, or memory ran out.
ccurl *ccurl_open(void);
void ccurl_close(ccurl *client);

/// Starts a request, forgetting the last one's settings. `method` is GET, HEAD or DELETE.
///
/// TLS is verified; neither redirects nor proxies are followed, nor is any content decoded.
void ccurl_begin(ccurl *client, const char *method, const char *address);
/// Adds a header line.
void ccurl_header(ccurl *client, const char *line);
/// Trusts the authorities of a PEM file instead of the system's.
void ccurl_trust(ccurl *client, const char *path);
/// Limits in seconds: to connect, without 1 KB/s of progress, and of all.
void ccurl_limits(ccurl *client, long connect, long stall, long total);
/// Sends the request. Header lines go to `head` one by one, the status line first.
ccurl_outcome ccurl_perform(ccurl *client, ccurl_take head, ccurl_take body, void *context);

/// Why the last request failed, in libcurl's words. Owned by the client.
const char *ccurl_error(ccurl *client);

/// A letter for ccurl_mail; texts that may be NULL say so.
typedef struct {
  /// smtp://host:port or smtps://host:port.
  const char *address;
  const char *from;
  const char *to;
  /// NULL: without signing in.
  const char *user;
  const char *password;
  /// A PEM file of authorities; NULL for the system's.
  const char *trust;
  /// Whether the server must speak TLS.
  int needs_tls;
  /// Headers and body, lines ending with CR and LF.
  const char *text;
  size_t length;
} ccurl_letter;

/// Hands a letter to a mail server.
ccurl_outcome ccurl_mail(ccurl *client, const ccurl_letter *letter);
