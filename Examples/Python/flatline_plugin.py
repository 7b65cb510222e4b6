"""The structures of flatline_plugin.h for Python: detectors of one's own, for flatline.Monitor.register."""
import ctypes
from ctypes import (
    CFUNCTYPE, POINTER, Structure, c_char, c_char_p, c_double, c_int32, c_int64, c_uint8, c_uint32, c_uint64, c_void_p)

OPEN, PEER_FINISHED, ENDED = 0, 1, 2
UNCHANGED, ABSTAINS, LEANS_ALIVE, LEANS_SUSPICIOUS, LEANS_DEAD, SHOWS_END = range(6)
LAYER_CONNECTION, LAYER_PROCESS, LAYER_HOST, LAYER_PATH, LAYER_LINK = range(5)
DURATION, INTEGER, NUMBER, FLAG, CHOICE = range(1, 6)
READ_TCP_INFO, READ_UNREAD = 1, 2


class Value(Structure):
    _fields_ = [("integer", c_int64), ("number", c_double)]


class Setting(Structure):
    _fields_ = [
        ("key", c_char_p), ("summary", c_char_p), ("choices", c_char_p), ("kind", c_int32), ("reserved", c_int32),
        ("standard", Value), ("least", Value), ("most", Value)]


class HeldOption(Structure):
    _fields_ = [(name, c_int32) for name in (
        "level", "name", "value", "condition", "with_level", "with_name", "is_required", "reserved")]


class Needs(Structure):
    _fields_ = [
        ("size", c_uint32), ("readings", c_uint32), ("readiness", c_uint32), ("others", c_uint32),
        ("period_ns", c_uint64), ("first_look_ns", c_int64), ("leeway_ns", c_uint64), ("option_count", c_uint32),
        ("reserved", c_uint32), ("options", HeldOption * 8), ("refusal", c_char * 128)]


class TCPInfo(Structure):
    _fields_ = (
        [("size", c_uint32)] + [(name, c_uint8) for name in ("state", "retransmits", "probes", "backoff")]
        + [(name, c_uint32) for name in (
            "rto", "unacked", "last_data_sent", "last_data_recv", "last_ack_recv", "rtt", "rttvar", "min_rtt",
            "segs_out", "segs_in", "data_segs_out", "data_segs_in", "notsent_bytes", "rcv_ooopack")]
        + [(name, c_uint64) for name in ("bytes_acked", "bytes_received", "bytes_sent", "bytes_retrans")]
        + [("snd_wnd", c_int64)])


class Option(Structure):
    _fields_ = [("level", c_int32), ("name", c_int32), ("value", c_int32)]


class Look(Structure):
    _fields_ = [
        ("size", c_uint32), ("is_due", c_int32), ("now_ns", c_uint64), ("stall_ns", c_uint64), ("received", c_int64),
        ("readiness", c_uint32), ("is_challenged", c_int32), ("ping_outcome", c_int32), ("can_ping", c_int32),
        ("descriptor", c_int32), ("end", c_int32), ("end_cause", c_char * 32), ("unread", c_int64),
        ("tcp_info", POINTER(TCPInfo)), ("options", POINTER(Option)), ("changed", POINTER(Option)),
        ("option_count", c_uint32), ("changed_count", c_uint32), ("context", c_void_p)]


class Fact(Structure):
    _fields_ = [
        ("name", c_char * 24), ("kind", c_int32), ("reserved", c_int32), ("value", Value), ("text", c_char * 32)]


class Action(Structure):
    _fields_ = [("kind", c_int32), ("level", c_int32), ("name", c_int32), ("value", c_int32)]


class Opinion(Structure):
    _fields_ = [
        ("size", c_uint32), ("leaning", c_int32), ("layer", c_int32), ("is_conclusive", c_int32),
        ("is_half_close", c_int32), ("readiness", c_uint32), ("rests_on_reading", c_int32), ("fact_count", c_uint32),
        ("cause", c_char * 32), ("time_ns", c_uint64), ("lifetime_ns", c_uint64), ("next_ns", c_uint64),
        ("action_count", c_uint32), ("yields", c_int32), ("actions", Action * 8), ("facts", Fact * 8)]

    def accuse(self, leaning, layer, cause):
        self.leaning, self.layer, self.cause = leaning, layer, cause.encode()

    def add_count(self, name, count):
        fact = self.facts[self.fact_count]
        fact.name, fact.value.integer = name.encode(), count
        self.fact_count += 1


_Needs = CFUNCTYPE(None, POINTER(Value), POINTER(Needs))
_Begin = CFUNCTYPE(c_int32, POINTER(Look), POINTER(Value), c_void_p)
_Examine = CFUNCTYPE(None, POINTER(Look), POINTER(Value), c_void_p, POINTER(Opinion))


class Description(Structure):
    """flatline_detector."""

    _fields_ = [
        ("size", c_uint32), ("state_size", c_uint32), ("name", c_char_p), ("settings", POINTER(Setting)),
        ("setting_count", c_uint32), ("setting_size", c_uint32), ("context", c_void_p), ("needs", _Needs),
        ("begin", _Begin), ("examine", _Examine)]


# The sizes that flatline_plugin.h has.
assert [ctypes.sizeof(structure) for structure in (Setting, Needs, TCPInfo, Look, Opinion, Description)] == [
    80, 432, 104, 136, 864, 64]


def duration(key, standard_ns, least_ns, most_ns, summary):
    return Setting(
        key.encode(), summary.encode(), None, DURATION, 0, Value(standard_ns), Value(least_ns), Value(most_ns))


def integer(key, standard, least, most, summary):
    return Setting(key.encode(), summary.encode(), None, INTEGER, 0, Value(standard), Value(least), Value(most))


class Detector:
    """A detector of one's own: a name, settings, a state, needs(settings, needs) and
    examine(look, settings, state, opinion). One is made for a process; the state is the connection's.

    An exception in a method is printed, and the opinion is then as far as it was filled in."""

    name = ""
    settings = []  # what duration and integer make
    State = None  # a ctypes.Structure, at most 1024 bytes; zeroed at first

    def needs(self, settings, needs):
        raise NotImplementedError

    def examine(self, look, settings, state, opinion):
        raise NotImplementedError

    def description(self):
        """What Flatline gets. It keeps everything that it points to, so keep it as long as it is registered."""
        settings = (Setting * len(self.settings))(*self.settings)
        pointer = POINTER(self.State) if self.State else None

        def examine(look, values, state, opinion):
            state = ctypes.cast(state, pointer).contents if pointer else None
            self.examine(look.contents, [values[i] for i in range(len(settings))], state, opinion.contents)

        return Description(
            ctypes.sizeof(Description), ctypes.sizeof(self.State) if self.State else 0, self.name.encode(), settings,
            len(settings), ctypes.sizeof(Setting), None,
            _Needs(lambda values, needs: self.needs([values[i] for i in range(len(settings))], needs.contents)),
            _Begin(), _Examine(examine))
