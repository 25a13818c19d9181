"""A small Ocean Node: the HTTP API, hash rules and checks of Ocean Node 3.2, for one computer.

Stricter where that is unsafe: a token stands for its own address only and ends, only the
datatoken's own events make an order, an asset can name no other's datatokens, and files are never
fetched from private addresses.
"""
