using Microsoft.Playwright;
using ProjectedGan.Web.Tests.Recording;

namespace ProjectedGan.Web.Tests.Browser;

/// <summary>The page of a coordinator that asks for tokens.</summary>
[Trait("Speed", "Slow")]
public sealed class SignInTests(GuardedCoordinator guarded, Chromium chromium) : IClassFixture<GuardedCoordinator>, IClassFixture<Chromium>
{
    [Fact]
    public async Task SignIn_WithAToken_ShowsDataAndImages_AndKeepsTheTokenOutOfAddresses()
    {
        await using var page = await chromium.OpenAsync(guarded.Recorded.Page, $"#/experiments/{guarded.Recorded.Id}?at=8");
        List<string> addresses = [];
        page.Page.Request += (_, request) => addresses.Add(request.Url);

        await page.Page.GetByLabel("Token").FillAsync("not-the-right-token-at-all");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.SeesAsync("This token is not known here.");
        await page.Page.GetByLabel("Token").FillAsync(RecordedCoordinator.Reader);
        await page.Page.Keyboard.PressAsync("Enter");

        await page["section[aria-label='Samples'] img[src^='blob:']"].WaitForAsync();
        await page["section[aria-label='Latent walk'] canvas"].WaitForAsync();
        await page.SeesAsync("ada");
        Assert.DoesNotContain(addresses.Append(page.Page.Url), address => address.Contains(RecordedCoordinator.Reader, StringComparison.Ordinal));
        Assert.Null(await page.Page.EvaluateAsync<string?>("localStorage.getItem('pgan.token')"));
        // Refusals are answers here, and the browser notes them; nothing else may be.
        Assert.All(page.Complaints, complaint => Assert.Contains("401", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task SignIn_WithAWorkersToken_IsToldWhyNot()
    {
        await using var page = await chromium.OpenAsync(guarded.Recorded.Page);
        await page.Page.GetByLabel("Token").FillAsync(RecordedCoordinator.Worker);
        await page.Page.Keyboard.PressAsync("Enter");

        await page.SeesAsync("has the role worker");
        Assert.Null(await page.Page.EvaluateAsync<string?>("sessionStorage.getItem('pgan.token')"));
    }

    [Fact]
    public async Task SignOut_ForgetsTheToken()
    {
        await using var page = await chromium.OpenAsync(guarded.Recorded.Page);
        await page.Page.GetByLabel("Token").FillAsync(RecordedCoordinator.Submitter);
        await page.Page.Keyboard.PressAsync("Enter");
        await page.SeesAsync("faces");

        await page["button:has-text('Sign out')"].ClickAsync();

        await page.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" }).WaitForAsync();
        Assert.Null(await page.Page.EvaluateAsync<string?>("sessionStorage.getItem('pgan.token')"));
    }
}
