/// A server that misbehaves in the way that the key's last segment names.
///
/// Argument: a PEM file with key and certificate, to speak TLS.
let rogueScript = #"""
  import os, socket, ssl, sys, threading, time

  def leash():
      sys.stdin.read()
      os._exit(0)

  threading.Thread(target=leash, daemon=True).start()
  OK = b"HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Type: image/png\r\n"

  def silent(peer): time.sleep(3600)
  def stalled(peer):
      peer.sendall(OK + b"Content-Length: 1000\r\n\r\n0123456789")
      time.sleep(3600)
  def dripping(peer):
      peer.sendall(OK + b"Content-Length: 1000000\r\n\r\n")
      while True:
          peer.sendall(b"x" * 600)
          time.sleep(.2)
  def flood(peer):
      peer.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n")
      while True:
          peer.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")
  def large(peer):
      peer.sendall(OK + b"Content-Length: 1099511627776\r\n\r\n" + b"x" * 1000)
  def short(peer): peer.sendall(OK + b"Content-Length: 100\r\n\r\n" + b"x" * 50)
  def lengthless(peer): peer.sendall(OK + b"Connection: close\r\n\r\nsome")
  def heads(peer):
      peer.sendall(OK)
      while True:
          peer.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")
  def noise(peer): peer.sendall(b"\0\1\2 no HTTP at all\r\n\r\n")
  def silence(peer): pass
  def elsewhere(peer):
      peer.sendall(
          b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /assay-pictures/good\r\n"
          b"Content-Length: 0\r\n\r\n")
  def refuse(status, body):
      def answer(peer):
          peer.sendall(
              b"HTTP/1.1 %d No\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))
      return answer
  def endless(peer):
      peer.sendall(b"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n")
      peer.sendall(b"1A\r\n<Code>InternalError</Code>\r\n")
      while True:
          peer.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")
  def interim(peer):
      peer.sendall(b"HTTP/1.1 103 Early\r\nContent-Length: 999\r\n\r\n")
      good(peer)
  def packed(peer):
      peer.sendall(OK + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\ngood")
  def good(peer): peer.sendall(OK + b"Content-Length: 4\r\n\r\ngood")
  busy = refuse(503, b"<Error><Code>SlowDown</Code></Error>")
  bucketless = refuse(404, b"<Error><Code>NoSuchBucket</Code></Error>")
  odd = refuse(418, b"<Error><Code>no <b>code</b></Code></Error>")

  def serve(peer):
      try:
          if context:
              peer = context.wrap_socket(peer, server_side=True)
          with peer:
              head = b""
              while b"\r\n\r\n" not in head:
                  part = peer.recv(65536)
                  if not part:
                      return
                  head += part
              name = head.split(b" ")[1].rpartition(b"/")[2].decode()
              globals()[name](peer)
      except OSError:
          pass

  context = None
  if len(sys.argv) > 1:
      context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
      context.load_cert_chain(sys.argv[1])
  listener = socket.create_server(("127.0.0.1", 0))
  print(listener.getsockname()[1], flush=True)
  while True:
      threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
  """#
