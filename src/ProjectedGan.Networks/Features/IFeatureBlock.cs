using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features;

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
