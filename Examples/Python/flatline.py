"""Flatline for Python: a thin layer of ctypes over libflatline.so (see flatline.h)."""
import ctypes, ctypes.util, functools, os
from ctypes import CFUNCTYPE, POINTER, byref, c_char, c_char_p, c_int, c_int32, c_uint32, c_uint64, c_void_p
from typing import NamedTuple, Optional

VERDICTS = ["alive", "suspect", "half-closed", "dead"]


class FlatlineError(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Change(NamedTuple):
    """A verdict that differs from the one before."""

    verdict: str
    previous: str
    cause: Optional[str]
    reason: str
    is_half_close: bool
    time_ns: int
    is_orderly: bool  # the peer closed it between requests: no failure


class _Error(ctypes.Structure):
    _fields_ = [("code", c_int32), ("message", c_char * 508)]


class _Change(ctypes.Structure):
    _fields_ = [
        ("size", c_uint32), ("verdict", c_int32), ("previous", c_int32), ("half_close", c_int32),
        ("connection", c_uint64), ("time_ns", c_uint64), ("cause", c_char_p), ("reason", c_char_p),
        ("orderly", c_int32), ("reserved", c_int32),
    ]


_Callback = CFUNCTYPE(None, POINTER(_Change), c_void_p)


@functools.cache
def _library():
    """FLATLINE_LIBRARY, or where the system finds it."""
    library = ctypes.CDLL(os.environ.get("FLATLINE_LIBRARY") or "libflatline.so.0")
    library.flatline_version.restype = c_char_p
    library.flatline_monitor_create.argtypes = [c_uint32, POINTER(c_void_p), POINTER(_Error)]
    library.flatline_monitor_destroy.argtypes = [c_void_p]
    library.flatline_watch.argtypes = [
        c_void_p, c_int, c_char_p, _Callback, c_void_p, POINTER(c_uint64), POINTER(_Error)]
    library.flatline_register_detector.argtypes = [c_void_p, c_void_p, POINTER(_Error)]
    library.flatline_unwatch.argtypes = [c_void_p, c_uint64]
    library.flatline_look_at.argtypes = [c_void_p, c_uint64]
    library.flatline_expect_pause.argtypes = [c_void_p, c_uint64, c_uint64]
    library.flatline_is_reusable.argtypes = [c_int, POINTER(c_int32)]
    library.flatline_reusability_text.argtypes = [c_int32]
    library.flatline_reusability_text.restype = c_char_p
    return library


class Reusability(NamedTuple):
    """Whether an idle connection may carry another request, and what speaks against it."""

    is_reusable: bool
    reason: str

    def __bool__(self):
        return self.is_reusable


def is_reusable(sock):
    """Asks the kernel alone: no round trip, and nothing is consumed."""
    library, reason = _library(), c_int32()
    found = library.flatline_is_reusable(sock.fileno(), byref(reason))
    return Reusability(bool(found), library.flatline_reusability_text(reason.value).decode())


class Monitor:
    """Watches sockets. Unwatch a socket, or close the monitor, before closing the socket."""

    def __init__(self):
        self._library = _library()
        self._pointer = c_void_p()
        self._callbacks = {}  # kept for as long as they may be called
        self._detectors = []
        error = _Error()
        self._check(self._library.flatline_monitor_create(0, byref(self._pointer), byref(error)), error)

    @property
    def version(self):
        return self._library.flatline_version().decode()

    def register(self, detector):
        """Adds a flatline_plugin.Detector to those that policies may name. Policies are read afterwards."""
        description, error = detector.description(), _Error()
        code = self._library.flatline_register_detector(self._pointer, byref(description), byref(error))
        self._check(code, error)
        self._detectors.append(description)

    def watch(self, sock, on_change, policy="fast-path"):
        """Tells each verdict to on_change, on Flatline's thread. Returns the name of the watch."""

        def told(pointer, _):
            change = pointer.contents
            on_change(Change(
                VERDICTS[change.verdict], VERDICTS[change.previous],
                change.cause.decode() if change.cause else None, change.reason.decode(),
                bool(change.half_close), change.time_ns, change.size >= 56 and bool(change.orderly)))

        callback, connection, error = _Callback(told), c_uint64(), _Error()
        code = self._library.flatline_watch(
            self._pointer, sock.fileno(), policy.encode(), callback, None, byref(connection), byref(error))
        self._check(code, error)
        self._callbacks[connection.value] = callback
        return connection.value

    def unwatch(self, connection):
        self._library.flatline_unwatch(self._pointer, connection)
        self._callbacks.pop(connection, None)

    def look(self, connection):
        """Looks now, with every detector, and returns the verdict; None for what is not watched."""
        verdict = self._library.flatline_look_at(self._pointer, connection)
        return VERDICTS[verdict] if verdict >= 0 else None

    def expect_pause(self, connection, seconds):
        """Until it ends, silence convicts nobody; 0 ends it now. False for what is not watched."""
        return self._library.flatline_expect_pause(self._pointer, connection, round(seconds * 1000)) == 0

    def close(self):
        self._library.flatline_monitor_destroy(self._pointer)
        self._pointer = c_void_p()
        self._callbacks = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @staticmethod
    def _check(code, error):
        if code != 0:
            raise FlatlineError(code, error.message.decode())
