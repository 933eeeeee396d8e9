using System.Runtime.ExceptionServices;
using ProjectedGan.Torch;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// Watches the backward passes of one lane's copy of a network and hands each bucket of gradients over when its last parameter has its
/// gradient. What no hook announces, such as parameters off the loss's path, is handed over at the end.
/// </summary>
internal sealed class LaneGradients : IDisposable
{
    private readonly IReadOnlyList<Tensor> _parameters;
    private readonly BucketedGradients _target;
    private readonly List<GradientHook> _hooks = [];
    private readonly Tensor[][] _members;
    private readonly int[] _missing;
    private Tensor? _probe;
    private ExceptionDispatchInfo? _failure;
    private int _replica = -1;

    /// <param name="parameters">The lane's leaf tensors, in the order of the flat gradient.</param>
    /// <param name="target">Where gradients go.</param>
    public LaneGradients(IReadOnlyList<Tensor> parameters, BucketedGradients target)
    {
        _parameters = parameters;
        _target = target;
        _members = [.. target.Layout.Buckets.Select(bucket => parameters.Skip(bucket.FirstParameter).Take(bucket.Parameters).ToArray())];
        _missing = new int[_members.Length];
        for (var parameter = 0; parameter < parameters.Count; parameter++)
        {
            var bucket = target.Layout.BucketOf(parameter);
            _hooks.Add(GradientHook.OnReady(parameters[parameter], _ => Arrived(bucket)));
        }
    }

    /// <summary>The next backward pass is a replica's last one of the phase: its gradients are final as they come.</summary>
    public void Expect(int replica)
    {
        for (var bucket = 0; bucket < _missing.Length; bucket++)
        {
            _missing[bucket] = _members[bucket].Length;
        }
        // Left over where the pass before failed.
        _probe?.Dispose();
        (_probe, _failure, _replica) = (null, null, replica);
    }

    /// <summary>Hands over the rest and takes the gradients away.</summary>
    /// <returns>The sum of all gradients' elements: not finite where one of them is not. The caller disposes it.</returns>
    public Tensor Finish()
    {
        _failure?.Throw();
        for (var bucket = 0; bucket < _missing.Length; bucket++)
        {
            if (_missing[bucket] > 0)
            {
                HandOver(bucket);
            }
        }
        _replica = -1;
        FlatBuffer.ZeroGradients(_parameters);
        var probe = _probe!;
        _probe = null;
        return probe;
    }

    public void Dispose()
    {
        foreach (var hook in _hooks)
        {
            hook.Dispose();
        }
        _probe?.Dispose();
    }

    private void Arrived(int bucket)
    {
        if (_replica < 0 || _failure is not null || --_missing[bucket] > 0)
        {
            return;
        }
        try
        {
            HandOver(bucket);
        }
        catch (Exception error)
        {
            // libtorch would turn it into text; Finish throws it as it is.
            _failure = ExceptionDispatchInfo.Capture(error);
        }
    }

    private void HandOver(int bucket)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var part = _target.Add(bucket, _replica, _members[bucket]);
        if (_probe is null)
        {
            _probe = part.DetachFromDisposeScope();
        }
        else
        {
            _probe.add_(part);
        }
        _missing[bucket] = 0;
    }
}
