"""``index.html`` of a bundle, for whoever has nothing but a browser."""
