"""What the tests of the doctor share: findings by what they are about."""

from collections.abc import Iterable

from portal.doctor.finding import Finding


def told(findings: Iterable[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings}


def states(findings: Iterable[Finding]) -> dict[str, str]:
    return {finding.what: finding.state.value for finding in findings}
