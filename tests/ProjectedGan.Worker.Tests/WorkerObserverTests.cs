using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Cli.Verification;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Tensors;
using ProjectedGan.Training.Checkpoints;
using ProjectedGan.Training.Iteration;

namespace ProjectedGan.Worker.Tests;

/// <summary>What a worker tells of its training, and which checkpoint it hands on.</summary>
public sealed class WorkerObserverTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly TemporaryFolder _home = new();
    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Channel<WorkerMessage> _sent = Channel.CreateUnbounded<WorkerMessage>();

    [Theory]
    [InlineData(true, false, 1)]
    [InlineData(false, true, 1)]
    [InlineData(false, false, 0)]
    public async Task NonFinite_FirstOfARun_IsAnEventOfTheLeaderAndOfWhomItComesFrom(bool leads, bool isOwn, int events)
    {
        await using var server = await RunningServer.StartAsync(_home);
        await using WorkerObserver observer = new("run", VerificationSpec.Create(replicas: 2, iterations: 9), Services(server));
        observer.Begin(new Assignment { Epoch = 1 }, leads, new WorkerState(() => { }));

        for (long iteration = 3; iteration < 6; iteration++)
        {
            observer.NonFinite(new NonFiniteGradient(iteration, TrainingPhase.Generator, new NonFiniteCounts(7, 0, 0), ["synthesis.weight"], 1, isOwn ? [0] : []));
        }

        List<WorkerMessage> sent = [];
        while (_sent.Reader.TryRead(out var message))
        {
            sent.Add(message);
        }

        Assert.Equal(events, sent.Count);
        Assert.All(sent, message => Assert.StartsWith("Iteration 3: the gradient of the generator has 7 NaN", message.Log.Text, StringComparison.Ordinal));
        Assert.All(sent, message => Assert.Equal(("run", "warning"), (message.Log.Run, message.Log.Level)));
    }

    [Fact]
    public async Task OfferCheckpoint_BehindALaterOne_UploadsTheOneThatWasNamed()
    {
        await using var server = await RunningServer.StartAsync(_home);
        await using WorkerObserver observer = new("run", VerificationSpec.Create(replicas: 1, iterations: 200), Services(server));
        CheckpointStore store = new(_home.At("checkpoints"), keep: 2);
        foreach (long iteration in new[] { 150, 120 })
        {
            store.Write(Manifest(iteration), [KeyValuePair.Create<string, Action<string>>("data", path => File.WriteAllText(path, $"state {iteration}"))]);
        }

        observer.OfferCheckpoint(store.Root, 120);

        var message = await _sent.Reader.ReadAsync().AsTask().WaitAsync(Patience);
        Assert.Equal(120, message.Checkpoint?.Iteration);
    }

    public void Dispose()
    {
        _provider.Dispose();
        _home.Dispose();
    }

    private HostedRunServices Services(RunningServer server) =>
        WorkerServices.Create(server, _home, (message, _) => _sent.Writer.TryWrite(message)) with { Instruments = WorkerServices.Instruments(_provider) };

    private static CheckpointManifest Manifest(long iteration) => new()
    {
        SpecHash = "spec",
        Spec = new Dictionary<string, string>(),
        FeatureNetworkHash = "features",
        Iteration = iteration,
        ImagesSeen = iteration,
        GeneratorSteps = iteration,
        DiscriminatorSteps = iteration,
    };
}
