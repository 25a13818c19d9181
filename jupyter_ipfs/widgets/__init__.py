"""Widgets that live in a notebook's output (anywidget)."""
