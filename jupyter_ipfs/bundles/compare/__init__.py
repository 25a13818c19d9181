"""What a cell gave, compared with what its author's run of it gave.

All of it is hostile (``safety.md`` 17): nothing here runs, loads or expands what it reads, each
step is linear in the size of what it reads, and what is larger than `sizes.MAX_OUTPUT` is
compared by its bytes alone.
"""
