"""UnixFS (https://specs.ipfs.tech/unixfs/): files and directories as dag-pb and raw blocks.

Pure: values in, values out. What is written is byte-identical to Kubo 0.43.1 under the
same parameters; what is read is everything that Kubo writes.
"""
