"""A site that lets people log in with Sayso: SAYSO_API_KEY=KEY python3 login.py BROKER SERVICE-ID PORT"""
import base64, http.cookies, http.server, json, os, secrets, sys, time, urllib.parse, urllib.request
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

BROKER, SERVICE, PORT = sys.argv[1], sys.argv[2], int(sys.argv[3])
sessions = {}  # what each browser asked

def call(path, body=None):
    asked = urllib.request.Request(BROKER + path, body and json.dumps(body).encode())
    asked.add_header("Authorization", "Bearer " + os.environ["SAYSO_API_KEY"])
    return json.load(urllib.request.urlopen(asked, timeout=10))

def unpacked(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

def is_approval(outcome, asked):
    signed, signature = outcome.rsplit(".", 1)
    head, claims = (json.loads(unpacked(part)) for part in signed.split("."))
    key = next(key for key in call("/v1/keys")["keys"] if key["kid"] == head["kid"])
    Ed25519PublicKey.from_public_bytes(unpacked(key["x"])).verify(unpacked(signature), signed.encode())
    expected = {**asked, "iss": BROKER, "aud": SERVICE, "verdict": "approve"}
    return (head["alg"], head["typ"]) == ("EdDSA", "sayso-outcome+jwt") and claims["exp"] > time.time() \
        and all(claims[name] == value for name, value in expected.items())

class Site(http.server.BaseHTTPRequestHandler):
    log_request = lambda *_: None  # a ticket stands in the address

    def do_GET(self):
        address = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(address.query))
        session = http.cookies.SimpleCookie(self.headers["Cookie"]).get("session")
        if address.path == "/login":
            state, session = secrets.token_urlsafe(), secrets.token_urlsafe()
            asked = call("/v1/requests", {"account": query["account"], "action": {"kind": "login"}, "state": state,
                "origin": {"address": self.client_address[0]}, "return_url": f"http://127.0.0.1:{PORT}/return"})
            sessions[session] = state, {"request": asked["id"], "account": query["account"]}
            return self.answer(303, Location=asked["login_url"], Set_Cookie=f"session={session}; HttpOnly; SameSite=Lax")
        if address.path != "/return":
            return self.answer(404, "There is nothing here.")
        state, asked = sessions.pop(session and session.value, (None, None))
        if asked and query["state"] == state and "ticket" in query:
            collected = call(f"/v1/requests/{asked['request']}/outcome", {"ticket": query["ticket"]})
            if is_approval(collected["outcome"], asked):
                return self.answer(200, f"You are logged in as {asked['account']}.")
        self.answer(403, "You are not logged in. Begin again.")

    def answer(self, status, text="", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(text.encode())

site = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Site)
print(f"Open http://127.0.0.1:{PORT}/login?account=NAME", flush=True)
site.serve_forever()
