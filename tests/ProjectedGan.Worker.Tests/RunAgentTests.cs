using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Worker.Tests;

public sealed class RunAgentTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Assigned_WhileAnErrorEndsTheOneBefore_LogsIt()
    {
        Lines lines = new();
        TaskCompletionSource opening = new(TaskCreationOptions.RunContinuationsAsynchronously);
        WorkerState state = new(static () => { });
        RunAgent agent = new(
            state,
            async (_, cancellation) =>
            {
                opening.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw new InvalidDataException("The weights have been eaten.");
            },
            TimeProvider.System,
            lines);
        using CancellationTokenSource stop = new();
        var running = agent.RunAsync(stop.Token);
        agent.Assign(new Assignment { Version = 1, Mode = AssignmentMode.Warm, Run = new RunDescription { Id = "a" } });
        await opening.Task.WaitAsync(Patience);

        agent.Assign(new Assignment { Version = 2, Mode = AssignmentMode.Idle });
        await state.WaitForAsync(WorkerPhase.Idle, CancellationToken.None).WaitAsync(Patience);
        await stop.CancelAsync();
        await running.WaitAsync(Patience);

        Assert.Contains(lines.All, line => line.Contains("The weights have been eaten.", StringComparison.Ordinal));
        Assert.Equal("", state.Current().Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Opened_WithoutRoomOrFile_SaysThatItMayPass(bool passes)
    {
        WorkerState state = new(static () => { });
        RunAgent agent = new(
            state,
            (_, _) => throw (passes ? new ArtifactException(ArtifactFault.Missing, "It is not here.") : new ArtifactException(ArtifactFault.Damaged, "It is damaged.")),
            TimeProvider.System,
            new Lines());
        using CancellationTokenSource stop = new();
        var running = agent.RunAsync(stop.Token);

        agent.Assign(new Assignment { Version = 1, Mode = AssignmentMode.Warm, Run = new RunDescription { Id = "a" } });
        await state.WaitForAsync(WorkerPhase.Failed, CancellationToken.None).WaitAsync(Patience);

        Assert.Equal((passes, false), (state.Current().ErrorPasses, state.Current().ErrorIsEverywhere));
        await stop.CancelAsync();
        await running.WaitAsync(Patience);
    }

    private sealed class Lines : ILogger
    {
        public ConcurrentQueue<string> All { get; } = new();

        public IDisposable? BeginScope<TState>(TState scope)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState values, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Enqueue(formatter(values, exception));
    }
}
