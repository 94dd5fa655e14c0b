"""An AWS to try the portal with: moto behind a layer that gives it the real one's limits, delays and refusals."""
