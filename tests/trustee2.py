"""A trustee in Python, alone: her ceremony, her signature of the form, and her
opening, for tests/openapi_check.py.  The mathematics is that of seal2.py."""
import base64
import json
import secrets
import struct

import seal2
import wire


def b64(b):
    return base64.b64encode(b).decode()


def point(s):
    return seal2.encode(seal2.times(s, seal2.G))


def draw():
    return secrets.randbelow(seal2.Q - 1) + 1


def root_of(leaves):
    """RFC 6962."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return wire.H(b"\1" + root_of(leaves[:k]) + root_of(leaves[k:]))


class Trustee:
    """The only one of a space."""

    def __init__(self, origin):
        self.name = origin + "/trustee"
        self.key = wire.Key()
        self.space, self.x = b"", draw()
        self.notes = {}
        self.transcript = b""

    def note(self, *lines):
        text = "".join(line + "\n" for line in lines)
        sig = self.key.sign(text.encode())
        key_id = wire.H(self.name.encode() + b"\n\1" + self.key.pk)[:4]
        return "%s\n\u2014 %s %s\n" % (text, self.name, b64(key_id + sig))

    def message(self, kind, attempt, *parts):
        return self.note("partecipa/ceremony/v1 " + kind, b64(self.space),
                         str(attempt), "1", *map(b64, parts)).encode()

    def commit(self, attempt):
        """Of an attempt that goes no further."""
        return self.message("commit", attempt, point(draw()),
                            secrets.token_bytes(32))

    def ceremony(self, space):
        self.space = space
        a, e, which = self.x, draw(), wire.u32(1) + bytes([1, 1, 1])
        y, e_point = point(a), point(e)
        bindings, before = [], b""

        def say(kind, *parts):
            nonlocal before
            self.notes[kind] = self.message(kind, 1, *parts)
            before = wire.H(wire.dst("transcript") +
                            bytes([len(bindings) + 1]) + before +
                            wire.lp(self.notes[kind]))
            bindings.append(before)
        say("commit", e_point, wire.H(
            wire.dst("coefficients") + space + which + e_point + y))
        c, z = seal2.schnorr(wire.dst("possession") + space + which + before +
                             y, draw(), a)
        say("reveal", before, y, seal2.little(c), seal2.little(z))
        shared = seal2.encode(seal2.times(e, seal2.decode(e_point)))
        key = seal2.sha512(wire.dst("share"), space, wire.u32(1), b"\1\1",
                           e_point, e_point, shared)[:32]
        say("share", before, seal2.seal(key, seal2.little(a), before))
        self.notes["accept"] = self.message("accept", 1, before, y, y)
        document = {k + "s": [n.decode()] for k, n in self.notes.items()}
        document.update(attempt=1, space_id=space.hex(), version=1)
        self.transcript = json.dumps(
            document, sort_keys=True, separators=(",", ":"),
            ensure_ascii=False).encode()

    def seal(self):
        y = point(self.x).hex()
        return {"key": y, "shares": [y],
                "transcript": wire.H(self.transcript).hex()}

    def sign(self, form_id):
        return self.key.sign(wire.dst("form") + form_id)

    def signature(self, form_id):
        lines = ("partecipa/form-signature/v1", b64(self.space), b64(form_id),
                 "1", b64(self.sign(form_id)))
        return "".join(line + "\n" for line in lines).encode()

    def opening(self, form_id, leaves, points):
        """Of the R of the counted ballots, in order of their keys."""
        d = [seal2.encode(seal2.times(self.x, seal2.decode(p)))
             for p in points]
        head = (self.space + form_id + wire.u64(len(leaves)) +
                root_of(leaves) + b"\1")
        seed = seal2.open_seed(head, point(self.x), len(points), points, d)
        w = seal2.weights(seed, len(points))
        m, z_sum = seal2.weighted(w, points), seal2.weighted(w, d)
        k = draw()
        c = seal2.reduce64(seal2.sha512(
            wire.dst("dleq"), seed, seal2.encode(m), seal2.encode(z_sum),
            point(k), seal2.encode(seal2.times(k, m))))
        z = (k + c * self.x) % seal2.Q
        body = (b"\1" + head + wire.u32(len(points)) + b"".join(d) +
                seal2.little(c) + seal2.little(z))
        return body + self.key.sign(wire.dst("opening") + body)


def bundle(data):
    """The entries of a bundle (C2SP tlog-tiles)."""
    at = 0
    while at < len(data):
        n, = struct.unpack_from(">H", data, at)
        yield data[at + 2:at + 2 + n]
        at += 2 + n
