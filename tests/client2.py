"""A second client: what tests/vectors/client.json holds, made anew.

It shares no code and no cryptographic library with the first: Ed25519,
ristretto255 (RFC 9496), AES-256-GCM, PSS and HKDF are written out here, slowly
and for this purpose only, from docs/PROTOCOL.md and the standards.

    client2.py [VECTORS]    one line per case; exit status 1 if bytes differ
"""

import base64
import hashlib
import hmac
import json
import math
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
VECTORS = ROOT / "tests" / "vectors" / "client.json"

# --- edwards25519 and ristretto255 ------------------------------------------

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
ZERO = (0, 1, 1, 0)


def add(a: tuple, b: tuple) -> tuple:
    """The sum of two points in extended coordinates."""
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e = (y1 - x1) * (y2 - x2) % P
    f = (y1 + x1) * (y2 + x2) % P
    c = 2 * t1 * t2 * D % P
    d = 2 * z1 * z2 % P
    x, y, z, t = f - e, d - c, d + c, f + e
    return x * y % P, z * t % P, y * z % P, x * t % P


def mul(s: int, a: tuple) -> tuple:
    """The multiple of a point."""
    out = ZERO
    while s > 0:
        if s & 1:
            out = add(out, a)
        a = add(a, a)
        s >>= 1
    return out


def sqrt_ratio(u: int, v: int) -> tuple[bool, int]:
    """RFC 9496 4.2: whether u/v is a square, and a root."""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    flipped = check in (-u % P, -u * SQRT_M1 % P)
    if flipped:
        r = r * SQRT_M1 % P
    square = check in (u % P, -u % P)
    return square, (P - r if r & 1 else r)


def base_point() -> tuple:
    """The one with y = 4/5."""
    y = 4 * pow(5, -1, P) % P
    square, x = sqrt_ratio(y * y - 1, D * y * y + 1)
    assert square
    return x, y, 1, x * y % P


B = base_point()


def ed_encode(a: tuple) -> bytes:
    """RFC 8032 5.1.2."""
    z = pow(a[2], -1, P)
    x, y = a[0] * z % P, a[1] * z % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def ristretto_decode(s: bytes) -> tuple:
    """RFC 9496 4.3.1."""
    v = int.from_bytes(s, "little")
    assert v < P and v & 1 == 0
    u1, u2 = (1 - v * v) % P, (1 + v * v) % P
    w = (-D * u1 * u1 - u2 * u2) % P
    square, i = sqrt_ratio(1, w * u2 * u2)
    x = 2 * v * (i * u2) % P
    x = P - x if x & 1 else x
    y = u1 * (i * (i * u2) * w) % P
    t = x * y % P
    assert square and t & 1 == 0 and y != 0
    return x, y, 1, t


def ristretto_encode(a: tuple) -> bytes:
    """RFC 9496 4.3.2."""
    x, y, z, t = a
    u1, u2 = (z + y) * (z - y) % P, x * y % P
    _, i = sqrt_ratio(1, u1 * u2 * u2)
    d1, d2 = i * u1 % P, i * u2 % P
    z_inv = d1 * d2 * t % P
    den = d2
    if t * z_inv % P & 1:
        _, half = sqrt_ratio(1, -1 - D)
        x, y = y * SQRT_M1 % P, x * SQRT_M1 % P
        den = d1 * half % P
    if x * z_inv % P & 1:
        y = -y % P
    s = den * (z - y) % P
    return (P - s if s & 1 else s).to_bytes(32, "little")


def reduce64(wide: bytes) -> int:
    """64 little-endian bytes modulo the group's order."""
    return int.from_bytes(wide, "little") % Q


# --- Hashes, ciphers ----------------------------------------------------------


def sha256(*parts: bytes) -> bytes:
    """H."""
    return hashlib.sha256(b"".join(parts)).digest()


def sha512(*parts: bytes) -> bytes:
    """SHA-512."""
    return hashlib.sha512(b"".join(parts)).digest()


def hkdf(kind: str, ikm: bytes, info: bytes, n: int) -> bytes:
    """RFC 5869 with the salt of the protocol."""
    key = hmac.new(b"partecipa/v1", ikm, kind).digest()
    out, block, i = b"", b"", 0
    while len(out) < n:
        i += 1
        block = hmac.new(key, block + info + bytes([i]), kind).digest()
        out += block
    return out[:n]


def dst(label: str) -> bytes:
    """Domain separation."""
    return b"partecipa/v1/" + label.encode() + b"\0"


def u32(v: int) -> bytes:
    """Big-endian."""
    return v.to_bytes(4, "big")


def lp(s: bytes) -> bytes:
    """Its length before it."""
    return len(s).to_bytes(2, "big") + s


def sbox() -> list[int]:
    """FIPS 197 5.1.1."""
    out, p, q = [0x63] * 256, 1, 1
    while True:
        p = (p ^ p << 1 ^ (0x1B if p & 0x80 else 0)) & 0xFF
        for shift in (1, 2, 4):
            q = (q ^ q << shift) & 0xFF
        if q & 0x80:
            q ^= 0x09
        x = q
        for shift in (1, 2, 3, 4):
            x ^= (q << shift | q >> 8 - shift) & 0xFF
        out[p] = x ^ 0x63
        if p == 1:
            return out


SBOX = sbox()


def twice(v: int) -> int:
    """In the field of AES."""
    return (v << 1 ^ (0x1B if v & 0x80 else 0)) & 0xFF


def aes_schedule(key: bytes) -> list[bytes]:
    """The 15 round keys of AES-256."""
    w = [key[i:i + 4] for i in range(0, 32, 4)]
    rcon = 1
    for i in range(8, 60):
        t = w[i - 1]
        if i % 8 == 0:
            t = bytes(SBOX[b] for b in t[1:] + t[:1])
            t = bytes([t[0] ^ rcon]) + t[1:]
            rcon = twice(rcon)
        elif i % 8 == 4:
            t = bytes(SBOX[b] for b in t)
        w.append(bytes(a ^ b for a, b in zip(w[i - 8], t)))
    return [b"".join(w[i:i + 4]) for i in range(0, 60, 4)]


def aes(keys: list[bytes], block: bytes) -> bytes:
    """One block."""
    s = bytes(a ^ b for a, b in zip(block, keys[0]))
    for k in range(1, 15):
        s = bytes(SBOX[s[(i + 4 * (i % 4)) % 16]] for i in range(16))
        if k < 14:
            out = []
            for c in range(0, 16, 4):
                col = s[c:c + 4]
                for i in range(4):
                    a, b, d, e = (col[(i + j) % 4] for j in range(4))
                    out.append(twice(a) ^ twice(b) ^ b ^ d ^ e)
            s = bytes(out)
        s = bytes(a ^ b for a, b in zip(s, keys[k]))
    return s


def ghash(h: int, data: bytes) -> int:
    """NIST SP 800-38D 6.4."""
    y = 0
    for i in range(0, len(data), 16):
        y ^= int.from_bytes(data[i:i + 16], "big")
        z, v = 0, h
        for bit in range(127, -1, -1):
            if y >> bit & 1:
                z ^= v
            v = v >> 1 ^ (0xE1 << 120 if v & 1 else 0)
        y = z
    return y


def gcm(key: bytes, plain: bytes, ad: bytes) -> bytes:
    """AES-256-GCM with a nonce of zeros, the tag at the end."""
    def padded(s: bytes) -> bytes:
        return s + bytes(-len(s) % 16)

    keys = aes_schedule(key)
    h = int.from_bytes(aes(keys, bytes(16)), "big")
    ct = b""
    for i in range(0, len(plain), 16):
        pad = aes(keys, bytes(12) + u32(i // 16 + 2))
        ct += bytes(a ^ b for a, b in zip(plain[i:i + 16], pad))
    lengths = (8 * len(ad)).to_bytes(8, "big") + (
        8 * len(ct)).to_bytes(8, "big")
    tag = ghash(h, padded(ad) + padded(ct) + lengths)
    mask = int.from_bytes(aes(keys, bytes(12) + u32(1)), "big")
    return ct + (tag ^ mask).to_bytes(16, "big")


def pss_encode(msg: bytes, salt: bytes) -> bytes:
    """EMSA-PSS, SHA-384, for 2048 bits."""
    digest = hashlib.sha384(msg).digest()
    h = hashlib.sha384(bytes(8) + digest + salt).digest()
    db = bytes(256 - 48 - 1 - len(salt) - 1) + b"\1" + salt
    mask = b"".join(hashlib.sha384(h + u32(i)).digest() for i in range(5))
    masked = bytes(a ^ b for a, b in zip(db, mask))
    return bytes([masked[0] & 0x7F]) + masked[1:] + h + b"\xbc"


class Credential:
    """The Ed25519 key of one purpose, from its seed."""

    def __init__(self, seed: bytes) -> None:
        wide = hashlib.sha512(seed).digest()
        a = int.from_bytes(wide[:32], "little")
        self.a = a & (2**254 - 8) | 2**254
        self.prefix = wide[32:]
        self.pk = ed_encode(mul(self.a, B))

    def sign(self, msg: bytes) -> bytes:
        """RFC 8032 5.1.6."""
        r = reduce64(sha512(self.prefix, msg))
        point = ed_encode(mul(r, B))
        k = reduce64(sha512(point, self.pk, msg))
        return point + ((r + k * self.a) % Q).to_bytes(32, "little")


# --- The protocol -------------------------------------------------------------


def unhex(text: str) -> bytes:
    """Bytes."""
    return bytes.fromhex(text)


def encode(form: dict, choice: str) -> bytes:
    """Choices (PROTOCOL 3) from the words of the command line."""
    kind, m = form["ballot"]["type"], len(form["options"])
    items = choice.split(",") if choice else []
    if kind == "choice":
        return (int(choice) if choice else 0).to_bytes(2, "big")
    if kind == "bitmap":
        bits = bytearray((m + 7) // 8)
        for item in items:
            i = int(item) - 1
            bits[i // 8] |= 0x80 >> i % 8
        return bytes(bits)
    if kind == "points":
        points = [0] * m
        for item in items:
            option, n = item.split("=")
            points[int(option) - 1] = int(n)
        return b"".join(p.to_bytes(2, "big") for p in points)
    places = [int(item) for item in items]
    places += [0] * (form["ballot"]["max"] - len(places))
    return b"".join(p.to_bytes(2, "big") for p in places)


class Resident:
    """One secret in one space."""

    def __init__(self, secret: bytes, header: bytes) -> None:
        self.header = json.loads(header)
        self.space_id = sha256(header)
        self.ss = hkdf("sha256", secret, b"space" + self.space_id, 16)
        self.key = Credential(hkdf("sha256", self.ss, b"sign\1", 32))
        issuer = self.header["issuers"][0]
        spki = base64.urlsafe_b64decode(issuer["keys"]["vote"] + "==")
        self.key_id = sha256(spki)
        self.n = int.from_bytes(spki[-261:-5], "big")
        challenge = b"\0\2" + lp(issuer["name"].encode()) + b"\x20" + (
            self.space_id) + lp(self.header["origin_info"].encode())
        self.input = b"\0\2" + self.key.pk + sha256(challenge) + self.key_id
        self.counter = 0
        while not 0 < self.factor() < self.n or math.gcd(
                self.factor(), self.n) > 1:
            self.counter += 1

    def factor(self) -> int:
        """The blinding factor of this counter."""
        info = b"blind" + self.key_id + u32(self.counter)
        return int.from_bytes(hkdf("sha256", self.ss, info, 256), "big")

    def request(self) -> bytes:
        """What the issuer is asked."""
        salt = hkdf("sha256", self.ss, b"pss-salt" + self.key_id, 48)
        em = int.from_bytes(pss_encode(self.input, salt), "big")
        blinded = em * pow(self.factor(), 65537, self.n) % self.n
        return b"\0\2" + self.key_id[-1:] + blinded.to_bytes(256, "big")

    def finalize(self, answer: bytes) -> bytes:
        """The token."""
        s = int.from_bytes(answer, "big") * pow(self.factor(), -1, self.n)
        return (s % self.n).to_bytes(256, "big")

    def seal(self, form: dict, form_id: bytes, seq: int,
             choices: bytes) -> bytes:
        """The body of a sealed ballot (PROTOCOL 7.2)."""
        y = unhex(form["seal"]["key"])
        pk = self.key.pk
        info = b"seal" + form_id + u32(seq) + y + sha256(choices)
        r = reduce64(hkdf("sha512", self.ss, info, 64))
        big_r = ristretto_encode(mul(r, B))
        shared = ristretto_encode(mul(r, ristretto_decode(y)))
        k = sha512(dst("seal"), self.space_id, form_id, y, big_r, shared, pk,
                   u32(seq))[:32]
        ct = gcm(k, choices, form_id + pk + u32(seq) + big_r + y)
        ctx = (dst("pok") + self.space_id + form_id + pk + u32(seq) + y +
               big_r + ct)
        nonce = reduce64(hkdf("sha512", self.ss, b"pok" + sha512(ctx), 64))
        c = reduce64(sha512(ctx, ristretto_encode(mul(nonce, B))))
        z = (nonce + c * r) % Q
        return big_r + c.to_bytes(32, "little") + z.to_bytes(
            32, "little") + ct

    def record(self, text: str, seq: int, choice: str, token: bytes) -> bytes:
        """The ballot record."""
        form, form_id = json.loads(text), sha256(text.encode())
        body = encode(form, choice)
        if "seal" in form:
            body = self.seal(form, form_id, seq, body)
        raw = b"\1\1" + self.space_id + form_id + b"\1" + self.key.pk + (
            u32(seq)) + lp(body) + (token if seq == 0 else b"")
        return raw + self.key.sign(dst("record") + raw)


def main() -> int:
    """Compare all cases."""
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else VECTORS
    bad = 0
    for number, case in enumerate(json.loads(path.read_text())["tests"]):
        who = Resident(unhex(case["secret"]), case["header"].encode())
        token = who.finalize(unhex(case["answer"]))
        pairs = [("space_secret", who.ss, case["space_secret"]),
                 ("credential", who.key.pk, case["credential"]),
                 ("request", who.request(), case["request"]),
                 ("authenticator", token, case["authenticator"])]
        for i, r in enumerate(case["records"]):
            made = who.record(r["form"], r["seq"], r["choice"], token)
            pairs.append((f"record {i}", made, r["record"]))
        for name, made, want in pairs:
            same = made.hex() == want
            bad += not same
            print(f"{'ok' if same else 'not ok'} case {number}: {name}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
