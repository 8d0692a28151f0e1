"""docs/openapi.yaml as a contract: what was answered is held against it, and
what it promises and was never answered is remembered."""
import http.client
import json
import re

import yaml

METHODS = ("get", "post", "put", "patch", "delete")
URN = "urn:partecipa:problem:"
PROBLEM = "application/problem+json"


# ---- Schemas ----------------------------------------------------------------

def _type(v, name):
    if name in ("integer", "number"):
        return isinstance(v, int) and not isinstance(v, bool)
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool}
    return isinstance(v, kinds[name])


def _object(s, v, at, look):
    for name in s.get("required", []):
        if name not in v:
            yield "%s: %s is missing" % (at, name)
    if len(v) < s.get("minProperties", 0):
        yield "%s: too few members" % at
    known = s.get("properties", {})
    rest = s.get("additionalProperties", True)
    for name, value in v.items():
        if name in known:
            yield from look(known[name], value, "%s.%s" % (at, name))
        elif rest is False:
            yield "%s: %s is not in the schema" % (at, name)
        elif rest is not True:
            yield from look(rest, value, "%s.%s" % (at, name))


def _array(s, v, at, look):
    if not s.get("minItems", 0) <= len(v) <= s.get("maxItems", len(v)):
        yield "%s: %d items" % (at, len(v))
    if s.get("uniqueItems") and len({json.dumps(x) for x in v}) < len(v):
        yield "%s: an item is there twice" % at
    for i, x in enumerate(v):
        yield from look(s.get("items", {}), x, "%s[%d]" % (at, i))


def _plain(s, v, at):
    if isinstance(v, str):
        if not s.get("minLength", 0) <= len(v) <= s.get("maxLength", len(v)):
            yield "%s: %d characters" % (at, len(v))
        if "pattern" in s and not re.search(s["pattern"], v):
            yield "%s: %.60r does not match %s" % (at, v, s["pattern"])
    elif isinstance(v, int):
        if not s.get("minimum", v) <= v <= s.get("maximum", v):
            yield "%s: %d is out of range" % (at, v)


# What is not listed here would go unchecked.
KEYWORDS = {
    "$ref", "type", "description", "enum", "required", "properties",
    "additionalProperties", "minProperties", "items", "minItems", "maxItems",
    "uniqueItems", "pattern", "minLength", "maxLength", "minimum", "maximum",
}


class Operation:
    def __init__(self, contract, method, path, doc):
        self.method, self.path, self.doc = method.upper(), path, doc
        self.id = doc["operationId"]
        self.params = [contract.resolve(p) for p in doc.get("parameters", [])]
        self.responses = {str(k): contract.resolve(v)
                          for k, v in doc["responses"].items()}
        self.roles = doc.get("x-roles")
        body = contract.resolve(doc.get("requestBody", {}))
        self.body_types = list(body.get("content", {}))

    def status(self, status):
        return self.responses.get(str(status))

    def promises(self):
        """(status, media type or None, problem or None), but for default."""
        for status, r in self.responses.items():
            if status == "default":
                continue
            for media in r.get("content", {}) or [None]:
                yield int(status), media, None
            for name in r.get("x-problems", []):
                yield int(status), PROBLEM, name


class Contract:
    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.doc = yaml.safe_load(f)
        self.operations = {}
        for p, item in self.doc["paths"].items():
            for m in METHODS:
                if m in item:
                    op = Operation(self, m, p, item[m])
                    if op.id in self.operations:
                        raise ValueError("operationId %s twice" % op.id)
                    self.operations[op.id] = op
        self.seen = set()

    def resolve(self, node):
        while "$ref" in node:
            at = node["$ref"]
            node = self.doc
            for part in at[2:].split("/"):
                node = node[part]
        return node

    def judge(self, schema, v, at="body"):
        """Sentences about what does not fit."""
        unknown = set(schema) - KEYWORDS
        if unknown:
            yield "the schema at %s uses %s, which nobody checks" % (
                at, ", ".join(sorted(unknown)))
        s = self.resolve(schema)
        if s is not schema:
            yield from self.judge(s, v, at)
            return
        if "type" in s and not _type(v, s["type"]):
            yield "%s: not of the type %s" % (at, s["type"])
            return
        if "enum" in s and v not in s["enum"]:
            yield "%s: %r is none of %r" % (at, v, s["enum"])
        if isinstance(v, dict):
            yield from _object(s, v, at, self.judge)
        elif isinstance(v, list):
            yield from _array(s, v, at, self.judge)
        else:
            yield from _plain(s, v, at)

    def faults(self):
        """What is wrong with the file itself."""
        for op in self.operations.values():
            path = {p["name"] for p in op.params if p["in"] == "path"}
            if path != set(re.findall(r"{(\w+)}", op.path)):
                yield "%s: parameters of the path" % op.id
            if "summary" not in op.doc or "default" not in op.responses:
                yield "%s: summary or default response is missing" % op.id
            for status, r in op.responses.items():
                if "description" not in r:
                    yield "%s %s: no description" % (op.id, status)
                if (PROBLEM in r.get("content", {})) != ("x-problems" in r):
                    yield "%s %s: x-problems" % (op.id, status)
        yield from self._refs(self.doc)

    def _refs(self, node):
        if isinstance(node, list):
            for x in node:
                yield from self._refs(x)
        elif isinstance(node, dict):
            if "$ref" in node:
                try:
                    self.resolve(node)
                except KeyError:
                    yield "%s leads nowhere" % node["$ref"]
            for x in node.values():
                yield from self._refs(x)

    # ---- Answers ------------------------------------------------------------

    def take(self, op, a):
        """Hold an answer against the contract: sentences."""
        where = "%s %d" % (op.id, a.status)
        for name in ("Date", "Set-Cookie"):
            if name in a.headers:
                yield "%s: a header %s" % (where, name)
        r = op.status(a.status)
        if r is None:
            yield "%s: the status is not documented: %.200r" % (where, a.body)
            return
        content = r.get("content", {})
        if not content:
            self.seen.add((op.id, a.status, None, None))
            if a.body or a.type is not None:
                yield "%s: has a body or a media type" % where
            return
        if a.type not in content:
            yield "%s: the media type %s is not documented" % (where, a.type)
            return
        self.seen.add((op.id, a.status, a.type, None))
        for sentence in self._body(op, a, r, content[a.type]["schema"]):
            yield "%s: %s" % (where, sentence)

    def _body(self, op, a, r, schema):
        if not schema:
            return
        if a.type.startswith("text/") or a.type == "image/svg+xml":
            yield from self.judge(schema, a.body.decode("utf-8"))
            return
        v = json.loads(a.body)
        yield from self.judge(schema, v)
        if a.type == PROBLEM:
            if v["status"] != a.status:
                yield "another status in the problem: %d" % v["status"]
            if a.problem not in r["x-problems"]:
                yield "%s is not among its x-problems" % a.problem
            self.seen.add((op.id, a.status, PROBLEM, a.problem))

    def unseen(self):
        for op in self.operations.values():
            for promise in op.promises():
                if (op.id,) + promise not in self.seen:
                    yield (op.id,) + promise


# ---- Asking -----------------------------------------------------------------

class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.type = response.headers.get("Content-Type")
        self.body = response.read()
        self.problem = None
        if self.type == PROBLEM:
            self.problem = json.loads(self.body)["type"][len(URN):]


def ask(port, method, path, headers=(), body=None, host=None):
    """One request on a connection of its own.  ${headers} are pairs, sent as
    they are; a Content-Length is added to a body unless one is among them."""
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        c.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        c.putheader("Host", host or "127.0.0.1:%d" % port)
        names = {n.lower() for n, _ in headers}
        for name, value in headers:
            c.putheader(name, value)
        if body is not None and "content-length" not in names and \
                "transfer-encoding" not in names:
            c.putheader("Content-Length", str(len(body)))
        c.endheaders(body or None)
        return Answer(c.getresponse())
    finally:
        c.close()
