using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

/// <summary>A frozen network with four stages of features at strides 4, 8, 16 and 32 (paper, section 3.2).</summary>
public abstract class FeatureNetwork : FrozenNetwork
{
    private protected FeatureNetwork(string name)
        : base(name)
    {
    }

    /// <summary>Pixels of the image a pixel of the deepest stage stands for.</summary>
    public const int DeepestStride = 32;

    /// <summary>The same of the finest stage.</summary>
    private protected const int FinestStride = 4;

    /// <summary>Channels of the four stages, from the finest.</summary>
    public abstract IReadOnlyList<int> Channels { get; }

    /// <summary>Length of the vectors that <see cref="Pool"/> gives.</summary>
    public virtual int PooledChannels => Channels[^1];

    /// <summary>The four stages' features.</summary>
    /// <param name="images">[N, 3, H, W] in [-1, 1], in the type and on the device of the weights.</param>
    /// <returns>[N, C, H / s, W / s] for the strides s of 4, 8, 16 and 32; the caller's (or its scope's) to dispose.</returns>
    /// <exception cref="ArgumentException">The tensor is not of that shape.</exception>
    public abstract Tensor[] Extract(Tensor images);

    /// <summary>Features averaged over the image, for metrics.</summary>
    /// <param name="images">As <see cref="Extract"/>'s.</param>
    /// <returns>[N, <see cref="PooledChannels"/>].</returns>
    /// <exception cref="ArgumentException">The tensor is not of that shape.</exception>
    public virtual Tensor Pool(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Extract(images)[^1].mean([2, 3]).MoveToOuterDisposeScope();
    }

    /// <summary>The outputs of stages of blocks, moved out of the caller's scope.</summary>
    private protected static Tensor[] Taps(IReadOnlyList<IReadOnlyList<IFeatureBlock>> stages, Tensor input)
    {
        var features = new Tensor[stages.Count];
        for (var stage = 0; stage < features.Length; stage++)
        {
            input = IFeatureBlock.Through(stages[stage], input);
            features[stage] = input.MoveToOuterDisposeScope();
        }

        return features;
    }
}

/// <summary>A block of a network whose blocks are applied in turn.</summary>
internal interface IFeatureBlock
{
    /// <summary>The block's output, which is the caller's scope's.</summary>
    Tensor Forward(Tensor input);

    /// <summary>Applies blocks in turn and frees what lies between the first input and the last output.</summary>
    static Tensor Through(IEnumerable<IFeatureBlock> blocks, Tensor input)
    {
        var current = input;
        foreach (var block in blocks)
        {
            var next = block.Forward(current);
            if (!ReferenceEquals(current, input))
            {
                current.Dispose();
            }

            current = next;
        }

        return current;
    }
}
