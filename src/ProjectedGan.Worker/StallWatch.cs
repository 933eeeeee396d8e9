namespace ProjectedGan.Worker;

/// <summary>
/// Notices that a training thread stands still for a reason of this worker's own: a device or a disk that hangs. The process around it
/// goes on to tell the coordinator that it lives, so that nobody else would ever notice. Whoever waits for peers does not stand still.
/// </summary>
/// <param name="patience">How long nothing may move.</param>
/// <param name="time">The clock.</param>
internal sealed class StallWatch(TimeSpan patience, TimeProvider time)
{
    private const int Looks = 10;

    public TimeSpan Patience => patience;

    /// <summary>Returns when nothing has moved for the patience.</summary>
    /// <param name="look">A number that changes with every step, and whether peers are waited for.</param>
    /// <param name="cancellation">The training is over.</param>
    public async Task WaitAsync(Func<(long Steps, bool WaitsForPeers)> look, CancellationToken cancellation)
    {
        var (last, since) = (look().Steps, time.GetTimestamp());
        while (time.GetElapsedTime(since) < patience)
        {
            await Task.Delay(patience / Looks, time, cancellation);
            var (steps, waits) = look();
            if (waits || steps != last)
            {
                (last, since) = (steps, time.GetTimestamp());
            }
        }
    }
}
