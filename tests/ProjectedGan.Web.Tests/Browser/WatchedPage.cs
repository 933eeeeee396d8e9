using System.Collections.Concurrent;
using Microsoft.Playwright;
using ProjectedGan.Cli.Tests.Hosting;

namespace ProjectedGan.Web.Tests.Browser;

/// <summary>A page of which nothing goes unnoticed: errors of scripts, messages in the console, and requests to others.</summary>
internal sealed class WatchedPage : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    public WatchedPage(IBrowserContext context, IPage page, Uri start)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"console: {message.Text}");
        page.PageError += (_, error) => Note(true, $"script: {error}");
        page.Request += (_, request) => Note(!request.Url.StartsWith(start.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal), $"request: {request.Url}");
    }

    public IPage Page { get; }

    /// <summary>What went wrong so far.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    public ILocator this[string selector] => Page.Locator(selector);

    /// <summary>Waits until a script's condition holds.</summary>
    public Task HoldsAsync(string condition) =>
        // The page's policy forbids what WaitForFunctionAsync does: to evaluate text again and again.
        Eventually.HoldsAsync(condition, () => Page.EvaluateAsync<bool>($"Boolean({condition})"));

    public Task SeesAsync(string text) => Page.GetByText(text).First.WaitForAsync();

    /// <summary>Has every request to an address fail from now on; <see cref="AnswerAsync"/> ends it.</summary>
    public Task RefuseAsync(string address) => Page.RouteAsync(address, HeldRequest.RefuseAsync);

    public Task AnswerAsync(string address) => Page.UnrouteAsync(address);

    /// <summary>Pixels of the page's content that do not fit the window's width.</summary>
    public Task<int> OverflowAsync() => Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Note(bool isComplaint, string text)
    {
        if (isComplaint)
        {
            _complaints.Enqueue(text);
        }
    }
}
