"""An AWS to try the portal with: moto behind a layer with the real one's limits, delays and refusals."""
