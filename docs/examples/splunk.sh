#!/usr/bin/env bash
# Brings every event that is new to Splunk's HTTP Event Collector, a page at a time, and ends; for cron or a systemd timer.
# STATE holds how far it is, and is written when Splunk has taken the page: after a crash a page may come again, with the same ids.
# curl and jq, nothing else.
#
# usage: UPKEEP_URL=https://upkeep.example/graphql UPKEEP_TOKEN=upt_… HEC_URL=https://splunk.example:8088 HEC_TOKEN=… splunk.sh STATE
# shellcheck disable=SC2016 # `$` in GraphQL and jq is theirs
set -euo pipefail

: "${UPKEEP_URL:?says where the server is}" "${UPKEEP_TOKEN:?says who asks}" "${HEC_URL:?}" "${HEC_TOKEN:?}"
state=${1:?the file that keeps the cursor}

EVENTS='# graphql
query($after: String) {
  events(first: 100, after: $after) {
    nodes { id position time type stream revision tenantId actor { kind apiTokenId agentId } reason commandId correlationId data }
    pageInfo { hasNextPage endCursor }
  }
}'

send() { # HEADER URL; the body on standard input. Comes back after 429 and 503, when Retry-After says.
  curl --silent --show-error --fail --retry 10 --retry-connrefused --max-time 60 \
    --header @<(echo "$1") --header 'Content-Type: application/json' --data-binary @- "$2"
}

more=true
while [ "$more" = true ]; do
  page=$(jq --null-input --arg query "$EVENTS" --arg after "$(cat "$state" 2>/dev/null || true)" \
    '{$query, variables: (if $after == "" then {} else {$after} end)}' | send "Authorization: Bearer $UPKEEP_TOKEN" "$UPKEEP_URL")
  events=$(jq --compact-output 'if .errors then error(.errors[0].message) else .data.events.nodes[] end
    | {time: (.time | sub("[.].*"; "Z") | fromdate), host: "upkeep", sourcetype: "upkeep:event", event: .}' <<<"$page")
  [ -n "$events" ] || exit 0 # an empty page has no cursor, and the last one stays
  send "Authorization: Splunk $HEC_TOKEN" "$HEC_URL/services/collector/event" <<<"$events" >/dev/null
  jq --raw-output .data.events.pageInfo.endCursor <<<"$page" >"$state.new"
  mv "$state.new" "$state"
  more=$(jq .data.events.pageInfo.hasNextPage <<<"$page")
done
