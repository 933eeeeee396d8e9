namespace Orleans.Runtime;

/// <summary>Something that waits for its turn in an activation: a call or a timer's tick.</summary>
internal abstract class ActivationRequest
{
    public virtual bool AlwaysInterleaves => false;

    public virtual bool IsReadOnly => false;

    /// <summary>The call chain it belongs to, when that chain may enter grains again.</summary>
    public virtual Guid ReentrancyId => Guid.Empty;

    /// <summary>Nobody waits for it any more, and it need not start.</summary>
    public abstract bool IsAbandoned { get; }

    /// <summary>It may overtake or run beside others, so the queue has to be searched for it.</summary>
    public bool MayInterleave => AlwaysInterleaves || IsReadOnly || ReentrancyId != Guid.Empty;

    /// <summary>It counts as use of the activation.</summary>
    public virtual bool KeepsAlive => true;

    /// <summary>Runs in the activation's turns; throws nothing.</summary>
    public abstract Task RunAsync(GrainActivation activation);

    /// <summary>The activation ends before it could start. True when it shall go to the grain's next activation.</summary>
    public abstract bool MovesOn { get; }

    public abstract void Reject(Exception exception);
}
