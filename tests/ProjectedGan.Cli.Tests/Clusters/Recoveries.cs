using Grpc.Core;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Tests.Clusters;

/// <summary>How long training stood still, by the coordinator's own record of events.</summary>
internal static class Recoveries
{
    /// <summary>
    /// For each epoch that ended by a failure: the time from the end's event, which is written when the failure is detected, to the first
    /// iteration that was reported after it. Runs that waited for more workers meanwhile do not count.
    /// </summary>
    public static async Task<IReadOnlyList<TimeSpan>> MeasureAsync(Experiments.ExperimentsClient client, string id)
    {
        List<TimeSpan> times = [];
        DateTimeOffset? detected = null;
        foreach (var happened in await ReadAsync(client, id))
        {
            var time = happened.Time.ToDateTimeOffset();
            if (happened.KindCase == Event.KindOneofCase.None && IsFailure(happened.Text))
            {
                detected ??= time;
            }
            else if (happened.Transition?.State == ExperimentState.Waiting)
            {
                detected = null;
            }
            else if (happened.Progress is not null && detected is { } began)
            {
                times.Add(time - began);
                detected = null;
            }
        }

        return times;
    }

    /// <summary>All events of an experiment that has ended.</summary>
    public static async Task<List<Event>> ReadAsync(Experiments.ExperimentsClient client, string id)
    {
        using var watch = client.Watch(new WatchRequest { Id = id });
        List<Event> events = [];
        await foreach (var happened in watch.ResponseStream.ReadAllAsync())
        {
            events.Add(happened);
        }

        return events;
    }

    private static bool IsFailure(string text) =>
        text.StartsWith("Epoch ", StringComparison.Ordinal) && text.Contains(" ended: ", StringComparison.Ordinal)
        && (text.Contains("was lost", StringComparison.Ordinal) || text.Contains("could not", StringComparison.Ordinal) || text.Contains("damaged", StringComparison.Ordinal));
}
