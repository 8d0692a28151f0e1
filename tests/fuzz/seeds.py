#!/usr/bin/env python3
"""seeds.py OUT: good and bad inputs for the fuzz targets, from the vectors.

Writes OUT/fuzz_NAME/N for each value that the table below names, taken from
tests/vectors, tests/pb and tests/fuzz/texts; run in the top folder.
"""
import json
import os
import sys

HEX, TEXT = "hex", "text"

# target: (vector file, members, how they are written, bytes put before)
TABLE = {
    "fuzz_admit": [("record", ["record"], HEX, [b"\0", b"\1", b"\2"])],
    "fuzz_ceremony": [("ceremony", ["commit", "reveal", "share", "accept",
                                    "transcript"], TEXT, [b""])],
    "fuzz_checkpoint": [("checkpoint", ["checkpoint"], TEXT, [b""])],
    "fuzz_choices": [("choices", ["encoding"], HEX,
                      [b"\0", b"\1", b"\2", b"\3", b"\4"])],
    "fuzz_code": [("roll-code", ["typed"], TEXT, [b""]),
                  ("recovery-code", ["printed", "typed"], TEXT, [b""])],
    "fuzz_entry": [("entry", ["entry"], HEX, [b""])],
    "fuzz_form": [("form", ["form"], TEXT, [b""])],
    "fuzz_header": [("header", ["header"], TEXT, [b""])],
    "fuzz_json": [("header", ["header"], TEXT, [b""]),
                  ("form", ["form"], TEXT, [b""])],
    "fuzz_keyfile": [("token-key", ["pkcs8"], HEX, [b""]),
                     ("sign", ["pk"], HEX, [b""])],
    "fuzz_ledger": [("ledger", ["ledger"], HEX, [b""])],
    "fuzz_note": [("checkpoint", ["checkpoint", "vkey"], TEXT, [b""]),
                  ("receipt", ["receipt", "vkey"], TEXT, [b""])],
    "fuzz_opening": [("opening", ["opening"], HEX, [b""])],
    "fuzz_proof": [("proof", ["proof"], TEXT, [b""])],
    "fuzz_receipt": [("receipt", ["receipt"], TEXT, [b"\0", b"\1"])],
    "fuzz_record": [("record", ["record"], HEX, [b"\0", b"\1", b"\2"]),
                    ("content", ["body"], HEX, [b"\0"])],
    "fuzz_roll": [("roll", ["roll", "changes"], HEX, [b""])],
    "fuzz_seal": [("seal", ["body", "R", "Y", "r"], HEX, [b""])],
    "fuzz_spacefile": [("header", ["header"], TEXT, [b""]),
                       ("form", ["form"], TEXT, [b""])],
    "fuzz_tile": [("tile", ["path"], TEXT, [b""])],
    "fuzz_token": [("token", ["token_challenge", "token_input", "spki",
                              "request", "token"], HEX, [b""])],
}

# Inputs with a length before each entry.
ENTRIES = ("fuzz_world", "fuzz_source")


def values(doc, names):
    """Each string under one of the names, wherever it stands."""
    if isinstance(doc, dict):
        for key, value in doc.items():
            if key in names and isinstance(value, str):
                yield value
            else:
                yield from values(value, names)
    elif isinstance(doc, list):
        for value in doc:
            yield from values(value, names)


def vectors(name):
    with open(f"tests/vectors/{name}.json", encoding="utf-8") as f:
        return json.load(f)


def unseal():
    """One ballot, and an opening file of as many with a point for its D."""
    point = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f"
                          "58e30b6aa582dd8db6a65945e08d2d76")
    body = b"\x01" * 114
    file = (b"\x01" + bytes(64) + (9).to_bytes(8, "big") + bytes(32) + b"\x01"
            + (1).to_bytes(4, "big") + point + bytes(32) + bytes(32)
            + bytes(64))
    return len(body).to_bytes(2, "big") + body + bytes(2) + file


def seeds():
    for target, rows in TABLE.items():
        for name, members, how, before in rows:
            for value in values(vectors(name), members):
                data = bytes.fromhex(value) if how == HEX else value.encode()
                for first in before:
                    yield target, first + data
                if target in ("fuzz_ceremony", "fuzz_checkpoint",
                              "fuzz_receipt"):
                    # The text of the note, for the target to sign.
                    text = data.split(b"\n\n")[0] + b"\n"
                    yield target, before[-1] + text
    for value in values(vectors("entry"), ["entry"]):
        data = bytes.fromhex(value)
        for target in ENTRIES:
            first = b"" if target == "fuzz_world" else b"\0"
            yield target, first + len(data).to_bytes(2, "big") + data
            if target == "fuzz_world":
                yield target, b"\xff" + len(data).to_bytes(2, "big") + data
    yield "fuzz_unseal", unseal()
    for name in sorted(os.listdir("tests/pb")):
        with open(os.path.join("tests/pb", name), "rb") as f:
            yield "fuzz_pb", f.read()
    for name in sorted(os.listdir("tests/fuzz/texts")):
        with open(os.path.join("tests/fuzz/texts", name), "rb") as f:
            for part in f.read().split(b"\n%%\n"):
                yield name, part.replace(b"\\0", b"\0")


def main(out):
    n = {}
    for target, data in seeds():
        folder = os.path.join(out, target)
        os.makedirs(folder, exist_ok=True)
        n[target] = n.get(target, 0) + 1
        with open(os.path.join(folder, str(n[target])), "wb") as f:
            f.write(data)


main(sys.argv[1])
