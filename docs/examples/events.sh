#!/usr/bin/env bash
# Prints events as JSON lines, for whatever collects logs: those behind the position in the file STATE, then each as it happens,
# until it is ended. STATE always holds the last one that was printed: after a crash that one may come again, with the same `id`.
# curl and jq, nothing else.
#
# usage: UPKEEP_URL=https://upkeep.example/graphql UPKEEP_TOKEN=upt_… events.sh STATE
# shellcheck disable=SC2016 # `$` in GraphQL and jq is theirs
set -euo pipefail

: "${UPKEEP_URL:?says where the server is}" "${UPKEEP_TOKEN:?says who asks}"
state=${1:?the file that keeps the position}
PAUSE_SECONDS=5
SILENCE_SECONDS=40 # a live server says something every 15 seconds

EVENTS='# graphql
subscription($after: Position!) {
  events(after: $after) {
    id position time type stream revision tenantId actor { kind apiTokenId agentId } reason commandId correlationId data
  }
}'

stream() { # POSITION
  jq --null-input --arg query "$EVENTS" --arg after "$1" '{$query, variables: {$after}}' |
    # The token comes from a file: everybody on this machine may read command lines.
    curl --silent --show-error --no-buffer --fail-with-body --data-binary @- --header 'Content-Type: application/json' \
      --header 'Accept: text/event-stream' --header @<(echo "Authorization: Bearer $UPKEEP_TOKEN") "$UPKEEP_URL" |
    # Heartbeats become empty lines, and what is refused goes to standard error.
    sed --unbuffered -n 's/^:.*//p; s/^data: {/{/p; t; /^{/p' |
    jq --raw-input --raw-output --unbuffered 'if . == "" then "" else fromjson |
      if .data.events then .data.events | "\(.position) \(tojson)" else .errors[0].message | stderr | empty end end'
}

while true; do
  position=$(cat "$state" 2>/dev/null || echo 0)
  while IFS= read -r -t "$SILENCE_SECONDS" line; do
    [ -n "$line" ] || continue
    printf '%s\n' "${line#* }"
    # In one step: a file that was half written would be no position.
    echo "${line%% *}" >"$state.new"
    mv "$state.new" "$state"
  done < <(stream "$position")
  sleep "$PAUSE_SECONDS" # it was cut: come back with the last position
done
