using Microsoft.Playwright;
using ProjectedGan.Cli.Tests.Hosting;

namespace ProjectedGan.Web.Tests.Browser;

/// <summary>A request of a page that gets no answer before the test says which.</summary>
internal sealed class HeldRequest
{
    /// <summary>What browsers note in the console of each refusal.</summary>
    public const string Refusal = "429";

    private readonly string _address;
    private readonly TaskCompletionSource<IRoute> _route = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HeldRequest(string address) => _address = address;

    /// <summary>Holds the next request to an address; those behind it are answered as usual.</summary>
    public static async Task<HeldRequest> NextAsync(WatchedPage page, string address)
    {
        HeldRequest held = new(address);
        await page.Page.RouteAsync(address, held.TakeAsync);
        return held;
    }

    /// <summary>Answers as a coordinator that has too many calls.</summary>
    public static Task RefuseAsync(IRoute route) => route.FulfillAsync(new RouteFulfillOptions
    {
        Status = 429,
        ContentType = "application/json",
        Body = """{"code":"RESOURCE_EXHAUSTED","message":"Too many calls at once."}""",
    });

    public Task ComesAsync() => Eventually.HoldsAsync($"the page asks for {_address}", () => _route.Task.IsCompleted);

    public async Task PassAsync() => await (await _route.Task).ContinueAsync();

    public async Task RefuseAsync() => await RefuseAsync(await _route.Task);

    // A route that is used once only (Times = 1) would be gone by then, and its request answered.
    private Task TakeAsync(IRoute route) => _route.TrySetResult(route) ? Task.CompletedTask : route.FallbackAsync();
}
