"""Guesses a mapping from column names and a sample of values, with a reason for each column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from mainstem.errors import SourceError
from mainstem.sources.table.days_across import across, days_among
from mainstem.sources.table.mapping import MANY, Mapping, find_columns, recognised

Cell = str | tuple[str, ...] | None
Rows = Sequence[Sequence[Cell]]

#: Role → names that columns have for it, the likeliest first. Order of roles settles who gets a column.
NAMES: dict[str, tuple[str, ...]] = {
    "key": (
        "issue key", "issuekey", "jira key", "ticket key", "item key", "key", "work item id", "issue id",
        "ticket id", "ticket number", "ticket no", "task id", "story id", "issue", "ticket", "work item",
        "item", "jira issue", "jira", "number", "iid", "#", "vorgangsschlüssel", "schlüssel", "vorgang",
        "ticketnummer", "ticket nr", "vorgangsnummer", "clé", "clé de ticket", "clé de demande", "demande",
        "n° ticket", "clave", "clave de incidencia", "incidencia", "petición", "id",
    ),
    "stream": ("value stream", "valuestream", "stream", "wertstrom"),
    "hours": (
        "hours", "hours spent", "logged hours", "hours logged", "worked hours", "hours worked", "duration",
        "duration h", "duration decimal", "time spent", "time spent hours", "time spent seconds",
        "time spent minutes", "timespent", "time spent h", "spent time", "spent hours", "effort", "effort h",
        "effort hours", "person hours", "man hours", "worked", "spent", "minutes", "seconds",
        "duration seconds", "duration minutes", "time", "hrs", "stunden", "std", "dauer", "zeitaufwand",
        "aufwand", "arbeitszeit", "aufwand h", "aufwand stunden", "zeit", "minuten", "sekunden",
        "aufgewendete zeit", "geleistete stunden", "person days", "man days", "personentage", "heures",
        "nombre d'heures", "durée", "temps", "temps passé", "temps consacré", "jours", "horas", "duración",
        "tiempo", "tiempo dedicado", "horas trabajadas", "días",
    ),
    "points": (
        "story points", "storypoints", "story point", "storypoint", "story point estimate", "points", "sp",
        "estimate points", "weight", "punkte", "puntos de historia",
    ),
    "day": (
        "date", "day", "work date", "workdate", "spent on", "spent date", "spent at", "entry date",
        "date worked", "worked on", "started date", "logged date", "log date", "date logged", "datum", "tag",
        "arbeitstag", "buchungsdatum", "leistungsdatum", "jour", "fecha", "día", "started", "started at",
    ),
    "person": (
        "person", "user", "username", "user name", "employee", "employee name", "assignee", "assignee name",
        "assigned to", "author", "author name", "worker", "staff", "resource", "member", "developer", "login",
        "full name", "email", "e mail", "who", "owner", "assignee id", "author id", "mitarbeiter",
        "mitarbeiterin", "mitarbeitende", "benutzer", "bearbeiter", "zugewiesen an", "zugewiesene person",
        "emp name", "emp", "personne", "utilisateur", "collaborateur", "collaboratrice", "salarié", "employé",
        "persona", "usuario", "empleado", "trabajador", "colaborador", "nom", "nombre",
        "name", "assignee login", "user email", "assignees", "assignees login",
    ),
    "labels": (
        "labels", "label", "tags", "labels name", "stichwörter", "schlagworte", "schlagwörter", "keywords",
        "étiquettes", "étiquette", "etiquetas", "etiqueta", "tag",
    ),
    "components": (
        "components", "component", "component/s", "components name", "komponenten", "komponente", "module",
        "area", "subsystem", "composants", "composant", "componentes", "componente",
    ),
    "type": (
        "issue type", "type", "item type", "work item type", "ticket type", "kind", "tracker", "issuetype",
        "type name", "vorgangstyp", "typ", "art", "activity", "activity type", "aktivität", "tätigkeitsart",
        "type de ticket", "activité", "tipo", "tipo de incidencia", "actividad",
    ),
    "state": ("state", "status", "issue status", "status name", "zustand", "état", "statut", "estado"),
    "project": (
        "project key", "project", "project name", "repository", "repo", "product", "projekt", "projektname",
        "projektschlüssel", "repository name", "client project", "projet", "proyecto",
    ),
    "epic": ("epic", "epic link", "epic key", "epic name", "epic title", "epik"),
    "parent": ("parent key", "parent", "parent issue", "parent id", "parent task", "parent issue key"),
    "team": ("team", "team name", "squad", "group", "department", "org unit", "abteilung", "gruppe",
        "équipe", "equipo"),
    "created": (
        "created", "created at", "created date", "creation date", "date created", "opened", "opened at",
        "create date", "reported", "erstellt", "angelegt", "erstellt am", "erstelldatum", "création", "créé",
        "créé le", "date de création", "creada", "creado", "fecha de creación",
    ),
    "done": (
        "done", "done at", "done date", "resolved", "resolved at", "resolution date", "resolutiondate",
        "date resolved", "closed", "closed at", "closed date", "date closed", "completed", "completed at",
        "completed date", "completion date", "finished", "finished at", "finish date", "merged at",
        "erledigt", "erledigt am", "geschlossen", "abgeschlossen", "fertig", "fertig am", "résolue", "résolu",
        "fermé", "terminé", "terminé le", "resuelta", "resuelto", "cerrado", "cerrada",
    ),
    "updated": (
        "updated", "updated at", "updated date", "last updated", "last modified", "modified", "modified at",
        "changed", "aktualisiert", "geändert", "geändert am", "mise à jour", "mis à jour", "actualizada",
        "actualizado",
    ),
    "start": (
        "start", "start date", "start time", "started", "started at", "begin", "from", "beginn", "von",
        "startdatum", "start at", "début", "inicio", "fecha de inicio", "clock in", "time in", "kommen",
        "startzeit", "heure de début", "hora de inicio",
    ),
    "end": (
        "end", "end date", "end time", "stop", "stop time", "stop date", "ended at", "until", "to", "finish",
        "ende", "bis", "enddatum", "end at", "fin", "clock out", "time out", "gehen", "endzeit", "heure de fin",
        "hora de fin",
    ),
    "break": (
        "break", "breaks", "break time", "break duration", "break length", "break minutes", "break hours",
        "break min", "break h", "lunch", "lunch break", "unpaid break", "pause", "pausen", "pausenzeit",
        "pause minuten", "pause min", "pause h", "pausa", "descanso",
    ),
    "title": (
        "title", "summary", "subject", "task", "task name", "issue summary", "headline", "name", "topic",
        "titel", "zusammenfassung", "betreff", "thema", "aufgabe", "résumé", "titre", "sujet", "tâche",
        "resumen", "título", "asunto", "tarea", "description", "beschreibung", "tätigkeit", "descripción",
        "notes", "comment",
    ),
    "note": (
        "note", "notes", "comment", "work description", "description", "comments", "kommentar", "bemerkung",
        "beschreibung", "tätigkeit", "notiz", "commentaire", "remarque", "comentario", "observaciones",
    ),
    "row_id": (
        "row id", "entry id", "worklog id", "work log id", "time entry id", "log id", "uuid", "guid",
        "record id", "id",
    ),
    "url": ("url", "link", "html url", "web url", "issue url"),
    "paths": ("paths", "files", "changed files", "path"),
}  # fmt: skip

_KEY = re.compile(r"[A-Z][A-Z0-9_]{0,19}-[1-9]\d{0,6}")
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{2,4}.*|\d{1,2}[-/. ]+\w{3,9}[-/., ]+\d{2,4}.*"
    r"|\w{3,9}\.?,? +\d{1,2},? +.*\d{4}.*|\w{2,9}, .*\d{4}.*|\d{8}|\d{9,10}(\.\d+)?|\d{12,13}|[2-7]\d{4}(\.\d+)?"
)
_EFFORT = re.compile(
    r"[-+−]?[\d.,'’\s]*\d[\d.,]*\s*(e-?\d+)?|-?\d+:\d\d(:\d\d(\.\d+)?)?|-?P[\dTWDHMS.,]+|-?(\d+([.,]\d+)?\s*[A-Za-z]+\.?,?\s*(and|und)?\s*)+",
    re.IGNORECASE,
)
_TIME_OF_DAY = re.compile(
    r"\d{1,2}[:h]\d\d(:\d\d([.,]\d+)?)?(\s?([ap]\.?\s?m\.?|uhr))?|\d{1,2}(\s?[ap]\.?\s?m\.?|h|\s?uhr)",
    re.IGNORECASE,
)
_HAS_TIME = re.compile(r"\d[:h]\d\d|\d\s?[ap]\.?m\b|^\d{5}\.\d|^\d{9,}", re.IGNORECASE)
#: A plain number of a break from here on is minutes: nobody takes a break of five hours.
_LEAST_MINUTES = 5
#: ``Dauer (Minuten)``, ``Effort in hours``, ``Work date [dd.mm.yyyy]``.
_ASIDE = re.compile(
    r"\(.*?\)|\[.+?\]|\bin (hours|minutes|seconds|days|stunden|minuten|tagen)\b", re.IGNORECASE
)
_DATES = ("day", "created", "done", "updated", "start", "end")
_UNITS = (
    (re.compile(r"second|sekund|\(s\)|\bsec\b"), "seconds"),
    (re.compile(r"minut|\(m(in)?\)"), "minutes"),
    (
        re.compile(r"\bdays?\b|\btagen?\b|\btage\b|personentage|\bpt\b|\(d\)|\bjours?\b|\bdías?\b"),
        "days",
    ),
)


def guess_mapping(header: Sequence[str], sample_rows: Rows, place: str = "The file") -> Mapping:
    """The mapping that fits: a ready-made one if its columns are there, else by names and values.

    Args:
        header: Column names as the file has them.
        sample_rows: Some rows; a cell may be a tuple where a row holds a list.
        place: What the file is called in errors.

    Raises:
        SourceError: if nothing in it is work: no item, no effort.
    """
    names = list(header)
    ready = recognised(lambda words: _has_any(words, names))
    if ready is not None:
        return _narrowed(ready, names)
    return _Guess(names, sample_rows).mapping(place)


def _has_any(alternatives: str, header: list[str]) -> bool:
    return any(find_columns(n, header) for n in alternatives.split("|"))


def _narrowed(ready: Mapping, header: list[str]) -> Mapping:
    """Only what the file has; a role keeps all its alternatives that are there."""
    columns = {}
    for role, names in ready.columns.items():
        there = tuple(n for n in names if all(find_columns(p, header) for p in n.split(" + ")))
        if there:
            columns[role] = there
    reasons = dict.fromkeys(columns, f"so called in a {ready.name} file")
    return ready.changed(columns=columns, reasons=reasons)


def normal(name: str) -> str:
    """A column name reduced to words: ``createdAt``, ``created_at`` and ``Created at`` are the same."""
    name = unicodedata.normalize("NFC", name)
    text = re.sub(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ])", " ", name)
    text = re.sub(r"\[\]", " ", text)
    return re.sub(r"[\s_.\-()\[\]:]+", " ", text).strip().casefold()


class _Guess:
    """One guess at one header."""

    def __init__(self, header: list[str], rows: Rows) -> None:
        self.header = header
        self.values = [
            [v for r in rows if i < len(r) and (v := _first(r[i]))] for i in range(len(header))
        ]
        self.normal = [normal(h) for h in header]
        self.bare = [normal(_ASIDE.sub("", h)) for h in header]
        self.taken: dict[int, str] = {i: "" for i in range(len(header)) if _holds_objects(rows, i)}
        self.columns: dict[str, tuple[str, ...]] = {}
        self.reasons: dict[str, str] = {}

    def mapping(self, place: str) -> Mapping:
        """The guess as a whole.

        Raises:
            SourceError: if it finds no work.
        """
        self._take_key_by_values()
        for role in NAMES:
            if role not in self.columns:
                self._take(role)
        self._leave_lonely_clocks()
        rows = self._rows()
        self._settle_roles(rows)
        unit = self._unit()
        if (days := days_among(self.header)) and not {"hours", "day"} <= self.columns.keys():
            raise across(place, days)
        has_time = "hours" in self.columns or self._has_clocks()
        if not (self.columns.keys() & {"key", "title"} or (has_time and rows == "time")):
            raise self._not_work(place)
        return Mapping(rows=rows, columns=self.columns, unit=unit, reasons=self.reasons)

    def _names_items(self) -> bool:
        """A bare number or id with nothing else about an item does not make a row an item."""
        told = self.columns.keys() & {"title", "state", "done", "points", "hours"}
        key = self.columns.get("key")
        return "title" in told or bool(
            key and (told or normal(key[0]) not in ("id", "number", "#"))
        )

    def _take_key_by_values(self) -> None:
        others = NAMES["parent"] + NAMES["epic"] + NAMES["person"]
        like = [
            i
            for i, values in enumerate(self.values)
            if values and _share(values, _KEY.fullmatch) >= 0.8 and self.normal[i] not in others
        ]
        named = [i for i in like if self.normal[i] in NAMES["key"]]
        for i in (named or like)[:1]:
            self._give("key", i, f"its values look like keys, e.g. {self.values[i][0]!r}")

    def _take(self, role: str) -> None:
        for names in (self.normal, self.bare):
            for wanted in NAMES[role]:
                for i, name in enumerate(names):
                    if name == wanted and i not in self.taken and self._fits(role, i):
                        self._give(role, i, f"called {self.header[i]!r}")
                        return

    def _give(self, role: str, i: int, why: str) -> None:
        self.taken[i] = role
        if role in MANY:
            same = [j for j, n in enumerate(self.normal) if n == self.normal[i]]
            for j in same:
                self.taken[j] = role
        self.columns[role] = (self.header[i],)
        self.reasons[role] = why

    def _fits(self, role: str, i: int) -> bool:
        values = self.values[i]
        if role in ("start", "end") and self._is_clock(self.header[i]):
            return True
        if role in _DATES:
            return not values or _share(values, _DATE.fullmatch) >= 0.5
        if role in ("hours", "points", "break"):
            return not values or _share(values, _EFFORT.fullmatch) >= 0.4
        if role in ("labels", "person", "title"):
            return not values or _share(values, _DATE.fullmatch) < 0.5
        if role == "key" and self.normal[i] in ("id", "number", "#"):
            return bool(values) and len(set(values)) == len(values)
        if role == "row_id":
            return bool(values) and len(set(values)) == len(values)
        return True

    def _is_clock(self, name: str) -> bool:
        values = self.values[self.header.index(name)]
        return _share(values, _TIME_OF_DAY.fullmatch) > 0.5

    def _has_clocks(self) -> bool:
        """Whether the day stands in one column, and start and end are times of that day."""
        has = self.columns.keys()
        clocks = {r for r in ("start", "end") if r in has and self._is_clock(self.columns[r][0])}
        return clocks == {"start", "end"} and "day" in has and "hours" not in has

    def _leave_lonely_clocks(self) -> None:
        """Times of day say nothing without the other one and the day, and nothing new beside hours."""
        if self._has_clocks():
            return
        for role in ("start", "end"):
            if role in self.columns and self._is_clock(self.columns[role][0]):
                del self.columns[role], self.reasons[role]

    def _rows(self) -> str:
        has = self.columns.keys()
        if self._has_clocks():
            return "time"
        if "hours" in has and "day" in has and not {"created", "done"} & has:
            return "time"
        if (
            "hours" in has
            and "day" in has
            and self.reasons["day"].split("'")[1] not in ("Started",)
        ):
            named = self.normal[self.header.index(self.columns["day"][0])]
            return "time" if named not in ("started", "started at", "started date") else "issues"
        if {"hours", "start"} <= has and not {"created", "done", "state"} & has:
            return "time"
        stamps = {"start", "end"} <= has and not {"created", "done", "state", "type"} & has
        return "time" if stamps and "person" in has and self._tell_times() else "issues"

    def _tell_times(self) -> bool:
        """Whether starts have a time: between two days lie no hours of work, but days."""
        starts = (
            self.values[self.header.index(self.columns["start"][0])]
            if "start" in self.columns
            else []
        )
        return any(_HAS_TIME.search(v) for v in starts)

    def _settle_roles(self, rows: str) -> None:
        if "hours" in self.columns or rows != "time" or "start" not in self.columns:
            self._forget("break")
        if rows == "time":
            self._settle_time()
            return
        if "day" in self.columns:
            role = (
                "done"
                if "done" not in self.columns and "updated" not in self.columns
                else "created"
            )
            i = self.header.index(self.columns["day"][0])
            if normal(self.columns["day"][0]) in ("started", "started at", "started date"):
                role = "started"
            if role not in self.columns:
                self._give(role, i, f"called {self.header[i]!r}; items have no day of work")
            del self.columns["day"], self.reasons["day"]
        if "note" in self.columns:
            del self.columns["note"], self.reasons["note"]

    def _settle_time(self) -> None:
        key = self.columns.get("key")
        if key and normal(key[0]) in ("id", "number") and "row_id" not in self.columns:
            i = self.header.index(key[0])
            del self.columns["key"], self.reasons["key"]
            self._give("row_id", i, "different on every row")
        if "day" in self.columns and ("hours" in self.columns or not self._tell_times()):
            self._forget("start", "end")
        self._forget("created", "done", "updated")

    def _forget(self, *roles: str) -> None:
        for role in roles:
            self.columns.pop(role, None)
            self.reasons.pop(role, None)

    def _unit(self) -> str:
        role = next((r for r in ("hours", "break") if r in self.columns), None)
        if role is None:
            return "hours"
        name = self.columns[role][0]
        for pattern, unit in _UNITS:
            if pattern.search(name.replace("_", " ").casefold()):
                self.reasons[role] += f"; in {unit}, as its name says"
                return unit
        numbers = [
            float(v) for v in self.values[self.header.index(name)] if re.fullmatch(r"\d+", v)
        ]
        if role == "break":
            taken = sorted(n for n in numbers if n)
            if taken and taken[len(taken) // 2] >= _LEAST_MINUTES:
                self.reasons[role] += "; in minutes: too many for hours"
                return "minutes"
            return "hours"
        if (
            len(numbers) >= 3
            and sorted(numbers)[len(numbers) // 2] >= 300
            and not any(n % 60 for n in numbers)
        ):
            self.reasons["hours"] += (
                "; in seconds: all are whole minutes that way, and too many for hours"
            )
            return "seconds"
        return "hours"

    def _clocks(self) -> list[str]:
        """Columns of times of day."""
        both = zip(self.header, self.values, strict=True)
        return [h for h, v in both if v and _share(v, _TIME_OF_DAY.fullmatch) > 0.9]

    def _not_work(self, place: str) -> SourceError:
        shown = ", ".join(repr(_shortened(h)) for h in self.header[:40])
        numbers = [
            h
            for h, v in zip(self.header, self.values, strict=True)
            if v and _share(v, _EFFORT.fullmatch) > 0.9
        ]
        dated = any(v and _share(v, _DATE.fullmatch) > 0.9 for v in self.values)
        hours, clocks = self.columns.get("hours"), self._clocks()
        if hours:
            why = f"{hours[0]!r} looks like time spent, but no column says on which day, or for which item"
        elif len(clocks) > 1:
            why = (
                f"{clocks[0]!r} and {clocks[1]!r} hold times of day, but no column says on which day,"
                " and none how long"
            )
        else:
            why = "no column names an item or time spent"
        looks = (
            " It looks like the values of a metric over time: those belong to the plan's metrics."
            if not hours and not clocks and numbers and dated and "person" not in self.columns
            else ""
        )
        return SourceError(
            f"{place} is not work: {why}.{looks}",
            f"Columns there: {shown}. If it is work, write a mapping (mapping=<file>.yaml), or name columns:"
            " key=<column>, hours=<column>, day=<column>.",
            code="source.not_work",
        )


def _shortened(name: str) -> str:
    return name if len(name) <= 60 else name[:59] + "…"


def _first(cell: Cell) -> str | None:
    if isinstance(cell, tuple):
        return cell[0].strip() if cell else None
    return cell.strip() if cell else None


def _holds_objects(rows: Rows, place: int) -> bool:
    """Whether cells are lists of objects: a part of them is meant, not they."""
    return any(
        isinstance(c := r[place], tuple) and c[:1] and c[0].startswith("{")
        for r in rows
        if place < len(r)
    )


def _share(values: Sequence[str], test: Callable[[str], object]) -> float:
    return sum(1 for v in values if test(v)) / len(values) if values else 0.0
