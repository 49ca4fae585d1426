"""A test reaches this machine and nothing else: names are not resolved, other addresses are refused."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import pytest

P = ParamSpec("P")
R = TypeVar("R")


class OutsideNetworkError(Exception):
    """A test tried to leave the machine."""


def is_local(host: object) -> bool:
    """Tell whether a host, as given to `connect` or `getaddrinfo`, is this machine."""
    if isinstance(host, bytes):
        host = host.decode()
    if host in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@contextmanager
def loopback_only() -> Iterator[None]:
    """Refuse, with `OutsideNetworkError`, every connection, datagram and look-up that leaves the machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name, host_of in (
            ("connect", _address_of_socket),
            ("connect_ex", _address_of_socket),
            ("sendto", _address_of_datagram),
        ):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name), host_of))
        patch.setattr(socket, "getaddrinfo", _guarded(socket.getaddrinfo, _address_of_look_up))
        yield


def _guarded(call: Callable[P, R], host_of: Callable[P, object]) -> Callable[P, R]:
    def guarded(*args: P.args, **options: P.kwargs) -> R:
        host = host_of(*args, **options)
        if not is_local(host):
            raise OutsideNetworkError(f"a test tried to reach {host!r}")
        return call(*args, **options)

    return guarded


def _address_of_socket(used: socket.socket, address: tuple[object, ...]) -> object:
    return address[0] if used.family in {socket.AF_INET, socket.AF_INET6} else None


def _address_of_datagram(used: socket.socket, *sent: tuple[object, ...]) -> object:
    return _address_of_socket(used, sent[-1])


def _address_of_look_up(host: object, *_args: object, **_options: object) -> object:
    return host
