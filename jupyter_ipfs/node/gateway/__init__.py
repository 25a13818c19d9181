"""The IPFS HTTP gateway as one function of a request, with no framework around it.

`respond.respond` takes a request, blocks and a policy and gives a response whose body is an
iterator; whoever serves it (`jupyter_ipfs.web`, the Jupyter server) decides who may ask. Specs:
https://specs.ipfs.tech/http-gateways/path-gateway/ and …/trustless-gateway/, IPNS left out.
"""
