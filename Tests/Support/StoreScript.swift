/// moto with a proxy that checks signatures with botocore, because moto ignores them.
///
/// Arguments: access key, secret key, bucket.
package let storeScript = #"""
  import datetime, os, sys, threading, urllib.parse
  from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
  from botocore.awsrequest import AWSRequest
  from botocore.credentials import Credentials
  from moto.server import DomainDispatcherApplication, create_backend_app
  from werkzeug.serving import WSGIRequestHandler, make_server
  from werkzeug.test import Client

  access, secret, bucket = sys.argv[1:]

  def leash():
      sys.stdin.read()
      os._exit(0)

  threading.Thread(target=leash, daemon=True).start()

  def recomputed(environ, query, stamp, names, kind):
      path = urllib.parse.unquote(environ["RAW_URI"].partition("?")[0])
      url = "http://" + environ["HTTP_HOST"] + urllib.parse.quote(path, safe="/~")
      if query:
          url += "?" + "&".join(
              urllib.parse.quote(name, safe="~") + "=" + urllib.parse.quote(value, safe="~")
              for name, value in query)
      def header(name):
          key = name.upper().replace("-", "_")
          plain = key in ("CONTENT_TYPE", "CONTENT_LENGTH")
          return environ.get(key if plain else "HTTP_" + key, "")
      request = AWSRequest(
          method=environ["REQUEST_METHOD"], url=url, headers={n: header(n) for n in names})
      request.context["timestamp"] = stamp
      signer = kind(Credentials(access, secret), "s3", "us-east-1")
      text = signer.string_to_sign(request, signer.canonical_request(request))
      return signer.signature(text, request)

  def refusal(environ):
      query = urllib.parse.parse_qsl(
          environ["RAW_URI"].partition("?")[2], keep_blank_values=True)
      fields = dict(query)
      given = fields.get("X-Amz-Signature")
      if given:
          stamp, kind = fields["X-Amz-Date"], S3SigV4QueryAuth
          begins = datetime.datetime.strptime(stamp + "+0000", "%Y%m%dT%H%M%SZ%z")
          age = datetime.datetime.now(datetime.timezone.utc) - begins
          if age.total_seconds() > int(fields["X-Amz-Expires"]):
              return "AccessDenied"
          names = fields["X-Amz-SignedHeaders"].split(";")
          query = [item for item in query if item[0] != "X-Amz-Signature"]
      else:
          parts = environ.get("HTTP_AUTHORIZATION", "").replace(",", " ").split()
          found = dict(part.partition("=")[::2] for part in parts)
          stamp, kind = environ.get("HTTP_X_AMZ_DATE", ""), S3SigV4Auth
          given, names = found.get("Signature"), found.get("SignedHeaders", "").split(";")
          if not given:
              return "AccessDenied"
      good = recomputed(environ, query, stamp, names, kind)
      return None if good == given else "SignatureDoesNotMatch"

  moto = DomainDispatcherApplication(create_backend_app)
  Client(moto).put("/" + bucket, base_url="http://127.0.0.1")

  def store(environ, start):
      code = refusal(environ)
      if code is None:
          return moto(environ, start)
      body = ("<Error><Code>" + code + "</Code></Error>").encode()
      start("403 Forbidden", [("Content-Length", str(len(body)))])
      return [body]

  class Quiet(WSGIRequestHandler):
      protocol_version = "HTTP/1.1"
      def log(self, *_): pass

  server = make_server("127.0.0.1", 0, store, threaded=True, request_handler=Quiet)
  print(server.server_port, flush=True)
  server.serve_forever()
  """#
