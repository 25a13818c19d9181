"""A client for Ocean: chains, contracts, DDOs and Ocean Nodes."""
