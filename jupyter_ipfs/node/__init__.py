"""The node: what Kubo's commands do, one verb per file, over any `protocols.Blocks`."""
