using ProjectedGan.Foundation;
using ProjectedGan.Specification;
using ProjectedGan.Training.Checkpoints;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Training.Tests.Runs;

[Trait("Speed", "Slow")]
public sealed class ResumeTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"pgan-run-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public void Run_InterruptedAfterEachIteration_EqualsUnbroken()
    {
        var spec = Tiny.Spec(replicas: 2, iterations: 4, replicaBatch: 1);
        var unbroken = DeterminismTests.Hash(spec);
        string? hash = null;
        for (var iteration = 1; iteration <= 4; iteration++)
        {
            hash = RunUntil(spec, iteration);
        }

        Assert.Equal(unbroken, hash);
    }

    [Fact]
    public void Run_StoppedByToken_EndsAtTheBoundaryWithACheckpointAndResumes()
    {
        var spec = Tiny.Spec(iterations: 4);
        using var stop = new CancellationTokenSource();
        var observer = new RecordingObserver { OnReport = report => { if (report.Iteration == 2) { stop.Cancel(); } } };
        using var dataset = new MemoryDataset();
        using (var trainer = Trainer.Create(spec, dataset, Options(observer)))
        {
            trainer.Run(stop.Token);
            Assert.Equal((2, false), (trainer.Iteration, trainer.IsComplete));
        }
        Assert.Equal(["checkpoint-000000002"], observer.Written);

        Assert.Equal(DeterminismTests.Hash(spec), RunUntil(spec, 4));
    }

    [Fact]
    public void Run_ClusterStopped_ResumesOnOneWorker()
    {
        var spec = Tiny.Spec(replicas: 2, iterations: 4, replicaBatch: 1);
        using var stop = new CancellationTokenSource();
        using var dataset = new MemoryDataset();
        var observer = new RecordingObserver { OnReport = report => { if (report.Iteration == 1) { stop.Cancel(); } } };
        InProcessCluster.Run(spec, dataset, [1, 1], Options(observer), stop.Token);
        Assert.InRange(CheckpointIteration(), 1, 2);

        Assert.Equal(DeterminismTests.Hash(spec), RunUntil(spec, 4));
    }

    [Fact]
    public void Create_Prolonged_ContinuesFromTheOldEnd()
    {
        var spec = Tiny.Spec(iterations: 2);
        RunUntil(spec, 2);
        var longer = spec with { TotalImages = 6, Schedule = spec.Schedule with { CheckpointImages = 2 } };

        Assert.Equal(DeterminismTests.Hash(longer), RunUntil(longer, 3));
    }

    [Fact]
    public void Create_NewestCheckpointDamaged_UsesTheOneBefore()
    {
        var spec = Tiny.Spec(iterations: 3) with { };
        spec = spec with { Schedule = spec.Schedule with { CheckpointImages = 2 } };
        var unbroken = RunUntil(spec, 3);
        var newest = new CheckpointStore(_folder, 3).Folders()[0];
        var names = Directory.GetFiles(newest).Select(path => Path.GetFileName(path)!).ToList();
        Assert.Contains(CheckpointStore.ManifestName, names);
        Assert.Equal(6, names.Count);
        foreach (var name in names)
        {
            var path = Path.Combine(newest, name);
            var bytes = File.ReadAllBytes(path);
            File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
            var observer = new RecordingObserver();
            using (var dataset = new MemoryDataset())
            using (var trainer = Trainer.Create(spec, dataset, Options(observer)))
            {
                Assert.Equal(2, trainer.Iteration);
            }
            Assert.Contains(newest, Assert.Single(observer.Warnings), StringComparison.Ordinal);
            File.WriteAllBytes(path, bytes);
        }
        File.Delete(Path.Combine(newest, CheckpointFiles.Discriminator));

        Assert.Equal(unbroken, RunUntil(spec, 3));
        Assert.Equal(unbroken, RunUntil(spec, 3));
    }

    [Fact]
    public void Create_CheckpointOfAnotherSpec_NamesTheDifferingFields()
    {
        var spec = Tiny.Spec(iterations: 1);
        RunUntil(spec, 1);

        var error = Assert.Throws<UsageException>(() => RunUntil(spec with { Generator = spec.Generator with { Width = 8 } }, 1));

        Assert.Contains("generator.width is 4 there and 8 here", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("seed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_CheckpointOfAnotherDataset_SaysSo()
    {
        var spec = Tiny.Spec(iterations: 1);
        RunUntil(spec, 1);
        using var other = new MemoryDataset { Hash = new string('b', 64) };

        var error = Assert.Throws<UsageException>(() => Trainer.Create(spec, other, Options(null)));

        Assert.Contains("another data set", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Cadence_KeepsTheNewestFew()
    {
        var spec = Tiny.Spec(iterations: 4);
        var observer = new RecordingObserver();
        RunUntil(spec with { Schedule = spec.Schedule with { CheckpointImages = 2, KeepCheckpoints = 2 } }, 4, observer);

        Assert.Equal(["checkpoint-000000001", "checkpoint-000000002", "checkpoint-000000003", "checkpoint-000000004"], observer.Written);
        Assert.Equal(["checkpoint-000000003", "checkpoint-000000004"], Directory.GetDirectories(_folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Run_CheckpointsCannotBeWritten_TellsTheObserverAndFailsAtTheEnd()
    {
        // A file where the folder should be stands for every disk that refuses.
        File.WriteAllText(_folder, "");
        var spec = Tiny.Spec(iterations: 2);
        var observer = new RecordingObserver();
        try
        {
            var error = Assert.Throws<PganException>(() =>
                RunUntil(spec with { Schedule = spec.Schedule with { CheckpointImages = 2 } }, 2, observer));
            Assert.Contains("the checkpoint cannot be written", error.Message, StringComparison.Ordinal);
            Assert.Equal(2, observer.Failed.Count);
        }
        finally
        {
            File.Delete(_folder);
        }
    }

    private string RunUntil(TrainingSpec spec, long iteration, RecordingObserver? observer = null)
    {
        using var dataset = new MemoryDataset();
        using var trainer = Trainer.Create(spec, dataset, Options(observer));
        trainer.Run(iteration, CancellationToken.None);
        Assert.Equal(iteration, trainer.Iteration);
        return trainer.StateHash();
    }

    private TrainerOptions Options(RecordingObserver? observer) => new() { CheckpointFolder = _folder, Observer = observer };

    private long CheckpointIteration() => new CheckpointStore(_folder, 3).Newest(Assert.Fail)!.Manifest.Iteration;
}
