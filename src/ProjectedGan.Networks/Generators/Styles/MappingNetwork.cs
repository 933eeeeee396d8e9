using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Onnx;
using ProjectedGan.Tensors;
using TorchSharp;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>Latents (and labels) to style vectors, and the average style to which samples may be truncated (Karras et al. 2019, section 2 and appendix B).</summary>
internal sealed class MappingNetwork : Module<Tensor?, Tensor?, Tensor>
{
    private const double Rate = 0.01;
    private const double AverageDecay = 0.998;

    // Inside an array, because a field of module type registers itself under its own name.
    private readonly EqualizedLinear[] _layers;
    private readonly EqualizedLinear?[] _embedding;

    // A network of labels alone, a discriminator's, has none.
    [ComponentName(Name = "w_avg")]
    private readonly Tensor? _average;

    /// <param name="latentSize">Size Z of a latent; 0 where there are labels alone.</param>
    /// <param name="styleSize">Size W of a style.</param>
    /// <param name="layers">Layers.</param>
    /// <param name="classes">Classes C; 0 for none.</param>
    /// <param name="initial">Draws the weights.</param>
    public MappingNetwork(long latentSize, long styleSize, int layers, int classes, InitialWeights initial)
        : base("mapping")
    {
        _average = latentSize > 0 ? zeros([styleSize]) : null;
        RegisterComponents();
        _embedding = [classes > 0 ? new EqualizedLinear(classes, styleSize, initial) : null];
        var inputs = latentSize + (classes > 0 ? styleSize : 0);
        _layers = [.. Enumerable.Range(0, layers).Select(layer => new EqualizedLinear(layer == 0 ? inputs : styleSize, styleSize, initial, rate: Rate))];
        if (_embedding[0] is { } embedding)
        {
            register_module("embed", embedding);
        }

        for (var layer = 0; layer < _layers.Length; layer++)
        {
            register_module($"fc{layer}", _layers[layer]);
        }
    }

    /// <param name="latents">[N, Z]; null where there are labels alone.</param>
    /// <param name="labels">One-hot [N, C], or null.</param>
    /// <returns>Styles [N, W].</returns>
    public override Tensor forward(Tensor? latents, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        var parts = new[] { latents, _embedding[0]?.forward(labels!) }.OfType<Tensor>().Select(SecondMoment.Normalize).ToList();
        var styles = parts.Count == 1 ? parts[0] : cat(parts, 1); // [N, Z + W]
        foreach (var layer in _layers)
        {
            styles = StyleActivation.Apply(layer.forward(styles)); // [N, W]
        }

        return styles.MoveToOuterDisposeScope();
    }

    /// <summary>The forward pass as part of a graph.</summary>
    public OnnxValue Export(OnnxGraph graph, OnnxValue latents, OnnxValue? labels)
    {
        var styles = SecondMoment.Export(graph, latents);
        if (_embedding[0] is { } embedding)
        {
            styles = graph.Concatenate(styles, SecondMoment.Export(graph, embedding.Export(graph, labels!.Value)));
        }

        foreach (var layer in _layers)
        {
            styles = StyleActivation.Export(graph, layer.Export(graph, styles));
        }

        return styles;
    }

    /// <summary>Moves the average style towards those of a batch [N, W].</summary>
    public void Track(Tensor styles)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var mean = styles.detach().to_type(_average!.dtype).mean([0]); // [W]
        _average.copy_(mean.Plus((_average - mean) * Of(AverageDecay)));
    }

    /// <summary>Styles moved towards the average: <paramref name="psi"/> 1 leaves them, 0 gives the average.</summary>
    public Tensor Truncate(Tensor styles, double psi)
    {
        using var share = psi.ToScalar();
        using var distance = styles - _average!;
        using var kept = distance * share;
        return kept.Plus(_average!);
    }

    /// <summary><see cref="Truncate"/> as part of a graph.</summary>
    public OnnxValue ExportTruncated(OnnxGraph graph, OnnxValue styles, double psi)
    {
        using var share = (1 - psi).ToScalar();
        using var average = _average! * share;
        return graph.Add(graph.Multiply(styles, psi), graph.Constant(average));
    }
}
