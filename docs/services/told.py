"""A receiver of webhooks that believes nothing unsigned: python3 told.py PUBLIC-KEY PORT"""
import base64, http.server, json, sys, time
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KEY = Ed25519PublicKey.from_public_bytes(base64.b64decode(sys.argv[1].removeprefix("whpk_")))
done = set()  # the ids of events that were dealt with

def is_from_broker(headers, body):
    event, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    scheme, _, signature = headers.get("webhook-signature", "").partition(",")
    try:
        KEY.verify(base64.b64decode(signature), f"{event}.{at}.".encode() + body)
        return scheme == "v1a" and abs(time.time() - int(at)) < 300
    except (InvalidSignature, ValueError):
        return False

class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(min(int(self.headers.get("content-length", 0)), 65536))
        if not is_from_broker(self.headers, body):
            return self.send_error(400)
        if self.headers["webhook-id"] not in done:
            done.add(self.headers["webhook-id"])
            event = json.loads(body)
            print(event["type"], event["data"]["id"], flush=True)
        self.send_response(204)
        self.end_headers()

site = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Receiver)
print("listening on port", site.server_port, flush=True)
site.serve_forever()
