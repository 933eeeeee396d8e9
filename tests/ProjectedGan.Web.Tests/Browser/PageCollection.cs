using ProjectedGan.Web.Tests.Recording;

namespace ProjectedGan.Web.Tests.Browser;

/// <summary>Tests that only look: they share a coordinator and a browser.</summary>
[CollectionDefinition(Name)]
public sealed class PageCollection : ICollectionFixture<OpenCoordinator>, ICollectionFixture<Chromium>
{
    public const string Name = "page";
}
