"""What a notebook ran with, locked; and locks of others, read and built."""
