using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features.Inception;

/// <summary>One branch of an Inception block: a pool, convolutions in turn, and at the end perhaps two side by side.</summary>
internal sealed record InceptionBranch
{
    public InceptionPooling Pooling { get; init; }

    public IReadOnlyList<ConvolutionUnit> Chain { get; init; } = [];

    /// <summary>Convolutions that all read the chain's output; their outputs stand one after another.</summary>
    public IReadOnlyList<ConvolutionUnit> Fork { get; init; } = [];

    /// <summary>The branch's outputs, to be joined along the channels.</summary>
    public IEnumerable<Tensor> Forward(Tensor input)
    {
        var current = Pooling.Apply(input);
        foreach (var unit in Chain)
        {
            current = unit.Forward(current);
        }

        return Fork.Count == 0 ? [current] : Fork.Select(unit => unit.Forward(current));
    }
}
