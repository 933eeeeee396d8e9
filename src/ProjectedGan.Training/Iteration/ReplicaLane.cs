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
    public ReplicaLane(GeneratorNetwork generator, NetworkState workerGenerator, MultiScaleDiscriminator discriminator, NetworkState workerDiscriminator)
    {
        Generator = generator;
        Discriminator = discriminator;
        GeneratorState = new NetworkState(generator, workerGenerator);
        DiscriminatorState = new NetworkState(discriminator, workerDiscriminator);
        generator.train();
        discriminator.train();
    }

    public GeneratorNetwork Generator { get; }

    public MultiScaleDiscriminator Discriminator { get; }

    public NetworkState GeneratorState { get; }

    public NetworkState DiscriminatorState { get; }

    public void Dispose()
    {
        GeneratorState.Dispose();
        DiscriminatorState.Dispose();
    }
}
