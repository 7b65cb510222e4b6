"""Suspicious, then dead, after so many retransmission time-outs in a row."""
import ctypes
from flatline_plugin import (
    ABSTAINS, LAYER_PATH, LEANS_DEAD, LEANS_SUSPICIOUS, OPEN, SHOWS_END, Detector, duration, integer)


class Retransmitting(Detector):
    name = "retransmitting"
    settings = [
        integer("suspectAfter", 2, 1, 15, "Time-outs in a row that are suspicious."),
        integer("deadAfter", 4, 1, 15, "Time-outs in a row that are a death."),
        duration("period", 50_000_000, 10_000_000, 60_000_000_000, "Time between two looks."),
    ]

    class State(ctypes.Structure):
        _fields_ = [("standing", ctypes.c_int32)]

    def needs(self, settings, needs):
        needs.period_ns = settings[2].integer

    def examine(self, look, settings, state, opinion):
        if not look.tcp_info:
            return
        if look.end != OPEN:
            opinion.leaning = SHOWS_END
            return
        count = look.tcp_info.contents.retransmits
        leaning = (
            LEANS_DEAD if count >= settings[1].integer
            else LEANS_SUSPICIOUS if count >= settings[0].integer else ABSTAINS)
        if leaning == (state.standing or ABSTAINS):
            return
        state.standing = opinion.leaning = leaning
        if leaning != ABSTAINS:
            opinion.accuse(leaning, LAYER_PATH, "pathSilent")
            opinion.rests_on_reading = 1
            opinion.add_count("attempts", count)
