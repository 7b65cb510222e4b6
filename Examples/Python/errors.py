"""What is wrong is told, in one line."""
import socket
from flatline import FlatlineError, Monitor


def refused(sock, policy):
    with Monitor() as monitor:
        try:
            monitor.watch(sock, lambda change: None, policy=policy)
        except FlatlineError as error:
            return str(error)
    raise SystemExit("errors.py: not refused")


with socket.socket() as fresh:
    assert refused(fresh, "lann").endswith('did you mean "lan"?')
    assert "it is not connected" in refused(fresh, "lan")
print("errors are told")
