"""What is asked of Linear, in its own language.

Linear counts the complexity of a query: a tenth for each value, one for each object, times the size of the
list that it stands in; 10,000 at most for a query, and so many for each hour. So histories are asked for as
ids of states and people, which are looked up once; an issue with ten of them costs about 35.
"""

_HISTORY = (
    "nodes { id createdAt actorId fromStateId toStateId fromAssigneeId toAssigneeId }"
    " pageInfo { hasNextPage endCursor }"
)
_ISSUE = (
    "id identifier title url createdAt updatedAt startedAt completedAt canceledAt archivedAt trashed"
    " dueDate estimate priorityLabel labelIds"
    " state { id name type } team { key name } assignee { id } creator { id }"
    " project { name } projectMilestone { name } cycle { number name } parent { identifier }"
)
_LIST = (
    "query($first: Int!, $after: String, $filter: IssueFilter, $by: PaginationOrderBy) {"
    " issues(first: $first, after: $after, filter: $filter, orderBy: $by, includeArchived: true) {"
    " nodes { FIELDS } pageInfo { hasNextPage endCursor } } }"
)

#: A page of issues, with the last entries of their histories.
ISSUES = _LIST.replace("FIELDS", f"{_ISSUE} history(first: 10) {{ {_HISTORY} }}")
#: A page of issues without them.
ISSUES_BARE = _LIST.replace("FIELDS", _ISSUE)
#: A page of ids.
IDS = _LIST.replace("FIELDS", "id identifier trashed createdAt updatedAt team { key }")
#: More of the history of one issue.
HISTORY = (
    "query($id: String!, $after: String) { issue(id: $id) {"
    f" id history(first: 50, after: $after) {{ {_HISTORY} }} }} }}"
)
_NAMES = {
    "users": ("includeDisabled: true, includeArchived: true", "id email displayName app"),
    "workflowStates": ("includeArchived: true", "id type"),
    "issueLabels": ("includeArchived: true", "id name parent { name }"),
}
#: Who and what ids stand for; the lists are short.
NAMES = tuple(_NAMES)
VIEWER = "query { viewer { id email displayName organization { name } } }"
TEAMS = (
    "query($after: String) { teams(first: 250, after: $after) {"
    " nodes { id key name } pageInfo { hasNextPage endCursor } } }"
)


def names_query(what: str) -> str:
    """A page of users, states or labels."""
    how, fields = _NAMES[what]
    return (
        f"query($after: String) {{ {what}(first: 250, after: $after, {how}) {{"
        f" nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    )
