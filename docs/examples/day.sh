#!/usr/bin/env bash
# A technician's day: tags the computers that were not seen for long, starts a session on those that are online, follows one of
# them until it is over, and lists what failed. curl 7.84 or newer and jq, nothing else.
#
# usage: UPKEEP_URL=https://upkeep.example/graphql UPKEEP_TOKEN=upt_… day.sh [SINCE]
#
# SINCE is a moment, such as 2026-11-27T06:00:00Z; 30 days ago if it is not given.
# shellcheck disable=SC2016 # `$` in GraphQL and jq is theirs
set -euo pipefail
shopt -s inherit_errexit

: "${UPKEEP_URL:?says where the server is}" "${UPKEEP_TOKEN:?says who asks}"
PAGE=2    # so that pages are turned here; 100 are the most
SLICE=500 # as many as one mutation takes
TRIES=20
PAUSE_SECONDS=2 # where the server does not say when to come back
SILENCE_SECONDS=40 # a live server says something every 15 seconds, and answers within 30
since=${1:-$(date --utc --date '30 days ago' +%FT%TZ)}

STALE='# graphql
query($since: DateTime!, $first: Int!, $after: String) {
  computers(filter: { lastSeenBefore: $since }, orderBy: { field: LAST_SEEN_AT }, first: $first, after: $after) {
    nodes { id name lastSeenAt }
    pageInfo { hasNextPage endCursor }
  }
}'
TAG='# graphql
mutation($ids: [ID!]!, $commandId: UUID!) {
  tagComputers(input: { ids: $ids, add: ["stale"], options: { commandId: $commandId, reason: "not seen for long" } }) {
    results { givenId computer { name } userErrors { code message } }
  }
}'
ONLINE='# graphql
query($first: Int!, $after: String) {
  computers(filter: { isOnline: true }, first: $first, after: $after) {
    nodes { id }
    pageInfo { hasNextPage endCursor }
  }
}'
START='# graphql
mutation($ids: [ID!]!, $commandId: UUID!) {
  startSessions(input: { computerIds: $ids, options: { commandId: $commandId } }) {
    results { givenId session { id computer { name } } userErrors { code message } }
  }
}'
FOLLOW='# graphql
subscription($id: ID!) { sessionProgress(id: $id) { status } }'
FAILED='# graphql
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
}'

stop() {
  echo "$*" >&2
  exit 1
}

post() { # ACCEPT BODY OPTION...
  # The token comes from a file: everybody on this machine may read command lines.
  curl --silent --show-error --header "Accept: $1" --header 'Content-Type: application/json' \
    --header @<(echo "Authorization: Bearer $UPKEEP_TOKEN") --data-binary @- "${@:3}" "$UPKEEP_URL" <<<"$2"
}

# Fails if the answer says that the server cannot do it now, and ends everything if it says that something else is wrong.
check() { # ANSWER STATUS
  local code
  # Where many are changed each one tells that the server cannot. What is done already is not done again.
  code=$([ -n "$1" ] && jq --raw-output 'if .errors then .errors[0].extensions.code else
    first(.data[].results[]?.userErrors[].code | select(. == "UNAVAILABLE")) // "" end' <<<"$1" 2>/dev/null) || stop "HTTP $2: $1"
  [ "$code" != UNAVAILABLE ] || return 1
  [ -z "$code" ] || stop "$code: $(jq --raw-output '.errors[0].message' <<<"$1")"
}

# The data of one answer. While the server cannot, or is away, the same bytes are sent again: a commandId makes that safe.
# (curl's own --retry comes back after 503, and not where the answer was cut or says UNAVAILABLE.)
ask() { # QUERY VARIABLES
  local body answer status after outcome
  body=$(jq --null-input --arg query "$1" --argjson variables "$2" '{$query, $variables}')
  for ((try = 0; try < TRIES; try++)); do
    outcome=0
    answer=$(post application/json "$body" --max-time "$SILENCE_SECONDS" --write-out '\n%{http_code} %header{retry-after}') || outcome=$?
    read -r status after <<<"${answer##*$'\n'}"
    # The status before the body: what stands in front of the server, and the server while it starts, answers plain text.
    if [ "$outcome" = 0 ] && [[ $status != @(429|502|503|504) ]] && check "${answer%$'\n'*}" "$status"; then
      jq --compact-output .data <<<"${answer%$'\n'*}"
      return
    fi
    [[ $after =~ ^[0-9]+$ ]] || after=$PAUSE_SECONDS
    sleep "$after"
  done
  stop "$UPKEEP_URL does not answer"
}

# All nodes, page by page, each on a line.
pages() { # FIELD QUERY VARIABLES
  local after=null variables page
  while true; do
    variables=$(jq --argjson first "$PAGE" --argjson after "$after" '. + {$first, $after}' <<<"$3")
    page=$(ask "$2" "$variables")
    jq --compact-output ".$1.nodes[]" <<<"$page"
    [ "$(jq ".$1.pageInfo.hasNextPage" <<<"$page")" = true ] || return 0
    after=$(jq ".$1.pageInfo.endCursor" <<<"$page")
  done
}

uuid() { uuidgen 2>&- || cat /proc/sys/kernel/random/uuid; }

# What became of each of these nodes, each on a line. Names each mutation, so that it is done once.
change() { # FIELD QUERY NODES
  local ids variables results
  mapfile -t ids < <(jq --raw-output .id <<<"$3")
  for ((start = 0; start < ${#ids[@]}; start += SLICE)); do
    variables=$(jq --null-input --arg commandId "$(uuid)" '{ids: $ARGS.positional, $commandId}' --args "${ids[@]:start:SLICE}")
    results=$(ask "$2" "$variables")
    jq --compact-output ".$1.results[]" <<<"$results"
  done
}

# Tells each new status until the session is over. The first answer is how it stands, so that coming back misses nothing.
follow() { # ID
  local body line status told=''
  body=$(jq --null-input --arg query "$FOLLOW" --arg id "$1" '{$query, variables: {$id}}')
  for ((try = 0; try < TRIES; try++)); do
    while IFS= read -r -t "$SILENCE_SECONDS" line || [ -n "$line" ]; do
      case $line in
        'event: complete') return ;;
        'data: {'* | '{'*) # in the stream, or an ordinary answer: it was refused
          check "${line#data: }" 200 || break
          status=$(jq --raw-output '.data.sessionProgress.status' <<<"${line#data: }")
          [ "$status" = "$told" ] || echo "session: $status"
          told=$status
          ;;
      esac
    done < <(post text/event-stream "$body" --no-buffer)
    sleep "$PAUSE_SECONDS" # without `complete` it was cut
  done
  stop "$UPKEEP_URL does not answer"
}

REFUSED='.givenId as $id | .userErrors[] | "refused: \($id) \(.code) \(.message)"'
since_then=$(jq --null-input --arg since "$since" '{$since}')

# All pages first: what is changed meanwhile may change its place.
stale=$(pages computers "$STALE" "$since_then")
jq --raw-output '"stale: \(.name) \(.lastSeenAt // "never" | .[:10])"' <<<"$stale"
tagged=$(change tagComputers "$TAG" "$stale")
jq --raw-output "$REFUSED" <<<"$tagged"
jq --raw-output 'select(.userErrors == []) | "tagged: \(.computer.name // .givenId)"' <<<"$tagged"

online=$(pages computers "$ONLINE" '{}')
started=$(change startSessions "$START" "$online")
jq --raw-output "$REFUSED" <<<"$started"
jq --raw-output 'select(.session) | "started: \(.session.computer.name // .givenId)"' <<<"$started"
first=$(jq --raw-output --slurp 'map(.session.id // empty)[0] // empty' <<<"$started")
[ -z "$first" ] || follow "$first"

failed=$(pages sessions "$FAILED" "$since_then")
jq --raw-output '(.computer.name // "?") as $name | .actions[] | select(.result == "FAILED") |
  "failed: \($name) \(.itemName) \(.resultReason // "?")"' <<<"$failed"
