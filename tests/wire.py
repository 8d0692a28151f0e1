"""What clients and staff send, in Python, from docs/PROTOCOL.md alone.

Signatures are libsodium's; what needs blind RSA is left to the C client.
"""
import base64
import ctypes
import ctypes.util
import hashlib
import hmac
import secrets
import struct

sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
if sodium.sodium_init() < 0:
    raise RuntimeError("libsodium does not start")

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
VOTE = 1


def H(b):
    return hashlib.sha256(b).digest()


def dst(name):
    return b"partecipa/v1/" + name.encode() + b"\0"


def lp(x):
    x = x.encode() if isinstance(x, str) else x
    return struct.pack(">H", len(x)) + x


def u8(n):
    return struct.pack(">B", n)


def u32(n):
    return struct.pack(">I", n)


def u64(n):
    return struct.pack(">Q", n)


def hkdf(ikm, info, n):
    """RFC 5869 with the salt of PROTOCOL 0."""
    prk = hmac.new(b"partecipa/v1", ikm, hashlib.sha256).digest()
    out = block = b""
    i = 0
    while len(out) < n:
        i += 1
        block = hmac.new(prk, block + info + bytes([i]), "sha256").digest()
        out += block
    return out[:n]


def b64url(b):
    return base64.urlsafe_b64encode(b).rstrip(b"=").decode()


def unb64url(s):
    return base64.urlsafe_b64decode(s + "=" * (-len(s) % 4))


class Key:
    """An Ed25519 key."""

    def __init__(self, seed=None):
        seed = seed or secrets.token_bytes(32)
        pk = ctypes.create_string_buffer(32)
        sk = ctypes.create_string_buffer(64)
        if sodium.crypto_sign_seed_keypair(pk, sk, seed) != 0:
            raise RuntimeError("libsodium made no key")
        self.pk, self.sk = pk.raw, sk.raw

    def sign(self, message):
        sig = ctypes.create_string_buffer(64)
        n = ctypes.c_ulonglong(len(message))
        if sodium.crypto_sign_detached(sig, None, message, n, self.sk) != 0:
            raise RuntimeError("libsodium did not sign")
        return sig.raw


# ---- Residents (PROTOCOL 4 and 5) -------------------------------------------

def code_new():
    c = "".join(secrets.choice(CROCKFORD) for _ in range(19))
    return c + CROCKFORD[H(c.encode())[0] >> 3]


def roll_key(code):
    return Key(hkdf(code.encode(), b"roll", 32))


def factor(pk, text):
    return H(dst("factor") + pk + text.encode())


def secret_of(recovery):
    """The 16 bytes behind a recovery code."""
    n = 0
    for c in recovery.replace("-", "")[:26]:
        n = n << 5 | CROCKFORD.index(c)
    return (n >> 2).to_bytes(16, "big")


def credential(secret, space_id):
    ss = hkdf(secret, b"space" + space_id, 16)
    return Key(hkdf(ss, b"sign" + u8(VOTE), 32))


def ask(key, space_id, spki, blinded, factor=None):
    """Body and Authorization of POST /token-request."""
    key_id = H(spki)
    salt = secrets.token_bytes(64)
    c = H(dst("ask") + salt + blinded)
    sig = key.sign(dst("issue") + space_id + key_id + c)
    auth = 'Roll key="%s", salt="%s", sig="%s"' % (
        b64url(key.pk), b64url(salt), b64url(sig))
    if factor is not None:
        auth += ', factor="%s"' % b64url(factor)
    return b"\0\2" + key_id[-1:] + blinded, auth


def blinded_new():
    """Some number below every modulus of 2048 bits."""
    return b"\0" + secrets.token_bytes(255)


def record(key, space_id, form_id, seq, body, tokens=b""):
    """A ballot (PROTOCOL 6)."""
    r = (u8(1) + u8(1) + space_id + form_id + u8(VOTE) + key.pk + u32(seq) +
         lp(body) + tokens)
    return r + key.sign(dst("record") + r)


def dispute(key, space_id):
    said = space_id + u8(0) + u8(VOTE)
    return said + key.pk + key.sign(dst("dispute") + said)


# ---- Staff (PROTOCOL 4, 8 and 10.1) -----------------------------------------

def change(action, old=bytes(32), new=bytes(32), space=bytes(32), method=0):
    return u8(action) + old + new + space + u8(method)


def staff_authorization(key, n, origin, method, path, body):
    sig = key.sign(dst("staff") + lp(origin) + u64(n) + lp(method) +
                   lp(path) + H(body))
    return 'Staff key="%s", n="%d", sig="%s"' % (
        b64url(key.pk), n, b64url(sig))


def entry(kind, payload, origin, n, keys):
    """A signed entry; every key uses the number n."""
    message = dst("entry") + lp(origin) + u64(n) + u8(kind) + payload
    e = u8(kind) + u8(1) + payload + u8(len(keys))
    for k in sorted(keys, key=lambda k: k.pk):
        e += k.pk + u64(n) + k.sign(message)
    return e


def posting(e, document=b""):
    return u32(len(e)) + e + u32(len(document)) + document
