"""Commands for what has to be brought or said once: unlock a locked file, teach a label."""

from __future__ import annotations

import getpass
import shlex
from typing import Annotated

import typer

from mailbot.cases.wording import count, say_list
from mailbot.cli.app import AsJson, Now, PasswordStdin, app, at_work, out, passwords_from_stdin, print_json
from mailbot.cli.deciding import read_again
from mailbot.errors import UsageProblem, WrongPassword
from mailbot.intake.unlocking import brought_the_password, password_in, sent_by_others, unlock
from mailbot.parts import Parts
from mailbot.store.mailbag import UnknownLabel
from mailbot.teaching import labels_file
from mailbot.teaching import teach as teach_label

Name = Annotated[str, typer.Option("--by", "--as", metavar="NAME", help="Who does it, if not who is logged in.")]


@app.command("unlock")
def unlock_mail(
    mail: Annotated[int, typer.Argument(metavar="MAIL", help="As `mailbot held` shows it.")],
    password_stdin: PasswordStdin = False,
    other: Annotated[
        int,
        typer.Option(
            "--password-in",
            metavar="OTHER",
            help="The mail whose words hold the password. It stays in the record, whole, with the password in it.",
        ),
    ] = 0,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Even if OTHER came from somebody else than the locked file.")
    ] = False,
    by: Name = "",
    now: Now = "",
) -> None:
    """Open the locked files of a held mail with their password, keep them beside the original, and read it again."""
    if password_stdin == bool(other):
        raise UsageProblem("Give the password by --password-stdin, or say with --password-in which mail brought it.")
    with at_work(now) as (parts, at):
        if other and not anyway and sent_by_others(mail, other, parts):
            raise UsageProblem(
                f"Mail {other} came from somebody else than mail {mail}, and from no address of the same agency. Ask "
                "the sender of the locked file; if it is right all the same, add --anyway."
            )
        passwords = password_in(other, parts) if other else passwords_from_stdin()
        if not passwords:
            raise WrongPassword("No password was given, and nothing was changed.")
        brought = bool(other) and brought_the_password(other, mail, parts)
        done = unlock(mail, passwords, by or getpass.getuser(), parts, at, other or None)
        left = f" Locks that stay shut: {done.left}." if done.left else ""
        out.print(f"Mail {mail}: {count(done.opened, 'file')} opened; the original is kept.{left}", markup=False)
        if brought:
            parts.mailbag.mark(other, "handled", f"it brought the password of mail {mail}")
        read_again(mail, done.case, parts, at)


@app.command()
def teach(
    form: Annotated[str, typer.Argument(metavar="[FORM", help="referral, scoping_return, ...")] = "",
    label: Annotated[str, typer.Argument(metavar="LABEL", help="As the form prints it.")] = "",
    field: Annotated[str, typer.Argument(metavar="FIELD]", help="As docs/vocabulary.md names it.")] = "",
    by: Name = "",
    as_json: AsJson = False,
    now: Now = "",
) -> None:
    """Teach a form's label: which field it asks for. Without arguments: the labels that were not understood."""
    if form and not (label and field):
        raise UsageProblem('Teaching needs all three: mailbot teach FORM "label" FIELD.')
    with at_work(now) as (parts, at):
        seen = parts.mailbag.unknown_labels()
        if not form:
            _list(seen, as_json)
            return
        day = parts.practice.calendar.day_of(at).isoformat()
        home, note = parts.settings.home, f"{by or getpass.getuser()}, {day}"
        taught = teach_label(home, parts.settings.definitions, form, label, field, note)
        place = labels_file(home).relative_to(home)
        out.print(f"On a {form.replace('_', ' ')}, “{taught}” now asks for {field} ({place}).", markup=False)
        _say_where(next((u.mails for u in seen if (u.form, u.label) == (form, taught)), ()), parts)
        out.print("A worker that is running learns it when it is started anew.")


def _say_where(mails: tuple[int, ...], parts: Parts) -> None:
    """Which mails had it: those that are held can be read again."""
    held = [number for number in mails if parts.mailbag.mail(number).state == "held"]
    for number in held:
        out.print(
            f"Mail {number} has this label and is held. To read it again: mailbot replay {number}", markup=False
        )
    settled = [str(number) for number in mails if number not in held]
    if settled:
        which = f"Mail {settled[0]} was" if len(settled) == 1 else f"Mails {say_list(settled)} were"
        out.print(f"{which} settled without that answer: see the original.", markup=False)


def _list(seen: list[UnknownLabel], as_json: bool) -> None:
    if as_json:
        print_json([label.model_dump(mode="json") for label in seen])
        return
    if not seen:
        out.print("Every label that had an answer was understood.")
    for unknown in seen:
        where = f"mail {say_list([str(n) for n in unknown.mails])}"
        out.print(f"“{unknown.label}” on a {unknown.form.replace('_', ' ')} ({where}):", markup=False)
        out.print(
            f"    mailbot teach {unknown.form} {shlex.quote(unknown.label)} FIELD", markup=False, soft_wrap=True
        )
