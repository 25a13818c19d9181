"""Uploads: files from a browser, staged as one stream of bytes and then stored as one root."""
