using Microsoft.Playwright;
using ProjectedGan.Web.Tests.Recording;

namespace ProjectedGan.Web.Tests.Browser;

/// <summary>Themes, narrow screens, and what users of keyboards and screen readers need.</summary>
[Collection(PageCollection.Name)]
[Trait("Speed", "Slow")]
public sealed class AppearanceTests(OpenCoordinator open, Chromium chromium)
{
    private const string Ground = "getComputedStyle(document.documentElement).backgroundColor";
    private const string Contrast = """
        () => {
          const channels = (text) => text.match(/[\d.]+/g).slice(0, 3).map((value) => { const share = value / 255; return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4; });
          const light = (text) => { const [r, g, b] = channels(text); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const ground = light(getComputedStyle(document.documentElement).backgroundColor);
          const worst = [...document.querySelectorAll("h1, h2, dt, dd, time, .quiet")].map((one) => light(getComputedStyle(one).color)).map((ink) => (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05));
          return Math.min(...worst);
        }
        """;

    private string[] Views => ["#/experiments", $"#/experiments/{open.Recorded.Id}", "#/nodes", $"#/compare?ids={open.Recorded.Id},{open.Recorded.Other}"];

    [Fact]
    public async Task Theme_FollowsTheSystem_UntilOneIsChosen()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page, scheme: ColorScheme.Dark);
        await page.SeesAsync("faces");
        var dark = await page.Page.EvaluateAsync<string>(Ground);

        await page["button[aria-label='Theme: as the system']"].ClickAsync();
        var chosen = await page.Page.EvaluateAsync<string>(Ground);
        await page.Page.ReloadAsync();
        await page["button[aria-label='Theme: light']"].WaitForAsync();
        var kept = await page.Page.EvaluateAsync<string>(Ground);
        await page["button[aria-label='Theme: light']"].ClickAsync();

        Assert.NotEqual(dark, chosen);
        Assert.Equal(chosen, kept);
        Assert.Equal(dark, await page.Page.EvaluateAsync<string>(Ground));
        Assert.Empty(page.Complaints);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Text_HasEnoughContrast(ColorScheme scheme)
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page, Views[1], scheme: scheme);
        await page.SeesAsync("Best FID");

        // WCAG 2.2, 1.4.3.
        Assert.True(await page.Page.EvaluateAsync<double>(Contrast) >= 4.5);
    }

    [Fact]
    public async Task NarrowScreens_NeedNoSidewaysScrolling()
    {
        foreach (var view in Views)
        {
            await using var page = await chromium.OpenAsync(open.Recorded.Page, view, width: 360);
            await page.SeesAsync(view == "#/nodes" ? ScriptedWorker.Id : "faces");
            await page.HoldsAsync("document.querySelectorAll('.chart').length === 0 || document.querySelector('.chart .line')");

            Assert.Equal((view, 0), (view, await page.OverflowAsync()));
        }
    }

    [Fact]
    public async Task EveryControl_HasAName()
    {
        foreach (var view in Views)
        {
            await using var page = await chromium.OpenAsync(open.Recorded.Page, view);
            await page.SeesAsync(view == "#/nodes" ? ScriptedWorker.Id : "faces");

            var nameless = await page.Page.EvaluateAsync<string[]>(
                """() => [...document.querySelectorAll("button, input, a, svg[tabindex], canvas")].filter((one) => !one.hidden && !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length)).map((one) => one.outerHTML)""");

            Assert.Empty(nameless);
        }
    }

    [Fact]
    public async Task Keyboard_ReachesEverything_WithAVisibleFocus()
    {
        await using var page = await chromium.OpenAsync(open.Recorded.Page);
        await page.SeesAsync("faces");
        await page.Page.EvaluateAsync("document.activeElement.blur()");
        HashSet<string> reached = [];
        for (var presses = 0; presses < 40; presses++)
        {
            await page.Page.Keyboard.PressAsync("Tab");
            reached.Add(await page.Page.EvaluateAsync<string>("document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"));
            Assert.True(
                await page.Page.EvaluateAsync<bool>("document.activeElement === document.body || getComputedStyle(document.activeElement).outlineStyle !== 'none'"),
                $"'{reached.Last()}' shows no focus.");
        }

        Assert.Superset(new HashSet<string> { "Skip to content", "Experiments", "Workers", "Active", "Search experiments", "faces", "Compare faces" }, reached);
    }
}
