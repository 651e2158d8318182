"""A process that dies when it, or anything it starts, opens an internet socket (seccomp, Linux).

Python cannot watch what Qt, OpenVINO or torch do by themselves; the kernel can.
"""

from __future__ import annotations

import ctypes
import platform
import sys

_SOCKET = {"x86_64": 41, "aarch64": 198}  # the number of the system call
_INET, _INET6 = 2, 10
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2


class _Step(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("value", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("steps", ctypes.POINTER(_Step)))


def possible() -> bool:
    return sys.platform == "linux" and platform.machine() in _SOCKET


def forbid_internet() -> None:
    """For this process and all that it starts, from here on. Raises OSError."""
    steps = (_Step * 7)(
        _Step(_LOAD, 0, 0, 0),  # the number of the call
        _Step(_EQUAL, 0, 4, _SOCKET[platform.machine()]),
        _Step(_LOAD, 0, 0, 16),  # its first argument, the family
        _Step(_EQUAL, 1, 0, _INET),
        _Step(_EQUAL, 0, 1, _INET6),
        _Step(_RETURN, 0, 0, _KILL),
        _Step(_RETURN, 0, 0, _ALLOW),
    )
    libc = ctypes.CDLL(None, use_errno=True)
    program = _Program(len(steps), steps)
    for call in ((_NO_NEW_PRIVILEGES, 1, 0, 0, 0), (_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0)):
        if libc.prctl(*call):
            raise OSError(ctypes.get_errno(), "no seccomp")
