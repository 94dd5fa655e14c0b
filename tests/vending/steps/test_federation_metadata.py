"""The identity provider's metadata: read by https, checked, compared."""

import pytest

from tests.vending.steps.federation import metadata, provider
from vending.aws.errors import Fault, Kind
from vending.steps import federation_metadata
from vending.steps.federation_metadata import check, read, same


@pytest.fixture
def adfs(tmp_path, monkeypatch):
    federation_metadata.forget()
    with provider(tmp_path) as (state, certificate):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        yield state


def refused(action, *arguments):
    with pytest.raises(Fault) as caught:
        action(*arguments)
    return caught.value


def test_metadata_is_read_by_https_and_kept_for_a_while(adfs):
    assert read(adfs.url) == read(adfs.url) == metadata()
    assert adfs.asked == 1


def test_a_certificate_that_nobody_trusts_is_not_accepted(adfs, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    fault = refused(read, adfs.url)
    assert (fault.kind, fault.code) == (Kind.TRANSIENT, "MetadataNotRead")
    assert adfs.asked == 0


def test_a_redirect_is_not_followed(adfs):
    adfs.status, adfs.location = 302, "http://127.0.0.1:9/"
    fault = refused(read, adfs.url)
    assert (fault.kind, fault.sentence.split(". ")[0]) == (
        Kind.PERMANENT, "The federation metadata could not be read: 127.0.0.1 answered 302",
    )  # fmt: skip


def test_a_server_error_passes(adfs):
    adfs.status = 503
    assert refused(read, adfs.url).kind is Kind.TRANSIENT
    adfs.status = 200
    assert read(adfs.url) == metadata()


def test_an_endless_answer_is_cut_off(adfs, monkeypatch):
    monkeypatch.setattr(federation_metadata, "LONGEST", 500)
    assert refused(read, adfs.url).code == "MetadataRefused"


def test_nobody_at_the_address_is_a_fault_that_passes():
    assert refused(read, "https://127.0.0.1:9/metadata").kind is Kind.TRANSIENT


@pytest.mark.parametrize(
    "text",
    ["", "<html/>", "no xml", '<!DOCTYPE a [<!ENTITY b "c">]><EntityDescriptor>&b;</EntityDescriptor>',
     metadata(valid_until="soon")],
)  # fmt: skip
def test_what_is_no_metadata_is_refused_for_a_person(text):
    fault = refused(check, text)
    assert (fault.permanent, fault.code) == (True, "MetadataRefused")


def test_expired_metadata_is_a_fault_with_a_sentence():
    fault = refused(check, metadata(valid_until="2020-05-01T00:00:00Z"))
    assert fault.permanent
    assert fault.sentence == (
        "The federation metadata was valid until 2020-05-01 only. Renew it at the identity provider, then retry."
    )


def test_metadata_that_is_still_valid_passes():
    check(metadata(valid_until="2999-01-01T00:00:00"))


def test_white_space_and_the_documents_own_id_make_no_difference():
    assert same(metadata(), metadata(document_id="_2", space="\r\n\t\t"))


def test_the_documents_own_signature_makes_no_difference():
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue>x</SignatureValue></Signature>'
    signed = metadata().replace("<IDPSSODescriptor", signature + "<IDPSSODescriptor", 1)
    assert same(metadata(), signed)


def test_another_certificate_is_a_difference():
    assert not same(metadata(), metadata(certificate="MIID"))
    assert not same("", metadata())
