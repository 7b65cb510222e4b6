#!/usr/bin/env python3
"""Connects, sends 100 bytes every 100 ms, and says when the other end is gone.

    watch.py [--unwatched] ADDRESS PORT

Exit status: 3 the peer is gone; 0 ten seconds went by. --unwatched leaves Flatline out.
"""
import socket, sys, threading
from flatline import Monitor


def main(words):
    unwatched = words[:1] == ["--unwatched"]
    address, port = words[unwatched:]
    gone = threading.Event()

    def on_change(change):
        print(f"{change.previous} -> {change.verdict} {change.cause or ''} ({change.reason})", flush=True)
        if change.verdict == "dead":
            gone.set()

    with socket.create_connection((address, int(port))) as peer, Monitor() as monitor:
        if not unwatched:
            monitor.watch(peer, on_change, policy="lan")
        print("connected, flatline", "left out" if unwatched else monitor.version, flush=True)
        for _ in range(100):
            if gone.wait(0.1):
                return 3
            peer.send(bytes(100))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
