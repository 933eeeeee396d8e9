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

    public WorkerState(TrainingSpec spec, NetworkFactory factory, ReplicaRange hosted)
    {
        Spec = spec;
        Factory = factory;
        Hosted = hosted;
        Tree = new CanonicalTree(spec.Replicas);
        Projector = factory.CreateProjector();
        Generator = new NetworkState(factory.CreateGenerator());
        Discriminator = new NetworkState(factory.CreateDiscriminator(Projector));
        VectorsForGenerated = Discriminator.SpectralVectors.Clone();
        View = new DiscriminatorView(spec);
        Row = new ReplicaRow(Generator, Discriminator);
        GeneratorGradients = Accumulator(Generator.Trained.Flat);
        DiscriminatorGradients = Accumulator(Discriminator.Trained.Flat);
        Statistics = new SubtreeAccumulator(Tree, hosted, () => Row.Allocate(Generator.Trained.Flat));
        for (var replica = hosted.First; replica < hosted.End; replica++)
        {
            _replicas.Add(replica, new ReplicaState
            {
                GeneratorCounters = Generator.Counters.Flat.clone().DetachFromDisposeScope(),
                DiscriminatorCounters = Discriminator.Counters.Flat.clone().DetachFromDisposeScope(),
            });
        }
    }

    public TrainingSpec Spec { get; }

    public NetworkFactory Factory { get; }

    public ReplicaRange Hosted { get; }

    public CanonicalTree Tree { get; }

    /// <summary>Frozen and read only: all lanes use this one.</summary>
    public FeatureProjector Projector { get; }

    public NetworkState Generator { get; }

    public NetworkState Discriminator { get; }

    /// <summary>The discriminators' singular vectors for the forward pass on generated images; those for real ones are one power iteration on.</summary>
    public FlatGroup VectorsForGenerated { get; }

    public DiscriminatorView View { get; }

    public ReplicaRow Row { get; }

    public SubtreeAccumulator GeneratorGradients { get; }

    public SubtreeAccumulator DiscriminatorGradients { get; }

    /// <summary>Sums of the replicas' rows.</summary>
    public SubtreeAccumulator Statistics { get; }

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
    public (Tensor Images, Tensor? Labels) Generate(ReplicaLane lane, ReplicaMoment moment)
    {
        var latents = Randomness.Latents(moment, ReplicaBatch).to(Factory.Type).to(Factory.Device);
        var labels = Randomness.Labels(moment, ReplicaBatch)?.to(Factory.Type).to(Factory.Device);
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

    /// <summary>Takes a replica's gradients from a lane's parameters into an accumulator.</summary>
    public void Gather(NetworkState lane, SubtreeAccumulator accumulator, int replica)
    {
        using var noGrad = no_grad();
        var gradients = accumulator.Rent();
        FlatBuffer.GatherGradients(lane.Parameters, gradients);
        FlatBuffer.ZeroGradients(lane.Parameters);
        var state = Replica(replica);
        state.GradientProbe?.Dispose();
        state.GradientProbe = gradients.sum().DetachFromDisposeScope();
        accumulator.Add(replica, gradients);
    }

    public void Dispose()
    {
        foreach (var replica in _replicas.Values)
        {
            replica.Dispose();
        }
        GeneratorGradients.Dispose();
        DiscriminatorGradients.Dispose();
        Statistics.Dispose();
        VectorsForGenerated.Dispose();
        Generator.Dispose();
        Discriminator.Dispose();
        Projector.Dispose();
    }

    private Autocast? MixedPrecision() => Spec.Execution.Precision == Precision.BFloat16 ? Autocast.BFloat16(Factory.Device) : null;

    private SubtreeAccumulator Accumulator(Tensor like) => new(Tree, Hosted, () => empty_like(like).DetachFromDisposeScope());
}
