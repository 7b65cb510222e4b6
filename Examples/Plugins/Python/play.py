"""Reads looks, one a line, and prints what the detector says to each: for the test.

A look is a time, the retransmits of TCP_INFO or "-" without a reading, and the end of the connection."""
import ctypes, os, sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../Python"))
from flatline_plugin import (
    ABSTAINS, LEANS_DEAD, LEANS_SUSPICIOUS, SHOWS_END, UNCHANGED, Look, Opinion, TCPInfo)
from retransmitting import Retransmitting

NAMES = {UNCHANGED: "unchanged", ABSTAINS: "abstains", SHOWS_END: "end", LEANS_SUSPICIOUS: "suspicious",
         LEANS_DEAD: "dead"}
LAYERS = ["connection", "process", "host", "path", "link"]

detector = Retransmitting()
description = detector.description()
values = (type(detector.settings[0].standard) * 3)(*(setting.standard for setting in detector.settings))
state = detector.State()
for line in sys.stdin:
    now, retransmits, end = line.split()
    info = TCPInfo(size=ctypes.sizeof(TCPInfo), retransmits=0 if retransmits == "-" else int(retransmits))
    look = Look(size=ctypes.sizeof(Look), now_ns=int(now), end=int(end))
    if retransmits != "-":
        look.tcp_info = ctypes.pointer(info)
    opinion = Opinion(size=ctypes.sizeof(Opinion), time_ns=int(now))
    # As Flatline calls it, through C's types.
    description.examine(ctypes.byref(look), values, ctypes.addressof(state), ctypes.byref(opinion))
    words = [NAMES[opinion.leaning]]
    if opinion.leaning in (LEANS_SUSPICIOUS, LEANS_DEAD):
        facts = [f"{fact.name.decode()}={fact.value.integer}" for fact in opinion.facts[:opinion.fact_count]]
        words += [LAYERS[opinion.layer], opinion.cause.decode()] + facts
    print(" ".join(words))
