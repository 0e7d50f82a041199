"""What recognition makes of a scene, beside what must come out."""

from __future__ import annotations

from benchmarks.recognition.record import Record
from benchmarks.recognition.scene import WEDNESDAY, Scene
from mailbot.faces import recognised_face
from mailbot.intake.opening import look_at
from mailbot.mail.envelope import open_envelope
from mailbot.store.mailbag import StoredMail


def misses_of(scene: Scene, record: Record) -> list[str]:
    """What came out wrong, each with why the bot thought so; empty where all is right."""
    envelope = open_envelope(scene.raw, WEDNESDAY)
    mail = StoredMail(
        id=0,
        sha256="",
        received=WEDNESDAY,
        kept_at=WEDNESDAY,
        message_id=envelope.message_id,
        sender=envelope.sender.email,
        subject=envelope.subject,
        state="kept",
        reason="",
        case=None,
        candidates=(),
    )
    face = recognised_face(look_at(mail, scene.raw, envelope, record.parts))
    items = tuple((item["kind"], item["case"], item["agency"]) for item in face["items"])
    beside = (("kind", scene.kind), ("case", scene.case), ("agency", scene.agency))
    wrong = [f"{what} {face[what]}, not {wanted}" for what, wanted in beside if face[what] != wanted]
    if items != scene.items:
        wrong.append(f"items {items}, not {scene.items}")
    return [*wrong, f"because {'; '.join(face['because'])}"] if wrong else []
