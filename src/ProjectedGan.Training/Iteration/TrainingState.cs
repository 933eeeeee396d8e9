using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Data.Ordering;
using ProjectedGan.Networks;
using ProjectedGan.Networks.Discriminators;
using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Generators.Styles;
using ProjectedGan.Networks.Projection;
using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using ProjectedGan.Training.State;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>Everything that a worker holds for an iteration; the phases read and fill it.</summary>
internal sealed class TrainingState : IDisposable
{
    // Path lengths are measured on one image in so many (StyleGAN2).
    private const int PathShare = 2;

    private readonly Dictionary<int, ReplicaState> _replicas = [];
    private readonly DiscriminatorView _view;

    public TrainingState(TrainingSpec spec, NetworkFactory factory)
    {
        Spec = spec;
        Factory = factory;
        Tree = new CanonicalTree(spec.Replicas);
        Projector = factory.CreateProjector();
        Generator = new NetworkState(factory.CreateGenerator());
        Discriminator = new NetworkState(factory.CreateDiscriminator(Projector));
        VectorsForGenerated = Discriminator.SpectralVectors.Clone();
        _view = new DiscriminatorView(spec);
        Adaptation = Adaptation.Of(spec);
        Row = new ReplicaRow(Generator, Discriminator);
        GeneratorGradients = new BucketedGradients(Tree, Generator.Trained, ReductionPhase.Generator, spec);
        DiscriminatorGradients = new BucketedGradients(Tree, Discriminator.Trained, ReductionPhase.Discriminator, spec);
    }

    public TrainingSpec Spec { get; }

    public NetworkFactory Factory { get; }

    /// <summary>The replicas that this worker computes; empty before <see cref="Join"/>.</summary>
    public ReplicaRange Hosted { get; private set; }

    public CanonicalTree Tree { get; }

    /// <summary>Frozen and read only: all lanes use this one.</summary>
    public FeatureProjector Projector { get; }

    public NetworkState Generator { get; }

    public NetworkState Discriminator { get; }

    /// <summary>
    /// The discriminators' singular vectors for the forward pass on generated images; those for real ones, where a phase has any, are one
    /// power iteration on.
    /// </summary>
    public FlatGroup VectorsForGenerated { get; }

    public ReplicaRow Row { get; }

    public BucketedGradients GeneratorGradients { get; }

    public BucketedGradients DiscriminatorGradients { get; }

    /// <summary>Sums of the replicas' rows.</summary>
    public SubtreeAccumulator Statistics { get; private set; } = null!;

    public PhaseTimings Timings { get; } = new();

    public required IReplicaRandomness Randomness { get; init; }

    public IIterationProbe? Probe { get; init; }

    /// <summary>What training has learned beside weights, at the last boundary between iterations.</summary>
    public Adaptation Adaptation { get; set; }

    /// <summary>Images a replica and iteration.</summary>
    public int ReplicaBatch => Spec.Batch / Spec.Replicas;

    public ReplicaState Replica(int replica) => _replicas[replica];

    public IEnumerable<int> Replicas => Enumerable.Range(Hosted.First, Hosted.Count);

    /// <summary>Real images shown before an iteration.</summary>
    public long ImagesSeen(long iteration) => iteration * Spec.Batch;

    /// <summary>Generated images [n, 3, R, R] and their labels, by the lane's generator as it is.</summary>
    /// <param name="lane">Whose generator.</param>
    /// <param name="moment">What the draws are keyed by.</param>
    /// <param name="partners">Real images with which the generated ones are paired, and whose labels they get.</param>
    public (Tensor Images, Tensor? Labels) Generate(ReplicaLane lane, ReplicaMoment moment, RealBatch? partners)
    {
        var latents = Randomness.Latents(moment, ReplicaBatch).to(Factory.Type).to(Factory.Device);
        var labels = (partners is null ? Randomness.Labels(moment, ReplicaBatch) : partners.Labels)?.to(Factory.Type).to(Factory.Device);
        // As the reference: of the two batches of an iteration the average style follows one, that of the discriminators' phase where there is one.
        lane.Generator.TracksAverage = moment.Phase == RandomPhase.Discriminator || Spec.SharedFakes;
        using var mixed = MixedPrecision();
        var (condition, noise) = (Spec.Generator.Conditional ? labels : null, Randomness.Noise(moment));
        var images = Spec.Generator.StyleMixing > 0
            ? Styled(lane).Synthesize(Styles(Styled(lane), moment, latents, condition), noise)
            : lane.Generator.forward(latents, condition, noise);
        return (images.to_type(Factory.Type), labels);
    }

    /// <summary>
    /// The penalty on path lengths over half as many images, made for it alone, and the running mean with them: scalar tensors, the first with a graph.
    /// </summary>
    public (Tensor Penalty, Tensor Mean) MeasurePaths(ReplicaLane lane, ReplicaMoment moment)
    {
        var count = Math.Max(1, ReplicaBatch / PathShare);
        var latents = Randomness.Latents(moment, count).to(Factory.Type).to(Factory.Device);
        var labels = Spec.Generator.Conditional ? Randomness.Labels(moment, count)?.to(Factory.Type).to(Factory.Device) : null;
        lane.Generator.TracksAverage = false;
        var styles = Styles(Styled(lane), moment, latents, labels);
        var images = Styled(lane).Synthesize(styles, Randomness.Noise(moment));
        var directions = Randomness.PathDirections(moment, images.shape).to(Factory.Type).to(Factory.Device);
        var lengths = PathLengths.Of(images, styles, directions);
        var mean = PathLengths.Mean(Adaptation.PathLength, lengths);
        return (PathLengths.Penalty(lengths, mean), mean);
    }

    /// <summary>What discriminators see of images [N, 3, R, R], before any feature network: [N, 3, S, S].</summary>
    public Tensor View(Tensor images, ReplicaMoment moment, ImageOrigin origin) =>
        _view.Of(images, ImagesSeen(moment.Iteration), Adaptation.Probability, () => Randomness.Augmentation(moment, origin));

    /// <summary>What the discriminators learn from: projected features of viewed images, or these themselves.</summary>
    public Tensor[] Seen(Tensor viewed)
    {
        if (Spec.Discriminator.Kind != DiscriminatorKind.Projected)
        {
            return [viewed.alias()];
        }
        // libtorch's CPU kernels lack some of the feature network's backward passes in bfloat16.
        using var mixed = Factory.Device.type == DeviceType.CPU ? null : MixedPrecision();
        return Projector.Project(viewed)[..Spec.Discriminator.Count];
    }

    /// <summary>Logits [N, L] of the lane's discriminators.</summary>
    public Tensor Logits(ReplicaLane lane, Tensor[] seen, Tensor? labels)
    {
        using var mixed = MixedPrecision();
        return lane.Discriminator.forward(seen, Spec.Discriminator.Conditional ? labels : null).to_type(Factory.Type);
    }

    /// <summary>Logits [N, L] of real images, and how unlike them what FastGAN's decoders make of them is, a scalar tensor.</summary>
    public (Tensor Logits, Tensor Distance) Decode(FastGanDiscriminator discriminator, Tensor images, ReplicaMoment moment)
    {
        using var corner = Randomness.Crops(moment).RandInt(0, FastGanDiscriminator.LastWindow + 1, [2], CPU);
        var (row, column) = ((int)corner[0].item<long>(), (int)corner[1].item<long>());
        FastGanReading reading;
        using (MixedPrecision())
        {
            reading = discriminator.Read(images, row, column);
        }
        var (whole, part) = discriminator.Target(images, row, column);
        Tensor Distance(Tensor made, Tensor target) =>
            PerceptualDistance.Of(Projector.Network, made.to_type(Factory.Type), target, Spec.Features.EffectiveInputSize(Spec.Data.Resolution));
        return (reading.Logits.to_type(Factory.Type), Distance(reading.Whole, whole).Plus(Distance(reading.Part, part)));
    }

    /// <summary>Runs the forward passes of an iteration once, on zeros and without a graph; nothing of the state changes.</summary>
    public void Rehearse()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var generator = (GeneratorNetwork)Generator.Module;
        var discriminator = (DiscriminatorNetwork)Discriminator.Module;
        // Running statistics stay as they are in evaluation mode.
        generator.eval();
        discriminator.eval();
        var latents = zeros([ReplicaBatch, generator.LatentSize], Factory.Type, Factory.Device);
        var labels = Spec.Data.Classes > 0 ? zeros([ReplicaBatch, Spec.Data.Classes], Factory.Type, Factory.Device) : null;
        var generatorLabels = Spec.Generator.Conditional ? labels : null;
        using (MixedPrecision())
        {
            _ = generator.forward(latents, generatorLabels, null);
        }
        if (Spec.Loss.PathLength > 0)
        {
            using var twice = Convolutions.DifferentiateTwice();
            var count = Math.Max(1, ReplicaBatch / PathShare);
            _ = generator.forward(latents.narrow(0, 0, count), generatorLabels?.narrow(0, 0, count), null);
        }
        var images = zeros([ReplicaBatch, 3, _view.Side, _view.Side], Factory.Type, Factory.Device);
        if (Spec.Discriminator.Kind == DiscriminatorKind.Projected)
        {
            _ = Seen(cat([images, images], 0));
        }
        if (discriminator is FastGanDiscriminator fastGan)
        {
            _ = Decode(fastGan, images, default);
        }
        var seen = Seen(images);
        using (MixedPrecision())
        using (Spec.Loss.PenaltyAt(0) > 0 ? Convolutions.DifferentiateTwice() : null)
        {
            _ = discriminator.forward(seen, Spec.Discriminator.Conditional ? labels : null);
        }
        generator.train();
        discriminator.train();
    }

    /// <summary>Takes other replicas and another way to the other workers, at an iteration's boundary.</summary>
    public void Join(ReplicaRange hosted, IGradientExchange exchange)
    {
        DropReplicas();
        Statistics?.Dispose();
        Hosted = hosted;
        GeneratorGradients.Join(hosted, exchange);
        DiscriminatorGradients.Join(hosted, exchange);
        Statistics = new SubtreeAccumulator(Tree, hosted, () => Row.Allocate(Generator.Trained.Flat));
        foreach (var replica in Replicas)
        {
            _replicas.Add(replica, new ReplicaState
            {
                GeneratorCounters = Generator.Counters.Flat.clone().DetachFromDisposeScope(),
                DiscriminatorCounters = Discriminator.Counters.Flat.clone().DetachFromDisposeScope(),
            });
        }
    }

    public void Dispose()
    {
        DropReplicas();
        GeneratorGradients.Dispose();
        DiscriminatorGradients.Dispose();
        Statistics?.Dispose();
        VectorsForGenerated.Dispose();
        Generator.Dispose();
        Discriminator.Dispose();
        Projector.Dispose();
    }

    private static StyleGenerator Styled(ReplicaLane lane) => (StyleGenerator)lane.Generator;

    // [N, S, W], those of second latents among them.
    private Tensor Styles(StyleGenerator generator, ReplicaMoment moment, Tensor latents, Tensor? labels)
    {
        var styles = generator.Map(latents, labels);
        if (Randomness.Mixing(moment, (int)latents.size(0), generator.Styles) is not { } mixture)
        {
            return styles;
        }
        var tracks = generator.TracksAverage;
        generator.TracksAverage = false;
        var second = generator.Map(mixture.Latents.to(Factory.Type).to(Factory.Device), labels);
        generator.TracksAverage = tracks;
        return where(mixture.FromSecond.to(Factory.Device), second, styles);
    }

    private Autocast? MixedPrecision() => Spec.Execution.Precision == Precision.BFloat16 ? Autocast.BFloat16(Factory.Device) : null;

    private void DropReplicas()
    {
        foreach (var replica in _replicas.Values)
        {
            replica.Dispose();
        }
        _replicas.Clear();
    }
}
