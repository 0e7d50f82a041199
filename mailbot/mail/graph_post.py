"""Letters out by Microsoft Graph: the very MIME that was approved; large attachments are brought after it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Any, NamedTuple
from urllib.parse import quote

from mailbot.errors import MailboxProblem, PostInDoubt, PostProblem, PostRefused, PostUnavailable
from mailbot.mail.envelope import first_message_id
from mailbot.mail.graph_client import Graph, GraphFailure
from mailbot.mail.outgoing import checked_address, insist_on_addresses

MOST_MIME = 3_900_000
"""Bytes of base64 that go in one request; Graph refuses more than 4 MB (its reference, "message: sendMail")."""
SMALL_FILE = 2_900_000
"""Attachments up to here go in one request, larger ones by an upload session (its guide to large attachments)."""
CHUNK = 3 * 1024 * 1024
"""Bytes of one part of an upload; Graph wants less than 4 MB."""
_HOPELESS = (400, 413, 422)
"""Answers to a letter that would be the same tomorrow; all others may pass, or are for the administrator to mend."""


class _File(NamedTuple):
    """An attachment as it came out of the letter."""

    name: str
    kind: str
    content: bytes


class GraphPost:
    """A Post on Microsoft 365 (Graph v1.0; Mail.Send, and Mail.ReadWrite for letters of more than some 2.9 MB).

    Graph sends to the addresses in the letter itself, and keeps the copy in Sent Items: `copy_to` gets no other.
    """

    def __init__(self, graph: Graph, most_mime: int = MOST_MIME, small_file: int = SMALL_FILE) -> None:
        self.graph, self.most_mime, self.small_file = graph, most_mime, small_file

    def post(self, sender: str, recipients: tuple[str, ...], copy_to: str, message: bytes) -> None:
        """See Post. A letter whose To names others than `recipients` is refused."""
        for address in (sender, *recipients):
            checked_address(address)
        insist_on_addresses(message, sender, recipients)
        try:
            mime = base64.encodebytes(message)
            if len(mime) <= self.most_mime:
                self._hand_over("/sendMail", content=mime, headers={"Content-Type": "text/plain"})
            else:
                self._send_in_parts(message)
        finally:
            # Each letter has a connection of its own: one that was cut while idle would leave it in doubt.
            self.graph.close()

    def check(self) -> list[str]:
        """See Post. That the mailbox can be reached; only a letter sent shows the right to send (Mail.Send)."""
        try:
            with self._before_handing_over():
                self.graph.json("GET", "/mailFolders/sentitems", params={"$select": "id"})
        except PostProblem as problem:
            return [str(problem)]
        finally:
            self.graph.close()
        return []

    def _send_in_parts(self, message: bytes) -> None:
        """A draft without the attachments, each attachment for itself, then: send."""
        letter, files = _without_attachments(message)
        message_id, mime = first_message_id(message), base64.encodebytes(letter)
        if len(mime) > self.most_mime:
            raise PostRefused("The letter is too large even without its attachments. Shorten it, and draft it again.")
        with self._before_handing_over():
            self._remove_drafts(message_id)
            draft = self.graph.json("POST", "/messages", content=mime, headers={"Content-Type": "text/plain"})
            where = f"/messages/{quote(str(draft.get('id', '')), safe='')}"
            try:
                if draft.get("internetMessageId") != message_id:
                    self.graph.json("PATCH", where, json={"internetMessageId": message_id})
                for file in files:
                    self._attach(where, file)
            except GraphFailure:
                # A half-made letter is not left where somebody might send it; what cannot be removed now is removed
                # before the next try.
                with suppress(GraphFailure):
                    self.graph.json("DELETE", where)
                raise
        self._hand_over(f"{where}/send")

    def _remove_drafts(self, message_id: str) -> None:
        """What an earlier try may have left behind."""
        asked = {"$filter": f"internetMessageId eq '{message_id.replace(chr(39), chr(39) * 2)}'", "$select": "id"}
        for draft in self.graph.json("GET", "/mailFolders/drafts/messages", params=asked).get("value", []):
            self.graph.json("DELETE", f"/messages/{quote(str(draft['id']), safe='')}")

    def _attach(self, draft: str, file: _File) -> None:
        if len(file.content) <= self.small_file:
            whole = {
                "@odata.type": "#microsoft.graph.fileAttachment",
                "name": file.name,
                "contentType": file.kind,
                "contentBytes": base64.b64encode(file.content).decode("ascii"),
            }
            self.graph.json("POST", f"{draft}/attachments", json=whole)
            return
        size = len(file.content)
        item = {"attachmentType": "file", "name": file.name, "contentType": file.kind, "size": size}
        session = self.graph.json("POST", f"{draft}/attachments/createUploadSession", json={"AttachmentItem": item})
        for start in range(0, size, CHUNK):
            self.graph.upload(str(session.get("uploadUrl")), file.content[start : start + CHUNK], start, size)

    def _hand_over(self, where: str, **request: Any) -> None:
        """The request after which the letter goes. Unless it was turned away, nobody knows that it did not."""
        try:
            self.graph.json("POST", where, **request)
        except MailboxProblem as problem:
            raise PostUnavailable(str(problem)) from problem
        except GraphFailure as failure:
            if not failure.turned_away:
                raise PostInDoubt(
                    f"{self.graph.endpoint} gave no clear answer after the letter was handed over ({failure}). It "
                    "may have gone; its own copy is looked for before it is sent again."
                ) from failure
            raise self._problem(failure) from failure

    @contextmanager
    def _before_handing_over(self) -> Iterator[None]:
        """Whatever fails in here, no letter went."""
        try:
            yield
        except MailboxProblem as problem:
            raise PostUnavailable(str(problem)) from problem
        except GraphFailure as failure:
            raise self._problem(failure) from failure

    def _problem(self, failure: GraphFailure) -> PostProblem:
        if failure.status in _HOPELESS and failure.rest is None:
            return PostRefused(
                f"{self.graph.endpoint} refused the letter: {failure}. It did not go; "
                "correct the address or the letter."
            )
        return PostUnavailable(
            f"{self.graph.mailbox} on {self.graph.endpoint} cannot be used to send: {failure}. {failure.what_to_do} "
            "The letter did not go; it stays ready and is tried again."
        )


def _without_attachments(message: bytes) -> tuple[bytes, list[_File]]:
    """The letter as `compose` made it, less its attachments, and these in their order; not a byte is rewritten."""
    boundary = BytesHeaderParser(policy=compat32).parsebytes(message).get_boundary()
    if boundary is None:
        return message, []
    between = b"\r\n--" + boundary.encode("ascii")
    head, *parts, end = message.split(between)
    kept, files = [head], []
    for part in parts:
        opened = BytesHeaderParser(policy=compat32).parsebytes(part.removeprefix(b"\r\n"))
        if opened.get_content_disposition() != "attachment":
            kept.append(part)
            continue
        content = opened.get_payload(decode=True)
        name = str(opened.get_filename("attachment"))
        files.append(_File(name, opened.get_content_type(), content if isinstance(content, bytes) else b""))
    return between.join([*kept, end]), files
