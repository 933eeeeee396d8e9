namespace ProjectedGan.Coordination.Storage;

/// <summary>
/// A state could not be read, written or cleared. The message is one line for an operator: which storage, what failed, what to do.
/// Nothing was changed: the caller's state keeps its version, and the storage keeps what it held.
/// </summary>
[GenerateSerializer]
public sealed class GrainStorageException : OrleansException
{
    public GrainStorageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
