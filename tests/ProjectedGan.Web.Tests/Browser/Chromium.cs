using Microsoft.Playwright;

namespace ProjectedGan.Web.Tests.Browser;

/// <summary>The system's Chromium, for the tests of a class.</summary>
public sealed class Chromium : IAsyncLifetime
{
    // Debian's package; nothing is downloaded.
    private const string Program = "/usr/bin/chromium";
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        Assert.True(File.Exists(Program), $"{Program} is missing; install Debian's package chromium.");
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, Headless = true, Args = Arguments });
    }

    public async Task DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _playwright?.Dispose();
    }

    /// <summary>Opens an address as a person would.</summary>
    /// <param name="start">The page's address.</param>
    /// <param name="view">What stands behind it, for example <c>#/experiments</c>.</param>
    /// <param name="width">Of the window, in CSS pixels.</param>
    /// <param name="scheme">The system's theme.</param>
    internal async Task<WatchedPage> OpenAsync(Uri start, string view = "", int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = 800 }, ColorScheme = scheme });
        context.SetDefaultTimeout((float)WatchedPage.Patience.TotalMilliseconds);
        WatchedPage page = new(context, await context.NewPageAsync(), start);
        await page.Page.GotoAsync(new Uri(start, "/") + view);
        return page;
    }
}
