// A technician's day: tags the computers that were not seen for long, starts a session on those that are online, follows one of
// them until it is over, and lists what failed. C# 12, .NET 8 or newer, no packages: `dotnet new console`, with this as Program.cs.
//
// usage: UPKEEP_URL=https://upkeep.example/graphql UPKEEP_TOKEN=upt_… dotnet run [SINCE]
//
// SINCE is a moment, such as 2026-11-27T06:00:00Z; 30 days ago if it is not given.
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

const int PageSize = 2; // so that pages are turned here; 100 are the most
const int SliceSize = 500; // as many as one mutation takes
const int Tries = 20;
var silence = TimeSpan.FromSeconds(40); // a live server says something every 15 seconds, and answers within 30
var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);

const string Stale = """
    # graphql
    query($since: DateTime!, $first: Int!, $after: String) {
      computers(filter: { lastSeenBefore: $since }, orderBy: { field: LAST_SEEN_AT }, first: $first, after: $after) {
        nodes { id name lastSeenAt }
        pageInfo { hasNextPage endCursor }
      }
    }
    """;
const string Tag = """
    # graphql
    mutation($ids: [ID!]!, $commandId: UUID!) {
      tagComputers(input: { ids: $ids, add: ["stale"], options: { commandId: $commandId, reason: "not seen for long" } }) {
        results { givenId computer { name } userErrors { code message } }
      }
    }
    """;
const string Online = """
    # graphql
    query($first: Int!, $after: String) {
      computers(filter: { isOnline: true }, first: $first, after: $after) {
        nodes { id }
        pageInfo { hasNextPage endCursor }
      }
    }
    """;
const string Start = """
    # graphql
    mutation($ids: [ID!]!, $commandId: UUID!) {
      startSessions(input: { computerIds: $ids, options: { commandId: $commandId } }) {
        results { givenId session { id computer { name } } userErrors { code message } }
      }
    }
    """;
const string Follow = """
    # graphql
    subscription($id: ID!) { sessionProgress(id: $id) { status } }
    """;
const string Failed = """
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
    """;

var url = Environment.GetEnvironmentVariable("UPKEEP_URL");
var token = Environment.GetEnvironmentVariable("UPKEEP_TOKEN");
var since = args is [var given, ..] ? given : DateTimeOffset.UtcNow.AddDays(-30).ToString("O");
// Each request has a patience of its own.
using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

try
{
    if (url is null || token is null) throw new Refused("UPKEEP_URL says where the server is, and UPKEEP_TOKEN who asks");
    await Day();
    return 0;
}
catch (Refused refused)
{
    Console.Error.WriteLine(refused.Message);
    return 1;
}

async Task Day()
{
    // All pages first: what is changed meanwhile may change its place.
    var stale = await Pages<Computer>(Stale, new() { ["since"] = since });
    foreach (var computer in stale)
        Console.WriteLine($"stale: {computer.Name} {computer.LastSeenAt?.UtcDateTime.ToString("O")[..10] ?? "never"}");
    foreach (var tagged in await Change(Tag, stale))
        Console.WriteLine($"tagged: {tagged.Computer?.Name ?? tagged.GivenId}");

    var started = await Change(Start, await Pages<Computer>(Online, new()));
    foreach (var result in started)
        Console.WriteLine($"started: {result.Session?.Computer?.Name ?? result.GivenId}");
    if (started is [{ Session: { } first }, ..]) await FollowSession(first.Id);

    foreach (var session in await Pages<Session>(Failed, new() { ["since"] = since }))
        foreach (var action in session.Actions.Where(one => one.Result == "FAILED"))
            Console.WriteLine($"failed: {session.Computer?.Name ?? "?"} {action.ItemName} {action.ResultReason ?? "?"}");
}

// The one field of one answer.
Task<T> Ask<T>(string query, Dictionary<string, object?> variables) where T : class => Patiently(async () =>
{
    using var patience = new CancellationTokenSource(silence);
    using var response = await Post(query, variables, "application/json", patience.Token);
    var answer = await response.Content.ReadFromJsonAsync<Answer<T>>(json, patience.Token);
    return DataOf(answer, response.Headers.RetryAfter?.Delta);
});

// All nodes, page by page.
async Task<List<T>> Pages<T>(string query, Dictionary<string, object?> variables)
{
    List<T> nodes = [];
    for (string? after = null; ;)
    {
        var page = await Ask<Page<T>>(query, new(variables) { ["first"] = PageSize, ["after"] = after });
        nodes.AddRange(page.Nodes);
        if (!page.PageInfo.HasNextPage) return nodes;
        after = page.PageInfo.EndCursor;
    }
}

// What became of those that were changed; the others are told. Names each mutation, so that it is done once.
async Task<List<Result>> Change(string query, List<Computer> computers)
{
    List<Result> changed = [];
    foreach (var slice in computers.Select(computer => computer.Id).Chunk(SliceSize))
    {
        var payload = await Ask<Payload>(query, new() { ["ids"] = slice, ["commandId"] = Guid.NewGuid() });
        foreach (var result in payload.Results)
            foreach (var error in result.UserErrors)
                Console.WriteLine($"refused: {result.GivenId} {error.Code} {error.Message}");
        changed.AddRange(payload.Results.Where(result => result.UserErrors.Length == 0));
    }
    return changed;
}

// Tells each new status until the session is over. The first answer is how it stands, so that coming back misses nothing.
async Task FollowSession(string id)
{
    var told = "";
    await Patiently(async () =>
    {
        using var patience = new CancellationTokenSource(silence);
        using var response = await Post(Follow, new() { ["id"] = id }, "text/event-stream", patience.Token);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(patience.Token));
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            patience.CancelAfter(silence);
            if (line == "event: complete") return true;
            // In the stream, or an ordinary answer: it was refused.
            var text = line.StartsWith("data: ") ? line["data: ".Length..] : line;
            if (!text.StartsWith('{')) continue;
            var status = DataOf(JsonSerializer.Deserialize<Answer<Session>>(text, json)).Status ?? "";
            if (status != told) Console.WriteLine($"session: {status}");
            told = status;
        }
        throw new Later(); // without `complete` it was cut
    });
}

async Task<HttpResponseMessage> Post(string query, Dictionary<string, object?> variables, string accept, CancellationToken patience)
{
    using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = JsonContent.Create(new { query, variables }) };
    request.Headers.Accept.ParseAdd(accept);
    var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience);
    // Looked at before the body: what stands in front of the server, and the server while it starts, answers plain text.
    if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
        throw new Later(response.Headers.RetryAfter?.Delta);
    if (response.Content.Headers.ContentType?.MediaType is not ("application/json" or "text/event-stream"))
        throw new Refused($"HTTP {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(patience)}");
    return response;
}

T DataOf<T>(Answer<T>? answer, TimeSpan? retryAfter = null) where T : class
{
    if (answer?.Errors is [var error, ..])
    {
        // The store is away: the status is 200 then, too.
        if (error.Extensions?.Code == "UNAVAILABLE") throw new Later(retryAfter);
        throw new Refused($"{error.Extensions?.Code}: {error.Message}");
    }
    var data = answer?.Data?.Values.SingleOrDefault() ?? throw new Refused("the answer is empty");
    // Where many are changed each one tells it. What is done already is not done again.
    if (data is Payload many && many.Results.Any(result => result.UserErrors.Any(one => one.Code == "UNAVAILABLE")))
        throw new Later(retryAfter);
    return data;
}

// Does it again while the server cannot, or is away. The same bytes are sent again: a commandId makes that safe.
async Task<T> Patiently<T>(Func<Task<T>> work)
{
    for (var attempt = 0; attempt < Tries; attempt++)
    {
        var pause = TimeSpan.FromSeconds(2); // where the server does not say when to come back
        try
        {
            return await work();
        }
        catch (Later later)
        {
            pause = later.Wait ?? pause;
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            // No connection, a cut one, or one that is silent.
        }
        await Task.Delay(pause);
    }
    throw new Refused($"{url} does not answer");
}

// What is not asked for is null.
record Answer<T>(Dictionary<string, T>? Data, Error[]? Errors);
record Error(string Message, Extensions? Extensions);
record Extensions(string? Code);
record Page<T>(T[] Nodes, PageInfo PageInfo);
record PageInfo(bool HasNextPage, string? EndCursor);
record Payload(Result[] Results);
record Result(string GivenId, Computer? Computer, Session? Session, UserError[] UserErrors);
record UserError(string Code, string Message);
record Computer(string Id, string Name, DateTimeOffset? LastSeenAt);
record Session(string Id, string? Status, Computer? Computer, Action[] Actions);
record Action(string ItemName, string Result, string? ResultReason);

// The server cannot do it now.
class Later(TimeSpan? wait = null) : Exception
{
    public TimeSpan? Wait => wait;
}

// Nothing that coming back would help.
class Refused(string message) : Exception(message);
