"""Whom to ask: the agencies of the directory that are always asked, and those that the referral names."""

from __future__ import annotations

import re
from functools import lru_cache

from mailbot.cases.case import Case, Request
from mailbot.cases.directory import Agency, Directory
from mailbot.cases.events import Asked

FIELDS_THAT_NAME_AGENCIES = ("referrer_agency", "school_or_setting", "gp")


def whom_to_ask(case: Case, directory: Directory) -> tuple[Asked, ...]:
    """Each agency to ask, in the directory's order, with the reason."""
    asked = []
    for agency in directory.agencies:
        if agency.ask == "always":
            asked.append(Asked(agency=agency.id, name=agency.name, because="you are asked in every Rapid Review"))
        elif place := named_at(agency, case):
            asked.append(
                Asked(agency=agency.id, name=agency.name, because=f"your agency is named in the referral ({place})")
            )
    return tuple(asked)


def gone_agencies(case: Case, directory: Directory) -> list[Request]:
    """What was asked of agencies that are no longer in config/agencies.toml, or have no contact there any more."""
    return [
        request
        for request in case.requests.values()
        if not ((listed := directory.agency(request.agency)) and listed.spoc)
    ]


def named_at(agency: Agency, case: Case) -> str:
    """Where the referral names the agency, in words; empty where it does not."""
    for row in case.referral_tables.get("agencies_involved", ()):
        if names(agency, f"{row.get('agency', '')} ; {row.get('name', '')}"):
            return "agencies involved"
    for field in FIELDS_THAT_NAME_AGENCIES:
        if names(agency, case.referral.get(field, "")):
            return field.replace("_", " ")
    return ""


def not_in_directory(case: Case, directory: Directory) -> tuple[str, ...]:
    """Agencies that the referral names and nobody in the directory answers to."""
    unknown = []
    for row in case.referral_tables.get("agencies_involved", ()):
        text = row.get("agency") or row.get("name", "")
        whole = f"{row.get('agency', '')} ; {row.get('name', '')}"
        if text and not any(names(agency, whole) for agency in directory.agencies):
            unknown.append(text)
    return tuple(unknown)


def names(agency: Agency, text: str) -> bool:
    """Whether a text names the agency, by its name or one of its aliases as whole words."""
    wanted = {folded for name in (agency.name, *agency.aliases) for folded in _folded(name)}
    return any(
        name in written and re.search(rf"\b{re.escape(name)}\b", written)
        for name in wanted
        for written in _folded(text)
    )


# Every form that arrives is compared with the names of every agency.
@lru_cache(maxsize=1_000)
def _folded(text: str) -> frozenset[str]:
    """With each apostrophe as a space, and left out: `the GP's` names the GP, `Childrens Services` Children's."""
    small = text.casefold()
    return frozenset(re.sub(r"[^\w&;]+", " ", way).strip() for way in (small, re.sub("['’]", "", small)))
