"""Prepare this process as a child of `trigpoint up` and replace it with another program.

Run as a script: `python -I -S launch.py PARENT_PID SIGNAL UID GID PROGRAM [ARGUMENT ...]`. It is a separate program
because a `preexec_fn` may deadlock in a process with threads. It ends in an exec, so the pid stays the same.

- On Linux the program receives SIGNAL when the thread that started it ends for any reason, including SIGKILL.
- PostgreSQL refuses to run as root. If everything belongs to root, in folders that nobody else can enter, the program
  runs as UID and GID with the single capability CAP_DAC_OVERRIDE, so that it can access what root can. No user is
  created and no folder is opened. A UID of -1 keeps the user. See capabilities(7).
"""

from __future__ import annotations

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE = 1
LINUX_CAPABILITY_VERSION_3 = 0x20080522


class CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class CapabilityWord(ctypes.Structure):
    """32 of the 64 capability bits; a call takes two words."""

    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]


def checked(call: str, result: int) -> None:
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{call}: {os.strerror(error)}")


def become(libc: ctypes.CDLL, uid: int, gid: int) -> None:
    """Switch from root to `uid` and `gid`, keeping only CAP_DAC_OVERRIDE. Raises OSError."""
    # Without this bit access(2) ignores capabilities, and PostgreSQL uses it to check that its binary is executable.
    checked("PR_SET_SECUREBITS", libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0))
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    bit = 1 << CAP_DAC_OVERRIDE
    words = (CapabilityWord * 2)(CapabilityWord(bit, bit, bit), CapabilityWord(0, 0, 0))
    checked("capset", libc.capset(ctypes.byref(CapabilityHeader(LINUX_CAPABILITY_VERSION_3, 0)), words))
    checked("PR_CAP_AMBIENT", libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0))
    checked("PR_SET_NO_NEW_PRIVS", libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def main() -> None:
    parent, signal, uid, gid = (int(argument) for argument in sys.argv[1:5])
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
        if uid >= 0:
            become(libc, uid, gid)
        # After the change of user, which would clear it.
        checked("PR_SET_PDEATHSIG", libc.prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0))
        if os.getppid() != parent:
            sys.exit("the process that started this one is gone")
    os.execv(sys.argv[5], sys.argv[5:])


if __name__ == "__main__":
    main()
