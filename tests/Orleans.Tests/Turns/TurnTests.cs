using Orleans.Tests.Hosting;

namespace Orleans.Tests.Turns;

public class TurnTests
{
    [Fact]
    public async Task Calls_ManyAtOnce_RunOneAfterAnother()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IPlainTurnGrain>("count");

        int[] counts = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Task.Run(grain.CountAsync))).Within("500 calls");

        // Each call reads before an await and writes after it: only whole calls in turn lose no count.
        Assert.Equal(Enumerable.Range(1, 500), counts.Order());
    }

    [Fact]
    public async Task Calls_OfManyGrains_NeverOverlapWithinOne()
    {
        await using TestSilo silo = await TestSilo.StartAsync();

        int[] last = await Task.WhenAll(Enumerable.Range(0, 50).Select(async key =>
        {
            var grain = silo.Grains.GetGrain<IPlainTurnGrain>($"many-{key}");
            return (await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => grain.CountAsync()))).Max();
        })).Within("2,000 calls");

        Assert.All(last, count => Assert.Equal(40, count));
    }

    [Fact]
    public async Task ReentrantGrain_ManyAtOnce_InterleavesAtAwaitsOnly()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IReentrantTurnGrain>("count");

        // CountAsync itself asserts that no two turns overlap.
        int[] counts = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(grain.CountAsync))).Within("200 calls");

        Assert.InRange(counts.Max(), 1, 200);
    }

    [Fact]
    public async Task ReentrantGrain_CallThatWaitsForALaterOne_Ends()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IReentrantTurnGrain>("meet");
        string name = Guid.NewGuid().ToString();

        await Task.WhenAll(grain.MeetAsync(name + 1, name + 2), grain.MeetAsync(name + 2, name + 1)).Within("both calls");
    }

    [Fact]
    public async Task PlainGrain_SecondCall_WaitsForTheFirst()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IPlainTurnGrain>("wait");
        string name = Guid.NewGuid().ToString();

        Task first = grain.MeetAsync(name + "first", name + "go");
        await Meeting.Wait(name + "first");
        Task second = grain.MeetAsync(name + "second", name + "go");
        // A call that may interleave was sent later and came through: the second had every chance to start.
        await grain.MeetInterleavedAsync(name + "beside", name + "beside").Within("the interleaved call");
        Assert.False(Meeting.IsReached(name + "second"));

        Meeting.Reach(name + "go");
        await Task.WhenAll(first, second).Within("both calls");
    }

    [Fact]
    public async Task ReadOnlyCalls_Together_RunSideBySideButNotBesideWrites()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IPlainTurnGrain>("readers");
        string name = Guid.NewGuid().ToString();

        Task first = grain.MeetReadOnlyAsync(name + 1, name + "go");
        await Meeting.Wait(name + 1);
        Task writer = grain.MeetAsync(name + "writer", name + "go");
        Task second = grain.MeetReadOnlyAsync(name + 2, name + "go");
        await Meeting.Wait(name + 2);
        Assert.False(Meeting.IsReached(name + "writer"));

        Meeting.Reach(name + "go");
        await Task.WhenAll(first, second, writer).Within("all three calls");
    }

    [Fact]
    public async Task Await_InATurn_ComesBackUnlessToldToLeave()
    {
        await using TestSilo silo = await TestSilo.StartAsync();

        (bool before, bool after, bool afterLeaving) = await silo.Grains.GetGrain<IPlainTurnGrain>("where").WhereAsync().Within("the call");

        Assert.True(before);
        Assert.True(after);
        Assert.False(afterLeaving);
    }
}
