"""Web servers of our own, on sockets of their own: nothing here is Jupyter's."""
