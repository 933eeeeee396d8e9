using System.Collections.Concurrent;

namespace Orleans.Tests.Hosting;

/// <summary>Points at which grains and tests meet: each test makes its own names.</summary>
internal static class Meeting
{
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> Points = new();

    public static void Reach(string point) => Of(point).TrySetResult();

    public static Task Wait(string point) => Of(point).Task.Within($"the point \"{point}\"");

    public static bool IsReached(string point) => Of(point).Task.IsCompleted;

    private static TaskCompletionSource Of(string point) => Points.GetOrAdd(point, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
