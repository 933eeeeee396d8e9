using ProjectedGan.Training.State;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// Brings a worker back to the boundary in front of an iteration that could not be finished, because another worker was lost. Only what
/// changes before the iteration's last exchange is kept: the generator with what its update changes, and both networks' singular vectors.
/// </summary>
internal sealed class IterationUndo : IDisposable
{
    private readonly GradientUpdate _generatorUpdate;
    private readonly List<(Tensor Live, Tensor Saved)> _tensors;
    private long _generatorSteps;

    public IterationUndo(NetworkState generator, NetworkState discriminator, GradientUpdate generatorUpdate)
    {
        _generatorUpdate = generatorUpdate;
        _tensors = [.. new[] { generator.Trained.Flat, generator.SpectralVectors.Flat, discriminator.SpectralVectors.Flat }
            .Concat(generatorUpdate.Tensors)
            .Select(live => (live, empty_like(live).DetachFromDisposeScope()))];
    }

    /// <summary>Remembers the state at an iteration's boundary.</summary>
    public void Save()
    {
        using var noGrad = no_grad();
        _generatorSteps = _generatorUpdate.Adam.StepCount;
        foreach (var (live, saved) in _tensors)
        {
            saved.copy_(live);
        }
    }

    /// <summary>Restores what <see cref="Save"/> saw.</summary>
    public void Restore()
    {
        using var noGrad = no_grad();
        _generatorUpdate.Adam.StepCount = _generatorSteps;
        foreach (var (live, saved) in _tensors)
        {
            live.copy_(saved);
        }
    }

    public void Dispose()
    {
        foreach (var (_, saved) in _tensors)
        {
            saved.Dispose();
        }
    }
}
