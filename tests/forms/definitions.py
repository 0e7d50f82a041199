"""The form definitions of config/forms, as every test of the room uses them."""

from __future__ import annotations

import tomllib
from pathlib import Path

from mailbot.forms.definitions import Definitions

FOLDER = Path(__file__).parents[2] / "config" / "forms"
DEFINITIONS = Definitions.from_tables({path.stem: tomllib.loads(path.read_text()) for path in FOLDER.glob("*.toml")})
