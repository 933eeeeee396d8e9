namespace ProjectedGan.AllReduce.Groups;

/// <summary>An exchange ended before the work was done; the inner exception says why.</summary>
public sealed class ExchangeAbortedException : OperationCanceledException
{
    public ExchangeAbortedException(Exception reason)
        : base($"The exchange was aborted: {reason.Message}", reason)
    {
    }
}
