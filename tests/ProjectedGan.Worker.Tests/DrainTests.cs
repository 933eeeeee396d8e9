using Microsoft.Extensions.Logging.Abstractions;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Worker.Tests;

/// <summary>How long a worker that is told to stop stays.</summary>
public sealed class DrainTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Drained_InARun_WaitsUntilItHasLeft()
    {
        var state = Training();
        var drained = WorkerHost.DrainedAsync(state, TimeSpan.FromHours(1), NullLogger.Instance, new CancellationToken(canceled: true));
        state.Enter(WorkerPhase.Held);
        Assert.False(drained.IsCompleted);
        state.Rest(assignment: 2);
        await drained.WaitAsync(Patience);
    }

    [Fact]
    public async Task Drained_InARunThatNeverLetsItGo_LeavesWhenItsTimeIsOver() =>
        await WorkerHost.DrainedAsync(Training(), TimeSpan.FromMilliseconds(10), NullLogger.Instance, new CancellationToken(canceled: true)).WaitAsync(Patience);

    [Theory]
    [InlineData("soon")]
    [InlineData("2h")]
    [InlineData("-5s")]
    public async Task Drain_ThatIsNoDuration_IsRefused(string value)
    {
        using TemporaryFolder home = new();
        (await PganProcess.RunAsync(home.Path, "worker", "--drain", value)).Refused(2, "--drain", $"'{value}' is no duration");
    }

    private static WorkerState Training()
    {
        WorkerState state = new(static () => { });
        state.Enter(WorkerPhase.Training);
        return state;
    }
}
