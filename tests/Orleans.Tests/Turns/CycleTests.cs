using Orleans.Configuration;
using Orleans.Tests.Hosting;

namespace Orleans.Tests.Turns;

public interface ICycleGrain : IGrainWithStringKey
{
    Task<string> CallBackAsync(string other, bool allowReentrancy);

    Task<string> ForwardAsync(ICycleGrain caller);

    Task<string> AnswerAsync();
}

public sealed class CycleGrain : Grain, ICycleGrain
{
    public async Task<string> CallBackAsync(string other, bool allowReentrancy)
    {
        var grain = GrainFactory.GetGrain<ICycleGrain>(other);
        if (!allowReentrancy)
        {
            return await grain.ForwardAsync(this.AsReference<ICycleGrain>());
        }

        using (RequestContext.AllowCallChainReentrancy())
        {
            return await grain.ForwardAsync(this.AsReference<ICycleGrain>());
        }
    }

    public Task<string> ForwardAsync(ICycleGrain caller) => caller.AnswerAsync();

    public Task<string> AnswerAsync() => Task.FromResult(this.GetPrimaryKeyString());
}

public class CycleTests
{
    [Fact]
    public async Task Cycle_PlainGrains_TimesOut()
    {
        await using TestSilo silo = await TestSilo.StartAsync(static builder
            => builder.Configure<SiloMessagingOptions>(static options => options.ResponseTimeout = TimeSpan.FromMilliseconds(300)));

        TimeoutException thrown = await Assert.ThrowsAsync<TimeoutException>(
            () => silo.Grains.GetGrain<ICycleGrain>("a").CallBackAsync("b", allowReentrancy: false).Within("the timeout"));

        Assert.Contains("Response did not arrive on time in 00:00:00.3", thrown.Message, StringComparison.Ordinal);
        // The grains are not stuck for good: what timed out was dropped.
        Assert.Equal("a", await silo.Grains.GetGrain<ICycleGrain>("a").AnswerAsync().Within("a call after the cycle"));
    }

    [Fact]
    public async Task Cycle_CallChainReentrancyAllowed_Ends()
    {
        await using TestSilo silo = await TestSilo.StartAsync();

        Assert.Equal("a", await silo.Grains.GetGrain<ICycleGrain>("a").CallBackAsync("b", allowReentrancy: true).Within("the cycle"));
    }
}
