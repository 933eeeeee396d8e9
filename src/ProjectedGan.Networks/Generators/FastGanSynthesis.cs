using System.Diagnostics;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Onnx;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Generators;

/// <summary>The trained part of <see cref="FastGan"/>: latents to a 4×4 map, one up block a doubling, excitation, image.</summary>
/// <remarks>
/// The reference builds its blocks up to 256² whatever the resolution, and so does this at 128² and above, for equal state_dicts;
/// blocks above the resolution are not run and not iterated. Differs from the reference: 64² exists, with the used blocks alone,
/// and conditional networks above 256² work (there they fail).
/// </remarks>
internal sealed class FastGanSynthesis : Module<Tensor, Tensor?, INoiseSource?, Tensor>, ISpectrallyNormalized
{
    private const int StartSize = 4;
    private const int ExcitationSpan = 16;
    private const int SmallestExcited = 64;
    private const int LargestExcited = 512;
    private const int AlwaysBuilt = 256;

    // Inside a record, because a field of module type registers itself under its own name, out of the reference's order.
    private readonly Ends _ends;
    private readonly Stage[] _stages;

    public FastGanSynthesis(FastGanOptions options, InitialWeights initial)
        : base("synthesis")
    {
        long Channels(int size) => FastGanWidths.Channels(size, options.Width);
        var start = new LatentBlock(options.LatentSize, Channels(StartSize), initial);
        var built = options.Resolution == SmallestExcited ? SmallestExcited : Math.Max(AlwaysBuilt, options.Resolution);
        var sizes = Enumerable.Range(3, 8).Select(power => 1 << power).Where(size => size <= built).ToArray();
        var blocks = Array.ConvertAll(sizes, size => UpBlock.Create(options, Channels(size / 2), Channels(size), initial));
        var excitations = Array.ConvertAll(sizes, size => size is >= SmallestExcited and <= LargestExcited
            ? new SkipLayerExcitation(Channels(size / ExcitationSpan), Channels(size), initial)
            : null);
        var toImage = new ConvolutionShape(Channels(options.Resolution), 3, 3) { Padding = 1, Bias = true };
        _ends = new Ends(
            start,
            SpectralLayer.Convolution(toImage, initial),
            options.Classes > 0 ? new LabelEmbedding(options.Classes, options.LatentSize, initial) : null);
        _stages = [.. sizes.Select((size, i) => new Stage(size, blocks[i], excitations[i])).Where(stage => stage.Size <= options.Resolution)];
        Register(sizes, blocks, excitations);
    }

    /// <param name="latents">[N, Z].</param>
    /// <param name="labels">One-hot [N, C], or null.</param>
    /// <param name="noise">Noise of the full network's blocks, or null.</param>
    /// <returns>[N, 3, R, R].</returns>
    public override Tensor forward(Tensor latents, Tensor? labels, INoiseSource? noise)
    {
        using var scope = NewDisposeScope();
        var condition = _ends.Embedding?.forward(labels!); // [N, Z]
        var map = _ends.Start.forward(SecondMoment.Normalize(latents)); // [N, C, 4, 4]
        var maps = new Dictionary<int, Tensor> { [StartSize] = map };
        foreach (var stage in _stages)
        {
            map = stage.Block.forward(map, condition, noise); // [N, C, size, size]
            map = stage.Excitation?.forward(maps[stage.Size / ExcitationSpan], map) ?? map;
            maps[stage.Size] = map;
        }

        return _ends.ToImage.forward(map).MoveToOuterDisposeScope(); // [N, 3, R, R]
    }

    /// <summary>The forward pass without noise as part of a graph.</summary>
    public OnnxValue Export(OnnxGraph graph, OnnxValue latents, OnnxValue? labels)
    {
        var condition = _ends.Embedding?.Export(graph, labels!.Value);
        var map = _ends.Start.Export(graph, SecondMoment.Export(graph, latents));
        var maps = new Dictionary<int, OnnxValue> { [StartSize] = map };
        foreach (var stage in _stages)
        {
            map = stage.Block.Export(graph, map, condition);
            var low = stage.Size / ExcitationSpan;
            map = stage.Excitation?.Export(graph, maps[low], map, low) ?? map;
            maps[stage.Size] = map;
        }

        return _ends.ToImage.Export(graph, map);
    }

    public void PowerIterate()
    {
        SpectralNormalization.PowerIterate(_ends.Start);
        foreach (var stage in _stages)
        {
            SpectralNormalization.PowerIterate(stage.Block);
            if (stage.Excitation is not null)
            {
                SpectralNormalization.PowerIterate(stage.Excitation);
            }
        }

        _ends.ToImage.PowerIterate();
    }

    // The reference's order: blocks and excitations to 256, the image layer, the larger ones, the embedding.
    private void Register(int[] sizes, UpBlock[] blocks, SkipLayerExcitation?[] excitations)
    {
        Debug.Assert(sizes.Length == blocks.Length && sizes.Length == excitations.Length, "One block and excitation slot a size.");
        register_module("init", _ends.Start);
        var first = sizes.Count(size => size <= AlwaysBuilt);
        for (var i = 0; i < first; i++)
        {
            register_module($"feat_{sizes[i]}", blocks[i]);
        }

        for (var i = 0; i < first; i++)
        {
            RegisterExcitation(sizes[i], excitations[i]);
        }

        register_module("to_big", _ends.ToImage);
        for (var i = first; i < sizes.Length; i++)
        {
            register_module($"feat_{sizes[i]}", blocks[i]);
            RegisterExcitation(sizes[i], excitations[i]);
        }

        if (_ends.Embedding is not null)
        {
            register_module("embed", _ends.Embedding);
        }
    }

    private void RegisterExcitation(int size, SkipLayerExcitation? excitation)
    {
        if (excitation is not null)
        {
            register_module($"se_{size}", excitation);
        }
    }

    private sealed record Ends(LatentBlock Start, SpectralLayer ToImage, LabelEmbedding? Embedding);

    private sealed record Stage(int Size, UpBlock Block, SkipLayerExcitation? Excitation);
}

/// <summary>Latents to the 4×4 map: transposed convolution, batch normalisation, gated linear unit.</summary>
internal sealed class LatentBlock : Module<Tensor, Tensor>
{
    [ComponentName(Name = "init")]
    private readonly ModuleList<Module<Tensor, Tensor>> _layers;

    public LatentBlock(long latentSize, long channels, InitialWeights initial)
        : base(nameof(LatentBlock))
    {
        _layers = new ModuleList<Module<Tensor, Tensor>>(
            SpectralLayer.TransposedConvolution(new ConvolutionShape(latentSize, channels * 2, 4), initial),
            new BatchNormalization(channels * 2));
        RegisterComponents();
    }

    /// <param name="latents">[N, Z].</param>
    /// <returns>[N, channels, 4, 4].</returns>
    public override Tensor forward(Tensor latents)
    {
        var shape = latents.shape;
        using var pixels = latents.view(shape[0], shape[1], 1, 1);
        using var wide = _layers[0].forward(pixels); // [N, 2 * channels, 4, 4]
        using var normalized = _layers[1].forward(wide);
        return GatedUnit.Apply(normalized);
    }
    /// <summary>The forward pass as part of a graph.</summary>
    public OnnxValue Export(OnnxGraph graph, OnnxValue latents)
    {
        var wide = ((SpectralLayer)_layers[0]).Export(graph, graph.AsMap(latents));
        return graph.Gate(((BatchNormalization)_layers[1]).Export(graph, wide));
    }
}
