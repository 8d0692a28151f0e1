"""A second sealing, ceremony and opening, written from docs/PROTOCOL.md 7.

It shares no line and no library with the C code (ristretto255, Ed25519 and
AES-GCM are here once more, slow and in variable time) and recomputes
tests/vectors/{seal,ceremony,opening}.json, one line of output per case.
Run in the top folder.
"""

import base64
import hashlib
import hmac
import json
import sys
from typing import Any

# ---- The curve: RFC 8032 5.1, RFC 9496 4 -------------------------------------

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
Element = tuple[int, int, int, int]
ZERO: Element = (0, 1, 1, 0)


class Refused(Exception):
    """What the vectors call "signature", "format" or "limit"."""


def positive(x: int) -> int:
    """The one of x and -x that is even."""
    return x if x % 2 == 0 else P - x


def sqrt_ratio(u: int, v: int) -> tuple[bool, int]:
    """Whether u/v is a square, and its root, or that of i u/v."""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    if check in (-u % P, -u * SQRT_M1 % P):
        r = r * SQRT_M1 % P
    return check in (u % P, -u % P), positive(r)


ONE_OVER_ROOT = sqrt_ratio(1, (-1 - D) % P)[1]


def plus(a: Element, b: Element) -> Element:
    """Their sum."""
    left = (a[1] - a[0]) * (b[1] - b[0])
    right = (a[1] + a[0]) * (b[1] + b[0])
    t, z = 2 * D * a[3] * b[3], 2 * a[2] * b[2]
    e, f, g, h = right - left, z - t, z + t, right + left
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(s: int, a: Element) -> Element:
    """The multiple."""
    out = ZERO
    while s:
        if s & 1:
            out = plus(out, a)
        a, s = plus(a, a), s >> 1
    return out


def minus(a: Element) -> Element:
    """The negative."""
    return -a[0] % P, a[1], a[2], -a[3] % P


def sum_of(parts: list[Element]) -> Element:
    """The sum of many."""
    out = ZERO
    for part in parts:
        out = plus(out, part)
    return out


def decode(data: bytes) -> Element:
    """A point of ristretto255, not the identity."""
    s = int.from_bytes(data, "little")
    if len(data) != 32 or s >= P or s % 2 == 1 or s == 0:
        raise Refused("signature")
    u1, u2 = 1 - s * s, 1 + s * s
    v = -D * u1 * u1 - u2 * u2
    square, root = sqrt_ratio(1, v * u2 * u2 % P)
    dx = root * u2
    x = positive(2 * s * dx % P)
    y = u1 * root * dx * v % P
    if not square or x * y % P % 2 == 1 or y == 0:
        raise Refused("signature")
    return x, y, 1, x * y % P


def encode(a: Element) -> bytes:
    """Its 32 bytes."""
    x, y, z, t = a
    u1, u2 = (z + y) * (z - y) % P, x * y % P
    root = sqrt_ratio(1, u1 * u2 * u2 % P)[1]
    d1, d2 = root * u1 % P, root * u2 % P
    inverse = d1 * d2 * t % P
    if t * inverse % P % 2 == 1:
        x, y = y * SQRT_M1 % P, x * SQRT_M1 % P
        d2 = d1 * ONE_OVER_ROOT % P
    if x * inverse % P % 2 == 1:
        y = -y
    return positive(d2 * (z - y) % P).to_bytes(32, "little")


BASE_Y = 4 * pow(5, -1, P) % P
BASE_X = sqrt_ratio(BASE_Y**2 - 1, D * BASE_Y**2 + 1)[1]
G: Element = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def scalar(data: bytes) -> int:
    """A canonical scalar."""
    s = int.from_bytes(data, "little")
    if len(data) != 32 or s >= Q:
        raise Refused("signature")
    return s


def reduce64(data: bytes) -> int:
    """reduce64."""
    assert len(data) == 64
    return int.from_bytes(data, "little") % Q


def little(s: int) -> bytes:
    """The encoding of a scalar."""
    return (s % Q).to_bytes(32, "little")


def ed25519_check(pk: bytes, message: bytes, sig: bytes) -> None:
    """A good signature; no attempt at the strict rule."""
    a_y = int.from_bytes(pk, "little")
    sign, y = a_y >> 255, a_y & (2**255 - 1)
    square, x = sqrt_ratio((y * y - 1) % P, (D * y * y + 1) % P)
    if sign:
        x = P - x
    h = int.from_bytes(
        hashlib.sha512(sig[:32] + pk + message).digest(), "little")
    point = plus(times(int.from_bytes(sig[32:], "little"), G),
                 minus(times(h % Q, (x, y, 1, x * y % P))))
    inverse = pow(point[2], -1, P)
    r = (point[1] * inverse % P) | (point[0] * inverse % P % 2) << 255
    if not square or r.to_bytes(32, "little") != sig[:32]:
        raise Refused("signature")


# ---- AES-256-GCM: FIPS 197, SP 800-38D ----------------------------------------

def xtime(b: int) -> int:
    """Twice b in the field of AES."""
    return (b << 1) ^ (0x11b if b & 0x80 else 0)


def sbox() -> list[int]:
    """The table."""
    table, p, q = [0x63] * 256, 1, 1
    while True:
        p ^= xtime(p) & 0xff
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q &= 0xff
        q ^= 0x09 if q & 0x80 else 0
        rotated = [(q << i | q >> (8 - i)) & 0xff for i in range(5)]
        x = 0x63
        for r in rotated:
            x ^= r
        table[p] = x
        if p == 1:
            return table


SBOX = sbox()


def aes(key: bytes, block: bytes) -> bytes:
    """One block."""
    words, c = [list(key[i:i + 4]) for i in range(0, 32, 4)], 1
    for i in range(8, 60):
        w = list(words[-1])
        if i % 8 == 0:
            w = [SBOX[b] for b in w[1:] + w[:1]]
            w[0] ^= c
            c = xtime(c)
        elif i % 8 == 4:
            w = [SBOX[b] for b in w]
        words.append([a ^ b for a, b in zip(words[i - 8], w)])
    keys = [sum(words[4 * i:4 * i + 4], []) for i in range(15)]
    state = [a ^ b for a, b in zip(block, keys[0])]
    for i in range(1, 15):
        state = [SBOX[b] for b in state]
        state = [state[(j + 4 * (j % 4)) % 16] for j in range(16)]
        if i < 14:
            mixed: list[int] = []
            for k in range(0, 16, 4):
                a = state[k:k + 4]
                mixed += [xtime(a[j]) ^ xtime(a[(j + 1) % 4]) ^
                          a[(j + 1) % 4] ^ a[(j + 2) % 4] ^ a[(j + 3) % 4]
                          for j in range(4)]
            state = mixed
        state = [a ^ b for a, b in zip(state, keys[i])]
    return bytes(state)


def ghash(h: int, data: bytes) -> int:
    """GHASH of whole blocks."""
    out = 0
    for i in range(0, len(data), 16):
        out ^= int.from_bytes(data[i:i + 16], "big")
        z, v = 0, h
        for bit in range(127, -1, -1):
            if out >> bit & 1:
                z ^= v
            v = v >> 1 ^ (0xe1 << 120 if v & 1 else 0)
        out = z
    return out


def padded(data: bytes) -> bytes:
    """Filled up with zeros."""
    return data + bytes(-len(data) % 16)


def gcm(key: bytes, data: bytes, ad: bytes, is_text: bool) -> bytes:
    """AEAD of the plain text, or of the ciphertext without its tag."""
    out = b""
    for i in range(0, len(data), 16):
        pad = aes(key, bytes(12) + (2 + i // 16).to_bytes(4, "big"))
        out += bytes(a ^ b for a, b in zip(data[i:i + 16], pad))
    ct = out if is_text else data
    tag = ghash(int.from_bytes(aes(key, bytes(16)), "big"),
                padded(ad) + padded(ct) + (8 * len(ad)).to_bytes(8, "big") +
                (8 * len(ct)).to_bytes(8, "big"))
    mask = int.from_bytes(aes(key, bytes(12) + b"\0\0\0\1"), "big")
    return out + (tag ^ mask).to_bytes(16, "big")


def seal(key: bytes, text: bytes, ad: bytes) -> bytes:
    """AEAD(K, text, ad)."""
    return gcm(key, text, ad, True)


def unseal(key: bytes, ct: bytes, ad: bytes) -> bytes:
    """The way back."""
    out = gcm(key, ct[:-16], ad, False)
    if len(ct) < 16 or out[-16:] != ct[-16:]:
        raise Refused("signature")
    return out[:-16]


# ---- PROTOCOL 0 ---------------------------------------------------------------

def dst(name: str) -> bytes:
    """DST(name)."""
    return b"partecipa/v1/" + name.encode() + b"\0"


def sha512(*parts: bytes) -> bytes:
    """SHA-512 of the parts."""
    return hashlib.sha512(b"".join(parts)).digest()


def sha256(*parts: bytes) -> bytes:
    """H of the parts."""
    return hashlib.sha256(b"".join(parts)).digest()


def hkdf512(ikm: bytes, info: bytes) -> bytes:
    """HKDF512(ikm, info, 64)."""
    prk = hmac.new(b"partecipa/v1", ikm, "sha512").digest()
    return hmac.new(prk, info + b"\1", "sha512").digest()


def u32(n: int) -> bytes:
    """u32."""
    return n.to_bytes(4, "big")


def expect(what: str, got: Any, want: Any) -> None:
    """The two are equal."""
    if got != want:
        raise AssertionError(f"{what} is {got!r}, the vector has {want!r}")


def schnorr(prefix: bytes, k: int, secret: int) -> tuple[int, int]:
    """c and z."""
    c = reduce64(sha512(prefix, encode(times(k, G))))
    return c, (k + c * secret) % Q


def schnorr_check(prefix: bytes, public: bytes, c: bytes, z: bytes) -> None:
    """zG - cP hashes to c."""
    point = plus(times(scalar(z), G), minus(times(scalar(c), decode(public))))
    if reduce64(sha512(prefix, encode(point))) != scalar(c):
        raise Refused("signature")


# ---- 7.2 Sealing --------------------------------------------------------------

class Ballot:
    """What a body is bound to."""

    def __init__(self, t: dict[str, Any]) -> None:
        self.space, self.form, self.pk, self.y = (
            bytes.fromhex(t[m]) for m in ("space_id", "form_id", "pk", "Y"))
        self.seq = u32(t["seq"])

    def key(self, r: bytes, s: bytes) -> bytes:
        """K."""
        return sha512(dst("seal"), self.space, self.form, self.y, r, s,
                      self.pk, self.seq)[:32]

    def bound(self, r: bytes) -> bytes:
        """What the tag is over, too."""
        return self.form + self.pk + self.seq + r + self.y

    def context(self, r: bytes, ct: bytes) -> bytes:
        """ctx."""
        return (dst("pok") + self.space + self.form + self.pk + self.seq +
                self.y + r + ct)


def seal_case(t: dict[str, Any]) -> None:
    """From ss and the choices to the body."""
    b, ss = Ballot(t), bytes.fromhex(t["ss"])
    choices = bytes.fromhex(t["choices"])
    r = reduce64(hkdf512(ss, b"seal" + b.form + b.seq + b.y +
                         sha256(choices)))
    expect("r", little(r).hex(), t["r"])
    point, shared = encode(times(r, G)), encode(times(r, decode(b.y)))
    expect("R", point.hex(), t["R"])
    expect("S", shared.hex(), t["S"])
    key = b.key(point, shared)
    expect("K", key.hex(), t["K"])
    ct = seal(key, choices, b.bound(point))
    expect("ct", ct.hex(), t["ct"])
    expect("opened", unseal(key, ct, b.bound(point)), choices)
    context = b.context(point, ct)
    expect("SHA-512(ctx)", sha512(context).hex(), t["context_hash"])
    k = reduce64(hkdf512(ss, b"pok" + sha512(context)))
    expect("k", little(k).hex(), t["k"])
    c, z = schnorr(context, k, r)
    expect("pok_c", little(c).hex(), t["pok_c"])
    expect("pok_z", little(z).hex(), t["pok_z"])
    expect("body", (point + little(c) + little(z) + ct).hex(), t["body"])


def seal_refused(t: dict[str, Any]) -> None:
    """Raises what is said of it."""
    b, body = Ballot(t), bytes.fromhex(t["body"])
    if len(body) < 112:
        raise Refused("format")
    point, ct = body[:32], body[96:]
    schnorr_check(b.context(point, ct), point, body[32:64], body[64:96])
    shared = encode(times(scalar(bytes.fromhex(t["x"])), decode(point)))
    unseal(b.key(point, shared), ct, b.bound(point))


# ---- 7.1 The ceremony ---------------------------------------------------------

def note(text: str, name: str, pk: bytes) -> bytes:
    """The text of a signed note, whose one signature is that of the key."""
    body, _, last = text.rpartition("\n\n")
    body += "\n"
    dash, who, data = last.rstrip("\n").split(" ")
    raw = base64.b64decode(data)
    expect("the name", (dash, who), ("\u2014", name))
    expect("the key's hash", raw[:4],
           sha256(name.encode() + b"\n\1" + pk)[:4])
    ed25519_check(pk, body.encode(), raw[4:])
    return body.encode()


def b64(data: bytes) -> str:
    """b64."""
    return base64.b64encode(data).decode()


def lp(text: str) -> bytes:
    """lp of a note."""
    data = text.encode()
    return len(data).to_bytes(2, "big") + data


def ceremony_case(t: dict[str, Any]) -> None:
    """From the coefficients to the transcript."""
    header, space = json.loads(t["header"]), bytes.fromhex(t["space_id"])
    expect("space_id", sha256(t["header"].encode()), space)
    people, n = t["trustees"], len(t["trustees"])
    name, threshold = header["origin"] + "/trustee", 2
    a = [[scalar(bytes.fromhex(p[m])) for m in ("a_0", "a_1")]
         for p in people]
    e = [scalar(bytes.fromhex(p["e"])) for p in people]
    e_points = [encode(times(s, G)) for s in e]
    binding, before = [], b""
    for i, kind in enumerate(("commit", "reveal", "share")):
        before = sha256(dst("transcript"), bytes([i + 1]), before,
                        *(lp(p[kind]) for p in people))
        binding.append(before)
        expect(f"T_{i + 1}", before.hex(), t[f"T_{i + 1}"])
    powers = [sum_of([times(a[i][k], G) for i in range(n)])
              for k in range(threshold)]
    v = [encode(plus(powers[0], times(j + 1, powers[1]))) for j in range(n)]
    y = encode(powers[0])
    expect("Y", y.hex(), t["Y"])
    expect("V", [p.hex() for p in v], t["V"])
    for i, p in enumerate(people):
        which = (space + u32(t["attempt"]) + bytes([i + 1, n, threshold]))
        points = [encode(times(s, G)) for s in a[i]]
        commitment = sha256(dst("coefficients"), which, e_points[i], *points)
        c, z = schnorr(dst("possession") + which + binding[0] +
                       b"".join(points),
                       scalar(bytes.fromhex(p["k"])), a[i][0])
        shares = []
        for j in range(n):
            key = sha512(dst("share"), space, u32(t["attempt"]),
                         bytes([i + 1, j + 1]), e_points[i], e_points[j],
                         encode(times(e[i], decode(e_points[j]))))[:32]
            share = (a[i][0] + a[i][1] * (j + 1)) % Q
            expect("a share", little(share).hex(),
                   people[j]["shares_to_her"][i])
            shares.append(seal(key, little(share), binding[1]))
        said = {
            "commit": [e_points[i], commitment],
            "reveal": [binding[0], *points, little(c), little(z)],
            "share": [binding[1], *shares],
            "accept": [binding[2], y, *v],
        }
        for kind, parts in said.items():
            lines = [f"partecipa/ceremony/v1 {kind}", b64(space),
                     str(t["attempt"]), str(i + 1), *map(b64, parts)]
            expect(kind, note(p[kind], name, bytes.fromhex(p["identity"])),
                   "".join(line + "\n" for line in lines).encode())
        x = sum(a[h][0] + a[h][1] * (i + 1) for h in range(n)) % Q
        expect("x", little(x).hex(), p["x"])
        expect("xG", encode(times(x, G)), v[i])
    document = {kind + "s": [p[kind] for p in people]
                for kind in ("commit", "reveal", "share", "accept")}
    document |= {"attempt": t["attempt"], "space_id": space.hex(),
                 "version": 1}
    expect("transcript", json.dumps(document, sort_keys=True,
                                    separators=(",", ":"),
                                    ensure_ascii=False), t["transcript"])
    expect("its hash", sha256(t["transcript"].encode()).hex(),
           t["transcript_hash"])


# ---- 7.3 Openings -------------------------------------------------------------

def open_seed(head: bytes, v: bytes, m: int, r: list[bytes],
              d: list[bytes]) -> bytes:
    """seed; head = all that stands before V in it."""
    return sha512(dst("open"), head, v, u32(m), *r, *d)


def weights(seed: bytes, m: int) -> list[int]:
    """w_1 .. w_m."""
    return [reduce64(sha512(seed, u32(i + 1))) for i in range(m)]


def weighted(w: list[int], points: list[bytes]) -> Element:
    """The sum of w_i P_i."""
    return sum_of([times(s, decode(p)) for s, p in zip(w, points)])


def opening_case(t: dict[str, Any]) -> None:
    """From x and the R to the file."""
    x, v = scalar(bytes.fromhex(t["x"])), bytes.fromhex(t["V"])
    r = [bytes.fromhex(p) for p in t["R"]]
    m = len(r)
    expect("V", encode(times(x, G)), v)
    d = [encode(times(x, decode(p))) for p in r]
    expect("D", [p.hex() for p in d], t["D"])
    head = (bytes.fromhex(t["space_id"]) + bytes.fromhex(t["form_id"]) +
            t["size"].to_bytes(8, "big") + bytes.fromhex(t["root"]) +
            bytes([t["trustee"]]))
    seed = open_seed(head, v, m, r, d)
    expect("seed", seed.hex(), t["seed"])
    w = weights(seed, m)
    big_m, big_z = weighted(w, r), weighted(w, d)
    expect("M", encode(big_m).hex(), t["M"])
    expect("Z", encode(big_z).hex(), t["Z"])
    k = reduce64(sha512(dst("nonce"), little(x), bytes.fromhex(t["random"]),
                        seed))
    c = reduce64(sha512(dst("dleq"), seed, encode(big_m), encode(big_z),
                        encode(times(k, G)), encode(times(k, big_m))))
    z = (k + c * x) % Q
    expect("c", little(c).hex(), t["c"])
    expect("z", little(z).hex(), t["z"])
    body = (b"\1" + head + u32(m) + b"".join(d) + little(c) + little(z))
    got = bytes.fromhex(t["opening"])
    expect("the opening", got[:-64].hex(), body.hex())
    judge_opening(t)


def judge_opening(t: dict[str, Any]) -> None:
    """Raises what is wrong with the file."""
    data, v = bytes.fromhex(t["opening"]), bytes.fromhex(t["V"])
    r = [bytes.fromhex(p) for p in t["R"]]
    if len(data) < 238 or data[0] != 1 or not 1 <= data[105] <= 9:
        raise Refused("format")
    m = int.from_bytes(data[106:110], "big")
    if m > 16777216:
        raise Refused("limit")
    if m == 0 or len(data) != 238 + 32 * m:
        raise Refused("format")
    ed25519_check(bytes.fromhex(t["identity"]),
                  dst("opening") + data[:-64], data[-64:])
    d = [data[110 + 32 * i:142 + 32 * i] for i in range(m)]
    c, z = scalar(data[-128:-96]), scalar(data[-96:-64])
    seed = open_seed(data[1:106], v, m, r, d)
    w = weights(seed, m)
    big_m, big_z = weighted(w, r), weighted(w, d)
    kg = plus(times(z, G), minus(times(c, decode(v))))
    km = plus(times(z, big_m), minus(times(c, big_z)))
    if c != reduce64(sha512(dst("dleq"), seed, encode(big_m), encode(big_z),
                            encode(kg), encode(km))):
        raise Refused("signature")


def combined_case(t: dict[str, Any], openings: list[dict[str, Any]]) -> None:
    """S of each ballot, of two trustees' D."""
    one, two = t["trustees"]
    lambdas = (two * pow(two - one, -1, Q) % Q,
               one * pow(one - two, -1, Q) % Q)
    expect("lambda", [little(s).hex() for s in lambdas],
           [t["lambda_0"], t["lambda_1"]])
    for i, s in enumerate(t["S"]):
        d = [decode(bytes.fromhex(openings[j - 1]["D"][i]))
             for j in (one, two)]
        expect("S", encode(plus(times(lambdas[0], d[0]),
                                times(lambdas[1], d[1]))).hex(), s)


# ---- All of it ----------------------------------------------------------------

def outcome(judge: Any, case: dict[str, Any]) -> str:
    """What is raised."""
    try:
        judge(case)
    except Refused as refused:
        return str(refused)
    return "accepted"


def main() -> int:
    """Each file; the first difference ends it."""
    for name, case, judge in (("seal", seal_case, seal_refused),
                              ("ceremony", ceremony_case, None),
                              ("opening", opening_case, judge_opening)):
        with open(f"tests/vectors/{name}.json", encoding="utf-8") as f:
            doc = json.load(f)
        for t in doc["tests"]:
            case(t)
        for t in doc.get("combined", []):
            combined_case(t, doc["tests"])
        for t in doc["refused"] if judge else []:
            expect(t["why"], outcome(judge, t), t["error"])
        print(f"ok {name}.json is what a second program makes of the text")
    return 0


if __name__ == "__main__":
    sys.exit(main())
