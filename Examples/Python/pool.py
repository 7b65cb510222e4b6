"""May a pooled connection carry another request? Asked at checkout, without a round trip."""
import socket, time
from flatline import Monitor, is_reusable


def soon(condition):
    for _ in range(1000):
        if condition():
            return True
        time.sleep(0.005)
    raise SystemExit("pool.py: not seen")


with socket.create_server(("127.0.0.1", 0)) as server:
    def connection():
        near = socket.create_connection(server.getsockname())
        return near, server.accept()[0]

    near, far = connection()
    assert is_reusable(near), is_reusable(near).reason
    far.send(b"-ERR max number of clients reached\r\n")
    soon(lambda: is_reusable(near).reason == "unread bytes")
    # Nothing was consumed.
    assert near.recv(100).startswith(b"-ERR") and is_reusable(near)
    far.close()
    soon(lambda: is_reusable(near).reason == "half-closed")

    # With a monitor: all that its policy looks at, now.
    near, far = connection()
    with Monitor() as monitor:
        watched = monitor.watch(near, lambda change: None, policy="lan")
        assert monitor.look(watched) == "alive"
        far.close()
        soon(lambda: monitor.look(watched) == "dead")
print("a pool knows")
