"""Tests of the practice Ocean Node."""
