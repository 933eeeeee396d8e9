using Microsoft.Playwright;
using ProjectedGan.Web.Tests.Recording;

namespace ProjectedGan.Web.Tests.Browser;

/// <summary>What the page makes of answers that fail or come late.</summary>
[Collection(PageCollection.Name)]
[Trait("Speed", "Slow")]
public sealed class FaultTests(OpenCoordinator open, Chromium chromium)
{
    private const string List = "**/api/v1/experiments?*";
    private const string Slider = "input[aria-label='Images seen by the generator']";
    private const string Notice = ".notice.bad";

    private string One => $"#/experiments/{open.Recorded.Id}";

    [Fact]
    public async Task Grid_ThatCannotBeLoaded_GivesWayToAMessage_AndIsTriedAgain()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page, $"{One}?at=16");
        await Image(page, "Samples after 16 images").WaitForAsync();
        await page.RefuseAsync("**/samples/8.png");

        await page[Slider].FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowLeft");
        await page.SeesAsync("The grid after 8 images cannot be loaded.");
        Assert.False(await page["section[aria-label='Samples'] img"].IsVisibleAsync());
        await page.AnswerAsync("**/samples/8.png");

        await Image(page, "Samples after 8 images").WaitForAsync();
        Assert.False(await page.Page.GetByText("cannot be loaded").IsVisibleAsync());
        HasOnlyRefusals(page);
    }

    [Theory]
    [InlineData("samples", "Samples")]
    [InlineData("walks", "A latent walk")]
    [InlineData("neighbours", "Nearest training images")]
    public async Task Image_ThatFailsWhenAnotherIsChosen_ChangesNothing(string kind, string name)
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page, $"{One}?at=24");
        await Image(page, $"{name} after 24 images").WaitForAsync();
        HeldRequest left = await HeldRequest.NextAsync(page, $"**/{kind}/16.png"), chosen = await HeldRequest.NextAsync(page, $"**/{kind}/8.png");
        await page[Slider].FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowLeft");
        await left.ComesAsync();
        await page.Page.Keyboard.PressAsync("ArrowLeft");
        await chosen.ComesAsync();

        await left.RefuseAsync();
        await chosen.PassAsync();

        await Image(page, $"{name} after 8 images").WaitForAsync();
        Assert.Equal(0, await page.Page.GetByText("cannot be loaded").CountAsync());
        HasOnlyRefusals(page);
    }

    [Fact]
    public async Task List_ThatCannotBeLoaded_StaysAsItWas()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page, "#/nodes");
        await page.SeesAsync(ScriptedWorker.Id);
        await page.RefuseAsync(List);
        await page.Page.EvaluateAsync("location.hash = '#/experiments'");
        var search = page.Page.GetByLabel("Search experiments");

        // Without any answer so far, nobody knows whether there are experiments.
        await page[Notice].WaitForAsync();
        await search.FillAsync("fac");
        Assert.Equal(0, await page.Page.GetByText("No experiment yet").CountAsync());
        await page.AnswerAsync(List);
        await page.SeesAsync("faces");
        Assert.False(await page[Notice].IsVisibleAsync());

        await page.RefuseAsync(List);
        await page[Notice].WaitForAsync();
        await search.FillAsync("second");
        Assert.Equal(["Compare second"], await RowsAsync(page));
        Assert.True(await page[Notice].IsVisibleAsync());
        HasOnlyRefusals(page);
    }

    [Fact]
    public async Task List_ShowMoreClickedTwice_HasEachExperimentOnce()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page, "#/nodes");
        await page.Page.RouteAsync(List, route => route.ContinueAsync(new RouteContinueOptions { Url = $"{route.Request.Url}&pageSize=1" }));
        await page.Page.EvaluateAsync("location.hash = '#/experiments'");
        var more = page.Page.GetByRole(AriaRole.Button, new() { Name = "Show more" });
        await more.WaitForAsync();

        await more.EvaluateAsync("button => { button.click(); button.click(); }");

        await more.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
        Assert.Equal(["Compare second", "Compare faces"], await RowsAsync(page));
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Comparison_ThatCannotBeLoaded_IsTriedAgain()
    {
        const string experiment = "**/api/v1/experiments/*";
        await using var page = await chromium.OpenAsync(open.Recorded.Page, "#/nodes");
        await page.SeesAsync(ScriptedWorker.Id);
        await page.RefuseAsync(experiment);
        await page.Page.EvaluateAsync($"location.hash = '#/compare?ids={open.Recorded.Id},{open.Recorded.Other}'");
        await page[Notice].WaitForAsync();

        await page.AnswerAsync(experiment);

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "second" }).WaitForAsync();
        Assert.False(await page[Notice].IsVisibleAsync());
        HasOnlyRefusals(page);
    }

    [Fact]
    public async Task List_OfAStateThatIsNoLongerChosen_IsNotShown()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page);
        await page.SeesAsync("faces");
        var poll = await HeldRequest.NextAsync(page, List);
        await poll.ComesAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Completed" }).ClickAsync();
        await page.SeesAsync("None fits");
        await page.Page.EvaluateAsync("""
            window.hadRows = false;
            void new MutationObserver(() => { window.hadRows ||= document.querySelector("tbody tr") !== null; }).observe(document.body, { childList: true, subtree: true });
            """);

        // The next poll begins when this one is done with.
        await page.Page.RunAndWaitForRequestAsync(poll.PassAsync, List);

        Assert.False(await page.Page.EvaluateAsync<bool>("window.hadRows"));
        await page.SeesAsync("None fits");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task View_ThatWasLeft_ShowsNoFailure()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page);
        await page.SeesAsync("faces");
        var session = await HeldRequest.NextAsync(page, "**/api/v1/session");
        await page.Page.EvaluateAsync("location.hash = '#/nodes'");
        await session.ComesAsync();
        await page.Page.EvaluateAsync("location.hash = '#/experiments?state=completed'");
        await page.SeesAsync("None fits");

        // The list is polled on, which is time enough for the failure to be seen.
        await page.Page.RunAndWaitForRequestAsync(session.RefuseAsync, List);

        Assert.Equal(0, await page.Page.GetByText("Too many calls at once.").CountAsync());
        await page.SeesAsync("None fits");
        HasOnlyRefusals(page);
    }

    [Fact]
    public async Task Address_ThatIsNoEncoding_IsTakenAsItStands()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page, "#/experiments/%");

        await page["h1:has-text('No such experiment')"].WaitForAsync();
        await page.SeesAsync("There is no experiment \"%\".");
    }

    private static ILocator Image(WatchedPage page, string name) => page.Page.GetByRole(AriaRole.Img, new() { Name = name });

    private static Task<string[]> RowsAsync(WatchedPage page) =>
        page.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('tbody input')].map(input => input.getAttribute('aria-label'))");

    private static void HasOnlyRefusals(WatchedPage page) => Assert.All(page.Complaints, complaint => Assert.Contains(HeldRequest.Refusal, complaint, StringComparison.Ordinal));
}
