"""Connections end with the transport that they belong to."""

from __future__ import annotations

import socket

import httpcore
import pytest

from jupyter_ipfs.net.transport import _Network


def test_a_connection_that_another_thread_is_making_does_not_outlive_the_close() -> None:
    network = _Network(untrusted=False)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        # The pool learns of a connection only after this has returned.
        stream = network.connect_tcp("127.0.0.1", port)
        network.close()
        assert stream.get_extra_info("socket").fileno() == -1
        with pytest.raises(httpcore.ConnectError, match="closed"):
            network.connect_tcp("127.0.0.1", port)
