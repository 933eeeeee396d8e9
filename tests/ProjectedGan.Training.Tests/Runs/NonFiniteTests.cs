using ProjectedGan.Specification;
using ProjectedGan.Training.Checkpoints;
using ProjectedGan.Training.Iteration;
using ProjectedGan.Training.Runs;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Tests.Runs;

[Trait("Speed", "Slow")]
public class NonFiniteTests
{
    private static readonly TrainingSpec Spec = Tiny.Spec(replicas: 2, iterations: 2, replicaBatch: 1);

    [Fact]
    public void Run_ReplacePolicy_GoesOnWithFiniteWeightsAndNamesTheSource()
    {
        var (trainer, observer) = Train(Spec with { NonFinite = NonFinitePolicy.Replace });
        using (trainer)
        {
            var found = Assert.Single(observer.NonFiniteGradients);
            Assert.Equal((1, TrainingPhase.Discriminator), (found.Iteration, found.Phase));
            Assert.Equal([1], found.Replicas);
            Assert.Contains("mini_discs.0", found.Parameters[0], StringComparison.Ordinal);
            Assert.Contains("from replica 1 in mini_discs.0", found.ToString(), StringComparison.Ordinal);
            Assert.True(trainer.Worker.State.Discriminator.Trained.Flat.isfinite().all().item<bool>());
            Assert.Equal((2, 2), Steps(trainer));
            Assert.Equal(found.Counts.Total, observer.Reports[^1].NonFiniteElements);
        }
    }

    [Fact]
    public void Run_SkipPolicy_LeavesTheUpdateOut()
    {
        var (trainer, observer) = Train(Spec with { NonFinite = NonFinitePolicy.Skip });
        using (trainer)
        {
            Assert.Single(observer.NonFiniteGradients);
            Assert.Equal((2, 1), Steps(trainer));
        }
    }

    [Fact]
    public void Run_StopPolicy_NamesIterationReplicaAndParameter()
    {
        var error = Assert.Throws<NonFiniteGradientException>(() => Train(Spec with { NonFinite = NonFinitePolicy.Stop }));

        Assert.Contains("Iteration 1: the gradient of the discriminator has", error.Message, StringComparison.Ordinal);
        Assert.Contains("replica 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_LossesOfAllReplicasNotFinite_StopsAfterSeveralIterations()
    {
        var spec = Tiny.Spec(replicas: 2, iterations: 9, replicaBatch: 1);

        var error = Assert.Throws<NonFiniteGradientException>(() => Train(spec, (iteration, _) => iteration >= 1));

        Assert.StartsWith("The losses of all replicas have been NaN or infinite for 5 iterations, up to iteration 6:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_LossesOfOneReplicaOrOfSomeIterations_GoesOn()
    {
        var spec = Tiny.Spec(replicas: 2, iterations: 9, replicaBatch: 1);

        var (trainer, observer) = Train(spec, (iteration, replica) => replica == 1 || iteration % 4 != 0);

        using (trainer)
        {
            Assert.True(trainer.IsComplete);
            Assert.Equal(9, observer.NonFiniteGradients.Count);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_FromAnotherState_CountsLostIterationsAnew(bool isAdopted)
    {
        var folder = Directory.CreateTempSubdirectory("pgan-lost").FullName;
        try
        {
            using var dataset = new MemoryDataset();
            using var trainer = Trainer.Create(Tiny.Spec(replicas: 2, iterations: 9, replicaBatch: 1), dataset, new TrainerOptions
            {
                Batches = new PoisonedBatches((iteration, _) => iteration >= 1),
                CheckpointFolder = folder,
                Lanes = 1,
                Observer = new RecordingObserver(),
            });
            trainer.Run(1, CancellationToken.None);
            var header = trainer.State().Header;
            // Four are lost, then four of those that follow on the other state.
            trainer.Run(5, CancellationToken.None);
            if (isAdopted)
            {
                trainer.Adopt(header);
            }
            else
            {
                trainer.Load(CheckpointStore.Open(new CheckpointStore(folder, 2).Folder(1)));
            }
            trainer.Run(5, CancellationToken.None);

            Assert.Equal(5, trainer.Iteration);
            Assert.Throws<NonFiniteGradientException>(() => trainer.Run(CancellationToken.None));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Report_AfterAResume_TellsOfNewElementsOnly()
    {
        var folder = Directory.CreateTempSubdirectory("pgan-resumed").FullName;
        try
        {
            var (before, after) = (Resume(until: 2), Resume(until: 4));

            Assert.True(before[^1].NonFiniteElements > 0);
            Assert.Equal([0, before[^1].NonFiniteElements], before.Select(report => report.NewNonFiniteElements));
            Assert.Equal([before[^1].NonFiniteElements, after[^1].NonFiniteElements], after.Select(report => report.NonFiniteElements));
            Assert.Equal([0, after[^1].NonFiniteElements - before[^1].NonFiniteElements], after.Select(report => report.NewNonFiniteElements));
            Assert.True(after[^1].NewNonFiniteElements > 0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        List<TrainingReport> Resume(int until)
        {
            var observer = new RecordingObserver();
            using var dataset = new MemoryDataset();
            using var trainer = Trainer.Create(Tiny.Spec(replicas: 2, iterations: 4, replicaBatch: 1), dataset, new TrainerOptions
            {
                Batches = new PoisonedBatches((iteration, replica) => iteration is 1 or 3 && replica == 1),
                CheckpointFolder = folder,
                Lanes = 1,
                Observer = observer,
            });
            trainer.Run(until, CancellationToken.None);
            return observer.Reports;
        }
    }

    private static (long Generator, long Discriminator) Steps(Trainer trainer) =>
        (trainer.Worker.GeneratorUpdate.Adam.StepCount, trainer.Worker.DiscriminatorUpdate.Adam.StepCount);

    private static (Trainer Trainer, RecordingObserver Observer) Train(TrainingSpec spec) => Train(spec, (iteration, replica) => iteration == 1 && replica == 1);

    private static (Trainer Trainer, RecordingObserver Observer) Train(TrainingSpec spec, Func<long, int, bool> poisoned)
    {
        var observer = new RecordingObserver();
        using var dataset = new MemoryDataset();
        var trainer = Trainer.Create(spec, dataset, new TrainerOptions { Observer = observer, Batches = new PoisonedBatches(poisoned), Lanes = 1 });
        try
        {
            trainer.Run(CancellationToken.None);
        }
        catch
        {
            trainer.Dispose();
            throw;
        }
        return (trainer, observer);
    }

    /// <summary>Some replicas get NaN images in some iterations.</summary>
    private sealed class PoisonedBatches(Func<long, int, bool> poisoned) : IRealBatches
    {
        public RealBatch Take(long iteration, int replica, CancellationToken cancellationToken)
        {
            var images = zeros([1, 3, 64, 64], dtype: ScalarType.Float32);
            if (poisoned(iteration, replica))
            {
                images.fill_(float.NaN);
            }
            return new RealBatch(images.DetachFromDisposeScope(), null);
        }

        public void Dispose()
        {
        }
    }
}
