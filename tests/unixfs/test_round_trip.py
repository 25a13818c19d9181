"""What the importer writes the reader reads: any bytes, any shape of tree, any range."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from jupyter_ipfs.node.add import add_stream
from jupyter_ipfs.node.walk import walk
from jupyter_ipfs.unixfs import hamt, reader
from jupyter_ipfs.unixfs.importer import Ref
from jupyter_ipfs.unixfs.profiles import PROFILES, Profile, customise
from tests.unixfs.dags import Dag

profiles = st.builds(
    lambda profile, chunk, links, raw, function, inline: customise(
        profile,
        chunker=f"size-{chunk}",
        max_file_links=links,
        raw_leaves=raw,
        hash_name=function,
        inline=inline is not None,
        inline_limit=inline,
    ),
    st.sampled_from(list(PROFILES.values())),
    st.integers(1, 50),
    st.integers(2, 5),
    st.booleans(),
    st.sampled_from([None, "sha2-512", "blake3"]),
    st.none() | st.integers(0, 128),
)


@given(st.binary(max_size=600), profiles, st.integers(0, 700), st.none() | st.integers(0, 700))
def test_any_range_of_any_file(data: bytes, profile: Profile, start: int, end: int | None) -> None:
    dag = Dag()
    ref = add_stream(dag, io.BytesIO(data), profile)
    node = reader.get(dag, ref.cid)
    assert node.size == ref.size == len(data)
    assert node.dag_size == ref.dag_size
    assert b"".join(reader.read(dag, node)) == data
    assert b"".join(reader.read(dag, node, start, end)) == data[start:end]
    assert {part.cid for part in reader.parts(dag, node) if not part.cid.is_identity} == {
        block.cid for block in walk(dag, ref.cid)
    }


names = st.binary(min_size=1, max_size=12).filter(lambda name: b"/" not in name)


@given(st.sets(names, min_size=1, max_size=60), st.sampled_from([8, 16, 256, 1024]), st.data())
def test_every_name_of_any_sharded_directory(
    chosen: set[bytes], fanout: int, data: st.DataObject
) -> None:
    dag = Dag()
    rows = [(name, Ref(dag.raw(name), len(name), len(name))) for name in sorted(chosen)]
    profile = Profile("test", 1, True, 100, 10, "block", hamt_fanout=fanout)  # noqa: FBT003
    generator = hamt.shard(rows, profile)
    try:
        while True:
            dag.put(next(generator))
    except StopIteration as stop:
        node = reader.get(dag, stop.value.cid)
    found = {link.name: link.cid for link in reader.entries(dag, node)}
    assert found == {name: ref.cid for name, ref in rows}
    assert all(reader.lookup(dag, node, name) == ref.cid for name, ref in rows)
    other = data.draw(names)
    assert (reader.lookup(dag, node, other) is None) is (other not in chosen)
