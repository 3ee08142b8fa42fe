extension Python {
  /// Makes a request over HTTP/2 whose body comes in pieces of zeros, with a pause after each.
  ///
  /// Arguments: port, CA file, method, path, size of a piece, pause in seconds, number of pieces.
  /// Input: the headers as a JSON object. Output: the status, a space, the body of the answer.
  package static let slowRequest = #"""
    import json, select, socket, ssl, sys
    import h2.connection, h2.events

    port, authority, method, path, size, pause, pieces = sys.argv[1:]
    context = ssl.create_default_context(cafile=authority)
    context.set_alpn_protocols(["h2"])
    raw = socket.create_connection(("127.0.0.1", int(port)))
    wire = context.wrap_socket(raw, server_hostname="localhost")
    assert wire.selected_alpn_protocol() == "h2"
    connection = h2.connection.H2Connection()
    connection.initiate_connection()
    names = {":method": method, ":path": path, ":scheme": "https", ":authority": "localhost"}
    connection.send_headers(1, list((names | json.load(sys.stdin)).items()))
    status, body = "", b""

    def listen(seconds):
        """Whether the answer ended."""
        global status, body
        wire.sendall(connection.data_to_send())
        if not wire.pending() and not select.select([wire], [], [], seconds)[0]:
            return False
        data = wire.recv(65536)
        ended = not data
        for event in connection.receive_data(data):
            if isinstance(event, h2.events.ResponseReceived):
                status = dict(event.headers)[b":status"].decode()
            elif isinstance(event, h2.events.DataReceived):
                body += event.data
            elif isinstance(event, (h2.events.StreamEnded, h2.events.StreamReset)):
                ended = True
        return ended

    ended = False
    for piece in range(int(pieces)):
        connection.send_data(1, bytes(int(size)), end_stream=piece + 1 == int(pieces))
        ended = listen(float(pause))
        if ended:
            break
    while not ended:
        ended = listen(30)
    print(status, body.decode())
    """#
}
