"""Addresses of sign-in and second factor. Of django-allauth's pages only these exist here."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.saml import views as saml_views
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.urls import path, re_path

from portal.people import oidc, saml
from portal.people.views import SignInView

SAML = r"^sso/(?P<organization_slug>saml)"
OIDC = r"^sso/(?P<provider_id>oidc)"

urlpatterns = [
    path("admin/login/", SignInView.as_view(), name="account_login"),
    path("admin/logout/", admin.site.logout, name="account_logout"),
    path("people/inactive/", account.account_inactive, name="account_inactive"),
    path("people/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("people/confirm/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("people/second-factor/", mfa.index, name="mfa_index"),
    path("people/second-factor/code/", mfa.authenticate, name="mfa_authenticate"),
    path("people/second-factor/app/", login_required(totp.activate_totp), name="mfa_activate_totp"),
    path("people/second-factor/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("people/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "people/recovery-codes/new/",
        login_required(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("people/recovery-codes/file/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("sso/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    re_path(OIDC + r"/login/$", oidc.login, name="openid_connect_login"),
    re_path(OIDC + r"/callback/$", oidc.callback, name="openid_connect_callback"),
    re_path(SAML + r"/login/$", saml_views.login, name="saml_login"),
    re_path(SAML + r"/acs/$", saml_views.acs, name="saml_acs"),
    re_path(SAML + r"/acs/finish/$", saml.PortalFinishACSView.as_view(), name="saml_finish_acs"),
    re_path(SAML + r"/sls/$", saml.SignedLogoutView.as_view(), name="saml_sls"),
    re_path(SAML + r"/metadata/$", saml_views.metadata, name="saml_metadata"),
]
