using ProjectedGan.Networks.Onnx;
using ProjectedGan.Tensors;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Layers;

/// <summary>A table of one vector a class, read by one-hot labels.</summary>
public sealed class LabelEmbedding : Module<Tensor, Tensor>
{
    private readonly long _classes;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    public LabelEmbedding(long classes, long size, InitialWeights initial)
        : base(nameof(LabelEmbedding))
    {
        ArgumentNullException.ThrowIfNull(initial);
        _classes = classes;
        _weight = initial.Embedding(classes, size);
        RegisterComponents();
    }

    /// <param name="labels">One-hot [N, C], C at most the table's rows; the class is the largest entry.</param>
    /// <returns>[N, size].</returns>
    /// <exception cref="ArgumentException">The labels have more columns than the table has rows.</exception>
    public override Tensor forward(Tensor labels)
    {
        ShapeGuard.Check(nameof(LabelEmbedding), nameof(labels), labels, ShapeGuard.Any, ShapeGuard.Any);
        if (labels.shape[1] > _classes)
        {
            throw new ArgumentException($"LabelEmbedding: labels have {labels.shape[1]} classes; the table has {_classes}.");
        }

        using var indices = labels.argmax(1);
        return GradientTaps.Of(_weight).index_select(0, indices);
    }
    /// <summary>The forward pass as part of a graph.</summary>
    internal OnnxValue Export(OnnxGraph graph, OnnxValue labels) => graph.Choose(_weight, labels);
}
