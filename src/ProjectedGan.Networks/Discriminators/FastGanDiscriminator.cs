using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Tensors;
using TorchSharp.Utils;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Networks.Discriminators;

/// <summary>The shape of a <see cref="FastGanDiscriminator"/>.</summary>
public sealed record FastGanDiscriminatorOptions
{
    private const double PaperWidth = 64;

    /// <summary>Side R of the images in pixels: 64, 128, 256, 512 or 1024.</summary>
    public required int Resolution { get; init; }

    /// <summary>Factor on the channels, which are 64 at 128² for 1.</summary>
    public double WidthFactor { get; init; } = 1;

    /// <summary>Side in pixels of what the decoders make.</summary>
    public int DecodedSide => Math.Min(Resolution, 128);

    internal int Channels(int side) => (int)Math.Max(1, FastGanWidths.Channels(side, (int)Math.Max(1, Math.Round(PaperWidth * WidthFactor))));
}

/// <summary>What FastGAN's discriminator makes of real images: its logits, and the images that its decoders read off two of its maps.</summary>
/// <param name="Logits">[N, 25].</param>
/// <param name="Whole">Off the map of 8²: the image, [N, 3, S, S].</param>
/// <param name="Part">Off a window of half the side in the map of 16²: that part of the image, [N, 3, S, S].</param>
public sealed record FastGanReading(Tensor Logits, Tensor Whole, Tensor Part);

/// <summary>
/// FastGAN's discriminator of images (Liu et al. 2021, "Towards Faster and Stabilized GAN Training for High-fidelity Few-shot Image
/// Synthesis", section 3.2): residual blocks down to 8² and logits of patches, kept honest by decoders that have to find the real image in
/// its maps again.
/// </summary>
/// <remarks>
/// Differs from the paper: one discriminator at full resolution and none beside it at a low one; the window lies anywhere on the grid of the
/// map.
/// </remarks>
public sealed class FastGanDiscriminator : DiscriminatorNetwork
{
    private const int LargestBlock = 256;
    private const int PartSide = 16;
    private const int WholeSide = 8;
    private const int LastKernel = 4;

    private readonly FastGanDiscriminatorOptions _options;

    // Inside a record, because a field of module type registers itself under its own name.
    private readonly Parts _parts;

    public FastGanDiscriminator(FastGanDiscriminatorOptions options, InitialWeights initial)
        : base(nameof(FastGanDiscriminator))
    {
        _options = options;
        var stem = new List<Module<Tensor, Tensor>>();
        var (side, channels) = (options.Resolution, 3);
        for (; side > LargestBlock; side /= 2)
        {
            stem.Add(SpectralLayer.Convolution(new ConvolutionShape(channels, options.Channels(side / 2), LastKernel) { Stride = 2, Padding = 1 }, initial));
            channels = options.Channels(side / 2);
        }

        if (stem.Count == 0)
        {
            stem.Add(SpectralLayer.Convolution(new ConvolutionShape(channels, options.Channels(side), 3) { Padding = 1 }, initial));
        }

        var blocks = new List<(int Side, Block Layers)>();
        for (; side > WholeSide; side /= 2)
        {
            blocks.Add((side / 2, new Block(options.Channels(side), options.Channels(side / 2), initial)));
        }

        var last = options.Channels(WholeSide);
        _parts = new Parts(
            [.. stem],
            blocks,
            new Unit(last, last, 1, 0, initial),
            SpectralLayer.Convolution(new ConvolutionShape(last, 1, LastKernel), initial),
            new Decoder(last, options, initial),
            new Decoder(options.Channels(PartSide), options, initial));
        for (var place = 0; place < stem.Count; place++)
        {
            register_module($"stem_{place}", stem[place]);
        }

        blocks.ForEach(block => register_module($"down_{block.Side}", block.Layers));
        register_module("mix", _parts.Mix);
        register_module("logits", _parts.Logits);
        register_module("decoder_whole", _parts.Whole);
        register_module("decoder_part", _parts.Part);
    }

    public override int Classes => 0;

    /// <summary>Places at which the window may begin, on either axis: 0 up to this.</summary>
    public static int LastWindow => PartSide / 2;

    /// <summary>Judges real images and decodes them.</summary>
    /// <param name="images">[N, 3, R, R].</param>
    /// <param name="row">First row of the window, 0 to <see cref="LastWindow"/>.</param>
    /// <param name="column">Its first column.</param>
    public FastGanReading Read(Tensor images, int row, int column)
    {
        using var scope = NewDisposeScope();
        var (part, whole) = Descend(images);
        var window = part.narrow(2, row, PartSide / 2).narrow(3, column, PartSide / 2); // [N, C, 8, 8]
        return new FastGanReading(
            Judge(whole).MoveToOuterDisposeScope(), _parts.Whole.forward(whole).MoveToOuterDisposeScope(), _parts.Part.forward(window).MoveToOuterDisposeScope());
    }

    /// <summary>What <see cref="Read"/>'s decoders ought to make, from the images alone.</summary>
    public (Tensor Whole, Tensor Part) Target(Tensor images, int row, int column)
    {
        using var scope = NewDisposeScope();
        var step = _options.Resolution / PartSide;
        var part = images.narrow(2, row * step, _options.Resolution / 2).narrow(3, column * step, _options.Resolution / 2);
        return (Resized(images).MoveToOuterDisposeScope(), Resized(part).MoveToOuterDisposeScope());
    }

    /// <param name="seen">The images [N, 3, R, R] alone.</param>
    /// <param name="labels">None.</param>
    /// <returns>[N, 25].</returns>
    protected override Tensor Judge(Tensor[] seen, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        return Judge(Descend(seen[0]).Whole).MoveToOuterDisposeScope();
    }

    private Tensor Judge(Tensor whole) => _parts.Logits.forward(_parts.Mix.forward(whole)).flatten(1);

    private (Tensor Part, Tensor Whole) Descend(Tensor images)
    {
        ShapeGuard.Check(GetName(), nameof(images), images, ShapeGuard.Any, 3, _options.Resolution, _options.Resolution);
        var map = images;
        foreach (var layer in _parts.Stem)
        {
            map = layer.forward(map).leaky_relu(Of(DownBlock.NegativeSlope));
        }

        var part = map;
        foreach (var (side, layers) in _parts.Blocks)
        {
            map = layers.forward(map); // [N, C, side, side]
            part = side == PartSide ? map : part;
        }

        return (part, map);
    }

    private Tensor Resized(Tensor images) =>
        functional.interpolate(images, size: [_options.DecodedSide, _options.DecodedSide], mode: InterpolationMode.Area);

    private sealed record Parts(
        Module<Tensor, Tensor>[] Stem, List<(int Side, Block Layers)> Blocks, Unit Mix, SpectralLayer Logits, Decoder Whole, Decoder Part);

    /// <summary>Convolution, batch normalisation, LeakyReLU.</summary>
    private sealed class Unit : Module<Tensor, Tensor>
    {
        [ComponentName(Name = "0")]
        private readonly SpectralLayer _convolution;

        [ComponentName(Name = "1")]
        private readonly BatchNormalization _normalization;

        public Unit(int inputs, int outputs, int kernel, int padding, InitialWeights initial, int stride = 1)
            : base(nameof(Unit))
        {
            _convolution = SpectralLayer.Convolution(new ConvolutionShape(inputs, outputs, kernel) { Stride = stride, Padding = padding }, initial);
            _normalization = new BatchNormalization(outputs);
            RegisterComponents();
        }

        public override Tensor forward(Tensor map)
        {
            using var convolved = _convolution.forward(map);
            using var normalized = _normalization.forward(convolved);
            return normalized.leaky_relu(Of(DownBlock.NegativeSlope));
        }
    }

    /// <summary>Halves a map: two convolutions, averaged with a pooled and mixed map.</summary>
    private sealed class Block : Module<Tensor, Tensor>
    {
        [ComponentName(Name = "halve")]
        private readonly Unit _halve;

        [ComponentName(Name = "refine")]
        private readonly Unit _refine;

        [ComponentName(Name = "past")]
        private readonly Unit _past;

        public Block(int inputs, int outputs, InitialWeights initial)
            : base(nameof(Block))
        {
            _halve = new Unit(inputs, outputs, 4, 1, initial, stride: 2);
            _refine = new Unit(outputs, outputs, 3, 1, initial);
            _past = new Unit(inputs, outputs, 1, 0, initial);
            RegisterComponents();
        }

        public override Tensor forward(Tensor map)
        {
            using var scope = NewDisposeScope();
            var fine = _refine.forward(_halve.forward(map));
            var coarse = _past.forward(functional.avg_pool2d(map, 2));
            return (fine.Plus(coarse) * Of(0.5)).MoveToOuterDisposeScope();
        }
    }

    /// <summary>A map of 8² to an image.</summary>
    private sealed class Decoder : Module<Tensor, Tensor>
    {
        private readonly Layers _layers;

        public Decoder(int channels, FastGanDiscriminatorOptions options, InitialWeights initial)
            : base(nameof(Decoder))
        {
            var blocks = new List<LiteUpBlock>();
            for (var side = WholeSide * 2; side <= options.DecodedSide; side *= 2)
            {
                var outputs = Math.Max(1, options.Channels(side) / 2);
                blocks.Add(new LiteUpBlock(channels, outputs, initial));
                register_module($"up_{side}", blocks[^1]);
                channels = outputs;
            }

            _layers = new Layers(blocks, SpectralLayer.Convolution(new ConvolutionShape(channels, 3, 3) { Padding = 1 }, initial));
            register_module("image", _layers.Image);
        }

        public override Tensor forward(Tensor map)
        {
            using var scope = NewDisposeScope();
            foreach (var block in _layers.Blocks)
            {
                map = block.forward(map, null, null);
            }

            return _layers.Image.forward(map).tanh().MoveToOuterDisposeScope();
        }

        private sealed record Layers(List<LiteUpBlock> Blocks, SpectralLayer Image);
    }
}
