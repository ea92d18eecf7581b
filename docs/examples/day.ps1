#!/usr/bin/env pwsh
#requires -Version 7.2
<#
.SYNOPSIS
A technician's day: tags the computers that were not seen for long, starts a session on those that are online, follows one of
them until it is over, and lists what failed. PowerShell 7, nothing else.

.EXAMPLE
$env:UPKEEP_URL = 'https://upkeep.example/graphql'; $env:UPKEEP_TOKEN = 'upt_…'; ./day.ps1
./day.ps1 2026-11-27T06:00:00Z

.PARAMETER Since
A moment; 30 days ago if it is not given. Text, not a [datetime]: those become text in the manner of the country.
#>
param([string] $Since = [datetime]::UtcNow.AddDays(-30).ToString('o'))

$ErrorActionPreference = 'Stop'
$PageSize = 2 # so that pages are turned here; 100 are the most
$SliceSize = 500 # as many as one mutation takes
$Tries = 20
$PauseSeconds = 2 # where the server does not say when to come back
$SilenceSeconds = 40 # a live server says something every 15 seconds, and answers within 30

if (-not $env:UPKEEP_URL -or -not $env:UPKEEP_TOKEN) {
    throw 'UPKEEP_URL says where the server is, and UPKEEP_TOKEN who asks'
}

$StaleDocument = @'
# graphql
query($since: DateTime!, $first: Int!, $after: String) {
  computers(filter: { lastSeenBefore: $since }, orderBy: { field: LAST_SEEN_AT }, first: $first, after: $after) {
    nodes { id name lastSeenAt }
    pageInfo { hasNextPage endCursor }
  }
}
'@
$TagDocument = @'
# graphql
mutation($ids: [ID!]!, $commandId: UUID!) {
  tagComputers(input: { ids: $ids, add: ["stale"], options: { commandId: $commandId, reason: "not seen for long" } }) {
    results { givenId computer { name } userErrors { code message } }
  }
}
'@
$OnlineDocument = @'
# graphql
query($first: Int!, $after: String) {
  computers(filter: { isOnline: true }, first: $first, after: $after) {
    nodes { id }
    pageInfo { hasNextPage endCursor }
  }
}
'@
$StartDocument = @'
# graphql
mutation($ids: [ID!]!, $commandId: UUID!) {
  startSessions(input: { computerIds: $ids, options: { commandId: $commandId } }) {
    results { givenId session { id computer { name } } userErrors { code message } }
  }
}
'@
$FollowDocument = @'
# graphql
subscription($id: ID!) { sessionProgress(id: $id) { status } }
'@
$FailedDocument = @'
# graphql
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
}
'@

# The data of an answer; nothing if the server cannot do it now. (The store is away: the status is 200 then, too.)
function Get-AnswerData($Answer) {
    if (-not $Answer.errors) {
        # Where many are changed each one tells it. What is done already is not done again.
        $away = $Answer.data.PSObject.Properties.Value.results.userErrors | Where-Object code -EQ UNAVAILABLE
        if ($away) { return }
        return $Answer.data
    }
    $code = $Answer.errors[0].extensions.code
    if ($code -ne 'UNAVAILABLE') { throw "${code}: $($Answer.errors[0].message)" }
}

function Wait-Server($RetryAfter) {
    $seconds = 0
    if (-not [int]::TryParse("$RetryAfter", [ref] $seconds)) { $seconds = $PauseSeconds }
    Start-Sleep -Seconds $seconds
}

# The data of one answer. While the server cannot, or is away, the same bytes are sent again: a commandId makes that safe.
# (Invoke-RestMethod's own -MaximumRetryCount would send again what is refused, too.)
function Ask([string] $Query, [hashtable] $Variables) {
    $request = @{
        Method = 'Post'
        Uri = $env:UPKEEP_URL
        Headers = @{ Authorization = "Bearer $env:UPKEEP_TOKEN"; Accept = 'application/json' }
        ContentType = 'application/json; charset=utf-8'
        Body = @{ query = $Query; variables = $Variables } | ConvertTo-Json -Depth 10
        TimeoutSec = $SilenceSeconds
        SkipHttpErrorCheck = $true
        StatusCodeVariable = 'status'
        ResponseHeadersVariable = 'head'
    }
    foreach ($try in 1..$Tries) {
        $head = @{}
        try { $answer = Invoke-RestMethod @request }
        catch { $status = 503 } # no connection, or a cut one
        # Looked at before the body: what stands in front of the server, and the server while it starts, answers plain text.
        if ($status -notin 429, 502, 503, 504) {
            if ($answer -is [string]) { throw "HTTP ${status}: $answer" }
            $data = Get-AnswerData $answer
            if ($data) { return $data }
        }
        Wait-Server $head['Retry-After']
    }
    throw "$env:UPKEEP_URL does not answer"
}

# All nodes, page by page.
function Get-Nodes([string] $Field, [string] $Query, [hashtable] $Variables) {
    $after = $null
    do {
        $page = (Ask $Query ($Variables + @{ first = $PageSize; after = $after })).$Field
        $page.nodes
        $after = $page.pageInfo.endCursor
    } while ($page.pageInfo.hasNextPage)
}

# What became of each. Names each mutation, so that it is done once.
function Invoke-Change([string] $Field, [string] $Query, [string[]] $Ids) {
    for ($start = 0; $start -lt $Ids.Count; $start += $SliceSize) {
        $slice = @($Ids | Select-Object -Skip $start -First $SliceSize)
        (Ask $Query @{ ids = $slice; commandId = [guid]::NewGuid().ToString() }).$Field.results
    }
}

# Tells each new status until the session is over. The first answer is how it stands, so that coming back misses nothing.
function Watch-Session([string] $Id) {
    $http = [System.Net.Http.HttpClient]::new()
    $http.Timeout = [System.Threading.Timeout]::InfiniteTimeSpan
    $body = @{ query = $FollowDocument; variables = @{ id = $Id } } | ConvertTo-Json -Depth 10
    $told = ''
    foreach ($try in 1..$Tries) {
        $request = [System.Net.Http.HttpRequestMessage]::new([System.Net.Http.HttpMethod]::Post, $env:UPKEEP_URL)
        $request.Headers.Add('Authorization', "Bearer $env:UPKEEP_TOKEN")
        $request.Headers.Add('Accept', 'text/event-stream')
        $request.Content = [System.Net.Http.StringContent]::new($body, [System.Text.Encoding]::UTF8, 'application/json')
        $reader = $null
        try {
            # Invoke-RestMethod would wait for the end; this one hands the answer over as it comes.
            $sending = $http.SendAsync($request, [System.Net.Http.HttpCompletionOption]::ResponseHeadersRead)
            $reader = [System.IO.StreamReader]::new($sending.GetAwaiter().GetResult().Content.ReadAsStream())
        }
        catch { Write-Verbose "no connection: $_" }
        while ($reader) {
            $line = $null
            try {
                $reading = $reader.ReadLineAsync()
                if ($reading.Wait($SilenceSeconds * 1000)) { $line = $reading.Result }
            }
            catch { Write-Verbose "cut: $_" }
            if ($null -eq $line) { break } # without `complete` it was cut
            if ($line -eq 'event: complete') { return }
            # In the stream, or an ordinary answer: it was refused.
            if ($line -notmatch '^(data: )?(?<json>\{.*)') { continue }
            $data = Get-AnswerData ($Matches.json | ConvertFrom-Json)
            if (-not $data) { break }
            $status = $data.sessionProgress.status
            if ($status -ne $told) { "session: $status" }
            $told = $status
        }
        if ($reader) { $reader.Dispose() }
        Wait-Server
    }
    throw "$env:UPKEEP_URL does not answer"
}

function Write-Refused($Results) {
    foreach ($result in $Results) {
        foreach ($problem in $result.userErrors) { "refused: $($result.givenId) $($problem.code) $($problem.message)" }
    }
}

# All pages first: what is changed meanwhile may change its place.
$stale = @(Get-Nodes computers $StaleDocument @{ since = $Since })
foreach ($computer in $stale) {
    # What looks like a time has become a [datetime], in the zone of this machine.
    $lastSeen = $computer.lastSeenAt ? ([datetimeoffset] $computer.lastSeenAt).UtcDateTime.ToString('o').Substring(0, 10) : 'never'
    "stale: $($computer.name) $lastSeen"
}
$tagged = @(Invoke-Change tagComputers $TagDocument $stale.id)
Write-Refused $tagged
$tagged | Where-Object { -not $_.userErrors } | ForEach-Object { "tagged: $($_.computer.name ?? $_.givenId)" }

$online = @(Get-Nodes computers $OnlineDocument @{})
$results = @(Invoke-Change startSessions $StartDocument $online.id)
Write-Refused $results
$started = @($results | Where-Object session)
$started | ForEach-Object { "started: $($_.session.computer.name ?? $_.givenId)" }
if ($started) { Watch-Session $started[0].session.id }

foreach ($session in Get-Nodes sessions $FailedDocument @{ since = $Since }) {
    foreach ($action in $session.actions | Where-Object result -EQ FAILED) {
        "failed: $($session.computer.name ?? '?') $($action.itemName) $($action.resultReason ?? '?')"
    }
}
