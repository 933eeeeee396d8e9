using System.Globalization;
using System.Text;
using ProjectedGan.Cli.Tests.Coordinator;
using ProjectedGan.Cli.Tests.Hosting;
using ProjectedGan.Cli.Tests.Processes;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Web.Tests.Recording;

/// <summary>A real coordinator with an experiment that a scripted worker and evaluator brought to where it is.</summary>
internal sealed class RecordedCoordinator : IAsyncDisposable
{
    public const int Batch = 4;
    public const string Reader = "reader-0123456789abcdef", Worker = "worker-0123456789abcdef", Submitter = "submitter-0123456789abcdef";

    // Nobody is to be lost when the machine is busy.
    private static readonly string[] Patient = ["--heartbeat", "60s", "--lease", "1000s"];
    private readonly TemporaryFolder _home;
    private readonly CoordinatorProcess _coordinator;
    private readonly ScriptedWorker _worker;
    private readonly ScriptedEvaluator _evaluator;
    private readonly Experiments.ExperimentsClient _client;

    private RecordedCoordinator(TemporaryFolder home, CoordinatorProcess coordinator, Experiments.ExperimentsClient client, ScriptedWorker worker, ScriptedEvaluator evaluator)
    {
        _home = home;
        _coordinator = coordinator;
        _client = client;
        _worker = worker;
        _evaluator = evaluator;
    }

    /// <summary>Where a browser finds the page.</summary>
    public Uri Page => _coordinator.Metrics;

    public Uri Api => _coordinator.Address;

    public string Id { get; private set; } = "";

    public string Other { get; private set; } = "";

    /// <param name="hasTokens">Asks for the tokens of this class.</param>
    public static async Task<RecordedCoordinator> StartAsync(bool hasTokens = false)
    {
        TemporaryFolder home = new();
        if (hasTokens)
        {
            await File.WriteAllTextAsync(
                home.At("tokens.yaml"),
                $"tokens:\n  - {{name: ada, role: read, token: {Reader}}}\n  - {{name: pool, role: worker, token: {Worker}}}\n  - {{name: grace, role: submit, token: {Submitter}}}\n");
        }

        string[] tokens = hasTokens ? ["--tokens", home.At("tokens.yaml"), "--local-files", home.Path] : [];
        var coordinator = await CoordinatorProcess.StartAsync(home, [.. Patient, .. tokens]);
        var nodes = coordinator.Connect(new TransportOptions { Token = hasTokens ? Worker : null });
        Experiments.ExperimentsClient client = new(coordinator.Connect(new TransportOptions { Token = hasTokens ? Submitter : null }));
        RecordedCoordinator recorded = new(home, coordinator, client, await ScriptedWorker.StartAsync(new Cluster.ClusterClient(nodes)), ScriptedEvaluator.Start(nodes, home));
        recorded.Id = await SubmitAsync(client, home, "faces");
        await recorded.ReportAsync(1, 60);
        foreach (long iteration in new[] { 0, 2, 4, 6 })
        {
            await recorded.SnapshotAsync(iteration);
        }

        recorded.Other = await SubmitAsync(client, home, "second");
        await Eventually.HoldsAsync("all is reported and four snapshots are evaluated", async () =>
        {
            var one = await client.GetAsync(new GetRequest { Id = recorded.Id });
            return one.Progress?.Images == 60 * Batch && one.Snapshots.Count(snapshot => snapshot.Evaluation == EvaluationState.Done) == 4;
        });
        return recorded;
    }

    /// <summary>Reports the statistics of some iterations.</summary>
    public async Task ReportAsync(long first, long last)
    {
        for (var iteration = first; iteration <= last; iteration++)
        {
            await _worker.ReportAsync(iteration, Batch);
        }
    }

    /// <summary>Brings a snapshot; the evaluator draws and measures it.</summary>
    public async Task SnapshotAsync(long iteration) =>
        await _worker.SnapshotAsync(iteration, Batch, await _evaluator.UploadAsync($"weights-{iteration}", Encoding.UTF8.GetBytes(iteration.ToString(CultureInfo.InvariantCulture))));

    public async Task CancelAsync(string id) => await _client.CancelAsync(new CancelRequest { Id = id });

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        await _evaluator.DisposeAsync();
        await _coordinator.DisposeAsync();
        _home.Dispose();
    }

    private static async Task<string> SubmitAsync(Experiments.ExperimentsClient client, TemporaryFolder home, string name)
    {
        var spec = TinyExperiment.Spec(TinyExperiment.WriteDataset(home), "evaluation: {everySnapshot: true}").Replace("totalImages: 40", "totalImages: 4000", StringComparison.Ordinal);
        return (await client.SubmitAsync(new SubmitRequest { SpecYaml = spec, Name = name })).Id;
    }
}
