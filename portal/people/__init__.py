"""People: how they sign in, what they must show for it, and who may give whom which rights."""
