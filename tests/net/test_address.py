"""Where a connection may go, by the kind of address."""

from __future__ import annotations

import pytest

from jupyter_ipfs.errors import ConfigError, FetchError, UnsafeContentError
from jupyter_ipfs.net import address
from jupyter_ipfs.net.address import ConfiguredEndpoint, UntrustedURL

# From the IANA special-purpose registries (RFC 6890 and its updates).
PRIVATE = [
    "0.0.0.0",  # noqa: S104
    "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1",
    "::ffff:8.8.8.8", "::ffff:127.0.0.1",  # IPv4-mapped
    "64:ff9b::808:808", "64:ff9b:1::1",  # NAT64
    "2002:808:808::1", "2001:0:808:808::1",  # 6to4, Teredo
    "::8.8.8.8", "fec0::1", "100::1", "3fff::1", "5f00::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::8"]


@pytest.mark.parametrize("ip", PRIVATE)
def test_special_addresses_are_not_global(ip: str) -> None:
    assert not address.is_global(ip)


@pytest.mark.parametrize("ip", PUBLIC)
def test_ordinary_addresses_are_global(ip: str) -> None:
    assert address.is_global(ip)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//example.com/x",
        "http:///x",
        "http://user@example.com/",
        "http://example.com:99999/",
        "http://localhost/",
        "http://a.localhost:8080/",
        "http://printer.local/",
        "http://metadata.google.internal/",
        "http://127.0.0.1:8888/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
    ],
)
def test_an_address_from_outside_that_leads_inside_is_refused(url: str) -> None:
    with pytest.raises(UnsafeContentError):
        UntrustedURL.parse(url)


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f000001", "2130706433", "0"])
def test_a_name_that_leads_inside_is_refused_when_it_is_resolved(host: str) -> None:
    with pytest.raises(UnsafeContentError, match="not on the public internet"):
        address.resolve(host, 80, untrusted=True)


def test_a_name_that_leads_nowhere_is_told() -> None:
    with pytest.raises(FetchError, match="no address"):
        address.resolve("nowhere.invalid", 80, untrusted=False)


def test_what_is_configured_may_be_private() -> None:
    assert ConfiguredEndpoint.parse("http://127.0.0.1:5001/").url == "http://127.0.0.1:5001"
    assert address.resolve("127.0.0.1", 80, untrusted=False) == ["127.0.0.1"]
    assert "127.0.0.1" in address.resolve("bafy.ipfs.localhost", 80, untrusted=False)


@pytest.mark.parametrize("url", ["127.0.0.1:5001", "unix:///x", "http://joe:pw@host"])
def test_what_is_configured_must_be_an_address_without_credentials(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        ConfiguredEndpoint.parse(url)
    assert "pw" not in f"{caught.value.message}{caught.value.hint}"


def test_an_endpoint_covers_itself_and_its_sub_domains_at_its_own_door() -> None:
    endpoint = ConfiguredEndpoint.parse("https://gw.example")
    assert endpoint.covers("https://gw.example/ipfs/x")
    assert endpoint.covers("https://bafy.ipfs.gw.example:443/")
    for other in [
        "http://gw.example/",
        "https://gw.example:444/",
        "https://evil-gw.example/",
        "https://gw.example.evil/",
        "https://joe@gw.example/",
        "nonsense",
    ]:
        assert not endpoint.covers(other)


def test_what_is_shown_keeps_scheme_host_and_path_only() -> None:
    assert address.shown("https://joe:pw@h.example:8/a/b?sig=1#f") == "https://h.example:8/a/b"
    assert "sig" not in address.shown("weird:joe@h?sig=1")
    assert address.shown("http://h/\u202e").isascii()
