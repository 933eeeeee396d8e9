using ProjectedGan.Networks.Discriminators;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Training.State;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// A slot that computes one replica at a time: copies of the networks whose parameters are the worker's, with gradients, running
/// statistics and singular vectors of their own. Used by one thread.
/// </summary>
internal sealed class ReplicaLane : IDisposable
{
    public ReplicaLane(WorkerState worker)
    {
        Generator = worker.Factory.CreateEmptyGenerator();
        Discriminator = worker.Factory.CreateEmptyDiscriminator(worker.Projector);
        GeneratorState = new NetworkState(Generator, worker.Generator);
        DiscriminatorState = new NetworkState(Discriminator, worker.Discriminator);
        GeneratorGradients = new LaneGradients(GeneratorState.Parameters, worker.GeneratorGradients);
        DiscriminatorGradients = new LaneGradients(DiscriminatorState.Parameters, worker.DiscriminatorGradients);
        Generator.train();
        Discriminator.train();
    }

    public GeneratorNetwork Generator { get; }

    public DiscriminatorNetwork Discriminator { get; }

    public NetworkState GeneratorState { get; }

    public NetworkState DiscriminatorState { get; }

    public LaneGradients GeneratorGradients { get; }

    public LaneGradients DiscriminatorGradients { get; }

    public void Dispose()
    {
        GeneratorGradients.Dispose();
        DiscriminatorGradients.Dispose();
        GeneratorState.Dispose();
        DiscriminatorState.Dispose();
    }
}
