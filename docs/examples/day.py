#!/usr/bin/env python3
"""A technician's day: tags the computers that were not seen for long, starts a session on those that are online, follows one of
them until it is over, and lists what failed. Python 3.9 or newer, nothing else.

usage: UPKEEP_URL=https://upkeep.example/graphql UPKEEP_TOKEN=upt_… day.py [SINCE]

SINCE is a moment, such as 2026-11-27T06:00:00Z; 30 days ago if it is not given.
"""

import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone

URL, TOKEN = os.environ["UPKEEP_URL"], os.environ["UPKEEP_TOKEN"]
PAGE = 2  # so that pages are turned here; 100 are the most
SLICE = 500  # as many as one mutation takes
TRIES = 20
PAUSE_SECONDS = 2  # where the server does not say when to come back
SILENCE_SECONDS = 40  # a live server says something every 15 seconds, and answers within 30

STALE = """# graphql
query($since: DateTime!, $first: Int!, $after: String) {
  computers(filter: { lastSeenBefore: $since }, orderBy: { field: LAST_SEEN_AT }, first: $first, after: $after) {
    nodes { id name lastSeenAt }
    pageInfo { hasNextPage endCursor }
  }
}"""
TAG = """# graphql
mutation($ids: [ID!]!, $commandId: UUID!) {
  tagComputers(input: { ids: $ids, add: ["stale"], options: { commandId: $commandId, reason: "not seen for long" } }) {
    results { givenId computer { name } userErrors { code message } }
  }
}"""
ONLINE = """# graphql
query($first: Int!, $after: String) {
  computers(filter: { isOnline: true }, first: $first, after: $after) {
    nodes { id }
    pageInfo { hasNextPage endCursor }
  }
}"""
START = """# graphql
mutation($ids: [ID!]!, $commandId: UUID!) {
  startSessions(input: { computerIds: $ids, options: { commandId: $commandId } }) {
    results { givenId session { id computer { name } } userErrors { code message } }
  }
}"""
FOLLOW = """# graphql
subscription($id: ID!) { sessionProgress(id: $id) { status } }"""
FAILED = """# graphql
query($since: DateTime!, $first: Int!, $after: String) {
  sessions(
    filter: { statuses: [FAILED, PARTIALLY_PASSED], createdAfter: $since }
    orderBy: { field: CREATED_AT, direction: DESC }
    first: $first
    after: $after
  ) {
    nodes { computer { name } actions { itemName result resultReason } }
    pageInfo { hasNextPage endCursor }
  }
}"""


class Later(Exception):
    """The server cannot do it now."""

    def __init__(self, retry_after=None):
        self.seconds = int(retry_after) if (retry_after or "").isdigit() else PAUSE_SECONDS


def patiently(work):
    """Does it again while the server cannot, or is away. The same bytes are sent again: a commandId makes that safe."""
    for _ in range(TRIES):
        try:
            return work()
        except Later as later:
            time.sleep(later.seconds)
        except (OSError, http.client.HTTPException):  # no connection, or it was cut
            time.sleep(PAUSE_SECONDS)
    sys.exit(f"{URL} does not answer")


def post(query, variables, accept):
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", "Accept": accept}
    body = json.dumps({"query": query, "variables": variables}).encode()
    try:
        return urllib.request.urlopen(urllib.request.Request(URL, body, headers), timeout=SILENCE_SECONDS)
    except urllib.error.HTTPError as refused:
        # Looked at before the body: what stands in front of the server, and the server while it starts, answers plain text.
        if refused.code in (429, 502, 503, 504):
            raise Later(refused.headers["Retry-After"]) from None
        text = refused.read().decode(errors="replace")
        if "json" not in refused.headers.get("Content-Type", ""):
            sys.exit(f"HTTP {refused.code}: {text}")
        return data_of(json.loads(text))


def data_of(answer, retry_after=None):
    errors = answer.get("errors") or []
    codes = [(error.get("extensions") or {}).get("code") for error in errors]
    if "UNAVAILABLE" in codes:  # the store is away: the status is 200 then, too
        raise Later(retry_after)
    if errors:
        sys.exit(f"{codes[0]}: {errors[0]['message']}")
    # Where many are changed each one tells it. What is done already is not done again.
    results = [result for payload in answer["data"].values() for result in (payload or {}).get("results", [])]
    if any(error["code"] == "UNAVAILABLE" for result in results for error in result["userErrors"]):
        raise Later(retry_after)
    return answer["data"]


def ask(query, variables):
    """The data of one answer."""

    def once():
        with post(query, variables, "application/json") as response:
            return data_of(json.load(response), response.headers["Retry-After"])

    return patiently(once)


def pages(field, query, variables):
    """All nodes, page by page."""
    after = None
    while True:
        page = ask(query, {**variables, "first": PAGE, "after": after})[field]
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def change(field, query, ids):
    """What became of those that were changed; the others are told. Names each mutation, so that it is done once."""
    for start in range(0, len(ids), SLICE):
        variables = {"ids": ids[start : start + SLICE], "commandId": str(uuid.uuid4())}
        for result in ask(query, variables)[field]["results"]:
            for error in result["userErrors"]:
                print(f"refused: {result['givenId']} {error['code']} {error['message']}", flush=True)
            if not result["userErrors"]:
                yield result


def follow(session):
    """Tells each new status until the session is over. The first answer is how it stands, so that coming back misses nothing."""
    told = None

    def once():
        nonlocal told
        event = ""
        with post(FOLLOW, {"id": session}, "text/event-stream") as stream:
            for line in stream:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "event":
                    event = value
                if event == "complete":
                    return
                if event == "next" and name == "data":
                    status = data_of(json.loads(value))["sessionProgress"]["status"]
                    if status != told:
                        print(f"session: {status}", flush=True)
                    told = status
        raise Later()  # without `complete` it was cut

    patiently(once)


def name_of(computer, otherwise):
    """A computer that has gone to another customer since is null."""
    return computer["name"] if computer else otherwise


month_ago = datetime.now(timezone.utc) - timedelta(days=30)
since = sys.argv[1] if len(sys.argv) > 1 else month_ago.strftime("%Y-%m-%dT%H:%M:%SZ")

# All pages first: what is changed meanwhile may change its place.
stale = list(pages("computers", STALE, {"since": since}))
for computer in stale:
    print(f"stale: {computer['name']} {(computer['lastSeenAt'] or 'never')[:10]}", flush=True)
for result in change("tagComputers", TAG, [computer["id"] for computer in stale]):
    print(f"tagged: {name_of(result['computer'], result['givenId'])}", flush=True)

online = [computer["id"] for computer in pages("computers", ONLINE, {})]
started = [result["session"] for result in change("startSessions", START, online)]
for session in started:
    print(f"started: {name_of(session['computer'], session['id'])}", flush=True)
if started:
    follow(started[0]["id"])

for session in pages("sessions", FAILED, {"since": since}):
    for action in session["actions"]:
        if action["result"] == "FAILED":
            print(f"failed: {name_of(session['computer'], '?')} {action['itemName']} {action['resultReason'] or '?'}", flush=True)
