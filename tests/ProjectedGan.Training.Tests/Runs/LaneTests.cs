using ProjectedGan.Training.Iteration;
using ProjectedGan.Training.Runs;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Tests.Runs;

/// <summary>Replicas side by side: none waits for another's images, none goes on when one has failed.</summary>
public class LaneTests
{
    [Fact]
    public void Run_OneLaneWithoutImagesYet_LetsTheOtherTakeItsOwn()
    {
        using var batches = new MeetingBatches(lanes: 2);
        using var trainer = Create(replicas: 2, batches);

        trainer.Run(CancellationToken.None);

        Assert.True(trainer.IsComplete);
    }

    [Fact]
    public void Run_OneLaneFails_OthersStartNothingMore()
    {
        using var batches = new FailingBatches();
        using var trainer = Create(replicas: 16, batches);

        Assert.Throws<IOException>(() => trainer.Run(CancellationToken.None));

        // The other lane is at one replica, and may have begun the next before it heard.
        Assert.InRange(batches.Taken, 1, 3);
    }

    private static Trainer Create(int replicas, IRealBatches batches) => Trainer.Create(
        Tiny.Spec(replicas, iterations: 1, replicaBatch: 1), new MemoryDataset(), new TrainerOptions { Batches = batches, Lanes = 2 });

    private static RealBatch Images() => new(zeros([1, 3, 64, 64], dtype: ScalarType.Float32).DetachFromDisposeScope(), null);

    /// <summary>Gives no lane its images before all have asked.</summary>
    private sealed class MeetingBatches(int lanes) : IRealBatches
    {
        private readonly Barrier _meeting = new(lanes);

        public RealBatch Take(long iteration, int replica, CancellationToken cancellationToken)
        {
            if (!_meeting.SignalAndWait(TimeSpan.FromSeconds(30), cancellationToken))
            {
                throw new TimeoutException($"Nobody else asked for images while replica {replica} waited for its own.");
            }
            return Images();
        }

        public void Dispose() => _meeting.Dispose();
    }

    private sealed class FailingBatches : IRealBatches
    {
        private int _taken;

        public int Taken => _taken;

        public RealBatch Take(long iteration, int replica, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _taken);
            return replica == 0 ? throw new IOException("the disk is gone") : Images();
        }

        public void Dispose()
        {
        }
    }
}
