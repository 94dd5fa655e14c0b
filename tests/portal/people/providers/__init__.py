"""Real identity providers on this machine: an OpenID Connect provider and a SAML identity provider."""
