#!/usr/bin/env python3
"""terminal.py ANSWER... -- COMMAND...: run the command at a terminal of its own.

Each question (a text that ends in ": " or ") ") gets the next answer.  What the
terminal showed is printed; the exit status is the command's.
"""
import os
import pty
import sys

cut = sys.argv.index("--")
answers, command = sys.argv[1:cut], sys.argv[cut + 1:]
pid, fd = pty.fork()
if pid == 0:
    os.execv(command[0], command)
shown = seen = b""
while True:
    try:
        data = os.read(fd, 4096)
    except OSError:
        break
    if not data:
        break
    shown += data
    seen += data
    if answers and (seen.endswith(b": ") or seen.endswith(b") ")):
        os.write(fd, answers.pop(0).encode() + b"\n")
        seen = b""
sys.stdout.write(shown.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
