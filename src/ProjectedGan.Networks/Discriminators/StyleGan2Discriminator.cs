using ProjectedGan.Foundation;
using ProjectedGan.Networks.Generators.Styles;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Tensors;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Discriminators;

/// <summary>The shape of a <see cref="StyleGan2Discriminator"/>.</summary>
public sealed record StyleGan2DiscriminatorOptions
{
    // Channels of a map of one pixel's side, before the bound: StyleGAN2's rule.
    private const double ChannelBase = 32768;

    /// <summary>Side R of the images in pixels, a power of two of at least 8.</summary>
    public required int Resolution { get; init; }

    /// <summary>Factor on 32768/r, the channels of a map of side r. 0.5 is StyleGAN2-ADA's below 512².</summary>
    public double WidthFactor { get; init; } = 1;

    /// <summary>The channels of the coarse maps, and bound of the others. StyleGAN2's value is the default.</summary>
    public int MostChannels { get; init; } = 512;

    /// <summary>Number of classes; 0 for an unconditional discriminator.</summary>
    public int Classes { get; init; }

    internal long Channels(int side) => (long)Math.Clamp(ChannelBase * WidthFactor / side, 1, MostChannels);

    internal void Validate()
    {
        if (Resolution < 8 || !int.IsPow2(Resolution))
        {
            throw new PganException($"StyleGAN2's discriminator cannot see images of {Resolution} pixels; use a power of two of at least 8.");
        }

        if (WidthFactor is not (> 0 and <= 16) || MostChannels < 1 || Classes < 0)
        {
            throw new PganException(
                $"StyleGAN2's discriminator has width factor {WidthFactor}, at most {MostChannels} channels and {Classes} classes; use a factor above 0, up to 16, "
                + "a channel or more, and 0 classes or more.");
        }
    }
}

/// <summary>
/// StyleGAN2's residual discriminator of images (Karras et al. 2020, section 4.1), in the form that StyleGAN2-ADA trains: residual blocks that
/// halve the map, deviation over groups of the batch, two linear layers; conditional by projection of a mapped label (Karras et al. 2020b).
/// </summary>
public sealed class StyleGan2Discriminator : DiscriminatorNetwork
{
    private const int MappingLayers = 8;

    private readonly StyleGan2DiscriminatorOptions _options;

    // Inside a record, because a field of module type registers itself under its own name.
    private readonly Parts _parts;

    /// <exception cref="PganException">An option is out of range.</exception>
    public StyleGan2Discriminator(StyleGan2DiscriminatorOptions options, InitialWeights initial)
        : base(nameof(StyleGan2Discriminator))
    {
        options.Validate();
        _options = options;
        var blocks = new List<Block>();
        for (var side = options.Resolution; side > Epilogue.Side; side /= 2)
        {
            blocks.Add(new Block(options, side, initial));
            register_module($"b{side}", blocks[^1]);
        }

        var channels = options.Channels(Epilogue.Side);
        _parts = new Parts(
            blocks,
            options.Classes > 0 ? new MappingNetwork(latentSize: 0, channels, MappingLayers, options.Classes, initial) : null,
            new Epilogue(channels, options.Classes > 0 ? channels : 1, initial));
        if (_parts.Mapping is { } mapping)
        {
            register_module("mapping", mapping);
        }

        register_module($"b{Epilogue.Side}", _parts.Last);
    }

    public override int Classes => _options.Classes;

    /// <param name="seen">The images [N, 3, R, R] alone.</param>
    /// <param name="labels">See <see cref="DiscriminatorNetwork.forward"/>.</param>
    /// <returns>[N, 1].</returns>
    protected override Tensor Judge(Tensor[] seen, Tensor? labels)
    {
        ShapeGuard.Check(GetName(), "images", seen[0], ShapeGuard.Any, 3, _options.Resolution, _options.Resolution);
        using var scope = NewDisposeScope();
        var map = seen[0];
        foreach (var block in _parts.Blocks)
        {
            map = block.forward(map); // [N, C, side / 2, side / 2]
        }

        var logits = _parts.Last.forward(map);
        if (_parts.Mapping is { } mapping)
        {
            var condition = mapping.forward(null, labels); // [N, C]
            logits = (logits * condition).sum([1], true) * Of(1 / Math.Sqrt(condition.size(1)));
        }

        return logits.MoveToOuterDisposeScope();
    }

    private sealed record Parts(IReadOnlyList<Block> Blocks, MappingNetwork? Mapping, Epilogue Last);

    /// <summary>Two convolutions to half the side, beside a way past them; the first block takes the image.</summary>
    private sealed class Block : Module<Tensor, Tensor>
    {
        // The sum of two maps keeps their deviation.
        private static readonly double ResidualGain = Math.Sqrt(0.5);

        private readonly Layers _layers;

        [ComponentName(Name = "resample_filter")]
        private readonly Tensor _filter = Resampling.Filter();

        public Block(StyleGan2DiscriminatorOptions options, int side, InitialWeights initial)
            : base(nameof(Block))
        {
            var (inputs, outputs) = (options.Channels(side), options.Channels(side / 2));
            RegisterComponents();
            _layers = new Layers(
                side == options.Resolution ? new EqualizedConvolution(3, inputs, 1, initial) : null,
                new EqualizedConvolution(inputs, inputs, 3, initial),
                new EqualizedConvolution(inputs, outputs, 3, initial, halves: true),
                new EqualizedConvolution(inputs, outputs, 1, initial, halves: true, biased: false));
            foreach (var (name, layer) in new[] { ("fromrgb", _layers.FromImage), ("conv0", _layers.First), ("conv1", _layers.Second), ("skip", _layers.Shortcut) })
            {
                if (layer is not null)
                {
                    register_module(name, layer);
                }
            }
        }

        public override Tensor forward(Tensor map)
        {
            using var scope = NewDisposeScope();
            map = _layers.FromImage is { } fromImage ? StyleActivation.ApplyBounded(fromImage.forward(map), 1) : map;
            var past = _layers.Shortcut.forward(map) * Of(ResidualGain);
            var first = StyleActivation.ApplyBounded(_layers.First.forward(map), 1);
            var second = StyleActivation.ApplyBounded(_layers.Second.forward(first), ResidualGain);
            return past.Plus(second).MoveToOuterDisposeScope();
        }

        private sealed record Layers(EqualizedConvolution? FromImage, EqualizedConvolution First, EqualizedConvolution Second, EqualizedConvolution Shortcut);
    }

    /// <summary>From 4² to the logits.</summary>
    private sealed class Epilogue : Module<Tensor, Tensor>
    {
        public const int Side = 4;

        private readonly Layers _layers;

        public Epilogue(long channels, long outputs, InitialWeights initial)
            : base(nameof(Epilogue))
        {
            _layers = new Layers(
                new EqualizedConvolution(channels + 1, channels, 3, initial),
                new EqualizedLinear(channels * Side * Side, channels, initial),
                new EqualizedLinear(channels, outputs, initial));
            register_module("conv", _layers.Convolution);
            register_module("fc", _layers.Hidden);
            register_module("out", _layers.Output);
        }

        public override Tensor forward(Tensor map)
        {
            using var scope = NewDisposeScope();
            var joined = cat([map, GroupDeviation.Of(map)], 1); // [N, C + 1, 4, 4]
            var convolved = StyleActivation.ApplyBounded(_layers.Convolution.forward(joined), 1);
            // Row-major, as the reference numbers the linear layer's inputs.
            var hidden = StyleActivation.Apply(_layers.Hidden.forward(convolved.contiguous().flatten(1))); // [N, C]
            return _layers.Output.forward(hidden).MoveToOuterDisposeScope();
        }

        private sealed record Layers(EqualizedConvolution Convolution, EqualizedLinear Hidden, EqualizedLinear Output);
    }
}

/// <summary>
/// How much the images of a batch differ (Karras et al. 2018, section 3), by which a discriminator sees that a generator repeats itself.
/// </summary>
internal static class GroupDeviation
{
    private const int MostImages = 4;
    private const double Epsilon = 1e-8;

    /// <summary>
    /// The standard deviation over a group of images, averaged over channels and pixels, as a map. A group has up to four images, spread evenly over the
    /// batch; where the batch is no multiple of four, three, two or one.
    /// </summary>
    /// <param name="map">[N, C, H, W].</param>
    /// <returns>[N, 1, H, W].</returns>
    public static Tensor Of(Tensor map)
    {
        using var scope = NewDisposeScope();
        var count = map.size(0);
        var images = Enumerable.Range(1, MostImages).Last(size => count % size == 0);
        var groups = map.reshape(images, count / images, -1); // [G, N / G, C * H * W]
        var centred = groups.Plus(groups.mean([0], true).neg());
        var deviation = (centred * centred).mean([0]).Plus(Scalars.Of(Epsilon)).sqrt().mean([1]); // [N / G]
        return deviation.repeat(images).view(count, 1, 1, 1).expand(count, 1, map.size(2), map.size(3)).MoveToOuterDisposeScope();
    }
}
