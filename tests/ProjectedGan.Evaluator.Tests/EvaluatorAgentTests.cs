using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Evaluator.Tests;

/// <summary>What an evaluator makes of the commands of a coordinator that repeats itself and changes its mind.</summary>
public sealed class EvaluatorAgentTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly Channel<string> _begun = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _results = Channel.CreateUnbounded<string>();
    private readonly SemaphoreSlim _mayEnd = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly EvaluatorAgent _agent;
    private readonly Task _work;

    public EvaluatorAgentTests()
    {
        _agent = new EvaluatorAgent(EvaluateAsync, TimeProvider.System, NullLogger.Instance);
        _work = _agent.RunAsync((message, _) => _results.Writer.TryWrite(message.Result.Task), _stop.Token);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _mayEnd.Dispose();
    }

    [Fact]
    public async Task Obey_TaskComesAgainOnANewConnection_IsDoneOnce()
    {
        _agent.Obey(Task("a"));
        await NextAsync(_begun);
        _agent.Obey(Task("a"));
        _agent.Obey(Task("b"));
        _agent.Obey(Task("b"));
        _agent.Obey(Task("c"));
        _mayEnd.Release(10);

        Assert.Equal(["a", "b", "c"], [await NextAsync(_results), await NextAsync(_results), await NextAsync(_results)]);
    }

    [Fact]
    public async Task Obey_TaskIsAbandoned_WhetherItHasBegunOrNot_GivesNoResult()
    {
        _agent.Obey(Task("a"));
        await NextAsync(_begun);
        _agent.Obey(Task("b"));
        _agent.Obey(new EvaluatorCommand { Abandon = "b" });
        _agent.Obey(new EvaluatorCommand { Abandon = "a" });
        _agent.Obey(Task("c"));
        Assert.Equal("c", await NextAsync(_begun));
        _mayEnd.Release();

        Assert.Equal("c", await NextAsync(_results));
        Assert.False(_work.IsCompleted);
    }

    [Fact]
    public async Task Obey_AbandonedTaskComesAgain_IsDoneAnew()
    {
        _agent.Obey(Task("a"));
        await NextAsync(_begun);
        _agent.Obey(new EvaluatorCommand { Abandon = "a" });
        _agent.Obey(Task("a"));
        await NextAsync(_begun);
        _mayEnd.Release();

        Assert.Equal("a", await NextAsync(_results));
    }

    private static EvaluatorCommand Task(string id) => new() { Task = new EvaluationTask { Id = id, Experiment = "e" } };

    private static async Task<string> NextAsync(Channel<string> channel) => await channel.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    private async Task<EvaluationResult> EvaluateAsync(EvaluationTask task, IProgress<double> progress, CancellationToken cancellation)
    {
        _begun.Writer.TryWrite(task.Id);
        await _mayEnd.WaitAsync(cancellation);
        return new EvaluationResult { Task = task.Id };
    }
}
