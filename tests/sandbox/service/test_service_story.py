"""The practice node from publishing to download."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox.service.practice_node import PracticeNode


def test_what_was_published_is_found_ordered_and_downloaded(node: PracticeNode) -> None:
    data = b"hour,height\n" * 5000
    asset = node.publish([node.stored(data)])
    found = node.ddo(asset.did)
    added = {found.pop(name) is not None for name in ("indexedMetadata", "datatokens")}
    assert added == {True}
    assert found == asset.document
    (info,) = node.http.post(
        "/api/services/fileInfo",
        json={"did": asset.did, "serviceId": asset.service_id, "checksum": True},
    ).json()
    assert info["valid"] is True
    assert info["contentLength"] == str(len(data))
    assert info["checksum"] == hashlib.sha256(data).hexdigest()
    answer = node.download(asset, node.order(asset))
    assert answer.status_code == 200, answer.text
    assert answer.content == data
    assert answer.headers["content-length"] == str(len(data))
    assert answer.headers["content-disposition"] == 'attachment; filename="file-0"'
    assert node.ddo(asset.did)["indexedMetadata"]["stats"][0]["orders"] == 1
