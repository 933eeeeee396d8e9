using Microsoft.Playwright;
using ProjectedGan.Web.Tests.Recording;

namespace ProjectedGan.Web.Tests.Browser;

/// <summary>The page in a real browser, over a real coordinator.</summary>
[Collection(PageCollection.Name)]
[Trait("Speed", "Slow")]
public sealed class PageTests(OpenCoordinator open, Chromium chromium)
{
    private const string Slider = "input[aria-label='Images seen by the generator']";
    private const string Grid = "section[aria-label='Samples'] img";

    private string One => $"#/experiments/{open.Recorded.Id}";

    [Fact]
    public async Task List_ShowsExperiments_AndOpensOne()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page);

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "faces" }).ClickAsync();
        await page["h1:has-text('faces')"].WaitForAsync();

        Assert.EndsWith(One, page.Page.Url, StringComparison.Ordinal);
        await page.HoldsAsync("document.title.startsWith('faces')");
        await page["h1 .badge:has-text('running')"].WaitForAsync();
        await page.SeesAsync("Best FID");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Slider_ByKeyboard_ChangesTheGridAndTheAddress()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page, $"{One}?at=16");
        await page[$"{Grid}[src$='/samples/16.png']"].WaitForAsync();

        await page[Slider].FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowLeft");

        await page[$"{Grid}[src$='/samples/8.png']"].WaitForAsync();
        Assert.Contains("at=8", page.Page.Url, StringComparison.Ordinal);
        Assert.Contains("8 images", await page[Slider].GetAttributeAsync("aria-valuetext"), StringComparison.Ordinal);
        await page.Page.ReloadAsync();
        await page[$"{Grid}[src$='/samples/8.png']"].WaitForAsync();
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Space_PlaysTheSamplesToTheirEnd()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page, $"{One}?at=0");
        await page[$"{Grid}[src$='/samples/0.png']"].WaitForAsync();

        await page[Slider].FocusAsync();
        await page.Page.Keyboard.PressAsync(" ");

        await page[$"{Grid}[src$='/samples/24.png']"].WaitForAsync();
        await page["button[aria-label=\"Play the training's course\"]"].WaitForAsync();
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Walk_Plays_AndStepsByKeyboard()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page, One);
        var slider = page["input[aria-label='Place on the latent walk']"];
        await page["section[aria-label='Latent walk'] canvas"].WaitForAsync();

        await slider.FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await page.HoldsAsync("document.querySelector(\"input[aria-label='Place on the latent walk']\").value === '1'");
        await page["button[aria-label='Play the latent walk']"].ClickAsync();

        await page["button[aria-label='Pause the walk']"].WaitForAsync();
        await page.HoldsAsync("document.querySelector(\"input[aria-label='Place on the latent walk']\").valueAsNumber > 2");
        Assert.Equal(Drawings.Frame, await page.Page.EvaluateAsync<int>("document.querySelector('canvas').width"));
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Neighbours_AreThoseOfTheChosenSamples()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page, One);
        const string sheet = "section[aria-label='Nearest training images'] img";
        await page[$"{sheet}[src$='/neighbours/24.png']"].WaitForAsync();

        await page[Slider].FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowLeft");

        await page[$"{sheet}[src$='/neighbours/16.png']"].WaitForAsync();
        Assert.StartsWith("Nearest training images after 16 images", await page[sheet].GetAttributeAsync("alt"), StringComparison.Ordinal);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Figures_WithSpreads_ShowThem()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page, $"{One}?at=8");

        // 300 / 25 is the newest and the best, 300 / 9 that of the chosen snapshot.
        await page["dd:has-text('12.00 ± 0.2500')"].WaitForAsync();
        await page["section[aria-label='Samples']:has-text('FID 33.33 ± 0.2500')"].WaitForAsync();
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Charts_ShowCurves_AndReadPointsByKeyboard()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page, One);
        var chart = page["svg[aria-label^='FID, latest']"];
        await chart.WaitForAsync();
        await page["svg[aria-label^='Losses, latest'] path.line"].First.WaitForAsync();

        await chart.FocusAsync();
        await page.Page.Keyboard.PressAsync("End");

        await page.HoldsAsync("[...document.querySelectorAll('.tip:not([hidden])')].some(tip => tip.textContent.startsWith('24 images'))");
        await page["button:has-text('Time')"].ClickAsync();
        Assert.Contains("x=time", page.Page.Url, StringComparison.Ordinal);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Compare_ShowsACurveForEachExperiment()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page);
        await page["input[aria-label='Compare faces']"].CheckAsync();
        await page["input[aria-label='Compare second']"].CheckAsync();

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Compare 2" }).ClickAsync();

        await page["section[aria-label='Metric curves'] path.line"].First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        Assert.Equal(2, await page["tbody tr"].CountAsync());
        Assert.Equal(2, await page["figure"].CountAsync());
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Nodes_ShowWorkersAndEvaluators()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page, "#/nodes");

        await page.SeesAsync(ScriptedWorker.Id);
        await page.SeesAsync("evaluator-of-the-test");
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task UnknownExperiment_IsToldSo()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page, "#/experiments/zzzz");

        await page["h1:has-text('No such experiment')"].WaitForAsync();
        await page.SeesAsync("There is no experiment \"zzzz\".");
    }
}
