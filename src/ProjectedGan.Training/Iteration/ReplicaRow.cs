using ProjectedGan.Training.State;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// Where things lie in a replica's row: one flat tensor with the running statistics of both networks and the figures to report, so
/// that one reduction an iteration averages all of it.
/// </summary>
internal sealed class ReplicaRow(NetworkState generator, NetworkState discriminator)
{
    private readonly long _generator = generator.Statistics.Length;
    private readonly long _discriminator = discriminator.Statistics.Length;

    public long Length => _generator + _discriminator + Figures;

    /// <summary>
    /// The generator's loss; the discriminators' on generated and on real images; the shares of logits with the right sign; 1 where one of the
    /// losses is not finite, else 0; the running mean of path lengths. A loss of pairs counts half for either kind, and each with its own penalty; right is the
    /// sign of the difference.
    /// </summary>
    public const int Figures = 7;

    /// <summary>Where the share of real logits with the right sign is.</summary>
    public const int RealAccuracy = 4;

    /// <summary>Where it is told that losses are not finite.</summary>
    public const int Lost = 5;

    /// <summary>Where the mean of path lengths is, which the generator's phase writes.</summary>
    public const int PathLength = 6;

    /// <summary>The figures that are losses, the first ones.</summary>
    public const int Losses = 3;

    /// <summary>Where the discriminators' figures begin, behind the generator's loss.</summary>
    public const int FirstOfDiscriminators = 1;

    public Tensor Generator(Tensor row) => row.narrow(0, 0, _generator);

    public Tensor Discriminator(Tensor row) => row.narrow(0, _generator, _discriminator);

    public Tensor Reported(Tensor row) => row.narrow(0, _generator + _discriminator, Figures);

    public Tensor Allocate(Tensor like) => empty([Length], dtype: like.dtype, device: like.device).DetachFromDisposeScope();
}
