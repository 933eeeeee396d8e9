using ProjectedGan.Web.Tests.Recording;

namespace ProjectedGan.Web.Tests.Browser;

/// <summary>What happens while the page is open.</summary>
[Trait("Speed", "Slow")]
public sealed class LiveTests(OpenCoordinator open, Chromium chromium) : IClassFixture<OpenCoordinator>, IClassFixture<Chromium>
{
    [Fact]
    public async Task News_ArriveWithoutReloading()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page, $"#/experiments/{open.Recorded.Id}");
        await page["section[aria-label='Samples'] img[src$='/samples/24.png']"].WaitForAsync();
        await page.HoldsAsync("document.querySelector('.tiles').textContent.includes('240')");

        await open.Recorded.ReportAsync(61, 70);
        await page.HoldsAsync("document.querySelector('.tiles').textContent.includes('280')");
        await open.Recorded.SnapshotAsync(10);

        await page["section[aria-label='Samples'] img[src$='/samples/40.png']"].WaitForAsync();
        await page.SeesAsync("Evaluated at 40 images");
        await page.HoldsAsync("document.querySelector(\"svg[aria-label^='FID']\").querySelectorAll('.dot').length === 5");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Cursor_StaysAtItsPoint_WhenNewsArrive()
    {
        const string Curve = "document.querySelector(\"svg[aria-label^='Losses'] path.line\")";
        await using var page = await chromium.OpenAsync(open.Recorded.Page, $"#/experiments/{open.Recorded.Id}");
        await page["svg[aria-label^='Losses, latest'] path.line"].First.WaitForAsync();
        await page["svg[aria-label^='Losses']"].FocusAsync();
        await page.Page.Keyboard.PressAsync("Home");
        await page.Page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("8 images", await TipAsync(page));
        await page.Page.EvaluateAsync($"void (window.curve = {Curve})");

        await open.Recorded.ReportAsync(60, 60);
        await page.HoldsAsync($"{Curve} !== window.curve");

        Assert.Equal("8 images", await TipAsync(page));
        await page.Page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("12 images", await TipAsync(page));
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task End_ThatCannotBeLoaded_IsAskedForAgain()
    {
        var answer = $"**/api/v1/experiments/{open.Recorded.Other}";
        await using var page = await chromium.OpenAsync(open.Recorded.Page, $"#/experiments/{open.Recorded.Other}");
        await page["h1 .badge:has-text('queued')"].WaitForAsync();
        await page.RefuseAsync(answer);

        await open.Recorded.CancelAsync(open.Recorded.Other);
        await page["h1 .badge:has-text('reconnecting')"].WaitForAsync();
        await page.AnswerAsync(answer);

        await page["h1 .badge:has-text('cancelled')"].WaitForAsync();
        Assert.False(await page["h1 .badge:has-text('reconnecting')"].IsVisibleAsync());
        Assert.All(page.Complaints, complaint => Assert.Contains(HeldRequest.Refusal, complaint, StringComparison.Ordinal));
    }

    private static Task<string> TipAsync(WatchedPage page) => page[".tip:not([hidden]) strong"].InnerTextAsync();
}
