using ProjectedGan.Foundation;

namespace ProjectedGan.AllReduce.Groups;

/// <summary>Something that peers did, or that happened between them, which ends an exchange or a transfer.</summary>
public sealed class CollectiveException : PganException
{
    public CollectiveException(string message)
        : base(message)
    {
    }

    public CollectiveException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>An exchange ended before the work was done; the inner exception says why.</summary>
public sealed class ExchangeAbortedException : OperationCanceledException
{
    public ExchangeAbortedException(Exception reason)
        : base($"The exchange was aborted: {reason.Message}", reason)
    {
    }
}
