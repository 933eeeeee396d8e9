using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Hosting;
using ProjectedGan.Coordinator.Clustering;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Startup;
using ProjectedGan.Coordinator.Storage;
using ProjectedGan.Coordinator.Tests.Storage;
using Xunit.Sdk;

namespace ProjectedGan.Coordinator.Tests.Simulation;

/// <summary>A coordinator on a real database with simulated workers and a clock that moves only here. Nothing happens between steps.</summary>
internal sealed class SimulatedCluster : IAsyncDisposable
{
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    private readonly string _folder = Directory.CreateTempSubdirectory("pgan-coordination-").FullName;
    private readonly HashSet<string> _running = [];
    private readonly TimeProvider? _clock;
    private readonly Action<ISiloBuilder> _storage;
    private IHost _host = null!;
    private int _names;

    private SimulatedCluster(CoordinationOptions options, TimeProvider? clock, Action<ISiloBuilder>? storage)
    {
        (Options, _clock) = (options, clock);
        _storage = storage ?? (silo => silo.AddSqliteStorage(GrainNames.Storage, new SqliteStorageOptions { Path = Path.Combine(_folder, "coordinator.db"), SurvivesPowerLoss = false }));
    }

    public CoordinationOptions Options { get; }

    public ManualTime Time { get; } = new();

    public StorageFaults Faults { get; } = new();

    public SimulatedWorld World { get; } = new();

    public CallFaults Calls { get; } = new();

    public LogLines Logs { get; } = new();

    public ShownGauges Gauges { get; private set; } = new();

    public long LastIteration { get; set; } = 40;

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public SqlDatabase Database => _host.Services.GetRequiredService<SqlDatabase>();

    public IExperimentJournal Journal => _host.Services.GetRequiredService<IExperimentJournal>();

    public IExperimentDirectoryGrain Experiments => Grains.GetGrain<IExperimentDirectoryGrain>(GrainNames.Single);

    public ISchedulerGrain Scheduler => Grains.GetGrain<ISchedulerGrain>(GrainNames.Single);

    public IEvaluationQueueGrain Evaluations => Grains.GetGrain<IEvaluationQueueGrain>(GrainNames.Single);

    public IEnumerable<SimulatedWorker> Alive => World.Workers.Values.Where(worker => !worker.IsDead);

    public static Task<SimulatedCluster> StartAsync(Func<CoordinationOptions, CoordinationOptions>? configure = null) => StartAsync(configure, storage: null);

    /// <summary>A coordinator on a new database of a PostgreSQL server.</summary>
    public static async Task<SimulatedCluster> StartAsync(PostgresServer server, Func<CoordinationOptions, CoordinationOptions>? configure = null)
    {
        var connection = await server.CreateDatabaseAsync();
        return await StartAsync(configure, silo => silo.AddPostgresStorage(GrainNames.Storage, new PostgresStorageOptions { ConnectionString = connection }));
    }

    private static async Task<SimulatedCluster> StartAsync(Func<CoordinationOptions, CoordinationOptions>? configure, Action<ISiloBuilder>? storage)
    {
        // Without timers and long polls everything happens in the calls of a step.
        var options = new CoordinationOptions { TickInterval = TimeSpan.Zero, LongPoll = TimeSpan.Zero };
        var cluster = new SimulatedCluster(configure is null ? options : configure(options), clock: null, storage);
        await cluster.StartHostAsync();
        return cluster;
    }

    /// <summary>A coordinator on the system's clock, with its own timers.</summary>
    public static async Task<SimulatedCluster> StartOnSystemTimeAsync(CoordinationOptions options)
    {
        var cluster = new SimulatedCluster(options, TimeProvider.System, storage: null);
        await cluster.StartHostAsync();
        return cluster;
    }

    public IExperimentGrain Experiment(string id) => Grains.GetGrain<IExperimentGrain>(id);

    public SimulatedWorker AddWorker(Func<SimulatedWorld, string, SimulatedWorker>? make = null)
    {
        var id = $"w{++_names:000}";
        var worker = make is null ? new SimulatedWorker(World, id) : make(World, id);
        World.Workers[id] = worker;
        return worker;
    }

    public void AddWorkers(int count)
    {
        for (var index = 0; index < count; index++)
        {
            AddWorker();
        }
    }

    public ExperimentSubmission Submission(int min = 1, int max = 0, int replicas = 8, int priority = 0, string user = "ann", string kind = "", EvaluationPolicy? evaluation = null) => new()
    {
        Name = "test",
        User = user,
        SpecYaml = "spec",
        SpecHash = "hash",
        DatasetHash = "images",
        Dataset = new ArtifactReference { Name = "data.zip", Digest = "data" },
        Replicas = replicas,
        Batch = 16,
        TotalImages = 16 * LastIteration,
        LastIteration = LastIteration,
        MinWorkers = min,
        MaxWorkers = max,
        Priority = priority,
        DeviceKind = kind,
        Evaluation = evaluation ?? new EvaluationPolicy(),
    };

    public async Task<string> SubmitAsync(ExperimentSubmission? submission = null, string request = "")
    {
        var id = await Experiments.SubmitAsync(submission ?? Submission(), request);
        lock (_running)
        {
            _running.Add(id);
        }

        return id;
    }

    public Task<ExperimentView> GetAsync(string id) => Experiment(id).GetAsync();

    /// <summary>Half a second: every worker works and reports, then the grains look at the clock.</summary>
    public async Task StepAsync(int steps = 1)
    {
        for (var step = 0; step < steps; step++)
        {
            Time.Advance(Step);
            foreach (var worker in World.Workers.Values.ToArray())
            {
                await worker.StepAsync(Grains, LastIteration, 16);
            }

            foreach (var worker in World.Workers.Values)
            {
                await Grains.GetGrain<IWorkerGrain>(worker.Id).TickAsync();
            }

            await TickAsync(Scheduler.TickAsync);
            foreach (var id in _running)
            {
                await TickAsync(Experiment(id).TickAsync);
            }

            await TickAsync(Evaluations.TickAsync);
        }
    }

    /// <summary>Steps until something holds.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> holds, int steps = 400)
    {
        for (var step = 0; step < steps; step++)
        {
            if (await holds())
            {
                return;
            }

            await StepAsync();
        }

        string[] workers = [.. World.Workers.Values.Select(worker => $"{worker.Id}: {worker.Mode} {worker.Phase} {worker.Run} epoch {worker.Epoch} iteration {worker.Iteration}{(worker.IsDead ? " dead" : "")}")];
        Assert.Fail($"Waited {steps} steps for: {what}.\n{string.Join('\n', workers)}\n{string.Join('\n', await Task.WhenAll(_running.Select(DescribeAsync)))}\n{string.Join('\n', Logs.All.TakeLast(20).Select(line => line.Text))}");
    }

    public Task UntilStateAsync(string id, ExperimentState state, int steps = 400) => UntilAsync($"{id} to be {state}", async () => (await GetAsync(id)).State == state, steps);

    /// <summary>A new coordinator process on the same database.</summary>
    public async Task RestartAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await StartHostAsync();
    }

    /// <summary>The record of epochs covers [0, end) exactly once, and what it says was trained where it says so.</summary>
    public void AssertLedger(ExperimentView view, long end)
    {
        long next = 0;
        foreach (var epoch in view.Epochs)
        {
            Assert.Equal(next, epoch.FirstIteration);
            Assert.True(epoch.EndIteration >= epoch.FirstIteration);
            next = epoch.EndIteration;
            Assert.Equal(view.Submission.Replicas, epoch.Members.Sum(member => member.ReplicaCount));
            for (var iteration = epoch.FirstIteration; iteration < epoch.EndIteration; iteration++)
            {
                Assert.True(World.WasCommitted(view.Id, epoch.Epoch, iteration), $"Iteration {iteration} was not trained in epoch {epoch.Epoch}.");
            }
        }

        Assert.Equal(end, next);
    }

    public async Task AssertCompletedAsync(string id)
    {
        var view = await GetAsync(id);
        Assert.Equal(ExperimentState.Completed, view.State);
        Assert.Equal(SimulatedWorld.Hash(SimulatedWorld.State(LastIteration)), view.WeightsHash);
        Assert.Equal(LastIteration, view.Checkpoint?.Iteration);
        try
        {
            AssertLedger(view, LastIteration);
        }
        catch (XunitException error)
        {
            Assert.Fail($"{error.Message}\n{string.Join('\n', view.Epochs.Select(epoch => epoch.ToString()))}\n{await DescribeAsync(id)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // What a timer would call. While a test takes the storage away it may fail, and the next one tries again; at any other time it must not.
    private async Task TickAsync(Func<Task> tick)
    {
        try
        {
            await tick();
        }
        catch (OrleansException) when (Faults.IsAny)
        {
        }
    }

    private async Task<string> DescribeAsync(string id)
    {
        var view = await GetAsync(id);
        return $"{id}: {view.State} \"{view.Reason}\", holds {string.Join(',', view.Workers)}, epoch {view.MembershipEpoch}\n  "
            + string.Join("\n  ", (await Journal.ReadAsync(id, 0, 1_000, CancellationToken.None)).TakeLast(80).Select(happened => happened.Text));
    }

    private async Task StartHostAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var clock = _clock ?? Time;
        builder.Services.AddSingleton(clock);
        // Grains and their calls go by it, the silo's upkeep does not: its loops wait again for what is left of a time, a fraction of a millisecond
        // is no wait at all, and inside of the clock's own step they would turn for ever.
        builder.Services.AddKeyedSingleton(KeyedService.AnyKey, TimeProvider.System);
        builder.Services.AddKeyedSingleton(TimeProviderNames.Grains, clock);
        builder.Services.AddKeyedSingleton(TimeProviderNames.Messaging, clock);
        builder.Services.AddSingleton(Faults);
        builder.Services.AddSingleton<ICoordinationObserver>(Gauges = new ShownGauges());
        builder.Services.AddSingleton<IHeldArtifacts>(World);
        builder.Services.AddSingleton(Calls);
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(Logs);
        // On a busy machine Orleans says that it waited for the processor.
        builder.Logging.AddFilter("Orleans", LogLevel.Error);
        builder.UseOrleans(silo =>
        {
            silo.UseSingleSilo();
            silo.AddIncomingGrainCallFilter<CallFaults.Filter>();
            _storage(silo);
            silo.Services.AddGrainStorage(GrainNames.Storage, static (services, _) => new FaultyStorage(
                new SqlGrainStorage(services.GetRequiredService<SqlDatabase>(), services.GetRequiredService<TimeProvider>()), services.GetRequiredService<StorageFaults>()));
            silo.Services.AddCoordination(Options);
        });
        _host = builder.Build();
        await _host.StartAsync();
        await TickAsync(Scheduler.StartAsync);
    }
}
