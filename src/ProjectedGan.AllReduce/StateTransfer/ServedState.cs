using ProjectedGan.AllReduce.Engine;
using ProjectedGan.AllReduce.Groups;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.StateTransfer;

/// <summary>The state that a session offers, if any.</summary>
internal sealed class ServedState : IDisposable
{
    private readonly Lock _lock = new();
    private TaskCompletionSource<Offer> _next = NewSource();
    private Offer? _offer;
    private bool _closed;

    /// <summary>Offers a state until the returned object is disposed; then nobody reads its tensors any more.</summary>
    public IDisposable Serve(StateImage image)
    {
        if (image.Header.Length > CollectiveOptions.MostStateHeaderBytes)
        {
            throw new ArgumentException($"A state's header has at most {CollectiveOptions.MostStateHeaderBytes} bytes, not {image.Header.Length}.", nameof(image));
        }
        lock (_lock)
        {
            if (_closed)
            {
                throw new ExchangeAbortedException(new ObjectDisposedException(nameof(ServedState)));
            }
            if (_offer is not null)
            {
                throw new InvalidOperationException("A state is served already; dispose it first.");
            }
            _offer = new Offer(this, image);
            _next.SetResult(_offer);
            return _offer;
        }
    }

    /// <summary>The state, as soon as there is one.</summary>
    public Task<Offer> NextAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _next.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends all transfers; when it returns nobody reads the tensors any more.</summary>
    public void Dispose()
    {
        Offer? offer;
        lock (_lock)
        {
            _closed = true;
            offer = _offer;
            _next.TrySetException(new ExchangeAbortedException(new ObjectDisposedException(nameof(ServedState))));
            _ = _next.Task.Exception;
        }
        offer?.Gate.Close();
    }

    private static TaskCompletionSource<Offer> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Withdraw(Offer offer)
    {
        lock (_lock)
        {
            if (_offer == offer && !_closed)
            {
                _offer = null;
                _next = NewSource();
            }
        }
        offer.Gate.Close();
    }

    /// <summary>A state on offer; its tensors are read inside the gate.</summary>
    internal sealed class Offer(ServedState owner, StateImage image) : IDisposable
    {
        public StateImage Image => image;

        public TensorGate Gate { get; } = new();

        public void Dispose() => owner.Withdraw(this);
    }
}

/// <summary>A state to be copied between workers: bytes of the owner's choosing and the raw bytes of tensors.</summary>
/// <param name="Header">At most 16 MiB.</param>
/// <param name="Tensors">Contiguous; on the CPU or, copied through host memory, on another device.</param>
public sealed record StateImage(byte[] Header, IReadOnlyList<Tensor> Tensors);
