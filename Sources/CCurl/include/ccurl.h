#pragma once
#include <stddef.h>

/// An HTTP client that keeps its connection between requests. One thread at a time may use it.
typedef struct ccurl ccurl;

typedef enum {
  ccurl_done,
  ccurl_timed_out,
  /// The name has no address, or nobody listens there.
  ccurl_unreachable,
  /// TLS failed, or the certificate is for another host.
  ccurl_untrusted,
  /// One of our callbacks ended the transfer.
  ccurl_stopped,
  /// The answer ended early or is not HTTP.
  ccurl_broken,
} ccurl_outcome;

/// Receives bytes of the answer; a return value other than `length` ends the transfer.
typedef size_t (*ccurl_take)(const char *bytes, size_t length, void *context);

/// Opens a client; NULL when libcurl is not installed or there is no memory.
ccurl *ccurl_open(void);
void ccurl_close(ccurl *client);

/// Starts a request and resets all settings of the last one. `method` is GET, HEAD or DELETE.
///
/// TLS certificates are verified. Redirects and proxies are not followed; content is not decoded.
void ccurl_begin(ccurl *client, const char *method, const char *address);
/// Adds a header line.
void ccurl_header(ccurl *client, const char *line);
/// Trusts the authorities in a PEM file instead of those of the system.
void ccurl_trust(ccurl *client, const char *path);
/// Sets limits in seconds: to connect, without 1 KB/s of progress, and for the whole request.
void ccurl_limits(ccurl *client, long connect, long stall, long total);
/// Sends the request. Header lines go to `head` one by one, beginning with the status line.
ccurl_outcome ccurl_perform(ccurl *client, ccurl_take head, ccurl_take body, void *context);

/// The error of the last request as libcurl describes it. The client owns the text.
const char *ccurl_error(ccurl *client);

/// A letter for ccurl_mail. Only fields whose comment says so may be NULL.
typedef struct {
  /// smtp://host:port or smtps://host:port.
  const char *address;
  const char *from;
  const char *to;
  /// NULL: no authentication.
  const char *user;
  const char *password;
  /// A PEM file of authorities; NULL for those of the system.
  const char *trust;
  /// Whether the server must speak TLS.
  int needs_tls;
  /// Headers and body, with lines that end with CR and LF.
  const char *text;
  size_t length;
} ccurl_letter;

/// Sends a letter to a mail server.
ccurl_outcome ccurl_mail(ccurl *client, const ccurl_letter *letter);
