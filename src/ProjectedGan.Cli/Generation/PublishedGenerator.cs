using System.Globalization;
using ProjectedGan.Foundation;
using ProjectedGan.Networks;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Specification;
using ProjectedGan.Weights.PyTorch;
using ProjectedGan.Weights.Sources;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Generation;

/// <summary>
/// The averaged generator of a network pickle, as StyleGAN2-ADA, StyleGAN3's repository (for StyleGAN2) and Projected GAN write them:
/// <c>network-snapshot.pkl</c>, a dictionary with the modules G, D and G_ema. Nothing in the file is executed. The network's shape follows
/// from the shapes of its tensors; classes' names and plain attributes say what they do not.
/// </summary>
internal sealed class PublishedGenerator : IDisposable
{
    private const string Average = "G_ema";
    private const string Embedding = "synthesis.embed.weight";

    // What the reference's layers have, and the networks here with them. The mapping network's gain of biases is its learning rate's factor.
    private static readonly (string Layers, string Attribute, string[] Known)[] LayerSettings =
    [
        ("", "activation", ["lrelu", "linear"]),
        ("", "conv_clamp", ["256"]),
        (".mapping.fc", "bias_gain", ["0.01"]),
    ];

    private readonly IWeightSource _weights;

    private PublishedGenerator(IWeightSource weights) => _weights = weights;

    /// <summary>Converts a network pickle to a <see cref="GeneratorFile"/>.</summary>
    /// <returns>The generator's settings.</returns>
    /// <exception cref="WeightFileException">
    /// The file is missing, damaged, no network pickle, or of a network that is unknown here; or the destination cannot be written.
    /// </exception>
    /// <exception cref="PganException">The network has a size or a kind of layer that is unknown here.</exception>
    public static TrainingSpec Import(string path, string destination)
    {
        using var published = Open(path);
        return published.Write(destination);
    }

    public void Dispose() => _weights.Dispose();

    private static PublishedGenerator Open(string path)
    {
        var file = TorchPickle.ReadModules(path);
        try
        {
            return file.Metadata.ContainsKey($"{Average}:class")
                ? new PublishedGenerator(file.Under(Average))
                : throw new WeightFileException(
                    $"'{path}' holds no module '{Average}', which network pickles of StyleGAN2-ADA and Projected GAN have.");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private TrainingSpec Write(string destination)
    {
        var spec = GeneratorFile.Checked(_weights.Path, Spec());
        // The reference's conditional FastGAN has an embedding of 1000 classes, whatever the data has.
        var rows = _weights.Find(Embedding) is null ? spec.Data.Classes : Size(Embedding, 0);
        if (rows < spec.Data.Classes)
        {
            throw new WeightFileException($"'{_weights.Path}' holds a generator of {spec.Data.Classes} classes with an embedding of {rows}.");
        }

        using var network = new NetworkFactory(spec with { Data = spec.Data with { Classes = rows } }).CreateEmptyGenerator();
        StateDict.Load(network, _weights);
        using var scope = NewDisposeScope();
        (string Name, Tensor Tensor)[] state =
        [
            .. StateDict.Named(network)
                .Select(item => item.Name == Embedding ? (item.Name, item.Tensor.narrow(0, 0, spec.Data.Classes)) : item),
        ];
        if (state.FirstOrDefault(item => !item.Tensor.isfinite().all().item<bool>()).Name is { } broken)
        {
            throw new WeightFileException(
                $"'{_weights.Path}' has NaN or infinite values in tensor '{Average}.{broken}': it is damaged or its training diverged.");
        }

        GeneratorFile.Write(destination, spec, state, Path.GetFileName(_weights.Path));
        return spec;
    }

    private TrainingSpec Spec()
    {
        (var generator, var synthesis) = (Attribute(":class"), Attribute(".synthesis:class"));
        return (generator, synthesis) switch
        {
            // StyleGAN3's synthesis network has the same name and no constant.
            ("Generator", "SynthesisNetwork") when _weights.Find("synthesis.b4.const") is not null => StyleGan2(),
            ("Generator", "FastganSynthesis" or "FastganSynthesisCond") => FastGan(),
            _ => throw new WeightFileException(
                $"'{_weights.Path}' holds a network of the class {generator} with the synthesis network {synthesis}; "
                + "StyleGAN2 and Projected GAN's FastGAN are read."),
        };
    }

    private TrainingSpec StyleGan2()
    {
        foreach ((var layers, var attribute, var known) in LayerSettings)
        {
            (var name, var value) = _weights.Metadata.FirstOrDefault(entry => entry.Key.StartsWith(Average + layers, StringComparison.Ordinal)
                && entry.Key.EndsWith($":{attribute}", StringComparison.Ordinal) && !known.Contains(entry.Value));
            if (name is not null)
            {
                throw Unsupported($"'{name}' is {value}; {string.Join(" or ", known)} is read");
            }
        }

        var resolution = 4;
        while (_weights.Find($"synthesis.b{resolution * 2}.conv1.weight") is not null)
        {
            resolution *= 2;
        }

        var styleSize = Size("synthesis.b4.conv1.affine.weight", 1);
        var classes = _weights.Find("mapping.embed.weight") is null ? 0 : Size("mapping.embed.weight", 1);
        int most = Size("synthesis.b4.conv1.weight", 0), channels = Size($"synthesis.b{resolution}.conv1.weight", 0) * resolution;
        var residual = _weights.Find($"synthesis.b{resolution}.skip.weight") is not null;
        if (channels % 128 != 0)
        {
            throw Unsupported($"its channel_base is {channels}; multiples of 128 are read");
        }

        return !residual && _weights.Find("synthesis.b4.torgb.weight") is null
            ? throw Unsupported("its architecture is neither skip nor resnet")
            : Spec(resolution, classes, new GeneratorSpec
            {
                Kind = GeneratorKind.StyleGan2,
                LatentSize = Size("mapping.fc0.weight", 1) - (classes > 0 ? styleSize : 0),
                StyleSize = styleSize,
                MappingLayers = Enumerable.Range(0, _weights.Tensors.Count)
                    .TakeWhile(layer => _weights.Find($"mapping.fc{layer}.weight") is not null).Count(),
                Width = channels / 128,
                MostChannels = most,
                Image = residual ? StyleImage.Residual : StyleImage.Skip,
            });
    }

    private TrainingSpec FastGan()
    {
        // Its second convolution, without and with classes.
        var isFull = (_weights.Find("synthesis.feat_8.5.weight_orig") ?? _weights.Find("synthesis.feat_8.conv1.weight_orig")) is not null;
        return Spec(
            Number(":img_resolution"),
            _weights.Find(Embedding) is null ? 0 : Number(":c_dim"),
            new GeneratorSpec
            {
                Kind = isFull ? GeneratorKind.FastGan : GeneratorKind.FastGanLite,
                LatentSize = Size("synthesis.init.init.0.weight_orig", 0),
                // The latent block makes 16 times the width, twice for its gate.
                Width = Size("synthesis.init.init.0.weight_orig", 1) / 32,
            });
    }

    private static TrainingSpec Spec(int resolution, int classes, GeneratorSpec generator)
    {
        TrainingSpec spec = new();
        return spec with
        {
            Data = spec.Data with { Resolution = resolution, Classes = classes },
            Generator = generator with { Conditional = classes > 0 },
        };
    }

    // Small enough for products of them.
    private int Size(string name, int axis) =>
        _weights.Find(name) is { } tensor && tensor.Shape.Count > axis && tensor.Shape[axis] <= 1 << 16
            ? (int)tensor.Shape[axis]
            : throw new WeightFileException($"'{_weights.Path}' has no tensor '{Average}.{name}' of the shape that such a generator has.");

    private int Number(string attribute) =>
        int.TryParse(Attribute(attribute), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new WeightFileException(
                $"'{_weights.Path}': the attribute '{attribute[1..]}' of {Average} is {Attribute(attribute)}, no number.");

    private string Attribute(string attribute) => _weights.Metadata.GetValueOrDefault(Average + attribute, "none");

    private WeightFileException Unsupported(string what) =>
        new($"'{_weights.Path}' holds a StyleGAN2 generator with layers that are unknown here: {what}.");
}
