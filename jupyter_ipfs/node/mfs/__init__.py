"""The mutable file system (MFS): paths that one root CID stands for, changed by moving that."""
