#!/usr/bin/env python3
"""Registers a detector in Python, connects, sends 100 bytes every 100 ms, and says when the other end is gone.

    watch.py ADDRESS PORT

Exit status: 3 the peer is gone; 0 ten seconds went by.
"""
import os, socket, sys, threading

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "../../Python"))
from flatline import Monitor
from retransmitting import Retransmitting


def main(address, port):
    gone = threading.Event()

    def on_change(change):
        print(f"{change.previous} -> {change.verdict} {change.cause or ''} ({change.reason})", flush=True)
        if change.verdict == "dead":
            gone.set()

    with socket.create_connection((address, int(port))) as peer, Monitor() as monitor:
        monitor.register(Retransmitting())
        monitor.watch(peer, on_change, policy=os.path.join(here, "../Policies/retransmitting.json5"))
        print("connected, flatline", monitor.version, flush=True)
        for _ in range(100):
            if gone.wait(0.1):
                return 3
            peer.send(bytes(100))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
