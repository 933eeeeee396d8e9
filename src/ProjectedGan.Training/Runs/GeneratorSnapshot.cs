using ProjectedGan.Networks;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Training.State;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Runs;

/// <summary>
/// The averaged generator as it was after an iteration. It shares nothing with the training and may be used from another thread; it
/// owns a copy of every weight until it is disposed.
/// </summary>
public sealed class GeneratorSnapshot : IDisposable
{
    private readonly IReadOnlyList<string> _order;
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    private readonly List<FlatGroup> _groups;
    private readonly NetworkFactory _factory;

    internal GeneratorSnapshot(long iteration, long imagesSeen, TimeSpan trainingTime, NetworkState generator, FlatGroup average, NetworkFactory factory)
    {
        Iteration = iteration;
        ImagesSeen = imagesSeen;
        TrainingTime = trainingTime;
        _factory = factory;
        _order = generator.Order;
        _groups = [average.Clone(), generator.Statistics.Clone(), generator.Counters.Clone(), generator.SpectralVectors.Clone()];
        foreach (var (name, tensor) in _groups.SelectMany(group => group.Named))
        {
            _tensors.Add(name, tensor);
        }
        foreach (var (name, tensor) in StateDict.Named(generator.Module).Where(member => !_tensors.ContainsKey(member.Name)))
        {
            // Never changes, so that it can be shared.
            _tensors.Add(name, tensor);
        }
    }

    /// <summary>Completed iterations.</summary>
    public long Iteration { get; }

    /// <summary>Real images shown.</summary>
    public long ImagesSeen { get; }

    /// <summary>Time spent training.</summary>
    public TimeSpan TrainingTime { get; }

    /// <summary>Every tensor under its state_dict name, in its order; the snapshot's own.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Tensors => _order.Select(name => (name, _tensors[name]));

    /// <summary>A generator with these weights, in evaluation mode; the caller disposes it.</summary>
    public GeneratorNetwork CreateGenerator()
    {
        var generator = _factory.CreateEmptyGenerator();
        CopyTo(generator);
        generator.eval();
        return generator;
    }

    /// <summary>Overwrites the weights of a generator of the same spec, so that one can serve many snapshots.</summary>
    public void CopyTo(GeneratorNetwork generator)
    {
        using var noGrad = no_grad();
        foreach (var (name, tensor) in StateDict.Named(generator))
        {
            tensor.copy_(_tensors[name]);
        }
    }

    public void Dispose()
    {
        foreach (var group in _groups)
        {
            group.Dispose();
        }
    }
}
