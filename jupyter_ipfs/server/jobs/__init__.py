"""Jobs: long operations that go on when the tab is closed."""
