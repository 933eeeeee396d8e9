namespace ProjectedGan.Web.Tests.Recording;

/// <summary>One coordinator that asks for tokens, for the tests of a class.</summary>
public sealed class GuardedCoordinator : IAsyncLifetime
{
    internal RecordedCoordinator Recorded { get; private set; } = null!;

    public async Task InitializeAsync() => Recorded = await RecordedCoordinator.StartAsync(hasTokens: true);

    public async Task DisposeAsync() => await (Recorded?.DisposeAsync() ?? ValueTask.CompletedTask);
}
