"""The worked examples of docs/PROTOCOL.md are those of tests/vectors.

    examples_check.py          compare, print one line per vector file
    examples_check.py --write  make the section anew from the vectors

A line reads "file.json[3].member = value"; a value of more than 140 characters
is shown by its first 96 and last 24, with its length.
"""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOC = ROOT / "docs" / "PROTOCOL.md"
VECTORS = ROOT / "tests" / "vectors"
BEGIN = "<!-- examples: made by tests/examples_check.py --write -->\n"

# What is shown, and in which order: file, members.
SHOWN = {
    "roll-code.json": ["typed", "code", "printed"],
    "recovery-code.json": ["kind", "secret", "printed"],
    "derive.json": ["label", "ikm", "out", "pk"],
    "header.json": ["header", "space_id", "challenge_digest_0", "window_ends"],
    "form.json": ["form", "form_id", "body_bytes"],
    "choices.json": ["form", "choices", "encoding"],
    "roll.json": ["roll", "roll_root", "size"],
    "token.json": ["secret", "token_challenge", "challenge_digest",
                   "token_key_id", "token_input", "pss_salt", "blinded_msg"],
    "ask.json": ["roll_pk", "salt", "blinded_msg", "c", "sig"],
    "ledger.json": ["ledger", "rows", "hash"],
    "record.json": ["seed", "pk", "seq", "body", "record", "leaf"],
    "client.json": ["secret", "space_secret", "credential", "request",
                    "authenticator"],
    "seal.json": ["ss", "choices", "pk", "seq", "Y", "r", "R", "S", "K", "k",
                  "pok_c", "pok_z", "ct", "body"],
    "ceremony.json": ["space_id", "trustees.0.commit", "trustees.0.reveal",
                      "trustees.0.share", "trustees.0.accept", "T_1",
                      "T_2", "T_3", "Y", "V", "transcript",
                      "transcript_hash"],
    "opening.json": ["trustee", "x", "R", "D", "seed", "M", "Z", "c", "z",
                     "opening"],
    "receipt.json": ["leaf", "window_end", "receipt"],
    "content.json": ["content", "salt", "commit", "body"],
    "entry.json": ["name", "kind", "payload", "entry", "leaf_hash"],
    "checkpoint.json": ["vkey", "size", "root", "checkpoint"],
    "proof.json": ["leaf", "index", "proof"],
    "tile.json": ["path", "level", "index", "width"],
    "sign.json": ["pk", "msg", "sig"],
}
# Of these files more than the first case is shown.
MORE = {"recovery-code.json": [0, -1], "choices.json": [1, 4, 7, 10],
        "record.json": [0, 1], "receipt.json": [0, 1], "entry.json": None,
        "derive.json": None}


def shown(value: object) -> str:
    """The value as the document shows it."""
    text = value if isinstance(value, str) else json.dumps(value)
    text = text.replace("\n", "\\n")
    if len(text) > 140:
        return f"{text[:96]}...{text[-24:]} ({len(text)} characters)"
    return text


def member_of(test: dict, path: str) -> object:
    """What stands at "a.0.b"; None where there is no such thing."""
    value: object = test
    for part in path.split("."):
        if isinstance(value, list):
            value = value[int(part)]
        else:
            value = value.get(part)
    return value


def lines_of(name: str) -> list[str]:
    """The lines for one vector file."""
    tests = json.loads((VECTORS / name).read_text())["tests"]
    which = MORE.get(name, [0])
    cases = range(len(tests)) if which is None else [
        i % len(tests) for i in which if -len(tests) <= i < len(tests)]
    out = []
    for i in cases:
        for member in SHOWN[name]:
            value = member_of(tests[i], member)
            if value is not None:
                out.append(f"{name}[{i}].{member} = {shown(value)}")
    return out


def section() -> str:
    """The whole section."""
    out = [BEGIN]
    for name in SHOWN:
        what = json.loads((VECTORS / name).read_text())["format"]
        out.append(f"\n**{name}**: {what}\n\n")
        out += [f"    {line}\n" for line in lines_of(name)]
    return "".join(out)


def main() -> int:
    """Compare or write."""
    text = DOC.read_text()
    head, _, tail = text.partition(BEGIN)
    if len(sys.argv) > 1 and sys.argv[1] == "--write":
        DOC.write_text(head + section())
        return 0
    bad = 0
    there = set((BEGIN + tail).splitlines())
    for path in sorted(VECTORS.glob("*.json")):
        if path.name in ("token-key.json", "verdicts.json"):
            continue
        missing = [path.name] if path.name not in SHOWN else [
            line for line in lines_of(path.name) if f"    {line}" not in there]
        bad += len(missing) > 0
        print(f"{'not ok' if missing else 'ok'} {path.name}", *missing[:3])
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
