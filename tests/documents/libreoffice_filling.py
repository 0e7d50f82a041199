"""A form filled in by LibreOffice itself: its cursor goes where a person clicks, and its own command types.

A macro in a throw-away profile does it, since Python has no way into LibreOffice here. What a drop-down or a date
picker would write is typed.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FILTERS = {
    "docx": "MS Word 2007 XML",
    "odt": "writer8",
    "doc": "MS Word 97",
    "rtf": "Rich Text Format",
    "pdf": "writer_pdf_Export",
}

_LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false">{elements}</library:library>
"""
_LIBRARIES = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">
<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink">
<library:library library:name="Standard" library:link="false"/></library:libraries>
"""
_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Fill" script:language="StarBasic">
Global cells(4000) As Object
Global tables(4000) As String
Global spots(4000) As String
Global count As Long

Sub Main(folder As String)
  Dim none()
  f = FreeFile
  Open folder + "/jobs" For Input As #f
  Do While Not EOF(f)
    Line Input #f, job
    doc = StarDesktop.loadComponentFromURL("file://" + folder + "/" + job + "/blank.docx", "_blank", 0, none())
    Collect doc
    Answer doc, folder + "/" + job + "/answers"
    SaveAll doc, folder, job
    doc.close(True)
  Loop
  Close #f
End Sub

Sub Collect(doc As Object)
  count = 0
  For Each title In doc.TextTables.ElementNames
    table = doc.TextTables.getByName(title)
    For Each spot In table.CellNames
      count = count + 1
      cells(count) = table.getCellByName(spot)
      tables(count) = title
      spots(count) = spot
    Next
  Next
End Sub

Sub Answer(doc As Object, file As String)
  f = FreeFile
  Open file For Input As #f
  Do While Not EOF(f)
    Line Input #f, told
    parts = Split(told, Chr(9))
    If parts(0) = "question" Then
      For i = 1 To count
        If cells(i).String = parts(1) Then
          Enter doc, cells(i + 1), parts(2)
          Exit For
        End If
      Next
    Else
      For i = 1 To count
        If Mid(spots(i), 2) = "1" And cells(i).String = parts(1) Then
          wanted = tables(i)
          Exit For
        End If
      Next
      For i = 1 To count
        If tables(i) = wanted And spots(i) = parts(2) Then Enter doc, cells(i), parts(3)
      Next
    End If
  Loop
  Close #f
End Sub

Sub Enter(doc As Object, cell As Object, answer As String)
  cursor = doc.CurrentController.ViewCursor
  Dim box As Object, found As Object
  paragraphs = cell.createEnumeration()
  Do While paragraphs.hasMoreElements()
    portions = paragraphs.nextElement().createEnumeration()
    Do While portions.hasMoreElements()
      portion = portions.nextElement()
      If portion.TextPortionType = "ContentControl" Then
        control = portion.ContentControl
        If control.Checkbox Then
          box = control
        ElseIf found Is Nothing Then
          found = control
        End If
      ElseIf Not (box Is Nothing) Then
        If Trim(portion.String) = answer Then
          box.Checked = True
          Exit Sub
        End If
      End If
    Loop
  Loop
  If answer = "click" And Not (box Is Nothing) Then
    box.Checked = True
    Exit Sub
  End If
  If found Is Nothing Then
    cursor.gotoRange(cell.getEnd(), False)
  Else
    cursor.gotoRange(found.getStart(), False)
    cursor.goRight(Len(cell.String), True)
  End If
  TypeText doc, answer
End Sub

Sub TypeText(doc As Object, text As String)
  Dim typed(0) As New com.sun.star.beans.PropertyValue
  typed(0).Name = "Text"
  typed(0).Value = text
  dispatcher = createUnoService("com.sun.star.frame.DispatchHelper")
  dispatcher.executeDispatch(doc.CurrentController.Frame, ".uno:InsertText", "", 0, typed())
End Sub

Sub SaveAll(doc As Object, folder As String, job As String)
  Dim how(0) As New com.sun.star.beans.PropertyValue
  f = FreeFile
  Open folder + "/formats" For Input As #f
  Do While Not EOF(f)
    Line Input #f, told
    parts = Split(told, Chr(9))
    how(0).Name = "FilterName"
    how(0).Value = parts(1)
    doc.storeToURL("file://" + folder + "/" + job + "/filled." + parts(0), how())
  Loop
  Close #f
End Sub
</script:module>
"""


@dataclass(frozen=True)
class Filling:
    """A form and what a person writes: beside each label, and in the rows of the table that has this header.

    A box that stands alone in its cell is ticked where `click` is written.
    """

    form: bytes
    beside: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)

    def lines(self) -> str:
        """What the macro is told to type where."""
        told = [f"question\t{label}\t{answer}" for label, answer in self.beside.items()]
        for header, rows in self.rows.items():
            for number, row in enumerate(rows, 2):
                told += [f"row\t{header}\t{chr(65 + n)}{number}\t{text}" for n, text in enumerate(row) if text]
        return "".join(f"{line}\n" for line in told)


def saved_by_libreoffice(
    soffice: str, fillings: Mapping[str, Filling], formats: Sequence[str]
) -> dict[str, dict[str, bytes]]:
    """Each form filled in and saved in every one of the formats, all by one LibreOffice."""
    with tempfile.TemporaryDirectory(prefix="mailbot-filling-") as folder:
        home = Path(folder)
        # Its first start makes the profile, and would lay its own macros over ours.
        _run(soffice, home, "--terminate_after_init")
        library = home / "profile" / "user" / "basic" / "Standard"
        library.mkdir(parents=True, exist_ok=True)
        (library / "script.xlb").write_text(_LIBRARY.format(elements='<library:element library:name="Fill"/>'))
        (library / "dialog.xlb").write_text(_LIBRARY.format(elements=""))
        for name in ("script.xlc", "dialog.xlc"):
            (library.parent / name).write_text(_LIBRARIES)
        (library / "Fill.xba").write_text(_MODULE)
        (home / "jobs").write_text("".join(f"{name}\n" for name in fillings))
        (home / "formats").write_text("".join(f"{suffix}\t{FILTERS[suffix]}\n" for suffix in formats))
        for name, filling in fillings.items():
            (home / name).mkdir()
            (home / name / "blank.docx").write_bytes(filling.form)
            (home / name / "answers").write_text(filling.lines(), "utf-8")
        _run(soffice, home, f'macro:///Standard.Fill.Main("{home}")')
        return {
            name: {suffix: (home / name / f"filled.{suffix}").read_bytes() for suffix in formats} for name in fillings
        }


def _run(soffice: str, home: Path, *asked: str) -> None:
    profile = (home / "profile").as_uri()
    subprocess.run(
        [soffice, f"-env:UserInstallation={profile}", "--headless", "--norestore", *asked],
        check=True,
        timeout=60,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8"},
    )
