"""The night that the demo plays: its register of schools and its incidents. Everybody in it is made up.

The rows are as a police records system exports them, faults and all: columns as
deploy/examples/south-yorkshire.mapping.toml expects them.
"""

import csv
import datetime
import io
import zoneinfo

LONDON = zoneinfo.ZoneInfo("Europe/London")

COLUMNS = ["OCCURRENCE_NO", "INCIDENT_DATE", "INCIDENT_TIME", "CHILD_NOMINAL", "SCHOOL_URN", "SCHOOL_LAESTAB",
           "SCHOOL_NAME", "DO_NOT_DISCLOSE_TO", "CHILD_FORENAMES", "CHILD_SURNAME", "CHILD_ALIAS", "CHILD_DOB",
           "CHILD_PRESENT", "CHILD_LOCATION", "CHILD_ROLE", "CHILD_SPOKEN_TO", "VOICE_OF_CHILD", "WELFARE_CHECK",
           "CIRCUMSTANCES", "CSC_INFORMED", "DASH_GRADE", "NO_COLLECT_WHO", "NO_COLLECT_ORDER", "ADDRESS_1",
           "ADDRESS_2", "POSTCODE", "CHILD_UPN", "ADULT_OCCUPATION", "COVERT_FLAG", "RELOCATED"]

OAK_HILL, MILL_LANE, ST_EXAMPLE = "106890", "106891", "106892"
CLOSED_FOLLOWED, CLOSED, NOWHERE = "900101", "900103", "999999"

REGISTER = [  # URN, establishment number, name, status code, status, closed on.
    (OAK_HILL, "2001", "Oak Hill Primary School", "1", "Open", ""),
    (MILL_LANE, "4002", "Mill Lane Academy", "1", "Open", ""),
    (ST_EXAMPLE, "2003", "St Example’s Infant School", "1", "Open", ""),
    (CLOSED_FOLLOWED, "2101", "Oak Hill Junior School", "2", "Closed", "31-08-2021"),
    (CLOSED, "2103", "Ended School", "2", "Closed", "31-08-2018"),
]
LINKS = [(CLOSED_FOLLOWED, OAK_HILL, "Oak Hill Primary School", "Successor", "01-09-2021")]

ADDRESS = "12 Sample Street"  # No school may ever see it.


def _table(header, rows):
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("cp1252")  # As the register's daily files are.


def register_csv():
    return _table(["URN", "LA (code)", "LA (name)", "EstablishmentNumber", "EstablishmentName",
                   "TypeOfEstablishment (code)", "TypeOfEstablishment (name)", "EstablishmentStatus (code)",
                   "EstablishmentStatus (name)", "OpenDate", "ReasonEstablishmentClosed (code)", "CloseDate",
                   "PhaseOfEducation (code)", "UKPRN", "Postcode"],
                  [(urn, "999", "Testshire", number, name, "01", "Community school", code, status, "", "00", closed,
                    "2", "", "ZZ99 1ZZ") for urn, number, name, code, status, closed in REGISTER])


def links_csv():
    return _table(["URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"], LINKS)


def _row(occurrence, clock, nominal, urn, given, born, **more):
    yesterday = datetime.datetime.now(LONDON).date() - datetime.timedelta(days=1)
    row = dict.fromkeys(COLUMNS, "")
    row.update(OCCURRENCE_NO=occurrence, INCIDENT_DATE=yesterday.strftime("%d/%m/%Y"), INCIDENT_TIME=clock,
               CHILD_NOMINAL=nominal, SCHOOL_URN=urn, CHILD_FORENAMES=given, CHILD_SURNAME="TESTCASE",
               CHILD_DOB=born, CHILD_PRESENT="Y", CHILD_ROLE="HOUSEHOLD", WELFARE_CHECK="Y", CSC_INFORMED="N",
               DASH_GRADE="MEDIUM", ADDRESS_1=ADDRESS, ADDRESS_2="Testby", POSTCODE="ZZ99 3VZ", COVERT_FLAG="N",
               RELOCATED="N", CIRCUMSTANCES="Shouting heard by a neighbour; a door was damaged.")
    row.update(more)
    return row


def first_rows():
    """Fourteen incidents; what is wrong with a row stands beside it."""
    brother_and_sister = [
        _row("SY/26/0001", "19:05", "N1001", OAK_HILL, "JESSIE", "04/03/2017", CHILD_LOCATION="upstairs",
             CHILD_SPOKEN_TO="Y", VOICE_OF_CHILD="“I hid in the wardrobe.”"),
        _row("SY/26/0001", "19:05", "N1002", MILL_LANE, "ROBIN", "19/11/2011", CHILD_LOCATION="kitchen"),
    ]
    twins = [_row("SY/26/0002", "19:40", nominal, OAK_HILL, given, "01/06/2018", DASH_GRADE="STANDARD")
             for nominal, given in (("N1003", "ALEX"), ("N1004", "SAM"))]
    return brother_and_sister + twins + [
        # High risk: the council's children's services are told as well.
        _row("SY/26/0003", "20:15", "N1005", ST_EXAMPLE, "RENÉE", "23/02/2020", CHILD_ROLE="VICTIM",
             DASH_GRADE="HIGH", CSC_INFORMED="Y", CIRCUMSTANCES="The child’s arm was hurt.\r\nAn ambulance came."),
        _row("SY/26/0004", "20:30", "N1006", "", "KIM", "12/12/2013", SCHOOL_NAME="Home educated"),
        # What others said about an alleged suspect is not for his school.
        _row("SY/26/0005", "21:10", "N1007", MILL_LANE, "LEE", "30/01/2011", CHILD_ROLE="SUSPECT",
             VOICE_OF_CHILD="said nothing", CHILD_SPOKEN_TO="Y"),
        _row("SY/26/0006", "21:25", "N1008", OAK_HILL, "ASHLEY", "09/09/2016",
             NO_COLLECT_WHO="Morgan Testcase, father", NO_COLLECT_ORDER="Non-molestation order, county court"),
        _row("SY/26/0006", "21:25", "N1009", OAK_HILL, "", "", CHILD_ROLE="UNBORN", CHILD_PRESENT="U"),
        # The records system still has the school as it was: the register knows what follows it.
        _row("SY/26/0007", "22:00", "N1010", CLOSED_FOLLOWED, "DREW", "15/05/2015"),
        _row("SY/26/0008", "22:10", "N1011", NOWHERE, "CHARLIE", "02/02/2014"),         # No such school.
        _row("SY/26/0009", "22:20", "N1012", CLOSED, "ROWAN", "17/07/2012"),            # Closed; nothing follows.
        _row("SY/26/0010", "22:35", "N1013", OAK_HILL, "QUINN", "28/10/2015",
             ADULT_OCCUPATION="TEACHER AT A PRIMARY SCHOOL"),                           # Danger: who would read it?
        _row("SY/26/0011", "22:50", "N1014", MILL_LANE, "PAT", "05/04/2010", COVERT_FLAG="Y"),  # Danger.
        _row("SY/26/0012", "23:05", "N1015", ST_EXAMPLE, "CASEY", "31/02/2019"),        # No such day.
        _row("SY/26/0012", "23:05", "N1016", ST_EXAMPLE, "FRANKIE", "14/08/2021"),
        _row("SY/26/0013", "23:15", "N1017", OAK_HILL, "JO", "21/03/2016",
             DO_NOT_DISCLOSE_TO="Morgan Testcase, caretaker"),                          # Cannot be sent yet.
        _row("SY/26/0014", "23:20", "N1018", "", "TONI", "06/06/2013", SCHOOL_NAME="UNKNOWN"),  # Which school?
        _row("SY/26/0014", "23:20", "N1019", MILL_LANE, "", "11/11/2012", CHILD_SURNAME=""),    # Whose child?
        brother_and_sister[0],                                                          # The same row once more.
    ]


def later_rows():
    """Two more incidents, a row of the first file that somebody mended, and one that was sent already."""
    return [
        _row("SY/26/0008", "22:10", "N1011", MILL_LANE, "CHARLIE", "02/02/2014"),
        _row("SY/26/0015", "23:40", "N1020", OAK_HILL, "ALI", "08/01/2018"),
        _row("SY/26/0016", "23:55", "N1021", MILL_LANE, "ZOË", "25/12/2010"),
        _row("SY/26/0002", "19:40", "N1003", OAK_HILL, "ALEX", "01/06/2018", DASH_GRADE="STANDARD"),
    ]


def as_csv(rows, encoding):
    """The bytes of a file: CRLF, quotes where they are needed, a mark before UTF-8."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode({"windows": "cp1252", "utf-8": "utf-8-sig"}[encoding])
