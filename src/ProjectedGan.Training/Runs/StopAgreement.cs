namespace ProjectedGan.Training.Runs;

/// <summary>Lets workers of one process stop at the same iteration's boundary: the first to ask decides for all.</summary>
internal sealed class StopAgreement
{
    private readonly Lock _lock = new();
    private long _decided = -1;
    private bool _stop;

    /// <summary>Whether training ends in front of an iteration.</summary>
    public bool StopsBefore(long iteration, CancellationToken stop)
    {
        lock (_lock)
        {
            if (iteration > _decided)
            {
                (_decided, _stop) = (iteration, stop.IsCancellationRequested);
            }
            return _stop && iteration == _decided;
        }
    }
}
