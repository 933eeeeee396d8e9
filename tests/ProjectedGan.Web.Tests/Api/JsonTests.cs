using System.Net;
using System.Text.Json;
using ProjectedGan.Web.Tests.Browser;
using ProjectedGan.Web.Tests.Recording;

namespace ProjectedGan.Web.Tests.Api;

/// <summary>The JSON and images that the page reads, from a real coordinator.</summary>
[Collection(PageCollection.Name)]
public sealed class JsonTests(OpenCoordinator open) : IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = new Uri(open.Recorded.Page, "/api/v1/") };

    private string One => $"experiments/{open.Recorded.Id}";

    [Fact]
    public async Task Experiments_List_HasStateProgressAndBestMetric()
    {
        using var list = await GetAsync("experiments");

        var faces = list.RootElement.GetProperty("experiments").EnumerateArray().Single(one => one.GetProperty("name").GetString() == "faces");
        Assert.Equal("EXPERIMENT_STATE_RUNNING", faces.GetProperty("state").GetString());
        Assert.Equal(("fid", ScriptedEvaluator.Distance(24)), (faces.GetProperty("bestMetric").GetProperty("metric").GetString(), faces.GetProperty("bestMetric").GetProperty("value").GetDouble()));
        using var queued = await GetAsync("experiments?state=queued&state=paused");
        Assert.Equal("second", Assert.Single(queued.RootElement.GetProperty("experiments").EnumerateArray()).GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("state=queued", "second")]
    [InlineData("state=Running", "faces")]
    [InlineData("state=running&state=queued&state=paused", "faces", "second")]
    [InlineData("state=completed&state=failed")]
    public async Task Experiments_OfStates_AreThoseAlone(string query, params string[] names)
    {
        using var list = await GetAsync($"experiments?{query}");

        string?[] found = [.. list.RootElement.TryGetProperty("experiments", out var all) ? all.EnumerateArray().Select(one => one.GetProperty("name").GetString()) : []];
        Assert.Equal(names, found.Order());
    }

    [Fact]
    public async Task Experiment_HasSnapshotsWithMetricsGridsAndWalks()
    {
        using var one = await GetAsync(One);

        JsonElement[] snapshots = [.. one.RootElement.GetProperty("snapshots").EnumerateArray()];
        Assert.Equal(["0", "8", "16", "24"], snapshots.Select(snapshot => snapshot.GetProperty("images").GetString()));
        Assert.All((string[])["walk", "neighbours"], image => Assert.All(snapshots, snapshot => Assert.Equal(JsonValueKind.Object, snapshot.GetProperty(image).ValueKind)));
        Assert.All(snapshots, snapshot => Assert.Equal(0.25, snapshot.GetProperty("metrics")[0].GetProperty("standardDeviation").GetDouble()));
        Assert.Contains("totalImages: 4000", one.RootElement.GetProperty("specYaml").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statistics_AreThinnedToTheWantedPoints_WithBothEnds()
    {
        using JsonDocument all = await GetAsync($"{One}/statistics"), few = await GetAsync($"{One}/statistics?points=10");

        Assert.Equal(60, all.RootElement.GetProperty("images").GetArrayLength());
        Assert.Equal(60, few.RootElement.GetProperty("count").GetInt32());
        long[] images = [.. few.RootElement.GetProperty("images").EnumerateArray().Select(value => value.GetInt64())];
        Assert.Equal((10, 4, 240), (images.Length, images[0], images[^1]));
        Assert.All(few.RootElement.GetProperty("series").EnumerateObject(), series => Assert.Equal(10, series.Value.GetArrayLength()));
    }

    [Fact]
    public async Task Events_BehindASequence_LeaveStatisticsOut()
    {
        using var all = await GetAsync($"{One}/events");
        JsonElement[] events = [.. all.RootElement.GetProperty("events").EnumerateArray()];
        var middle = events[events.Length / 2].GetProperty("sequence").GetString()!;

        using JsonDocument rest = await GetAsync($"{One}/events?after={middle}"), last = await GetAsync($"{One}/events?limit=1");

        Assert.DoesNotContain(events, happened => happened.TryGetProperty("progress", out _));
        Assert.Equal(events.Length - (events.Length / 2) - 1, rest.RootElement.GetProperty("events").GetArrayLength());
        Assert.Equal(events[^1].GetProperty("sequence").GetString(), Assert.Single(last.RootElement.GetProperty("events").EnumerateArray()).GetProperty("sequence").GetString());
    }

    [Fact]
    public async Task Stream_BehindASequence_HasWhatFollows()
    {
        using var one = await GetAsync(One);
        var last = long.Parse(one.RootElement.GetProperty("lastEvent").GetString()!);
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(1));
        await using var stream = await _client.GetStreamAsync($"{One}/stream?after={last - 1}", patience.Token);
        using StreamReader reader = new(stream);

        List<string> lines = [];
        while (!lines.Contains($"id: {last}"))
        {
            lines.Add(await reader.ReadLineAsync(patience.Token) ?? throw new InvalidOperationException("The stream ended."));
        }

        Assert.Equal("event: alive", lines[0]);
        using var happened = JsonDocument.Parse(lines[^2]["data: ".Length..]);
        Assert.Equal($"{last}", happened.RootElement.GetProperty("sequence").GetString());
    }

    [Theory]
    [InlineData("samples", 8, 64)]
    [InlineData("walks", 16, 128)]
    [InlineData("neighbours", 16, 240)]
    public async Task Images_OfASnapshot_AreKeptByBrowsers(string kind, int images, int width)
    {
        using var first = await _client.GetAsync($"{One}/{kind}/{images}.png");
        using HttpRequestMessage again = new(HttpMethod.Get, $"{One}/{kind}/{images}.png") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var second = await _client.SendAsync(again);
        var png = await first.Content.ReadAsByteArrayAsync();

        Assert.Equal(("image/png", true), (first.Content.Headers.ContentType!.MediaType, first.Headers.CacheControl!.Private));
        Assert.Equal(width, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task NewestImage_IsTheNewest_AndAskedForEachTime()
    {
        using var newest = await _client.GetAsync($"{One}/samples/newest.png");

        Assert.Equal(Drawings.Grid(24), await newest.Content.ReadAsByteArrayAsync());
        Assert.Equal((true, "24"), (newest.Headers.CacheControl!.NoCache, Assert.Single(newest.Headers.GetValues("X-Images"))));
    }

    [Theory]
    [InlineData("experiments/zzzz", 404, "NOT_FOUND", "zzzz")]
    [InlineData("experiments/ONE/samples/9.png", 404, "NOT_FOUND", "no sample grid at 9")]
    [InlineData("experiments/ONE/samples/latest.png", 404, "NOT_FOUND", "newest")]
    [InlineData("experiments/ONE/events?after=soon", 400, "INVALID_ARGUMENT", "after is 'soon'")]
    [InlineData("experiments/ONE/statistics?points=5000", 400, "INVALID_ARGUMENT", "points")]
    [InlineData("experiments?state=tired", 400, "INVALID_ARGUMENT", "tired")]
    [InlineData("experiments?pageSize=5000", 400, "INVALID_ARGUMENT", "pageSize")]
    [InlineData("nonsense", 404, "NOT_FOUND", "docs/web.md")]
    public async Task WrongRequests_AreToldWhatIsWrong(string path, int status, string code, string hint)
    {
        using var answer = await _client.GetAsync(path.Replace("ONE", open.Recorded.Id, StringComparison.Ordinal));
        using var error = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());

        Assert.Equal((status, code), ((int)answer.StatusCode, error.RootElement.GetProperty("code").GetString()));
        Assert.Contains(hint, error.RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/assets/app/main.js")]
    [InlineData("/api/v1/nodes")]
    [InlineData("/api/v1/nonsense")]
    public async Task Answers_LetBrowsersLoadNothingElse(string path)
    {
        using var answer = await _client.GetAsync(path);

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task Assets_AreSentOnce()
    {
        using var first = await _client.GetAsync("/assets/style/base.css");
        using HttpRequestMessage again = new(HttpMethod.Get, "/assets/style/base.css") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using HttpResponseMessage second = await _client.SendAsync(again), missing = await _client.GetAsync("/assets/nothing.js");

        Assert.Equal("text/css", first.Content.Headers.ContentType!.MediaType);
        Assert.Equal((HttpStatusCode.NotModified, 0), (second.StatusCode, (await second.Content.ReadAsByteArrayAsync()).Length));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    public void Dispose() => _client.Dispose();

    private async Task<JsonDocument> GetAsync(string path) => JsonDocument.Parse(await _client.GetStringAsync(path));
}
