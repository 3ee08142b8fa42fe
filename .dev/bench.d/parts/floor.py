"""nginx alone, and the application's shortest way: what nothing can be faster than."""

SERVER = """server {{
  listen 127.0.0.1:{port} ssl http2 backlog=4096;
  ssl_certificate {state}/tls/certificate.pem;
  ssl_certificate_key {state}/tls/key.pem;
  include {state}/nginx/assay/tls.conf;
  include {state}/nginx/assay/limits.conf;
  access_log {state}/log/floor.log assay buffer=64k flush=1s;
  location / {{ return 200 "ok"; }}
  location /dav/ {{
    root {work};
    client_max_body_size 20m;
    dav_methods PUT;
    create_full_put_path off;
    dav_access user:rw group:rw;
  }}
  location /previews/ {{
    root {state}/store;
    types {{ }}
    default_type image/jpeg;
  }}
}}
"""


def measure(bench, _):
    bench.requests("nginx alone: return 200", bench.floor_url + "/")
    bench.requests(
        "empty handler: 404 of the router", bench.url + "/nothing/here", status=404)
