using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace ProjectedGan.Torch;

/// <summary>Adam over a list of tensors in one native call, with torch.optim.Adam's arithmetic and state.</summary>
/// <remarks>
/// Step t: m = β₁m + (1 − β₁)g; v = β₂v + (1 − β₂)g²; p −= lr / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε).
/// On the CPU float32 and float64 tensors are updated in one pass over memory, element by element, so that the bits depend neither on
/// the thread count nor on the instruction set; elsewhere libtorch's multi-tensor operations do the work. Not thread-safe.
/// One tensor may be a <see cref="FlatBuffer.Flat"/> that many parameters alias.
/// </remarks>
public sealed partial class ForeachAdam : IDisposable
{
    private readonly IReadOnlyList<Tensor> _parameters;
    private readonly Tensor[] _firstMoments;
    private readonly Tensor[] _secondMoments;
    private readonly AdamOptions _options;

    /// <param name="parameters">Tensors to update in place; they stay the caller's.</param>
    /// <param name="options">Learning rate and decays.</param>
    /// <exception cref="UsageException">An option is out of range.</exception>
    public ForeachAdam(IReadOnlyList<Tensor> parameters, AdamOptions options)
    {
        options.Validate();
        _parameters = [.. parameters];
        _options = options;
        LearningRate = options.LearningRate;
        _firstMoments = [.. parameters.Select(ZerosLike)];
        _secondMoments = [.. parameters.Select(ZerosLike)];
    }

    /// <summary>m of each parameter (PyTorch: <c>exp_avg</c>), of its shape; zeros at first. A checkpoint is restored into it.</summary>
    public IReadOnlyList<Tensor> FirstMoments => _firstMoments;

    /// <summary>v of each parameter (PyTorch: <c>exp_avg_sq</c>), of its shape; zeros at first.</summary>
    public IReadOnlyList<Tensor> SecondMoments => _secondMoments;

    /// <summary>Updates done so far, t; set it to restore a checkpoint.</summary>
    public long StepCount { get; set; }

    /// <summary>Step size of the coming updates.</summary>
    public double LearningRate { get; set; }

    /// <summary>Updates with the parameters' own gradients; a parameter without one is left alone.</summary>
    /// <exception cref="PganException">Shapes or dtypes of a parameter, its gradient and its moments differ.</exception>
    public void Step() => Update(null);

    /// <summary>Updates with the given gradients, one for each parameter.</summary>
    /// <exception cref="ArgumentException">The number of gradients differs from the number of parameters.</exception>
    /// <exception cref="PganException">Shapes or dtypes of a parameter, its gradient and its moments differ.</exception>
    public void Step(IReadOnlyList<Tensor> gradients)
    {
        if (gradients.Count != _parameters.Count)
        {
            throw new ArgumentException($"There are {gradients.Count} gradients for {_parameters.Count} parameters.", nameof(gradients));
        }

        Update(gradients);
    }

    public void Dispose()
    {
        foreach (var moment in _firstMoments.Concat(_secondMoments))
        {
            moment.Dispose();
        }
    }

    private static Tensor ZerosLike(Tensor parameter)
    {
        using var noGrad = no_grad();
        return zeros_like(parameter).DetachFromDisposeScope();
    }

    private void Update(IReadOnlyList<Tensor>? gradients)
    {
        var status = Step(
            Native.Handles(_parameters), gradients is null ? null : Native.Handles(gradients), Native.Handles(_firstMoments),
            Native.Handles(_secondMoments), _parameters.Count, LearningRate, _options.Beta1, _options.Beta2, _options.Epsilon, StepCount + 1);
        GC.KeepAlive((_parameters, gradients, this));
        Native.Check(status);
        StepCount++;
    }

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_adam_step")]
    private static partial int Step(
        nint[] parameters, nint[]? gradients, nint[] firstMoments, nint[] secondMoments, long count,
        double learningRate, double beta1, double beta2, double epsilon, long step);
}
