using ProjectedGan.Networks.Discriminators;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Projection;
using ProjectedGan.Torch;
using ProjectedGan.Training.Networks;
using ProjectedGan.Training.Reduction;
using ProjectedGan.Training.Specification;
using ProjectedGan.Training.State;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>Everything that a worker holds for an iteration; the phases read and fill it.</summary>
internal sealed class WorkerState : IDisposable
{
    private readonly Dictionary<int, ReplicaState> _replicas = [];

    public WorkerState(TrainingSpec spec, NetworkFactory factory)
    {
        Spec = spec;
        Factory = factory;
        Tree = new CanonicalTree(spec.Replicas);
        Projector = factory.CreateProjector();
        Generator = new NetworkState(factory.CreateGenerator());
        Discriminator = new NetworkState(factory.CreateDiscriminator(Projector));
        VectorsForGenerated = Discriminator.SpectralVectors.Clone();
        View = new DiscriminatorView(spec);
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

    public DiscriminatorView View { get; }

    public ReplicaRow Row { get; }

    public BucketedGradients GeneratorGradients { get; }

    public BucketedGradients DiscriminatorGradients { get; }

    /// <summary>Sums of the replicas' rows.</summary>
    public SubtreeAccumulator Statistics { get; private set; } = null!;

    public PhaseTimings Timings { get; } = new();

    public required IReplicaRandomness Randomness { get; init; }

    public IIterationProbe? Probe { get; init; }

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
        lane.Generator.TracksAverage = moment.Phase == TrainingPhase.Discriminator || Spec.SharedFakes;
        using var mixed = MixedPrecision();
        var images = lane.Generator.forward(latents, Spec.Generator.Conditional ? labels : null, Randomness.Noise(moment));
        return (images.to_type(Factory.Type), labels);
    }

    /// <summary>Projected features of images that the <see cref="View"/> has prepared.</summary>
    public Tensor[] Project(Tensor images)
    {
        // libtorch's CPU kernels lack some of the feature network's backward passes in bfloat16.
        using var mixed = Factory.Device.type == DeviceType.CPU ? null : MixedPrecision();
        return Projector.Project(images);
    }

    /// <summary>Logits [N, L] of the lane's discriminators.</summary>
    public Tensor Logits(ReplicaLane lane, Tensor[] features, Tensor? labels)
    {
        using var mixed = MixedPrecision();
        return lane.Discriminator.forward(features, Spec.Discriminator.Conditional ? labels : null).to_type(Factory.Type);
    }

    /// <summary>Opened around the discriminators' forward passes whose gradients are penalised.</summary>
    public IDisposable? DifferentiateTwice() => Spec.Loss is { Kind: LossKind.Relativistic, GradientPenalty: > 0 } ? Convolutions.DifferentiateTwice() : null;

    /// <summary>Runs the forward passes of an iteration once, on zeros and without a graph; nothing of the state changes.</summary>
    public void Rehearse()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var generator = (GeneratorNetwork)Generator.Module;
        var discriminator = (MultiScaleDiscriminator)Discriminator.Module;
        // Running statistics stay as they are in evaluation mode.
        generator.eval();
        discriminator.eval();
        var latents = zeros([ReplicaBatch, generator.LatentSize], Factory.Type, Factory.Device);
        var labels = Spec.Data.Classes > 0 ? zeros([ReplicaBatch, Spec.Data.Classes], Factory.Type, Factory.Device) : null;
        using (MixedPrecision())
        {
            _ = generator.forward(latents, Spec.Generator.Conditional ? labels : null, null);
        }
        var side = Spec.Features.EffectiveInputSize(Spec.Data.Resolution);
        var images = zeros([ReplicaBatch, 3, side, side], Factory.Type, Factory.Device);
        _ = Project(cat([images, images], 0));
        var features = Project(images);
        using (MixedPrecision())
        using (DifferentiateTwice())
        {
            _ = discriminator.forward(features, Spec.Discriminator.Conditional ? labels : null);
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
