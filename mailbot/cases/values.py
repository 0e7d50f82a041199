"""The frozen base of every value that passes between rooms."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """Compared by content, never changed, and refuses a key it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
