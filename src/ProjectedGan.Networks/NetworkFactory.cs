using ProjectedGan.Data.Ordering;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Discriminators;
using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Generators.Styles;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Projection;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Networks;

/// <summary>Builds the networks of a spec. Fresh weights are a function of the spec's seed alone.</summary>
/// <param name="spec">A valid spec.</param>
public sealed class NetworkFactory(TrainingSpec spec)
{
    private const int InitialPowerIterations = 15;

    // Side of the images for which the reference sizes its discriminators, whatever the data (the golden cases pin it).
    private const int NominalImageSize = 256;

    /// <summary>The type of parameters and images.</summary>
    public ScalarType Type => spec.Execution.Precision == Precision.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    public Device Device { get; } = new(spec.Execution.Device == DeviceKind.Cuda ? DeviceType.CUDA : DeviceType.CPU);

    /// <summary>A generator with fresh weights, in training mode.</summary>
    public GeneratorNetwork CreateGenerator()
    {
        using var draws = Draws(WeightsOf.Generator);
        return Settle(Place(Generator(new InitialWeights(draws))));
    }

    /// <summary>A generator of zeros, whose state is about to be loaded or aliased.</summary>
    public GeneratorNetwork CreateEmptyGenerator() => Place(Generator(InitialWeights.Zero));

    /// <summary>The feature network with its weights, and the random projections; ready for speed.</summary>
    /// <exception cref="PganException">The weights file is missing, damaged or of another network.</exception>
    public FeatureProjector CreateProjector()
    {
        var network = CreateFeatureNetwork();
        using var draws = new Generator((ulong)RandomKey.ForRun(spec.Seed, RandomPurpose.Projection).Seed);
        var projector = new FeatureProjector(network, new FeatureProjectorOptions
        {
            Mixing = spec.Projection.Kind switch
            {
                _ when spec.Discriminator.Kind != DiscriminatorKind.Projected => FeatureMixing.None,
                ProjectionKind.None => FeatureMixing.None,
                ProjectionKind.CrossChannel => FeatureMixing.CrossChannel,
                _ => FeatureMixing.CrossScale,
            },
            Channels = spec.Projection.Channels,
            Expand = spec.Projection.Expand,
            Initialization = spec.Projection.Init == ProjectionInit.KaimingNormal
                ? ProjectionInitialization.KaimingNormal : ProjectionInitialization.KaimingUniform,
        }, draws);
        return Place(projector);
    }

    /// <summary>The discriminators with fresh weights, in training mode.</summary>
    public DiscriminatorNetwork CreateDiscriminator(FeatureProjector projector)
    {
        using var draws = Draws(WeightsOf.Discriminator);
        return Settle(Place(Discriminator(projector, new InitialWeights(draws))));
    }

    /// <summary>Discriminators of zeros, whose state is about to be loaded or aliased.</summary>
    public DiscriminatorNetwork CreateEmptyDiscriminator(FeatureProjector projector) =>
        Place(Discriminator(projector, InitialWeights.Zero));

    private FeatureNetwork CreateFeatureNetwork()
    {
        var name = SpecSchema.Find("features.network")!.Text(spec);
        var network = FeatureNetworks.Create(name);
        if (spec.Features.Weights == FeatureSpec.RandomWeights)
        {
            using var draws = Draws(WeightsOf.Features);
            network.Randomize(draws);
            return network;
        }
        WeightImport.Load(network, NetworkWeights.Store().Require("features.weights", spec.Features.Weights));
        return network;
    }

    private GeneratorNetwork Generator(InitialWeights initial)
    {
        var classes = spec.Generator.Conditional ? spec.Data.Classes : 0;
        return spec.Generator.Kind switch
        {
            GeneratorKind.StyleGan2 => new StyleGan2(new StyleGan2Options
            {
                Resolution = spec.Data.Resolution,
                LatentSize = spec.Generator.LatentSize,
                StyleSize = spec.Generator.StyleSize,
                MappingLayers = spec.Generator.MappingLayers,
                Width = spec.Generator.Width,
                MostChannels = spec.Generator.MostChannels,
                Architecture = spec.Generator.Image == StyleImage.Residual ? StyleArchitecture.Residual : StyleArchitecture.Skip,
                Classes = classes,
            }, initial),
            GeneratorKind.Hybrid => new Hybrid(new HybridOptions
            {
                Resolution = spec.Data.Resolution,
                LatentSize = spec.Generator.LatentSize,
                StyleSize = spec.Generator.StyleSize,
                MappingLayers = spec.Generator.MappingLayers,
                Width = spec.Generator.Width,
                Classes = classes,
            }, initial),
            _ => new FastGan(new FastGanOptions
            {
                Resolution = spec.Data.Resolution,
                LatentSize = spec.Generator.LatentSize,
                Width = spec.Generator.Width,
                Lite = spec.Generator.Kind == GeneratorKind.FastGanLite,
                Classes = classes,
            }, initial),
        };
    }

    private DiscriminatorNetwork Discriminator(FeatureProjector projector, InitialWeights initial)
    {
        var classes = spec.Discriminator.Conditional ? spec.Data.Classes : 0;
        return spec.Discriminator.Kind switch
        {
            DiscriminatorKind.StyleGan2 => new StyleGan2Discriminator(new StyleGan2DiscriminatorOptions
            {
                Resolution = spec.Data.Resolution,
                WidthFactor = spec.Discriminator.WidthFactor,
                MostChannels = spec.Discriminator.MostChannels,
                Classes = classes,
            }, initial),
            DiscriminatorKind.FastGan => new FastGanDiscriminator(new FastGanDiscriminatorOptions
            {
                Resolution = spec.Data.Resolution,
                WidthFactor = spec.Discriminator.WidthFactor,
            }, initial),
            _ => new MultiScaleDiscriminator(new MultiScaleDiscriminatorOptions
            {
                Channels = projector.Channels,
                Resolutions = projector.Resolutions(NominalImageSize),
                Count = spec.Discriminator.Count,
                WidthFactor = spec.Discriminator.WidthFactor,
                Separable = spec.Discriminator.Separable,
                Classes = classes,
            }, initial),
        };
    }

    private T Place<T>(T module)
        where T : nn.Module
    {
        module.to(Device, Type);
        if (Convolutions.ComputesChannelsLast(Device, Type))
        {
            ChannelsLast.Apply(module);
        }
        return module;
    }

    // Random start vectors estimate a spectral norm near 0, and weights divided by that explode: an untrained generator would show
    // saturated noise. Differs from the reference, which starts there; PyTorch's own parametrization settles them as is done here.
    private static T Settle<T>(T network)
        where T : nn.Module
    {
        for (var i = 0; i < InitialPowerIterations; i++)
        {
            SpectralNormalization.PowerIterate(network);
        }
        return network;
    }

    private Generator Draws(WeightsOf network) =>
        new((ulong)RandomKey.For(spec.Seed, 0, RandomPhase.None, (int)network, RandomPurpose.Weights).Seed);

    // Each network's stream; the numbers are part of every run's result.
    private enum WeightsOf
    {
        Generator = 0,
        Discriminator = 1,
        Features = 2,
    }
}
