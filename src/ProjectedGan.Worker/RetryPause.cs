namespace ProjectedGan.Worker;

/// <summary>How long to wait before something is tried again that a full disk prevented: longer each time, until it works.</summary>
internal sealed class RetryPause
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private TimeSpan _next = First;

    public TimeSpan Next()
    {
        var pause = _next;
        _next = pause * 2 < Longest ? pause * 2 : Longest;
        return pause;
    }

    public void Reset() => _next = First;
}
