"""openapi_check.py BUILD: a rehearsal in which every operation of
docs/openapi.yaml gives every answer that is documented, and no other."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

import trustee2
import wire
from contract import Contract, PROBLEM, URN, ask

# Documented, and not to be had from a server of today, with the reason.
UNPROVOKED = {
    ("staff_keys", 409, "live-keys"): "takes 257 keys, a minute",
}

T = 1800000000
BEGIN, END = T + 100, T + 10000
ORIGIN = "comune.example/contratto"
CAST_HOST = "cast.example"
BIRTH = "1961-03-12"
RECORD = "application/vnd.partecipa.record"
NOTE = "text/plain; charset=utf-8"
OPENING = "application/octet-stream"
TOKEN = "application/private-token-request"
ROLES = {"anna": "admin", "bruno": "admin", "carla": "admin", "dino": "admin",
         "rita": "registrar", "dora": "desk", "olga": "observer"}


def served(logical):
    """The name with its hash that a file of the web client is served under."""
    stem, _, kind = logical.rpartition(".")
    with open("build/web/dist/MANIFEST", encoding="utf-8") as f:
        for path in json.load(f)["files"]:
            name = path.rpartition("/")[2]
            if name.startswith(stem + ".") and name.endswith("." + kind):
                return name
    return logical


# What fills a path where a step does not say.
PARAMS = {"slug": "voto", "issuer": "0", "purpose": "vote",
          "name": served("style.css"), "path": "entries/000.p/1", "trustee": "1",
          "round": "commit", "n": "1"}
REPLACE, STRIKE = 1, 2
FORM, ROLL_CHANGE, CLOSE, CANCEL = 3, 4, 8, 16
# Operations whose good answers are those of the sealed space.
SEALED = {"slug": "sigillo"}
OF_SEALED = ("ceremony_read", "ceremony_transcript", "ceremony_opening")


class Town:
    """A municipality with a server on loopback, and what was found wrong."""

    def __init__(self, build):
        self.build = build
        self.contract = Contract("docs/openapi.yaml")
        self.dir = tempfile.mkdtemp(prefix="partecipa-openapi-")
        self.server = None
        self.port = 0
        self.issuer = None
        self.issuer_port = 0
        self.witness = None
        self.witness_port = 0
        self.faults = []
        self.entries = 0    # last number of staff in an entry
        self.requests = {}  # and, by name, in a request
        self.keys = {}
        self.params = dict(PARAMS)
        self.picture = ""   # hash of one that was uploaded

    # ---- Commands and server ------------------------------------------------

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def run(self, *args, program="partecipa"):
        p = subprocess.run([os.path.join(self.build, program), *args],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           text=True, check=False)
        if p.returncode != 0:
            raise RuntimeError("%s %s: exit %d\n%s" % (
                program, " ".join(args), p.returncode, p.stdout))
        return p.stdout

    def clock(self, t):
        with open(self.path("clock.new"), "w", encoding="ascii") as f:
            f.write("%d\n" % t)
        os.rename(self.path("clock.new"), self.path("clock"))

    def found(self):
        args = ["init", "--dir", self.path("data"), "--origin", ORIGIN,
                "--name", "Comune di Prova", "--host", "comune.example",
                "--rehearsal"]
        for name, role in ROLES.items():
            self.run("staff", "add", "--name", name, "--role", role,
                     "--out", self.path("staff"))
            args += ["--staff", self.path("staff", name + ".pub")]
            with open(self.path("staff", name + ".key"),
                      encoding="ascii") as f:
                seed = re.search(r"^seed: (\w+)$", f.read(), re.M).group(1)
            self.keys[name] = wire.Key(bytes.fromhex(seed))
        self.run(*args)

    def start(self):
        said = self.path("serve")
        with open(said, "wb") as errors:
            self.server = subprocess.Popen(
                [os.path.join(self.build, "partecipa"), "serve",
                 "--dir", self.path("data"), "--clock", self.path("clock"),
                 "--port", "0", "--cast-host", CAST_HOST, "--threads", "8"],
                stdout=subprocess.PIPE, stderr=errors, text=True)
        at = re.search(r":(\d+)/", self.server.stdout.readline())
        if at is None:
            with open(said, encoding="utf-8") as f:
                raise RuntimeError("the server does not start: " + f.read())
        self.port = int(at.group(1))

    def start_issuer(self):
        key = ask(self.port, "GET", "/log/key").body.decode().strip()
        self.run("init", "--issuer-only", "--dir", self.path("issuer"),
                 "--log", self.url(), "--key", key, "--host", "b.example")
        with open(self.path("serve-issuer"), "wb") as errors:
            self.issuer = subprocess.Popen(
                [os.path.join(self.build, "partecipa"), "serve",
                 "--issuer-only", "--dir", self.path("issuer"),
                 "--clock", self.path("clock"), "--port", "0",
                 "--threads", "8"],
                stdout=subprocess.PIPE, stderr=errors, text=True)
        at = re.search(r":(\d+)/", self.issuer.stdout.readline())
        self.issuer_port = int(at.group(1))

    def start_witness(self):
        key = ask(self.port, "GET", "/log/key").body.decode().strip()
        self.run("init", "--witness-only", "--dir", self.path("witness"),
                 "--name", "witness.example/1")
        with open(self.path("serve-witness"), "wb") as errors:
            self.witness = subprocess.Popen(
                [os.path.join(self.build, "partecipa"), "serve",
                 "--witness-only", "--dir", self.path("witness"),
                 "--log", key, "--port", "0", "--threads", "8"],
                stdout=subprocess.PIPE, stderr=errors, text=True)
        at = re.search(r":(\d+)/", self.witness.stdout.readline())
        self.witness_port = int(at.group(1))

    def port_of(self, op):
        return {"issuer": self.issuer_port, "witness": self.witness_port}.get(
            op.doc.get("x-server"), self.port)

    def stop(self):
        for server in (self.issuer, self.witness, self.server):
            if server is not None:
                server.send_signal(signal.SIGTERM)
                server.wait(60)
                server.stdout.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def url(self):
        return "http://127.0.0.1:%d" % self.port

    def space(self, *args):
        return self.run("space", *args, "--server", self.url(),
                        "--key", self.path("staff", "anna.key"),
                        "--key", self.path("staff", "bruno.key"))

    # ---- Asking -------------------------------------------------------------

    def fill(self, op, params):
        path = op.path
        for name in re.findall(r"{(\w+)}", path):
            path = path.replace("{%s}" % name,
                                params.get(name) or self.params[name])
        return path

    def sign(self, op, who, path, body, n=None):
        if n is None:
            n = self.requests[who] = self.requests.get(who, 0) + 1
        return ("Authorization", wire.staff_authorization(
            self.keys[who], n, ORIGIN, op.method, path, body))

    def call(self, name, params=None, body=None, headers=(), who=None, n=None,
             host=None):
        """Call an operation and judge the answer.  Where a refusal may be a
        page, it is asked for as one too."""
        op = self.contract.operations[name]
        path = self.fill(op, params or {})
        headers = list(headers)
        if who is not None:
            headers.append(self.sign(op, who, path, body or b"", n))
        if host is None and name == "records_cast":
            host = CAST_HOST
        a = ask(self.port_of(op), op.method, path, headers, body, host)
        self.faults += self.contract.take(op, a)
        r = op.status(a.status) or {}
        if a.problem and "text/html; charset=utf-8" in r.get("content", {}):
            page = ask(self.port_of(op), op.method, path,
                       headers + [("Accept", "text/html")], body, host)
            self.faults += self.contract.take(op, page)
        return a

    def want(self, name, status, problem=None, **how):
        a = self.call(name, **how)
        if (a.status, a.problem) != (status, problem):
            self.faults.append("%s: %d %s wanted, %d %s given: %.300r" % (
                name, status, problem, a.status, a.problem, a.body))
        return a

    # ---- Entries ------------------------------------------------------------

    def entry(self, kind, payload, names=("carla", "dino")):
        self.entries += 1
        return wire.entry(kind, payload, ORIGIN, self.entries,
                          [self.keys[n] for n in names])

    def object_hash(self, slug, part):
        a = self.want("spaces_" + part, 200, params={"slug": slug})
        return wire.H(a.body)


def check(town, name):
    """Say how a part went."""
    for f in town.faults:
        print("not ok %s: %s" % (name, f))
    if not town.faults:
        print("ok " + name, flush=True)
    bad = bool(town.faults)
    town.faults = []
    return bad


# ---- The same on both sides -------------------------------------------------

def served_by(town, *args):
    served = {}
    for line in town.run("routes", *args).splitlines():
        method, path, media, roles = line.split(" ")
        served[method, path.replace("...}", "}")] = (path, media, roles)
    return served


def routes_agree(town):
    """The log's server serves what is not marked; an issuer what is marked as
    its, and some of the log server's."""
    described = {(o.method, o.path): o
                 for o in town.contract.operations.values()}
    log = {k: o for k, o in described.items() if "x-server" not in o.doc}
    routes_compare(town, served_by(town), log)
    served = served_by(town, "--issuer-only")
    issuer = {k: o for k, o in described.items()
              if o.doc.get("x-server") == "issuer" or k in served}
    routes_compare(town, served, issuer)
    witness = {k: o for k, o in described.items()
               if o.doc.get("x-server") == "witness"}
    routes_compare(town, served_by(town, "--witness-only"), witness)


def routes_compare(town, served, described):
    for key in sorted(served.keys() - described.keys()):
        town.faults.append("%s %s is served and not described" % key)
    for key in sorted(described.keys() - served.keys()):
        town.faults.append("%s %s is described and not served" % key)
    for key in served.keys() & described.keys():
        path, media, roles = served[key]
        op = described[key]
        if ",".join(op.roles or ["-"]) != roles:
            town.faults.append("%s: x-roles, served for %s" % (op.id, roles))
        if (media == "-") != (not op.body_types) or \
                (media not in "-*" and op.body_types != [media]):
            town.faults.append("%s: its body is %s" % (op.id, media))
        slashes = any(p.get("x-slashes") for p in op.params)
        if ("...}" in path) != slashes:
            town.faults.append("%s: x-slashes" % op.id)
        if ("Staff" in str(op.doc.get("security"))) != (roles != "-"):
            town.faults.append("%s: security" % op.id)


def problems_agree(town):
    with open("server/problem.c", encoding="utf-8") as f:
        made = dict((name, int(status)) for status, name in re.findall(
            r'= \{ PROBLEM_\w+, ([45]\d\d), "([a-z-]+)"', f.read()))
    schema = town.contract.doc["components"]["schemas"]["Problem"]
    listed = {n[len(URN):] for n in schema["properties"]["type"]["enum"]}
    for name in sorted(listed ^ set(made)):
        town.faults.append("problem %s: on one side only" % name)
    used = {"method-not-allowed"}  # said once, in the description
    for op in town.contract.operations.values():
        for status, r in op.responses.items():
            for name in r.get("x-problems", []):
                used.add(name)
                if status not in ("default", str(made.get(name))):
                    town.faults.append("%s: %s is no %s" % (
                        op.id, name, status))
    for name in sorted(listed - used):
        town.faults.append("problem %s: of no operation" % name)


# ---- The rehearsal ----------------------------------------------------------

class Vote:
    """What the steps share: residents and the two spaces."""

    def __init__(self):
        self.residents = []  # (code, key)
        self.space = self.mute = self.form = self.spki = b""
        self.replaced = None  # key of a letter that was replaced
        self.late = b""       # a record that comes too late
        self.trustee = trustee2.Trustee(ORIGIN)  # of the sealed space
        self.sealed = b""


def prepare(town, v):
    """Roll, second factors, two spaces; "muta" never gets a form."""
    v.residents = [(c, wire.roll_key(c)) for c in
                   (wire.code_new() for _ in range(6))]
    rows = sorted(k.pk + b"\1" for _, k in v.residents)
    roll = json.loads(town.want("staff_roll", 201, who="rita",
                                body=b"".join(rows)).body)
    town.want("staff_roll", 400, "malformed", who="rita", body=b"x")
    town.want("staff_factors", 201, who="rita", body=b"".join(
        k.pk + wire.factor(k.pk, BIRTH) for _, k in v.residents))
    town.want("staff_factors", 400, "malformed", who="rita", body=b"x")

    header = {
        "titles": {"it": "Prova", "en": "Trial"}, "roll": roll,
        "host": "comune.example", "issuers": [{"factor": "birth_date"}],
        "mode": "overlapping", "issuance": {"from": BEGIN, "to": END},
        "participation": {"from": BEGIN, "to": END}, "batch_interval": 1000,
        "min_collected": 0, "min_open": 1, "seq_limit": 2,
    }
    form = {
        "options": [{"id": "parco", "titles": {"it": "Un parco"}, "cost": 500},
                    {"id": "bici", "titles": {"it": "Bici"}, "cost": "300.5"}],
        "ballot": {"type": "bitmap", "max": 1}, "budget": 1000,
        "rule": "greedy-votes",
    }
    for slug in ("voto", "muta"):
        with open(town.path("space.json"), "w", encoding="utf-8") as f:
            json.dump(dict(header, slug=slug), f)
        town.space("create", town.path("space.json"))
    with open(town.path("form.json"), "w", encoding="utf-8") as f:
        json.dump(form, f)
    town.space("form", "voto", town.path("form.json"))
    with open(town.path("space.json"), "w", encoding="utf-8") as f:
        json.dump(dict(header, slug="sigillo", trustees={
            "keys": [v.trustee.key.pk.hex()], "threshold": 1}), f)
    town.space("create", town.path("space.json"))
    v.sealed = town.object_hash("sigillo", "header")
    v.space = town.object_hash("voto", "header")
    v.mute = town.object_hash("muta", "header")
    v.form = town.object_hash("voto", "form")
    doc = json.loads(town.call("spaces_header").body)
    v.spki = wire.unb64url(doc["issuers"][0]["keys"]["vote"])
    town.params["hash"] = v.space.hex()


def token_keys(town, _):
    def body(slug):
        return json.dumps({"slug": slug, "purposes": ["vote"]}).encode()
    one, two = (town.want("staff_keys", 201, who="carla", body=body("poi"))
                for _ in range(2))
    if one.body != two.body:
        town.faults.append("staff_keys: not the same keys again")
    town.want("staff_keys", 400, "malformed", who="carla", body=b"{}")
    town.want("staff_keys", 422, "rule", who="carla", body=body("voto"))


def pictures(town, _):
    """One of each format, for a form that is made after."""
    for name in ("good.webp", "good.png", "good.jpg"):
        with open("tests/pictures/" + name, "rb") as f:
            body = f.read()
        said = json.loads(town.want("staff_picture", 201, who="carla",
                                    body=body).body)
        if said["hash"] != wire.H(body).hex():
            town.faults.append("staff_picture: %r" % said)
        got = town.want("pictures_get", 200, params={"hash": said["hash"]})
        if got.body != body or got.type != said["type"]:
            town.faults.append("pictures_get: %s as %s" % (name, got.type))
    town.picture = said["hash"]
    town.want("staff_picture", 422, "picture", who="carla", body=b"GIF89a")
    town.want("pictures_get", 404, "not-found")  # a header


def what_is_not_there(town, _):
    no = {"slug": "altro"}
    for name in ("pages_space", "pages_booth", "pages_check_space",
                 "pages_result", "spaces_header", "spaces_form",
                 "spaces_roll", "spaces_result", "spaces_ledger"):
        town.want(name, 404, "not-found", params=no)
    for name in ("pages_round", "result_ballots", "result_table"):
        town.want(name, 404, "not-found", params=no)
    for name in ("spaces_result", "spaces_ledger", "pages_round"):
        town.want(name, 404, "not-found")  # not yet
    for name in ("result_ballots", "result_table"):
        town.want(name, 403, "not-counted")
    town.want("spaces_form", 404, "not-found", params={"slug": "muta"})
    town.want("static_file", 404, "not-found", params={"name": "x.css"})
    town.want("log_tile", 404, "not-found", params={"path": "0/000"})
    for h in ("0" * 64, town.params["hash"].upper(), "ab"):
        town.want("spaces_object", 404, "not-found", params={"hash": h})
    town.want("staff_drain", 404, "not-found", params=no, who="carla",
              body=b"")


def posted(town, status, problem, round_, body, **how):
    town.want("ceremony_post", status, problem, body=body,
              params=dict(SEALED, round=round_),
              headers=[("Content-Type", how.get("media", NOTE))])


def ceremony(town, v):
    """All of it through the post box, and what does not belong there."""
    t = v.trustee
    t.ceremony(v.sealed)
    no = {"slug": "voto"}
    for name in OF_SEALED:
        town.want(name, 404, "not-found", params=no)
        if name != "ceremony_read":
            town.want(name, 404, "not-found", params=SEALED)
    town.want("ceremony_post", 404, "not-found", body=t.notes["commit"],
              headers=[("Content-Type", NOTE)])
    posted(town, 415, "media-type", "commit", b"x", media=OPENING)
    posted(town, 422, "ceremony", "commit", b"x")
    for kind in ("commit", "reveal", "share", "accept"):
        posted(town, 201, None, kind, t.notes[kind])
        posted(town, 200, None, kind, t.notes[kind])
    posted(town, 409, "ceremony-other", "commit", t.commit(1))
    for attempt in range(2, 21):
        posted(town, 201, None, "commit", t.commit(attempt))
    posted(town, 409, "ceremony-full", "commit", t.commit(21))
    box = json.loads(town.want("ceremony_read", 200, params=SEALED).body)
    if len(box["messages"]) != 23 or box["draft"] or box["signatures"]:
        town.faults.append("ceremony_read: %d messages" % len(box["messages"]))


def sealed_form(town, v):
    """Draft, signature, form."""
    t = v.trustee
    form = json.loads(town.want("spaces_form", 200).body)
    form.update(space_id=v.sealed.hex(), seal=t.seal())
    form = json.dumps(form, sort_keys=True, separators=(",", ":"),
                      ensure_ascii=False).encode()
    form_id = wire.H(form)

    def draft(status, problem, form_, params=None, transcript=t.transcript):
        town.want("ceremony_draft", status, problem, who="carla",
                  params=params or SEALED,
                  body=wire.posting(form_, transcript))
    draft(400, "malformed", b"")
    draft(404, "not-found", form, {"slug": "voto"})
    draft(422, "ceremony", form, transcript=b"{}")
    draft(201, None, form)
    posted(town, 422, "ceremony", "sign", t.signature(bytes(32)))
    posted(town, 201, None, "sign", t.signature(form_id))
    town.want("ceremony_transcript", 200, params=SEALED)
    payload = v.sealed + form_id + wire.u8(1) + t.sign(form_id)
    e = town.entry(FORM, payload)
    town.want("staff_entry", 201, who="olga", body=wire.posting(e, form))
    posted(town, 403, "ceremony-over", "commit", t.notes["commit"])
    draft(403, "ceremony-over", form)
    opened(town, 403, "nothing-to-open", b"x")


def opened(town, status, problem, body, **how):
    town.want("ceremony_open", status, problem, body=body,
              params=dict(SEALED, **how.get("params", {})),
              headers=[("Content-Type", how.get("media", OPENING))])


def sealed_vote(town, v):
    """One good ballot, and one with another's proof."""
    code = v.residents[3][0]
    town.run("resident", "collect", "--code", code, "--factor", BIRTH,
             "--space", "sigillo", "--out", town.path("sealed"),
             "--server", town.url())
    with open(town.path("sealed"), encoding="utf-8") as f:
        papers = json.load(f)
    key = wire.credential(wire.secret_of(papers["secret"]), v.sealed)
    token = wire.base64.b64decode(papers["spaces"][0]["tokens"]["vote"])
    form = town.object_hash("sigillo", "form")
    body = trustee2.point(5) + bytes(64) + bytes(17)
    cast(town, 422, "record-proof",
         wire.record(key, v.sealed, form, 0, body, token))
    ct = trustee2.seal2.Ballot({
        "space_id": v.sealed.hex(), "form_id": form.hex(),
        "pk": key.pk.hex(), "Y": trustee2.point(v.trustee.x).hex(),
        "seq": 0})
    r = trustee2.draw()
    shared = trustee2.seal2.encode(trustee2.seal2.times(
        r, trustee2.seal2.decode(trustee2.point(v.trustee.x))))
    point = trustee2.point(r)
    sealed = trustee2.seal2.seal(ct.key(point, shared), b"\x80",
                                 ct.bound(point))
    c, z = trustee2.seal2.schnorr(ct.context(point, sealed),
                                  trustee2.draw(), r)
    body = (point + trustee2.seal2.little(c) + trustee2.seal2.little(z) +
            sealed)
    cast(town, 201, None,
         wire.record(key, v.sealed, form, 0, body, token))


def opening(town, v):
    """The space is closed; its one trustee opens it, and it is counted."""
    counts = json.loads(town.want("staff_drain", 200, params=SEALED,
                                  who="carla", body=b"").body)
    e = town.entry(CLOSE, v.sealed + wire.u32(counts["records"]) +
                   wire.u32(counts["credentials"]))
    size = json.loads(town.want("staff_entry", 201, who="olga",
                                body=wire.posting(e)).body)["index"] + 1
    tile = town.want("log_tile", 200,
                     params={"path": "entries/000.p/%d" % size}).body
    entries_ = list(trustee2.bundle(tile))
    ballot, = (e for e in entries_ if e[0] == 7 and v.sealed in e)
    form = town.object_hash("sigillo", "form")
    file = v.trustee.opening(form, [wire.H(b"\0" + e) for e in entries_],
                             [ballot[107:139]])
    opened(town, 404, "not-found", file, params={"trustee": "2"})
    opened(town, 415, "media-type", file, media=NOTE)
    opened(town, 422, "opening", file[:-1] + bytes([file[-1] ^ 1]))
    opened(town, 201, None, file)
    opened(town, 200, None, file)
    if town.want("ceremony_opening", 200, params=SEALED).body != file:
        town.faults.append("ceremony_opening: another file")
    town.space("close", "sigillo")
    result = json.loads(town.want("spaces_result", 200, params=SEALED).body)
    if result["openings"] != [1] or result["scores"][0]["votes"] != 1:
        town.faults.append("the sealed result: %r" % result)


def too_early(town, v):
    body, auth = asked(v, v.residents[0][1])
    town.want("token_request", 403, "issuance-closed", body=body,
              headers=[("Content-Type", TOKEN), ("Authorization", auth)])
    cast(town, 403, "not-open", wire.record(
        wire.Key(), v.space, v.form, 0, b"\x80", bytes(256)))
    town.want("staff_drain", 409, "too-early", who="carla", body=b"")
    close = town.entry(CLOSE, v.space + wire.u32(0) + wire.u32(0))
    town.want("staff_entry", 409, "too-early", who="olga",
              body=wire.posting(close))


def changes_of_the_roll(town, v):
    """The sixth resident's letter is replaced."""
    old = v.residents[5][1]
    v.replaced = old
    row = wire.change(REPLACE, old.pk, wire.Key().pk, method=2)
    town.want("staff_change", 201, who="dora", body=row)
    town.want("staff_change", 409, "roll-change", who="dora", body=row)
    town.want("staff_change", 400, "malformed", who="dora", body=b"x")
    town.want("staff_change", 403, "staff-role", who="dora",
              body=wire.change(STRIKE, old.pk, space=v.space, method=4))
    waiting = town.want("staff_changes", 200, who="dora").body
    if waiting != row:
        town.faults.append("staff_changes: not the change that waits")
    other = wire.change(REPLACE, old.pk, wire.Key().pk, method=2)
    for doc, status, problem in ((other, 409, "roll-change"),
                                 (row, 201, None)):
        e = town.entry(ROLL_CHANGE, wire.u32(1) + wire.H(doc))
        town.want("staff_entry", status, problem, who="carla",
                  body=wire.posting(e, doc))


def an_issuer_elsewhere(town, v):
    """Changes reach it with the signature that is for the log's server."""
    def signed(who, body, path="/api/v1/staff/changes"):
        n = town.requests[who] = town.requests.get(who, 0) + 1
        return [("Authorization", wire.staff_authorization(
            town.keys[who], n, ORIGIN, "POST", path, body))]

    town.start_issuer()
    body = b'{"purposes":["vote"],"slug":"voto"}'
    path = "/api/v1/staff/keys"
    a = ask(town.issuer_port, "POST", path, signed("carla", body, path) + [
        ("Content-Type", "application/json")], body)
    if (a.status, a.problem) != (422, "rule"):
        town.faults.append("keys of a space that is there: %d" % a.status)
    body = body.replace(b"voto", b"altra")
    a = ask(town.issuer_port, "POST", path, signed("carla", body, path) + [
        ("Content-Type", "application/json")], body)
    if a.status != 201:
        town.faults.append("keys of an issuer: %d" % a.status)
    town.want("issuer_space", 200, params={"slug": "altra"})
    town.want("issuer_space", 404, "not-found", params={"slug": "nessuna"})
    old = v.residents[4][1]
    row = wire.change(REPLACE, old.pk, wire.Key().pk, method=2)
    other = wire.change(REPLACE, old.pk, wire.Key().pk, method=2)
    strike = wire.change(STRIKE, old.pk, space=v.space, method=4)
    for name, good in (("issuer_check", 204), ("issuer_change", 201)):
        for who, what, status, problem in (
                ("dora", row, good, None), ("dora", b"x", 400, "malformed"),
                ("dora", strike, 403, "staff-role")):
            town.want(name, status, problem, body=what,
                      headers=signed(who, what))
        town.want(name, 401, "staff-authorization", body=row)
        town.want(name, 401, "staff-authorization", body=row,
                  headers=signed("dora", other))
    town.want("issuer_change", 200, body=row, headers=signed("dora", row))
    for name in ("issuer_check", "issuer_change"):
        town.want(name, 409, "roll-change", body=other,
                  headers=signed("dora", other))


def a_witness(town, _):
    """A conversation with a witness of the log."""
    def body(old, note, proof=""):
        return b"old %d\n%s\n" % (old, proof.encode()) + note

    def add(status, problem, body):
        return town.want("witness_add", status, problem, body=body)

    note = town.want("log_checkpoint", 200).body
    size = int(note.split(b"\n")[1])
    town.start_witness()
    town.params["log"] = wire.H(ORIGIN.encode()).hex()
    town.want("witness_checkpoint", 404, "not-found")
    add(400, "malformed", b"x")
    add(400, "malformed", body(size + 1, note))
    add(404, "not-found", body(0, note.replace(b"contratto", b"altro", 1)))
    add(403, "witness-signature", body(0, note.replace(
        b"\n%d\n" % size, b"\n%d\n" % (size + 1), 1)))
    add(422, "witness-proof", body(0, note, "A" * 43 + "=\n"))
    line = add(200, None, body(0, note)).body
    if town.want("witness_checkpoint", 200).body != note + line:
        town.faults.append("witness_checkpoint: not what was cosigned")
    if add(409, None, body(0, note)).body != b"%d\n" % size:
        town.faults.append("witness_add: not the size that it has")
    add(200, None, body(size, note))


def entries(town, v):
    town.want("staff_entry", 400, "malformed", who="olga", body=b"x")
    payload = v.mute + wire.lp("un motivo")
    e = town.entry(CANCEL, payload)
    town.want("staff_entry", 422, "rule", who="olga",
              body=wire.posting(e[:-1] + bytes([e[-1] ^ 1])))


def asked(v, key, text=BIRTH, blinded=None, spki=None):
    return wire.ask(key, v.space, spki or v.spki,
                    blinded or wire.blinded_new(),
                    wire.factor(key.pk, text) if text else None)


def collecting(town, v):
    def post(status, problem, ask_, media=TOKEN):
        body, auth = ask_
        headers = [("Content-Type", media)]
        if auth is not None:
            headers.append(("Authorization", auth))
        town.want("token_request", status, problem, body=body, headers=headers)

    one, two = v.residents[1][1], v.residents[2][1]
    body, auth = mine = asked(v, one)
    post(415, "media-type", mine, "text/plain")
    post(422, "token-request", (body[:-1], auth))
    other = bytes([body[2] ^ 1])
    post(422, "unknown-token-key", (body[:2] + other + body[3:], auth))
    post(401, "authorization", (body, None))
    post(401, "not-on-roll", asked(v, wire.Key()))
    post(401, "code-replaced", asked(v, v.replaced))
    post(401, "roll-signature", (body, asked(v, one)[1]))
    post(401, "factor", asked(v, one, None))
    post(200, None, mine)
    post(200, None, mine)
    post(409, "already-issued", asked(v, one))
    for _ in range(5):  # each is sent twice, the second time for a page
        post(401, "factor", asked(v, two, "1970-01-01"))
    post(403, "factor-locked", asked(v, two))
    town.run("resident", "collect", "--code", v.residents[0][0], "--factor",
             BIRTH, "--space", "voto", "--out", town.path("papers"),
             "--server", town.url())


def cast(town, status, problem, body, media=RECORD):
    town.want("records_cast", status, problem, body=body,
              headers=[("Content-Type", media)])


def casting(town, v):
    with open(town.path("papers"), encoding="utf-8") as f:
        papers = json.load(f)
    key = wire.credential(wire.secret_of(papers["secret"]), v.space)
    token = wire.base64.b64decode(papers["spaces"][0]["tokens"]["vote"])

    def ballot(seq, body, key=key, space=v.space, token=token):
        return wire.record(key, space, v.form, seq, body,
                           token if seq == 0 else b"")
    first = ballot(0, b"\x80")
    cast(town, 415, "media-type", first, "text/plain")
    cast(town, 422, "record-format", b"x")
    cast(town, 404, "unknown-space", ballot(0, b"\x80", space=bytes(32)))
    cast(town, 403, "form-missing", ballot(0, b"\x80", space=v.mute))
    weak = first[:67] + bytes(32) + first[99:]  # not a point of the group
    cast(town, 422, "record-key", weak)
    cast(town, 422, "record-body", ballot(0, b"\xc0"))
    cast(town, 403, "record-token", ballot(0, b"\x80", token=bytes(256)))
    cast(town, 403, "record-signature", first[:-1] + bytes([first[-1] ^ 1]))
    cast(town, 201, None, first)
    cast(town, 200, None, first)
    cast(town, 409, "seq-used", ballot(0, b"\x40"))
    cast(town, 409, "seq-gap", ballot(2, b"\x40"))
    cast(town, 409, "seq-limit", ballot(3, b"\x40"))
    cast(town, 201, None, ballot(1, b"\x40"))
    v.late = ballot(2, b"\x80")


def after_the_end(town, v):
    cast(town, 403, "not-open", v.late)
    for _ in range(2):
        a = town.want("staff_drain", 200, who="carla", body=b"")
    if json.loads(a.body) != {"credentials": 1, "records": 2}:
        town.faults.append("staff_drain: %r" % a.body)
    town.want("spaces_ledger", 200)
    said = wire.dispute(v.residents[1][1], v.space)
    town.want("records_dispute", 201, body=said)
    town.want("records_dispute", 422, "dispute", body=said)
    town.want("records_dispute", 400, "malformed", body=said[:-1])
    town.space("close", "voto")
    town.want("spaces_result", 200)
    pb = town.want("result_ballots", 200).body.decode()
    if "\nvoter_id;vote\n1;bici\n" not in pb:
        town.faults.append("result_ballots: %r" % pb)
    table = town.want("result_table", 200).body.decode()
    if "\r\nbici,Bici,,,300.5,1,1,1,1," not in table:
        town.faults.append("result_table: %r" % table)
    e = town.entry(CANCEL, v.mute + wire.lp("un motivo"))
    town.want("staff_entry", 201, who="olga", body=wire.posting(e))


# ---- What every operation does ----------------------------------------------

def every_refusal(town, _):
    """Refusals that do not depend on what an operation does."""
    for op in town.contract.operations.values():
        media = [("Content-Type", op.body_types[0])] if op.body_types else []
        body = b"" if op.body_types else None
        huge = "1" if body is None else "1000000000000"
        host = "other.example" if op.id == "records_cast" else CAST_HOST
        town.want(op.id, 400, "malformed", body=body, headers=media + [
            ("Accept-Language", "it"), ("Accept-Language", "en")])
        town.want(op.id, 411, "length-required", headers=media + [
            ("Transfer-Encoding", "chunked")])
        town.want(op.id, 413, "too-large", headers=media + [
            ("Content-Length", huge)])
        if op.status(421):
            town.want(op.id, 421, "wrong-host", body=body, headers=media,
                      host=host)
        if op.roles:
            refuse_staff(town, op, body)
        if op.status(503):
            refuse_busy(town, op)


def refuse_staff(town, op, body):
    town.want(op.id, 401, "staff-authorization", body=body)
    town.want(op.id, 401, "staff-authorization", body=body,
              headers=[town.sign(op, "carla", "/another/path", b"")])
    if op.status(403):
        town.want(op.id, 403, "staff-role", body=body, who="olga")
    a = town.want(op.id, 409, "staff-number", body=body, who="carla", n=1)
    if a.problem and "last" not in json.loads(a.body):
        town.faults.append("%s: staff-number without last" % op.id)


def refuse_busy(town, op):
    """While one large body is on its way, another is not taken."""
    path = town.fill(op, {})
    name, value = town.sign(op, "carla", path, b"")
    large = [(name, value), ("Content-Length", str(2 << 20))]
    s = socket.create_connection(("127.0.0.1", town.port), 60)
    lines = ["POST %s HTTP/1.1" % path, "Host: x", "Expect: 100-continue"]
    lines += ["%s: %s" % h for h in large]
    s.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    if not s.recv(100).startswith(b"HTTP/1.1 100 "):
        town.faults.append("%s: a large body is not waited for" % op.id)
    town.want(op.id, 503, "unavailable", headers=large)
    s.shutdown(socket.SHUT_WR)
    while s.recv(4096):
        pass
    s.close()


def every_read(town, _):
    """What can be read, its HEAD, and its 304."""
    for op in town.contract.operations.values():
        if op.method != "GET":
            continue
        who = "carla" if op.roles else None
        slug = {"slug": "altra"} if op.id == "issuer_space" else \
            {"hash": town.picture} if op.id == "pictures_get" else \
            SEALED if op.id in OF_SEALED else {}
        a = town.want(op.id, 200, who=who, params=slug)
        if op.id == "static_file":
            for name in ("logo.svg", "booth.js", "licences.txt",
                         "titillium-400.woff2"):
                town.want(op.id, 200, params={"name": served(name)})
        if op.status(304):
            town.want(op.id, 304, params=slug,
                      headers=[("If-None-Match", a.headers["ETag"] or "?")])
        elif "ETag" in a.headers:
            town.faults.append("%s: 304 is not documented" % op.id)
        if op.roles:
            continue
        h = ask(town.port_of(op), "HEAD", town.fill(op, slug))
        if (h.status, h.type, h.body) != (200, a.type, b"") or \
                h.headers["Content-Length"] != str(len(a.body)):
            town.faults.append("%s: HEAD is not GET without body" % op.id)


def every_method(town, _):
    """OPTIONS names the methods; the others are refused with them."""
    paths = {}
    for op in town.contract.operations.values():
        paths.setdefault(op.path, []).append(op)
    for ops in paths.values():
        path = town.fill(ops[0], {})
        want = {"OPTIONS"} | {o.method for o in ops}
        if "GET" in want:
            want.add("HEAD")
        cors = not ops[0].roles and ops[0].doc["tags"] != ["pages"] and \
            not ops[0].id.startswith(("issuer_check", "issuer_change"))
        host = CAST_HOST if ops[0].id == "records_cast" else None
        for method, status, problem in (("OPTIONS", 204, None),
                                        ("DELETE", 405, "method-not-allowed")):
            a = ask(town.port_of(ops[0]), method, path, host=host)
            allow = set(a.headers.get("Allow", "").split(", "))
            if (a.status, a.problem, allow) != (status, problem, want):
                town.faults.append("%s %s: %d %s, Allow: %s" % (
                    method, path, a.status, a.problem, ", ".join(allow)))
            if cors != ("Access-Control-Allow-Origin" in a.headers):
                town.faults.append("%s %s: CORS" % (method, path))
    for path in ("/none", "/api/v1/spaces/", "/verific%61", "//"):
        a = ask(town.port, "GET", path)
        if (a.status, a.problem) != (404, "not-found"):
            town.faults.append("GET %s: %d" % (path, a.status))


def everything_was_seen(town, _):
    for name, status, media, problem in town.contract.unseen():
        if (name, status, problem) not in UNPROVOKED:
            town.faults.append("%s %d %s was never seen" % (
                name, status, problem or media or "without body"))
    for name, status, problem in UNPROVOKED:
        if (name, status, PROBLEM, problem) in town.contract.seen:
            town.faults.append("%s %s can be had" % (name, problem))


def the_audit_holds(town, _):
    town.run("verify", town.url(), program="partecipa-audit")


PHASES = (
    (T, prepare, token_keys, pictures, what_is_not_there, ceremony, sealed_form,
     too_early, changes_of_the_roll, an_issuer_elsewhere, a_witness, entries),
    (BEGIN + 50, collecting, casting, sealed_vote),
    (END + 1, after_the_end, opening, every_refusal, every_read, every_method,
     everything_was_seen, the_audit_holds),
)


def main():
    town, v = Town(sys.argv[1]), Vote()
    bad = 0
    try:
        town.faults += town.contract.faults()
        bad += check(town, "the file holds together")
        routes_agree(town)
        bad += check(town, "routes are the same on both sides")
        problems_agree(town)
        bad += check(town, "problems are the same on both sides")
        town.found()
        town.clock(T)
        town.start()
        for t, *steps in PHASES:
            town.clock(t)
            for step in steps:
                step(town, v)
                town.want("spaces_list", 200)  # in each phase of the spaces
                bad += check(town, step.__name__.replace("_", " "))
    finally:
        town.stop()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
