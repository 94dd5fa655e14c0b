"""Processes that end with the one that forked them.

A worker host that is killed cannot end its cluster, and django-q2's processes notice nothing: they would go on,
unwatched, with the settings of their time, beside the host that is started in the place of theirs.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # Linux, prctl(2)


class EndWithParent:
    """Lets every process forked from now on, and theirs, be killed when its parent dies. Linux only.

    What they were doing has leases. The kernel means the thread that forked: fork from main threads only.
    """

    def __init__(self) -> None:
        self._parent = os.getpid()

    def arm(self) -> None:
        if sys.platform == "linux":
            self._libc = ctypes.CDLL(None)
            os.register_at_fork(before=self._remember, after_in_child=self._bind)

    def _remember(self) -> None:
        self._parent = os.getpid()

    def _bind(self) -> None:
        self._libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != self._parent:  # it died before the kernel was told
            os._exit(1)
