using System.Collections.Immutable;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Services;

namespace ProjectedGan.Web;

/// <summary>An experiment's journal: as a list, as curves, and as it goes on (server-sent events).</summary>
internal sealed class WebEvents(ExperimentReader reader, IExperimentJournal journal, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private const int EventsAtOnce = 1000;
    private const int MostEvents = 1000;
    private const int MostPoints = 1000;
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(15);

    /// <summary>The newest events behind <c>after</c>, oldest first, without statistics.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        (var after, var limit) = (After(context), (int)WebQuery.Number(context, "limit", MostEvents, MostEvents));
        var id = await reader.IdAsync(WebQuery.Id(context));
        Queue<ExperimentEvent> events = [];
        var last = after;
        await ReadAsync(id, after, happened =>
        {
            last = happened.Sequence;
            if (happened.Progress is null)
            {
                events.Enqueue(happened);
                if (events.Count > limit)
                {
                    events.Dequeue();
                }
            }
        }, context.RequestAborted);
        var written = events.Select(happened => WebJson.Messages.Format(EventMessages.ToMessage(happened)));
        await WebJson.WriteAsync(context, $$"""{"last":{{last}},"events":[{{string.Join(',', written)}}]}""");
    }

    /// <summary>Curves of everything that the first worker reported, with at most 1,000 points each.</summary>
    public async Task WriteStatisticsAsync(HttpContext context)
    {
        long after = After(context), last = after;
        var points = Math.Max(2, (int)WebQuery.Number(context, "points", MostPoints, MostPoints));
        var id = await reader.IdAsync(WebQuery.Id(context));
        StatisticsCurves curves = new();
        await ReadAsync(id, after, happened =>
        {
            last = happened.Sequence;
            if (happened.Progress is { } progress)
            {
                curves.Add(progress);
            }
        }, context.RequestAborted);
        await WebJson.WriteObjectAsync(context, curves.Thin(points, last));
    }

    /// <summary>Events behind <c>after</c> (or the header Last-Event-ID), then those that happen, until the experiment has ended.</summary>
    public async Task StreamAsync(HttpContext context)
    {
        var after = long.TryParse(context.Request.Headers["Last-Event-ID"], out var seen) && seen >= 0 ? seen : After(context);
        var id = await reader.IdAsync(WebQuery.Id(context));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var items = Channel.CreateBounded<SseItem<string>>(1);
        // Neither a browser nor a proxy can tell silence from a lost connection. The first sign says that there is one; none is needed while events wait.
        await using var living = time.CreateTimer(_ => items.Writer.TryWrite(new SseItem<string>("", "alive")), state: null, TimeSpan.Zero, SignOfLife);
        var following = FollowAsync(items.Writer, id, after, end.Token);
        try
        {
            await TypedResults.ServerSentEvents(items.Reader.ReadAllAsync(end.Token)).ExecuteAsync(context);
        }
        finally
        {
            await end.CancelAsync();
            await following;
        }
    }

    private static long After(HttpContext context) => WebQuery.Number(context, "after", 0, long.MaxValue);

    // What it fails at reaches the reader of the channel.
    private async Task FollowAsync(ChannelWriter<SseItem<string>> items, string id, long after, CancellationToken cancellation)
    {
        try
        {
            await reader.Watch(id).RunAsync(after, happened => items.WriteAsync(Item(happened), cancellation).AsTask(), cancellation);
            await items.WriteAsync(new SseItem<string>("{}", "end"), cancellation);
            items.Complete();
        }
        catch (Exception error)
        {
            items.Complete(error);
        }
    }

    private static SseItem<string> Item(ExperimentEvent happened) =>
        new(WebJson.Messages.Format(EventMessages.ToMessage(happened))) { EventId = $"{happened.Sequence}" };

    private async Task ReadAsync(string id, long after, Action<ExperimentEvent> take, CancellationToken cancellation)
    {
        ImmutableArray<ExperimentEvent> events;
        do
        {
            events = await journal.ReadAsync(id, after, EventsAtOnce, cancellation);
            foreach (var happened in events)
            {
                take(happened);
                after = happened.Sequence;
            }
        }
        while (events.Length == EventsAtOnce);
    }
}

/// <summary>Answers as JSON. Messages of the public API are written in protobuf's own mapping, as <c>pgan --json</c> does.</summary>
internal static class WebJson
{
    public static readonly JsonFormatter Messages = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    public static Task WriteMessageAsync(HttpContext context, IMessage message) => WriteAsync(context, Messages.Format(message));

    public static Task WriteObjectAsync<T>(HttpContext context, T value)
        where T : class => WriteAsync(context, JsonSerializer.Serialize(value, Options));

    /// <param name="context">The request.</param>
    /// <param name="json">Is sent as it is.</param>
    public static async Task WriteAsync(HttpContext context, string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var response = context.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = bytes.Length;
        if (response.Headers.CacheControl.Count == 0)
        {
            response.Headers.CacheControl = "no-store";
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }
}
