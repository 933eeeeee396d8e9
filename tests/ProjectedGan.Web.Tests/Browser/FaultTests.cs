using Microsoft.Playwright;
using ProjectedGan.Web.Tests.Recording;

namespace ProjectedGan.Web.Tests.Browser;

/// <summary>What the page makes of answers that fail or come late.</summary>
[Collection(PageCollection.Name)]
public sealed class FaultTests(OpenCoordinator open, Chromium chromium)
{
    private const string List = "**/api/v1/experiments?*";

    [Fact]
    public async Task View_ThatWasLeft_ShowsNoFailure()
    {
        await using WatchedPage page = await chromium.OpenAsync(open.Recorded.Page);
        await page.SeesAsync("faces");
        HeldRequest session = await HeldRequest.NextAsync(page, "**/api/v1/session");
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
        await using WatchedPage page = await chromium.OpenAsync(open.Recorded.Page, "#/experiments/%");

        await page["h1:has-text('No such experiment')"].WaitForAsync();
        await page.SeesAsync("There is no experiment \"%\".");
    }

    private static void HasOnlyRefusals(WatchedPage page) => Assert.All(page.Complaints, complaint => Assert.Contains(HeldRequest.Refusal, complaint, StringComparison.Ordinal));
}
