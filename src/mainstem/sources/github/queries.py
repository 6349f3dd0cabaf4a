"""The texts of our GraphQL queries. Each has a name of its own; what varies are variables and a few parts.

Schema: https://docs.github.com/en/graphql/reference/objects
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: Issues and pull requests of one page. Pull requests carry their files, which cost GitHub's server time.
ISSUES_A_PAGE, PULLS_A_PAGE, PROJECTED_A_PAGE = 100, 50, 50
_MORE_TO_COME = "pageInfo { hasNextPage endCursor }"


@dataclass(frozen=True, slots=True)
class Features:
    """What is asked for: settings, and what an Enterprise Server's schema has.

    Attributes:
        files: Changed paths of pull requests.
        projects: Fields of projects.
        emails: Public addresses of people.
        types: Issue types.
        parents: Parents of sub-issues.
        links: Pull requests that close an issue.
        statuses: Changes of Status in the timeline.
    """

    files: bool = True
    projects: bool = False
    emails: bool = False
    types: bool = True
    parents: bool = True
    links: bool = True
    statuses: bool = True


def parts(has: Features) -> str:
    """The fragments ``IssueParts`` and ``PullParts``."""
    return "\n".join([_who(has), _above(has) if has.parents else "", _issue(has), _pull(has)])


def _who(has: Features) -> str:
    email = " ... on User { email }" if has.emails else ""
    return f"fragment Who on Actor {{ __typename login{email} }}"


def _above(has: Features) -> str:
    kind = "issueType { name } " if has.types else ""
    return (
        "fragment Above on Issue { id number repository { nameWithOwner }"
        f" {kind}labels(first: 20) {{ nodes {{ name }} }} }}"
    )


def connection(name: str, has: Features, first: int, after: str = "") -> str:
    """One of the lists that an item has, as it stands in a query.

    Args:
        after: Name of a variable, for what comes after the first page.
    """
    given = f"first: {first}" + (f", after: ${after}" if after else "")
    if name == "timelineItems":
        given += f", itemTypes: [{', '.join(_events(has))}]"
    return f"{name}({given}) {{ {_MORE_TO_COME} nodes {{ {_inside(name, has)} }} }}"


def _inside(name: str, has: Features) -> str:
    if name == "timelineItems":
        return _timeline(has)
    return {
        "labels": "name",
        "files": "path",
        "reviews": "id state submittedAt author { ...Who }",
        "projectItems": _PROJECT_ITEM,
    }[name]


def _events(has: Features) -> list[str]:
    out = ["ASSIGNED_EVENT", "UNASSIGNED_EVENT", "CLOSED_EVENT", "REOPENED_EVENT"]
    return [*out, "PROJECT_V2_ITEM_STATUS_CHANGED_EVENT"] if _tells_status(has) else out


def _tells_status(has: Features) -> bool:
    return has.projects and has.statuses


def _timeline(has: Features) -> str:
    assigned = "id createdAt actor { ...Who } assignee { ... on Actor { ...Who } }"
    moved = "id createdAt actor { ...Who }"
    status = (
        f" ... on ProjectV2ItemStatusChangedEvent {{ {moved} status }}"
        if _tells_status(has) else ""
    )  # fmt: skip
    return (
        f"__typename ... on AssignedEvent {{ {assigned} }} ... on UnassignedEvent {{ {assigned} }}"
        f" ... on ClosedEvent {{ {moved} }} ... on ReopenedEvent {{ {moved} }}{status}"
    )


_FIELD = "field { ... on ProjectV2FieldCommon { id name } }"
_PROJECT_ITEM = (
    # a project has at most fifty fields
    "id fieldValues(first: 50) { nodes { __typename"
    f" ... on ProjectV2ItemFieldTextValue {{ text {_FIELD} }}"
    f" ... on ProjectV2ItemFieldNumberValue {{ number {_FIELD} }}"
    f" ... on ProjectV2ItemFieldSingleSelectValue {{ name {_FIELD} }}"
    f" ... on ProjectV2ItemFieldDateValue {{ date {_FIELD} }}"
    f" ... on ProjectV2ItemFieldIterationValue {{ title {_FIELD} }} }} }}"
)
_BOTH = (
    "__typename id number title url createdAt updatedAt closedAt repository { nameWithOwner }"
    " author { ...Who } assignees(first: 10) { nodes { ...Who } } milestone { title }"
)


def _issue(has: Features) -> str:
    more = [
        connection("labels", has, 30),
        connection("timelineItems", has, 50),
        "state stateReason",
    ]
    if has.types:
        more.append("issueType { name }")
    if has.parents:
        more.append("parent { ...Above parent { ...Above parent { ...Above } } }")
    if has.links:
        more.append(
            "closedByPullRequestsReferences(first: 10, includeClosedPrs: true)"
            " { nodes { number repository { nameWithOwner } } }"
        )
    if has.projects:
        more.append(connection("projectItems", has, 10))
    return f"fragment IssueParts on Issue {{ {_BOTH} {' '.join(more)} }}"


def _pull(has: Features) -> str:
    more = [connection("labels", has, 30), connection("reviews", has, 30)]
    # not `state`: where both kinds are asked for at once, one name may not have two types
    more.append("pullState: state isDraft mergedAt mergedBy { ...Who } baseRefName")
    more.append(
        "closingIssuesReferences(first: 10) { nodes { number repository { nameWithOwner } } }"
    )
    if has.files:
        more.append(connection("files", has, 100))
    if has.projects:
        more.append(connection("projectItems", has, 10))
    return f"fragment PullParts on PullRequest {{ {_BOTH} {' '.join(more)} }}"


def issues_page(has: Features) -> str:
    """``IssuesPage``: a page of issues of a repository."""
    return (
        "query IssuesPage($owner: String!, $name: String!, $first: Int!, $after: String,"
        " $order: IssueOrder!, $filter: IssueFilters, $states: [IssueState!]) {"
        " repository(owner: $owner, name: $name) { page: issues(first: $first, after: $after,"
        " orderBy: $order, filterBy: $filter, states: $states)"
        f" {{ {_MORE_TO_COME} nodes {{ ...IssueParts }} }} }} }}\n"
    ) + _without("PullParts", has)


def pulls_page(has: Features) -> str:
    """``PullsPage``: a page of pull requests of a repository."""
    return (
        "query PullsPage($owner: String!, $name: String!, $first: Int!, $after: String,"
        " $order: IssueOrder!) { repository(owner: $owner, name: $name) {"
        " page: pullRequests(first: $first, after: $after, orderBy: $order)"
        f" {{ {_MORE_TO_COME} nodes {{ ...PullParts }} }} }} }}\n"
    ) + _without("IssueParts", has)


def _without(unused: str, has: Features) -> str:
    """The fragments but one: a query with a fragment that it does not use is refused."""
    kept = [_who(has), _pull(has) if unused == "IssueParts" else _issue(has)]
    if unused != "IssueParts" and has.parents:
        kept.append(_above(has))
    return "\n".join(kept)


def by_ids(has: Features) -> str:
    """``Nodes``: issues and pull requests by their node ids."""
    return (
        "query Nodes($ids: [ID!]!) { nodes(ids: $ids) { ...IssueParts ...PullParts } }\n"
        + parts(has)
    )


def by_numbers(count: int, has: Features) -> str:
    """``Numbers``: so many issues or pull requests, each by owner, name and number (``o0``, ``n0``, ``i0``)."""
    given = ", ".join(f"$o{i}: String!, $n{i}: String!, $i{i}: Int!" for i in range(count))
    asked = " ".join(
        f"k{i}: repository(owner: $o{i}, name: $n{i}) {{ id nameWithOwner"
        f" issueOrPullRequest(number: $i{i}) {{ ...IssueParts ...PullParts }} }}"
        for i in range(count)
    )
    return f"query Numbers({given}) {{ {asked} }}\n" + parts(has)


def rest_of(kind: str, name: str, count: int, has: Features) -> str:
    """``Rest``: what comes next in a list of so many items (``i0``), after a token each (``a0``).

    Args:
        kind: ``Issue`` or ``PullRequest``.
        name: Which of their lists.
    """
    given = ", ".join(f"$i{n}: ID!, $a{n}: String" for n in range(count))
    asked = " ".join(
        f"n{n}: node(id: $i{n}) {{ ... on {kind} {{ {connection(name, has, 100, f'a{n}')} }} }}"
        for n in range(count)
    )
    who = _who(has) if "...Who" in asked else ""
    return f"query Rest({given}) {{ {asked} }}\n{who}"


_REPOSITORY = """fragment Repo on Repository {
  databaseId nameWithOwner isFork
  issues { totalCount } pullRequests { totalCount } open: issues(states: OPEN) { totalCount }
  newestIssue: issues(first: 1, orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { updatedAt } }
  newestPull: pullRequests(first: 1, orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { updatedAt } }
}"""


def repositories(count: int) -> str:
    """``Repositories``: so many repositories by owner and name (``o0``, ``n0``)."""
    given = ", ".join(f"$o{i}: String!, $n{i}: String!" for i in range(count))
    asked = " ".join(
        f"r{i}: repository(owner: $o{i}, name: $n{i}) {{ ...Repo }}" for i in range(count)
    )
    return f"query Repositories({given}) {{ {asked} }}\n{_REPOSITORY}"


OF_OWNER = (
    "query OfOwner($login: String!, $after: String) { repositoryOwner(login: $login) {"
    " repositories(first: 50, after: $after, ownerAffiliations: [OWNER], isFork: false,"
    " orderBy: {field: CREATED_AT, direction: ASC})"
    f" {{ {_MORE_TO_COME} nodes {{ ...Repo }} }} }} }}\n{_REPOSITORY}"
)
#: Every issue of a repository, and when anything about it changed.
ISSUE_ROLL = (
    "query IssueRoll($owner: String!, $name: String!, $after: String, $order: IssueOrder!) {"
    " repository(owner: $owner, name: $name) { page: issues(first: 100, after: $after, orderBy: $order)"
    f" {{ {_MORE_TO_COME} nodes {{ id updatedAt EXTRA }} }} }} }}"
)
PULL_ROLL = (
    "query PullRoll($owner: String!, $name: String!, $after: String, $order: IssueOrder!) {"
    " repository(owner: $owner, name: $name) { page: pullRequests(first: 100, after: $after,"
    f" orderBy: $order) {{ {_MORE_TO_COME} nodes {{ id updatedAt EXTRA }} }} }} }}"
)
ROLL_PROJECTS = "projectItems(first: 20) { nodes { updatedAt } }"
TEAMS = (
    "query Teams($login: String!, $after: String) { organization(login: $login) {"
    f" teams(first: 30, after: $after) {{ {_MORE_TO_COME} nodes {{ id slug"
    f" members(first: 100, membership: IMMEDIATE) {{ totalCount {_MORE_TO_COME}"
    " nodes { login } } } } } }"
)
MEMBERS = (
    "query Members($id: ID!, $after: String) { node(id: $id) { ... on Team {"
    f" members(first: 100, after: $after, membership: IMMEDIATE) {{ {_MORE_TO_COME}"
    " nodes { login } } } } }"
)
#: What an Enterprise Server's schema knows; older ones know less.
SCHEMA = (
    "query Schema { issue: __type(name: \"Issue\") { fields { name } }"
    " status: __type(name: \"ProjectV2ItemStatusChangedEvent\") { name } }"
)  # fmt: skip
PROJECT_FIELDS = (
    "query ProjectFields($owner: String!, $name: String!) { repository(owner: $owner, name: $name) {"
    " projectsV2(first: 20) { nodes { title fields(first: 50) { nodes {"
    " ... on ProjectV2FieldCommon { id name dataType } } } } } } }"
)
FIRST = (
    "query First($text: String!) { search(query: $text, type: ISSUE, first: 1) { nodes {"
    " ... on Issue { createdAt } ... on PullRequest { createdAt } } } }"
)


def counts(texts: Iterable[str]) -> tuple[str, dict[str, str]]:
    """``Counts``: how many issues and pull requests each search finds, and its variables (``q0``)."""
    given = {f"q{i}": text for i, text in enumerate(texts)}
    declared = ", ".join(f"${name}: String!" for name in given)
    asked = " ".join(
        f"c{i}: search(query: $q{i}, type: ISSUE, first: 1) {{ issueCount }}"
        for i in range(len(given))
    )
    return f"query Counts({declared}) {{ {asked} }}", given
