namespace ProjectedGan.Web.Tests.Recording;

/// <summary>One coordinator without tokens for the tests of a class.</summary>
public sealed class OpenCoordinator : IAsyncLifetime
{
    internal RecordedCoordinator Recorded { get; private set; } = null!;

    public async Task InitializeAsync() => Recorded = await RecordedCoordinator.StartAsync();

    public async Task DisposeAsync() => await (Recorded?.DisposeAsync() ?? ValueTask.CompletedTask);
}
