namespace ProjectedGan.Cli.Tests.Hosting;

/// <summary>Waits for what another party does in its own time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <param name="what">Named when the patience ends.</param>
    /// <param name="condition">Asked again and again.</param>
    public static async Task HoldsAsync(string what, Func<Task<bool>> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"Waited {Patience} in vain for this: {what}.");
            await Task.Delay(Interval);
        }
    }

    public static Task HoldsAsync(string what, Func<bool> condition) => HoldsAsync(what, () => Task.FromResult(condition()));
}
