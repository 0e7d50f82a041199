"""Offices at work, as the intake's tests have them."""

from __future__ import annotations

from tests.intake.conftest import office, referred, referred_home, scoped, scoped_home

__all__ = ["office", "referred", "referred_home", "scoped", "scoped_home"]
