"""What a report states, in canonical JSON: neither names nor words of any language of the interface.

Its hash stands in the chain. Agents stand under the numbers by which the sponsor knows them; calls
under their ids, which the draw needs, and which tell an outsider nothing. Nothing here goes when a
call is erased: its judgements stay, and so does the hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from callcoach.audits.models import Audit, AuditReport, LeftOut, SampleState
from callcoach.audits.queries import results_of, sampled_calls, versions_by_id
from callcoach.audits.results import Results

#: Before the first entry of the chain.
NOTHING_BEFORE = "0" * 64

AliasOf = Callable[[int], int | None]


def facts_of_report(audit: Audit, alias_of: AliasOf) -> dict[str, Any]:
    """Frame, draw, findings and results of an audit.

    Args:
        alias_of: the number of an agent, by id; None where none was ever drawn.
    """
    found = results_of(audit)
    return {
        "audit": audit.id,
        "campaign": audit.campaign_id,
        "period": [audit.starts_on.isoformat(), audit.ends_on.isoformat()],
        "frame": audit.frame,
        "population": audit.population,
        "size": audit.size,
        "seed": audit.seed,
        "drawn_from": {
            # in the order of the draw, which shares the sample out along it
            "strata": [
                [_stratum(key, alias_of), list(ids)]
                for key, ids in sorted(audit.drawn_from.get("strata", {}).items())
            ],
            "excluded": audit.drawn_from.get("excluded", []),
        },
        "sample": [
            {
                "position": one.position,
                "stratum": _stratum(one.stratum, alias_of),
                "state": SampleState(one.state).value,
                "left_out": LeftOut(one.left_out).value if one.left_out else None,
                "replaces": one.replaces,
                "on": one.called_on.isoformat() if one.called_on else None,
            }
            for one in audit.calls
        ],
        "promises": _promises(found),
        "findings": [
            {
                "position": sampled.position,
                "promise": finding.promise_version_id,
                "first": finding.standing,
                "corrected": finding.corrected,
                "settled": finding.settled,
                "final": finding.final.value,
            }
            for sampled in sampled_calls(audit)
            for finding in sorted(sampled.judgements, key=lambda one: one.promise_version_id)
        ],
        "results": [
            {
                "promise": line.version_id,
                "aligned": line.aligned,
                "n": line.n,
                "interval": [round(bound, 6) for bound in line.interval],
                "counts": {standing.value: count for standing, count in line.counts.items()},
                # the machine's single proposals stay in the house
                "agreement": [line.agreement.same.count, line.agreement.same.n],
            }
            for line in found.promises
        ],
    }


def _promises(found: Results) -> list[dict[str, Any]]:
    versions = versions_by_id([line.version_id for line in found.promises])
    return [
        {
            "version": line.version_id,
            "promise": versions[line.version_id].promise_id,
            "number": versions[line.version_id].number,
            "kind": line.kind.value,
            "text": versions[line.version_id].text,
        }
        for line in found.promises
    ]


def _stratum(key: str, alias_of: AliasOf) -> str:
    """An agent's number in the place of their id; "" for all together."""
    if not key.isdigit():
        return ""
    number = alias_of(int(key))
    return f"agent {number}" if number is not None else "agent ?"


def canonical(facts: dict[str, Any]) -> bytes:
    """One spelling of the facts: keys sorted, no spaces, UTF-8.

    >>> canonical({"b": "é", "a": [1, None]}).decode()
    '{"a":[1,null],"b":"é"}'
    """
    spelt = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return spelt.encode()


def entry_hash(pdf: str, xlsx: str, results: str, previous: str) -> str:
    r"""The entry of the chain: SHA-256 of the four hashes, hexadecimal, one a line. An auditor redoes
    it with ``printf '%s\n%s\n%s\n%s' PDF XLSX RESULTS PREVIOUS | sha256sum``.
    """
    return hashlib.sha256(f"{pdf}\n{xlsx}\n{results}\n{previous}".encode()).hexdigest()


def entry_of(report: AuditReport) -> str:
    """What the entry of a stored report should be."""
    return entry_hash(
        report.pdf_sha256, report.xlsx_sha256, report.results_sha256, report.previous_sha256
    )
