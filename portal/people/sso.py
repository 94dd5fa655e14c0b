"""Single sign-on as the settings describe it, in the words of django-allauth."""

from typing import Any

OIDC, SAML = "oidc", "saml"
"""The two ways; they stand in the addresses /sso/oidc/… and /sso/saml/…"""

# what identity providers commonly call a person's attributes: by OID (Shibboleth), by URI (Entra ID, AD FS), by name
_CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
SAML_ATTRIBUTES = {
    "uid": ["urn:oasis:names:tc:SAML:attribute:subject-id"],
    "username": ["urn:oid:0.9.2342.19200300.100.1.1", f"{_CLAIMS}/name", "uid", "username"],
    "email": ["urn:oid:0.9.2342.19200300.100.1.3", f"{_CLAIMS}/emailaddress", "mail", "email"],
    "first_name": ["urn:oid:2.5.4.42", f"{_CLAIMS}/givenname", "givenName", "firstName"],
    "last_name": ["urn:oid:2.5.4.4", f"{_CLAIMS}/surname", "sn", "surname", "lastName"],
}


def providers(
    *, oidc_issuer: str, oidc_client_id: str, oidc_client_secret: str, saml_metadata: str, saml_entity_id: str
) -> dict[str, Any]:
    """`SOCIALACCOUNT_PROVIDERS`: what is set is offered on the sign-in page, nothing else."""
    oidc = {
        "name": "OpenID Connect",
        "provider_id": OIDC,
        "client_id": oidc_client_id,
        "secret": oidc_client_secret,
        "settings": {"server_url": oidc_issuer, "oauth_pkce_enabled": True},
    }
    saml = {
        "name": "SAML",
        "provider_id": SAML,
        "client_id": SAML,
        "settings": {
            "idp": {"metadata_url": saml_metadata, "entity_id": None},
            "sp": {"entity_id": saml_entity_id},
            "attribute_mapping": SAML_ATTRIBUTES,
            "advanced": {"want_attribute_statement": False, "allow_single_label_domains": True},
        },
    }
    return {
        "openid_connect": {"provider_class": "portal.people.oidc.PortalOidc", "APPS": [oidc] if oidc_issuer else []},
        "saml": {"provider_class": "portal.people.saml.PortalSaml", "APPS": [saml] if saml_metadata else []},
    }


def mapped_groups(claims: dict[str, Any], *, claim: str, mapping: dict[str, str]) -> set[str]:
    """The portal's groups for what the identity provider says in its groups claim: one text or a list of them."""
    said = claims.get(claim, [])
    values = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    return {mapping[value] for value in values if isinstance(value, str) and value in mapping}
