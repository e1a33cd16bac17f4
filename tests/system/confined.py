"""Starts a program as its systemd unit would, where systemd itself does not run:

    confined.py <unit> <descriptor of a listening socket, or none> <program> <arguments...>

in an empty network namespace (PrivateNetwork=), without a capability (CapabilityBoundingSet=), without new ones
(NoNewPrivileges=), under the unit's own limits and its own filter of system calls (SystemCallFilter=,
RestrictAddressFamilies=, RestrictNamespaces=, MemoryDenyWriteExecute=), and with the socket handed over as
systemd does (sd_listen_fds(3)). systemd-analyze says what the sets of calls hold, libseccomp installs them.

What only systemd does is left out: the views of the file system (ProtectSystem=, PrivateTmp=, NoExecPaths= …) and
the rules of the control group (IPAddressDeny=, MemoryMax= …).
"""

import ctypes
import os
import pathlib
import resource
import subprocess
import sys

LIMITS = {"LimitCORE": resource.RLIMIT_CORE, "LimitMEMLOCK": resource.RLIMIT_MEMLOCK,
          "LimitNOFILE": resource.RLIMIT_NOFILE}
UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}

CLONE_NEWNET = 0x40000000
NAMESPACES = 0x7E020000  # Every CLONE_NEW… that there is, but for time.
PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP = 38, 24
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 1  # SCMP_ACT_ALLOW, SCMP_ACT_ERRNO(EPERM)
NOT_EQUAL, EQUAL, MASKED_EQUAL = 1, 4, 7    # SCMP_CMP_…
SCHED_FIFO, SCHED_RR = 1, 2
PROT_WRITE, PROT_EXEC, AF_UNIX = 2, 4, 1

libc = ctypes.CDLL(None, use_errno=True)


class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("how", ctypes.c_int), ("first", ctypes.c_uint64),
                ("second", ctypes.c_uint64)]


def must(result, what):
    if result != 0:
        raise OSError(f"{what}: {result}, {os.strerror(ctypes.get_errno())}")


def settings(unit):
    """{key: [values]} of [Service], in order."""
    found = {}
    section = ""
    for line in pathlib.Path(unit).read_text().splitlines():
        if line.startswith("["):
            section = line
        elif section == "[Service]" and "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            found.setdefault(key, []).append(value)
    return found


def calls_of(name):
    """The system calls of a name or, with @, a set of names."""
    if not name.startswith("@"):
        return {name}
    said = subprocess.run(["systemd-analyze", "syscall-filter", name], check=True, capture_output=True,
                          text=True).stdout
    words = [line.strip() for line in said.splitlines()[1:]]
    return set().union(*(calls_of(word) for word in words if word and not word.startswith("#")))


def allowed_calls(lines):
    """As systemd reads several SystemCallFilter= lines: the first says what is allowed, the others add and take."""
    allowed = calls_of("@default") | {"execve"}
    for line in lines:
        names = set().union(*(calls_of(word) for word in line.lstrip("~").split()))
        allowed = allowed - names if line.startswith("~") else allowed | names
    return allowed


class Filter:
    def __init__(self, otherwise):
        self.library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
        self.library.seccomp_init.restype = ctypes.c_void_p
        self.library.seccomp_init.argtypes = [ctypes.c_uint32]
        self.library.seccomp_rule_add_array.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint,
                                                        ctypes.POINTER(Comparison)]
        self.library.seccomp_load.argtypes = [ctypes.c_void_p]
        self.context = self.library.seccomp_init(otherwise)

    def rule(self, action, call, *comparisons):
        number = self.library.seccomp_syscall_resolve_name(call.encode())
        if number < 0:
            return  # Of another architecture.
        array = (Comparison * len(comparisons))(*comparisons)
        must(self.library.seccomp_rule_add_array(self.context, action, number, len(comparisons), array), call)

    def load(self):
        must(self.library.seccomp_load(self.context), "seccomp_load")


def refuse(call, *comparisons):
    one = Filter(ALLOW)
    one.rule(REFUSE, call, *comparisons)
    one.load()


def confine(unit):
    said = settings(unit)
    allowed = allowed_calls(said["SystemCallFilter"])  # Asked for while it can be.
    if said.get("PrivateNetwork") == ["yes"]:
        must(libc.unshare(CLONE_NEWNET), "unshare")
    for key, limit in LIMITS.items():
        value = said[key][0]
        number = int(value[:-1]) * UNITS[value[-1]] if value[-1] in UNITS else int(value)
        _, most = resource.getrlimit(limit)  # Which not everybody may raise.
        number = number if most == resource.RLIM_INFINITY else min(number, most)
        resource.setrlimit(limit, (number, number))
    os.umask(int(said["UMask"][0], 8))
    if said["CapabilityBoundingSet"] == [""]:
        for capability in range(64):
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    must(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    if said["MemoryDenyWriteExecute"] == ["yes"]:
        both = PROT_WRITE | PROT_EXEC
        refuse("mmap", Comparison(2, MASKED_EQUAL, both, both))
        refuse("mprotect", Comparison(2, MASKED_EQUAL, PROT_EXEC, PROT_EXEC))
        refuse("pkey_mprotect", Comparison(2, MASKED_EQUAL, PROT_EXEC, PROT_EXEC))
    if said["RestrictAddressFamilies"] == ["AF_UNIX"]:
        refuse("socket", Comparison(0, NOT_EQUAL, AF_UNIX, 0))
    if said["RestrictRealtime"] == ["yes"]:
        for policy in (SCHED_FIFO, SCHED_RR):
            refuse("sched_setscheduler", Comparison(1, EQUAL, policy, 0))
    if said["RestrictNamespaces"] == ["yes"]:
        refuse("unshare")
        refuse("setns")
        for bit in range(64):
            if NAMESPACES >> bit & 1:
                refuse("clone", Comparison(0, MASKED_EQUAL, 1 << bit, 1 << bit))
    calls = Filter(REFUSE)
    for call in sorted(allowed):
        calls.rule(ALLOW, call)
    calls.load()


def main():
    unit, socket, *command = sys.argv[1:]
    if socket != "none":
        os.dup2(int(socket), 3)
        os.environ["LISTEN_FDS"] = "1"
        os.environ["LISTEN_PID"] = str(os.getpid())
    confine(unit)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
