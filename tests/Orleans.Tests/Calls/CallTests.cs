using System.Diagnostics;
using Orleans.Tests.Hosting;

namespace Orleans.Tests.Calls;

public class CallTests
{
    [Fact]
    public async Task Reference_KeyKinds_ReachTheGrain()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        Guid guid = Guid.NewGuid();

        Assert.Equal("a/b+c", await silo.Grains.GetGrain<ICallGrain>("a/b+c").KeyAsync());
        Assert.Equal(-5, await silo.Grains.GetGrain<INumberGrain>(-5).KeyAsync());
        Assert.Equal(guid, await silo.Grains.GetGrain<IGuidGrain>(guid).KeyAsync());
    }

    [Fact]
    public async Task Reference_SameGrain_IsEqualAndTravels()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ICallGrain>("same");

        Assert.Equal(grain, silo.Grains.GetGrain<ICallGrain>("same"));
        Assert.NotEqual(grain, silo.Grains.GetGrain<ICallGrain>("other"));
        Assert.Equal(grain, await grain.SelfAsync());
        Assert.Equal("same", await silo.Grains.GetGrain<ICallGrain>("other").KeyOfAsync(grain));
        Assert.Equal("caller/same", grain.GetGrainId().ToString());
        Assert.Equal(grain.GetGrainId(), GrainId.Parse("caller/same"));
    }

    [Fact]
    public async Task Call_ReturnKinds_Arrive()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ICallGrain>("kinds");
        string point = Guid.NewGuid().ToString();

        Assert.Equal(5, await grain.AddAsync(2, 3));
        await grain.NothingAsync();
        grain.Signal(point);
        await Meeting.Wait(point);
    }

    [Fact]
    public async Task Call_GrainThrows_TypeAndMembersSurvive()
    {
        await using TestSilo silo = await TestSilo.StartAsync();

        CallFailedException thrown = await Assert.ThrowsAsync<CallFailedException>(() => silo.Grains.GetGrain<ICallGrain>("throws").ThrowAsync("No."));

        Assert.Equal(("No.", 7), (thrown.Message, thrown.Code));
        Assert.Contains(nameof(CallGrain.ThrowAsync), thrown.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_CallerCancels_BothSidesEnd()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        string name = Guid.NewGuid().ToString();
        using var cancellation = new CancellationTokenSource();
        Task call = silo.Grains.GetGrain<ICallGrain>("cancel").WaitAsync(name + "in", name + "out", cancellation.Token);
        await Meeting.Wait(name + "in");

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Within("the cancelled call"));
        await Meeting.Wait(name + "out");
    }

    [Fact]
    public async Task Call_TokenCancelledBefore_IsNotSent()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        string name = Guid.NewGuid().ToString();
        var grain = silo.Grains.GetGrain<ICallGrain>("unsent");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => grain.WaitAsync(name, name, new CancellationToken(canceled: true)));

        await grain.KeyAsync();
        Assert.False(Meeting.IsReached(name));
    }

    [Fact]
    public async Task Call_OwnResponseTimeout_CancelsTheGrainToo()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ICallGrain>("timeout");

        await Assert.ThrowsAsync<TimeoutException>(() => grain.NeverAsync(CancellationToken.None).Within("the timeout"));

        // The grain's token fired, so that its turn is free again.
        Assert.Equal("timeout", await grain.KeyAsync().Within("a call after the timeout"));
    }

    [Fact]
    public async Task RequestContext_SetByTheCaller_TravelsAlongTheChain()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        RequestContext.Set("user", "ada");
        try
        {
            Assert.Equal("ada", await silo.Grains.GetGrain<ICallGrain>("context").ContextAsync("user", 3));
        }
        finally
        {
            RequestContext.Clear();
        }

        Assert.Null(await silo.Grains.GetGrain<ICallGrain>("context").ContextAsync("user", 3));
    }

    [Fact]
    public async Task Filters_InAndOut_SeeTheCallAndItsResult()
    {
        var seen = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using TestSilo silo = await TestSilo.StartAsync(builder =>
        {
            builder.AddOutgoingGrainCallFilter(async context =>
            {
                seen.Enqueue($"out {context.MethodName}");
                await context.Invoke();
                seen.Enqueue($"back {context.Result}");
            });
            builder.AddIncomingGrainCallFilter(async context =>
            {
                seen.Enqueue($"in {context.TargetId} {context.ImplementationMethod.DeclaringType!.Name}");
                await context.Invoke();
                context.Result = (int)context.Result! + 1;
            });
        });

        Assert.Equal(6, await silo.Grains.GetGrain<ICallGrain>("filter").AddAsync(2, 3));

        Assert.Equal(["out AddAsync", "in caller/filter CallGrain", "back 6"], seen);
    }

    [Fact]
    public async Task ActivityPropagation_Call_RunsBelowTheCallersActivity()
    {
        using var source = new ActivitySource(nameof(CallTests));
        var ended = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static heard => heard.Name is nameof(CallTests) or "Microsoft.Orleans.Application",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (ended)
                {
                    ended.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using TestSilo silo = await TestSilo.StartAsync(static builder => builder.AddActivityPropagation());

        using (Activity parent = source.StartActivity("request")!)
        {
            await silo.Grains.GetGrain<ICallGrain>("traced").KeyAsync();
            Activity call = Assert.Single(ended, activity => activity.TraceId == parent.TraceId);
            Assert.Equal(("ICallGrain.KeyAsync", parent.SpanId), (call.OperationName, call.ParentSpanId));
        }
    }

    [Fact]
    public async Task Observer_GrainCalls_ObjectHearsInOrder()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        var listener = new Listener();
        var reference = silo.Grains.CreateObjectReference<ICallObserver>(listener);
        var grain = silo.Grains.GetGrain<ICallGrain>("observed");

        await grain.NotifyAsync(reference, "one").Within("the first notice");
        await grain.NotifyAsync(reference, "two").Within("the second notice");
        silo.Grains.DeleteObjectReference<ICallObserver>(reference);

        Assert.Equal(["one", "two"], listener.Heard);
        await Assert.ThrowsAnyAsync<OrleansException>(() => grain.NotifyAsync(reference, "three"));
        GC.KeepAlive(listener);
    }

    [Fact]
    public async Task GetGrain_NoImplementation_IsNamed()
    {
        await using TestSilo silo = await TestSilo.StartAsync();

        Assert.Contains(nameof(ILonelyGrain), Assert.Throws<ArgumentException>(() => silo.Grains.GetGrain<ILonelyGrain>("x")).Message, StringComparison.Ordinal);
        Assert.Contains("several", Assert.Throws<ArgumentException>(() => silo.Grains.GetGrain<Turns.ITurnGrain>("x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UniformHash_KnownDigests_AreReproduced()
    {
        // xxHash32's published digests of "" and "abc" with seed 0 are 02CC5D05 and 32D153FF; the official hash reverses their bytes.
        Assert.Equal(0x055DCC02u, UniformHash.Compute([]));
        Assert.Equal(0xFF53D132u, UniformHash.Compute("abc"u8));
    }

    internal interface ILonelyGrain : IGrainWithStringKey;

    private sealed class Listener : ICallObserver
    {
        public List<string> Heard { get; } = [];

        public Task HearAsync(string text)
        {
            Heard.Add(text);
            return Task.CompletedTask;
        }
    }
}
