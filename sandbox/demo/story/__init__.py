"""The story of the product, played over HTTP as people would, every statement checked from the outside."""

from sandbox.demo.story.play import play

__all__ = ["play"]
