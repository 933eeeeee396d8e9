using static TorchSharp.torch;

namespace ProjectedGan.Tensors;

/// <summary>Hands out the gradients of a backward pass bucket by bucket, as soon as they are complete, so that they can be sent while the pass goes on.</summary>
/// <remarks>
/// A tap is an identity function on a bucket of parameters. Layers read their parameters through <see cref="Of"/>; while taps are open
/// on the thread, that is the tapped tensor, and the backward pass calls back with the gradients of a bucket once every use of its
/// members has added its share. The parameters' own <c>grad</c> stays empty. On the CPU the call comes on the thread that called
/// <c>backward</c>, on CUDA on libtorch's thread of the device. Buckets off the loss's path are never called back for.
/// A gradient of something else than parameters, such as a penalty's, passes the taps by: <c>autograd.grad</c> visits what lies between
/// its ends only. The backward pass of a loss that contains it calls back once as ever, with the gradient of the whole.
/// </remarks>
public sealed class GradientTaps
{
    [ThreadStatic]
    private static Pass? Current;

    private readonly IReadOnlyList<IReadOnlyList<Tensor>> _buckets;
    private readonly Dictionary<Tensor, (int Bucket, int Member)> _places = new(ReferenceEqualityComparer.Instance);

    /// <param name="buckets">Leaf tensors that require gradients, as the layers know them.</param>
    public GradientTaps(IReadOnlyList<IReadOnlyList<Tensor>> buckets)
    {
        _buckets = buckets;
        for (var bucket = 0; bucket < buckets.Count; bucket++)
        {
            for (var member = 0; member < buckets[bucket].Count; member++)
            {
                _places.Add(buckets[bucket][member], (bucket, member));
            }
        }
    }

    /// <summary>Takes the gradients of one bucket: a tensor for each member, null where the loss does not depend on it; valid during the call.</summary>
    /// <remarks>No exception may leave it: it would cross libtorch's frames.</remarks>
    public delegate void Receiver(int bucket, IReadOnlyList<Tensor?> gradients);

    /// <summary>What a layer computes with: the parameter itself, or its tapped view. Not to be disposed by the layer.</summary>
    public static Tensor Of(Tensor parameter) => Current?.Of(parameter) ?? parameter;

    /// <summary>Taps the forward passes of this thread until the result is disposed; their backward passes call back.</summary>
    public IDisposable Open(Receiver receiver) => Current is null
        ? Current = new Pass(this, receiver)
        : throw new InvalidOperationException("Gradient taps are open on this thread already.");

    private sealed class Pass(GradientTaps taps, Receiver receiver) : IDisposable
    {
        private readonly List<Tensor>?[] _tapped = new List<Tensor>?[taps._buckets.Count];

        public Tensor? Of(Tensor parameter)
        {
            if (!taps._places.TryGetValue(parameter, out var place))
            {
                return null;
            }

            var tapped = _tapped[place.Bucket] ??= Tap(place.Bucket);
            return tapped[place.Member];
        }

        public void Dispose()
        {
            Current = null;
            foreach (var tensor in _tapped.SelectMany(bucket => bucket ?? []))
            {
                tensor.Dispose();
            }
        }

        private List<Tensor> Tap(int bucket)
        {
            var tapped = Identity.apply([new Action<IReadOnlyList<Tensor?>>(gradients => receiver(bucket, gradients)), .. taps._buckets[bucket]]);
            tapped.ForEach(tensor => tensor.DetachFromDisposeScope());
            return tapped;
        }
    }

    private sealed class Identity : autograd.MultiTensorFunction<Identity>
    {
        private const string Receive = "receive";

        public override string Name => nameof(GradientTaps);

        public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.set_materialize_grads(false);
            ctx.save_data(Receive, vars[0]);
            return [.. vars.Skip(1).Cast<Tensor>().Select(tensor => tensor.alias())];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
        {
            ((Action<IReadOnlyList<Tensor?>>)ctx.get_data(Receive))([.. grad_outputs.Select(gradient => gradient is { IsInvalid: false } ? gradient : null)]);
            // Nothing goes on to the leaves: they keep no gradients.
            return [null!, .. grad_outputs.Select(_ => (Tensor)null!)];
        }
    }
}
