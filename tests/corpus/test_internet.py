"""Which addresses are of the public internet, and that connections go to those alone."""

from __future__ import annotations

import ipaddress

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus.web.internet import Internet, PublicOnly, is_public
from rag.errors import CorpusError

PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.216.34 100.63.255.255 100.128.0.0 126.255.255.255
128.0.0.0 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255
192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255
2001:200:: 2001:4860:4860::8888 2606:4700:4700::1111 2a00:1450:4001::200e 3ffe::1
::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1
"""
NOT_PUBLIC = """
0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255
127.0.0.1 127.255.255.255 168.63.129.16 169.254.0.0 169.254.169.254 172.16.0.0 172.31.255.255
192.0.0.1 192.0.0.9 192.0.0.170 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255
198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1
255.255.255.255
:: ::1 ::7f00:1 ::ffff:0:7f00:1 100::1 200::1 2001::1 2001:0:a00:1::1 2001:2::1 2001:10::1
2001:20::1 2001:db8::1 3fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%1 fec0::1
ff02::1 ff0e::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:224.0.0.1 ::ffff:0.0.0.0
64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::8.8.8.8
2002:7f00:1::1 2002:a00:1::1 2002:c0a8:1::1 2002:a9fe:a9fe::1
"""


@pytest.mark.parametrize("address", PUBLIC.split())
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_any_other_address_is_not(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_within_another_is_judged_as_itself(ip: ipaddress.IPv4Address) -> None:
    high, low = ip.packed[:2].hex(), ip.packed[2:].hex()
    for written in (f"::ffff:{ip}", f"64:ff9b::{ip}", f"2002:{high}:{low}::1"):
        assert is_public(written) == is_public(str(ip))


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_is_public(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert not (is_public(str(ip)) and ip.is_private)


class Table:
    """Hosts by a table; a connection to an address that ends in .9 is refused."""

    def __init__(self, **hosts: list[str]) -> None:
        self.hosts = hosts
        self.asked: list[str] = []
        self.reached: list[tuple[str, int]] = []

    def resolve(self, host: str) -> list[str]:
        self.asked.append(host)
        if host not in self.hosts:
            raise OSError("unknown")
        return self.hosts[host]

    def connect(self, address: str, port: int, timeout: float) -> httpcore.NetworkStream:
        assert 0 < timeout <= 5
        self.reached.append((address, port))
        if address.endswith(".9"):
            raise httpcore.ConnectError("refused")
        return httpcore.MockStream([])


def test_the_first_address_that_answers_is_connected_to() -> None:
    table = Table(paper=["8.8.8.9", "8.8.4.4", "1.1.1.1"])
    connections = PublicOnly(table, seconds=30)
    connections.connect_tcp("paper", 443)
    assert table.reached == [("8.8.8.9", 443), ("8.8.4.4", 443)]


def test_a_host_is_resolved_once() -> None:
    table = Table(paper=["8.8.8.8"])
    connections = PublicOnly(table, seconds=30)
    connections.connect_tcp("paper", 80)
    table.hosts["paper"] = ["10.0.0.1"]
    connections.connect_tcp("paper", 80)
    assert (table.asked, table.reached) == (["paper"], [("8.8.8.8", 80)] * 2)


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("mixed", "not a public address: 10.0.0.1 (host mixed)"),
        ("dead", "no connection to dead"),
        ("none", "no address known of the host none"),
    ],
)
def test_hosts_that_are_not_connected_to(host: str, reason: str) -> None:
    table = Table(mixed=["8.8.8.8", "10.0.0.1"], dead=["8.8.8.9"])
    with pytest.raises(CorpusError) as refused:
        PublicOnly(table, seconds=30).connect_tcp(host, 80)
    assert str(refused.value) == reason
    assert not any(address == "8.8.8.8" for address, _ in table.reached)


def test_no_connection_is_begun_when_the_time_is_over() -> None:
    table = Table(paper=["8.8.8.8"])
    with pytest.raises(httpcore.TimeoutException):
        PublicOnly(table, seconds=0).connect_tcp("paper", 80)
    assert table.reached == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "localhost"])
def test_the_machine_itself_is_not_public_however_it_is_written(host: str) -> None:
    with pytest.raises(CorpusError, match="not a public address: (127.0.0.1|::1) "):
        PublicOnly(Internet(), seconds=30).connect_tcp(host, 80)


@pytest.mark.parametrize("host", ["a..b", ".a", "a" * 64 + ".com"])
def test_what_is_no_host_name_has_no_address(host: str) -> None:
    with pytest.raises(CorpusError, match="no address known of the host"):
        PublicOnly(Internet(), seconds=30).connect_tcp(host, 80)
