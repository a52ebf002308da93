"""Mail servers of the wrong kinds, on the loopback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hanging_server() -> Iterator[int]:
    """Accepts connections and never says a word. Yields its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listener:
        yield listener.getsockname()[1]


@contextmanager
def smtp_server(**replies: str) -> Iterator[tuple[int, list[str]]]:
    """Speaks just enough SMTP; `replies` overrides the answer to a command (`rcpt="550 no such mailbox"`).

    Yields the port and the list of what clients sent, line by line.
    """
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listener:
        thread = threading.Thread(target=_serve, args=(listener, replies, heard), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1], heard
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=5)


def _serve(listener: socket.socket, replies: dict[str, str], heard: list[str]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, connection.makefile("rwb") as stream:
            _converse(stream, replies, heard)


def _converse(stream, replies: dict[str, str], heard: list[str]) -> None:
    def say(text: str) -> None:
        stream.write(text.encode() + b"\r\n")
        stream.flush()

    say(replies.get("greeting", "220 loopback"))
    in_data = False
    for line in stream:
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        heard.append(text)
        command = text[:4].strip().lower()
        if in_data:
            if text == ".":
                in_data = False
                say(replies.get("content", "250 taken"))
        elif command == "data":
            in_data = True
            say("354 go on")
        elif command == "quit":
            say("221 bye")
            return
        else:
            say(replies.get(command, "250 fine"))
