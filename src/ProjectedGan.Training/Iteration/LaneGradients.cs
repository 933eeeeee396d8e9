using System.Runtime.ExceptionServices;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// Taps the backward passes of one lane's copy of a network, sums a replica's gradients over its passes, and hands each bucket over as
/// soon as the last pass has completed it. What lies off the loss's path is handed over as zeros at the end.
/// </summary>
internal sealed class LaneGradients : IDisposable
{
    private readonly BucketedGradients _target;
    private readonly Tensor[][] _members;
    private readonly GradientTaps _taps;
    private readonly Tensor?[] _sums;
    private readonly bool[] _handedOver;
    private Tensor? _probe;
    private ExceptionDispatchInfo? _failure;
    private int _replica;

    /// <param name="parameters">The lane's leaf tensors, in the order of the flat gradient.</param>
    /// <param name="target">Where gradients go.</param>
    public LaneGradients(IReadOnlyList<Tensor> parameters, BucketedGradients target)
    {
        _target = target;
        _members = [.. target.Layout.Buckets.Select(bucket => parameters.Skip(bucket.FirstParameter).Take(bucket.Parameters).ToArray())];
        _taps = new GradientTaps(_members);
        _sums = new Tensor?[_members.Length];
        _handedOver = new bool[_members.Length];
    }

    /// <summary>The next passes are this replica's.</summary>
    public void Begin(int replica)
    {
        // Left over where a replica before failed.
        Dispose();
        Array.Clear(_handedOver);
        (_failure, _replica) = (null, replica);
    }

    /// <summary>Taps this thread's forward passes until the result is disposed.</summary>
    /// <param name="last">Whether the backward pass that follows is the replica's last one of the phase: its gradients are final as they come.</param>
    public IDisposable Tap(bool last) => _taps.Open((bucket, gradients) => Receive(bucket, gradients, last));

    /// <summary>Hands over the rest.</summary>
    /// <returns>The sum of all gradients' elements: not finite where one of them is not. The caller disposes it.</returns>
    public Tensor Finish()
    {
        _failure?.Throw();
        for (var bucket = 0; bucket < _members.Length; bucket++)
        {
            if (!_handedOver[bucket])
            {
                Accumulate(bucket, new Tensor?[_members[bucket].Length]);
                HandOver(bucket);
            }
        }
        var probe = _probe!;
        _probe = null;
        return probe;
    }

    public void Dispose()
    {
        for (var bucket = 0; bucket < _sums.Length; bucket++)
        {
            _sums[bucket]?.Dispose();
            _sums[bucket] = null;
        }
        _probe?.Dispose();
        _probe = null;
    }

    private void Receive(int bucket, IReadOnlyList<Tensor?> gradients, bool last)
    {
        if (_failure is not null)
        {
            return;
        }
        try
        {
            Accumulate(bucket, gradients);
            if (last)
            {
                HandOver(bucket);
            }
        }
        catch (Exception error)
        {
            // It may not leave libtorch's backward pass; Finish throws it.
            _failure = ExceptionDispatchInfo.Capture(error);
        }
    }

    private void Accumulate(int bucket, IReadOnlyList<Tensor?> gradients)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var isFirst = _sums[bucket] is null;
        var sum = _sums[bucket] ??= _target.Rent(bucket);
        foreach (var (part, gradient) in FlatBuffer.Split(sum, _members[bucket]).Zip(gradients))
        {
            if (gradient is null)
            {
                _ = isFirst ? part.zero_() : part;
            }
            else
            {
                _ = isFirst ? part.copy_(gradient) : part.AddInPlace(gradient);
            }
        }
    }

    private void HandOver(int bucket)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var sum = _sums[bucket]!;
        var probe = sum.sum();
        _sums[bucket] = null;
        _handedOver[bucket] = true;
        _target.Add(bucket, _replica, sum);
        if (_probe is null)
        {
            _probe = probe.DetachFromDisposeScope();
        }
        else
        {
            _probe.AddInPlace(probe);
        }
    }
}
