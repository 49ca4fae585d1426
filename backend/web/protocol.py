"""The HTTP/1.1 protocol of the server, which bounds the head of a request as the boundary bounds its body.

The parser gathers a head without any limit: one client could fill the memory with a header that never ends.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_LIMIT = 32 * 1024
"""Bytes of a request line and its headers; a browser sends about 1,000."""


class BoundedHead(HttpToolsProtocol):
    """A connection that is closed once the head of a request is over `HEAD_LIMIT` (RFC 6585, 431)."""

    _head = 0
    _reading_head = True

    def data_received(self, data: bytes) -> None:
        """Take what arrived; answer 431 and close when a head is still unfinished past the limit."""
        if self._reading_head and self._head + len(data) > HEAD_LIMIT and b"\r\n\r\n" not in data[:HEAD_LIMIT]:
            self._refuse(self.transport)
            return
        self._head += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Begin to count a head."""
        self._reading_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Stop counting: what follows is a body, which the boundary bounds."""
        self._reading_head, self._head = False, 0
        super().on_headers_complete()

    def _refuse(self, transport: asyncio.Transport) -> None:
        transport.write(b"HTTP/1.1 431 \r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
        transport.close()
