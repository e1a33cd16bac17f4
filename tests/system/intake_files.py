"""What the tests of the drop folder drop: a mapping, a register and rows, all of them made up."""

import datetime
import json
import pathlib
import zoneinfo

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAPPING = ROOT / "deploy" / "examples" / "south-yorkshire.mapping.toml"

COLUMNS = ["OCCURRENCE_NO", "INCIDENT_DATE", "INCIDENT_TIME", "CHILD_NOMINAL", "SCHOOL_URN", "SCHOOL_LAESTAB",
           "SCHOOL_NAME", "DO_NOT_DISCLOSE_TO", "CHILD_FORENAMES", "CHILD_SURNAME", "CHILD_ALIAS", "CHILD_DOB",
           "CHILD_PRESENT", "CHILD_LOCATION", "CHILD_ROLE", "CHILD_SPOKEN_TO", "VOICE_OF_CHILD", "WELFARE_CHECK",
           "CIRCUMSTANCES", "CSC_INFORMED", "DASH_GRADE", "NO_COLLECT_WHO", "NO_COLLECT_ORDER", "ADDRESS_1",
           "ADDRESS_2", "POSTCODE", "CHILD_UPN", "ADULT_OCCUPATION", "COVERT_FLAG", "RELOCATED"]

REGISTER_COLUMNS = ["URN", "LA (code)", "LA (name)", "EstablishmentNumber", "EstablishmentName",
                    "EstablishmentStatus (code)", "OpenDate", "CloseDate", "Postcode"]
REGISTER = [
    ["106890", "999", "Testshire", "2001", "Oak Hill Primary School", "1", "", "", "ZZ99 1ZZ"],
    ["106891", "999", "Testshire", "2002", "Mill Lane Academy", "1", "01-09-2021", "", "ZZ99 2ZZ"],
    ["106892", "999", "Testshire", "2003", "St Example’s Infant School", "1", "", "", "ZZ99 3ZZ"],
    ["900101", "999", "Testshire", "2101", "Mill Lane Junior School", "2", "", "31-08-2021", "ZZ99 2ZZ"],
    ["900103", "999", "Testshire", "2103", "Ended School", "2", "", "31-08-2018", "ZZ99 4ZZ"],
    ["900109", "999", "Testshire", "2109", "Far Field School", "1", "", "", "ZZ99 9ZZ"],
]
LINKS = [["900101", "106891", "Mill Lane Academy", "Successor", "01-09-2021"]]

LONDON = zoneinfo.ZoneInfo("Europe/London")
LAST_NIGHT = datetime.datetime.now(LONDON) - datetime.timedelta(hours=14)


def csv_text(rows, delimiter=",", line_end="\r\n"):
    def cell(text):
        return '"' + text.replace('"', '""') + '"'
    return "".join(delimiter.join(map(cell, row)) + line_end for row in rows)


def row(incident, child, urn="106890", **cells):
    """A good row. `cells` by column name."""
    values = {
        "OCCURRENCE_NO": f"SY/2026/{incident:06}", "INCIDENT_DATE": LAST_NIGHT.strftime("%d/%m/%Y"),
        "INCIDENT_TIME": "00:05", "CHILD_NOMINAL": f"N{child:07}", "SCHOOL_URN": urn,
        "CHILD_FORENAMES": "JESSIE", "CHILD_SURNAME": f"TESTCASE-{child}", "CHILD_DOB": "04/03/2015",
        "CHILD_PRESENT": "Y", "CHILD_ROLE": "HOUSEHOLD", "CHILD_SPOKEN_TO": "N", "WELFARE_CHECK": "Y",
        "CIRCUMSTANCES": "Shouting heard by a neighbour.", "CSC_INFORMED": "Y", "DASH_GRADE": "MEDIUM",
        "ADULT_OCCUPATION": "SHOP ASSISTANT", "COVERT_FLAG": "N", "RELOCATED": "N", **cells}
    unknown = set(values) - set(COLUMNS)
    assert not unknown, unknown
    return [values.get(column, "") for column in COLUMNS]


def file_text(rows, **options):
    return csv_text([COLUMNS, *rows], **options)


# What all children of an incident share, where a format lets them.
OF_INCIDENT = ["OCCURRENCE_NO", "INCIDENT_DATE", "INCIDENT_TIME", "DO_NOT_DISCLOSE_TO", "CIRCUMSTANCES",
               "ADULT_OCCUPATION", "COVERT_FLAG", "RELOCATED"]
STATED = {"DO_NOT_DISCLOSE_TO", "ADULT_OCCUPATION", "COVERT_FLAG", "RELOCATED"}  # Must be there, be it empty.


def split_fields(row):
    """({field: text} of the incident, of the child): what is empty is left out where it may be."""
    fields = {name: text for name, text in zip(COLUMNS, row) if text or name in STATED}
    incident = {name: fields.pop(name) for name in OF_INCIDENT if name in fields}
    return incident, fields


def json_text(rows):
    """A list of incidents, one for each run of rows with the same one."""
    incidents = []
    for incident, child in map(split_fields, rows):
        if not incidents or {k: v for k, v in incidents[-1].items() if k != "children"} != incident:
            incidents.append({**incident, "children": []})
        incidents[-1]["children"].append(child)
    return json.dumps(incidents, ensure_ascii=False, indent=1)


def xml_text(rows):
    """One incident: that of the first row."""
    def escaped(text):
        return (text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
                .replace('"', "&quot;"))

    def fields(of, indent):
        return "".join(f'{indent}<field name="{name}">{escaped(text)}</field>\n' for name, text in of.items())
    children = "".join(f"  <child>\n{fields(split_fields(row)[1], '    ')}  </child>\n" for row in rows)
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<incident xmlns="urn:havenline:intake:1">\n'
            f"{fields(split_fields(rows[0])[0], '  ')}{children}</incident>\n")


class Drop:
    """The drop folder of a partnership's police, and what its port says of it.

    Since put() renames what is complete, a file need not be still before it is taken: but with slow=True.
    """

    def __init__(self, folder, slow=False, **more):
        self.folder = pathlib.Path(folder)
        self.root = self.folder / "drop"
        for name in ("IN", "SENT", "FAILED"):
            (self.root / name).mkdir(parents=True)
        self.write_register(REGISTER)
        (self.folder / "links.csv").write_text(
            csv_text([["URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"], *LINKS]))
        self.table = {"folder": str(self.root), "mapping": str(MAPPING), "agency": "police.south-yorkshire",
                      "register": str(self.folder / "register.csv"), "links": str(self.folder / "links.csv"), **more}
        if not slow:
            self.table["still-seconds"] = 0

    def write_register(self, schools):
        (self.folder / "register.csv").write_bytes(
            csv_text([REGISTER_COLUMNS, *schools]).encode("cp1252"))

    def put(self, name, content):
        """Puts a file into IN as a careful writer does: under another name first."""
        data = content if isinstance(content, bytes) else content.encode()
        partial = self.root / "IN" / ("." + name)
        partial.write_bytes(data)
        partial.rename(self.root / "IN" / name)

    def path(self, place, name):
        return self.root / place / name

    def names(self, place):
        return sorted(path.name for path in (self.root / place).iterdir())

    def receipts(self, name, place="SENT"):
        """The receipts of all files that were dropped under that name and stand in that place, oldest first."""
        found = []
        for path in (self.root / place).glob("*.receipt.json"):
            receipt = json.loads(path.read_text())
            if receipt["name"] == name and path.with_name(path.name.removesuffix(".receipt.json")).exists():
                found.append(receipt)
        return sorted(found, key=lambda receipt: receipt["taken"])

    def receipt(self, name, place="SENT"):
        """The newest of them, or None while there is none."""
        return next(reversed(self.receipts(name, place)), None)


def rows_of(receipt):
    """{row: what became of it}; a row that is named twice fails."""
    outcome = {}
    for kind in ("notices", "duplicates", "quarantined", "held"):
        for each in receipt[kind]:
            assert each["row"] not in outcome, each
            outcome[each["row"]] = kind
    assert len(outcome) == receipt["rows"], receipt
    return outcome
