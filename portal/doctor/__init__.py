"""The doctor: what an operator needs to know before asking anybody, one file per side."""
