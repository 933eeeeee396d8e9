namespace ProjectedGan.AllReduce.Engine;

/// <summary>
/// Keeps threads off the submitted tensors once a session has ended: every touch, a fraction of a millisecond each, is made inside, and
/// closing waits for those inside.
/// </summary>
internal sealed class TensorGate
{
    private const int Closed = 1 << 30;

    private int _state;

    /// <summary>False once the gate is closed; the caller must then leave the memory alone.</summary>
    public bool TryEnter()
    {
        if ((Interlocked.Increment(ref _state) & Closed) == 0)
        {
            return true;
        }
        Interlocked.Decrement(ref _state);
        return false;
    }

    public void Exit() => Interlocked.Decrement(ref _state);

    /// <summary>Lets nobody in any more and returns when everybody is out. Never called from inside.</summary>
    public void Close()
    {
        Interlocked.Or(ref _state, Closed);
        var spin = default(SpinWait);
        while (Volatile.Read(ref _state) != Closed)
        {
            spin.SpinOnce();
        }
    }
}
