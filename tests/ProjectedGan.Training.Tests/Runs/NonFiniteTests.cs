using ProjectedGan.Training.Iteration;
using ProjectedGan.Training.Runs;
using ProjectedGan.Training.Specification;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Tests.Runs;

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
