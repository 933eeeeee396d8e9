using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Tests.Hosting;

namespace Orleans.Tests.Lifecycle;

public class LifecycleTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Activation_IdleTooLong_Ends()
    {
        await using TestSilo silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IIdleGrain>("idle");
        Guid first = await grain.ActivationAsync();

        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(first, await grain.ActivationAsync());
        // The call counted as use: the clock starts anew.
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(first, await grain.ActivationAsync());
        _time.Advance(TimeSpan.FromMinutes(12));

        Assert.NotEqual(first, await grain.ActivationAsync().Within("the next activation"));
        Assert.Equal(["activated", "ActivationIdle", "activated"], Events("idle"));
    }

    [Fact]
    public async Task Activation_KeepAliveOrDelayed_Stays()
    {
        await using TestSilo silo = await StartAsync();
        var kept = silo.Grains.GetGrain<IKeptGrain>("kept");
        var delayed = silo.Grains.GetGrain<IIdleGrain>("delayed");
        Guid first = await kept.ActivationAsync(), second = await delayed.ActivationAsync();
        await delayed.DelayAsync(TimeSpan.FromHours(1));

        _time.Advance(TimeSpan.FromMinutes(50));

        Assert.Equal(first, await kept.ActivationAsync());
        Assert.Equal(second, await delayed.ActivationAsync());
        _time.Advance(TimeSpan.FromMinutes(70));
        Assert.NotEqual(second, await delayed.ActivationAsync().Within("the next activation"));
    }

    [Fact]
    public async Task Activation_EndsWhileCallsArrive_NeverTwoAtOnceAndNoCallIsLost()
    {
        await using TestSilo silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IIdleGrain>("churn");

        // Half of the calls end the activation; OnActivateAsync asserts that it is alone.
        Task[] calls = [.. Enumerable.Range(0, 200).Select(call => Task.Run(() => call % 2 == 0 ? grain.ActivationAsync() : (Task)Assert.ThrowsAsync<FormatException>(grain.FailAsync)))];
        await Task.WhenAll(calls).Within("200 calls");

        Assert.True(Events("churn").Count(static what => what == "activated") > 1);
    }

    [Fact]
    public async Task Activation_OnActivateFails_CallerSeesItAndTheNextCallTriesAgain()
    {
        await using TestSilo silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IIdleGrain>("fails");

        Assert.Equal("This activation fails.", (await Assert.ThrowsAsync<InvalidDataException>(grain.ActivationAsync)).Message);

        await grain.ActivationAsync().Within("the second activation");
        Assert.Equal(["failed", "activated"], Events("fails"));
    }

    [Fact]
    public async Task Activation_OnActivateHangs_TimesOut()
    {
        await using TestSilo silo = await TestSilo.StartAsync(static builder
            => builder.Configure<GrainCollectionOptions>(static options => options.ActivationTimeout = TimeSpan.FromMilliseconds(200)));

        TimeoutException thrown = await Assert.ThrowsAsync<TimeoutException>(() => silo.Grains.GetGrain<IIdleGrain>("hangs").ActivationAsync().Within("the timeout"));

        Assert.Contains("lifecycle/hangs", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_Stops_EndsAllActivationsAndRefusesCalls()
    {
        await using TestSilo silo = await StartAsync();
        ILifecycleGrain[] grains = [.. Enumerable.Range(0, 20).Select(key => silo.Grains.GetGrain<IIdleGrain>($"stop-{key}"))];
        await Task.WhenAll(grains.Select(static grain => grain.ActivationAsync()));

        await silo.StopAsync();

        Assert.Equal(20, LifecycleGrainBase.Events.Count(static entry => entry.Key.StartsWith("stop-", StringComparison.Ordinal) && entry.What == "ShuttingDown"));
        await Assert.ThrowsAsync<SiloUnavailableException>(grains[0].ActivationAsync);
    }

    [Fact]
    public async Task Silo_TenThousandActivations_FitInMemory()
    {
        const int Count = 10_000, BytesEach = 8_192;
        await using TestSilo silo = await StartAsync();
        await silo.Grains.GetGrain<IIdleGrain>("first").ActivationAsync();
        long before = GC.GetTotalMemory(forceFullCollection: true);

        await Task.WhenAll(Enumerable.Range(0, Count).Select(key => silo.Grains.GetGrain<IIdleGrain>($"m{key}").ActivationAsync())).Within("10,000 activations");

        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        Assert.Equal(Count + 1, silo.Services.GetRequiredService<ActivationDirectory>().Count);
        Assert.True(each < BytesEach, $"An activation takes {each} bytes; at most {BytesEach} were expected.");
    }

    [Fact]
    public async Task StartupTask_RunsWhenGrainsCanBeCalled()
    {
        Guid seen = Guid.Empty;
        await using TestSilo silo = await TestSilo.StartAsync(builder => builder.AddStartupTask(
            async (services, _) => seen = await services.GetRequiredService<IGrainFactory>().GetGrain<IIdleGrain>("startup").ActivationAsync()));

        Assert.Equal(seen, await silo.Grains.GetGrain<IIdleGrain>("startup").ActivationAsync());
    }

    private static string[] Events(string key) => [.. LifecycleGrainBase.Events.Where(entry => entry.Key == key).Select(static entry => entry.What)];

    private Task<TestSilo> StartAsync() => TestSilo.StartAsync(builder =>
    {
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Configure<GrainCollectionOptions>(static options => (options.CollectionAge, options.CollectionQuantum) = (TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(1)));
    });
}
