"""A child process that writes below a folder, and of whose system calls one is refused.

Whatever library makes them: the kernel itself asks about each (seccomp's user notification,
https://man7.org/linux/man-pages/man2/seccomp_unotify.2.html), so that what SQLite, FAISS, numpy and
the C library write is among them. On Linux, x86-64, whose numbers these are.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import select
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

# In the place of an error: half of what is to be written is, as the system may.
SHORT = 0

_SECCOMP, _PIDFD_GETFD = 317, 438
_SET_NO_NEW_PRIVILEGES, _SET_FILTER, _NEW_LISTENER = 38, 1, 8
_ALLOW, _ASK, _GO_ON = 0x7FFF0000, 0x7FC00000, 1
_LOAD, _IF_EQUAL, _IF_ANY, _RETURN = 0x20, 0x15, 0x45, 0x06
_RECEIVE, _ANSWER = 0xC0502100, 0xC0182101
_ASKED = struct.Struct("=QIIiIQ6Q")
# Where the number of a call lies in what is said of it, and the third of its arguments.
_NUMBER, _FLAGS = 0, 32
_HERE = -100
_LONGEST_PATH = 4096


class _Call(NamedTuple):
    """Which of its arguments is a descriptor, and which a path."""

    name: str
    descriptor: int | None = None
    path: int | None = None


_CALLS = {
    1: _Call("write", 0),
    18: _Call("pwrite64", 0),
    20: _Call("writev", 0),
    74: _Call("fsync", 0),
    75: _Call("fdatasync", 0),
    77: _Call("ftruncate", 0),
    82: _Call("rename", path=1),
    83: _Call("mkdir", path=0),
    84: _Call("rmdir", path=0),
    87: _Call("unlink", path=0),
    258: _Call("mkdirat", 0, 1),
    263: _Call("unlinkat", 0, 1),
    264: _Call("renameat", 2, 3),
    285: _Call("fallocate", 0),
    316: _Call("renameat2", 2, 3),
}
_OPENAT, _OPENED = 257, _Call("openat", 0, 1)


class Ended(NamedTuple):
    """How a child ended: its exit code, what it said on standard error, and which call was refused,
    with its place; ``None`` where it did not come to so many.
    """

    code: int
    said: str
    refused: str | None


def refusing(folder: Path, nth: int, error: int, work: Callable[[], int]) -> Ended:
    """Have a child do ``work``, whose ``nth`` call (from 0) that writes below ``folder`` fails with
    ``error``, or is :data:`SHORT`: those are counted that can be.

    Raises:
        OSError: this system cannot ask.
    """
    ours, theirs = socket.socketpair()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writing, sys.stderr.fileno())
        os._exit(_work(theirs, work))
    theirs.close()
    os.close(writing)
    with ours, os.fdopen(reading, encoding="utf-8", errors="replace") as stream:
        _, listeners, _, _ = socket.recv_fds(ours, 1, 1)
        refused = _answered(listeners[0], child, folder, nth, error) if listeners else None
        said = stream.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if not listeners:
        raise OSError(errno.ENOSYS, f"no calls can be refused here: {said.strip()}")
    return Ended(code, said, refused)


def _work(parent: socket.socket, work: Callable[[], int]) -> int:
    try:
        socket.send_fds(parent, [b"!"], [_listener()])
        parent.close()
        return work()
    except BaseException:
        traceback.print_exc()
        return 70
    finally:
        sys.stderr.flush()


def _listener() -> int:
    """From here on each call of :data:`_CALLS` waits for an answer, which this descriptor takes; of
    what is opened, what is opened for writing.
    """
    tests = [(_IF_EQUAL, len(_CALLS) - n + 3, 0, number) for n, number in enumerate(_CALLS)]
    lines = [
        *((_LOAD, 0, 0, _NUMBER), *tests, (_IF_EQUAL, 0, 2, _OPENAT)),
        *((_LOAD, 0, 0, _FLAGS), (_IF_ANY, 1, 0, os.O_WRONLY | os.O_RDWR | os.O_CREAT)),
        *((_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _ASK)),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in lines))
    program = struct.pack("@HP", len(lines), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    listener = int(libc.syscall(_SECCOMP, _SET_FILTER, _NEW_LISTENER, program))
    if listener < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return listener


def _answered(listener: int, child: int, folder: Path, nth: int, error: int) -> str | None:
    """Answer all that is asked, until the child has ended; gives the call that was refused."""
    waiting = select.poll()
    waiting.register(listener, select.POLLIN)
    seen, refused = 0, None
    while waiting.poll()[0][1] & select.POLLIN:
        asked = bytearray(_ASKED.size)
        fcntl.ioctl(listener, _RECEIVE, asked)
        number, pid, _, which, _, _, *arguments = _ASKED.unpack(asked)
        call = _CALLS.get(which, _OPENED)
        value, fault, going_on = 0, 0, _GO_ON
        place = _place(pid, call, arguments)
        if place.is_relative_to(folder) and (error or _halves(call, arguments)):
            if seen == nth:
                refused, going_on = f"{call.name} {place.relative_to(folder)}", 0
                value = _half(child, call, arguments) if error == SHORT else 0
                fault = -error
            seen += 1
        fcntl.ioctl(listener, _ANSWER, struct.pack("=QqiI", number, value, fault, going_on))
    os.close(listener)
    return refused


def _place(pid: int, call: _Call, arguments: list[int]) -> Path:
    """The file or folder that a call is about."""
    here = _HERE if call.descriptor is None else ctypes.c_int(arguments[call.descriptor]).value
    place = Path(f"/proc/{pid}/cwd" if here == _HERE else f"/proc/{pid}/fd/{here}").readlink()
    if call.path is None:
        return place
    name = _memory(pid, arguments[call.path], _LONGEST_PATH)
    return place / os.fsdecode(name.partition(b"\0")[0])


def _halves(call: _Call, arguments: list[int]) -> bool:
    return call.name in ("write", "pwrite64") and arguments[2] > 1


def _half(child: int, call: _Call, arguments: list[int]) -> int:
    """Write the first half in the child's place, by its own descriptor; gives how much that was."""
    process = os.pidfd_open(child)
    descriptor = int(ctypes.CDLL(None).syscall(_PIDFD_GETFD, process, arguments[0], 0))
    data = _memory(child, arguments[1], arguments[2] // 2)
    try:
        if call.name == "write":
            return os.write(descriptor, data)
        return os.pwrite(descriptor, data, arguments[3])
    finally:
        os.close(descriptor)
        os.close(process)


def _memory(pid: int, address: int, size: int) -> bytes:
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        memory.seek(address)
        return memory.read(size)
