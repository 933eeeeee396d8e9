using ProjectedGan.Foundation;
using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using ProjectedGan.Training.State;
using TorchSharp;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>Turns an averaged gradient into an update of one network: non-finite elements by the spec's policy, then Adam.</summary>
internal sealed class GradientUpdate : IDisposable
{
    private const int NamesShown = 5;

    private readonly NetworkState _network;
    private readonly NonFinitePolicy _policy;
    private readonly TrainingPhase _phase;

    // On a device, finding out in the step would wait for it; with the replace policy nothing depends on the answer.
    private readonly Tensor? _deferred;

    public GradientUpdate(TrainingSpec spec, TrainingPhase phase, NetworkState network)
    {
        _network = network;
        _phase = phase;
        _policy = spec.NonFinite;
        var flat = network.Trained.Flat;
        _deferred = flat.device.type != DeviceType.CPU && _policy == NonFinitePolicy.Replace
            ? zeros([3], dtype: ScalarType.Int64, device: flat.device).DetachFromDisposeScope() : null;
        Adam = new FusedAdam([network.Trained.Flat], new AdamOptions
        {
            LearningRate = phase == TrainingPhase.Generator ? spec.Optimizer.GeneratorRate : spec.Optimizer.DiscriminatorRate,
            Beta1 = spec.Optimizer.Beta1,
            Beta2 = spec.Optimizer.Beta2,
            Epsilon = spec.Optimizer.Epsilon,
        });
    }

    public FusedAdam Adam { get; }

    /// <summary>What an update changes beside the network: the moments, and on a device the counts that wait for a report.</summary>
    public IEnumerable<Tensor> Tensors => [.. Adam.FirstMoments, .. Adam.SecondMoments, .. _deferred is null ? Array.Empty<Tensor>() : [_deferred]];

    /// <summary>Applies the gradient, which is changed where it is not finite.</summary>
    /// <param name="gradient">The average over all replicas, flat.</param>
    /// <param name="iteration">For the report.</param>
    /// <param name="replicas">This worker's replicas with the sums of their gradients.</param>
    /// <returns>What was not finite; null in the ordinary case.</returns>
    /// <exception cref="NonFiniteGradientException">Something is not finite and the policy is to stop.</exception>
    public NonFiniteGradient? Apply(Tensor gradient, long iteration, IEnumerable<(int Replica, Tensor Probe)> replicas)
    {
        using var scope = NewDisposeScope();
        if (_deferred is not null)
        {
            _deferred.AddInPlace(NonFinite.ReplaceDeferred(gradient));
            Adam.Step([gradient]);
            return null;
        }
        // The sum of finite elements may overflow too: it only decides whether a closer look is due.
        var suspicious = !double.IsFinite(gradient.sum().to_type(ScalarType.Float64).item<double>());
        var found = suspicious ? Describe(gradient, iteration, replicas) : null;
        if (found is not null && _policy == NonFinitePolicy.Stop)
        {
            throw new NonFiniteGradientException($"{found} Training stops, as nonFinite: stop asks for; "
                + "lower the learning rate or choose replace or skip.");
        }
        if (found is null || _policy == NonFinitePolicy.Replace)
        {
            Adam.Step([gradient]);
        }
        return found;
    }

    /// <summary>Elements replaced on a device since the last call; reads from the device, so for reports only.</summary>
    public long TakeDeferredCount()
    {
        if (_deferred is null)
        {
            return 0;
        }
        using var scope = NewDisposeScope();
        var count = _deferred.sum().item<long>();
        _deferred.fill_(Of(0));
        return count;
    }

    public void Dispose()
    {
        Adam.Dispose();
        _deferred?.Dispose();
    }

    private NonFiniteGradient? Describe(Tensor gradient, long iteration, IEnumerable<(int Replica, Tensor Probe)> replicas)
    {
        using var layout = _network.Trained.HostCopy(gradient);
        var names = layout.Named.Where(member => !member.Tensor.isfinite().all().item<bool>()).Select(member => member.Name).ToList();
        var counts = NonFinite.Replace(gradient);
        if (counts.Total == 0)
        {
            return null;
        }
        var sources = replicas.Where(replica => !double.IsFinite(replica.Probe.to_type(ScalarType.Float64).item<double>()))
            .Select(replica => replica.Replica).ToList();
        return new NonFiniteGradient(iteration, _phase, counts, [.. names.Take(NamesShown)], names.Count, sources);
    }
}

/// <summary>An averaged gradient had elements that are NaN or infinite.</summary>
/// <param name="Iteration">From 0.</param>
/// <param name="Phase">Whose gradient.</param>
/// <param name="Counts">How many elements.</param>
/// <param name="Parameters">The first few parameters concerned.</param>
/// <param name="ParameterCount">How many parameters are concerned.</param>
/// <param name="Replicas">This worker's replicas whose own gradients were not finite; empty where another worker's were, or only their sum.</param>
public sealed record NonFiniteGradient(
    long Iteration, TrainingPhase Phase, NonFiniteCounts Counts, IReadOnlyList<string> Parameters, int ParameterCount, IReadOnlyList<int> Replicas)
{
    public override string ToString()
    {
        var more = ParameterCount > Parameters.Count ? $" and {ParameterCount - Parameters.Count} more" : "";
        var from = Replicas.Count > 0 ? $" from replica {string.Join(", ", Replicas)}" : "";
        return $"Iteration {Iteration}: the gradient of the {Phase.ToString().ToLowerInvariant()} has {Counts.NaN} NaN, "
            + $"{Counts.PositiveInfinity} +Inf and {Counts.NegativeInfinity} -Inf elements{from} in {string.Join(", ", Parameters)}{more}.";
    }
}

/// <summary>
/// A gradient was not finite and the spec asks to stop then, or no replica has finite losses any more. Any other worker would stop at the same
/// iteration.
/// </summary>
public sealed class NonFiniteGradientException(string message) : PganException(message);
